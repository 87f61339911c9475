"""`grading simulate`: the grade that would follow if values were others, and what differs in the conclusions."""

from collections.abc import Callable
from typing import Annotated, Any

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from grading.cli.folding import Folded
from grading.cli.inputs import grade_one, read_one, report_problems
from grading.cli.labels import STATUS_WORDS, notices
from grading.cli.terminal import Exit, library, out, print_block
from grading.engine.grade import Engine
from grading.gaps.causes import decision_of
from grading.intake import AuditError
from grading.language.decision_text import decision_text, level_label
from grading.model.base import Mode, Status
from grading.model.decision import Decision
from grading.model.result import Grading
from grading.model.ruleset import Ruleset, Scale
from grading.simulate import Difference, change_audit, compare

KINDS = {
    "grade": "企业等级",
    "attainable": "企业最好可能",
    "unit_grade": "已证实的等级",
    "unit_attainable": "最好可能",
    "level": "级别",
    "dimension": "维度等级",
    "scope": "专项等级",
    "gate": "否决与限制条件",
    "indicator": "指标",
    "condition": "条件",
}
STATUSES = frozenset({"level", "gate", "indicator", "condition"})


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate", help="假设某些数值改变，看等级和结论如何变化")(simulate)


def simulate(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="审核文件", help="审核数据（JSON）；- 为标准输入")],
    settings: Annotated[
        list[str],
        typer.Option(
            "--set",
            metavar="单元.事实=值",
            help="可多次使用，如 line-1.access_gate=true、line-1.outlets[DA001].nmhc=8、"
            "enterprise.holds_permit=true；null 表示未知",
        ),
    ],
    trial: Annotated[bool, typer.Option("--trial", help="试算：暂定数值视同已核实，结果不得发布")] = False,
    everything: Annotated[bool, typer.Option("--all", help="也列出单个条件的变化")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """Grade the audit as it is and as it would be; exit 1 if it can't be read or a setting can't be made."""
    engine = Engine(library(context))
    mode = Mode.TRIAL if trial else Mode.OFFICIAL
    try:
        audit = read_one(file, engine.library)
        changed = change_audit(audit, settings, engine.library)
        before, after = grade_one(audit, engine, mode), grade_one(changed, engine, mode)
    except AuditError as error:
        report_problems(file, error, as_json)
        raise typer.Exit(Exit.FAILED) from None
    differences = compare(before, after)
    rulesets = {unit.id: engine.library.ruleset(unit.ruleset) for unit in audit.units}
    by_id = {ruleset.id: ruleset for ruleset in rulesets.values()}
    decisions = decision_of(by_id, audit, before), decision_of(by_id, changed, after)
    if as_json:
        typer.echo(orjson.dumps(_document(before, after, decisions, differences)).decode())
        return
    _print(rulesets, decisions, differences, everything)
    codes = dict.fromkeys(notice for unit in after.units for notice in unit.notices)
    if noted := notices(codes, mode):
        out.print(noted, style="bold yellow")


def _label(rulesets: dict[str, Ruleset]) -> Callable[[str], str]:
    scales = [ruleset.scale for ruleset in rulesets.values()]
    return lambda level: level_label(scales, level)


def _document(
    before: Grading,
    after: Grading,
    decisions: tuple[Decision, Decision],
    differences: tuple[Difference, ...],
) -> dict[str, Any]:
    return {
        "mode": after.mode.value,
        "before": before.outcome._asdict() | {"decision": decisions[0].as_json()},
        "after": after.as_json() | {"decision": decisions[1].as_json()},
        "changed": [
            {"unit": d.unit, "kind": d.kind, "id": d.id, "before": d.before, "after": d.after} for d in differences
        ],
    }


def _print(
    rulesets: dict[str, Ruleset],
    decisions: tuple[Decision, Decision],
    differences: tuple[Difference, ...],
    everything: bool,
) -> None:
    was, now = (decision_text(decision, _label(rulesets)) for decision in decisions)
    out.print(f"等级 {was} → [bold]{now}[/bold]")
    shown = [d for d in differences if d.unit and (everything or d.kind != "condition")]
    if shown:
        _print_differences(rulesets, shown)
    elif differences:
        out.print("只有单个条件的判定改变，--all 列出。")
    else:
        out.print("没有结论因此改变。")


def _print_differences(rulesets: dict[str, Ruleset], shown: list[Difference]) -> None:
    table = Table(header_style="bold")
    if len(rulesets) > 1:
        table.add_column("单元", overflow="fold")
    table.add_column("结论", overflow="fold", no_wrap=True)
    table.add_column("名称", overflow="fold")
    table.add_column("原来", overflow="fold", no_wrap=True)
    table.add_column("改后", overflow="fold", no_wrap=True)
    for d in shown:
        ruleset = rulesets[d.unit]
        scales = [ruleset.scale]
        unit = [escape(d.unit)] if len(rulesets) > 1 else []
        words = [_word(scales, d.kind, value) for value in (d.before, d.after)]
        table.add_row(*unit, KINDS[d.kind], Folded(escape(_name(ruleset, d))), words[0], f"[bold]{words[1]}[/bold]")
    print_block(table)


def _word(scales: list[Scale], kind: str, value: str | None) -> str:
    if value is None:
        return "—"
    return STATUS_WORDS[Status(value)] if kind in STATUSES else level_label(scales, value)


def _name(ruleset: Ruleset, difference: Difference) -> str:
    """The name of a conclusion's subject, in words."""
    id_ = difference.id
    if difference.kind == "level":
        return level_label([ruleset.scale], id_)
    if difference.kind == "dimension":
        return ruleset.dimensions[id_].label
    if difference.kind == "scope":
        return ruleset.scopes[id_].label
    if difference.kind == "gate":
        return next((gate.title or gate.text for gate in ruleset.gates if gate.id == id_), id_)
    if difference.kind in ("indicator", "condition"):
        owner, _, rest = id_.partition(".")
        title = next((i.title for i in ruleset.indicators if i.id == owner), None)
        if title is None:
            return id_
        return (
            f"{title}（{level_label([ruleset.scale], rest)}）" if difference.kind == "indicator" else f"{title} {rest}"
        )
    return ""
