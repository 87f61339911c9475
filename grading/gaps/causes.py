"""Causes of an undecided grade: unknowns that could still change it, told apart by who can settle them.

Only what is unknown in the engine's own conclusions is followed, from the levels that the unit may still get down to the
comparisons: what lies below something that is decided can't change the grade any more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grading.gaps.ground_figures import unit_figures
from grading.gaps.tree.ids import applies_name
from grading.gaps.tree.subject import Asked, Subject, asked_as_graded
from grading.language.edition_text import why_text
from grading.model.audit import Audit
from grading.model.base import Status
from grading.model.condition import Comparison, ConditionBase, Each, Not, Some, parts
from grading.model.decision import Causes, Decision, decide, is_undecided
from grading.model.interval import Interval
from grading.model.result import UNGRADED, Grading
from grading.model.ruleset import Indicator, Ruleset
from grading.places import sources, stated


@dataclass(frozen=True)
class OpenPoints:
    """The points that could still change a grade: places of values and tables nobody stated, and figures not established."""

    missing: frozenset[str] = frozenset()
    figures: frozenset[tuple[str, str, str]] = frozenset()

    def __or__(self, other: "OpenPoints") -> "OpenPoints":
        """The points of both."""
        return OpenPoints(self.missing | other.missing, self.figures | other.figures)

    @property
    def causes(self) -> Causes:
        """The number of points of each cause."""
        return Causes(len(self.missing), len(self.figures))


def open_points(subject: Subject, best: int | None = None) -> OpenPoints:
    """The points that could still lift a unit above its grade; `best`: up to a level of this standing."""
    scale, outcome = subject.ruleset.scale, subject.grading.outcome
    if not is_undecided(*outcome):
        return OpenPoints()
    start, end = scale.ids.index(outcome.attainable), len(scale.ids)
    if outcome.grade != UNGRADED:
        end = scale.ids.index(outcome.grade)
    if best is not None:
        start = max(i for i, level in enumerate(scale.levels) if level.standing <= best)
    walk = _Walk(subject)
    missing: set[str] = set()
    figures: set[tuple[str, str, str]] = set()
    for level in scale.ids[start:end]:
        asked = list(asked_as_graded(subject, level))
        statuses = [walk.of_asked(one) for one in asked]
        if Status.UNMET in statuses:
            continue
        for one, status in zip(asked, statuses, strict=True):
            if status is Status.UNKNOWN:
                for place, figure in walk.of(one):
                    if place is not None:
                        missing.add(place)
                    if figure is not None:
                        figures.add(figure)
    return OpenPoints(frozenset(missing), frozenset(figures))


def unit_decisions(rulesets: Mapping[str, Ruleset], audit: Audit, grading: Grading) -> tuple[Decision, ...]:
    """The decision of each unit."""
    return tuple(
        decide(unit.outcome, grading.mode, open_points(subject).causes)
        for unit, subject in zip(grading.units, _subjects(rulesets, audit, grading), strict=True)
    )


def decision_of(rulesets: Mapping[str, Ruleset], audit: Audit, grading: Grading) -> Decision:
    """The enterprise's decision; open is what keeps its worst units from the best grade that all may get."""
    outcome = grading.outcome
    if not is_undecided(*outcome):
        return decide(outcome, grading.mode)
    subjects = _subjects(rulesets, audit, grading)
    points = OpenPoints()
    best = max(_attainable_standing(subject) for subject in subjects)
    for subject in subjects:
        points |= open_points(subject, best)
    return decide(outcome, grading.mode, points.causes)


def graded_document(rulesets: Mapping[str, Ruleset], audit: Audit, grading: Grading) -> dict[str, Any]:
    """A grading as JSON with what is decided, of the enterprise and of each unit (`decision`); in a trial with `figures`."""
    document = grading.as_json()
    decisions, figures = unit_decisions(rulesets, audit, grading), unit_figures(rulesets, audit, grading)
    for unit, decision, found in zip(document["units"], decisions, figures, strict=True):
        unit["decision"] = decision.as_json()
        choice = next(one.choice for one in audit.units if one.id == unit["id"])
        if choice is not None:
            why = why_text(choice, unit["ruleset"])
            unit["edition"] = choice.model_dump(mode="json", exclude_none=True) | {"why": why}
        if found is not None:
            unit["figures"] = found.as_json()
    return document | {"decision": decision_of(rulesets, audit, grading).as_json()}


def _attainable_standing(subject: Subject) -> int:
    """The standing of the best level that a unit may get, on its own scale."""
    attainable = subject.grading.outcome.attainable
    return next(level.standing for level in subject.ruleset.scale.levels if level.id == attainable)


def _subjects(rulesets: Mapping[str, Ruleset], audit: Audit, grading: Grading) -> Sequence[Subject]:
    return [
        Subject(audit, index, rulesets[unit.ruleset], unit, grading.mode) for index, unit in enumerate(grading.units)
    ]


Point = tuple[str | None, tuple[str, str, str] | None]
"""The place of a missing value, or a figure (ruleset, indicator, condition)."""


class _Walk:
    """Follows what is unknown in one unit."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.ruleset = subject, subject.ruleset
        self.conditions: dict[str, Status | dict[str, Status] | None] = {}
        self.indicators = {result.id: result for result in subject.grading.indicators}

    def of_asked(self, asked: Asked) -> Status:
        """True when what is asked is fulfilled."""
        if isinstance(asked.owner, Indicator):
            return self.indicators[asked.owner.id].levels[asked.level]
        status = self.status(asked.name, None)
        return {Status.MET: Status.UNMET, Status.UNKNOWN: Status.UNKNOWN}.get(status or Status.UNMET, Status.MET)

    def of(self, asked: Asked) -> Iterator[Point]:
        """The points because of which something that is asked is unknown."""
        if asked.applies_when is not None:
            yield from self.condition(asked, asked.applies_when, applies_name(asked), None)
        for way in (asked, *asked.instead):
            yield from self.condition(way, way.condition, way.name, None)

    def status(self, place: str, row: str | None) -> Status | None:
        """The engine's conclusion of a condition; None where it is not there or does not look at the row."""
        if place not in self.conditions:
            self.conditions[place] = self.subject.grading.conditions.get(place)
        status = self.conditions[place]
        return status.get(row or "") if isinstance(status, dict) else status

    def condition(self, asked: Asked, c: ConditionBase, place: str, row: str | None) -> Iterator[Point]:
        """The points below a condition that is unknown; nothing below one that is not."""
        if self.status(place, row) is not Status.UNKNOWN:
            return
        if isinstance(c, Comparison):
            yield from self.comparison(asked, c, place, row)
        elif isinstance(c, Not):
            yield from self.condition(asked, c.not_, f"{place}.not", row)
        elif isinstance(c, Each | Some):
            yield from self.rows(asked, c, place)
        else:
            for step, part in parts(c):
                yield from self.condition(asked, part, f"{place}.{step}", row)

    def comparison(self, asked: Asked, c: Comparison, place: str, row: str | None) -> Iterator[Point]:
        """An open figure goes before values that are missing too: nothing that could be supplied would settle it."""
        if c.is_open(self.subject.mode):
            yield None, (self.ruleset.id, asked.owner.id, place)
            return
        audited = list(sources(self.ruleset, c.fact, row))
        values = self.subject.grading.values
        known = ((s, values.get((s[0], s[2] if s[1] is not None else None))) for s in audited)
        missing = [s for s, value in known if value is None or isinstance(value, Interval)]
        # A computed value may be undefined though nothing is missing: then the first value behind it has to be another.
        for fact, group, key in missing or audited[:1]:
            yield stated(self.subject.audit, self.subject.index, group, key, fact)[1], None

    def rows(self, asked: Asked, c: Each | Some, place: str) -> Iterator[Point]:
        """The points of each row that is in doubt, or the table when nobody stated it."""
        group = c.each if isinstance(c, Each) else c.some
        if group not in self.subject.unit.groups:
            yield f"units[{self.subject.index}].groups.{group}", None
            return
        settled = Status.MET if isinstance(c, Each) else Status.UNMET
        for row in self.subject.unit.groups[group]:
            where = Status.MET if c.where is None else self.status(f"{place}.where", row.key)
            required = self.status(f"{place}.require", row.key)
            if where is Status.UNMET or required in (settled, None):
                continue
            if c.where is not None:
                yield from self.condition(asked, c.where, f"{place}.where", row.key)
            yield from self.condition(asked, c.require, f"{place}.require", row.key)
