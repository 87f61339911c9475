"""Remedies of the shipped rulesets hang on what fails: keeping records longer, or shutting a door, is no new equipment."""

import pytest

from grading.language.load import Library
from grading.model.condition import Comparison, walk
from grading.model.ruleset import Indicator, Ruleset

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
