"""`grading log`: the log, verified."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from api.cli.opening import Data, ready
from grading.cli.terminal import Exit, out, stop

if TYPE_CHECKING:
    from api.audit_log.heads import Head as NotedHead
    from api.service import Service

app = typer.Typer(help="操作日志", no_args_is_help=True)
Head = Annotated[
    str | None,
    typer.Option(
        metavar="校验值或文件", help="以前记下的日志末尾校验值，或含有它的文件（报告、备份、校验值清单）：须仍在日志中"
    ),
]


@app.callback()
def _group() -> None:
    """Keep `verify` a command of its own."""


@app.command("verify", help="核对操作日志：被改动、删除或调换的记录都会指出")
def verify(context: typer.Context, head: Head = None, data: Data = None) -> None:
    """Read the whole log, hold rows and schema against it, and say what is wrong; ends with 1 when something is."""
    from api.audit_log.heads import current_line
    from api.services.verification import verify_records

    with ready(context, data, must_exist=True, thorough=True) as service:
        expected = heads_of(head, service)
        with service.database.reading() as db:
            found = verify_records(db, expected)
            line = current_line(db, service.settings.key)
        for note in found.notes:
            out.print(Text(f"注意：{note.message}", style="yellow"))
        for finding in found.findings:
            out.print(Text(f"{subject_text(finding.subject)}：{finding.message}", style="red"))
        if found.findings:
            out.print(f"共 {found.log_entries} 条，发现 {len(found.findings)} 处问题", style="bold red")
            raise typer.Exit(Exit.FAILED)
    out.print(f"日志完好，共 {found.log_entries} 条；所记各行、表结构和触发器与库中一致")
    out.print(f"末尾校验值：{found.log_head}")
    out.print(f"签名的校验值：{line}")


def heads_of(text: str | None, service: Service) -> list[NotedHead] | None:
    """The heads that the log is held to; ends the command when they can't be read."""
    from api.audit_log.heads import HeadError, given

    if text is None:
        return None
    try:
        return given(text, service.settings.key)
    except HeadError as error:
        stop(f"--head：{error}")


def subject_text(subject: str) -> str:
    """The subject of a finding: an entry by its number, anything else by kind and key."""
    kind, _, name = subject.partition(":")
    return f"第 {name} 条" if kind == "log" else subject
