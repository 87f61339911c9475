"""Output of `grading batch` about a file with units of several rulesets."""

from pathlib import Path

from rich.table import Table
from rich.text import Text

from grading.batch.overview import counts_of, levels_of
from grading.batch.run_many import ManySummary
from grading.cli.labels import TRIAL_NOTICE
from grading.cli.terminal import out, print_block
from grading.model.base import Mode
from grading.vocabulary import MODE


def print_many(summary: ManySummary, output: Path) -> None:
    """Print how many units of each industry have which level."""
    lines = [line for line, _ in summary.parts]
    levels = levels_of(lines)
    out.print(Text(f"{len(lines)} 个规则集，{MODE[summary.identity.mode]}评级"))
    table = Table(header_style="bold")
    table.add_column("序号", justify="right")
    table.add_column("规则集", overflow="fold")
    for title in ("单元数", *levels, "未读入"):
        table.add_column(title, justify="right")
    for line in lines:
        counts = counts_of(line)
        cells = (f"{counts[level]:,}" if level in counts else "" for level in levels)
        number = "" if line.number is None else str(line.number)
        table.add_row(number, Text(f"{line.title}（{line.ruleset}）"), f"{line.graded:,}", *cells, f"{line.refused:,}")
    print_block(table)
    checked = sum(part.checked for _, part in summary.parts)
    out.print(
        f"读入 {summary.split.total:,}，评级 {summary.graded:,} 个单元，引擎复核 {checked:,} 个，用时 {summary.seconds:.1f} 秒"
    )
    if summary.split.ignored:
        out.print(Text(f"略去的列：{'、'.join(summary.split.ignored)}"))
    if summary.split.ignored_sheets:
        out.print(Text(f"略去的工作表：{'、'.join(summary.split.ignored_sheets)}"))
    incomplete = sum(part.incomplete for _, part in summary.parts)
    if incomplete:
        out.print(f"{incomplete:,} 个单元有不能读的值，按未知处理（--partial）；改正后应重新评级", style="bold yellow")
    if summary.identity.mode is Mode.TRIAL:
        out.print(TRIAL_NOTICE, style="bold yellow")
    if summary.split.refused:
        text = f"{summary.split.refused:,} 个没有可用的规则集或不能读入"
        out.print(Text(f"{text}；原因见 {output / 'rejects.csv'}", style="red"))
    if summary.refused > summary.split.refused or summary.without_unit:
        rest = summary.refused - summary.split.refused
        text = f"另有未能读入的单元 {rest:,} 个，不属于任何单元的行 {summary.without_unit:,} 行"
        out.print(Text(f"{text}；原因见 {output / 'rejects.csv'}", style="red"))
    out.print(Text(f"结果在 {output}：{'、'.join(summary.files)}；各规则集的明细在以其编号命名的目录中"))
