"""`grading simulate`: the grade that would follow if values were others, and what differs in the conclusions."""

from typing import Annotated

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from grading.commands.inputs import grade_one, print_audit_problems, read_one
from grading.commands.terminal import Exit, library, out, print_block
from grading.commands.words import STATUS_WORDS, grade_label
from grading.engine.grade import Engine
from grading.intake import AuditError
from grading.model.base import Mode, Status
from grading.simulate import Difference, apply_settings, compare, read_settings

KINDS = {
    "grade": "企业等级",
    "attainable": "企业可达等级",
    "unit_grade": "等级",
    "unit_attainable": "可达等级",
    "level": "级别",
    "dimension": "维度等级",
    "gate": "准入与降级情形",
    "indicator": "指标",
    "condition": "条件",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate", help="假设某些数值改变，看等级和结论如何变化")(simulate)


def simulate(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="审核文件", help="审核数据（JSON）；- 为标准输入")],
    settings: Annotated[
        list[str],
        typer.Option("--set", metavar="单元.事实=值", help="如 line-1.access_gate=true、line-1.outlets[DA001].nmhc=8"),
    ],
    trial: Annotated[bool, typer.Option("--trial", help="试算：暂定数值视同已核实")] = False,
    everything: Annotated[bool, typer.Option("--all", help="也列出单个条件的变化")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """Grade the audit as it is and as it would be."""
    engine = Engine(library(context))
    mode = Mode.TRIAL if trial else Mode.OFFICIAL
    try:
        audit = read_one(file, engine)
        changed = apply_settings(audit, read_settings(settings), engine.library)
        before, after = grade_one(audit, engine, mode), grade_one(changed, engine, mode)
    except AuditError as error:
        print_audit_problems(file, error)
        raise typer.Exit(Exit.FAILED) from None
    differences = compare(before, after)
    if as_json:
        document = {
            "before": {"grade": before.outcome.grade, "attainable": before.outcome.attainable},
            "after": after.as_json(),
            "changed": [
                {"unit": d.unit, "kind": d.kind, "id": d.id, "before": d.before, "after": d.after} for d in differences
            ],
        }
        typer.echo(orjson.dumps(document).decode())
        return
    scales = [engine.library.ruleset(unit.ruleset).scale for unit in audit.units]
    old, new = before.outcome, after.outcome
    words = [grade_label(scales, level) for level in (old.grade, new.grade, old.attainable, new.attainable)]
    out.print(
        f"等级 {words[0]} → [bold]{words[1]}[/bold]，可达等级 {words[2]} → {words[3]}" + ("  试算" if trial else "")
    )
    shown = [d for d in differences if everything or d.kind != "condition"]
    if not shown:
        out.print("没有结论因此改变。" if not differences else "只有单个条件的判定改变，--all 列出。")
        return
    table = Table(header_style="bold")
    for column in ("单元", "结论", "编号", "原来", "改后"):
        table.add_column(column, overflow="fold")
    for d in shown:
        table.add_row(escape(d.unit), KINDS[d.kind], escape(d.id), _word(d, d.before), _word(d, d.after))
    print_block(table)


def _word(difference: Difference, value: str) -> str:
    if difference.kind in ("level", "gate", "indicator", "condition") and value in set(Status):
        return STATUS_WORDS[Status(value)]
    return value
