"""`grading impact`: what another ruleset would change for a file of audits, and because of what."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from grading import jurisdiction
from grading.batch.layout import LayoutError, rejects_frame
from grading.batch.run import SUFFIXES
from grading.batch.spot_check import DisagreementError
from grading.cli.labels import TRIAL_NOTICE
from grading.cli.terminal import Exit, err, library, one_ruleset, out, print_block, print_json, stop
from grading.columns.layout import ColumnsError
from grading.engine.durable_rules import EngineError
from grading.engine.grade import Engine
from grading.engine.rules import NetworkError
from grading.impact.criteria import title
from grading.impact.run import CHECKED, Order, Result, run_impact
from grading.impact.workbook import Contents, write_impact
from grading.language.decision_text import labels_of
from grading.language.problems import LanguageError
from grading.model.base import Mode
from grading.model.impact import CauseCount, Impact, Matrix
from grading.model.ruleset import Ruleset
from grading.spreadsheet.injection import harmless_columns
from grading.vocabulary import JURISDICTION, MODE

SHOWN = 15

Before = Annotated[str, typer.Argument(metavar="原规则集", help="现行的规则集，如 national-2020/coking")]
After = Annotated[str, typer.Argument(metavar="新规则集", help="拟用的规则集，如 national-2024/coking")]
File = Annotated[
    Path, typer.Argument(metavar="文件", help=f"审核数据：{'、'.join(SUFFIXES)}", exists=True, dir_okay=False)
]
Out = Annotated[Path, typer.Option("--output", "-o", help="结果目录")]
Trial = Annotated[bool, typer.Option("--trial", help="试算：暂定数值视同已核实，结果不得发布")]
SkipColumns = Annotated[
    bool, typer.Option("--skip-columns", help="略去两部规则集都没有的列和工作表（结果中列明），而不是报错")
]
Checked = Annotated[int, typer.Option("--check", min=0, help="由推理引擎复核的变化单元数")]
Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出汇总")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("impact", help="影响分析：换一部规则集，谁升谁降，因为什么")(impact)


def impact(
    context: typer.Context,
    before: Before,
    after: After,
    file: File,
    output: Out,
    trial: Trial = False,
    skip_columns: SkipColumns = False,
    checked: Checked = CHECKED,
    as_json: Json = False,
) -> None:
    """Compare two rulesets over a file of audits; exit 1 when something of it could not be read."""
    engine = Engine(library(context))
    if file.suffix.lower() not in SUFFIXES:
        stop(f"{file.name}：不知道怎样读 {file.suffix or '没有扩展名的'} 文件；可以是 {'、'.join(SUFFIXES)}")
    order = Order(
        file,
        one_ruleset(engine.library, before),
        one_ruleset(engine.library, after),
        Mode.TRIAL if trial else Mode.OFFICIAL,
        skip_columns,
        checked,
    )
    began = time.monotonic()
    try:
        with _progress() as report:
            result = run_impact(order, engine, report)
    except LayoutError as error:
        stop("\n".join(error.problems), Exit.FAILED)
    except DisagreementError as found:
        stop(f"单元 {found.unit}：列式初评与推理引擎结论不一致：{found.differences[0]}", Exit.FAILED)
    except ValueError as error:
        stop(str(error))
    except (LanguageError, NetworkError, EngineError, ColumnsError) as error:
        stop(str(error), Exit.FAILED)
    document = summary(result) | {"seconds": round(time.monotonic() - began, 1)}
    _write(result, document, output)
    if as_json:
        print_json(document)
    else:
        _print(result, output)
    if result.rejects:
        raise typer.Exit(Exit.FAILED)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    if not err.is_terminal:
        yield lambda done, total: err.print(f"{time.strftime('%H:%M:%S')} 比较 {done:,}/{total:,}")
        return
    columns = (TextColumn("比较"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, speed_estimate_period=120) as progress:
        task = progress.add_task("比较", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def summary(result: Result) -> dict[str, Any]:
    """The document that `--json` prints and `impact.json` holds."""
    found, pair = result.impact, result.pair
    return {
        "before": pair.before.id,
        "after": pair.after.id,
        "mode": result.mode.value,
        "units": found.units,
        "up": found.up,
        "down": found.down,
        "undecided": found.undecided,
        "settled": found.settled,
        "attainable_up": found.attainable_up,
        "attainable_down": found.attainable_down,
        "newly_unknown": found.newly_unknown,
        "newly_known": found.newly_known,
        "matrices": [_matrix(matrix) for matrix in found.matrices],
        "elsewhere": {ruleset.id: _elsewhere(found, ruleset) for ruleset in (pair.before, pair.after)},
        "by_county": {name or "": [_matrix(m) for m in parts] for name, parts in found.by_county.items()},
        "by_industry": {name: [_matrix(m) for m in parts] for name, parts in found.by_industry.items()},
        "attainable": [_matrix(matrix) for matrix in found.attainable],
        "causes": _serialize(result, found.causes),
        "attainable_causes": _serialize(result, found.attainable_causes),
        "checked_by_engine": result.checked,
        "reasons_for_refusal": len(result.rejects),
        "notices": len(result.notices),
        "ignored_columns": list(result.ignored),
        "ignored_sheets": list(result.ignored_sheets),
    }


def _serialize(result: Result, causes: Iterable[CauseCount]) -> list[dict[str, Any]]:
    return [asdict(cause) | {"title": _title(result, cause), "units": cause.units} for cause in causes]


def _matrix(matrix: Matrix) -> dict[str, Any]:
    return {
        "before": matrix.before,
        "after": matrix.after,
        "counts": matrix.counts,
        "up": matrix.up,
        "down": matrix.down,
        "undecided": matrix.undecided,
        "settled": matrix.settled,
    }


def _title(result: Result, cause: CauseCount) -> str:
    return title(result.pair.before, result.pair.after, cause.kind, cause.before_id, cause.after_id)


def _labels(result: Result) -> Mapping[str, str]:
    return labels_of(result.pair.before.scale, result.pair.after.scale)


def _elsewhere(found: Impact, ruleset: Ruleset) -> dict[str, int]:
    """The number of units that lie where a ruleset doesn't apply, or may not."""
    counted: Counter[str] = Counter()
    for county, matrices in found.by_county.items():
        notice = jurisdiction.finding(county or None, ruleset.jurisdiction)
        if notice is not None:
            counted[notice] += sum(matrix.total for matrix in matrices)
    return dict(counted)


def _warnings(result: Result) -> list[str]:
    """The warnings to know before anything is concluded from the comparison."""
    lines = [
        f"{JURISDICTION[notice]}（{ruleset.id}，{ruleset.jurisdiction}）：{number:,} 个单元"
        for ruleset in (result.pair.before, result.pair.after)
        for notice, number in _elsewhere(result.impact, ruleset).items()
    ]
    return lines + ([TRIAL_NOTICE] if result.mode is Mode.TRIAL else [])


def _head(result: Result) -> list[str]:
    pair = result.pair
    return [
        f"原：{pair.before.title}（{pair.before.id}），{pair.before.edition.document}",
        f"新：{pair.after.title}（{pair.after.id}），{pair.after.edition.document}",
        f"{MODE[result.mode]}评级；比较 {result.impact.units:,} 个单元，引擎复核变化单元 {result.checked:,} 个",
    ]


def _write(result: Result, document: dict[str, Any], output: Path) -> None:
    output.mkdir(parents=True, exist_ok=True)
    contents = Contents(
        _head(result),
        [*_warnings(result), "本表由列式初评得出；据以认定等级前，应由推理引擎逐家评级。"],
        result.impact,
        _labels(result),
        lambda cause: _title(result, cause),
        result.units,
        result.reasons,
    )
    write_impact(contents, output / "impact.xlsx")
    for name, table in (("changes", result.units), ("reasons", result.reasons)):
        harmless_columns(table.lazy()).sink_csv(output / f"{name}.csv", include_bom=True)
    for name, reasons in (("rejects", result.rejects), ("notices", result.notices)):
        if reasons:
            harmless_columns(rejects_frame(reasons).lazy()).sink_csv(output / f"{name}.csv", include_bom=True)
        else:
            (output / f"{name}.csv").unlink(missing_ok=True)
    text = json.dumps(document, ensure_ascii=False, indent=1)
    (output / "impact.json").write_text(text, encoding="utf-8")


def _print(result: Result, output: Path) -> None:
    found, labels = result.impact, _labels(result)
    for line in _head(result):
        out.print(Text(line))
    for matrix in found.matrices:
        table = Table(header_style="bold")
        table.add_column("原 ＼ 新")
        for level in (*matrix.after, "合计"):
            table.add_column(Text(labels.get(level, level)), justify="right")
        for level, counts, total in zip(matrix.before, matrix.counts, matrix.row_totals, strict=True):
            table.add_row(Text(labels.get(level, level)), *(f"{n:,}" if n else "·" for n in counts), f"{total:,}")
        table.add_row("合计", *(f"{n:,}" for n in matrix.column_totals), f"{matrix.total:,}", style="bold")
        print_block(table)
    out.print(f"上升 {found.up:,} 个，下降 {found.down:,} 个，不变 {found.same:,} 个")
    if found.undecided:
        text = f"待定 {found.undecided:,} 个：等级会改变，但因无法判定而待定，不计入上升或下降"
        out.print(text, style="bold yellow")
    if found.settled:
        out.print(f"待定转为已定 {found.settled:,} 个：等级即原来至少可定的一级")
    out.print(
        f"最好可能等级上升 {found.attainable_up:,} 个，下降 {found.attainable_down:,} 个；"
        f"新增待定 {found.newly_unknown:,} 个，不再待定 {found.newly_known:,} 个"
    )
    for what, causes in (("等级", found.causes), ("最好可能（等级不变的）", found.attainable_causes)):
        _print_causes(result, what, causes)
    for warning in _warnings(result):
        out.print(Text(warning, style="bold yellow"))
    if result.rejects:
        out.print(Text(f"未能读入的原因 {len(result.rejects):,} 条，见 {output / 'rejects.csv'}", style="red"))
    if result.notices:
        out.print(Text(f"提示 {len(result.notices):,} 条，见 {output / 'notices.csv'}", style="yellow"))
    for what, ignored in (("列", result.ignored), ("工作表", result.ignored_sheets)):
        if ignored:
            out.print(Text(f"略去的{what}：{'、'.join(ignored)}"))
    out.print(Text(f"结果在 {output}：impact.xlsx、changes.csv、reasons.csv、impact.json"))


def _print_causes(result: Result, what: str, causes: Sequence[CauseCount]) -> None:
    if not causes:
        return
    table = Table(header_style="bold", title=f"改变{what}的原因", title_justify="left")
    table.add_column("指标或否决项")
    for head in ("单元", "下降", "上升", "待定", "唯一原因", "因无法判定"):
        table.add_column(head, justify="right")
    for cause in causes[:SHOWN]:
        numbers = (cause.units, cause.down, cause.up, cause.undecided, cause.sole, cause.unknown)
        table.add_row(Text(_title(result, cause)), *(f"{n:,}" for n in numbers))
    print_block(table)
    if len(causes) > SHOWN:
        out.print(f"另有 {len(causes) - SHOWN} 项，见 impact.xlsx")
