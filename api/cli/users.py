"""`grading user`: made, listed, given a new password, shut out and let in, by who may run commands on the server."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from api.cli.opening import Data, ready
from grading.cli.terminal import out, print_block, stop

app = typer.Typer(help="用户管理", no_args_is_help=True)
Login = Annotated[str, typer.Argument(metavar="用户名")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="从标准输入读取密码")]


@app.command("add", help="新建用户；不从标准输入给出密码时自动生成并显示一次")
def add(
    context: typer.Context,
    login: Login,
    name: Annotated[str, typer.Option(help="姓名")],
    role: Annotated[str, typer.Option(help="assessor、enterprise、bureau 或 administrator")],
    team: Annotated[str | None, typer.Option(help="评审专家所属评审组的名称；没有则新建")] = None,
    uscc: Annotated[str | None, typer.Option(help="企业用户所属企业的统一社会信用代码")] = None,
    area: Annotated[str | None, typer.Option(help="生态环境部门的辖区，六位行政区划代码")] = None,
    reviewer: Annotated[bool, typer.Option("--reviewer", help="可以审定规则集")] = False,
    password_stdin: FromStdin = False,
    data: Data = None,
) -> None:
    """Make a user; ends with 1 when something about it is wrong."""
    from api.cli import users_admin as people
    from api.identity import passwords
    from api.store import Role

    if role not in list(Role):
        stop(f"没有角色“{role}”；有 {'、'.join(Role)}")
    password = _given() if password_stdin else passwords.generated()
    scope = {"team": team, "uscc": uscc, "area": area}
    with ready(context, data) as service:
        people.add_user(
            service.database, login=login, name=name, role=Role(role), password=password, may_review=reviewer, **scope
        )
    out.print(Text(f"已建用户 {login}"))
    if not password_stdin:
        out.print(f"密码（只显示这一次）：{password}")


@app.command("list", help="列出用户")
def list_(context: typer.Context, data: Data = None) -> None:
    """Print everybody who may or might sign in."""
    from api.access import ROLE_NAMES
    from api.cli import users_admin as people

    with ready(context, data, must_exist=True) as service:
        lines = people.listed(service.database)
    table = Table(header_style="bold")
    for title in ("用户名", "姓名", "角色", "范围", "状态"):
        table.add_column(title)
    for line in lines:
        user = line.user
        cells = [user.login, user.name, ROLE_NAMES[user.role], line.scope, "启用" if user.active else "已停用"]
        table.add_row(*map(Text, cells))
    print_block(table)


@app.command("password", help="重置密码：不从标准输入给出时自动生成并显示一次；该用户的登录和令牌随即失效")
def password(context: typer.Context, login: Login, password_stdin: FromStdin = False, data: Data = None) -> None:
    """Give a user a new password; ends with 1 when there is no such user or the password is weak."""
    from api.cli import users_admin as people

    password = _given() if password_stdin else None
    with ready(context, data, must_exist=True) as service:
        made = people.reset_password(service.database, login, password)
    out.print(Text(f"已重置 {login} 的密码，其登录和令牌已失效"))
    if not password_stdin:
        out.print(f"密码（只显示这一次）：{made}")


@app.command("deactivate", help="停用账号：立即不能登录，登录和令牌失效")
def deactivate(context: typer.Context, login: Login, data: Data = None) -> None:
    """Shut a user out at once; ends with 1 when there is no such user."""
    from api.cli import users_admin as people

    with ready(context, data, must_exist=True) as service:
        people.set_active(service.database, login, active=False)
    out.print(Text(f"已停用 {login}"))


@app.command("activate", help="重新启用账号")
def activate(context: typer.Context, login: Login, data: Data = None) -> None:
    """Let a user in again; ends with 1 when there is no such user."""
    from api.cli import users_admin as people

    with ready(context, data, must_exist=True) as service:
        people.set_active(service.database, login, active=True)
    out.print(Text(f"已启用 {login}"))


def _given() -> str:
    return sys.stdin.readline().rstrip("\r\n")
