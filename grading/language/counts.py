"""The size of a ruleset and the number of its figures that are not known, as every product of a draft must state."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, get_args

from grading.language.figures import comparisons
from grading.model.base import Basis
from grading.model.ruleset import ALERTS, ProvisionalPercent, Ruleset


@dataclass(frozen=True)
class Counts:
    """Counts of one ruleset.

    A criterion is a comparison in what a level requires (not in `where`), counted as often as it is written.
    Unresolved, provisional and low-confidence figures are comparisons anywhere: also in `where`, in
    `applies_when` and in gates.
    """

    indicators: int
    criteria: int
    facts: int
    gates: int
    unresolved: int
    provisional: int
    low_confidence: int
    by_basis: dict[str, int]
    """Criteria by their basis: `seen`, `standard`, `recalled`, `estimated`."""
    unresolved_percentages: int
    """Percentages of alert measures that are unresolved or provisional."""

    def as_json(self) -> dict[str, Any]:
        """The counts as a JSON object."""
        return asdict(self)


def count(ruleset: Ruleset) -> Counts:
    """Count what a ruleset says and what it leaves open."""
    found = list(comparisons(ruleset))
    criteria = [place for place, _ in found if place.role == "requirement"]
    by_basis = Counter(place.basis or "recalled" for place in criteria)
    percentages = {
        id(measure)
        for alert in ALERTS
        for measures in getattr(ruleset.measures, alert).values()
        for measure in measures
        if measure.percent == "unresolved" or isinstance(measure.percent, ProvisionalPercent)
    }
    return Counts(
        indicators=len(ruleset.indicators),
        criteria=len(criteria),
        facts=len(ruleset.facts),
        gates=len(ruleset.gates),
        unresolved=sum(comparison.is_unresolved for _, comparison in found),
        provisional=sum(comparison.is_provisional for _, comparison in found),
        low_confidence=sum(place.confidence == "low" for place, _ in found),
        by_basis={basis: by_basis[basis] for basis in get_args(Basis)},
        unresolved_percentages=len(percentages),
    )
