"""Gap lines: what keeps a unit from a level, comparison by comparison."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.gaps.small import also, asks, changed_values, line, small

OUTLETS = [
    {"outlet_id": "DA001", "kind": "kiln", "nox": 80, "o2": 10},
    {"outlet_id": "DA002", "kind": "mill", "nox": 30, "o2": 12.5},
    {"outlet_id": "DA003", "kind": "kiln", "nox": 45, "o2": 9},
]

COMPARISONS: dict[str, tuple[str, dict[str, Any], str, str, str | None]] = {
    "a number too high": ("{fact: dust, at_most: 1}", {"dust": 1.5}, "厂界颗粒物不高于 1 mg/m³", "1.5 mg/m³", "0.5"),
    "a number just at a strict limit": (
        "{fact: dust, below: 1}",
        {"dust": 1},
        "厂界颗粒物低于 1 mg/m³",
        "1 mg/m³",
        "0",
    ),
    "a number too low": ("{fact: share, at_least: 80}", {"share": 62.5}, "清洁运输比例不低于 80%", "62.5%", "17.5"),
    "the contrary of a limit": (
        "{not: {fact: share, at_most: 80}}",
        {"share": 62.5},
        "清洁运输比例高于 80%",
        "62.5%",
        "17.5",
    ),
    "a number that must be equal": ("{fact: share, equals: 100}", {"share": 99}, "清洁运输比例等于 100%", "99%", "1"),
    "a truth value": ("{fact: closed, equals: true}", {"closed": False}, "皮带密闭为“是”", "否", None),
    "an option": ("{fact: fuel, one_of: [gas, power]}", {"fuel": "coal"}, "燃料为天然气或电", "煤", None),
    "an option that must not be": ("{fact: fuel, none_of: [coal]}", {"fuel": "coal"}, "燃料不为煤", "煤", None),
    "options that are missing": (
        "{fact: ledgers, includes_all: [run, watch]}",
        {"ledgers": ["run"]},
        "台账同时包括运行和监测",
        "运行",
        None,
    ),
    "an empty set": ("{fact: ledgers, includes_any: [run]}", {"ledgers": []}, "台账包括运行", "（无）", None),
    "a day that is too early": (
        "{fact: checked_on, at_least: 2023-09-01}",
        {"checked_on": "2023-08-30"},
        "核查日期不早于 2023 年 9 月 1 日",
        "2023 年 8 月 30 日",
        "2",
    ),
}


@pytest.mark.parametrize(
    ("condition", "facts", "required", "actual", "difference"), COMPARISONS.values(), ids=COMPARISONS
)
def test_a_comparison_that_does_not_hold_says_what_is_required_what_there_is_and_by_how_much_it_misses(
    tmp_path: Path, condition: str, facts: dict[str, Any], required: str, actual: str, difference: str | None
) -> None:
    (found,) = small(tmp_path, asks("A,B,C", condition)).gaps(facts, "C").lines
    (fact,) = facts
    assert (found.status, found.required, found.actual_text) == ("unmet", required, actual)
    assert found.difference == (Decimal(difference) if difference is not None else None)
    assert (found.unit, found.place, found.fact, found.row) == ("u", f"units[0].facts.{fact}", fact, None)
    assert (found.source, found.indicator, found.level, found.dimension) == ("indicator", "tested", "C", "treatment")


@pytest.mark.parametrize(
    ("condition", "facts", "required"), [(c, f, r) for c, f, r, _, _ in COMPARISONS.values()], ids=COMPARISONS
)
def test_the_same_comparison_without_a_value_is_missing_evidence(
    tmp_path: Path, condition: str, facts: dict[str, Any], required: str
) -> None:
    (found,) = small(tmp_path, asks("A,B,C", condition)).gaps({}, "C").lines
    (fact,) = facts
    assert (found.status, found.required, found.actual, found.actual_text) == ("unknown", required, None, None)
    assert [(value.fact, value.place) for value in found.missing] == [(fact, f"units[0].facts.{fact}")]
    assert found.difference is None


def test_of_a_list_only_what_does_not_hold_is_a_line(tmp_path: Path) -> None:
    ruleset = small(
        tmp_path,
        asks("A,B,C", "{all: [{fact: closed, equals: true}, {fact: watered, equals: true}, {fact: dust, at_most: 1}]}"),
    )
    found = ruleset.gaps({"closed": True, "watered": False}, "C").lines
    assert [(known.fact, known.status) for known in found] == [("watered", "unmet"), ("dust", "unknown")]


def test_what_must_not_all_be_so_is_open_in_each_part(tmp_path: Path) -> None:
    ruleset = small(tmp_path, asks("A,B,C", "{not: {any: [{fact: closed, equals: false}, {fact: dust, above: 1}]}}"))
    found = ruleset.gaps({"closed": False, "dust": 3}, "C").lines
    assert [known.required for known in found] == ["皮带密闭为“是”", "厂界颗粒物不高于 1 mg/m³"]


def test_in_a_table_each_row_that_fails_is_a_line_with_its_place(tmp_path: Path) -> None:
    each = "{each: outlets, where: {fact: kind, equals: kiln}, require: {fact: nox, at_most: 40}}"
    found = small(tmp_path, asks("A,B,C", each)).gaps(target="C", outlets=OUTLETS).lines
    assert [(known.row, known.place, known.difference) for known in found] == [
        ("DA001", "units[0].groups.outlets[0].nox", Decimal(40)),
        ("DA003", "units[0].groups.outlets[2].nox", Decimal(5)),
    ]


def test_of_some_rows_one_is_enough_so_each_is_a_way(tmp_path: Path) -> None:
    some = "{some: outlets, where: {fact: kind, equals: kiln}, require: {fact: nox, at_most: 40}}"
    gaps = small(tmp_path, asks("A,B,C", some)).gaps(target="C", outlets=OUTLETS)
    (alternative,) = gaps.alternatives
    assert {known.alternative for known in gaps.lines} == {alternative.id}
    assert [known.row for known in gaps.lines] == ["DA001", "DA003"]


def test_where_no_row_is_of_the_kind_that_is_needed_the_table_is_the_line(tmp_path: Path) -> None:
    """Nobody is told to turn a mill's outlet into a kiln's."""
    some = "{some: outlets, require: {all: [{fact: kind, equals: other}, {fact: nox, at_most: 40}]}}"
    gaps = small(tmp_path, asks("A,B,C", some)).gaps(target="C", outlets=OUTLETS)
    (found,) = gaps.lines
    assert (found.status, found.fact, found.place, found.row) == ("unmet", "outlets", "units[0].groups.outlets", None)
    assert "排放口" in found.required
    assert [blocker.reason for blocker in gaps.steps[0].blockers] == ["no_row"]


@pytest.mark.parametrize("word", ["each", "some"])
def test_a_table_that_nobody_stated_is_missing_evidence(tmp_path: Path, word: str) -> None:
    gaps = small(tmp_path, asks("A,B,C", f"{{{word}: outlets, require: {{fact: nox, at_most: 40}}}}")).gaps(target="C")
    (found,) = gaps.lines
    assert (found.status, found.fact, found.place) == ("unknown", "outlets", "units[0].groups.outlets")
    assert [value.fact_label for value in found.missing] == ["排放口"]
    assert [blocker.reason for blocker in gaps.steps[0].blockers] == ["missing_table"]


def test_a_table_stated_as_empty_fails_only_where_a_row_is_needed(tmp_path: Path) -> None:
    each = "{each: outlets, require: {fact: nox, at_most: 40}}"
    both = f"{{all: [{{fact: closed, equals: true}}, {each}, {each.replace('each', 'some')}]}}"
    found = small(tmp_path, asks("A,B,C", both)).gaps({"closed": False}, "C", outlets=[]).lines
    assert [(known.fact, known.operator, known.status) for known in found] == [
        ("closed", "equals", "unmet"),
        ("outlets", "some", "unmet"),
    ]


def test_where_it_is_not_known_whether_a_row_counts_that_is_a_question_of_its_own(tmp_path: Path) -> None:
    each = "{each: outlets, where: {fact: kind, equals: kiln}, require: {fact: nox, at_most: 40}}"
    found = small(tmp_path, asks("A,B,C", each)).gaps(target="C", outlets=[{"outlet_id": "DA009", "nox": 80}]).lines
    assert [(known.fact, known.status, known.required) for known in found] == [
        ("kind", "unknown", "查明是否适用：排放口类型为窑"),
        ("nox", "unmet", "氮氧化物不高于 40 mg/m³"),
    ]
    assert found[0].remedy is None


def test_where_it_is_not_known_whether_an_indicator_applies_that_is_a_question_too(tmp_path: Path) -> None:
    ruleset = small(tmp_path, asks("A,B,C", "{fact: dust, at_most: 1}", applies_when="{fact: fuel, equals: coal}"))
    assert [(known.fact, known.status) for known in ruleset.gaps({"dust": 3}, "C").lines] == [
        ("fuel", "unknown"),
        ("dust", "unmet"),
    ]
    assert ruleset.gaps({"dust": 3, "fuel": "gas"}).outcome.grade == "A"
    assert ruleset.gaps({"dust": 0.5}).outcome.grade == "A"


def test_a_gate_is_a_line_when_it_is_met_and_when_it_is_unknown(tmp_path: Path) -> None:
    gates = """\
    gates:
      - {id: coal, title: 使用燃煤, when: {fact: fuel, equals: coal}, effect: {cap: C}, text: 使用燃煤的不高于 C 级,
         cite: {document: 通则}, basis: seen, confidence: high, remedy: {text: 改用天然气}}
      - {id: dusty, title: 扬尘, when: {fact: dust, above: 5}, effect: ungraded, text: 扬尘严重的不纳入分级,
         cite: {document: 通则}, basis: seen, confidence: high}
    """
    ruleset = small(tmp_path, asks("A", "{fact: closed, equals: true}"), more=gates)
    gaps = ruleset.gaps({"closed": True, "fuel": "coal"}, "A")
    assert gaps.outcome.grade == "ungraded"
    assert [(g.indicator, g.source, g.status, g.required, g.dimension) for g in gaps.lines] == [
        ("coal", "gate", "unmet", "燃料不为煤", None),
        ("dusty", "gate", "unknown", "厂界颗粒物不高于 5 mg/m³", None),
    ]
    assert (gaps.lines[0].text, gaps.lines[0].provenance.cite.document) == ("使用燃煤的不高于 C 级", "通则")
    assert "coal" not in {known.indicator for known in ruleset.gaps({"closed": True, "fuel": "coal"}, "C").lines}


def test_the_innermost_remedy_counts_and_its_evidence_is_asked_for_beside_the_facts(tmp_path: Path) -> None:
    closing = "{fact: closed, equals: true, remedy: {text: 密闭皮带, evidence: [竣工照片]}}"
    condition = f"{{all: [{closing}, {{fact: dust, at_most: 1}}], remedy: {{text: 全面治理}}}}"
    found = small(tmp_path, asks("A,B,C", condition, remedy="{text: 一般整改}")).gaps({"closed": False, "dust": 2}, "C")
    closed, dust = line(found, "closed"), line(found, "dust")
    assert closed.remedy is not None
    assert dust.remedy is not None
    assert (closed.remedy.text, closed.evidence) == ("密闭皮带", ("现场照片", "竣工照片"))
    assert (dust.remedy.text, dust.evidence) == ("全面治理", ("监测报告",))


def test_the_innermost_source_counts(tmp_path: Path) -> None:
    condition = (
        "{all: [{fact: closed, equals: true}, {fact: dust, at_most: 1, cite: {document: GB 16297}, basis: standard}]}"
    )
    found = small(tmp_path, asks("A,B,C", condition)).gaps({"closed": False, "dust": 2}, "C")
    assert (line(found, "closed").provenance.cite.section, line(found, "closed").provenance.basis) == ("表 1", "seen")
    assert (line(found, "dust").provenance.cite.document, line(found, "dust").provenance.basis) == (
        "GB 16297",
        "standard",
    )


def test_a_figure_that_is_not_established_is_told_apart_from_missing_evidence(tmp_path: Path) -> None:
    share = "{fact: share, at_least: {provisional: 80}}"
    condition = f"{{all: [{{fact: dust, at_most: unresolved}}, {share}, {{fact: dust, at_most: 10}}]}}"
    ruleset = small(tmp_path, asks("A,B,C", condition))
    official = ruleset.gaps({"share": 50}, "C")
    assert [(known.fact, known.status, known.actual) for known in official.lines] == [
        ("dust", "unresolved", None),
        ("share", "unresolved", 50),
        ("dust", "unknown", None),
    ]
    trial = ruleset.gaps({"share": 50}, "C", trial=True)
    assert [(known.fact, known.status) for known in trial.lines] == [
        ("dust", "unresolved"),
        ("share", "unmet"),
        ("dust", "unknown"),
    ]
    assert trial.mode == "trial"


def test_a_missing_value_behind_an_open_figure_is_not_asked_of_the_enterprise(tmp_path: Path) -> None:
    """Supplying it would settle nothing; a legal ceiling beside it asks for it in a line of its own."""
    (found,) = small(tmp_path, asks("A,B,C", "{fact: dust, at_most: unresolved}")).gaps({}, "C").lines
    assert (found.status, found.missing) == ("unresolved", ())


def test_a_value_of_the_enterprise_is_found_where_it_stands_and_a_units_own_goes_first(tmp_path: Path) -> None:
    ruleset = small(tmp_path, asks("A,B,C", "{fact: dust, at_most: 1}"))
    assert line(ruleset.gaps({}, "C", shared={"dust": 3}), "dust").place == "enterprise.facts.dust"
    assert line(ruleset.gaps({"dust": 2}, "C", shared={"dust": 3}), "dust").place == "units[0].facts.dust"
    noted = {"dust": {"value": None, "note": "待测"}}
    assert line(ruleset.gaps(noted, "C", shared={"dust": 3}), "dust").place == "enterprise.facts.dust"


def test_evidence_that_came_without_a_value_is_named_with_what_is_asked_for(tmp_path: Path) -> None:
    ruleset = small(tmp_path, asks("A,B,C", "{fact: dust, at_most: 1}"))
    found = line(ruleset.gaps({"dust": {"value": None, "evidence": ["委托合同"]}}, "C"), "dust")
    assert found.missing[0].evidence == ("监测报告", "委托合同")
    assert found.evidence == ("监测报告", "委托合同")


COMPUTED = """\
computed:
  - {id: nox_at_base, group: outlets, label: 折算氮氧化物, unit: mg/m3, oxygen_corrected: {value: nox, oxygen: o2, baseline: 9}}
"""


def test_a_computed_value_leads_to_what_it_is_worked_out_from(tmp_path: Path) -> None:
    each = "{each: outlets, require: {fact: nox_at_base, at_most: 40}}"
    ruleset = small(tmp_path, asks("A,B,C", each), more=COMPUTED)
    rows = [{"outlet_id": "DA001", "nox": 44, "o2": 11}, {"outlet_id": "DA002", "nox": 30}]
    high, missing = ruleset.gaps(target="C", outlets=rows).lines
    assert (high.fact_label, high.actual_text, high.difference) == ("折算氮氧化物", "52.8 mg/m³", Decimal("12.8"))
    assert high.place == "units[0].groups.outlets[0].nox"
    assert (missing.status, missing.place) == ("unknown", "units[0].groups.outlets[1].o2")
    assert [(value.fact_label, value.evidence) for value in missing.missing] == [("含氧量", ("CMA 报告",))]


def test_a_condition_outside_its_window_is_no_gap(tmp_path: Path) -> None:
    condition = "{all: [{fact: closed, equals: true}, {fact: dust, at_most: 1, from: 2024-01-01}]}"
    ruleset = small(tmp_path, asks("A,B,C", condition))
    facts = {"closed": False, "dust": 3}
    assert [known.fact for known in ruleset.gaps(facts, "C").lines] == ["closed"]
    assert [known.fact for known in ruleset.gaps(facts, "C", day="2024-01-01").lines] == ["closed", "dust"]


def test_what_a_plant_is_is_no_way_to_satisfy_an_alternative(tmp_path: Path) -> None:
    """“Outside the region, or below 30”: a plant in the region is told to come below 30, not to move."""
    either = "{any: [{fact: region, equals: false}, {fact: dust, at_most: 30}]}"
    ruleset = small(tmp_path, asks("A,B,C", either))
    gaps = ruleset.gaps({"region": True, "dust": 50}, "C")
    assert [known.fact for known in gaps.lines] == ["dust"]
    assert (gaps.alternatives, gaps.lines[0].alternative) == ((), None)
    unknown = ruleset.gaps({"dust": 50}, "C")
    assert [(known.fact, known.status) for known in unknown.lines] == [("region", "unknown"), ("dust", "unmet")]


def test_what_a_plant_is_is_named_when_it_alone_is_in_the_way(tmp_path: Path) -> None:
    gaps = small(tmp_path, asks("A,B,C", "{fact: region, equals: false}")).gaps({"region": True}, "C")
    assert [known.status for known in gaps.lines] == ["unmet"]
    assert [(blocker.reason, blocker.text) for blocker in gaps.steps[0].blockers] == [
        ("circumstance", "位于特别限值地区为“否”")
    ]


def test_the_lines_follow_the_order_of_the_guideline(tmp_path: Path) -> None:
    indicators = asks("A,B,C", "{fact: dust, at_most: 1}") + also(
        "A,B,C", "{fact: closed, equals: true}", "second", "其二"
    )
    found = small(tmp_path, indicators).gaps({"dust": 3, "closed": False}, "C").lines
    assert [known.indicator for known in found] == ["tested", "second"]


def test_an_upper_bound_that_leaves_a_requirement_open_says_which_measurement_would_settle_it(tmp_path: Path) -> None:
    of = small(tmp_path, asks("A", "{fact: dust, at_most: 10}"))
    found = line(of.gaps({"dust": {"below": 20}}), "dust")
    assert (found.status, found.actual, found.difference) == ("unknown", "<20", None)
    assert found.actual_text == "<20 mg/m³（不能判定：需要检出限不高于 10 mg/m³ 的监测，或具体数值）"
    assert [value.place for value in found.missing] == ["units[0].facts.dust"]
    # A plan takes it for not known: it asks for evidence, not for a change.
    (change,) = of.gaps({"dust": {"below": 20}}).steps[0].cheapest.changes  # type: ignore[union-attr]
    assert (change.kind, change.before, change.before_text, change.after) == ("supply", "<20", "<20 mg/m³", 10)
    assert of.gaps({"dust": {"below": 10}}).lines == ()


def test_an_upper_bound_that_rules_a_requirement_out_is_unmet(tmp_path: Path) -> None:
    of = small(tmp_path, asks("A", "{fact: share, at_least: 80}"))
    found = line(of.gaps({"share": {"below": 80}}), "share")
    assert (found.status, found.actual_text, found.missing) == ("unmet", "<80%", ())
    found = line(of.gaps({"share": {"below": 90}}), "share")
    assert (found.status, found.actual_text) == ("unknown", "<90%（只有上限，不能判定：需要具体数值）")


def test_a_plan_leaves_an_upper_bound_that_suffices_as_it_is(tmp_path: Path) -> None:
    computed = "computed:\n  - {id: half, unit: mg/m3, ratio: [dust, 2]}\n"
    requirement = "{all: [{fact: dust, at_most: 20}, {fact: half, at_most: 10}, {fact: closed, equals: true}]}"
    of = small(tmp_path, asks("A", requirement), more=computed)
    (step,) = of.gaps({"dust": {"below": 20}, "closed": False}, target="A").steps[-1:]
    assert changed_values(step.cheapest) == {"u.closed": True}
    of = small(tmp_path / "two", asks("A", "{fact: half, at_most: 5}"), more=computed)
    (step,) = of.gaps({"dust": {"below": 20}}, target="A").steps[-1:]
    assert changed_values(step.cheapest) == {"u.dust": 10}
    assert (
        line(of.gaps({"dust": {"below": 20}}), "half").actual_text
        == "[0, 10) mg/m³（只有上下限，不能判定：需要厂界颗粒物检出限更低的监测，或具体数值）"
    )
