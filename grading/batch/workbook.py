"""The result of a batch as a workbook for people: a summary, the grades, the indicators, what could not be read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from grading.batch.layout import HEADS, LEFT_UNKNOWN, LINE, UNIT_ID
from grading.columns.decision import decision_class, decision_column
from grading.gaps.column_figures import FIGURES, decisive_counts
from grading.gaps.figures_by_place import FigurePlace, figures_of
from grading.language.decision_text import labels_of
from grading.model.base import Mode
from grading.model.decision import UNDECIDED
from grading.model.ruleset import Ruleset
from grading.vocabulary import BASIS, ESTABLISHED, JURISDICTION, MODE, REVIEW, STATUS
from grading.workbook.row_stream import fill
from grading.workbook.style import AMBER, TEAL
from grading.workbook.tables import Column, Lines, dress

MOST_ROWS = 1_048_575
"""Rows of a sheet below its heads."""
MOST_INDICATOR_ROWS = 50_000
"""Units up to which the workbook also has the indicators."""
READ_BLOCK = 100_000
JOIN = "；"
MOST_DECISIVE = 20
"""So many decisive figures are named in the summary."""
NONE_DECISIVE = "暂定的数值，任何一项单独为他值，各单元的等级都不变。"


@dataclass(frozen=True)
class Contents:
    """The contents page of the workbook."""

    ruleset: Ruleset
    mode: Mode
    units: pl.LazyFrame
    indicators: pl.LazyFrame
    rejects: pl.LazyFrame
    notices: pl.LazyFrame


def write_workbook(contents: Contents, to: Path) -> list[str]:
    """Write the workbook; returns, in Chinese, what it leaves out."""
    height = contents.units.select(pl.len()).collect().item()
    refused = contents.rejects.select(pl.len()).collect().item()
    partial = LEFT_UNKNOWN in contents.units.collect_schema()
    notes: list[str] = []
    book = Workbook()
    summary = book.active
    if summary is None:
        raise RuntimeError("a new workbook has a sheet")
    summary.title = "汇总"
    bodies: dict[str, Iterator[pl.DataFrame]] = {}

    def add(title: str, columns: Sequence[Column], table: pl.LazyFrame, first: int, size: int, frozen: int) -> None:
        sheet = book.create_sheet(title)
        dress(sheet, columns, size, frozen)
        bodies[f"sheet{len(book.worksheets)}"] = _slices(table, columns, first, size)

    sheets = max(1, -(-height // MOST_ROWS))
    for i in range(sheets):
        size = min(MOST_ROWS, height - i * MOST_ROWS)
        add(
            f"等级{i + 1}" if sheets > 1 else "等级",
            _grade_columns(contents.ruleset, contents.mode, partial),
            contents.units,
            i * MOST_ROWS,
            size,
            3,
        )
    if sheets > 1:
        notes.append(f"共 {height:,} 个单元，超过一张工作表的行数，分为 {sheets} 张“等级”表")
    if height <= MOST_INDICATOR_ROWS:
        add("指标", _indicator_columns(contents.ruleset, partial), contents.indicators, 0, height, 2)
    else:
        notes.append(
            f"单元超过 {MOST_INDICATOR_ROWS:,} 个，工作簿不含“指标”表；各指标见 indicators.parquet 或 indicators.csv"
        )
    if refused:
        add("未读入", REJECT_COLUMNS, contents.rejects, 0, min(refused, MOST_ROWS), 3)
    notice_count = contents.notices.select(pl.len()).collect().item()
    if notice_count:
        add("提示", NOTICE_COLUMNS, contents.notices, 0, min(notice_count, MOST_ROWS), 3)
    if refused > MOST_ROWS:
        notes.append(f"未读入的原因共 {refused:,} 条，工作簿只列前 {MOST_ROWS:,} 条，其余见 rejects.csv")
    # Where the notices stand is told elsewhere by who reads the folder instead of the workbook.
    of_notices = [f"提示 {notice_count:,} 条，见“提示”"] if notice_count else []
    _summarise(summary, contents, height, refused, [*notes, *of_notices])
    with TemporaryDirectory() as folder:
        template = Path(folder) / "template.xlsx"
        book.save(template)
        fill(template, to, bodies)
    return notes


def _slices(table: pl.LazyFrame, columns: Sequence[Column], first: int, size: int) -> Iterator[pl.DataFrame]:
    cells = table.select(column.cells.alias(str(i)) for i, column in enumerate(columns))
    for start in range(first, first + size, READ_BLOCK):
        yield cells.slice(start, min(READ_BLOCK, first + size - start)).collect()


def _words(column: str, words: Mapping[str, str]) -> pl.Expr:
    return pl.col(column).cast(pl.String).replace(dict(words))


def _titles(column: str, words: Mapping[str, str]) -> pl.Expr:
    return pl.col(column).cast(pl.List(pl.String)).list.eval(pl.element().replace(dict(words))).list.join(JOIN)


def _grade_columns(ruleset: Ruleset, mode: Mode, partial: bool) -> list[Column]:
    labels = labels_of(ruleset.scale)
    titles = {indicator.id: indicator.title for indicator in ruleset.indicators}
    widths = {UNIT_ID: 16.0, "enterprise.name": 30.0, "enterprise.uscc": 20.0, "enterprise.permit": 24.0}
    columns = [Column("行", 8, pl.col(LINE))]
    columns += [
        Column(label, widths.get(name, 13.0), pl.col(name), day=name == "assessed_on") for name, label in HEADS.items()
    ]
    if partial:
        columns.append(UNKNOWN_COLUMN)
    columns.append(Column("等级", 16, decision_column("grade", "attainable", labels), True))
    columns.append(Column("目标等级", 12, _words("target", labels), True))
    columns += [Column(labels[level], 9, _words(f"level.{level}", STATUS), True) for level in ruleset.scale.graded]
    gates = [(f"gate.{gate.id}", gate.title or gate.text) for gate in ruleset.gates]
    for status, head in (("met", "触发的否决项"), ("unknown", "无法判定的否决项")):
        named = [pl.when(pl.col(name) == status).then(pl.lit(title)) for name, title in gates]
        columns += [Column(head, 26, pl.concat_str(named, separator=JOIN, ignore_nulls=True))] if named else []
    there = {indicator.dimension for indicator in ruleset.indicators}
    columns += [
        Column(
            known.label, 14, decision_column(f"dimension.{name}.grade", f"dimension.{name}.attainable", labels), True
        )
        for name, known in ruleset.dimensions.items()
        if name in there
    ]
    columns += _figure_columns(ruleset) if mode is Mode.TRIAL else []
    columns.append(Column("适用地区", 30, _words("notice", JURISDICTION)))
    columns.append(Column("目标等级未满足的指标", 60, _titles("unmet", titles)))
    columns.append(Column("目标等级无法判定的指标", 60, _titles("unknown", titles)))
    return columns


def _figure_columns(ruleset: Ruleset) -> list[Column]:
    """Columns for the number of figures of each kind that a grade rests on, and for those that decide it."""
    words = (BASIS["estimated"], BASIS["recalled"], ESTABLISHED)
    counts = zip(FIGURES[:-1], words, strict=True)
    columns = [Column(f"等级所依据的数值：{word}", 12, pl.col(name), True) for name, word in counts]
    names = {name: _decisive_text(ruleset, figure) for name, figure in figures_of(ruleset).items()}
    return [*columns, Column("若为他值则等级改变的数值", 60, _titles(FIGURES[-1], names))]


def _decisive_text(ruleset: Ruleset, figure: FigurePlace) -> str:
    return f"{figure.described(ruleset).text}（{BASIS[figure.basis]}）" if figure.comparison.is_provisional else ""


def _indicator_columns(ruleset: Ruleset, partial: bool) -> list[Column]:
    """For each indicator the best level it meets, and what could become of it if all that is unknown turned out well."""
    labels = {level.id: level.label for level in ruleset.scale.levels}
    columns = [Column("行", 8, pl.col(LINE)), Column(HEADS[UNIT_ID], 16, pl.col(UNIT_ID))]
    if partial:
        columns.append(UNKNOWN_COLUMN)
    for indicator in ruleset.indicators:
        met = could_be = pl.lit(labels[ruleset.scale.floor])
        for level in reversed(ruleset.scale.graded):
            status = pl.col(f"{indicator.id}.{level}")
            met = pl.when(status == "met").then(pl.lit(labels[level])).otherwise(met)
            could_be = pl.when(status != "unmet").then(pl.lit(labels[level])).otherwise(could_be)
        waived = pl.any_horizontal(pl.col(f"{indicator.id}.{level}") == "waived" for level in ruleset.scale.graded)
        cells = (
            pl.when(met == could_be)
            .then(met)
            .otherwise(pl.concat_str([met, pl.lit("（最好可能 "), could_be, pl.lit("）")]))
        )
        applicable = pl.col(f"{indicator.id}.applicable")
        shown = (
            pl.when(waived)
            .then(pl.lit(STATUS["waived"]))
            .when(applicable.eq_missing(pl.lit(False)))
            .then(pl.lit("不适用"))
            .otherwise(cells)
        )
        columns.append(Column(indicator.title, 12, shown, True))
    return columns


UNKNOWN_COLUMN = Column("不能读、按未知处理的值", 30, pl.col(LEFT_UNKNOWN))
REJECT_COLUMNS = (
    Column("文件", 24, pl.col("file")),
    Column("行", 9, pl.col(LINE)),
    Column("单元编号", 18, pl.col(UNIT_ID)),
    Column("位置", 34, pl.col("place")),
    Column("原因", 90, pl.col("reason")),
)


NOTICE_COLUMNS = (*REJECT_COLUMNS[:-1], Column("提示", 90, pl.col("reason")))


def _summarise(sheet: Worksheet, contents: Contents, height: int, refused: int, notes: Sequence[str]) -> None:
    ruleset = contents.ruleset
    put = Lines(sheet)
    put.line("批量评级结果", size=16, bold=True, colour=TEAL)
    put.line(f"{ruleset.title}（{ruleset.id}），{ruleset.edition.document}")
    text = f"{MODE[contents.mode]}评级；规则集{REVIEW[ruleset.review.status]}"
    put.line(text + ("；暂定数值视同已核实，不得作为评级结论发布" if contents.mode is Mode.TRIAL else ""), colour=AMBER)
    put.line("本表由列式初评得出，并由推理引擎抽样复核；据以认定等级前，应由推理引擎逐家评级。", colour=AMBER)
    put.line("")
    put.table(("等级", "单元数", "占比", "最好可能为此等级的单元数"))
    decided, could_be = (_count(contents.units, of) for of in (decision_class(), pl.col("attainable")))
    for level, label in labels_of(ruleset.scale).items():
        share = f"{decided.get(level, 0) / height:.1%}" if height else ""
        best = "" if level == UNDECIDED else could_be.get(level, 0)
        put.table((label, decided.get(level, 0), share, best), head=False)
    put.table(("合计", height, "", ""), head=False)
    put.line(
        "待定 (最差～最好)：等级取决于尚缺的证据或待核实的限值，未判为任何等级；在此之前按最差的一级管理。",
        colour=AMBER,
    )
    if contents.mode is Mode.TRIAL:
        _decisive_figures(put, contents)
    put.line("")
    put.line(f"未能读入的原因 {refused:,} 条，见“未读入”" if refused else "全部读入")
    for notice, number in _count(contents.units.filter(pl.col("notice").is_not_null()), pl.col("notice")).items():
        put.line(f"{JURISDICTION[notice]}（{ruleset.jurisdiction}）：{number:,} 个单元", colour=AMBER)
    for note in notes:
        put.line(note)
    for letter, width in zip("ABCD", (26, 14, 12, 22), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.sheet_view.showGridLines = False


def _decisive_figures(put: Lines, contents: Contents) -> None:
    """The figures that the grades rest on, by how well they are known, and those that decide most grades."""
    totals = contents.units.select(pl.col(FIGURES[:-1]).cast(pl.UInt64).sum()).collect().row(0)
    turning = contents.units.select((pl.col(FIGURES[-1]).list.len() > 0).sum()).collect().item()
    words = (BASIS["estimated"], BASIS["recalled"], ESTABLISHED)
    put.line("")
    put.line("各单元等级所依据的数值（试算）", bold=True)
    put.table(("数值的来历", "合计（项次）"))
    for word, total in zip(words, totals, strict=True):
        put.table((word, total), head=False)
    put.line(f"{turning:,} 个单元的等级取决于暂定的数值：其中一项若为他值，等级即改变。" if turning else NONE_DECISIVE)
    decisive = decisive_counts(contents.ruleset, contents.units)
    if decisive:
        put.table(("若为他值则等级改变的数值", "单元数"))
        for figure, count in decisive[:MOST_DECISIVE]:
            put.table((_decisive_text(contents.ruleset, figure), count), head=False)
    if len(decisive) > MOST_DECISIVE:
        put.line(f"另有 {len(decisive) - MOST_DECISIVE} 项，见“等级”")


def _count(units: pl.LazyFrame, of: pl.Expr) -> dict[str, int]:
    return dict(units.group_by(of.cast(pl.String).alias("of")).agg(pl.len()).collect().iter_rows())
