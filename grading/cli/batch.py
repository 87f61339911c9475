"""`grading batch`: a file of many audits in, grades, indicators and lists of what is unmet and unknown out."""

import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from grading.audit_json import dump_audit
from grading.batch.layout import LayoutError
from grading.batch.results import REFUSED
from grading.batch.run import CHECKED, FORMATS, SUFFIXES, Settings, Summary, run_batch
from grading.batch.run import Progress as Report
from grading.batch.run_many import ManySummary, run_many
from grading.batch.spot_check import DisagreementError
from grading.batch.state import OtherBatchError
from grading.batch.template import template as made_template
from grading.cli.batch_many import print_many
from grading.cli.labels import TRIAL_NOTICE
from grading.cli.terminal import Exit, err, library, one_ruleset, out, print_block, print_json, stop
from grading.cli.written_file import write_file
from grading.columns.layout import ColumnsError
from grading.engine.durable_rules import EngineError
from grading.engine.grade import Engine
from grading.engine.rules import NetworkError
from grading.language.decision_text import labels_of
from grading.language.problems import LanguageError
from grading.model.base import Mode
from grading.model.decision import UNDECIDED
from grading.ruleset_id import edition_of
from grading.vocabulary import JURISDICTION, MODE, REVIEW

INTERRUPTED = 130
SHOWN = 5

File = Annotated[
    Path | None, typer.Argument(metavar="文件", help=f"审核数据：{'、'.join(SUFFIXES)}", exists=True, dir_okay=False)
]
RulesetId = Annotated[
    str | None,
    typer.Option(
        "--ruleset",
        "-r",
        help="规则集，如 national-2024/coking；版本（如 national-2020）或不给时，各单元按文件中的“规则集”或“行业”列分别评级",
    ),
]
Out = Annotated[Path, typer.Option("--output", "-o", help="结果目录；中断后用同一命令继续")]
Trial = Annotated[bool, typer.Option("--trial", help="试算：暂定数值视同已核实，结果不得发布")]
Target = Annotated[
    str | None, typer.Option("--target", help="列出对照哪个等级未满足、无法判定的指标；默认为各单元的上一级")
]
Formats = Annotated[
    list[str] | None, typer.Option("--format", "-f", help=f"结果格式，可重复：{'、'.join(FORMATS)}；默认全部")
]
SkipColumns = Annotated[
    bool, typer.Option("--skip-columns", help="略去规则集没有的列和工作表（结果中列明），而不是报错")
]
Partial = Annotated[
    bool, typer.Option("--partial", help="不能读的值按未知处理并逐一列明，其单元照常评级；默认整个单元不评级")
]
Template = Annotated[
    str | None, typer.Option("--template", metavar="规则集", help="生成空白数据表（.xlsx），写到 -o 指定的文件")
]
Again = Annotated[bool, typer.Option("--again", help="放弃目录中已有的进度，从头开始")]
Checked = Annotated[int, typer.Option("--check", min=0, help="由推理引擎抽样复核的单元数")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", min=1, max=64, help="各规则集分别评级时同时使用的进程数；默认为处理器个数")
]
Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出汇总")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("batch", help="成批评级：从一个文件读入许多审核数据")(batch)


def batch(
    context: typer.Context,
    output: Out,
    file: File = None,
    ruleset: RulesetId = None,
    template: Template = None,
    trial: Trial = False,
    target: Target = None,
    formats: Formats = None,
    skip_columns: SkipColumns = False,
    partial: Partial = False,
    again: Again = False,
    checked: Checked = CHECKED,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Grade a file of many audits; exit 1 when something of it could not be read, 130 when interrupted."""
    engine = Engine(library(context))
    if template is not None:
        _write_template(engine, template, file, output)
        return
    if file is None:
        stop("请给出审核数据文件；要空白数据表，请用 --template 规则集 -o plants.xlsx")
    many = ruleset is None or ruleset in {edition_of(id_) for id_ in engine.library.ids()}
    settings = Settings(
        file=file,
        ruleset=(ruleset or "") if many else one_ruleset(engine.library, ruleset or ""),
        out=output,
        mode=Mode.TRIAL if trial else Mode.OFFICIAL,
        target=target,
        formats=_known_formats(formats),
        skip_unknown=skip_columns,
        partial=partial,
        again=again,
        checked=checked,
        processes=jobs,
    )
    if file.suffix.lower() not in SUFFIXES:
        stop(f"{file.name}：不知道怎样读 {file.suffix or '没有扩展名的'} 文件；可以是 {'、'.join(SUFFIXES)}")
    if not many:
        _known_target(engine, settings)
    elif target is not None:
        stop("各单元的规则集不同时不能用 --target；默认对照各单元的上一级")
    summary: Summary | ManySummary
    try:
        with _shown_progress(file.suffix.lower() == ".jsonl") as report:
            summary = (run_many if many else run_batch)(settings, engine, report)
    except BrokenProcessPool:
        stop("评级的进程被系统终止（可能内存不足）；用同一命令继续，或加 --jobs 1。", Exit.FAILED)
    except KeyboardInterrupt:
        err.print(Text("已中断；用同一命令继续。", style="yellow"))
        raise typer.Exit(INTERRUPTED) from None
    except LayoutError as error:
        stop("\n".join(error.problems), Exit.FAILED)
    except OtherBatchError as error:
        differences = "\n".join(f"  {difference}" for difference in error.differences)
        stop(f"{output} 中已有另一次评级的结果，不能混用：\n{differences}\n换一个目录，或加 --again 从头开始。")
    except (LanguageError, NetworkError, EngineError, ColumnsError) as error:
        stop(str(error), Exit.FAILED)
    except DisagreementError as found:
        _report_disagreement(found, output, engine)
    if as_json:
        print_json(summary.as_json())
    elif isinstance(summary, ManySummary):
        print_many(summary, output)
    else:
        _print(summary, output)
    if summary.refused or summary.without_unit:
        raise typer.Exit(Exit.FAILED)


def _write_template(engine: Engine, chosen: str, file: Path | None, output: Path) -> None:
    if file is not None:
        stop("--template 只生成空白数据表，不读取文件")
    if output.suffix.lower() != ".xlsx":
        stop(f"空白数据表是 Excel 工作簿，文件名应以 .xlsx 结尾：{output}")
    if output.exists():
        stop(f"{output} 已存在，可能已填有内容；请换一个文件名")
    try:
        content = made_template(engine.library.ruleset(one_ruleset(engine.library, chosen)))
    except LanguageError as error:
        stop(f"规则集 {chosen} 不能使用：{error.problems[0]}", Exit.FAILED)
    write_file(output, content)
    err.print(Text(f"已写入 {output}"))


def _known_formats(chosen: list[str] | None) -> tuple[str, ...]:
    unknown = [name for name in chosen or () if name not in FORMATS]
    if unknown:
        stop(f"没有格式 {'、'.join(unknown)}；可以是 {'、'.join(FORMATS)}")
    return tuple(name for name in FORMATS if chosen is None or name in chosen)


def _known_target(engine: Engine, settings: Settings) -> None:
    try:
        graded = engine.library.ruleset(settings.ruleset).scale.graded
    except LanguageError as error:
        stop(f"规则集 {settings.ruleset} 不能使用：{error.problems[0]}", Exit.FAILED)
    if settings.target is not None and settings.target not in graded:
        stop(f"没有等级 {settings.target}；可以是 {'、'.join(graded)}")


class _Rate(ProgressColumn):
    """The rate a second, of what the bar counts."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what

    def render(self, task: Task) -> Text:
        """The rate since this process began; nothing before there is one."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} {self.what}/秒" if speed else "", style="cyan")


@contextmanager
def _shown_progress(lines: bool) -> Iterator[Report]:
    """A bar on stderr with rate and time left, when stderr is a terminal; else a line now and then."""
    if not err.is_terminal:
        yield _print_progress
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate("份" if lines else "个"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True, speed_estimate_period=120) as progress:
        tasks = {}

        def report(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total, completed=done)
            progress.update(tasks[what], total=total, completed=done)

        yield report


def _print_progress(what: str, done: int, total: int) -> None:
    """Progress for a log: one line for each report."""
    err.print(f"{time.strftime('%H:%M:%S')} {what} {done:,}/{total:,}")


def _report_disagreement(found: DisagreementError, output: Path, engine: Engine) -> None:
    """Say where columns and engine disagree, leave the audit for whoever looks into it, and end."""
    file = output / "disagreement.json"
    file.write_text(dump_audit(found.audit, engine.library), encoding="utf-8")
    err.print(Text(f"单元 {found.unit}：列式初评与推理引擎结论不一致，评级已停止，没有写出结果。", style="bold red"))
    for place, columns, engines in found.differences[:SHOWN]:
        err.print(Text(f"  {place}：初评 {columns}，引擎 {engines}", style="red"))
    if len(found.differences) > SHOWN:
        err.print(Text(f"  另有 {len(found.differences) - SHOWN} 处", style="red"))
    stop(f"该单元的数据存于 {file}，请连同规则集版本一并报告。", Exit.FAILED)


def _print(summary: Summary, output: Path) -> None:
    ruleset, mode = summary.ruleset, summary.identity.mode
    out.print(Text(f"{ruleset.title}（{ruleset.id}） {MODE[mode]}评级，规则集{REVIEW[ruleset.review.status]}"))
    table = Table(header_style="bold")
    table.add_column("等级")
    for title in ("单元数", "占比", "最好可能为此等级"):
        table.add_column(title, justify="right")
    for level, label in labels_of(ruleset.scale).items():
        count, could_be = summary.decided.get(level, 0), summary.attainable.get(level, 0)
        share = f"{count / summary.graded:.1%}" if summary.graded else ""
        table.add_row(Text(label), f"{count:,}", share, "" if level == UNDECIDED else f"{could_be:,}")
    print_block(table)
    what = "份审核数据" if summary.identity.input[0].endswith(".jsonl") else "个单元"
    resumed = "" if not summary.resumed_at else "（此前已评完，重写结果）" if summary.complete else "（接着上次的进度）"
    out.print(
        f"读入 {summary.read:,} {what}，评级 {summary.graded:,} 个单元，引擎复核 {summary.checked:,} 个，"
        f"用时 {summary.seconds:.1f} 秒{resumed}"
    )
    if summary.skipped:
        out.print(f"其他行业的单元 {summary.skipped:,} 个，未评级")
    for notice, number in summary.elsewhere.items():
        out.print(f"{JURISDICTION[notice]}（{ruleset.jurisdiction}）：{number:,} 个单元", style="yellow")
    if summary.ignored:
        out.print(Text(f"略去的列：{'、'.join(summary.ignored)}"))
    if summary.ignored_sheets:
        out.print(Text(f"略去的工作表：{'、'.join(summary.ignored_sheets)}"))
    for note in summary.notes:
        out.print(Text(note))
    if summary.incomplete:
        out.print(
            f"{summary.incomplete:,} 个单元有不能读的值，按未知处理（--partial）；各处见 notices.csv，"
            "结果中逐个标明，改正后应重新评级",
            style="bold yellow",
        )
    if summary.notices:
        out.print(Text(f"提示 {summary.notices:,} 条，见 {output / 'notices.csv'}", style="yellow"))
    if mode is Mode.TRIAL:
        out.print(TRIAL_NOTICE, style="bold yellow")
    if summary.refused or summary.without_unit:
        orphans = f"，另有 {summary.without_unit:,} 行不属于任何单元" if summary.without_unit else ""
        text = f"未能读入 {summary.refused:,} {what}{orphans}；原因见 {output / 'rejects.csv'}"
        out.print(Text(text, style="red"))
        if REFUSED in summary.files:
            text = f"这些单元另存于 {output / REFUSED}，出错的格已标出，改正后可直接再次评级"
            out.print(Text(text, style="red"))
    out.print(Text(f"结果在 {output}：{'、'.join(summary.files)}"))
