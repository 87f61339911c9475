"""The service from the command line: `grading serve` and `migrate`, and the groups in `api.cli`.

The service itself is imported only when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from api.cli import backup, log, users, worker
from api.cli.opening import Data, service_of, settings_of, undamaged
from grading.cli.terminal import err, out, print_block, stop

if TYPE_CHECKING:
    from api.settings import Settings

Host = Annotated[str | None, typer.Option(help="监听地址（GRADING_HOST，默认 127.0.0.1）")]
Port = Annotated[int | None, typer.Option(help="监听端口（GRADING_PORT，默认 8000）", min=0, max=65535)]
Processes = Annotated[
    int | None,
    typer.Option(help="应答请求的进程数（GRADING_PROCESSES，默认与处理器数相同，最多 4）", min=1, max=64),
]
Demo = Annotated[bool, typer.Option("--demo", help="以演示数据启动，并为每种角色建一个演示账号；生产模式下不可用")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("serve", help="启动服务（默认使用内置的 SQLite，无需其他软件）")(serve)
    app.command("migrate", help="把数据库升级到当前版本的表结构")(migrate)
    backup.register(app)
    worker.register(app)
    app.add_typer(users.app, name="user")
    app.add_typer(log.app, name="log")


def serve(
    context: typer.Context,
    host: Host = None,
    port: Port = None,
    data: Data = None,
    processes: Processes = None,
    demo: Demo = False,
) -> None:
    """Run the service until it is told to stop; ends with 2 when its settings don't allow it to start."""
    from api import startup
    from api.server.run import run
    from api.services import demo as demonstration

    settings = settings_of(context, host=host, port=port, data=data, processes=processes)
    accounts = None
    if demo:
        if settings.production:
            stop("生产模式（GRADING_MODE=production）下不能使用演示数据。")
        err.print("正在准备演示数据（首次约需一分钟，中断后重新启动即重新生成）……")
        try:
            accounts = demonstration.make(settings)
        except demonstration.DemoBusyError:
            stop("另一个进程正在准备演示数据，请稍后再启动。")
        settings = demonstration.settings_of(settings)
    service = service_of(settings)
    with undamaged(service):
        problem = startup.startup_problem(service)
        nobody = problem is None and startup.has_no_users(service)
    if problem is not None:
        service.close()
        stop(problem)
    if demo:
        _show_demo(accounts, settings)
    elif nobody:
        err.print("还没有用户。请先运行：grading user add 用户名 --name 姓名 --role administrator", style="yellow")
    err.print(f"服务地址：{settings.public_url or f'http://{settings.host}:{settings.port}'}（Ctrl-C 停止）")
    run(service)


def migrate(context: typer.Context, data: Data = None) -> None:
    """Bring the database to the newest schema."""
    from api.store import migrate as migrations

    service = service_of(settings_of(context, data=data))
    with undamaged(service):
        before = migrations.current(service.database)
        migrations.migrate(service.database)
        after = migrations.current(service.database)
    service.close()
    out.print(f"数据库表结构：{before or '空'} → {after}" if before != after else f"数据库已是最新表结构（{after}）")


def _show_demo(accounts: Any, settings: Settings) -> None:
    if accounts is None:
        err.print(
            f"演示数据已在 {settings.data}，演示账号的密码只在建立时显示过一次；删除该目录后重新启动可重新生成。",
            style="yellow",
        )
        return
    table = Table(title="演示账号（密码只显示这一次）", title_justify="left", header_style="bold")
    for title in ("用户名", "密码", "角色", "说明"):
        table.add_column(title, no_wrap=True)
    for account in accounts:
        table.add_row(account.login, account.password, account.role, account.about)
    print_block(table)
