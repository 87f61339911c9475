"""An impact as a workbook for people: how many go where, by county and industry, what causes it, which units, and why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from grading.batch.layout import COUNTY, NAME, UNIT_ID
from grading.batch.workbook import MOST_ROWS
from grading.columns.decision import decision_column
from grading.impact.changed_figures import AFTER, BEFORE
from grading.model.decision import UNDECIDED
from grading.model.impact import CauseCount, Impact, Matrix
from grading.vocabulary import STATUS
from grading.workbook.row_stream import fill
from grading.workbook.style import AMBER, TEAL
from grading.workbook.tables import Column, Lines, dress

WAY = {1: "↑ 上升", -1: "↓ 下降", 0: "不变"}
WAY_NAMES = {"up": "↑ 上升", "down": "↓ 下降", "undecided": "？待定（因无法判定）", "settled": "待定转为已定"}
GATE_STATUS = {"met": "触发", "unmet": "未触发", "unknown": "未知"}
NO_COUNTY = "未填区划"
BETTER, WORSE, LEVEL = "DCEFE3", "F9D9D4", "EEF1F2"


@dataclass(frozen=True)
class Contents:
    """The content of the workbook: `head` are its first lines, `labels` the words for levels.

    `units` and `reasons` have the columns of `grading.impact.run.Result`; `title` says how a cause is called.
    """

    head: Sequence[str]
    warnings: Sequence[str]
    impact: Impact
    labels: Mapping[str, str]
    title: Callable[[CauseCount], str]
    units: pl.DataFrame
    reasons: pl.DataFrame


def write_impact(contents: Contents, to: Path) -> None:
    """Write the workbook; lists that are longer than a sheet are cut, and say so."""
    book = Workbook()
    summary = book.active
    if summary is None:
        raise RuntimeError("a new workbook has a sheet")
    summary.title = "影响"
    put = Lines(summary)
    put.line("评级影响分析", size=16, bold=True, colour=TEAL)
    for text in contents.head:
        put.line(text)
    for text in contents.warnings:
        put.line(text, colour=AMBER)
    _summarise(put, contents)
    for i, width in enumerate((24, *[13] * 9), start=1):
        summary.column_dimensions[get_column_letter(i)].width = width
    summary.sheet_view.showGridLines = False
    bodies: dict[str, list[pl.DataFrame]] = {}
    lists = (
        ("原因", _causes(contents), _CAUSE_COLUMNS),
        ("变化单元", contents.units, (*_unit_columns(contents.labels), *_figure_columns(contents.units))),
        ("逐项原因", contents.reasons, _reason_columns(contents.labels)),
    )
    for title, frame, columns in lists:
        sheet = book.create_sheet(title)
        dress(sheet, columns, min(frame.height, MOST_ROWS), 2)
        cells = frame.head(MOST_ROWS).select(c.cells.alias(str(i)) for i, c in enumerate(columns))
        bodies[f"sheet{len(book.worksheets)}"] = [cells]
        if frame.height > MOST_ROWS:
            put.line(f"“{title}”共 {frame.height:,} 行，只列前 {MOST_ROWS:,} 行")
    with TemporaryDirectory() as folder:
        template = Path(folder) / "template.xlsx"
        book.save(template)
        fill(template, to, bodies)


def _summarise(put: Lines, contents: Contents) -> None:
    found = contents.impact
    put.line("")
    put.table(("单元数", "上升", "下降", "待定", "待定转为已定", "不变"))
    put.table((found.units, found.up, found.down, found.undecided, found.settled, found.same), head=False)
    put.line("待定：变化后的等级因证据不足或限值待核实而无法判定，不计入上升或下降；公布时须逐个说明理由。")
    put.line("")
    put.table(("最好可能上升", "最好可能下降", "新增待定", "不再待定"))
    put.table((found.attainable_up, found.attainable_down, found.newly_unknown, found.newly_known), head=False)
    for title, matrices in (("等级", found.matrices), ("最好可能等级", found.attainable)):
        for matrix in matrices:
            put.line("")
            put.line(f"{title}变化（行为原{title}，列为新{title}）", bold=True)
            _matrix(put, matrix, contents.labels)
    for title, parts in (("按行业", found.by_industry), ("按区划", found.by_county)):
        put.line("")
        put.line(title, bold=True)
        put.table((title[1:], "单元数", "上升", "下降", "待定", "待定转为已定", "不变"))
        for name, listed in parts.items():
            numbers = [sum(count) for count in zip(*(_numbers(m) for m in listed), strict=True)]
            put.table((name or NO_COUNTY, *numbers), head=False)


def _numbers(m: Matrix) -> tuple[int, ...]:
    return m.total, m.up, m.down, m.undecided, m.settled, m.same


def _matrix(put: Lines, matrix: Matrix, labels: Mapping[str, str]) -> None:
    put.table(("原 ＼ 新", *(labels.get(level, level) for level in matrix.after), "合计"))
    for level, counts, total in zip(matrix.before, matrix.counts, matrix.row_totals, strict=True):
        put.table((labels.get(level, level), *counts, total), head=False)
        for i, (there, count) in enumerate(zip(matrix.after, counts, strict=True), start=2):
            if count and UNDECIDED not in (level, there) and (there == level or matrix.before == matrix.after):
                at, now = matrix.before.index(level), matrix.after.index(there)
                colour = LEVEL if now == at else BETTER if now < at else WORSE
                put.sheet.cell(put.row, i).fill = PatternFill("solid", fgColor=colour)
    put.table(("合计", *matrix.column_totals, matrix.total), head=False)


def _causes(contents: Contents) -> pl.DataFrame:
    rows = [
        (about, contents.title(c), c.after_ruleset, c.units, c.down, c.up, c.undecided, c.sole, c.unknown, _edition(c))
        for about, causes in (("等级", contents.impact.causes), ("最好可能等级", contents.impact.attainable_causes))
        for c in causes
    ]
    names = ("about", "title", "ruleset", "units", "down", "up", "undecided", "sole", "unknown", "edition")
    types = (*[pl.String] * 3, *[pl.UInt32] * 6, pl.String)
    return pl.DataFrame(rows, schema=dict(zip(names, types, strict=True)), orient="row")


def _edition(c: CauseCount) -> str:
    if c.kind == "scale":
        return ""
    if c.before_id is None:
        return "新增"
    if c.after_id is None:
        return "取消"
    return "" if c.before_id == c.after_id else f"原编号 {c.before_id}"


_CAUSE_COLUMNS = (
    Column("改变什么", 10, pl.col("about"), True),
    Column("指标或否决项", 44, pl.col("title")),
    Column("规则集", 26, pl.col("ruleset")),
    Column("单元数", 12, pl.col("units"), True),
    Column("其中下降", 10, pl.col("down"), True),
    Column("其中上升", 10, pl.col("up"), True),
    Column("其中待定", 10, pl.col("undecided"), True),
    Column("唯一原因", 10, pl.col("sole"), True),
    Column("因无法判定", 11, pl.col("unknown"), True),
    Column("与原版相比", 20, pl.col("edition")),
)


def _way(column: str) -> pl.Expr:
    return pl.col(column).replace_strict(WAY, return_dtype=pl.String)


def _level(column: str, labels: Mapping[str, str]) -> pl.Expr:
    return pl.col(column).replace(dict(labels))


def _unit_columns(labels: Mapping[str, str]) -> tuple[Column, ...]:
    return (
        Column("单元编号", 18, pl.col(UNIT_ID)),
        Column("企业名称", 30, pl.col(NAME)),
        Column("行政区划代码", 12, pl.col(COUNTY), True),
        Column("原等级", 16, decision_column("before", "before_attainable", labels), True),
        Column("新等级", 16, decision_column("after", "after_attainable", labels), True),
        Column("升降", 20, pl.col("way").replace_strict(WAY_NAMES, return_dtype=pl.String), True),
        Column("决定性原因", 70, pl.col("causes")),
    )


def _figure_columns(units: pl.DataFrame) -> tuple[Column, ...]:
    """On which figures the grades rest; none outside a trial."""
    heads = ((BEFORE, "原等级所依据的数值"), (AFTER, "新等级所依据的数值"))
    return tuple(Column(head, 60, pl.col(name)) for name, head in heads if units[name].count())


def _reason_columns(labels: Mapping[str, str]) -> tuple[Column, ...]:
    gate = pl.col("status").replace(GATE_STATUS)
    status = pl.when(pl.col("kind") == "gate").then(gate).otherwise(pl.col("status").replace(dict(STATUS)))
    figure = pl.col("figure").replace({"unresolved": "（限值未核实）", "provisional": "（限值暂定）"})
    return (
        Column("单元编号", 18, pl.col(UNIT_ID)),
        Column("企业名称", 26, pl.col(NAME)),
        Column("升降", 10, _way("direction"), True),
        Column("改变什么", 10, pl.col("about").replace({"grade": "等级", "attainable": "最好可能等级"}), True),
        Column("指标或否决项", 36, pl.col("title")),
        Column("起决定作用", 9, pl.when(pl.col("decides")).then(pl.lit("是")).otherwise(pl.lit("否")), True),
        Column("所涉等级", 10, _level("level", labels), True),
        Column("状态", 9, status, True),
        Column("行", 12, pl.col("row")),
        Column("项目", 26, pl.col("label")),
        Column("所填", 18, pl.concat_str([pl.col("value"), figure.fill_null("")])),
        Column("原要求", 44, pl.col("required_before")),
        Column("新要求", 44, pl.col("required_after")),
        Column("出处", 34, pl.col("clause")),
    )
