"""Editions completed figure by figure, proposed, reviewed by a second person, signed, withdrawn."""

from typing import Annotated
from uuid import UUID

from fastapi import Form
from fastapi.responses import FileResponse, Response

from api.access import Rule
from api.context import Context, needs
from api.files.evidence import ENDINGS
from api.problems import Problem, not_found
from api.queries import editions as queries
from api.routes.bodies import Upload
from api.routes.idempotency import OnceOnly
from api.routes.responses import CREATED, IfMatch, answer, download, refusals, resource, version_in
from api.schemas.audits import ReasonsIn
from api.schemas.batches import BatchDetailOut
from api.schemas.editions import (
    ConflictOut,
    DraftProposalIn,
    EditionImpactOut,
    FieldsIn,
    FigureFieldsOut,
    ProposalDetailOut,
    ProposalIn,
    ProposalOut,
    ScanOut,
    SignatureIn,
    StandingOut,
    VerdictsIn,
    WorkingDetailOut,
    WorkingEditionIn,
    WorkingEditionOut,
)
from api.services.editions import proposals, working
from api.services.editions.plants import impact_of
from api.services.editions.preparation import impact_document
from api.services.editions.states import actions
from api.services.regrading.progress import counts_of, progress_of
from api.services.regrading.states import actions as batch_actions
from api.store import EditionProposal, SourceScan, WorkingEdition
from grading.figure_edits.fields import texts_of
from grading.figure_edits.figures import figures
from grading.figure_edits.settled import figures_to_review, open_figures

router = resource("editions")
Reader = Annotated[Context, needs(Rule.READ_BATCHES)]
Editor = Annotated[Context, needs(Rule.EDIT_RULESETS)]
Costly = Annotated[Context, needs(Rule.EDIT_RULESETS, costly=True)]
Reviewer = Annotated[Context, needs(Rule.SIGN_OFF_RULESETS)]
STEP = refusals(409, 412)


@router.get("/working-editions", summary="Editions that are being completed")
def list_working_editions(context: Reader) -> list[WorkingEditionOut]:
    """Those of your area and of the areas in it, the newest first."""
    return [WorkingEditionOut.model_validate(row) for row, _ in queries.working_editions(context)]


@router.post(
    "/working-editions",
    status_code=201,
    summary="Begin to complete an edition",
    response_model=WorkingEditionOut,
    responses=CREATED | refusals(404, 409),
)
def create_working_edition(body: WorkingEditionIn, once: OnceOnly, context: Editor) -> Response:
    """On top of another one, whose figures it has until they are filled in."""

    def act() -> Response:
        made = working.start(context, body.base, body.edition, body.document, body.effective, body.jurisdiction)
        return answer(WorkingEditionOut.model_validate(made), status=201, location=f"/v1/working-editions/{made.id}")

    return once.answer(context, body, act)


@router.get("/working-editions/{working_id}", summary="An edition that is being completed")
def get_working_edition(working_id: UUID, context: Reader) -> WorkingDetailOut:
    """With every figure as it is filled in now."""
    row = context.find(WorkingEdition, working_id)
    edition = working.edition_of(context, row)
    waiting = {figure.place for figure in figures_to_review(working.base_of(context, row), edition)}
    listed = [FigureFieldsOut.of(edition, one, one.place in waiting) for one in figures(edition)]
    scans = [ScanOut.of(one) for found in working.scans_of(context, working_id).values() for one in found]
    proposal = working.latest_proposal(context, working_id)
    return WorkingDetailOut.of(row, proposal, listed, texts_of(edition), scans)


@router.patch(
    "/working-editions/{working_id}/fields",
    status_code=204,
    summary="Fill in fields of figures",
    response_class=Response,
    responses=refusals(409, 412),
)
def merge_working_fields(working_id: UUID, body: FieldsIn, context: Editor) -> Response:
    """Merged field by field: a field that somebody else has changed since you saw it is 412 with both values (`conflicts`)."""
    conflicts = working.save(context, working_id, [field.change for field in body.fields])
    if conflicts:
        conflicts_out = [ConflictOut.of(one).model_dump(mode="json") for one in conflicts]
        raise Problem("conflict", "有几栏已被他人修改，没有保存。", status=412, more={"conflicts": conflicts_out})
    return Response(status_code=204)


@router.get("/working-editions/{working_id}/impact", summary="What an edition does to the plants of your area")
def get_working_impact(working_id: UUID, context: Costly) -> list[EditionImpactOut]:
    """As it is filled in now, against the former edition: the newest published audits; a batch grades all."""
    row = context.find(WorkingEdition, working_id)
    found = impact_of(context, working.base_of(context, row), row.base_digest, working.edition_of(context, row))
    return [EditionImpactOut.model_validate(impact_document(one)) for one in found]


@router.post(
    "/working-editions/{working_id}/scans",
    status_code=201,
    summary="Add a scan of the page that figures were read from",
    response_model=ScanOut,
    responses=refusals(409, 413, 415),
)
def add_source_scan(
    working_id: UUID,
    file: Upload,
    context: Costly,
    place: Annotated[str, Form(min_length=1, max_length=200, description="The indicator, or `gate.` and the gate.")],
) -> Response:
    """A picture or PDF; the same file of the same indicator is kept once."""
    made = working.add_scan(context, working_id, place, file.file, file.filename or "")
    return answer(ScanOut.of(made), status=201)


@router.get(
    "/source-scans/{scan_id}/content",
    summary="Download a scan",
    response_class=Response,
    responses=download("The file.", *ENDINGS),
)
def get_source_scan(scan_id: UUID, context: Reader) -> Response:
    """The file as it was added."""
    row = context.find(SourceScan, scan_id)
    path = context.service.evidence.path(row.sha256)
    if not path.is_file():
        raise not_found()
    return FileResponse(path, media_type=row.media_type, filename=row.name)


@router.post(
    "/working-editions/{working_id}/proposal",
    status_code=201,
    summary="Propose an edition for signature",
    response_model=ProposalOut,
    responses=CREATED | refusals(409),
)
def propose_edition(working_id: UUID, body: ProposalIn, once: OnceOnly, context: Costly) -> Response:
    """Checked as `grading ruleset check` does. Differences, proof, cases and impact are made in the background."""

    def act() -> Response:
        made = proposals.propose(context, working_id, body.note)
        return answer(ProposalOut.model_validate(made), status=201, location=f"/v1/edition-proposals/{made.id}")

    return once.answer(context, body, act)


@router.post(
    "/ruleset-drafts/{draft_id}/proposal",
    status_code=201,
    summary="Propose an uploaded edition for signature",
    response_model=ProposalOut,
    responses=CREATED | refusals(409),
)
def propose_draft(draft_id: UUID, body: DraftProposalIn, once: OnceOnly, context: Costly) -> Response:
    """As a working edition is proposed; it is compared with the ruleset that it follows on."""

    def act() -> Response:
        made = proposals.propose_draft(context, draft_id, body.former, body.note)
        return answer(ProposalOut.model_validate(made), status=201, location=f"/v1/edition-proposals/{made.id}")

    return once.answer(context, body, act)


@router.get("/edition-proposals", summary="Editions proposed and signed")
def list_proposals(context: Reader) -> list[ProposalOut]:
    """Those of your area, and all that are signed; the newest first."""
    return [ProposalOut.model_validate(row) for row in queries.proposals(context)]


@router.get("/edition-proposals/{proposal_id}", summary="A proposed or signed edition")
def get_proposal(proposal_id: UUID, context: Reader) -> ProposalDetailOut:
    """With differences, proof, cases, impact, and what was said of each figure."""
    row = context.find(EditionProposal, proposal_id)
    former, edition = proposals.editions_of(context, row)
    listed = [FigureFieldsOut.of(edition, figure, True) for figure in figures_to_review(former, edition)]
    reviews = list(proposals.reviews_of_figures(context, row).values())
    return ProposalDetailOut.of(row, sorted(actions(context, row)), listed, reviews, len(open_figures(edition)))


@router.post(
    "/edition-proposals/{proposal_id}/figures",
    summary="Say of figures whether they are right",
    response_model=ProposalOut,
    responses=STEP,
)
def review_figures(
    proposal_id: UUID, body: VerdictsIn, once: OnceOnly, context: Reviewer, if_match: IfMatch = None
) -> Response:
    """Confirmed with the source, or refused with reasons. By another person than who proposed it and who filled it in."""

    def act() -> Response:
        verdicts = [one.figure_verdict for one in body.figures]
        found = proposals.review(context, proposal_id, verdicts, version_in(if_match))
        return answer(ProposalOut.model_validate(found))

    return once.answer(context, body, act)


@router.post(
    "/edition-proposals/{proposal_id}/return",
    summary="Refuse a proposal",
    response_model=ProposalOut,
    responses=STEP,
)
def return_proposal(
    proposal_id: UUID, body: ReasonsIn, once: OnceOnly, context: Reviewer, if_match: IfMatch = None
) -> Response:
    """With reasons: the edition is a draft again."""

    def act() -> Response:
        found = proposals.send_back(context, proposal_id, body.reasons, version_in(if_match))
        return answer(ProposalOut.model_validate(found))

    return once.answer(context, body, act)


@router.post(
    "/edition-proposals/{proposal_id}/signature",
    summary="Sign an edition",
    response_model=ProposalOut,
    responses=STEP,
)
def sign_proposal(
    proposal_id: UUID, body: SignatureIn, once: OnceOnly, context: Reviewer, if_match: IfMatch = None
) -> Response:
    """It grades officially from the day on. Figures that nobody confirmed stay open in it."""

    def act() -> Response:
        found = proposals.sign(context, proposal_id, body.effective, body.statement or "", version_in(if_match))
        return answer(ProposalOut.model_validate(found))

    return once.answer(context, body, act)


@router.post(
    "/edition-proposals/{proposal_id}/withdrawal",
    summary="Withdraw a signed edition",
    response_model=ProposalOut,
    responses=STEP,
)
def withdraw_edition(
    proposal_id: UUID, body: ReasonsIn, once: OnceOnly, context: Reviewer, if_match: IfMatch = None
) -> Response:
    """With reasons. Nothing more is graded by it; what stands on it is listed, and a batch grades it again."""

    def act() -> Response:
        found = proposals.withdraw(context, proposal_id, body.reasons, version_in(if_match))
        return answer(ProposalOut.model_validate(found))

    return once.answer(context, body, act)


@router.get("/edition-proposals/{proposal_id}/gradings", summary="The gradings that stand on a signed edition")
def list_standing_gradings(proposal_id: UUID, context: Reader) -> list[StandingOut]:
    """Published audits that you see."""
    return [StandingOut.of(one) for one in proposals.standing_on(context, context.find(EditionProposal, proposal_id))]


@router.post(
    "/edition-proposals/{proposal_id}/regrading",
    status_code=202,
    summary="Order the batch that grades again what stood on a withdrawn edition",
    response_model=BatchDetailOut,
    responses=refusals(409),
)
def regrade_withdrawn(
    proposal_id: UUID, once: OnceOnly, context: Annotated[Context, needs(Rule.MAKE_BATCHES)]
) -> Response:
    """By the edition before it; somebody else publishes the batch."""

    def act() -> Response:
        made = proposals.order_regrading(context, proposal_id)
        out = BatchDetailOut.of(
            made, progress_of(context.db, made), counts_of(context.db, made), batch_actions(context, made)
        )
        return answer(out, status=202, location=f"/v1/batches/{made.id}")

    return once.answer(context, None, act)
