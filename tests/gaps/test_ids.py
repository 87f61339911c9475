"""Ids of gap lines stay the same as long as it is the same gap, so that a plan can track them."""

from pathlib import Path
from typing import Any

import pytest

from tests.gaps.small import Small, also, asks, small

ROWS = [{"outlet_id": "DA001", "kind": "kiln", "nox": 80}, {"outlet_id": "DA002", "kind": "mill", "nox": 90}]
KILNS = "{each: outlets, where: {fact: kind, equals: kiln}, require: {fact: nox, at_most: 50}}"
MILLS = "{each: outlets, where: {fact: kind, equals: mill}, require: {fact: nox, at_most: 60}}"


def ids(ruleset: Small, facts: dict[str, Any], **more: Any) -> dict[str, str]:
    """Id → what is required, and in which row."""
    return {line.id: f"{line.required} {line.row or ''}" for line in ruleset.gaps(facts, "C", **more).lines}


def test_the_order_of_writing_does_not_matter(tmp_path: Path) -> None:
    parts = ["{fact: closed, equals: true}", "{fact: dust, at_most: 1}", KILNS]
    facts = {"closed": False, "dust": 3}
    one = ids(small(tmp_path / "1", asks("A,B,C", f"{{all: [{', '.join(parts)}]}}")), facts, outlets=ROWS)
    two = ids(small(tmp_path / "2", asks("A,B,C", f"{{all: [{', '.join(reversed(parts))}]}}")), facts, outlets=ROWS)
    assert one == two


def test_another_threshold_another_value_and_a_text_keep_the_id(tmp_path: Path) -> None:
    strict = small(tmp_path / "1", asks("A,B,C", "{fact: dust, at_most: 1}"))
    lax = small(tmp_path / "2", asks("A,B,C", "{fact: dust, at_most: 2, text: 另一说法}", remedy="{text: 别的}"))
    assert len({*ids(strict, {"dust": 3}), *ids(strict, {}), *ids(lax, {"dust": 4})}) == 1


def test_what_is_added_beside_it_keeps_the_id(tmp_path: Path) -> None:
    alone = small(tmp_path / "1", asks("A,B,C", "{fact: dust, at_most: 1}"))
    more = small(tmp_path / "2", asks("A,B,C", "{all: [{fact: closed, equals: true}, {fact: dust, at_most: 1}]}"))
    assert ids(alone, {"dust": 3}).items() <= ids(more, {"dust": 3}).items()


def test_two_rows_and_two_units_have_ids_of_their_own(tmp_path: Path) -> None:
    ruleset = small(tmp_path, asks("A,B,C", "{each: outlets, require: {fact: nox, at_most: 50}}"))
    here = ids(ruleset, {}, outlets=ROWS)
    there = ids(ruleset, {}, outlets=ROWS, unit="v")
    assert len({*here, *there}) == 4
    assert ids(ruleset, {}, outlets=list(reversed(ROWS))) == here


def test_the_same_fact_in_two_rows_of_the_guideline_is_two_gaps(tmp_path: Path) -> None:
    indicators = asks("A,B,C", "{fact: dust, at_most: 1}") + also("A,B,C", "{fact: dust, at_most: 2}", "second", "其二")
    assert len(ids(small(tmp_path, indicators), {"dust": 3})) == 2


def test_one_requirement_of_two_levels_is_one_gap_at_both(tmp_path: Path) -> None:
    gaps = small(tmp_path, asks("A,B", "{fact: dust, at_most: 1}")).gaps({"dust": 3}, "A")
    assert [line.id for line in gaps.lines] == [line.id for line in gaps.steps[0].lines]
    assert [(line.level, step.level_to) for step in gaps.steps for line in step.lines] == [("B", "B")]


def test_two_requirements_of_two_levels_are_two_gaps(tmp_path: Path) -> None:
    indicators = """\
    indicators:
      - id: tested
        dimension: treatment
        title: 试验指标
        levels: {A: {require: {fact: dust, at_most: 1}}, B: {require: {fact: dust, at_most: 2}}}
        cite: {document: 试验文件}
        basis: seen
        confidence: high
        remedy: {text: 整改}
    """
    gaps = small(tmp_path, indicators).gaps({"dust": 3}, "A")
    assert gaps.lines[0].id != gaps.steps[0].lines[0].id


SAME_FACT_TWICE = {
    "options": ("{fact: fuel, one_of: [gas, power]}", "{fact: fuel, one_of: [power]}", 2),
    "the kind of row": (KILNS, MILLS, 4),
    "what is written beside it": (
        "{any: [{fact: swept, equals: true}, {all: [{fact: fuel, equals: gas}, {fact: dust, at_most: 2}]}]}",
        "{any: [{fact: swept, equals: true}, {all: [{fact: fuel, equals: coal}, {fact: dust, at_most: 1}]}]}",
        6,
    ),
    "the figure alone": ("{fact: dust, at_most: 1}", "{fact: dust, at_most: 2}", 2),
}


@pytest.mark.parametrize(("one", "other", "count"), SAME_FACT_TWICE.values(), ids=SAME_FACT_TWICE)
def test_one_fact_compared_twice_is_two_gaps_in_whatever_order_they_are_written(
    tmp_path: Path, one: str, other: str, count: int
) -> None:
    facts = {"dust": 3, "swept": False}
    rows = [{"outlet_id": "DA001", "nox": 80}]
    found = ids(small(tmp_path / "1", asks("A,B,C", f"{{all: [{one}, {other}]}}")), facts, outlets=rows)
    turned = ids(small(tmp_path / "2", asks("A,B,C", f"{{all: [{other}, {one}]}}")), facts, outlets=rows)
    assert (found, len(found)) == (turned, count)


def test_alternatives_have_stable_ids_too(tmp_path: Path) -> None:
    def alternative(root: Path, condition: str) -> str:
        (found,) = small(root, asks("A,B,C", condition)).gaps({"dust": 30, "closed": False}, "C").alternatives
        return found.id

    one = alternative(tmp_path / "1", "{any: [{fact: dust, at_most: 10}, {fact: closed, equals: true}]}")
    two = alternative(tmp_path / "2", "{any: [{fact: closed, equals: true}, {fact: dust, at_most: 20}]}")
    assert one == two
