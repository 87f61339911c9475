"""A proposed edition: what goes with it, each figure confirmed or refused by a second person, signed, withdrawn."""

import json
from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.access import MAY, Rule
from api.context import Context, needs
from api.pages.form_data import Posted, Sent
from api.pages.labels import level_labels
from api.pages.render import page
from api.pages.ruleset.figure_fields import WAY_NAMES, FigureField, figure_field
from api.problems import ErrorAt, Problem
from api.services.editions import proposals, working
from api.services.editions.proposals import FigureVerdict
from api.services.editions.slips import slips_of
from api.services.editions.states import actions, state_text
from api.services.users import names_of
from api.store import EditionProposal, ProposalState, Verdict
from grading import calendar
from grading.figure_edits.figures import owners
from grading.figure_edits.settled import figures_to_review, open_figures

router = APIRouter()
Reader = Annotated[Context, needs(Rule.READ_BATCHES)]
Reviewer = Annotated[Context, needs(Rule.SIGN_OFF_RULESETS)]
VERDICT, SOURCE, REASONS = "v:", "source:", "reasons:"
OUTCOMES = {"reachable": "可以达到", "open": "待限值核实", "unreachable": "不能达到", "not_proven": "未能证明"}
DIRECTIONS = {
    "stricter": "更严",
    "looser": "更宽",
    "same": "要求不变",
    "settled": "要求不变，数值已核实",
    "reopened": "要求不变，数值改为待核实",
    "different": "不可比",
}


@router.get("/edition-proposals/{proposal_id}")
def show_proposal(proposal_id: UUID, request: Request, context: Reader) -> Response:
    """Everything that a reviewer looks at, and the steps that may be taken."""
    return _shown(request, context, proposal_id)


@router.post("/edition-proposals/{proposal_id}/figures")
def review_figures(proposal_id: UUID, request: Request, context: Reviewer, sent: Sent) -> Response:
    """Confirm and refuse figures; what nothing was said of stays as it was."""
    verdicts = _verdicts(sent)
    at = sent.text("owner")
    return _done(request, context, proposal_id, lambda: proposals.review(context, proposal_id, verdicts), f"#o-{at}")


@router.post("/edition-proposals/{proposal_id}/return")
def return_proposal(proposal_id: UUID, request: Request, context: Reviewer, sent: Sent) -> Response:
    """Refuse it with reasons."""
    return _done(request, context, proposal_id, lambda: proposals.send_back(context, proposal_id, sent.text("reasons")))


@router.post("/edition-proposals/{proposal_id}/signature")
def sign(proposal_id: UUID, request: Request, context: Reviewer, sent: Sent) -> Response:
    """Sign it."""
    effective = sent.day("effective")
    if effective is None:
        message = "请填写施行日。"
        raise Problem("invalid_date", message, status=422, errors=[ErrorAt("effective", message)])
    day, statement = effective, sent.text("statement")
    return _done(request, context, proposal_id, lambda: proposals.sign(context, proposal_id, day, statement))


@router.post("/edition-proposals/{proposal_id}/withdrawal")
def withdraw(proposal_id: UUID, request: Request, context: Reviewer, sent: Sent) -> Response:
    """Withdraw it."""
    return _done(request, context, proposal_id, lambda: proposals.withdraw(context, proposal_id, sent.text("reasons")))


@router.post("/edition-proposals/{proposal_id}/regrading")
def regrade(proposal_id: UUID, context: Annotated[Context, needs(Rule.MAKE_BATCHES)]) -> Response:
    """Order the batch that grades again what stood on it."""
    made = proposals.order_regrading(context, proposal_id)
    return RedirectResponse(f"/batches/{made.id}", status_code=303)


def _done(request: Request, context: Context, proposal_id: UUID, act: Callable[[], object], at: str = "") -> Response:
    """Do it and go back to the page; what is refused is told there."""
    try:
        act()
    except Problem as problem:
        if problem.status not in (409, 422) and problem.code not in ("own_figure", "own_proposal"):
            raise
        context.undo(problem)
        return _shown(request, context, proposal_id, problem)
    return RedirectResponse(f"/edition-proposals/{proposal_id}{at}", status_code=303)


def _shown(request: Request, context: Context, proposal_id: UUID, refused: Problem | None = None) -> Response:
    row = context.find(EditionProposal, proposal_id)
    former, edition = proposals.editions_of(context, row)
    groups: dict[str, list[FigureField]] = {}
    for figure in figures_to_review(former, edition):
        groups.setdefault(figure.owner, []).append(figure_field(edition, figure, True))
    reviews = proposals.reviews_of_figures(context, row)
    confirmed = sum(one.verdict is Verdict.CONFIRMED for one in reviews.values())
    scans = {} if row.working_id is None else working.scans_of(context, row.working_id)
    return page(
        request,
        context,
        "edition_proposal.html.j2",
        status=200 if refused is None else refused.status,
        row=row,
        former=former,
        edition=edition,
        state=state_text(row, calendar.today()),
        groups=groups,
        known=owners(edition),
        slips=slips_of(context, row, edition),
        reviews=reviews,
        confirmed=confirmed,
        refused_figures=len(reviews) - confirmed,
        waiting=sum(len(listed) for listed in groups.values()),
        open=len(open_figures(edition)),
        attached=None if row.attachments is None else json.loads(row.attachments),
        actions=actions(context, row),
        standing=proposals.standing_on(context, row),
        may_regrade=row.state is ProposalState.WITHDRAWN and context.actor.role in MAY[Rule.MAKE_BATCHES],
        scans=scans,
        people=names_of(context.db, [row.proposed_by, row.decided_by, row.withdrawn_by]),
        labels=level_labels(context),
        way_names=WAY_NAMES,
        outcomes=OUTCOMES,
        directions=DIRECTIONS,
        today=calendar.today(),
        refused=refused,
    )


def _verdicts(sent: Posted) -> list[FigureVerdict]:
    every = sent.text("every")
    found = []
    # Each figure is on record by itself, also where all of an indicator were read on one page.
    for place, source in sent.starting(SOURCE).items():
        verdict = every or sent.text(f"{VERDICT}{place}")
        if verdict in (Verdict.CONFIRMED.value, Verdict.REFUSED.value):
            read_at = source if source.strip() else sent.text("source_all")
            found.append(FigureVerdict(place, Verdict(verdict), read_at, sent.text(f"{REASONS}{place}")))
    if not found:
        message = "请至少对一处数值选择“核对无误”或“不认可”。"
        raise Problem("invalid_reviews", message, status=422, errors=[ErrorAt("figures", message)])
    return found
