"""`grading serve`, `migrate`, `user`, `log`: the service from the command line. Imports the service only when it is asked for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from grading.commands.terminal import Exit, err, out, print_block, stop

if TYPE_CHECKING:
    from api.service import Service
    from api.settings import Settings

user_app = typer.Typer(help="用户管理", no_args_is_help=True)
log_app = typer.Typer(help="操作日志", no_args_is_help=True)
Host = Annotated[str | None, typer.Option(help="监听地址（GRADING_HOST，默认 127.0.0.1）")]
Port = Annotated[int | None, typer.Option(help="监听端口（GRADING_PORT，默认 8000）", min=0, max=65535)]
Data = Annotated[Path | None, typer.Option(help="数据目录（GRADING_DATA，默认 ./grading-data）", file_okay=False)]
Demo = Annotated[bool, typer.Option("--demo", help="以演示数据启动，并为每种角色建一个演示账号；生产模式下不可用")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("serve", help="启动服务（默认使用内置的 SQLite，无需其他软件）")(serve)
    app.command("migrate", help="把数据库升级到当前版本的表结构")(migrate)
    app.add_typer(user_app, name="user")
    app.add_typer(log_app, name="log")


def serve(context: typer.Context, host: Host = None, port: Port = None, data: Data = None, demo: Demo = False) -> None:
    """Run the service until it is told to stop; ends with 2 when its settings don't allow it to start."""
    from api import demo as demonstration
    from api import serving

    settings = _settings(context, host=host, port=port, data=data)
    if demo:
        if settings.production:
            stop("生产模式（GRADING_MODE=production）下不能使用演示数据。")
        settings = demonstration.settings_of(settings)
    service = _service(settings)
    problem = serving.not_startable(service)
    if problem is not None:
        service.close()
        stop(problem)
    if demo:
        err.print("正在准备演示数据……")
        _show_demo(demonstration.prepare(service), settings)
    elif serving.has_no_users(service):
        err.print("还没有用户。请先运行：grading user add 用户名 --name 姓名 --role administrator", style="yellow")
    err.print(f"服务地址：{settings.public_url or f'http://{settings.host}:{settings.port}'}（Ctrl-C 停止）")
    serving.run(service)


def migrate(context: typer.Context, data: Data = None) -> None:
    """Bring the database to the newest schema."""
    from api.store import migrate as migrations

    service = _service(_settings(context, data=data))
    before = migrations.current(service.database)
    migrations.migrate(service.database)
    after = migrations.current(service.database)
    service.close()
    out.print(f"数据库表结构：{before or '空'} → {after}" if before != after else f"数据库已是最新表结构（{after}）")


@user_app.command("add", help="新建用户；不从标准输入给出密码时自动生成并显示一次")
def add_user(
    context: typer.Context,
    login: Annotated[str, typer.Argument(metavar="用户名")],
    name: Annotated[str, typer.Option(help="姓名")],
    role: Annotated[str, typer.Option(help="assessor、enterprise、bureau 或 administrator")],
    team: Annotated[str | None, typer.Option(help="评审专家所属评审组的名称；没有则新建")] = None,
    uscc: Annotated[str | None, typer.Option(help="企业用户所属企业的统一社会信用代码")] = None,
    area: Annotated[str | None, typer.Option(help="生态环境部门的辖区，六位行政区划代码")] = None,
    reviewer: Annotated[bool, typer.Option("--reviewer", help="可以审定规则集")] = False,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="从标准输入读取密码")] = False,
    data: Data = None,
) -> None:
    """Make a user; ends with 1 when something about it is wrong."""
    from api import people
    from api.identity import passwords
    from api.problems import Problem
    from api.store import Role

    if role not in list(Role):
        stop(f"没有角色“{role}”；有 {'、'.join(Role)}")
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else passwords.generated()
    service = _ready(context, data)
    try:
        people.add_user_from_command(
            service.database,
            login=login,
            name=name,
            role=Role(role),
            password=password,
            team=team,
            uscc=uscc,
            area=area,
            may_review=reviewer,
        )
    except Problem as problem:
        _print_problem(problem)
        raise typer.Exit(Exit.FAILED) from None
    finally:
        service.close()
    out.print(f"已建用户 {login}")
    if not password_stdin:
        out.print(f"密码（只显示这一次）：{password}")


@log_app.command("verify", help="核对操作日志：被改动、删除或调换的记录都会指出")
def verify_log(
    context: typer.Context,
    head: Annotated[str | None, typer.Option(help="以前记下的日志末尾校验值，须仍在日志中")] = None,
    data: Data = None,
) -> None:
    """Read the whole log and say what is wrong with it; ends with 1 when something is."""
    from api import log

    service = _ready(context, data)
    with service.database.reading() as db:
        found = log.verify(db, head)
    service.close()
    for finding in found.findings:
        out.print(Text(f"第 {finding.seq} 条：{finding.message}", style="red"))
    if found.findings:
        out.print(f"共 {found.entries} 条，发现 {len(found.findings)} 处问题", style="bold red")
        raise typer.Exit(Exit.FAILED)
    out.print(f"日志完好，共 {found.entries} 条")
    out.print(f"末尾校验值：{found.head}")


def _settings(context: typer.Context, **given: Any) -> Settings:
    """The settings with what the command line says; ends the command when they can't be used."""
    from api.settings import SettingsError, load

    given["rulesets"] = context.find_root().obj
    try:
        return load(**{name: value for name, value in given.items() if value is not None})
    except SettingsError as error:
        err.print(Text("\n".join(["不能启动：", *(f"  {problem}" for problem in error.problems)]), style="red"))
        raise typer.Exit(Exit.USAGE) from None


def _service(settings: Settings) -> Service:
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    from api.service import make_service

    try:
        return make_service(settings)
    except (ArgumentError, NoSuchModuleError):
        stop("GRADING_DATABASE_URL 无法识别；例如 postgresql+psycopg://用户:口令@主机/库名")


def _ready(context: typer.Context, data: Path | None) -> Service:
    """The service with a database of the newest schema; ends the command when it has another."""
    from api import serving

    service = _service(_settings(context, data=data))
    problem = serving.not_startable(service)
    if problem is not None:
        service.close()
        stop(problem)
    return service


def _print_problem(problem: Any) -> None:
    err.print(Text(problem.detail, style="red"))
    for error in problem.errors:
        err.print(Text(f"  {error.place}：{error.message}", style="red"))


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
