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
from grading.cli.chinese import run, translate_help
from grading.cli.terminal import out
from grading.garbage_collection import collect_seldom

MODULES = ("grade", "explain", "gaps", "forecast", "simulate", "forms", "batch", "impact", "policy", "ruleset")
ALONE = frozenset({"grade", "explain", "gaps", "simulate"})
"""Commands that are called over and over: each is all that its module has, and the other modules take a second to load."""
READING = frozenset({"list", "show", "check", "schema"})
"""Commands about rulesets that read them and no more."""


@cache
def command_line(alone: str | None = None) -> typer.Typer:
    """All commands, or those of one module without the others."""
    app = typer.Typer(
        help="重污染天气重点行业绩效分级：评级、解释、差距、报告，均以声明式规则集为据",
        no_args_is_help=True,
        pretty_exceptions_show_locals=False,
    )
    app.callback()(_common)
    for name in MODULES if alone is None else (alone,):
        import_module(f"grading.cli.{name}").register(app)
    # What is built on the domain adds its commands here without the domain knowing it.
    for point in sorted(entry_points(group="grading.commands"), key=lambda found: found.name) if alone is None else ():
        point.load()(app)
    return app


def module_for(arguments: Sequence[str]) -> str | None:
    """The module that is enough for some arguments; None where all are needed."""
    words = list(arguments)
    while words and words[0].startswith("--rulesets"):
        del words[: 1 if "=" in words[0] else 2]
    if words[:1] == ["ruleset"]:
        return "ruleset" if words[1:2] and words[1] in READING else None
    return words[0] if words and words[0] in ALONE else None


def __getattr__(name: str) -> typer.Typer:
    """`app`: the command line with all commands."""
    if name != "app":
        raise AttributeError(name)
    return command_line()


def _version(show: bool) -> None:
    if show:
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
    collect_seldom()
    command = typer.main.get_command(command_line(module_for(sys.argv[1:])))
    translate_help(command)
    sys.exit(run(command))
