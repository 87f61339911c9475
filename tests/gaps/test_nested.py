"""The way to a level may lead over what a better level asks."""

from pathlib import Path

from grading.model.gap import UnitGaps
from tests.gaps.small import also, changed_values, small

CLOSE = "{fact: closed, equals: true, remedy: {text: 密闭, weeks: [2, 4], cost_wan_cny: [20, 40]}}"
WATER = "{fact: watered, equals: true, remedy: {text: 洒水, weeks: [1, 1], cost_wan_cny: [2, 4]}}"
OPEN = "{fact: dust, at_most: unresolved}"
NO = {"closed": False, "watered": False, "dust": 30}


def gaps_of(root: Path, b: str, c: str) -> UnitGaps:
    text = also("C", c, "tested", "试验指标").replace('"C": {', f'"B": {{require: {b}}}, "C": {{')
    return small(root, "indicators:\n" + text).gaps(NO, "C")


def levels(gaps: UnitGaps) -> dict[str, tuple[str | None, bool]]:
    """By fact, the better level that a line belongs to, and whether it is on the cheapest way."""
    return {line.fact: (line.better_level, line.on_cheapest_way) for line in gaps.lines}


def test_the_better_levels_requirement_is_taken_where_it_is_cheaper(tmp_path: Path) -> None:
    gaps = gaps_of(tmp_path, WATER, CLOSE)
    assert levels(gaps) == {"closed": (None, False), "watered": ("B", True)}
    assert changed_values(gaps.steps[0].cheapest) == {"u.watered": True}
    (alternative,) = gaps.alternatives
    assert (alternative.needed, len(alternative.ways)) == (1, 2)
    assert next(line for line in gaps.lines if line.fact == "watered").required == "或达到 B级要求：洒水为“是”"


def test_the_better_levels_requirement_is_taken_where_the_levels_own_is_not_decided(tmp_path: Path) -> None:
    gaps = gaps_of(tmp_path, CLOSE, OPEN)
    assert changed_values(gaps.steps[0].cheapest) == {"u.closed": True}
    assert gaps.steps[0].cheapest is not None
    assert gaps.steps[0].cheapest.enough


def test_a_better_level_whose_figure_is_open_is_no_way(tmp_path: Path) -> None:
    gaps = gaps_of(tmp_path, OPEN, CLOSE)
    assert levels(gaps) == {"closed": (None, True)}
    assert gaps.alternatives == ()


def test_a_better_level_that_asks_for_more_of_the_same_is_no_way(tmp_path: Path) -> None:
    gaps = gaps_of(tmp_path, "{fact: dust, at_most: 5}", "{fact: dust, at_most: 10}")
    assert levels(gaps) == {"dust": (None, True)}
    assert {place: str(value) for place, value in changed_values(gaps.steps[0].cheapest).items()} == {"u.dust": "10"}
