"""`grading explain`: the trace as a tree, from the grade down to values and their evidence."""

from typing import Annotated, NamedTuple

import orjson
import typer
from rich.markup import escape
from rich.tree import Tree

from grading.cli.folding import Folded
from grading.cli.inputs import grade_one, read_one, report_problems
from grading.cli.labels import GATE_MARKS, STATUS_MARKS, notices
from grading.cli.terminal import Exit, library, out, print_block
from grading.engine.grade import Engine
from grading.explain import Reason, explain
from grading.gaps.causes import unit_decisions
from grading.gaps.ground_figures import unit_figures
from grading.intake import AuditError
from grading.language.decision_text import decision_text, level_label
from grading.language.figures_text import NAMED_IN_TERMINAL, figures_text
from grading.language.short_boards import short_boards
from grading.model.audit import Audit
from grading.model.base import Mode, Status
from grading.model.decision import Decision, Kind
from grading.model.result import UnitGrading
from grading.model.ruleset import Ruleset

FOLDED = ("gate", "dimension", "indicator", "row")


class _Depth(NamedTuple):
    """The depth of an explanation: what is satisfied too, and each conclusion's step and place."""

    everything: bool
    trace: bool


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain", help="用中文解释等级从何而来：逐级、逐项，直到单个数值及其证据")(explain_file)


def explain_file(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="审核文件", help="审核数据（JSON）；- 为标准输入")],
    unit: Annotated[str | None, typer.Option("--unit", help="只看这个生产线（单元）")] = None,
    level: Annotated[str | None, typer.Option("--level", help="只看这个等级，如 A")] = None,
    indicator: Annotated[str | None, typer.Option("--indicator", help="只看这个指标的编号")] = None,
    everything: Annotated[bool, typer.Option("--all", help="已满足的也全部展开")] = False,
    trace: Annotated[bool, typer.Option("--trace", help="写明规则触发的次序和数值在文件中的位置")] = False,
    trial: Annotated[bool, typer.Option("--trial", help="试算：暂定数值视同已核实，结果不得发布")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """Explain a grading; exit 1 if the audit can't be graded, 2 for a unit, level or indicator that there is not."""
    engine = Engine(library(context))
    mode = Mode.TRIAL if trial else Mode.OFFICIAL
    try:
        audit = read_one(file, engine.library)
        grading = grade_one(audit, engine, mode)
    except AuditError as error:
        report_problems(file, error, as_json)
        raise typer.Exit(Exit.FAILED) from None
    chosen = [i for i, u in enumerate(audit.units) if unit is None or u.id == unit]
    if not chosen:
        raise typer.BadParameter(f"没有单元“{unit}”；有 {'、'.join(u.id for u in audit.units)}", param_hint="--unit")
    every = {i: engine.library.ruleset(unit.ruleset) for i, unit in enumerate(audit.units)}
    rulesets = {i: every[i] for i in chosen}
    _check(list(rulesets.values()), level, indicator)
    reasons = {i: _only(explain(audit, i, rulesets[i], grading.units[i]), level, indicator) for i in chosen}
    if as_json:
        units = [reason.model_dump(mode="json") for reason in reasons.values()]
        typer.echo(orjson.dumps({"file": file, "mode": mode.value, "units": units}).decode())
        return
    by_id = {ruleset.id: ruleset for ruleset in every.values()}
    decisions, figures = unit_decisions(by_id, audit, grading), unit_figures(by_id, audit, grading)
    for i, reason in reasons.items():
        _print(audit, rulesets[i], grading.units[i], reason, decisions[i], _Depth(everything, trace))
        grounds = figures[i]
        if grounds is not None:
            out.print(escape(figures_text(grounds, NAMED_IN_TERMINAL)))


def _check(rulesets: list[Ruleset], level: str | None, indicator: str | None) -> None:
    levels = dict.fromkeys(known for ruleset in rulesets for known in ruleset.scale.graded)
    if level is not None and level not in levels:
        raise typer.BadParameter(f"没有需要满足要求的等级“{level}”；有 {'、'.join(levels)}", param_hint="--level")
    if indicator is not None and not any(i.id == indicator for ruleset in rulesets for i in ruleset.indicators):
        raise typer.BadParameter(f"没有指标“{indicator}”；`grading ruleset show` 列出各指标", param_hint="--indicator")


def _print(
    audit: Audit, ruleset: Ruleset, unit: UnitGrading, reason: Reason, decision: Decision, depth: _Depth
) -> None:
    boards = short_boards(ruleset, unit)
    if boards is not None:
        out.print(f"[bold]{escape(boards.text())}[/bold]")
    text = decision_text(decision, lambda known: level_label(ruleset.scale, known))
    title = f"[bold]{escape(audit.enterprise.name)} · {escape(reason.id)}[/bold]  {escape(reason.text)}  "
    tree = Tree(f"{title}等级 [bold]{text}[/bold]{_seq(reason, depth)}")
    for child in reason.children:
        _grow(tree, child, depth)
    print_block(tree)
    legend = "否决与限制条件：○ 无此情形，● 有此情形；要求：✓ 满足，✗ 不满足，免 豁免；？ 未知。"
    out.print(f"[dim]{legend}{'# 后为规则触发的次序。' if depth.trace else ''}[/dim]")
    noted = notices(unit.notices, Mode.TRIAL if decision.kind is Kind.TRIAL else Mode.OFFICIAL)
    if noted:
        out.print(noted, style="yellow")


def _only(reason: Reason, level: str | None, indicator: str | None) -> Reason:
    """The tree cut down to a level and an indicator."""
    children = []
    for child in reason.children:
        if level is not None and not (child.kind == "level" and child.id == level):
            continue
        if indicator is not None:
            if child.kind != "level":
                continue
            dimensions = [
                d.model_copy(update={"children": tuple(i for i in d.children if i.id == indicator)})
                for d in child.children
            ]
            child = child.model_copy(update={"children": tuple(d for d in dimensions if d.children)})
        children.append(child)
    return reason.model_copy(update={"children": tuple(children)})


def _grow(tree: Tree, reason: Reason, depth: _Depth) -> None:
    """Add a reason; what is as it should be is folded unless everything is asked for."""
    as_it_should_be = reason.status is (Status.UNMET if reason.kind == "gate" else Status.MET)
    branch = tree.add(Folded(_line(reason, depth)))
    if as_it_should_be and not depth.everything and reason.kind in FOLDED:
        return
    for child in reason.children:
        _grow(branch, child, depth)


def _line(reason: Reason, depth: _Depth) -> str:
    marks = GATE_MARKS if reason.kind == "gate" else STATUS_MARKS
    mark = marks[reason.status] + " " if reason.status is not None else ""
    parts = [f"{mark}{escape(reason.text)}"]
    if reason.kind == "value":
        parts = [f"{escape(reason.text)}：{_value(reason)}"]
        if reason.evidence:
            parts.append("证据 " + escape("、".join(reason.evidence)))
        if reason.validity:
            parts.append(f"[yellow]{escape(reason.validity)}[/yellow]")
        if reason.note:
            parts.append("注 " + escape(reason.note))
    if depth.trace and reason.place and not reason.children:
        parts.append(f"[dim]{escape(reason.place)}[/dim]")
    if reason.open_figure:
        word = "限值待核实" if reason.open_figure == "unresolved" else "限值为暂定"
        parts.append(f"[yellow]{word}[/yellow]")
    if reason.kind == "indicator" and reason.provenance is not None:
        cite = reason.provenance.cite
        parts.append(
            "[dim]" + escape(" ".join(t for t in (cite.document, cite.section, cite.clause, cite.page) if t)) + "[/dim]"
        )
    return "  ".join(parts) + _seq(reason, depth)


def _seq(reason: Reason, depth: _Depth) -> str:
    return f"  [dim]#{reason.seq}[/dim]" if depth.trace and reason.seq is not None else ""


def _value(reason: Reason) -> str:
    return "[yellow]未提供[/yellow]" if reason.value_text is None else f"[bold]{escape(reason.value_text)}[/bold]"
