"""The page of a batch's unit: its changed values, what was and is required, where the two traces part; and both traces."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.pages.labels import level_labels
from api.pages.place_words import place_words
from api.pages.render import page
from api.pages.result_view import UnitView, unit_views
from api.problems import not_found
from api.queries import batches as queries
from api.queries.batch_impact import Sides, reasons_of, sides_of
from api.schemas.decisions import stored_decision
from api.services.analysis import Case
from api.services.regrading.states import BatchAction, actions
from api.services.replay import reviews_of
from api.services.workflow.content import parsed
from api.store import AuditRevision, Batch, BatchAudit, BatchUnit, Enterprise
from grading.explain import Reason
from grading.gaps.tree.lines import Open
from grading.gaps.tree.subject import Subject
from grading.impact.cause_details import Pair
from grading.impact.compare import standings
from grading.intake import AuditError
from grading.model.base import Status
from grading.model.gap import GapLine
from grading.model.ruleset import Ruleset

router = APIRouter()
Reader = Annotated[Context, needs(Rule.READ_BATCHES)]
UNIT = "/batches/{batch_id}/units/{audit_id}/{position}"


class Side(StrEnum):
    """One of the two gradings that are compared."""

    AFTER = "after"
    BEFORE = "before"


TITLES = {Side.AFTER: "新规则下", Side.BEFORE: "原规则下"}


@dataclass(frozen=True)
class _Subject:
    """A unit of a batch, with the audit that it is part of."""

    batch: Batch
    found: BatchAudit
    units: list[BatchUnit]
    unit: BatchUnit

    def context(self, context: Context) -> dict[str, Any]:
        """The heads of a batch's pages."""
        enterprise = context.find(Enterprise, self.found.enterprise_id)
        unit, mode = self.unit, self.batch.mode
        before = stored_decision(unit.before, unit.before_attainable, mode, None, None)
        after = stored_decision(unit.after, unit.after_attainable, mode, unit.missing, unit.open_figures)
        held = unit.changed and after.is_undecided and self.found.released_by is None
        return {
            "batch": self.batch,
            "found": self.found,
            "unit": unit,
            "enterprise": enterprise,
            "labels": level_labels(context),
            "before": before,
            "after": after,
            "can_release": held and BatchAction.RELEASE in actions(context, self.batch),
        }


@router.get(UNIT)
def show_unit(batch_id: UUID, audit_id: UUID, position: int, request: Request, context: Reader) -> Response:
    """Show why a unit changes, down to the values, and the parts of the traces that are not the same."""
    subject = _subject(context, batch_id, audit_id, position)
    values = subject.context(context) | {"problems": (), "reasons": (), "traces": (), "between": ()}
    values["is_traced"] = False
    try:
        sides = sides_of(context, subject.found, subject.units)
    except AuditError as error:
        return page(
            request, context, "batch_unit.html.j2", **values | {"problems": _unreadable(context, subject, error)}
        )
    cases = {side: _case(context, subject, sides, side) for side in Side}
    views = {side: _view(context, subject, case) for side, case in cases.items()}
    pair = Pair(views[Side.BEFORE].ruleset, views[Side.AFTER].ruleset)
    reasons = reasons_of(pair, subject.batch.mode, sides, position)
    after, before = views[Side.AFTER].reason, views[Side.BEFORE].reason
    parted = {Side.AFTER: differing(after, before), Side.BEFORE: differing(before, after)}
    traces = [(side, TITLES[side], views[side], parted[side]) for side in Side]
    between = _levels_between(subject, cases[Side.AFTER], views[Side.BEFORE].ruleset)
    more = {"reasons": reasons.to_dicts(), "traces": traces, "between": between}
    return page(request, context, "batch_unit.html.j2", **values | more)


def _unreadable(context: Context, subject: _Subject, error: AuditError) -> list[dict[str, str]]:
    """Reasons why an audit can't be read under the new ruleset, each with its place in words."""
    document = parsed(context.find(AuditRevision, subject.found.revision_id).content)
    library = context.service.grader.library
    return [
        {"words": place_words(problem.place, library, document), "message": problem.message}
        for problem in error.problems
    ]


@router.get(f"{UNIT}/trace")
def show_trace(
    batch_id: UUID, audit_id: UUID, position: int, request: Request, context: Reader, side: Side = Side.AFTER
) -> Response:
    """The whole trace of one side."""
    subject = _subject(context, batch_id, audit_id, position)
    values = subject.context(context) | {"title": TITLES[side], "side": side.value, "problems": (), "view": None}
    values["is_traced"] = True
    try:
        sides = sides_of(context, subject.found, subject.units)
    except AuditError as error:
        return page(
            request, context, "batch_trace.html.j2", **values | {"problems": _unreadable(context, subject, error)}
        )
    return page(
        request,
        context,
        "batch_trace.html.j2",
        **values | {"view": _view(context, subject, _case(context, subject, sides, side))},
    )


def differing(reason: Reason, other: Reason) -> tuple[Reason, ...]:
    """Of a unit's tree the branches that the other one does not have, or with another status.

    Gates and indicators are whole; a level or a dimension has those of its branches alone.
    """
    known = {(child.kind, child.id): child for child in other.children}
    relevant: list[Reason] = []
    for child in reason.children:
        same = known.get((child.kind, child.id))
        if child.kind in ("gate", "indicator") or same is None:
            if same is None or same.status is not child.status:
                relevant.append(child)
            continue
        branches = differing(child, same)
        if branches or same.status is not child.status:
            relevant.append(child.model_copy(update={"children": branches}))
    return tuple(relevant)


def _subject(context: Context, batch_id: UUID, audit_id: UUID, position: int) -> _Subject:
    batch = context.find(Batch, batch_id)
    found, units = queries.audit(context, batch_id, audit_id)
    unit = next((one for one in units if one.position == position), None)
    if unit is None:
        raise not_found()
    return _Subject(batch, found, units, unit)


def _levels_between(subject: _Subject, case: Case, before: Ruleset) -> list[tuple[str, Status, tuple[GapLine, ...]]]:
    """Every level that the unit had before and no longer has: its status by the new ruleset, and what keeps the unit from it."""
    index = subject.unit.position
    unit = case.grading.units[index]
    ruleset = case.engine.library.ruleset(unit.ruleset)
    had, has = standings(before.scale)[subject.unit.before], standings(ruleset.scale)[unit.outcome.grade]
    gaps = Subject(case.audit, index, ruleset, unit, case.grading.mode)
    return [
        (level.label, unit.levels[level.id], Open(gaps, level.id).lines())
        for level in ruleset.scale.levels
        if had <= level.standing < has and level.id in ruleset.scale.graded
    ]


def _case(context: Context, subject: _Subject, sides: Sides, side: Side) -> Case:
    audit, engine = sides.after if side is Side.AFTER else sides.before
    return Case(audit, context.service.grader.grade(audit, subject.batch.mode, engine), engine)


def _view(context: Context, subject: _Subject, case: Case) -> UnitView:
    reviews = reviews_of(context.db, [graded.ruleset_digest for graded in case.grading.units])
    return unit_views(case, reviews)[subject.unit.position]
