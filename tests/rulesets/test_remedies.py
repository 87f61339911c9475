"""Remedies of the shipped rulesets fit what fails: shutting a door is no new equipment, a dust filter keeps no SO2 back."""

import re
from collections.abc import Iterator

import pytest

from grading.model.base import Remedy
from grading.model.condition import Comparison, Condition, parts, walk
from grading.model.ruleset import Gate, Indicator, Ruleset
from tests.shipped import LIBRARY

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


ABATES = {
    "颗粒物|炭黑尘": "除尘|收尘|滤|袋|湿电|湿式电|塑烧板|抑尘|封闭|密闭|密封|集气|集尘|漆雾|洗涤|检修燃烧器|超低|地面站"
    "|围挡|电加热|粉末|前处理|吸收塔|焦油|天然气|数据治理|治理设施|环集|填报",
    "二氧化硫|SO2|SO₂": "脱硫|硫|天然气|碱|电加热|超低|压力调节|填报|委托监测",
    "氮氧化物|NOx": "低氮|脱硝|SCR|SNCR|天然气|富氧|全氧|烟气循环|电加热|超低|喷氨|治理设施|填报|委托监测",
    "氟化物|氯化氢|硫酸雾": "碱|酸|喷淋|除氟|吸附|吸收|干法|脱硫|电除雾|净化塔|集气|氧化铝|治理设施|脱氯",
    "氨(?!酯)": "喷氨|吸收|洗|SCR|堵漏|燃烧|填报",
}
"""By pollutant, as its label names it: words of works that keep it down."""


def limits(ruleset: Ruleset) -> list[tuple[Indicator, Comparison, str, Remedy | None]]:
    """Upper limits on concentrations with the labels of what they limit and the remedy that a report tells of them."""
    declared = {**ruleset.facts, **ruleset.computed}
    found = []
    for indicator in ruleset.indicators:
        for requirement in indicator.levels.values():
            for comparison, around in remedied(requirement.require, requirement.remedy or indicator.remedy):
                fact = declared.get(comparison.fact)
                if fact is not None and "/m3" in (getattr(fact, "unit", None) or "") and comparison.at_most is not None:
                    found.append((indicator, comparison, fact.label, around))
    return found


def remedied(condition: Condition, around: Remedy | None) -> Iterator[tuple[Comparison, Remedy | None]]:
    """The comparisons of a requirement, each with the innermost remedy stated around it."""
    remedy = condition.remedy or around
    if isinstance(condition, Comparison):
        yield condition, remedy
    else:
        for step, part in parts(condition):
            if step != "where":
                yield from remedied(part, remedy)


@pytest.mark.parametrize("ruleset_id", LIBRARY.ids())
def test_the_remedy_of_a_limit_keeps_that_pollutant_down(ruleset_id: str) -> None:
    unfit = {
        (indicator.id, label, remedy.text)
        for indicator, _, label, remedy in limits(LIBRARY.ruleset(ruleset_id))
        for pollutant, works in ABATES.items()
        if remedy is not None and re.search(pollutant, label) and not re.search(works, remedy.text)
    }
    assert not unfit
