"""Claims that a unit has a level, as a tree over the comparisons.

A claim says of a condition that it is met, or that it is unmet; it is true or not, whatever is unknown. Of its parts so many
as `needed` have to be true. The statuses of the comparisons are the engine's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from grading.gaps.tree.constraints import Constraint, satisfies, surely
from grading.gaps.tree.subject import Subject
from grading.gaps.tree.values import Slot
from grading.language.nested import asked_at, better_than
from grading.model.base import Status
from grading.model.condition import All, AtLeastOf, Comparison, ConditionBase, Each, Not, Some, parts
from grading.model.interval import Interval
from grading.model.ruleset import Gate, Indicator
from grading.places import group_of

CONTRARY = {Status.MET: Status.UNMET, Status.UNMET: Status.MET}
Otherwise = tuple[str, Status]
"""The place of a comparison, and the status that it has instead wherever it is known."""


@dataclass(frozen=True)
class LeafClaim:
    """A comparison is met, or unmet (`wanted`); of one row if it is about rows."""

    place: str
    status: Status
    wanted: Status

    @property
    def holds(self) -> bool:
        """True when the comparison is as claimed."""
        return self.status is self.wanted

    def holds_with(self, otherwise: Otherwise) -> bool:
        """The same when a comparison comes out otherwise."""
        if otherwise[0] == self.place and self.status is not Status.UNKNOWN:
            return otherwise[1] is self.wanted
        return self.holds

    def grounds(self) -> Iterator["LeafClaim"]:
        """Itself, unless it compares nothing known."""
        if self.status is not Status.UNKNOWN:
            yield self


@dataclass(frozen=True)
class JointClaim:
    """At least `needed` of the parts are true; with `first_only` the first true one is reason enough."""

    needed: int
    claims: tuple["Claim", ...]
    first_only: bool = False

    def holds_with(self, otherwise: Otherwise) -> bool:
        """The same when a comparison comes out otherwise."""
        return sum(claim.holds_with(otherwise) for claim in self.claims) >= self.needed

    @cached_property
    def holds(self) -> bool:
        """True when the claim holds as things are."""
        return sum(claim.holds for claim in self.claims) >= self.needed

    def grounds(self) -> Iterator[LeafClaim]:
        """The comparisons because of which it is true, or is not: no other one alone could turn it."""
        because = [claim for claim in self.claims if claim.holds == self.holds]
        for claim in because[:1] if self.first_only and self.holds else because:
            yield from claim.grounds()


Claim = LeafClaim | JointClaim
WAIVED = JointClaim(0, ())
"""A waiver is in force: true whatever the comparisons say, and resting on none of them."""


class Claims:
    """Makes claims about one graded unit."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.ruleset = subject, subject.ruleset
        self._whole: dict[str, Claim | None] = {}

    def indicator(self, indicator: Indicator, level: str) -> Claim | None:
        """An indicator is met at a level: it does not apply, or what the level or a better one asks is met.

        None where nothing is asked.
        """
        graded, day = self.ruleset.scale.graded, self.subject.audit.assessed_on
        own = asked_at(graded, indicator, level, day)
        if own is None:
            return None
        ways = (own, *better_than(graded, indicator, level, day))
        met = [self._once(way.requirement.require, way.place, Status.MET) for way in ways]
        if indicator.applies_when is not None:
            met.insert(0, self._once(indicator.applies_when, f"{indicator.id}.applies_when", Status.UNMET))
        if indicator.id in self.subject.waived:
            met.append(WAIVED)
        return JointClaim(1, tuple(claim for claim in met if claim is not None), first_only=True)

    def gate(self, gate: Gate) -> Claim | None:
        """A gate is not met; None where it is not there on the day."""
        return self._once(gate.when, f"gate.{gate.id}", Status.UNMET)

    def _once(self, c: ConditionBase, place: str, wanted: Status) -> Claim | None:
        """The claim about a whole requirement, guard or gate, which several levels have in common."""
        if place not in self._whole:
            self._whole[place] = self.condition(c, place, None, wanted)
        return self._whole[place]

    def condition(self, c: ConditionBase, place: str, row: str | None, wanted: Status) -> Claim | None:
        """A condition is met, or is unmet; None where it is not there on the day."""
        if place not in self.subject.conditions:
            return None
        if isinstance(c, Comparison):
            return LeafClaim(place, self._status(c, place, row), wanted)
        if isinstance(c, Not):
            return self.condition(c.not_, f"{place}.not", row, CONTRARY[wanted])
        if isinstance(c, Each | Some):
            return self._rows(c, place, wanted)
        found = _there(self.condition(part, f"{place}.{step}", row, wanted) for step, part in parts(c))
        count = len(found)
        needed = min(c.at_least_of, count) if isinstance(c, AtLeastOf) else count if isinstance(c, All) else 1
        return JointClaim(needed if wanted is Status.MET else count - needed + 1, found)

    def _rows(self, c: Each | Some, place: str, wanted: Status) -> Claim:
        """A claim about the rows of a table. Without the table it is not true."""
        rows = self.subject.unit.groups.get(c.each if isinstance(c, Each) else c.some)
        if rows is None:
            return JointClaim(1, ())
        every = isinstance(c, Each) == (wanted is Status.MET)
        found = tuple(self._row(c, place, row.key, wanted) for row in rows)
        return JointClaim(len(found) if every else 1, found)

    def _row(self, c: Each | Some, place: str, row: str, wanted: Status) -> Claim:
        """`each` asks of a row that it is not selected or as required, `some` that it is selected and as required."""
        chosen = CONTRARY[wanted] if isinstance(c, Each) else wanted
        where = self.condition(c.where, f"{place}.where", row, chosen) if c.where is not None else None
        found = _there((where, self.condition(c.require, f"{place}.require", row, wanted)))
        return JointClaim(1 if isinstance(c, Each) == (wanted is Status.MET) else len(found), found)

    def _status(self, c: Comparison, place: str, row: str | None) -> Status:
        """The engine's conclusion; of a row that it did not look at, what it would conclude."""
        status = self.subject.status(place, row)
        if status is not None:
            return status
        group = group_of(self.ruleset, c.fact)
        value = self.subject.values.get(Slot(c.fact, group, row if group is not None else None))
        if value is None or c.guess is None:
            return Status.UNKNOWN
        if isinstance(value, Interval) and surely(value, Constraint(c.operator, c.guess, True)) is None:
            return Status.UNKNOWN
        return Status.MET if satisfies(value, Constraint(c.operator, c.guess, True)) else Status.UNMET


def _there(claims: Iterator[Claim | None] | Sequence[Claim | None]) -> tuple[Claim, ...]:
    return tuple(claim for claim in claims if claim is not None)
