"""Slips of a person who keeps an industry's table: each is told, none changes a grade in silence."""

from pathlib import Path

import pytest

from grading.language.check import check, unusable
from grading.language.load import Library
from grading.language.problems import Problem
from grading.language.shipped import default_root
from grading.language.units import is_known
from tests.language.shelf import KNOWN, MEASURES, line_of, problems_of, ruleset_text, shelf

FACTS = """\
groups:
  kilns: {label: 窑, key: kiln_id, at_least_rows: 1}
facts:
  - {id: kind, group: kilns, label: 窑型, type: choice, changed_by: works, options: {shaft: 双膛窑, ring: 套筒窑}}
  - {id: dust, group: kilns, label: 颗粒物, type: number, changed_by: works, unit: mg/m3, min: 0, max: 500, decimals: 2}
  - {id: o2, group: kilns, label: 含氧量, type: number, changed_by: nothing, unit: "%", min: 0, max: 21, decimals: 2}
  - {id: output, group: kilns, label: 日产能, type: number, changed_by: works, unit: t/d, min: 0, decimals: 0}
computed:
  - {id: at_base, group: kilns, label: 颗粒物折算浓度（基准氧 10%）, unit: mg/m3,
     oxygen_corrected: {value: dust, oxygen: o2, baseline: 10}}
"""
INDICATORS = f"""\
indicators:
  - id: dust_limit
    dimension: emission_limits
    title: 颗粒物
    levels:
      A: {{require: {{each: kilns, require: {{fact: at_base, at_most: 10}}}}, text: 颗粒物折算浓度（基准氧 10%）不高于 10 mg/m³}}
      B: {{require: {{each: kilns, require: {{fact: at_base, at_most: 20}}}}, text: 颗粒物不高于 20 mg/m³（10% 氧）}}
    remedy: {{text: 治理, weeks: [4, 12], cost_wan_cny: [20, 80]}}
    {KNOWN.replace(", ", chr(10) + "    ")}
  - id: kiln
    dimension: treatment
    title: 窑型
    levels:
      A:
        require:
          each: kilns
          require: {{all: [{{fact: kind, equals: shaft}}, {{fact: output, at_least: 200, text: 不低于 200 t/d}}]}}
        text: 双膛窑，单窑不低于 200 t/d
    remedy: {{text: 改窑}}
    {KNOWN.replace(", ", chr(10) + "    ")}
"""
TABLE = ruleset_text(facts=FACTS, indicators=INDICATORS, measures=MEASURES)


def found(tmp_path: Path, old: str, new: str) -> tuple[Problem, ...]:
    """The findings about the table with one thing written otherwise, all of them on the line with the slip."""
    assert TABLE.count(old) == 1
    text = TABLE.replace(old, new)
    return check(shelf(tmp_path, {"e/r.yaml": text}).merged("e/r"))


def test_the_table_itself_is_in_order(tmp_path: Path) -> None:
    assert check(shelf(tmp_path, {"e/r.yaml": TABLE}).merged("e/r")) == ()


SLIPS = {
    "a figure beside the text's": (
        "at_base, at_most: 10}",
        "at_base, at_most: 12}",
        "text_states_other_figure",
        "文字写着“10 mg/m³”，数值里没有这个数，有的是 12",
    ),
    "a text beside the figure": (
        "不高于 20 mg/m³（10% 氧）",
        "不高于 10 mg/m³（20% 氧）",
        "text_states_other_figure",
        "文字写着“10 mg/m³”，数值里没有这个数，有的是 20",
    ),
    "one of several figures in the text": (
        "不高于 20 mg/m³（10% 氧）",
        "不高于 20、25 mg/m³（10% 氧）",
        "text_states_other_figure",
        "文字写着“25 mg/m³”",
    ),
    "a figure of what is worked out from values that are never negative": (
        "at_base, at_most: 10}",
        "at_base, at_most: -10}",
        "figure_below_least",
        "-10 ",
    ),
    "the text of a single condition": (
        "text: 不低于 200 t/d}",
        "text: 不低于 300 t/d}",
        "text_states_other_figure",
        "文字写着“300 t/d”",
    ),
    "a limit turned round": (
        "at_base, at_most: 10}",
        "at_base, at_least: 10}",
        "text_states_other_order",
        "文字写着“不高于 10 mg/m³”，条件却是 `at_least: 10`",
    ),
    "another unit": ("unit: t/d", "unit: t/h", "text_states_other_unit", "文字写着“200 t/d”，而比较的单位是 t/h"),
    "an unknown unit": ("unit: t/d", "unit: 吨每日", "unit_unknown", "不认识单位 `吨每日`"),
    "two options of one name": ("ring: 套筒窑", "ring: 双膛窑", "option_label_twice", "也是选项 `shaft` 的名称或编号"),
    "an option named like another's code": ("ring: 套筒窑", "ring: shaft", "option_label_twice", "也是选项 `shaft`"),
    "two questions of one name": ("label: 含氧量", "label: 颗粒物", "fact_label_twice", "“颗粒物”也是 `dust` 的名称"),
    "a year mistyped": ("effective: 2020-06-29", "effective: 3020-06-29", "day_unlikely", "像是年份写错"),
    "a window's year mistyped": (
        "at_base, at_most: 20}",
        "at_base, at_most: 20, from: 2204-07-01}",
        "day_unlikely",
        "2204-07-01 不在 2000-01-01 至 2099-12-31 之间",
    ),
    "a place that is not there": (
        'jurisdiction: "100000"',
        'jurisdiction: "610040"',
        "jurisdiction_unknown",
        "没有行政区划代码 `610040`",
    ),
    "two classes in one": (
        "industry: {includes: 试验}",
        "industry: {gbt4754: [C3012、C3031], includes: 试验}",
        "industry_code_form",
        "`C3012、C3031` 不是一个 GB/T 4754 代码",
    ),
    "weeks the wrong way round": ("weeks: [4, 12]", "weeks: [12, 4]", "range_inverted", "`weeks` 的下限 12 大于上限 4"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_where_it_is_and_what_would_be_right(tmp_path: Path, slip: str) -> None:
    old, new, code, message = SLIPS[slip]
    told = [problem for problem in found(tmp_path, old, new) if problem.code == code]
    assert told
    assert all(message in problem.message for problem in told)
    assert told[0].severity == ("error" if code == "range_inverted" else "warning")


def test_a_unit_that_is_misspelt_is_told_with_the_one_that_is_meant(tmp_path: Path) -> None:
    told = {
        problem.code: problem.message
        for problem in found(
            tmp_path,
            "label: 颗粒物, type: number, changed_by: works, unit: mg/m3",
            "label: 颗粒物, type: number, changed_by: works, unit: mg/Nm³",
        )
    }
    assert told["unit_unknown"].endswith("`mg/Nm³`；是否为 `mg/m3`")


def test_a_value_in_another_unit_than_what_is_worked_out_from_it_is_not_graded_by(tmp_path: Path) -> None:
    text = TABLE.replace(
        "label: 颗粒物, type: number, changed_by: works, unit: mg/m3",
        "label: 颗粒物, type: number, changed_by: works, unit: g/m3",
    )
    (problem,) = unusable(shelf(tmp_path, {"e/r.yaml": text}).merged("e/r"))
    assert (problem.code, problem.line) == ("units_differ", line_of(text, "unit: mg/m3,\n     oxygen"))
    assert problem.message == "`at_base` 的单位是 mg/m3，所读的 `dust` 是 g/m3；oxygen_corrected 不换算单位，请改为一致"


@pytest.mark.parametrize("spelling", ["µg/m³", "μg/m3", "ug/m3"])
def test_one_unit_in_two_spellings_is_one_unit(tmp_path: Path, spelling: str) -> None:
    text = TABLE.replace("unit: mg/m3, min", f"unit: {spelling}, min").replace(
        "unit: mg/m3,\n     oxygen", "unit: μg/m³,\n     oxygen"
    )
    assert [p.code for p in unusable(shelf(tmp_path, {"e/r.yaml": text}).merged("e/r"))] == []


def test_a_circle_of_computed_facts_is_told_and_nothing_breaks(tmp_path: Path) -> None:
    told = found(tmp_path, "{value: dust, oxygen", "{value: at_base, oxygen")
    assert "computed_in_circle" in {problem.code for problem in told}


def test_a_selection_in_words_is_no_limit_turned_round(tmp_path: Path) -> None:
    condition = "{any: [{fact: output, below: 200}, {fact: kind, equals: shaft}]}"
    text = TABLE.replace(
        "{all: [{fact: kind, equals: shaft}, {fact: output, at_least: 200, text: 不低于 200 t/d}]}", condition
    )
    assert check(shelf(tmp_path, {"e/r.yaml": text}).merged("e/r")) == ()


def test_a_part_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    text = TABLE.replace("review: {status: draft}", "review: {status: draft}\ninclude: [common/a, common/a]")
    part = "facts:\n  - {id: shared, label: 共用, type: boolean}\n"
    (problem,) = problems_of(shelf(tmp_path, {"e/r.yaml": text, "common/a.yaml": part}))
    assert problem.message == "公共部分 `common/a` 写了两次；后一次会盖掉两处之间的内容，请删去一处"


def test_a_measures_percentage_is_the_one_that_its_text_says(tmp_path: Path) -> None:
    measure = "[{text: 限产 50%, kind: output_cut, percent: 0.5"
    text = TABLE.replace('red: {"A,B,D": [{text: 自主减排, kind: self_decided', f'red: {{"A,B,D": {measure}')
    told = check(shelf(tmp_path, {"e/r.yaml": text}).merged("e/r"))
    assert {problem.message for problem in told} == {
        "文字写着“50%”，数值里没有这个数，有的是 0.5；请对照原文，把文字和数值改为一致"
    }


def test_every_shipped_unit_is_known() -> None:
    library = Library(default_root())
    rulesets = [library.ruleset(id_) for id_ in ("national-2020/rubber", "national-2020/coking", "national-2020/lime")]
    units = {entry.unit for one in rulesets for entry in (*one.facts.values(), *one.computed.values()) if entry.unit}
    assert [unit for unit in units if not is_known(unit)] == []


TYPED = {
    "a tab": ("  - id: dust_limit", "\t- id: dust_limit", "缩进不能用制表符（Tab），请改用空格"),
    "a wide space": ("    title: 颗粒物\n", "　　title: 颗粒物\n", "行首有全角空格或不换行空格，请改用半角空格"),
    "a wide colon": ("dimension: treatment", "dimension：treatment", "有全角的“：”，应为半角的“:”"),
    "a wide comma": ("type: choice, changed_by", "type: choice， changed_by", "有全角的“，”，应为半角的“,”"),
    "a comma in a number": ("at_base, at_most: 10}", "at_base, at_most: 1,000}", "小数点用“.”，不写千分位"),
    "a comma between levels": (
        "      B: {",
        '      "A，B": {',
        "应为等级，几个等级之间用半角逗号，如 A,B，现为 `A，B`",
    ),
    "an id in Chinese": (
        "id: dust_limit",
        "id: 颗粒物",
        "应为编号：以英文字母开头，只含英文字母、数字和下划线，现为 `颗粒物`",
    ),
    "a character nobody sees": ("id: dust_limit", "id: dust_limit\u200b", "现为 `dust_limit<U+200B>`"),
    "a quoted figure": (
        "at_base, at_most: 20}",
        'at_base, at_most: "20"}',
        "应写不带引号、单位和符号的数字，现为 `20`",
    ),
    "a day that is not there": ("effective: 2020-06-29", "effective: 2020-06-31", "没有 `2020-06-31` 这一天"),
    "a guess with a typo": ("at_base, at_most: 20}", "at_base, at_most: {provisonal: 20}}", "是否为 `provisional`"),
}


@pytest.mark.parametrize("slip", TYPED)
def test_what_is_typed_wrong_is_told_in_words_of_what_to_type(tmp_path: Path, slip: str) -> None:
    old, new, message = TYPED[slip]
    assert TABLE.count(old) == 1
    text = TABLE.replace(old, new)
    library = shelf(tmp_path, {"e/r.yaml": text})
    told = problems_of(library)
    assert [message in problem.message for problem in told].count(True) == 1
    # The value of a wrong type is told once, not for each type that it could have had.
    assert len(told) <= 2
    line = line_of(text, new.strip())
    assert {problem.line for problem in told} <= {line, line + 1}
