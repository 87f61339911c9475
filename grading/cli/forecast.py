"""`grading forecast`: the grade on the days to come, if nothing is done."""

from datetime import timedelta
from typing import Annotated

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from grading.cli.folding import Folded
from grading.cli.inputs import read_one, report_problems
from grading.cli.labels import notices
from grading.cli.terminal import Exit, library, out, print_block
from grading.engine.durable_rules import EngineError
from grading.engine.grade import Engine
from grading.engine.rules import NetworkError
from grading.forecast import Forecast, forecast
from grading.forecast.forecast import DAYS, MOST_DAYS
from grading.forecast.words import KINDS, validity_line
from grading.intake import AuditError, input_problem
from grading.language.decision_text import decision_text, level_label
from grading.language.problems import LanguageError, why_unusable
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.problems.codes import ProblemCode


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("forecast", help="推算等级何时因凭证、豁免到期或要求变化而改变")(forecast_command)


def forecast_command(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="审核文件", help="审核数据（JSON）；- 为标准输入")],
    days: Annotated[int, typer.Option("--days", min=1, max=MOST_DAYS, help="自评定日起推算的天数")] = DAYS,
    trial: Annotated[bool, typer.Option("--trial", help="试算：暂定数值视同已核实，结果不得发布")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """Grade the audit on each day on which something may change; exit 1 if it can't be read or graded."""
    engine = Engine(library(context))
    mode = Mode.TRIAL if trial else Mode.OFFICIAL
    try:
        audit = read_one(file, engine.library)
        found = _forecast(engine, audit, days, mode)
    except AuditError as error:
        report_problems(file, error, as_json)
        raise typer.Exit(Exit.FAILED) from None
    if as_json:
        typer.echo(orjson.dumps(found.as_json()).decode())
    else:
        _print(engine, audit, found)


def _forecast(engine: Engine, audit: Audit, days: int, mode: Mode) -> Forecast:
    try:
        return forecast(engine, audit, audit.assessed_on + timedelta(days=days), mode)
    except (LanguageError, NetworkError, EngineError) as error:
        raise AuditError([input_problem("units", ProblemCode.RULESETS_UNUSABLE, why=why_unusable(error))]) from error


def _print(engine: Engine, audit: Audit, found: Forecast) -> None:
    scales = [engine.library.ruleset(unit.ruleset).scale for unit in audit.units]

    def label(level: str) -> str:
        return level_label(scales, level)

    out.print(f"{escape(audit.enterprise.name)}  有效至 [bold]{escape(validity_line(found, label))}[/bold]")
    table = Table(header_style="bold")
    for head in ("自", "至", "等级", "原因"):
        table.add_column(head, overflow="fold", no_wrap=head in ("自", "至"))
    for stretch in found.stretches:
        why = "\n".join(end.text for end in stretch.because) or "评定日"
        grade = decision_text(stretch.decision, label)
        table.add_row(f"{stretch.since}", f"{stretch.until}", f"[bold]{grade}[/bold]", Folded(escape(why)))
    print_block(table)
    changed = {end for stretch in found.stretches for end in stretch.because}
    for end in found.ends:
        if end not in changed:
            out.print(f"[dim]{end.day}  {KINDS[end.kind]}，等级不变：{escape(end.text)}[/dim]")
    if noted := notices((), found.mode):
        out.print(noted, style="bold yellow")
