"""A unit in an audit with its grading, and what a level asks of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from grading.gaps.tree.answers import Answers
from grading.gaps.tree.per_ruleset import per_ruleset
from grading.gaps.tree.propagate import Propagation
from grading.gaps.tree.values import Values, values_of
from grading.language.nested import Stated, ways_to
from grading.model.audit import Audit, Known, UnitAudit
from grading.model.base import Mode, Status
from grading.model.condition import ConditionBase
from grading.model.result import UnitGrading
from grading.model.ruleset import Cap, Gate, Indicator, Requirement, Ruleset
from grading.places import stated

DAYS_KEPT = 64
"""So many levels and days are kept of what a ruleset asks: audits of a batch or a report bear few."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A graded unit: what gaps are looked for in. `answers` are shared by the units of an audit, changed or not."""

    audit: Audit
    index: int
    ruleset: Ruleset
    grading: UnitGrading
    mode: Mode
    answers: Answers = field(default_factory=Answers)

    @property
    def unit(self) -> UnitAudit:
        """The unit as audited."""
        return self.audit.units[self.index]

    @cached_property
    def values(self) -> Values:
        """The known values of the unit, computed values included."""
        return values_of(self.ruleset, self.grading)

    @cached_property
    def propagation(self) -> Propagation:
        """Demands on the unit's values, worked out once for all who ask."""
        return Propagation(self.values, self.answers)

    @cached_property
    def conditions(self) -> dict[str, Status | dict[str, Status]]:
        """The engine's statuses by place; of a row's condition by the keys of the rows that it looks at."""
        return dict(self.grading.conditions)

    @cached_property
    def waived(self) -> frozenset[str]:
        """The indicators of which a waiver is in force: nothing is asked of the unit by them."""
        return self.unit.waived_on(self.audit.assessed_on)

    def status(self, place: str, row: str | None) -> Status | None:
        """The engine's conclusion of a condition; None when it is not there on this day, or does not look at the row."""
        status = self.conditions.get(place)
        return status.get(row or "") if isinstance(status, dict) else status

    def rows(self, name: str, group: str) -> tuple[str, ...] | None:
        """The rows that an `each` or `some` looks at: all that its `where` does not rule out; None: no table."""
        if group not in self.unit.groups:
            return None
        keys = tuple(row.key for row in self.unit.groups[group])
        return tuple(key for key in keys if self.status(f"{name}.where", key) is not Status.UNMET)

    def stated(self, group: str | None, row: str | None, fact: str) -> tuple[Known | None, str]:
        """The audit's statement of a fact, and its place."""
        return stated(self.audit, self.index, group, row, fact)


@dataclass(frozen=True, eq=False)
class Asked:
    """Something that must hold for a level: an indicator's requirement, or (`wanted=False`) that a gate is not met.

    `stated_for` is the best level for which the same requirement is stated, so that it has one name at all of them.
    `instead` are the requirements of better levels any of which does as well, each with its `better_level`.
    """

    owner: Indicator | Gate
    requirement: Requirement | None
    level: str
    stated_for: str
    name: str
    condition: ConditionBase
    wanted: bool
    better_level: str | None = None
    instead: tuple["Asked", ...] = ()

    @property
    def key(self) -> str:
        """The indicator or gate, whichever of its requirements is meant."""
        return self.owner.id if isinstance(self.owner, Indicator) else self.name

    @property
    def conditions(self) -> tuple[ConditionBase, ...]:
        """The condition and those of the requirements that do as well."""
        return (self.condition, *(other.condition for other in self.instead))

    @property
    def title(self) -> str:
        """The title in people's words."""
        return self.owner.title or self.owner.id

    @property
    def applies_when(self) -> ConditionBase | None:
        """The condition under which an indicator applies; None: always."""
        return self.owner.applies_when if isinstance(self.owner, Indicator) else None


def asked_for(subject: Subject, level: str) -> tuple[Asked, ...]:
    """Everything that a level asks for: of the indicators that ask something and are not waived, and that no gate is in the way.

    A better level's requirement that can't be met without one of the others is left out where its remedies are theirs too.
    """
    ruleset, day, mode = subject.ruleset, subject.audit.assessed_on, subject.mode
    known, key = _asked_by(ruleset), (level, day, mode, subject.waived)
    found = known.get(key)
    if found is None:
        counted = (i for i in ruleset.indicators if i.id not in subject.waived)
        ways = {i.id: ways_to(ruleset, i, level, day, mode, same_remedies=True) for i in counted}
        found = tuple(_everything(ruleset, level, ways))
        if len(known) >= DAYS_KEPT:
            known.clear()
        known[key] = found
    return found


def asked_as_graded(subject: Subject, level: str) -> Iterator[Asked]:
    """The same as the engine has it: better levels' requirements are left out whatever remedies they have.

    They decide nothing, but may be the cheaper thing to do.
    """
    counted = (i for i in subject.ruleset.indicators if i.id not in subject.waived)
    ways = {i.id: subject.grading.ways.get((i.id, level), ()) for i in counted}
    return _everything(subject.ruleset, level, ways)


@per_ruleset
def _asked_by(_ruleset: Ruleset) -> dict[tuple[str, date, Mode, frozenset[str]], tuple[Asked, ...]]:
    """By level, day, mode and waived indicators, what a ruleset asks."""
    return {}


def _everything(ruleset: Ruleset, level: str, ways_of: Mapping[str, tuple[Stated, ...]]) -> Iterator[Asked]:
    ids = ruleset.scale.ids
    for indicator in ruleset.indicators:
        ways = ways_of.get(indicator.id, ())
        if ways:
            own, *others = (_asked(indicator, level, way, ids) for way in ways)
            better = (way.nearest(ruleset.scale.graded, level) for way in ways[1:])
            instead = (replace(one, better_level=name) for one, name in zip(others, better, strict=True))
            yield replace(own, instead=tuple(instead))
    for gate in ruleset.gates:
        if not isinstance(gate.effect, Cap) or ids.index(level) < ids.index(gate.effect.cap):
            yield Asked(gate, None, level, "", f"gate.{gate.id}", gate.when, False)


def _asked(indicator: Indicator, level: str, way: Stated, ids: tuple[str, ...]) -> Asked:
    best = min(way.levels, key=ids.index)
    return Asked(indicator, way.requirement, level, best, way.place, way.requirement.require, True)


def stands_in_the_way(subject: Subject, asked: Asked) -> bool:
    """True when what is asked is not fulfilled, as the engine concluded."""
    if isinstance(asked.owner, Indicator):
        return subject.grading.indicator(asked.owner.id).levels[asked.level] is not Status.MET
    return subject.status(asked.name, None) in (Status.MET, Status.UNKNOWN)


def holds(status: Status | None, wanted: bool) -> bool:
    """True when a status is as wanted."""
    return status is (Status.MET if wanted else Status.UNMET)


def provenance_of(ruleset: Ruleset, asked: Asked, *conditions: ConditionBase) -> Any:
    """The provenance of a figure; `conditions` from the outermost to the figure's own."""
    return ruleset.provenance(asked.owner, asked.requirement, *conditions)
