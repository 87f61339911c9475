"""`grading worker`: does the jobs of a service (batches, archives of reports), on this or any other machine."""

from __future__ import annotations

import typer

from api.cli.opening import Data, ready
from grading.cli.terminal import err


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("worker", help="执行后台任务（批量重评、批量报告）；使用 PostgreSQL 时可在任意多台机器上运行")(worker)


def worker(context: typer.Context, data: Data = None) -> None:
    """Work until told to stop; ends with 2 when the settings don't allow it to start."""
    from api.jobs.process import work

    with ready(context, data) as service:
        err.print("后台任务进程已启动（Ctrl-C 停止）")
        work(service)
