"""Writes the first sheet: whose audit it is, how to fill in the form, and how far it has got."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.styles import Protection
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from grading.forms.layout import COVER, FormUnit
from grading.forms.validation import day
from grading.forms.wording import REST_NO, TABLE_EMPTY, TABLE_UNKNOWN, WHOLE_ROW
from grading.forms.write_day import put_day
from grading.forms.write_facts import DONE, FROM_PLANT, IDLE, OPEN, PARTLY, STATUS, WrittenFacts
from grading.forms.write_table import WrittenTable
from grading.language.waiver_text import waiver_text
from grading.model.audit import Audit
from grading.workbook.cell_text import put_text
from grading.workbook.style import height_for, protect, put, set_page, set_widths

CODE, LABEL, ANSWER, HINT, MORE = 1, 2, 3, 4, 5
COVER_END, COVER_COLUMNS = "状态", MORE - LABEL
"""The label of the cover's last row; the number of columns behind its labels."""
WIDTHS = {CODE: 0, LABEL: 30.0, ANSWER: 44.0, HINT: 46.0, MORE: 46.0}
ONE_PAGE = 48
"""So many rows of the cover stay legible on one page."""
TITLE = "重污染天气重点行业绩效分级　现场核查表"
HEAD = {
    "enterprise.name": ("企业名称", "必填，与营业执照一致"),
    "enterprise.uscc": ("统一社会信用代码", "18 位"),
    "enterprise.permit": ("排污许可证（登记）编号", "没有的留空"),
    "enterprise.county": ("所在县（市、区）行政区划代码", "六位数字，如 610402"),
    "assessed_on": ("评估日期", "必填，如 2023-09-10；指标按这一天有效的要求判定"),
}
ADVICE = (
    ("填写格", "浅黄色格（四周有边框、未锁定）可以填写，其余各格已锁定（无密码）。各表“状态”一列写明是否已填。"),
    ("不清楚的", "一律留空：留空表示“不知道”，既不当作“否”，也不当作 0。为什么不知道，可以写在“备注”里。"),
    (
        "数字",
        "只填数字，不带单位、不写约数和范围，不四舍五入；全角数字可以。低于检出限的填上限：“<0.07”“0.07L”或“未检出（检出限0.07）”。",
    ),
    ("多选", f"逐项选“是”或“否”；也可以只选“是”的几项，再在该题本格选“{REST_NO}”。一项都没有的，直接选“{REST_NO}”。"),
    (
        "表格",
        f"每行一个对象。没有此类对象的，在表上方选“{TABLE_EMPTY}”；没有查的，选“{TABLE_UNKNOWN}”或留空。两者含义不同。",
    ),
    (
        "证据与备注",
        "证据每行一条（单元格内换行用 Alt+Enter）。"
        f"表格中各格的证据和备注填在“表格证据”表；选“{WHOLE_ROW}”即用于该行已填的每一格。",
    ),
    ("判定标准", "项目名称右上角有批注标记的，批注写明各级别的要求和依据。注明“未核实”“暂定”的数值不能据以认定。"),
    ("不接受", "填写格中不要用公式；不要改动表名以外的结构（删行、删列、移动单元格）。隐藏的行、列和表供程序读取。"),
)
STATUS_SIGNS = "　　".join(
    (DONE, OPEN, f"{PARTLY}（多选题还有选项未答）", f"{FROM_PLANT}（以全厂表为准）", f"{IDLE}（按已填的内容不必回答）")
)


@dataclass(frozen=True)
class Contents:
    """The sheets of one unit, or of the plant, as the cover lists them."""

    label: str
    facts: WrittenFacts
    is_unit: bool
    tables: Sequence[WrittenTable] = ()


def enterprise_cell() -> str:
    """The cell with the enterprise's name, for the headings of other sheets."""
    return f"${get_column_letter(ANSWER)}$5"


def unit_cell(index: int) -> str:
    """The cell with a unit's id."""
    return f"${get_column_letter(ANSWER)}${_UNITS_ROW + 2 + index}"


_UNITS_ROW = 5 + len(HEAD)
_LOCKED = Protection(locked=True)


def write_cover(sheet: Worksheet, units: Sequence[FormUnit], audit: Audit | None, contents: Sequence[Contents]) -> None:
    """Fill `sheet`, once all others are written. Raises TooLongError."""
    put(sheet, 1, CODE, COVER, "机读")
    put(sheet, 1, LABEL, "label", "机读")
    put(sheet, 1, ANSWER, "answer", "机读")
    sheet.row_dimensions[1].hidden = True
    put(sheet, 2, LABEL, TITLE, "标题")
    notice = _notice(units) + _waivers(units, audit)
    put(sheet, 3, LABEL, notice, "说明")
    for row, height in ((2, 36), (3, height_for([(150, notice)], least=24))):
        sheet.merge_cells(start_row=row, end_row=row, start_column=LABEL, end_column=MORE)
        sheet.row_dimensions[row].height = height
    _heading(sheet, 4, "一、基本情况")
    _enterprise(sheet, audit)
    _heading(sheet, _UNITS_ROW, "二、核查单元")
    row = _units(sheet, units)
    _heading(sheet, row, "三、填写进度（点击可跳转）")
    row = _progress(sheet, row + 1, contents)
    _heading(sheet, row, "四、填写说明")
    last = _advice(sheet, row + 1)
    set_widths(sheet, WIDTHS)
    set_page(sheet, TITLE, None, pages=(1, 1 if last <= ONE_PAGE else 0))
    sheet.freeze_panes = "A4"
    protect(sheet)


def _notice(units: Sequence[FormUnit]) -> str:
    drafts = list(dict.fromkeys(u.ruleset.title for u in units if u.ruleset.review.status == "draft"))
    if not drafts:
        return "请先填写基本情况，再按“填写进度”逐表核查。"
    return f"注意：规则集“{'”“'.join(drafts)}”为草稿，尚未经专家审定，据此得出的结论须注明“草稿”。"


def _waivers(units: Sequence[FormUnit], audit: Audit | None) -> str:
    """The waivers of an audit, which the form has no place for: they are the authority's to state, not the assessor's."""
    stated = [
        waiver_text(form.ruleset, waiver)
        for form, unit in zip(units, audit.units if audit is not None else (), strict=False)
        for waiver in unit.waivers
    ]
    return f"已准豁免（核查表不带回，读回后须在审核数据中另行写明）：{'。'.join(stated)}。" if stated else ""


def _heading(sheet: Worksheet, row: int, text: str) -> None:
    put(sheet, row, LABEL, text, "小节")
    sheet.row_dimensions[row].height = 28


def _enterprise(sheet: Worksheet, audit: Audit | None) -> None:
    for row, (place, (label, hint)) in enumerate(HEAD.items(), start=5):
        put(sheet, row, CODE, place, "机读")
        put(sheet, row, LABEL, label, "项目")
        cell = put(sheet, row, ANSWER, "", "文字格")
        put(sheet, row, HINT, hint, "参考")
        sheet.row_dimensions[row].height = height_for([])
        cell.number_format = "@"
        name = place.rpartition(".")[2]
        if name == "assessed_on":
            cell.number_format = "yyyy-mm-dd"
            rule = day("请填评估日期，如 2023-09-10")
            rule.add(cell.coordinate)
            sheet.add_data_validation(rule)
            if audit is not None:
                put_day(cell, audit.assessed_on)
        elif audit is not None and getattr(audit.enterprise, name) is not None:
            put_text(cell, getattr(audit.enterprise, name))
            sheet.row_dimensions[row].height = height_for([(WIDTHS[ANSWER], str(cell.value))])


def _units(sheet: Worksheet, units: Sequence[FormUnit]) -> int:
    row = _UNITS_ROW + 1
    for column, head in (
        (LABEL, "单元"),
        (ANSWER, "单元编号（可改，互不相同）"),
        (HINT, "规则集"),
        (MORE, "规则集摘要"),
    ):
        put(sheet, row, column, head, "表头")
    sheet.row_dimensions[row].height = 24
    for i, unit in enumerate(units):
        row += 1
        put(sheet, row, CODE, f"units[{i}].id", "机读")
        put(sheet, row, LABEL, f"单元 {i + 1}", "项目")
        cell = put(sheet, row, ANSWER, "", "文字格")
        cell.number_format = "@"
        put_text(cell, unit.id)
        edition = unit.ruleset.edition
        section = f" {edition.section}" if edition.section else ""
        title = f"{unit.ruleset.title}\n{unit.ruleset.id}\n{edition.document}{section}，{edition.effective} 起施行"
        put(sheet, row, HINT, title, "参考")
        put(sheet, row, MORE, unit.digest.replace(":", ":\n", 1), "参考")
        texts = [(WIDTHS[HINT], title), (WIDTHS[MORE], unit.digest), (WIDTHS[ANSWER], str(cell.value))]
        sheet.row_dimensions[row].height = height_for(texts)
    return row + 1


def _progress(sheet: Worksheet, row: int, contents: Sequence[Contents]) -> int:
    # What is answered for the plant counts in each unit that it serves.
    units = [part for part in contents if part.is_unit]
    total = sum(len(band.lines) for part in units for band, _ in part.facts.bands)
    tables = [table for part in units for table in part.tables]
    done = [f'COUNTIF({p.facts.statuses()},"{s}")' for p in units for s in (DONE, FROM_PLANT) if p.facts.bands]
    done += [f"IF(OR(LEN({t.state()})>0,COUNTA({t.keys()})>0),1,0)" for t in tables]
    filled = "+".join(done) or "0"
    idle = [f'COUNTIF({p.facts.statuses()},"{IDLE}")' for p in units if p.facts.bands]
    everything = "-".join((str(total + len(tables)), *idle))
    put(sheet, row, LABEL, "已填／全部", "项目")
    cell = put(sheet, row, ANSWER, "", "居中")
    cell.value = f'=({filled})&" / "&({everything})'
    bar = put(sheet, row, HINT, "", "居中")
    share = f"({filled})/MAX({everything},1)"
    bar.value = f'=REPT("■",ROUND({share}*20,0))&REPT("□",20-ROUND({share}*20,0))&"　"&TEXT({share},"0%")'
    put(sheet, row, MORE, "每张表格按一项计：填了行或说明了有无即为已填", "参考")
    sheet.row_dimensions[row].height = height_for([])
    for part in contents:
        for band, top in part.facts.bands:
            row += 1
            _link(sheet, row, f"{part.label}　{band.title}", part.facts.title, f"B{top}")
            status = f"{quote_sheetname(part.facts.title)}!{sheet.cell(top, STATUS).coordinate}"
            put(sheet, row, ANSWER, "", "居中").value = f"={status}"
        for table in part.tables:
            row += 1
            _link(sheet, row, f"{part.label}　{table.table.label}", table.title, "C4")
            state = f'IF(LEN({table.state()})=0,"{OPEN}",{table.state()})'
            put(sheet, row, ANSWER, "", "居中").value = f'={state}&"，"&COUNTA({table.keys()})&" 行"'
    return row + 1


def _link(sheet: Worksheet, row: int, label: str, title: str, cell: str) -> None:
    linked = put(sheet, row, LABEL, label.strip(), "链接")
    linked.hyperlink = Hyperlink(
        ref=linked.coordinate, location=f"{quote_sheetname(title)}!{cell}", display=label.strip()
    )
    sheet.row_dimensions[row].height = height_for([(WIDTHS[LABEL], label.strip())], least=22)


def _advice(sheet: Worksheet, row: int) -> int:
    for label, text in (*ADVICE, (COVER_END, STATUS_SIGNS)):
        put(sheet, row, LABEL, label, "填写格" if label == "填写格" else "项目").protection = _LOCKED
        for column in (ANSWER, HINT, MORE):
            put(sheet, row, column, "", "参考")
        put(sheet, row, ANSWER, text, "参考")
        sheet.merge_cells(start_row=row, end_row=row, start_column=ANSWER, end_column=MORE)
        sheet.row_dimensions[row].height = height_for([(WIDTHS[ANSWER] + WIDTHS[HINT] + WIDTHS[MORE], text)])
        row += 1
    return row
