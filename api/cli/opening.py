"""Opening the service for commands: its settings, its parts, its database; refusals in words."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from grading.cli.terminal import Exit, err, stop

if TYPE_CHECKING:
    from api.problems import Problem
    from api.service import Service
    from api.settings import Settings

Data = Annotated[Path | None, typer.Option(help="数据目录（GRADING_DATA，默认 ./grading-data）", file_okay=False)]
TERMINATED = 128 + signal.SIGTERM


def settings_of(context: typer.Context, **given: Any) -> Settings:
    """The settings with what the command line says; ends the command when they can't be used."""
    from api.settings import SettingsError, load

    given["rulesets"] = context.find_root().obj
    try:
        return load(**{name: value for name, value in given.items() if value is not None})
    except SettingsError as error:
        err.print(Text("\n".join(["不能启动：", *(f"  {problem}" for problem in error.problems)]), style="red"))
        raise typer.Exit(Exit.USAGE) from None


def service_of(settings: Settings) -> Service:
    """The service's parts; ends the command when the database's address can't be read."""
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    from api.service import make_service

    try:
        return make_service(settings)
    except (ArgumentError, NoSuchModuleError):
        stop("GRADING_DATABASE_URL 无法识别；例如 postgresql+psycopg://用户:口令@主机/库名")


@contextmanager
def ready(
    context: typer.Context, data: Path | None, *, must_exist: bool = False, thorough: bool = False
) -> Iterator[Service]:
    """The service with a database of the newest schema; ends the command when it has another, with 1 on a Problem.

    Ends it with 3 when the database is damaged or shortened; `must_exist`: also when there is none. Notes the head of the log
    at the end.
    """
    from api import startup
    from api.audit_log.handing_out import hand_out
    from api.problems import Problem

    service = service_of(settings_of(context, data=data))
    try:
        with undamaged(service, must_exist=must_exist, thorough=thorough):
            problem = startup.startup_problem(service)
            if problem is not None:
                stop(problem)
            yield service
            try:
                hand_out(service.settings, service.database)
            except OSError as error:
                stop(f"日志校验值无法交出：{error}", Exit.FAILED)
    except Problem as refused:
        _print_problem(refused)
        raise typer.Exit(Exit.FAILED) from None
    finally:
        service.close()


@contextmanager
def undamaged(service: Service, *, must_exist: bool = False, thorough: bool = False) -> Iterator[None]:
    """End the command with 3 and one sentence when the database is damaged: found out before, or on the way."""
    from api.problems import Problem
    from api.services.integrity import DamagedError, damage_of, is_damage, refuse_damaged

    try:
        refuse_damaged(service, must_exist=must_exist, thorough=thorough)
        yield
    except DamagedError as error:
        stop(str(error), Exit.DAMAGED)
    except (Problem, OSError, typer.Exit):
        raise
    except Exception as error:
        if not is_damage(service.database, error):
            raise
        stop(damage_of(service.database, error), Exit.DAMAGED)


@contextmanager
def tidy_when_terminated() -> Iterator[None]:
    """Let SIGTERM end the command like an exception, so that nothing unfinished stays behind."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _print_problem(problem: Problem) -> None:
    err.print(Text(problem.detail, style="red"))
    for error in problem.errors:
        err.print(Text(f"  {error.place}：{error.message}", style="red"))
