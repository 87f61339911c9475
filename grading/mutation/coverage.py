"""Coverage of each condition by the cases of a ruleset: it was met, was unmet, was unknown."""

from collections.abc import Mapping
from dataclasses import dataclass

from grading.columns.statuses import Statuses
from grading.model.ruleset import Ruleset
from grading.mutation.outcomes import CaseOutcomes
from grading.proof.criteria import Criterion, criteria


@dataclass(frozen=True)
class Covered:
    """The outcomes of a condition, counted over all cases and rows."""

    criterion: Criterion
    met: int
    unmet: int
    unknown: int

    @property
    def is_from_both_sides(self) -> bool:
        """True when it was met and was unmet."""
        return self.met > 0 and self.unmet > 0

    @property
    def is_whole(self) -> bool:
        """True when all three outcomes were seen."""
        return self.is_from_both_sides and self.unknown > 0


def coverage(ruleset: Ruleset, cases: CaseOutcomes) -> tuple[Covered, ...]:
    """Every condition of a ruleset, in the order of writing."""
    counted: dict[str, list[int]] = {}
    for expected in cases.expected:
        plan = expected.batch.plan
        statuses = Statuses(plan, expected.batch.columns, keep_rows=True)
        for name, ref in plan.places.items():
            values = statuses.found[ref.node]
            if values is None:
                continue
            counts = counted.setdefault(name, [0, 0, 0])
            by_value: Mapping[bool | None, int] = dict(values.value_counts().iter_rows())
            signs = (not ref.negated, ref.negated, None)
            for i, sign in enumerate(signs):
                counts[i] += by_value.get(sign, 0)
    return tuple(Covered(one, *counted.get(one.name, (0, 0, 0))) for one in criteria(ruleset))
