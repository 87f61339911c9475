"""The `grading` command: puts the command groups together and does nothing else."""

import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import typer

from grading import __version__
from grading.cli import batch, explain, forms, gaps, grade, impact, policy, ruleset, simulate
from grading.cli.chinese import run, translate_help
from grading.cli.terminal import out

app = typer.Typer(
    help="重污染天气重点行业绩效分级：评级、解释、差距、报告，均以声明式规则集为据",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
for command in (grade, explain, gaps, simulate, forms, batch, impact, policy):
    command.register(app)
app.add_typer(ruleset.app, name="ruleset")
# What is built on the domain adds its commands here without the domain knowing it.
for point in sorted(entry_points(group="grading.commands"), key=lambda found: found.name):
    point.load()(app)


def _version(wanted: bool) -> None:
    if wanted:
        out.print(f"grading {__version__}")
        raise typer.Exit


@app.callback()
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
    command = typer.main.get_command(app)
    translate_help(command)
    sys.exit(run(command))
