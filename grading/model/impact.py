"""Impact of another ruleset or of other data: the numbers of units that go from one grade to another, and the causes."""

from dataclasses import dataclass
from typing import Literal

from grading.model.ruleset import Scale

WAYS = ("down", "up", "undecided", "settled")
"""Ways a unit changes: its grade gets worse or better; afterwards it is not decided; it is decided now, and was not, at the
grade that it had at least."""

CriterionKind = Literal["indicator", "gate", "scale"]
"""`scale`: nothing of the rulesets tells; the two scales have no level in common there."""


@dataclass(frozen=True, slots=True)
class Transition:
    """The units of a county and an industry that go from one grade to another, in which way (of `WAYS`; None: no change).

    `before` and `after` are the classes of `grading.model.decision.counted_as`: an undecided grade is none of the levels.
    """

    county: str | None
    industry: str
    before_ruleset: str
    after_ruleset: str
    before: str
    after: str
    way: str | None
    units: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Transitions grade by grade: a row a grade before, a column a grade after, best ones first, then `ungraded`, `undecided`.

    Units count as `up` or `down` when their grade after is decided; `undecided` are those that change and whose grade is not.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    up: int
    down: int
    undecided: int = 0
    settled: int = 0

    @property
    def total(self) -> int:
        """The number of units."""
        return sum(map(sum, self.counts))

    @property
    def same(self) -> int:
        """The number of units that do not change."""
        return self.total - self.up - self.down - self.undecided - self.settled

    @property
    def row_totals(self) -> tuple[int, ...]:
        """The number of units of each grade before."""
        return tuple(map(sum, self.counts))

    @property
    def column_totals(self) -> tuple[int, ...]:
        """The number of units of each grade after."""
        return tuple(sum(row[i] for row in self.counts) for i in range(len(self.after)))


@dataclass(frozen=True, slots=True)
class Scales:
    """The scale before and the one after."""

    before: Scale
    after: Scale


@dataclass(frozen=True, slots=True)
class CauseCount:
    """A criterion and how many units change their grade because of it.

    `before_id` is None for a criterion that there was not before, `after_id` for one that is no longer there. `sole`: so many
    units have no other cause; `unknown`: so many are not short of the criterion but can't be judged by it (evidence or a
    figure is missing). Of `undecided` the new grade is another one because of it that is not decided.
    """

    before_ruleset: str
    after_ruleset: str
    kind: CriterionKind
    before_id: str | None
    after_id: str | None
    up: int
    down: int
    undecided: int
    sole: int
    unknown: int
    waivers: int = 0
    """So many because a waiver ended or was granted."""

    @property
    def units(self) -> int:
        """The number of units that it changes."""
        return self.up + self.down + self.undecided


@dataclass(frozen=True, slots=True)
class Impact:
    """An impact: the matrix of each pair of scales, the same by county and by industry, and the causes.

    `attainable` are the matrices of the attainable grades, and `attainable_causes` of what changes them where the grade itself
    stays. `newly_unknown` counts units whose grade hangs on something unknown after and did not before, `newly_known` the
    contrary.
    """

    matrices: tuple[Matrix, ...]
    by_county: dict[str | None, tuple[Matrix, ...]]
    by_industry: dict[str, tuple[Matrix, ...]]
    attainable: tuple[Matrix, ...]
    newly_unknown: int
    newly_known: int
    causes: tuple[CauseCount, ...]
    attainable_causes: tuple[CauseCount, ...]

    @property
    def units(self) -> int:
        """The number of units that were compared."""
        return sum(matrix.total for matrix in self.matrices)

    @property
    def up(self) -> int:
        """The number of units that are better off, decidedly."""
        return sum(matrix.up for matrix in self.matrices)

    @property
    def down(self) -> int:
        """The number of units that are worse off, decidedly."""
        return sum(matrix.down for matrix in self.matrices)

    @property
    def undecided(self) -> int:
        """The number of units that change and are not decided afterwards."""
        return sum(matrix.undecided for matrix in self.matrices)

    @property
    def settled(self) -> int:
        """The number of units that are decided afterwards at the grade that they had at least."""
        return sum(matrix.settled for matrix in self.matrices)

    @property
    def same(self) -> int:
        """The number of units that do not change."""
        return sum(matrix.same for matrix in self.matrices)

    @property
    def attainable_up(self) -> int:
        """Of how many the attainable grade is better."""
        return sum(matrix.up for matrix in self.attainable)

    @property
    def attainable_down(self) -> int:
        """Of how many the attainable grade is worse."""
        return sum(matrix.down for matrix in self.attainable)
