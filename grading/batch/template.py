"""The empty workbook of a batch: a sheet for the units and one for each table, with Chinese heads."""

import io
from collections import Counter

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from grading.batch.evidence_table import COLUMNS
from grading.batch.heads import columns, label
from grading.batch.layout import ASSESSED_ON, DAY, EVIDENCE_TITLES, HEADS, UNIT_ID, WAIVER_TITLES, count_column
from grading.batch.sheets import UNITS_TITLES
from grading.batch.waiver_table import COLUMNS as WAIVER_COLUMNS
from grading.batch.waiver_table import DAYS as WAIVER_DAYS
from grading.batch.waiver_table import OPTIONAL as WAIVER_OPTIONAL
from grading.columns.cells import SEPARATOR
from grading.forms.layout import COVER_TITLE, sheet_title
from grading.forms.validation import Lists, for_fact, one_of
from grading.forms.wording import expectation, option_labels
from grading.language.prose import unit_text
from grading.model.ruleset import Fact, Ruleset
from grading.workbook.style import add_styles, comment, put, set_page, set_widths, width_of

ROWS = 2_000
"""So many rows have drop-downs ready; more may be filled in."""
FORMATTED = 200
"""So many rows have their formats cell by cell; below them those of the columns hold."""
_ADVICE = (
    "“单元”表每行一个核查单元，其余各表每行一个排放口、工位等，用“单元编号”与单元对应；编号不得重复，不要合并单元格。",
    "列名不要改动；不需要的列可以删去。不清楚的格留空，留空表示“不知道”。",
    "某单元确认没有某表所列对象的，在“单元”表的“……行数”一列填 0；留空且该表无行的，按情况不明处理。",
    f"多选项把所选选项写在一格内，用“{SEPARATOR}”分隔，一个都没有的填“（无）”。",
    "“证据”表逐项列出证据材料（报告编号、照片、台账），供导入服务时随审核保存；批量评级不读它。表里的项目须填行编号。",
    "“豁免”表逐项列出主管部门已准予的豁免（每行一个单元的一项指标）；期内该指标按豁免计，不作满足；否决项不得豁免，到期的不计。",
    "日期写作 2023-09-10；百分比一列填 95 或 95%，不要填 0.95。不要填公式，不要在表中贴图片。",
)

_WAIVER_HINTS = {
    UNIT_ID: "必填，与“单元”表一致",
    "indicator": "必填，指标的名称或编号",
    "from": "可不填；不填即文件日期",
    "until": "必填，最后一天（含）",
    "evidence": "可不填；多份用“；”分隔",
}


def template(ruleset: Ruleset) -> bytes:
    """The workbook of a ruleset."""
    book = Workbook()
    cover = book.worksheets[0]
    cover.title = COVER_TITLE
    add_styles(book)
    _write_cover(cover, ruleset)
    sheets: dict[str | None, Worksheet] = {None: book.create_sheet(UNITS_TITLES[1])}
    sheets |= {group: book.create_sheet(sheet_title(known.label)) for group, known in ruleset.groups.items()}
    evidence = book.create_sheet(EVIDENCE_TITLES[1])
    waivers = book.create_sheet(WAIVER_TITLES[1])
    lists = Lists(book)
    for group, sheet in sheets.items():
        _write_table(sheet, ruleset, group, lists)
    _write_evidence(evidence)
    _write_waivers(waivers, ruleset, lists)
    book.active = 1
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = sheet is sheets[None]
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def heads_of(ruleset: Ruleset, group: str | None) -> dict[str, str]:
    """The heads of a table by column, each different from all others."""
    plain = {name: label(ruleset, group, name) for name in columns(ruleset, group)}
    counted = Counter(plain.values())
    heads: dict[str, str] = {}
    for name, text in plain.items():
        fact = ruleset.facts.get(name)
        unit = unit_text(fact.unit) if fact is not None and fact.group == group and fact.unit else ""
        heads[name] = f"{text}（{name}）" if counted[text] > 1 else f"{text}（{unit}）" if unit else text
    return heads


def _write_cover(sheet: Worksheet, ruleset: Ruleset) -> None:
    put(sheet, 1, 1, f"{ruleset.title}　批量评级数据表", "标题")
    for row, text in enumerate((f"规则集 {ruleset.id}，{ruleset.edition.document}", *_ADVICE), start=2):
        put(sheet, row, 1, text, "说明")
        sheet.row_dimensions[row].height = 32
    set_widths(sheet, {1: 110.0})
    set_page(sheet, ruleset.title, None)


def _write_table(sheet: Worksheet, ruleset: Ruleset, group: str | None, lists: Lists) -> None:
    widths: dict[int, float] = {}
    for column, (name, head) in enumerate(heads_of(ruleset, group).items(), start=1):
        letter = get_column_letter(column)
        cell = put(sheet, 1, column, head, "表头")
        fact = _fact(ruleset, group, name)
        cell.comment = comment(_hint(name, fact))
        widths[column] = min(34.0, max(14.0, width_of(head) / 2 + 4))
        text = fact is None or fact.type in ("choice", "choices", "boolean")
        kind = "@" if text else "yyyy-mm-dd" if fact is not None and fact.type == "date" else "General"
        sheet.column_dimensions[letter].number_format = kind
        for row in range(2, FORMATTED + 2):
            sheet.cell(row, column).number_format = kind
        if fact is not None and fact.type != "choices":
            rule = for_fact(lists, fact, f"{letter}2")
            rule.add(f"{letter}2:{letter}{ROWS + 1}")
            sheet.add_data_validation(rule)
    set_widths(sheet, widths)
    sheet.row_dimensions[1].height = 48
    sheet.freeze_panes = "B2" if group is None else "C2"
    set_page(sheet, sheet.title, "1:1")


def _write_evidence(sheet: Worksheet) -> None:
    """The table of evidence, which the service keeps with the audits; grading leaves it aside."""
    heads = [names[1] for names in COLUMNS.values()]
    for column, head in enumerate(heads, start=1):
        put(sheet, 1, column, head, "表头")
        sheet.column_dimensions[get_column_letter(column)].number_format = "@"
    set_widths(sheet, {1: 18.0, 2: 18.0, 3: 34.0, 4: 44.0, 5: 34.0})
    sheet.freeze_panes = "A2"
    set_page(sheet, sheet.title, "1:1")


def _write_waivers(sheet: Worksheet, ruleset: Ruleset, lists: Lists) -> None:
    """The table of waivers, with the indicators to choose from."""
    for column, (name, heads) in enumerate(WAIVER_COLUMNS.items(), start=1):
        cell = put(sheet, 1, column, heads[1], "表头")
        cell.comment = comment(_WAIVER_HINTS.get(name, "必填" if name not in WAIVER_OPTIONAL else "可不填"))
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].number_format = "yyyy-mm-dd" if name in WAIVER_DAYS else "@"
        for row in range(2, FORMATTED + 2):
            sheet.cell(row, column).number_format = "yyyy-mm-dd" if name in WAIVER_DAYS else "@"
        if name == "indicator":
            titles = Counter(one.title for one in ruleset.indicators)
            entries = tuple(one.title if titles[one.title] == 1 else one.id for one in ruleset.indicators)
            rule = one_of(lists, entries, "请从下拉列表中选一项指标；否决项不得豁免")
            rule.add(f"{letter}2:{letter}{ROWS + 1}")
            sheet.add_data_validation(rule)
    set_widths(sheet, {1: 18.0, 2: 30.0, 3: 26.0, 4: 34.0, 5: 24.0, 6: 14.0, 7: 14.0, 8: 14.0, 9: 34.0})
    sheet.freeze_panes = "A2"
    set_page(sheet, sheet.title, "1:1")


def _fact(ruleset: Ruleset, group: str | None, name: str) -> Fact | None:
    """The fact of a column; None for texts."""
    if name == ASSESSED_ON:
        return DAY
    if name in {count_column(id_) for id_ in ruleset.groups}:
        return Fact(id="rows", label=name, type="number", min=0, decimals=0)
    fact = ruleset.facts.get(name)
    return fact if fact is not None and fact.group == group and name not in HEADS else None


def _hint(name: str, fact: Fact | None) -> str:
    if fact is None:
        return "必填，与“单元”表一致" if name == UNIT_ID else "文字"
    if fact.type == "choices":
        return f"可多选，用“{SEPARATOR}”分隔：{'、'.join(option_labels(fact).values())}"
    return expectation(fact)
