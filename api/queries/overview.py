"""The enterprises of an area with their published grades, for lists, charts and exports."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from api.access import area_bounds
from api.queries.enterprise_search import matching
from api.schemas.decisions import stored_decision
from api.store import Audit, AuditState, Enterprise, EnterpriseMerger, GradedUnit, Grading, OperatingStateKind, Unit
from grading.model.base import Mode
from grading.model.decision import Decision, decide


@dataclass(frozen=True)
class Filter:
    """A filter of enterprises; empty: no restriction. `grade` is a class of decisions."""

    text: str = ""
    county: str = ""
    ruleset: str = ""
    grade: str = ""
    state: str = ""
    """An operating state; empty: all but closed."""


@dataclass(frozen=True)
class Line:
    """An enterprise with its last published grade, if it has one."""

    id: UUID
    name: str
    uscc: str
    county: str
    rulesets: tuple[str, ...]
    audit_id: UUID | None
    grading_id: UUID | None
    grade: str | None
    attainable: str | None
    assessed_on: date | None
    decision: Decision
    state: OperatingStateKind

    @property
    def grade_class(self) -> str:
        """The class that it counts in: a level, `ungraded`, `undecided` or `none`."""
        return self.decision.counted_as


def lines(db: Session, filters: Filter) -> list[Line]:
    """The enterprises in scope that are wanted, by county and name; closed ones only where they are asked for."""
    rows = select(Enterprise).where(_in_state(filters.state))
    if filters.text:
        rows = rows.where(matching(filters.text))
    if len(filters.county) == 6 and filters.county.isdigit():
        rows = rows.where(Enterprise.county.between(*area_bounds(filters.county)))
    found = list(db.scalars(rows.order_by(Enterprise.county, Enterprise.name)))
    grades = {}
    g = Grading
    decided = (g.grade, g.attainable, g.mode, g.missing, g.open_figures)
    published = (
        select(Audit.enterprise_id, Audit.id, Audit.assessed_on, g.id, *decided)
        .join(g, and_(g.id == Audit.published_grading_id, g.mode == Mode.OFFICIAL))
        .where(Audit.state == AuditState.PUBLISHED)
        .order_by(Audit.published_at)
    )
    for row in db.execute(published):
        grades[row[0]] = row
    industries = _rulesets(db, grades)
    listed = []
    for enterprise in found:
        grade = grades.get(enterprise.id)
        listed.append(
            Line(
                id=enterprise.id,
                name=enterprise.name,
                uscc=enterprise.uscc,
                county=enterprise.county,
                rulesets=tuple(industries.get(enterprise.id, ())),
                audit_id=grade[1] if grade else None,
                grading_id=grade[3] if grade else None,
                grade=grade[4] if grade else None,
                attainable=grade[5] if grade else None,
                assessed_on=grade[2] if grade else None,
                decision=_decision(grade) if grade else decide(None),
                state=enterprise.state,
            )
        )
    return [line for line in listed if _suits(line, filters)]


def _in_state(state: str) -> ColumnElement[bool]:
    if state == OperatingStateKind.CLOSED:
        # A double that was merged is no plant of its own any more.
        return and_(~Enterprise.active, Enterprise.id.not_in(select(EnterpriseMerger.double_id)))
    if state == OperatingStateKind.LONG_IDLE:
        return and_(Enterprise.active, Enterprise.idle_since.is_not(None))
    if state == OperatingStateKind.OPERATING:
        return and_(Enterprise.active, Enterprise.idle_since.is_(None))
    return Enterprise.active.is_(True)


def _decision(row: Any) -> Decision:
    return stored_decision(row.grade, row.attainable, row.mode, row.missing, row.open_figures)


def tally(listed: Iterable[Line], by: str, order: Iterable[str] = ()) -> dict[str, Counter[str]]:
    """The number of enterprises in each class of decisions, by county, ruleset or class.

    Keys come in `order`, the others after them by themselves.
    """
    counted: dict[str, Counter[str]] = {}
    for line in listed:
        keys: Sequence[str] = line.rulesets
        if by != "ruleset":
            keys = (line.county if by == "county" else line.grade_class,)
        for key in keys:
            counted.setdefault(key, Counter())[line.grade_class] += 1
    places = {key: place for place, key in enumerate(order)}
    return dict(sorted(counted.items(), key=lambda item: (places.get(item[0], len(places)), item[0])))


def _suits(line: Line, filters: Filter) -> bool:
    if filters.ruleset and filters.ruleset not in line.rulesets:
        return False
    return not filters.grade or line.grade_class == filters.grade


def _rulesets(db: Session, grades: Mapping[UUID, Any]) -> dict[UUID, list[str]]:
    """The rulesets of each enterprise: those that graded it, and those registered for its units."""
    found: dict[UUID, list[str]] = {}
    graded = {row[3]: enterprise_id for enterprise_id, row in grades.items()}
    for grading_id, ruleset_id in db.execute(select(GradedUnit.grading_id, GradedUnit.ruleset_id)):
        if grading_id in graded:
            listed = found.setdefault(graded[grading_id], [])
            if ruleset_id not in listed:
                listed.append(ruleset_id)
    for enterprise_id, ruleset_id in db.execute(select(Unit.enterprise_id, Unit.ruleset_id).where(Unit.active)):
        listed = found.setdefault(enterprise_id, [])
        if ruleset_id not in listed:
            listed.append(ruleset_id)
    return found
