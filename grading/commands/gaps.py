"""`grading gaps`: what stands between each unit and a level, and the plan that closes it."""

from typing import Annotated

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from grading.commands.inputs import audit_problems, grade_one, print_audit_problems, read_one, with_progress
from grading.commands.terminal import Exit, library, out, print_block
from grading.commands.words import grade_label
from grading.engine.grade import Engine
from grading.gaps import unit_gaps
from grading.intake import AuditError
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.gap import ChangeSet, GapLine, UnitGaps
from grading.model.ruleset import Ruleset

TITLES = {"unmet": "不满足", "unknown": "缺少证据", "unresolved": "限值待核实（由主管部门补充，不是企业的缺项）"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("gaps", help="列出与目标等级的差距，给出最省与最少的改造组合")(show_gaps)


def show_gaps(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="审核文件…", help="审核数据（JSON）；- 为标准输入")],
    target: Annotated[str | None, typer.Option("--target", help="目标等级，如 B；默认为高一级")] = None,
    trial: Annotated[bool, typer.Option("--trial", help="试算：暂定数值视同已核实")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="每个文件输出一行 JSON")] = False,
) -> None:
    """Show the gaps of every unit of every file; exit 1 if one can't be read or has no such target."""
    engine = Engine(library(context))
    failed = False
    for name in with_progress(files, "分析差距"):
        try:
            audit = read_one(name, engine)
            found = _gaps(engine, audit, Mode.TRIAL if trial else Mode.OFFICIAL, target)
        except AuditError as error:
            failed = True
            if as_json:
                typer.echo(audit_problems(name, error))
            else:
                print_audit_problems(name, error)
            continue
        if as_json:
            typer.echo(
                orjson.dumps(
                    {"file": name, "units": [u if isinstance(u, dict) else u.model_dump(mode="json") for u in found]}
                ).decode()
            )
            continue
        for unit in found:
            if isinstance(unit, dict):
                out.print(f"[bold]{escape(audit.enterprise.name)} · {unit['unit']}[/bold]：{unit['message']}")
            else:
                _print(audit, engine.library.ruleset(unit.ruleset), unit)
    if failed:
        raise typer.Exit(Exit.FAILED)


def _gaps(engine: Engine, audit: Audit, mode: Mode, target: str | None) -> list[UnitGaps | dict[str, str]]:
    """The gaps of each unit, or why there are none to speak of."""
    grading = grade_one(audit, engine, mode)
    found: list[UnitGaps | dict[str, str]] = []
    for i, unit in enumerate(audit.units):
        try:
            found.append(unit_gaps(engine, audit, grading, i, target))
        except ValueError as error:
            found.append({"unit": unit.id, "grade": grading.units[i].outcome.grade, "message": str(error)})
    return found


def _print(audit: Audit, ruleset: Ruleset, gaps: UnitGaps) -> None:
    labels = [
        grade_label([ruleset.scale], known) for known in (gaps.outcome.grade, gaps.outcome.attainable, gaps.target)
    ]
    out.print(
        f"[bold]{escape(audit.enterprise.name)} · {escape(gaps.unit)}[/bold]  {escape(ruleset.title)}："
        f"现为 [bold]{labels[0]}[/bold]，证据补齐后最高 {labels[1]}，目标 [bold]{labels[2]}[/bold]"
        + ("  [yellow]试算[/yellow]" if gaps.mode is Mode.TRIAL else "")
    )
    for status, title in TITLES.items():
        lines = gaps.with_status(status)
        if lines:
            print_block(_lines_table(f"{title}：{len(lines)} 项", lines))
    for step in gaps.steps:
        names = [grade_label([ruleset.scale], known) for known in (step.level_from, step.level_to)]
        out.print(f"[bold]{names[0]} → {names[1]}[/bold]")
        _print_set("最省的组合", step.cheapest, ruleset)
        if step.smallest is not None and step.cheapest is not None and step.smallest.changes != step.cheapest.changes:
            _print_set("改动最少的组合", step.smallest, ruleset)
        if step.blockers:
            out.print(f"  [yellow]另有 {len(step.blockers)} 项不是改造所能解决：[/yellow]")
            for blocker in step.blockers:
                out.print(f"    · {escape(blocker.title)}：{escape(blocker.text)}")
    out.print()


def _lines_table(title: str, lines: tuple[GapLine, ...]) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold", title_style="bold")
    table.add_column("编号", no_wrap=True)
    for column in ("指标与位置", "要求", "现状", "整改措施"):
        table.add_column(column, overflow="fold")
    table.add_column("周 / 万元", overflow="fold")
    for line in lines:
        remedy = line.remedy
        where = [escape(line.title), *([escape(line.row)] if line.row else [])]
        where += [] if line.on_cheapest_way else ["[dim]（另一途径）[/dim]"]
        short = "" if line.difference is None else f"\n差 {line.difference:f} {line.measured_in or ''}"
        effort = "" if remedy is None else f"{_range(remedy.weeks) or '—'} / {_range(remedy.cost_wan_cny) or '—'}"
        table.add_row(
            line.id,
            "\n".join(where),
            escape(line.required),
            escape(line.actual_text or "未提供") + short,
            "" if remedy is None else escape(remedy.text),
            effort,
        )
    return table


def _range(ends: tuple[object, object] | None) -> str:
    return "" if ends is None else f"{ends[0]}–{ends[1]}"


def _print_set(title: str, found: ChangeSet | None, ruleset: Ruleset) -> None:
    if found is None:
        return
    reached = grade_label([ruleset.scale], found.outcome.grade)
    proof = f"复评为 [bold]{reached}[/bold]" + ("，已够" if found.enough else "，仍不够")
    cost = f"{_range(found.cost_wan_cny)} 万元" if found.cost_wan_cny else "无造价数据"
    out.print(f"  {title}：{len(found.changes)} 处改动，{cost}，{_range(found.weeks) or '—'} 周；{proof}")
    for change in found.changes:
        verb = "补证" if change.kind == "supply" else "改为"
        where = f"（{change.row}）" if change.row else ""
        out.print(
            f"    · {escape(change.fact_label + where)}：{escape(change.before_text)} → {verb} {escape(change.after_text)}"
        )
