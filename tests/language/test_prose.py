"""Conditions read out in Chinese: what is asked, what is open, from when."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from grading.language.figures import sites
from grading.language.load import Library
from grading.language.prose import inherited, number_text, requirement_text, sentence, unit_text
from grading.language.source import parse_source
from grading.model.condition import Condition, ConditionBase
from grading.model.ruleset import Group, Ruleset
from tests.language.shelf import ruleset_text, shelf

CONTENT = """\
groups:
  outlets: {label: 有组织排放口（每个一行）, key: outlet_id}
facts:
  - {id: gate, label: 门禁, type: boolean, changed_by: works}
  - {id: standard_met, label: 符合 GB 33372-2020, type: boolean, changed_by: works}
  - {id: dust, label: 颗粒物, type: number, changed_by: works, unit: mg/m3}
  - {id: share, label: 清洁运输比例, type: number, changed_by: works, unit: "%"}
  - {id: clean, label: 国六占比, type: number, changed_by: works, unit: "%", max: 100}
  - {id: denitrified, label: 脱硝, type: choice, changed_by: works, options: {none: 无, scr: SCR}}
  - {id: kept, label: 台账保存时间, type: number, changed_by: works, unit: 月}
  - {id: smoke, label: 冒烟次数, type: number, changed_by: works, unit: 次, min: 0}
  - {id: lines, label: 生产线, type: number, changed_by: works}
  - {id: fuel, label: 燃料, type: choice, changed_by: works, options: {gas: 天然气, electricity: 电, coal: 煤, any: 煤或焦}}
  - {id: processes, label: 工序, type: choices, changed_by: works, options: {mixing: 炼胶, glue: 涂胶, paint: 喷漆}}
  - {id: built_on, label: 建成日期, type: date, changed_by: works}
  - {id: outlet_type, group: outlets, label: 排放口类型, type: choice, changed_by: works, options: {boiler: 锅炉, kiln: 窑炉}}
  - {id: gas_fired, group: outlets, label: 燃气, type: boolean, changed_by: works}
  - {id: nox, group: outlets, label: 氮氧化物, type: number, changed_by: works, unit: mg/m3}
computed:
  - {id: ratio, ratio: [dust, lines]}
indicators: []
"""


@pytest.fixture(scope="module")
def ruleset(tmp_path_factory: pytest.TempPathFactory) -> Ruleset:
    files = {"e/r.yaml": ruleset_text(facts="", indicators="", more=CONTENT)}
    return shelf(tmp_path_factory.mktemp("prose"), files).ruleset("e/r")


def condition(text: str) -> ConditionBase:
    raw: Any = parse_source(text.encode(), "condition").data
    parsed: ConditionBase = TypeAdapter(Condition).validate_python(raw)
    return parsed


SENTENCES = {
    # comparisons
    "{fact: dust, at_most: 10.50}": "颗粒物不高于 10.5 mg/m³",
    "{fact: dust, at_least: 100}": "颗粒物不低于 100 mg/m³",
    "{fact: share, below: 80}": "清洁运输比例低于 80%",
    "{fact: kept, above: 12}": "台账保存时间超过 12 个月",
    "{fact: kept, at_least: 12}": "台账保存时间不少于 12 个月",
    "{not: {fact: kept, at_least: 12}}": "台账保存时间少于 12 个月",
    "{fact: smoke, at_most: 2}": "冒烟次数不超过 2 次",
    "{fact: smoke, at_most: 0}": "冒烟次数为 0 次",
    "{fact: smoke, at_most: {provisional: 0}}": "冒烟次数暂按为 0 次（待核实）",
    "{not: {fact: smoke, at_most: 0}}": "冒烟次数超过 0 次",
    "{fact: ratio, at_most: 3}": "ratio 不高于 3",
    "{fact: lines, equals: 2}": "生产线等于 2",
    "{fact: lines, one_of: [1, 2, 3]}": "生产线等于 1、2 或 3",
    "{fact: gate, equals: true}": "门禁为“是”",
    "{fact: gate, equals: false}": "门禁为“否”",
    "{fact: gate, none_of: [true]}": "门禁为“否”",
    "{fact: standard_met, equals: true}": "符合 GB 33372-2020 为“是”",
    "{fact: fuel, equals: gas}": "燃料为天然气",
    "{fact: fuel, one_of: [gas, electricity]}": "燃料为天然气或电",
    "{fact: fuel, one_of: [gas, any]}": "燃料为“天然气”或“煤或焦”",
    "{fact: fuel, none_of: [coal]}": "燃料不为煤",
    "{fact: denitrified, none_of: [none]}": "脱硝不为“无”",
    "{fact: clean, at_least: 100}": "国六占比达到 100%",
    "{not: {fact: clean, at_least: 100}}": "国六占比低于 100%",
    "{fact: processes, includes_any: [glue]}": "工序包括涂胶",
    "{fact: processes, includes_any: [glue, paint]}": "工序包括涂胶、喷漆中的至少一项",
    "{fact: processes, includes_all: [mixing, glue, paint]}": "工序同时包括炼胶、涂胶和喷漆",
    "{fact: processes, within: [glue, paint]}": "工序只限涂胶和喷漆",
    "{fact: built_on, at_least: 2020-01-01}": "建成日期不早于 2020 年 1 月 1 日",
    "{fact: assessed_on, below: 2024-01-01}": "评定日期早于 2024 年 1 月 1 日",
    # figures that are not known
    "{fact: dust, at_most: unresolved}": "颗粒物不高于（限值待核实）",
    "{fact: gate, equals: unresolved}": "门禁（要求待核实）",
    "{fact: fuel, one_of: unresolved}": "燃料（要求待核实）",
    "{fact: dust, at_most: {provisional: 100}}": "颗粒物暂按不高于 100 mg/m³（待核实）",
    "{fact: gate, equals: {provisional: true}}": "门禁暂按为“是”（待核实）",
    "{fact: fuel, one_of: {provisional: [gas, coal]}}": "燃料暂按为天然气或煤（待核实）",
    "{fact: gate, one_of: {provisional: [true, false]}}": "门禁（要求待核实，暂按不作要求）",
    "{fact: fuel, one_of: {provisional: [gas, electricity, coal, any]}}": "燃料（要求待核实，暂按不作要求）",
    # contraries have words of their own
    "{not: {fact: dust, at_most: 10}}": "颗粒物高于 10 mg/m³",
    "{not: {fact: gate, equals: true}}": "门禁为“否”",
    "{not: {fact: fuel, equals: coal}}": "燃料不为煤",
    "{not: {fact: processes, includes_any: [glue, paint]}}": "工序不包括涂胶、喷漆中的任何一项",
    "{not: {fact: processes, includes_all: [glue, paint]}}": "工序缺少涂胶、喷漆中的至少一项",
    "{not: {fact: processes, within: [glue, paint]}}": "工序超出涂胶和喷漆的范围",
    "{not: {not: {fact: gate, equals: true}}}": "门禁为“是”",
    "{not: {all: [{fact: gate, equals: true}, {fact: dust, at_most: 10}]}}": (
        "不满足（门禁为“是”；颗粒物不高于 10 mg/m³）"
    ),
    # together
    "{all: [{fact: gate, equals: true}, {fact: dust, at_most: 10}]}": "门禁为“是”；颗粒物不高于 10 mg/m³",
    "{any: [{fact: gate, equals: true}, {fact: dust, at_most: 10}]}": "门禁为“是”，或颗粒物不高于 10 mg/m³",
    "{all: [{fact: gate, equals: true}]}": "门禁为“是”",
    "{any: [{all: [{fact: gate, equals: true}, {fact: dust, at_most: 10}]}, {fact: fuel, equals: gas}]}": (
        "（门禁为“是”，且颗粒物不高于 10 mg/m³），或燃料为天然气"
    ),
    "{any: [{not: {fact: processes, includes_any: [glue]}}, {fact: dust, at_most: 10}]}": (
        "若工序包括涂胶，则颗粒物不高于 10 mg/m³"
    ),
    "{at_least_of: 2, of: [{fact: gate, equals: true}, {fact: dust, at_most: 10}, {fact: fuel, equals: gas}]}": (
        "以下 3 项至少满足 2 项：（1）门禁为“是”；（2）颗粒物不高于 10 mg/m³；（3）燃料为天然气"
    ),
    # rows
    "{each: outlets, require: {fact: nox, at_most: 30}}": "各有组织排放口，氮氧化物不高于 30 mg/m³",
    "{each: outlets, where: {fact: outlet_type, equals: boiler}, require: {fact: nox, at_most: 30}}": (
        "排放口类型为锅炉的各有组织排放口，氮氧化物不高于 30 mg/m³"
    ),
    "{each: outlets, where: {all: [{fact: outlet_type, equals: boiler}, {fact: gas_fired, equals: true}]},"
    " require: {fact: nox, at_most: 30}}": "排放口类型为锅炉且燃气为“是”的各有组织排放口，氮氧化物不高于 30 mg/m³",
    "{some: outlets, where: {fact: outlet_type, equals: kiln}, require: {all: [{fact: nox, at_most: 30},"
    " {fact: gas_fired, equals: true}]}}": "至少一个排放口类型为窑炉的有组织排放口，氮氧化物不高于 30 mg/m³，且燃气为“是”",
    # time
    "{fact: gate, equals: true, from: 2023-11-01}": "自 2023 年 11 月 1 日起，门禁为“是”",
    "{fact: gate, equals: true, until: 2023-10-31}": "至 2023 年 10 月 31 日止，门禁为“是”",
    "{fact: gate, equals: true, from: 2023-01-01, until: 2023-12-31}": (
        "2023 年 1 月 1 日至 2023 年 12 月 31 日，门禁为“是”"
    ),
    # a wording of its own stands for the sentence, but never hides that a figure is open
    "{fact: dust, at_most: 10, text: 车间不得冒尘}": "车间不得冒尘",
    "{fact: dust, at_most: unresolved, text: 粉尘达标}": "粉尘达标（限值待核实）",
    "{fact: dust, at_most: {provisional: 9}, text: 粉尘达标}": "粉尘达标（暂按，待核实）",
    "{fact: dust, at_most: unresolved, text: 粉尘限值未核实}": "粉尘限值未核实",
}


@pytest.mark.parametrize(("written", "read_out"), SENTENCES.items(), ids=SENTENCES.values())
def test_a_condition_reads_out_as(ruleset: Ruleset, written: str, read_out: str) -> None:
    assert sentence(ruleset, condition(written)) == read_out


def test_what_has_a_window_is_set_apart_inside_another_sentence(ruleset: Ruleset) -> None:
    written = "{any: [{fact: gate, equals: true, from: 2024-01-01}, {fact: dust, at_most: 10}]}"
    assert sentence(ruleset, condition(written)) == "（自 2024 年 1 月 1 日起，门禁为“是”），或颗粒物不高于 10 mg/m³"


def test_a_text_is_not_a_template(ruleset: Ruleset) -> None:
    written = yaml.safe_dump(
        {"fact": "dust", "at_most": 1, "text": "{{ 7 * 7 }} <b>&</b> {% raw %}"}, allow_unicode=True
    )
    assert sentence(ruleset, condition(written)) == "{{ 7 * 7 }} <b>&</b> {% raw %}"


def test_the_requirement_of_a_level_is_its_text_or_the_sentence(tmp_path: Path) -> None:
    text = ruleset_text().replace(", text: 不高于 20", "")
    ruleset = shelf(tmp_path, {"e/r.yaml": text}).ruleset("e/r")
    (indicator,) = ruleset.indicators
    assert requirement_text(ruleset, indicator, "A") == "不高于 10"
    assert requirement_text(ruleset, indicator, "B") == "颗粒物不高于 20 mg/m³"
    assert requirement_text(ruleset, indicator, "D") == "不作要求"
    with pytest.raises(KeyError):
        requirement_text(ruleset, indicator, "C")


def test_a_level_without_a_requirement_reads_as_the_worse_one_that_it_asks(tmp_path: Path) -> None:
    lines = [line for line in ruleset_text().splitlines() if not line.strip().startswith("A: {require")]
    ruleset = shelf(tmp_path, {"e/r.yaml": "\n".join(lines) + "\n"}).ruleset("e/r")
    (indicator,) = ruleset.indicators
    assert requirement_text(ruleset, indicator, "A") == requirement_text(ruleset, indicator, "B") == "不高于 20"
    assert inherited(ruleset, indicator) == {"A": "同 B级要求"}


@pytest.mark.parametrize(
    ("unit", "printed"),
    [("mg/m3", "mg/m³"), ("m3/h", "m³/h"), ("m2", "m²"), ("月", "个月"), ("kg/h", "kg/h"), ("m", "m")],
)
def test_units_are_printed_as_people_write_them(unit: str, printed: str) -> None:
    assert unit_text(unit) == printed


def test_numbers_have_no_zeros_that_say_nothing() -> None:
    assert [number_text(Decimal(n), "%") for n in ("80", "80.0", "0.50", "1E+2")] == ["80%", "80%", "0.5%", "100%"]


def test_every_condition_of_the_shipped_rulesets_reads_out_without_a_code_in_it() -> None:
    library = Library()
    for ruleset_id in library.ids():
        shipped = library.ruleset(ruleset_id)
        labelled = [fact.id for fact in shipped.facts.values() if "_" in fact.id]
        for site in sites(shipped):
            said = sentence(shipped, site.condition)
            assert said
            assert not [code for code in labelled if code in said], (ruleset_id, site.id, said)


def test_a_group_is_named_without_what_is_a_row_of_it() -> None:
    labels = (
        "涉 VOCs 排放口（一个排气筒一行）",
        "工艺产尘（烟）点",
        "工位（涂装、打磨，一个作业点一行）",
        "料棚（库）",
    )
    names = [Group(label=label, key="key").name for label in labels]
    assert names == ["涉 VOCs 排放口", "工艺产尘（烟）点", "工位", "料棚（库）"]
