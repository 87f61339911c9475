"""The `grading` command: puts the command groups together and does nothing else."""

import sys
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import typer

from grading import __version__
from grading.cli import ruleset
from grading.cli.chinese import run, translate_help
from grading.cli.terminal import out

COMMANDS = ("grade", "explain", "gaps", "simulate", "forms", "batch", "impact", "policy")
READING = frozenset({"list", "show", "check", "schema"})
"""Commands about rulesets that read them and no more."""


def _bare() -> typer.Typer:
    """The command with those about rulesets alone."""
    app = typer.Typer(
        help="重污染天气重点行业绩效分级：评级、解释、差距、报告，均以声明式规则集为据",
        no_args_is_help=True,
        pretty_exceptions_show_locals=False,
    )
    app.callback()(_common)
    return app


@cache
def whole_app() -> typer.Typer:
    """The command with everything that belongs to it."""
    app = _bare()
    for name in COMMANDS:
        import_module(f"grading.cli.{name}").register(app)
    app.add_typer(ruleset.app, name="ruleset")
    # What is built on the domain adds its commands here without the domain knowing it.
    for point in sorted(entry_points(group="grading.commands"), key=lambda found: found.name):
        point.load()(app)
    return app


def __getattr__(name: str) -> typer.Typer:
    """`app`: the whole command, put together when it is asked for."""
    if name == "app":
        return whole_app()
    raise AttributeError(name)


def app_for(arguments: Sequence[str]) -> typer.Typer:
    """The command for some arguments: one that only reads rulesets need not wait for all the others to be imported."""
    words = list(arguments)
    while words and words[0].startswith("--rulesets"):
        del words[: 1 if "=" in words[0] else 2]
    if words[:1] != ["ruleset"] or words[1:2] == [] or words[1] not in READING:
        return whole_app()
    app = _bare()
    app.add_typer(ruleset.app, name="ruleset")
    return app


def _version(wanted: bool) -> None:
    if wanted:
        out.print(f"grading {__version__}")
        raise typer.Exit


def _common(
    context: typer.Context,
    rulesets: Annotated[
        Path | None,
        typer.Option(
            envvar="GRADING_RULESETS",
            exists=True,
            file_okay=False,
            help="规则集目录；默认用随程序提供的规则集",
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001  handled by its callback
        bool, typer.Option("--version", callback=_version, is_eager=True, help="显示版本")
    ] = False,
) -> None:
    """Options of all commands."""
    context.obj = rulesets


def main() -> None:
    """Entry point of the `grading` command."""
    command = typer.main.get_command(app_for(sys.argv[1:]))
    translate_help(command)
    sys.exit(run(command))
