"""`grading log`: the log, verified."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from api.commands.opening import Data, ready
from grading.commands.terminal import Exit, out

app = typer.Typer(help="操作日志", no_args_is_help=True)
Head = Annotated[str | None, typer.Option(help="以前记下的日志末尾校验值，须仍在日志中")]


@app.callback()
def _group() -> None:
    """Keep `verify` a command of its own."""


@app.command("verify", help="核对操作日志：被改动、删除或调换的记录都会指出")
def verify(context: typer.Context, head: Head = None, data: Data = None) -> None:
    """Read the whole log and say what is wrong with it; ends with 1 when something is."""
    from api import log

    with ready(context, data) as service, service.database.reading() as db:
        found = log.verify(db, head)
    for finding in found.findings:
        out.print(Text(f"第 {finding.seq} 条：{finding.message}", style="red"))
    if found.findings:
        out.print(f"共 {found.entries} 条，发现 {len(found.findings)} 处问题", style="bold red")
        raise typer.Exit(Exit.FAILED)
    out.print(f"日志完好，共 {found.entries} 条")
    out.print(f"末尾校验值：{found.head}")
