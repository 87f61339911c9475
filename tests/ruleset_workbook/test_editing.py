"""What an engineer changes in the workbook is what the new edition says, and everything else stays as it was."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from grading.engine.grade import ruleset_digest
from grading.language.check import check
from grading.language.load import Library
from grading.model.base import Cite
from grading.ruleset_workbook.raw import dumped, ruleset_content
from tests.ruleset_workbook.workbooks import (
    CITES,
    COMPUTED,
    EVIDENCE,
    FACTS,
    GATES,
    GROUPS,
    HEAD_TITLE,
    MEASURES_TITLE,
    OPTIONS,
    REMEDIES,
    TABLE,
    Table,
    indicator,
)

PAGE = {"code": "C9", "document": "试验文件", "clause": "表 1", "page": "第 35 页"}
SEEN = {"state": "采用", "basis": "见于原文", "confidence": "高", "cite": "C9", "note": None}


def seen(level: str, **more: object) -> dict[str, object]:
    return {f"{level}:{role}": value for role, value in (SEEN | more).items()}


def test_a_workbook_that_nobody_changed_gives_nothing(table: Table) -> None:
    assert table.reading().edition is None


def test_an_estimate_is_settled_from_the_printed_table(table: Table) -> None:
    table.add(CITES, PAGE)
    table.fill("dust_limit#0", TABLE, {"A:text": "窑烟气颗粒物不高于 8.5 mg/m³"})
    table.fill("dust_limit#1", TABLE, seen("A", value=8.5))
    ruleset = table.edition().ruleset
    requirement = indicator(ruleset, "dust_limit").levels["A"]
    figure = {"fact": "dust", "at_most": Decimal("8.5"), "basis": "seen", "confidence": "high", "cite": PAGE_RAW}
    where = {"fact": "kind", "equals": "kiln"}
    assert dumped(requirement) == {
        "text": "窑烟气颗粒物不高于 8.5 mg/m³",
        "require": {"each": "outlets", "where": where, "require": {"fact": "dust", "at_most": Decimal("8.5")}},
        **{key: figure[key] for key in ("basis", "confidence", "cite")},
    }
    before, after = ruleset_content(table.library.ruleset("e/r")), ruleset_content(ruleset)
    before["indicators"][2]["levels"]["A"] = after["indicators"][2]["levels"]["A"]
    assert after == before


PAGE_RAW = {key: value for key, value in PAGE.items() if key != "code"}


def test_what_an_edition_writes_is_what_it_was_read_as(table: Table, tmp_path: Path) -> None:
    table.add(CITES, PAGE)
    table.fill("nox_limit#1", TABLE, seen("A", value="50.25", note="“50.25”为小时均值: 是 #1"))
    table.fill("nox_limit#0", TABLE, {"A:text": "yes: 不高于 50.25"})
    edition = table.edition()
    for path, content in edition.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    library = Library(tmp_path)
    assert ruleset_digest(library.ruleset("e/r")) == edition.digest
    assert not [problem for problem in check(library.merged("e/r")) if problem.severity == "error"]


def test_a_local_edition_states_only_what_changed(table: Table) -> None:
    table.add(CITES, PAGE)
    table.fill("dust_limit#1", TABLE, seen("B", value=20))
    table.fill("dust_limit#0", TABLE, {"B:text": "窑烟气颗粒物不高于 20 mg/m³"})
    table.fill("jurisdiction", HEAD_TITLE, {"value": "610400"})
    whole, local = table.edition(new_id="city/r"), table.edition(local=True, new_id="city/r")
    assert local.digest == whole.digest
    text = local.text.decode()
    assert "extends: e/r" in text
    assert text.count("- id:") == 1
    for absent in ("facts:", "gates:", "measures:", "title: 试验行业"):
        assert absent not in text
    assert set(local.files) == {"scales.yaml", "dimensions.yaml", "e/r.yaml", "city/r.yaml"}


def test_a_citation_with_its_page_serves_all_that_name_it(table: Table) -> None:
    table.set("C1", CITES, page="第 12 页")
    ruleset = table.edition().ruleset
    assert indicator(ruleset, "technique").cite == Cite(document="试验文件", page="第 12 页")
    assert ruleset.gates[0].cite == Cite(document="试验文件", page="第 12 页")
    assert ruleset.measures.at("red", "A")[0].cite == Cite(document="试验文件", page="第 12 页")


def test_the_comparison_may_be_another(table: Table) -> None:
    table.set("C1", CITES, page="第 12 页")
    table.fill("ledger#0", TABLE, {"A:operator": "高于"})
    requirement = indicator(table.edition().ruleset, "ledger").levels["A,B"]
    assert dumped(requirement.require)["all"][0] == {"fact": "months", "above": Decimal(36)}


def test_levels_that_shared_a_requirement_are_parted(table: Table) -> None:
    table.add(CITES, PAGE)
    table.fill("ledger#0", TABLE, {"B:text": "皮带密闭，台账保存不少于 24 个月"} | seen("B", value=24))
    levels = indicator(table.edition().ruleset, "ledger").levels
    assert list(levels) == ["A", "B"]
    assert dumped(levels["A"].require) == dumped(
        indicator(table.library.ruleset("e/r"), "ledger").levels["A,B"].require
    )
    assert dumped(levels["B"].require)["all"][1]["remedy"]["text"] == "加盖"
    assert dumped(levels["B"].require)["all"][0]["at_least"] == Decimal(24)


def test_a_level_may_share_anothers_requirement_or_ask_nothing(table: Table) -> None:
    table.fill("technique#0", TABLE, {"B:text": "同A级"})
    table.fill("dust_limit#0", TABLE, {"B:text": "不作要求"})
    ruleset = table.edition().ruleset
    assert list(indicator(ruleset, "technique").levels) == ["A,B"]
    assert list(indicator(ruleset, "dust_limit").levels) == ["A"]


def test_a_level_that_asked_nothing_asks_the_same_with_a_figure_of_its_own(table: Table) -> None:
    table.add(CITES, PAGE)
    table.fill("nox_limit#0", TABLE, {"B:text": "窑烟气氮氧化物不高于 80"})
    table.fill("nox_limit#1", TABLE, seen("B", value=80))
    levels = indicator(table.edition().ruleset, "nox_limit").levels
    assert dumped(levels["B"].require)["require"]["any"][1]["at_most"] == Decimal(80)
    assert dumped(levels["A"].require)["require"]["any"][1]["at_most"] == Decimal("50.5")


def test_a_requirement_gains_and_loses_figures(table: Table) -> None:
    table.add(CITES, PAGE)
    added = {"item": "皮带密闭", "operator": "为", "value": "是", **SEEN}
    table.fill("technique#0", TABLE, {"A:text": "采用袋式除尘，皮带密闭"})
    sheet = table.sheet(TABLE)
    below = table.row("technique#0") + 1
    sheet.insert_rows(below)
    for role, value in added.items():
        sheet.cell(below, table.column(f"A:{role}")).value = value
    table.fill("ledger#1", TABLE, {"A:state": "删去"})
    table.fill("ledger#0", TABLE, {"A:text": "台账保存不少于 36 个月"})
    ruleset = table.edition().ruleset
    assert [sorted(part) for part in dumped(indicator(ruleset, "technique").levels["A"].require)["all"]] == [
        ["equals", "fact"],
        ["basis", "cite", "confidence", "equals", "fact"],
    ]
    assert dumped(indicator(ruleset, "ledger").levels["A,B"].require) == {
        "all": [{"fact": "months", "at_least": Decimal(36)}]
    }


def test_a_new_indicator_on_a_new_fact(table: Table) -> None:
    table.add(CITES, PAGE)
    fact = {"id": "so2", "label": "二氧化硫", "type": "数值", "group": "outlets", "unit": "mg/m3", "min": 0, "max": 900}
    table.add(FACTS, fact | {"decimals": 1, "changed_by": "工程"})
    table.add(EVIDENCE, {"id": "so2", "evidence": "监测报告\n在线数据"})
    first = {
        "dimension": "排放限值",
        "title": "二氧化硫",
        "id": "so2_limit",
        "basis": "见于原文",
        "confidence": "高",
        "cite": "C9",
        "decided_by": "监测数据",
        "A:text": "不高于 35",
        "A:item": "二氧化硫",
        "A:operator": "不高于",
        "A:value": 35,
        "A:state": "采用",
        "B:text": "不高于 50，皮带密闭",
        "B:value": 50,
        "B:state": "采用",
        "remedy:text": "脱硫",
        "remedy:weeks_low": 4,
        "remedy:weeks_high": 10,
        "applies:item": "有锅炉",
        "applies:operator": "为",
        "applies:value": "是",
        "applies:state": "采用",
    }
    second = {"B:item": "皮带密闭", "B:operator": "为", "B:value": "是", "B:state": "采用"}
    table.add(TABLE, first, second)
    ruleset = table.edition().ruleset
    assert ruleset.facts["so2"].evidence == ("监测报告", "在线数据")
    made = dumped(indicator(ruleset, "so2_limit"))
    each = {"each": "outlets", "require": {"fact": "so2", "at_most": Decimal(50)}}
    assert made["applies_when"] == {"fact": "has_boiler", "equals": True}
    assert made["levels"]["B"]["require"] == {"all": [each, {"fact": "closed", "equals": True}]}
    assert made["remedy"] == {"text": "脱硫", "weeks": [Decimal(4), Decimal(10)]}
    assert made["cite"] == PAGE_RAW
    assert [one.id for one in ruleset.indicators][-1] == "so2_limit"


def test_an_indicator_is_retired_with_the_facts_that_only_it_read(table: Table) -> None:
    table.fill("technique#0", TABLE, {"handling": "停用"})
    reading = table.reading()
    assert reading.edition is not None
    assert any("编号仍是 e/r" in notice for notice in reading.notices)
    assert "technique" not in {one.id for one in reading.edition.ruleset.indicators}
    assert "bag" not in reading.edition.ruleset.facts
    assert any("bag" in notice for notice in reading.notices)


def test_an_indicator_with_another_id_remembers_the_one_it_had(table: Table) -> None:
    table.fill("technique#0", TABLE, {"id": "dedusting"})
    assert indicator(table.edition().ruleset, "dedusting").renamed_from == "technique"


def test_options_facts_tables_gates_measures_and_remedies_can_be_changed(table: Table) -> None:
    table.set("bag.wet", OPTIONS, label="湿式电除尘", synonyms="湿电\n湿电除尘")
    table.add(OPTIONS, {"fact": "bag", "code": "tower", "label": "除尘塔"})
    table.set("dust", FACTS, max=600, help="各排放口分别填")
    table.set("outlets", GROUPS, rows=2, unless="closed", equals="否")
    table.fill("nox_kg", COMPUTED, {"operand:1": 2})
    table.fill("open_belts#0", GATES, {"effect": "不纳入绩效分级", "text": "皮带敞开的不纳入"})
    table.set("yellow.A#0", MEASURES_TITLE, text="自主减排，并报备")
    table.add(MEASURES_TITLE, {"alert": "黄色预警", "level": "A级", "text": "停用国四", "kind": "运输管控"} | KNOWN_AS)
    table.fill(
        "indicators/ledger/levels/A,B/require/all[1]", REMEDIES, {"weeks_high": 3, "cost_low": 1, "cost_high": 2}
    )
    table.fill("technique#0", TABLE, {"remedy:cost_high": 90, "title": "除尘设施"})
    table.set("edition.effective", HEAD_TITLE, value="2027-01-01")
    ruleset = table.edition().ruleset
    assert ruleset.facts["bag"].options == {"bag": "袋式除尘", "wet": "湿式电除尘", "none": "无", "tower": "除尘塔"}
    assert ruleset.facts["bag"].synonyms["wet"] == ("湿电", "湿电除尘")
    assert (ruleset.facts["dust"].max, ruleset.facts["dust"].help) == (Decimal(600), "各排放口分别填")
    least = ruleset.groups["outlets"].least_rows
    assert least.unless is not None
    assert (least.rows, least.unless.fact, least.unless.equals) == (2, "closed", False)
    assert ruleset.computed["nox_kg"].product == ("nox", Decimal(2))
    assert ruleset.gates[1].effect == "ungraded"
    assert [one.text for one in ruleset.measures.at("yellow", "A")] == ["自主减排，并报备", "停用国四"]
    remedy = dumped(indicator(ruleset, "ledger"))["levels"]["A,B"]["require"]["all"][1]["remedy"]
    assert remedy == {"text": "加盖", "weeks": [Decimal(1), Decimal(3)], "cost_wan_cny": [Decimal(1), Decimal(2)]}
    assert dumped(indicator(ruleset, "technique"))["remedy"]["cost_wan_cny"] == [Decimal(20), Decimal(90)]
    assert ruleset.edition.effective == date(2027, 1, 1)


KNOWN_AS = {"basis": "见于原文", "confidence": "高", "cite": "C1"}


@pytest.mark.parametrize(
    ("value", "number"), [("0.1234567890123456789", "0.1234567890123456789"), (0.1, "0.1"), ("１２．５", "12.5")]
)
def test_numbers_are_read_exactly(table: Table, value: object, number: str) -> None:
    table.fill("technique#0", TABLE, {"remedy:cost_low": value})
    remedy = indicator(table.edition().ruleset, "technique").remedy
    assert remedy is not None
    assert remedy.cost_wan_cny == (Decimal(number), Decimal("80.5"))


def test_rows_may_be_sorted_and_sheets_renamed(table: Table) -> None:
    sheet = table.sheet(CITES)
    first, second = table.row("C1", CITES), table.row("C2", CITES)
    for column in range(1, sheet.max_column + 1):
        one, other = sheet.cell(first, column), sheet.cell(second, column)
        one.value, other.value = other.value, one.value
    table.sheet(TABLE).title = "王工核对"
    assert table.reading().edition is None


def test_what_is_written_where_nothing_is_read_is_told(table: Table) -> None:
    assert table.reading().notices == ()
    sheet = table.sheet(TABLE)
    table.fill("ledger#0", TABLE, {"applies:text": "没有锅炉"})
    beside = sheet.max_column + 1
    sheet.cell(table.row("ledger#0"), beside).value = "我的备注"
    reading = table.reading()
    assert reading.edition is None
    written = table.cell("ledger#0", "applies:text").coordinate
    column = sheet.cell(1, beside).column_letter
    assert reading.notices == (
        f"指标表!{written} 台账：“适用条件 适用条件”只供查看，填写的“没有锅炉”未读取；要改请改旁边各格",
        f"指标表：{column} 列不是规则工作簿的内容，未读取；要留下的话，请写进“说明”格",
    )


def test_a_text_beside_its_figure_and_a_label_that_stands_twice_are_refused_at_their_cells(table: Table) -> None:
    table.fill("dust_limit#0", TABLE, {"B:text": "窑烟气颗粒物不高于 20 mg/m³（30% 氧）"})
    table.fill("bag.wet", OPTIONS, {"label": "袋式除尘"})
    told = table.problems()
    assert told[f"{OPTIONS}!{table.cell('bag.wet', 'label', OPTIONS).coordinate}"].startswith(
        "“袋式除尘”也是选项 `bag`"
    )
    assert (
        "文字写着“20 mg/m³”，数值里没有这个数，有的是 30"
        in told[f"{TABLE}!{table.cell('dust_limit#0', 'B:text').coordinate}"]
    )
