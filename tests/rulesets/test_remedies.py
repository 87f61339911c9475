"""Remedies of the shipped rulesets hang on what fails: keeping records longer, or shutting a door, is no new equipment."""

import pytest

from grading.language.load import Library
from grading.model.base import Remedy
from grading.model.condition import Comparison, walk
from grading.model.ruleset import Gate, Indicator, Ruleset

LIBRARY = Library()
CARE = (
    "retention_months",
    "retention_years",
    "door_closed",
    "doors_closed_when_idle",
    "when_filling",
    "staff_competent",
)
"""Endings of facts about keeping, shutting and training: what an existing installation lacks in use."""
DEAR = 15
"""In 万元: what such a step takes at most."""


def careful(ruleset: Ruleset) -> list[tuple[Indicator, Comparison]]:
    """Comparisons about use, in indicators that ask for an installation too."""
    found = []
    for indicator in ruleset.indicators:
        for requirement in indicator.levels.values():
            listed = [c for _, c in walk(requirement.require) if isinstance(c, Comparison)]
            own = [c for c in listed if c.fact.endswith(CARE)]
            if len({c.fact for c in listed} - {c.fact for c in own}) > 0:
                found += [(indicator, c) for c in own]
    return found


@pytest.mark.parametrize("ruleset_id", LIBRARY.ids())
def test_what_is_only_a_matter_of_use_is_not_priced_as_an_installation(ruleset_id: str) -> None:
    for indicator, comparison in careful(LIBRARY.ruleset(ruleset_id)):
        remedy = comparison.remedy or indicator.remedy
        assert remedy is not None, (indicator.id, comparison.fact)
        assert remedy.cost_wan_cny is not None, (indicator.id, comparison.fact)
        assert remedy.cost_wan_cny[1] <= DEAR, (indicator.id, comparison.fact)


@pytest.mark.parametrize("ruleset_id", LIBRARY.ids())
def test_a_remedy_of_a_single_condition_says_what_its_cost_rests_on(ruleset_id: str) -> None:
    for indicator in LIBRARY.ruleset(ruleset_id).indicators:
        for requirement in indicator.levels.values():
            for _, condition in walk(requirement.require):
                remedy = condition.remedy
                if remedy is not None and isinstance(condition, Comparison) and condition.fact.endswith(CARE):
                    assert remedy.note is not None, (indicator.id, condition.fact)
                    assert remedy.note.startswith("估计"), (indicator.id, condition.fact)


BY_OTHERS = {
    "falsified_monitoring",
    "falsified_assessment",
    "alert_not_executed",
    "special_cement_scope",
    "special_ceramics_scope",
    "not_stably_compliant",
    "governance_task_overdue",
}
"""Gates that an authority's decision or an unknown cause ends: nobody can say what it takes, and the remedy says so."""
BY_TIME = {"rating_revoked", "recent_violation"}


def gate_remedies(gate: Gate) -> list[Remedy | None]:
    """What ends a gate: of each figure that counts for it the innermost remedy."""
    listed = [c for _, c in walk(gate.when) if isinstance(c, Comparison) and c.remedy is not None]
    return [gate.remedy] if gate.remedy is not None or not listed else [c.remedy for c in listed]


@pytest.mark.parametrize("ruleset_id", LIBRARY.ids())
def test_every_gate_says_what_ends_it_with_weeks_and_cost_or_why_nobody_can_say(ruleset_id: str) -> None:
    for gate in LIBRARY.ruleset(ruleset_id).gates:
        for remedy in gate_remedies(gate):
            assert remedy is not None, gate.id
            priced = remedy.weeks is not None and remedy.cost_wan_cny is not None
            assert priced or "不作估计" in (remedy.note or ""), gate.id
            if gate.id in BY_OTHERS:
                assert not priced, gate.id


@pytest.mark.parametrize("ruleset_id", LIBRARY.ids())
def test_a_gate_that_only_time_ends_says_so_and_costs_nothing(ruleset_id: str) -> None:
    for gate in LIBRARY.ruleset(ruleset_id).gates:
        if gate.id in BY_TIME:
            assert gate.remedy is not None
            assert (gate.remedy.cost_wan_cny, "满一年" in gate.remedy.text) == ((0, 0), True)
            assert "整改不能提前解除" in gate.text
