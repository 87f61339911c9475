"""`grading grade`: audits in, grades out."""

from typing import Annotated

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from grading.commands.inputs import audit_problems, grade_one, print_audit_problems, read_one, with_progress
from grading.commands.terminal import Exit, library, out, print_block
from grading.commands.words import grade_label, notices
from grading.engine.grade import Engine
from grading.intake import AuditError
from grading.model.audit import Audit
from grading.model.base import Mode, Status
from grading.model.result import Grading, UnitGrading

Files = Annotated[list[str], typer.Argument(metavar="审核文件…", help="审核数据（JSON）；- 为标准输入")]
Trial = Annotated[bool, typer.Option("--trial", help="试算：暂定数值视同已核实，结果不得发布")]
Json = Annotated[bool, typer.Option("--json", help="每个文件输出一行 JSON")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("grade", help="对审核文件评级")(grade)


def grade(context: typer.Context, files: Files, trial: Trial = False, as_json: Json = False) -> None:
    """Grade every file; exit 1 if one of them can't be graded."""
    engine = Engine(library(context))
    mode = Mode.TRIAL if trial else Mode.OFFICIAL
    failed = False
    table = _table()
    for name in with_progress(files, "评级"):
        try:
            audit = read_one(name, engine)
            grading = grade_one(audit, engine, mode)
        except AuditError as error:
            failed = True
            if as_json:
                typer.echo(audit_problems(name, error))
            else:
                print_audit_problems(name, error)
            continue
        if as_json:
            typer.echo(orjson.dumps(grading.as_json()).decode())
        else:
            _add(table, engine, name, audit, grading, len(files) > 1)
    if not as_json and table.row_count:
        print_block(table)
        if trial:
            out.print("试算结果：暂定数值视同已核实，不得作为评级结论发布。", style="bold yellow")
    if failed:
        raise typer.Exit(Exit.FAILED)


def _table() -> Table:
    table = Table(header_style="bold")
    table.add_column("企业 / 生产线", overflow="fold", min_width=16)
    table.add_column("规则集", overflow="fold", min_width=14)
    for title in ("等级", "可达等级"):
        table.add_column(title, no_wrap=True)
    for title in ("缺证据", "待核实"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("说明", overflow="fold", min_width=10)
    return table


def _add(table: Table, engine: Engine, name: str, audit: Audit, grading: Grading, several: bool) -> None:
    scales = [engine.library.ruleset(u.ruleset).scale for u in audit.units]
    shown = [escape(audit.enterprise.name), *([f"[dim]{escape(name)}[/dim]"] if several else [])]
    if len(grading.units) > 1:
        labels = [grade_label(scales, level) for level in (grading.outcome.grade, grading.outcome.attainable)]
        table.add_row("\n".join(shown), "", f"[bold]{labels[0]}[/bold]", labels[1], "", "", "按最低的生产线")
        shown = []
    for unit, scale in zip(grading.units, scales, strict=True):
        ruleset = engine.library.ruleset(unit.ruleset)
        missing, figures = _open_counts(unit)
        said = notices(unit.notices) + ("；试算" if grading.mode is Mode.TRIAL else "")
        table.add_row(
            "\n".join([*shown, f"  {escape(unit.id)}"]),
            f"{escape(ruleset.title)}\n[dim]{ruleset.id}[/dim]",
            f"[bold]{grade_label([scale], unit.outcome.grade)}[/bold]",
            grade_label([scale], unit.outcome.attainable),
            str(missing),
            str(figures),
            said.strip("；"),
        )
    table.add_section()


def _open_counts(unit: UnitGrading) -> tuple[int, int]:
    """How many values are missing, and how many figures are not established, as the trace tells."""
    missing = {
        (cause["fact"], cause.get("row"))
        for entry in unit.trace
        for cause in entry.because
        if "fact" in cause and cause.get("value") is None
    }
    figures = [e for e in unit.trace if e.rule == "figures not established" and e.concludes["status"] == Status.UNKNOWN]
    return len(missing), len(figures)
