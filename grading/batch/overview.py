"""The overview of a batch of several rulesets as a workbook: units by industry and level, with a chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference

from grading.batch.split import Split
from grading.model.base import Mode
from grading.vocabulary import MODE
from grading.workbook.style import add_styles, put, set_page, set_widths

HEADS = ("序号", "行业", "规则集", "评级单元", "未读入")
FIRST = 4
"""The row of the heads."""


@dataclass(frozen=True)
class Line:
    """The units of one ruleset. `labels` are its levels', the best first; `decided` counts by their ids."""

    number: int | None
    industry: str
    ruleset: str
    title: str
    labels: Mapping[str, str]
    decided: Mapping[str, int]
    graded: int
    refused: int


def levels_of(lines: Sequence[Line]) -> list[str]:
    """The labels of all levels and other classes of decisions, those of the scale with the most levels first."""
    order: dict[str, None] = {}
    for line in sorted(lines, key=lambda line: -len(line.labels)):
        order |= dict.fromkeys(line.labels.values())
    return list(order)


def counts_of(line: Line) -> dict[str, int]:
    """The number of units of each level, by its label."""
    return {label: line.decided.get(level, 0) for level, label in line.labels.items()}


def write_overview(lines: Sequence[Line], found: Split, mode: Mode, to: Path) -> None:
    """Write the workbook."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "分行业汇总"
    add_styles(book)
    put(sheet, 1, 1, f"成批评级　分行业汇总（{MODE[mode]}）", "标题")
    unit_counts = f"读入 {found.total:,}，评级 {sum(line.graded for line in lines):,} 个单元"
    none = f"；{found.refused:,} 个没有可用的规则集或不能读入，原因见 rejects.csv" if found.refused else ""
    put(sheet, 2, 1, f"{unit_counts}{none}。各规则集的明细在各自的目录中。", "说明")
    levels = levels_of(lines)
    for column, head in enumerate((*HEADS, *levels), start=1):
        put(sheet, FIRST, column, head, "表头")
    for row, line in enumerate(lines, start=FIRST + 1):
        counts = counts_of(line)
        own = (line.number, line.title, line.ruleset, line.graded, line.refused)
        for column, value in enumerate((*own, *(counts.get(level) for level in levels)), start=1):
            cell = put(sheet, row, column, value if isinstance(value, str) else "", "项目")
            if isinstance(value, int):
                cell.value = value
    set_widths(sheet, {1: 8.0, 2: 44.0, 3: 36.0, **dict.fromkeys(range(4, len(HEADS) + len(levels) + 1), 12.0)})
    sheet.freeze_panes = f"D{FIRST + 1}"
    set_page(sheet, sheet.title, f"{FIRST}:{FIRST}")
    if lines:
        last = FIRST + len(lines)
        chart = BarChart()
        chart.type, chart.grouping, chart.overlap = "bar", "percentStacked", 100
        chart.title = "各行业等级构成"
        chart.y_axis.numFmt, chart.y_axis.delete, chart.x_axis.delete = "0%", False, False
        chart.x_axis.scaling.orientation = "maxMin"
        first = len(HEADS) + 1
        shares = Reference(sheet, min_col=first, max_col=first + len(levels) - 1, min_row=FIRST, max_row=last)
        chart.add_data(shares, titles_from_data=True)
        chart.set_categories(Reference(sheet, min_col=2, min_row=FIRST + 1, max_row=last))
        chart.width, chart.height = 28, max(8.0, 0.62 * len(lines) + 4)
        sheet.add_chart(chart, f"A{last + 3}")
    book.save(to)
