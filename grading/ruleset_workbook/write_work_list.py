"""Writes the first sheet, what is still to be verified with links to the cells, and the second, how to fill in the rest."""

from collections import Counter
from collections.abc import Sequence

from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from grading.ruleset_workbook.layout import ADVICE_TITLE, WORK_TITLE, Layout
from grading.ruleset_workbook.open_points import OpenPoint
from grading.ruleset_workbook.words import BASIS, CONFIDENCE, OPERATOR_WORDS, STATES
from grading.ruleset_workbook.write_sheets import row_number
from grading.workbook.style import height_for, put, set_page, set_widths

NUMBER, AUDITS, LINK, TITLE, LEVEL, ITEM, VALUE, STATE, BASIS_AT, CONFIDENCE_AT = range(1, 11)
WIDTHS = {
    NUMBER: 6.0,
    AUDITS: 11.0,
    LINK: 16.0,
    TITLE: 26.0,
    LEVEL: 10.0,
    ITEM: 46.0,
    VALUE: 22.0,
    STATE: 9.0,
    BASIS_AT: 18.0,
    CONFIDENCE_AT: 7.0,
}
HEADS = ("序号", "影响评级", "位置（点击跳转）", "指标", "等级", "项目", "现在的数值", "状态", "依据", "把握")
HEAD_ROW = 6
ADVICE: tuple[tuple[str, str], ...] = (
    (
        "从哪里开始",
        "先看“待办清单”：没有原文依据的数值按影响大小排列，点“位置”跳到要改的格。对照印刷的指标表逐项核对、填写。",
    ),
    (
        "核实一个数值",
        "在“指标表”改数值，“状态”选“采用”，“依据”选“见于原文”，“把握”选“高”，“出处”写出处编号。"
        "文件、条款、页码在“出处”表另写一行；一页上的各项用同一个编号。原来的估计说明不再成立的，清除“说明”。",
    ),
    (
        "改了数值",
        "要同时写明从哪里来：依据、把握、出处、说明至少有一项随之改动，否则不读入。程序从不自行提高依据和把握。",
    ),
    ("要求文字", "“要求”是指标表的原文。文字里写着的数和旁边的数值要一致；改了一处，另一处也要改。"),
    ("空白的依据", "数值旁边的依据、把握、出处空白的，以同一行左边指标的为准。"),
    (
        "几级相同",
        "后一级与前一级要求相同的，写“同 A级”；不作要求的，写“不作要求”。要分开的，直接写本级的要求，数值空着即与原来相同。",
    ),
    (
        "原文没有写明的",
        "状态选“待核实”，数值空着；只有估计的，状态选“暂定”，依据选“估计”，把握选“低”，并在“说明”写明凭什么这样估计。",
    ),
    (
        "几个数值",
        "一项要求有几个数值的，一行一个。要求中少了一项的，在该指标的空白格里选“项目”和“比较”，填数值；多出的，状态选“删去”。",
    ),
    (
        "新增指标",
        "写在表末“新增”以下：首行填维度、指标名称、依据和各级要求，每个数值选项目（填报项的名称或编号）和比较。",
    ),
    ("停用、改编号", "“处理”选“停用”。同一项指标换了编号的，直接改“编号”，原编号随之记下。不要删行。"),
    ("数字", "只填数字，不带别的单位，小数点用“.”，不用千分位逗号，不填公式。单位在项目名称后面的括号里。"),
    (
        "不接受",
        "不要合并单元格，不要删行、删列；可以排序、筛选、隐藏，可以加自己的工作表（不读取）。隐藏的首行首列供程序读取。",
    ),
    (
        "改好之后",
        "用 `grading ruleset read 文件 -o 目录` 读回。有错的，副本中标出每一处，什么都不写；没有改动的，也什么都不写。",
    ),
    (
        "颜色",
        "橙底、粗体的格是待核实的内容，“状态”“依据”“把握”的文字写明为什么；浅黄的格可以填写；白底灰字的格不在此修改。",
    ),
)


def write_work_list(sheet: Worksheet, layout: Layout, counted: str) -> None:
    """Fill the first sheet; `counted` says by what audits the points are ordered."""
    ruleset = layout.ruleset
    points = layout.points
    put(sheet, 1, 1, f"{ruleset.title}　待核实 {len(points)} 处", "标题")
    put(sheet, 2, 1, f"规则集 {ruleset.id}　　摘要 {layout.digest}", "说明")
    put(sheet, 3, 1, _summary(points), "说明")
    put(sheet, 4, 1, counted, "说明")
    for row in range(1, 5):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(HEADS))
        sheet.row_dimensions[row].height = 32 if row == 1 else 22
    for column, head in enumerate(HEADS, start=1):
        put(sheet, HEAD_ROW, column, head, "表头")
    for i, point in enumerate(points, start=1):
        _point(sheet, HEAD_ROW + i, i, point, layout)
    set_widths(sheet, WIDTHS)
    sheet.freeze_panes = f"A{HEAD_ROW + 1}"
    if points:
        sheet.auto_filter.ref = f"A{HEAD_ROW}:{get_column_letter(len(HEADS))}{HEAD_ROW + len(points)}"
    set_page(sheet, WORK_TITLE, f"{HEAD_ROW}:{HEAD_ROW}")


def write_advice(sheet: Worksheet) -> None:
    """Fill the second sheet."""
    put(sheet, 1, 1, "怎样填写规则工作簿", "标题")
    sheet.row_dimensions[1].height = 34
    for row, (head, text) in enumerate(ADVICE, start=2):
        put(sheet, row, 1, head, "小节")
        put(sheet, row, 2, text, "正文")
        sheet.row_dimensions[row].height = height_for([(100, text)])
    set_widths(sheet, {1: 22.0, 2: 100.0})
    set_page(sheet, ADVICE_TITLE, None)


def _summary(points: Sequence[OpenPoint]) -> str:
    words = ("没有数值", "估计", "把握低", "暂定", "转述，待核对原文")
    counts = Counter(point.urgency for point in points)
    listed = "，".join(f"{word} {counts[i]} 处" for i, word in enumerate(words) if counts[i])
    return f"其中：{listed}（各处只计最要紧的一种）" if listed else "没有待核实的数值"


def _point(sheet: Worksheet, row: int, number: int, point: OpenPoint, layout: Layout) -> None:
    content = layout.sheet(point.place.sheet)
    address = f"{get_column_letter(content.column_of(point.place.role))}{row_number(content, point.place.row)}"
    where = f"{content.title}!{address}"
    put(sheet, row, NUMBER, "", "居中").value = number
    put(sheet, row, AUDITS, "", "居中").value = point.audits
    link = put(sheet, row, LINK, where, "链接")
    link.hyperlink = Hyperlink(
        ref=link.coordinate, location=f"{quote_sheetname(content.title)}!{address}", display=where
    )
    operator = OPERATOR_WORDS.get(point.operator or "", "")
    value = point.shown.replace("\n", "、")
    texts = {
        TITLE: point.title,
        LEVEL: point.level,
        ITEM: point.item,
        VALUE: f"{operator} {value}".strip() or "（没有数值）",
        STATE: STATES[point.state],
        BASIS_AT: BASIS.get(point.basis or "", "未写明"),
        CONFIDENCE_AT: CONFIDENCE.get(point.confidence or "", ""),
    }
    for column, text in texts.items():
        put(sheet, row, column, text, "居中" if column in (LEVEL, STATE, CONFIDENCE_AT) else "项目")
    sheet.row_dimensions[row].height = height_for((WIDTHS[column], text) for column, text in texts.items())
