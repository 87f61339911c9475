"""Proposals of editions: four eyes on each figure, signature from a day on, withdrawal and the batch that grades again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from api.access import Rule, require, unscoped
from api.context import Context
from api.grader import keep_ruleset
from api.problems import ErrorAt, Problem
from api.services import draft_rulesets
from api.services.editions.place_words import in_words
from api.services.editions.states import EditionAction, record, take
from api.services.editions.working import (
    authors_of,
    edition_of,
    parent_of,
    require_free,
    require_not_before,
    saved,
    writable,
)
from api.services.regrading import lifecycle
from api.services.workflow.states import MAX_REASONS, given_reasons
from api.store import (
    Audit,
    AuditState,
    Batch,
    DraftRuleset,
    EditionProposal,
    Enterprise,
    FigureReview,
    GradedUnit,
    ProposalState,
    SignOff,
    Verdict,
    WorkingEdition,
)
from grading import calendar
from grading.engine.grade import ruleset_digest
from grading.figure_edits.figures import Figure, figures
from grading.figure_edits.settled import figures_to_review, open_figures, settled
from grading.language.check import unusable
from grading.language.loaded import Loaded
from grading.language.problems import LanguageError
from grading.language.source import Source
from grading.language.written import ruleset_yaml
from grading.model.ruleset import Review, Ruleset
from grading.ruleset_findings import fits_engine
from grading.ruleset_id import edition_of as edition_name
from grading.ruleset_id import industry_of


@dataclass(frozen=True)
class FigureVerdict:
    """A reviewer's verdict on a figure: confirmed with the source where it was read, or refused with reasons."""

    place: str
    verdict: Verdict
    source: str = ""
    reasons: str = ""


@dataclass(frozen=True)
class StandingGrading:
    """A published audit whose grade was given by an edition."""

    audit_id: UUID
    enterprise: str
    assessed_on: date | None
    units: tuple[str, ...]


def propose(context: Context, working_id: UUID, note: str = "") -> EditionProposal:
    """Propose a working edition as it is now; nobody changes it until it is returned.

    Raises Problem (403, 404, 409, 422 with everything that `grading ruleset check` calls wrong, in words of the pages).
    """
    actor = require(context.db, Rule.EDIT_RULESETS)
    working = writable(context, working_id)
    if not saved(context, working):
        raise Problem("nothing_changed", "还没有填写任何数值，不能报审。")
    require_free(context, working.ruleset_id)
    edition, parent = edition_of(context, working), parent_of(context, working)
    try:
        draft = draft_rulesets.upload(context, ruleset_yaml(edition, parent).encode())
    except Problem as problem:
        raise in_words(problem, edition, parent) from None
    if draft.digest != ruleset_digest(edition):
        raise ValueError(f"edition {working.id} reads back as another ruleset")
    made = EditionProposal(
        area=working.area,
        working_id=working.id,
        draft_id=draft.id,
        ruleset_id=working.ruleset_id,
        jurisdiction=working.jurisdiction,
        former_id=working.base_id,
        former_digest=working.base_digest,
        proposed_by=actor.id,
        proposed_at=context.at,
        note=_note(note, "note"),
    )
    return _proposed(context, made)


def propose_draft(context: Context, draft_id: UUID, former_id: str, note: str = "") -> EditionProposal:
    """Propose an edition that was uploaded as a file; `former_id` is the ruleset that it follows on.

    Raises Problem (403, 404, 409, 422).
    """
    actor = require(context.db, Rule.EDIT_RULESETS)
    draft = context.find(DraftRuleset, draft_id)
    try:
        former = context.service.grader.library.ruleset(former_id)
    except (KeyError, LanguageError):
        message = f"没有规则集“{former_id}”。"
        raise Problem("unknown_ruleset", message, status=422, errors=[ErrorAt("former", message)]) from None
    require_free(context, draft.ruleset_id)
    waiting = EditionProposal.draft_id == draft.id, EditionProposal.state == ProposalState.PROPOSED
    if context.db.scalar(select(EditionProposal.id).where(*waiting)) is not None:
        raise Problem("wrong_state", "这份草案已经报审。")
    digest = ruleset_digest(former)
    keep_ruleset(context.db, former, digest)
    made = EditionProposal(
        area=draft.area,
        draft_id=draft.id,
        ruleset_id=draft.ruleset_id,
        jurisdiction=draft.jurisdiction,
        former_id=former_id,
        former_digest=digest,
        proposed_by=actor.id,
        proposed_at=context.at,
        note=_note(note, "note"),
    )
    return _proposed(context, made)


def editions_of(context: Context, proposal: EditionProposal) -> tuple[Ruleset, Ruleset]:
    """The former edition and the proposed one."""
    grader = context.service.grader
    with unscoped(context.db) as db:
        # A signed edition is everybody's, the draft that it was made of is not.
        digest = db.get_one(DraftRuleset, proposal.draft_id).digest
        return grader.ruleset(db, proposal.former_digest), grader.ruleset(db, digest)


def reviews_of_figures(context: Context, proposal: EditionProposal) -> dict[str, FigureReview]:
    """The verdicts so far, by place."""
    rows = select(FigureReview).where(FigureReview.proposal_id == proposal.id).order_by(FigureReview.place)
    return {row.place: row for row in context.db.scalars(rows)}


def signers(context: Context, proposal: EditionProposal | None) -> dict[str, tuple[str, ...]]:
    """The reviewers of an edition's figures, by indicator or gate."""
    if proposal is None:
        return {}
    _, edition = editions_of(context, proposal)
    names: dict[str, dict[str, None]] = {}
    reviews = reviews_of_figures(context, proposal)
    for figure in figures(edition):
        row = reviews.get(figure.place)
        if row is not None and row.verdict is Verdict.CONFIRMED:
            names.setdefault(figure.owner, {})[row.reviewer_name] = None
    return {owner: tuple(found) for owner, found in names.items()}


def review(
    context: Context, proposal_id: UUID, verdicts: Sequence[FigureVerdict], version: int | None = None
) -> EditionProposal:
    """Say of figures that they were found in a source, or refuse them with reasons; all or nothing.

    Not by who proposed the edition, nor of a figure by who filled it in. Raises Problem (403, 404, 409, 412, 422).
    """
    proposal = take(context, proposal_id, EditionAction.REVIEW, version)
    former, edition = editions_of(context, proposal)
    waiting = {figure.place: figure for figure in figures_to_review(former, edition)}
    _require_other_authors(context, proposal, verdicts)
    errors = [error for verdict in verdicts for error in _wrong(verdict, waiting)]
    if errors:
        raise Problem("invalid_reviews", f"核对结果有 {len(errors)} 处问题。", status=422, errors=errors)
    known = reviews_of_figures(context, proposal)
    for verdict in verdicts:
        row = known.get(verdict.place)
        if row is None:
            row = FigureReview(
                proposal_id=proposal.id,
                place=verdict.place,
                verdict=verdict.verdict,
                proposed_by=proposal.proposed_by,
                reviewed_by=context.actor.id,
                reviewer_name=context.actor.name,
                reviewed_at=context.at,
            )
            context.db.add(row)
        row.verdict, row.reviewed_by, row.reviewed_at = verdict.verdict, context.actor.id, context.at
        row.reviewer_name = context.actor.name
        row.source = verdict.source.strip() or None
        row.reasons = verdict.reasons.strip() or None
    details = {verdict.place: verdict.verdict.value for verdict in verdicts}
    move(context, proposal, proposal.state, "figures_reviewed", figures=details)
    return proposal


def send_back(context: Context, proposal_id: UUID, reasons: str, version: int | None = None) -> EditionProposal:
    """Refuse a proposal with reasons: its working edition is a draft again. Raises Problem (403, 404, 409, 412, 422)."""
    proposal = take(context, proposal_id, EditionAction.RETURN, version)
    proposal.reasons = given_reasons(reasons, "退回")
    proposal.decided_by, proposal.decided_at = context.actor.id, context.at
    move(context, proposal, ProposalState.RETURNED, "returned", reasons=proposal.reasons)
    return proposal


def sign(
    context: Context, proposal_id: UUID, effective: date, statement: str = "", version: int | None = None
) -> EditionProposal:
    """Sign a proposal: from the day on it grades officially, with the figures that were confirmed.

    Figures to review that nobody confirmed don't count in it: they are open, as others are. Raises Problem (403, 404, 409
    when nothing was confirmed or differences and proof are not there yet, 412, 422).
    """
    proposal = take(context, proposal_id, EditionAction.SIGN, version)
    if proposal.prepared_at is None:
        raise Problem("not_prepared", "版本差异、证明、用例和影响还在计算，请稍后再签署。")
    former, edition = editions_of(context, proposal)
    waiting = figures_to_review(former, edition)
    reviews = reviews_of_figures(context, proposal)
    confirmed = {place for place, row in reviews.items() if row.verdict is Verdict.CONFIRMED}
    if waiting and not confirmed:
        raise Problem("nothing_confirmed", "还没有核对无误的数值，不能签署。")
    require_free(context, proposal.ruleset_id)
    require_not_before(former, effective)
    head = {
        "edition": edition.edition.model_copy(update={"effective": effective}),
        "review": Review(status="reviewed", reviewer=context.actor.name, on=calendar.day_of(context.at)),
    }
    signed = settled(former, edition, confirmed).model_copy(update=head)
    _require_usable(signed)
    digest = ruleset_digest(signed)
    keep_ruleset(context.db, signed, digest)
    note = _note(statement, "statement")
    signature = SignOff(ruleset_digest=digest, reviewer_id=context.actor.id, reviewer_name=context.actor.name)
    signature.statement = note
    context.db.add(signature)
    proposal.decided_by, proposal.decided_at, proposal.reasons = context.actor.id, context.at, note
    proposal.effective, proposal.signed_id, proposal.signed_digest = effective, proposal.ruleset_id, digest
    details = {"ruleset": proposal.ruleset_id, "digest": digest, "effective": effective.isoformat()}
    counted = {"confirmed": len(confirmed), "open": len(open_figures(signed))}
    move(context, proposal, ProposalState.SIGNED, "signed", **details, **counted)
    return proposal


def withdraw(context: Context, proposal_id: UUID, reasons: str, version: int | None = None) -> EditionProposal:
    """Withdraw a signed edition: nothing more is graded by it. What stands on it stays until it is graded again.

    Raises Problem (403, 404, 409, 412, 422).
    """
    proposal = take(context, proposal_id, EditionAction.WITHDRAW, version)
    proposal.withdrawal_reasons = given_reasons(reasons, "撤销")
    proposal.withdrawn_by, proposal.withdrawn_at = context.actor.id, context.at
    move(context, proposal, ProposalState.WITHDRAWN, "withdrawn", reasons=proposal.withdrawal_reasons)
    return proposal


def standing_on(context: Context, proposal: EditionProposal, limit: int = 500) -> list[StandingGrading]:
    """The published audits, as far as the actor sees them, whose grade was given by a signed edition."""
    if proposal.signed_digest is None:
        return []
    rows = (
        select(Audit.id, Enterprise.name, Audit.assessed_on, GradedUnit.unit)
        .join(Enterprise, Enterprise.id == Audit.enterprise_id)
        .join(GradedUnit, GradedUnit.grading_id == Audit.published_grading_id)
        .where(Audit.state == AuditState.PUBLISHED, GradedUnit.ruleset_digest == proposal.signed_digest)
        .order_by(Audit.id, GradedUnit.position)
        .limit(limit)
    )
    found: dict[UUID, StandingGrading] = {}
    for audit_id, name, day, unit in context.db.execute(rows):
        before = found[audit_id].units if audit_id in found else ()
        found[audit_id] = StandingGrading(audit_id, name, day, (*before, unit))
    return list(found.values())


def order_regrading(context: Context, proposal_id: UUID) -> Batch:
    """Order the batch that grades again, by the former edition, what stands on a withdrawn one.

    Raises Problem (403, 404, 409 for one that is not withdrawn, 422 when the former edition is not in use any more).
    """
    require(context.db, Rule.MAKE_BATCHES)
    proposal = context.find(EditionProposal, proposal_id)
    if proposal.state is not ProposalState.WITHDRAWN or proposal.signed_id is None:
        raise Problem("wrong_state", "只有撤销的版本需要重新评级。", more={"state": proposal.state.value})
    chosen = lifecycle.Selection(industry=industry_of(proposal.signed_id), edition=edition_name(proposal.signed_id))
    return lifecycle.order(context, f"{proposal.signed_id} 撤销后重新评级", chosen, against=proposal.former_id)


def _proposed(context: Context, made: EditionProposal) -> EditionProposal:
    context.db.add(made)
    record(context, "proposed", f"edition:{made.id}", ruleset=made.ruleset_id, former=made.former_digest)
    return made


def move(context: Context, proposal: EditionProposal, state: ProposalState, action: str, **details: object) -> None:
    before = proposal.state
    proposal.state, proposal.version = state, proposal.version + 1
    record(context, action, f"edition:{proposal.id}", **{"from": before.value, "to": state.value}, **details)


def _require_other_authors(context: Context, proposal: EditionProposal, verdicts: Sequence[FigureVerdict]) -> None:
    if proposal.working_id is None:
        return
    with unscoped(context.db):
        # A reviewer above the area sees the working edition too; who filled it in must be known whoever asks.
        working = context.db.get_one(WorkingEdition, proposal.working_id)
        authors = authors_of(saved(context, working).values())
    own = [verdict.place for verdict in verdicts if context.actor.id in authors.get(verdict.place, ())]
    if own:
        errors = [ErrorAt(place, "这一处由您填写，须由另一人核对。") for place in own]
        raise Problem("own_figure", "自己填写的数值须由另一人核对。", status=403, errors=errors)


def _wrong(verdict: FigureVerdict, waiting: Mapping[str, Figure]) -> list[ErrorAt]:
    if verdict.place not in waiting:
        return [ErrorAt(verdict.place, "这一处不在待核对的数值之中。")]
    if len(verdict.source) > MAX_REASONS or len(verdict.reasons) > MAX_REASONS:
        return [ErrorAt(verdict.place, f"不超过 {MAX_REASONS} 字。")]
    if verdict.verdict is Verdict.CONFIRMED and not verdict.source.strip():
        return [ErrorAt(verdict.place, "请写明核对的出处（文件、条款、页码）。")]
    if verdict.verdict is Verdict.REFUSED and not verdict.reasons.strip():
        return [ErrorAt(verdict.place, "请写明不认可的理由。")]
    return []


def _require_usable(ruleset: Ruleset) -> None:
    loaded = Loaded(ruleset, {}, Source(f"{ruleset.id}.yaml", None))
    found = [*unusable(loaded), *fits_engine(loaded)]
    if found:
        errors = [ErrorAt(finding.place, finding.message, finding.code) for finding in found]
        raise Problem("invalid_ruleset", f"签署后的规则集有 {len(found)} 处错误。", status=422, errors=errors)


def _note(raw: str, place: str) -> str | None:
    text = raw.strip()
    if len(text) > MAX_REASONS:
        message = f"不超过 {MAX_REASONS} 字。"
        raise Problem("invalid_request", message, status=422, errors=[ErrorAt(place, message)])
    return text or None
