"""Workbooks that an outsider has spoiled: each spot is named with clear words, all at once, and nothing is written."""

import io
from collections.abc import Callable

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Font

from grading.forms.write import blank_form
from grading.language.load import Library
from grading.ruleset_workbook.findings import RulesetWorkbookError
from grading.ruleset_workbook.read import mark, read
from grading.ruleset_workbook.sheets import HEAD_ROW
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
    TABLE,
    Table,
)

Opened = Callable[[], Table]
CELLS: tuple[tuple[str, str, str, object, str], ...] = (
    # sheet, row, role, what somebody writes, what is said of it
    (TABLE, "dust_limit#1", "B:value", "30 μg/m3", "（单位 mg/m³）"),
    (TABLE, "nox_limit#1", "A:value", "50,5", "小数点写成了逗号：“50,5”"),
    (TABLE, "dust_limit#1", "A:value", "约 8", "应填 0～500 的数字（单位 mg/m³）"),
    (TABLE, "ledger#0", "A:value", "1,000", "不要用千分位逗号"),
    (TABLE, "technique#0", "remedy:cost_low", "=20*2", "不接受公式"),
    (TABLE, "technique#0", "A:value", "静电除尘", "应在下列选项中选一项：“袋式除尘”、“湿式除尘”、“无”"),
    (TABLE, "technique#0", "basis", "亲眼看过", "“依据”应为下列之一：见于原文、引自标准"),
    (TABLE, "technique#0", "confidence", "很高", "“把握”应为下列之一：高、中、低"),
    (TABLE, "technique#0", "cite", "C77", "“出处”表没有编号 C77"),
    (TABLE, "dust_limit#0", "B:text", None, "要求文字被清空，数值还在"),
    (TABLE, "dust_limit#0", "A:item", "排放口种类", "“A级 项目”这一格原为“范围：排放口类型”，不在这里改"),
    (TABLE, "dust_limit#1", "title", "颗粒物", "这一格应空着：“指标 指标”只填在该项的第一行"),
    (TABLE, "nox_limit#0", "dimension", "排放", "“维度”应为下列之一：污染治理技术、排放限值"),
    (TABLE, "nox_limit#0", "id", "氮氧化物", "编号“氮氧化物”应由英文字母、数字和下划线组成"),
    (TABLE, "nox_limit#0", "title", None, "“指标”不能空着；原为“氮氧化物”"),
    (TABLE, "dust_limit#0", "remedy:weeks_low", 8, "“周期”的最低和最高应同时填写"),
    (GATES, "over_limits#0", "when:value", None, "状态是“采用”，却没有数值"),
    (GATES, "open_belts#0", "when:state", "待核实", "填了数值，状态却是“待核实”"),
    (GATES, "open_belts#0", "effect", "最高评为A级", "“后果”应为下列之一：不纳入绩效分级、最高评为B级"),
    (GROUPS, "outlets", "rows", 1.5, "应为整数，现为“1.5”"),
    (FACTS, "closed", "id", "shut", "“编号”这一格原为“closed”，不在这里改"),
    (FACTS, "months", "circumstance", "对", "应填“是”或空着，现为“对”"),
    (FACTS, "dust", "max", "<500", "“<500”是检出限的写法"),
    (COMPUTED, "nox_kg", "operation", "乘", "“算法”应为下列之一：相除、相乘"),
    (MEASURES_TITLE, "yellow.A#0", "percent", 30, "没有选“状态”：采用、暂定还是待核实"),
    (MEASURES_TITLE, "yellow.B#0", "text", None, "“措施”不能空着；原为“自主减排”"),
    (HEAD_TITLE, "edition.effective", "value", "2027-13-45", "没有这一天"),
    (HEAD_TITLE, "jurisdiction", "value", "咸阳", "编号“咸阳”"),
    (HEAD_TITLE, "id", "value", "咸阳/砖瓦", "形如 xianyang-2027/brick"),
    (CITES, "C1", "document", None, "“文件”不能空着；原为“试验文件”"),
)
TOLD_BESIDE = {"remedy:weeks_low": "remedy:weeks_high", "when:state": "when:value", "percent": "state"}
"""Where the cell beside the spoilt one is what has to be filled in or cleared."""


def test_thirty_spoilt_cells_are_each_told_and_marked(table: Table) -> None:
    for sheet, row, role, value, _ in CELLS:
        table.cell(row, role, sheet).value = value  # type: ignore[assignment]
    error = table.error()
    told = {f"{p.spot.sheet}!{p.spot.cell}": p.message for p in error.problems if p.spot is not None}
    wanted = {
        f"{sheet}!{table.cell(row, TOLD_BESIDE.get(role, role), sheet).coordinate}": word
        for sheet, row, role, _, word in CELLS
    }
    wrong = {where: told.get(where, "") for where, word in wanted.items() if word not in told.get(where, "")}
    assert wrong == {}
    assert len(CELLS) >= 30
    marked = load_workbook(io.BytesIO(mark(table.saved(), error)))
    for where in wanted:
        sheet, cell = where.split("!")
        comment = marked[sheet][cell].comment
        assert comment is not None
        assert "✘" in comment.text
    assert marked.sheetnames[0] == "错误清单"
    listed = marked["错误清单"]
    assert {str(listed.cell(row, 2).value) for row in range(4, listed.max_row + 1)} >= set(wanted)


def test_figures_without_a_source_and_texts_that_say_otherwise_are_refused(opened: Opened) -> None:
    table = opened()
    table.fill("ledger#0", TABLE, {"A:value": 24})
    table.fill("dust_limit#1", TABLE, {"A:state": "采用", "B:basis": "见于原文"})
    table.fill("over_limits#0", GATES, {"when:operator": "低于", "when:value": 100})
    table.set("red.A#0", MEASURES_TITLE, percent=20)
    found = table.problems()
    ledger = found[f"{TABLE}!{table.cell('ledger#0', 'A:value').coordinate}"]
    assert "由“不低于 36”改为“不低于 24”，依据、把握、出处和说明都没有改" in ledger
    assert "数值是 24，要求文字里没有这个数" in ledger
    assert (
        "由“不高于 10（暂定）”改为“不高于 10”" in found[f"{TABLE}!{table.cell('dust_limit#1', 'A:value').coordinate}"]
    )
    assert "出处却没有条款、页码或网址" in found[f"{TABLE}!{table.cell('dust_limit#1', 'B:cite').coordinate}"]
    share = found[f"{MEASURES_TITLE}!{table.cell('red.A#0', 'percent', MEASURES_TITLE).coordinate}"]
    assert "由“30”改为“20”" in share
    assert "数值是 20，要求文字里没有这个数" in share
    gate = found[f"{GATES}!{table.cell('over_limits#0', 'when:value', GATES).coordinate}"]
    assert "由“不高于 120”改为“低于 100”" in gate
    assert "数值是 100，要求文字里没有这个数" in gate


def test_texts_of_levels_that_were_swapped_are_noticed(table: Table) -> None:
    one, other = table.cell("dust_limit#0", "A:text"), table.cell("dust_limit#0", "B:text")
    one.value, other.value = other.value, one.value
    found = table.problems()
    for role, figure in (("A:value", "10"), ("B:value", "30")):
        where = f"{TABLE}!{table.cell('dust_limit#1', role).coordinate}"
        assert f"数值是 {figure}，要求文字里没有这个数" in found[where]


def test_figures_of_levels_that_were_swapped_are_refused(table: Table) -> None:
    table.add(CITES, {"code": "C9", "document": "试验文件", "clause": "表 1"})
    for level, figure in (("A", 30), ("B", 10)):
        known = {"value": figure, "state": "采用", "basis": "见于原文", "confidence": "高", "cite": "C9", "note": None}
        table.fill("dust_limit#1", TABLE, {f"{level}:{role}": value for role, value in known.items()})
        table.fill("dust_limit#0", TABLE, {f"{level}:text": f"不高于 {figure}"})
    (message,) = table.problems().values()
    assert "等级 `A` 比 `B` 更容易达到" in message


def test_what_the_language_refuses_is_told_at_its_cell(table: Table) -> None:
    table.fill("nox_limit#1", TABLE, {"A:basis": "估计", "A:confidence": "低"})
    table.set("bag.wet", OPTIONS, handling="停用")
    table.set("has_boiler", FACTS, handling="停用")
    table.set("dust", FACTS, min=100)
    found = table.problems()
    for code, role, word in (
        ("nox_limit#1", "A:value", "估计"),
        ("technique#0", "B:value", "wet"),
        ("ledger#0", "applies:value", "has_boiler"),
        ("dust_limit#1", "B:value", "100"),
    ):
        assert word in found[f"{TABLE}!{table.cell(code, role).coordinate}"], (code, found)


def test_sheets_rows_and_columns_that_were_taken_apart_are_told(opened: Opened) -> None:
    table = opened()
    sheet = table.sheet(TABLE)
    sheet.merge_cells(
        start_row=table.row("technique#0"), end_row=table.row("technique#0"), start_column=5, end_column=6
    )
    copied = [sheet.cell(table.row("nox_limit#0"), column).value for column in range(1, sheet.max_column + 1)]
    sheet.append(copied)
    table.sheet(CITES).cell(table.row("C2", CITES), 1).value = "总则"
    table.sheet(GATES).delete_rows(table.row("open_belts#0", GATES))
    table.sheet(FACTS).delete_cols(table.column("unit", FACTS))
    table.sheet(COMPUTED).cell(1, 12).value = "unit"
    table.book.remove(table.sheet(EVIDENCE))
    table.book.copy_worksheet(table.sheet(GROUPS)).title = "表格 (2)"
    table.book.create_sheet("王工的笔记")["A1"] = "与规则无关"
    messages = "\n".join(str(problem) for problem in table.error().problems)
    for word in (
        "E6:F6 是合并的单元格",
        "这一行与第",
        "隐藏的编号“总则”不是本表的",
        "“敞开”的1行不见了",
        "“单位”一列不见了",
        "“单位”一列出现了两次",
        "工作表“证据”不见了",
        "“表格”、“表格 (2)” 是同一张表的几份副本",
    ):
        assert word in messages, word
    assert "王工" not in messages


def test_new_entries_that_lack_something_are_told(opened: Opened) -> None:
    table = opened()
    table.add(
        TABLE,
        {"A:item": "颗粒物", "A:value": 10},
        {
            "dimension": "排放限值",
            "title": "氨",
            "A:text": "不高于 8",
            "A:item": "氨逃逸",
            "A:value": 8,
            "A:state": "采用",
        },
        {"title": "汞", "A:text": "不高于 1"},
        {
            "dimension": "排放限值",
            "title": "甲",
            "id": "ledger",
            "A:text": "高",
            "A:item": "颗粒物",
            "A:value": 8,
            "A:state": "采用",
        },
    )
    table.add(FACTS, {"id": "closed", "label": "又一个", "type": "是否"}, {"label": "没有编号", "type": "数值"})
    table.add(OPTIONS, {"fact": "closed", "code": "x", "label": "某项"})
    table.add(CITES, {"code": "C1", "document": "另一文件"})
    messages = "\n".join(str(problem) for problem in table.error().problems)
    for word in (
        "新增的一行没有填“指标”",
        "没有名为“氨逃逸”的填报项",
        "新增的一行没有填“维度”",
        "写了要求文字，没有填项目和数值",
        "编号 ledger 已用于另一行",
        "没有选“比较”",
        "编号 closed 已用于另一行",
        "新增的一行没有填“编号”",
        "没有编号为 closed 的单选或多选填报项",
        "出处编号 C1 已用于另一行",
    ):
        assert word in messages, word


def test_a_local_edition_takes_nothing_away_and_has_an_id_of_its_own(opened: Opened) -> None:
    table = opened()
    table.fill("technique#0", TABLE, {"title": "除尘设施"})
    assert "地方版本要有自己的编号" in "".join(table.problems(local=True).values())
    table.fill("nox_limit#0", TABLE, {"handling": "停用"})
    found = "".join(table.problems(local=True, new_id="city/r").values())
    assert "不能删去它的内容（指标 nox_limit）" in found


def refused(data: bytes, library: Library) -> str:
    with pytest.raises(RulesetWorkbookError) as error:
        read(data, library)
    assert not error.value.can_mark
    return str(error.value)


def test_other_files_are_refused_with_a_word(opened: Opened, small: Library) -> None:
    assert "不是 .xlsx 工作簿" in refused(b"id: e/r", small)
    assert "不是 `grading ruleset workbook` 生成的规则工作簿" in refused(blank_form([small.ruleset("e/r")], 1), small)
    table = opened()
    meta = table.sheet("grading")
    meta["B2"] = "e/other"
    assert "这里没有这部规则集" in refused(table.saved(), small)
    meta["B2"], meta["C2"] = "e/r", "sha256:0123456789abcdef"
    assert "在工作簿生成之后有改动（工作簿 sha256:0123456789ab…" in refused(table.saved(), small)
    table = opened()
    table.sheet("grading")["B1"] = "0123"
    assert "另一版程序生成" in refused(table.saved(), small)


def test_a_marked_copy_that_was_mended_is_read(opened: Opened, small: Library) -> None:
    table = opened()
    table.fill("technique#0", TABLE, {"remedy:cost_high": "八十", "title": "除尘设施"})
    copy = Table(mark(table.saved(), table.error()), small)
    copy.fill("technique#0", TABLE, {"remedy:cost_high": 90})
    reading = copy.reading()
    assert reading.edition is not None
    assert reading.edition.ruleset.indicators[0].title == "除尘设施"
    assert copy.sheet(TABLE).cell(HEAD_ROW, 2).value is not None


def test_rows_sorted_without_their_hidden_column_are_told_as_that(table: Table) -> None:
    sheet = table.sheet(OPTIONS)
    first, last = table.row("bag.bag", OPTIONS), table.row("kind.other", OPTIONS)
    rows = [
        [sheet.cell(row, column).value for column in range(2, sheet.max_column + 1)] for row in range(first, last + 1)
    ]
    for number, values in enumerate([*rows[1:], rows[0]], start=first):
        for column, value in enumerate(values, start=2):
            sheet.cell(number, column).value = value
    told = table.error().problems[0]
    assert told.spot is not None
    assert (told.spot.sheet, told.code) == (OPTIONS, "rows_parted")
    assert told.message.startswith("5 行的内容与隐藏的首列（A 列）对不上，像是排序或复制时没有带上首列")


@pytest.mark.parametrize(
    ("code", "role"), [("dust_limit#0", "B:text"), ("dust_limit#0", "title"), ("technique#0", "remedy:text")]
)
def test_what_an_expert_crosses_out_is_not_taken_for_unchanged(table: Table, code: str, role: str) -> None:
    table.cell(code, role).font = Font(strike=True)
    assert any("删除线" in problem.message for problem in table.error().problems)
