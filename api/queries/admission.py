"""Opinions of admission as they are looked for, with what became of their projects."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, not_, select
from sqlalchemy.orm import Session, aliased

from api.access import area_bounds
from api.context import Context
from api.queries.paging import newest_first
from api.services.admission import Listed, Regrading
from api.store import AdmissionOpinion, AdmissionOutcome, Audit, AuditKind, AuditState, Enterprise, ProjectCompletion


@dataclass(frozen=True)
class Filter:
    """A filter of opinions; None: no restriction."""

    text: str | None = None
    area: str | None = None
    industries: Sequence[str] | None = None
    outcome: AdmissionOutcome | None = None
    since: date | None = None
    until: date | None = None
    """Days of acceptance, both inclusive."""
    regrading: Regrading | None = None
    standing: bool | None = None
    """Only those that no other has replaced, or only those that one has."""


def opinions(db: Session, filters: Filter, cursor: UUID | None, limit: int) -> tuple[list[Listed], UUID | None]:
    """A page of opinions, the newest first, and the cursor of the next page."""
    o = AdmissionOpinion
    rows = select(o)
    if filters.text:
        rows = rows.where(o.name.contains(filters.text, autoescape=True))
    if filters.area:
        rows = rows.where(o.county.between(*area_bounds(filters.area)))
    if filters.industries is not None:
        rows = rows.where(o.industry.in_(filters.industries))
    if filters.outcome is not None:
        rows = rows.where(o.outcome == filters.outcome)
    if filters.since is not None:
        rows = rows.where(o.accepted_on >= filters.since)
    if filters.until is not None:
        rows = rows.where(o.accepted_on <= filters.until)
    if filters.standing is not None:
        rows = rows.where(_superseded() if not filters.standing else not_(_superseded()))
    if filters.regrading is not None:
        rows = rows.where(_in_state(filters.regrading))
    found, after = newest_first(db, rows, o.id, cursor, limit)
    return listed(db, found), after


def industry_ids(context: Context, industry: str | None) -> Sequence[str] | None:
    """Every id by which projects of an industry of the register may be known; any other name stands for itself."""
    if industry is None:
        return None
    known = context.service.grader.policies.today.library.vocabulary.industries.by_id(industry)
    return (industry,) if known is None or known.id != industry else sorted(known.ids)


def opinion(db: Session, row: AdmissionOpinion) -> Listed:
    """One opinion with what came after it."""
    return listed(db, [row])[0]


def listed(db: Session, rows: Sequence[AdmissionOpinion]) -> list[Listed]:
    """Opinions with what came after them."""
    ids = [row.id for row in rows]
    later = select(AdmissionOpinion.supersedes_id, AdmissionOpinion.id).where(AdmissionOpinion.supersedes_id.in_(ids))
    superseded = {earlier: id_ for earlier, id_ in db.execute(later) if earlier is not None}
    statement = select(ProjectCompletion).where(ProjectCompletion.opinion_id.in_(ids)).order_by(ProjectCompletion.id)
    completions = {row.opinion_id: row for row in db.scalars(statement)}
    plants = [c.enterprise_id for c in completions.values() if c.enterprise_id is not None]
    enterprises = {e.id: e for e in db.scalars(select(Enterprise).where(Enterprise.id.in_(plants)))}
    audits = list(db.scalars(_published().where(Audit.enterprise_id.in_(plants)).order_by(Audit.assessed_on)))
    found = []
    for row in rows:
        completion = completions.get(row.id)
        published = _confirming(completion, audits)
        enterprise = enterprises.get(completion.enterprise_id) if completion and completion.enterprise_id else None
        state = _state(row, row.id in superseded, completion, published)
        found.append(Listed(row, superseded.get(row.id), completion, enterprise, state, published))
    return found


def _confirming(completion: ProjectCompletion | None, audits: Iterable[Audit]) -> Audit | None:
    if completion is None or completion.enterprise_id is None:
        return None
    theirs = (
        audit
        for audit in audits
        if audit.enterprise_id == completion.enterprise_id
        and audit.assessed_on is not None
        and audit.assessed_on >= completion.completed_on
    )
    return next(theirs, None)


def _state(
    row: AdmissionOpinion, superseded: bool, completion: ProjectCompletion | None, published: Audit | None
) -> Regrading:
    if row.outcome is not AdmissionOutcome.ADMITTED or row.required_level is None or superseded:
        return Regrading.NOT_REQUIRED
    if completion is None:
        return Regrading.AWAITING_COMPLETION
    return Regrading.DUE if published is None else Regrading.DONE


def _in_state(state: Regrading) -> ColumnElement[bool]:
    """The same as `_state`, in the database."""
    o = AdmissionOpinion
    conditional = and_(o.outcome == AdmissionOutcome.ADMITTED, o.required_level.is_not(None), not_(_superseded()))
    completed = exists().where(ProjectCompletion.opinion_id == o.id)
    c, later = ProjectCompletion, aliased(ProjectCompletion)
    graded = select(Audit.enterprise_id).where(
        Audit.state == AuditState.PUBLISHED, Audit.kind == AuditKind.EXPERT, Audit.assessed_on >= c.completed_on
    )
    confirmed = exists().where(
        c.opinion_id == o.id,
        not_(exists().where(later.opinion_id == o.id, later.id > c.id)),
        c.enterprise_id.in_(graded),
    )
    return {
        Regrading.NOT_REQUIRED: not_(conditional),
        Regrading.AWAITING_COMPLETION: and_(conditional, not_(completed)),
        Regrading.DUE: and_(conditional, completed, not_(confirmed)),
        Regrading.DONE: and_(conditional, completed, confirmed),
    }[state]


def _published() -> Select[Audit]:
    return select(Audit).where(Audit.state == AuditState.PUBLISHED, Audit.kind == AuditKind.EXPERT)


def _superseded() -> ColumnElement[bool]:
    later = aliased(AdmissionOpinion)
    return exists().where(later.supersedes_id == AdmissionOpinion.id).correlate(AdmissionOpinion)
