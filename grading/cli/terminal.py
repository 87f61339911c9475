"""Common parts of all commands: the library of rulesets, printing, ends of commands."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from difflib import get_close_matches
from enum import IntEnum
from pathlib import Path
from typing import Any, NoReturn

import orjson
import typer
from rich.console import Console, RenderableType
from rich.text import Text

from grading.language.industries import industries_or_none
from grading.language.industry_search import find
from grading.language.load import Library
from grading.language.problems import LanguageError, Problem
from grading.ruleset_id import edition_of, industry_of

PIPED_WIDTH = 160
"""Columns of tables and trees that go into a file or a pipe instead of a terminal."""

out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else PIPED_WIDTH)
err = Console(highlight=False, soft_wrap=True, stderr=True)


class Exit(IntEnum):
    """Exit codes that scripts can rely on."""

    OK = 0
    FAILED = 1
    """The command ran and found something wrong: errors in a ruleset, a failed case, an unreadable audit."""
    USAGE = 2
    """The command was called wrongly: an unknown option, ruleset or file."""
    DAMAGED = 3
    """The database is damaged, empty or shortened: nothing was done; it has to be restored."""


def library(context: typer.Context) -> Library:
    """The rulesets the command works with: those of `--rulesets`, else the shipped ones."""
    root: Path | None = context.find_root().obj
    return Library(root)


def matching_rulesets(rulesets: Library, given: Sequence[str]) -> tuple[str, ...]:
    """The ids that the names mean: an id, an edition, an industry (also by class or in words) or a file; all for no name.

    Ends the command when a name means nothing.
    """
    ids = rulesets.ids()
    if not given:
        return ids
    found: dict[str, None] = {}
    for name in given:
        matching = [id_ for id_ in ids if _means(rulesets, name, id_)]
        if not matching:
            register = industries_or_none(rulesets)
            names = {found.ruleset for found in find(register, name)} if register is not None else set()
            matching = [id_ for id_ in ids if industry_of(id_) in names]
        if not matching:
            near = get_close_matches(name, [*ids, *map(edition_of, ids), *map(industry_of, ids)], 3, 0.5)
            hint = f"；是否指 {'、'.join(near)}" if near else ""
            stop(f"没有规则集“{name}”{hint}。`grading ruleset list` 列出全部规则集")
        found |= dict.fromkeys(matching)
    return tuple(id_ for id_ in ids if id_ in found)


def one_ruleset(rulesets: Library, given: str) -> str:
    """The id that a name means; ends the command when it means none or several."""
    found = matching_rulesets(rulesets, [given])
    if len(found) > 1:
        listed = (f"{rulesets.title(id_) or id_}（{id_}）" for id_ in found)
        stop(f"“{given}”指的规则集不止一个：{'、'.join(listed)}")
    return found[0]


def _means(rulesets: Library, name: str, ruleset_id: str) -> bool:
    return name in (ruleset_id, edition_of(ruleset_id), industry_of(ruleset_id)) or (
        name.endswith(".yaml") and Path(name).resolve() == (rulesets.root / f"{ruleset_id}.yaml").resolve()
    )


def stop(message: str, code: Exit = Exit.USAGE) -> NoReturn:
    """Say why the command can't go on, and end it."""
    err.print(Text(message, style="red"))
    raise typer.Exit(code)


def print_json(document: Any) -> None:
    """Print a document as JSON: numbers as int or float of the same decimal text, days as ISO."""
    text = orjson.dumps(document, default=_plain, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
    typer.echo(text.decode())


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def print_problems(problems: Iterable[Problem], console: Console = out) -> None:
    """Print findings one a line, as compilers do."""
    for problem in problems:
        line = Text(str(problem))
        line.stylize("bold", 0, len(problem.file) + len(f":{problem.line}" if problem.line else ""))
        line.highlight_words(["error:"], "red")
        line.highlight_words(["warning:"], "yellow")
        console.print(line)


@contextmanager
def ending_on_unusable_rulesets() -> Iterator[None]:
    """Print what is wrong with rulesets, policies or registers that can't be used, and end the command."""
    try:
        yield
    except LanguageError as error:
        print_problems(error.problems, err)
        raise typer.Exit(Exit.FAILED) from None


def print_block(block: RenderableType) -> None:
    """Print a table or a tree, folding what is too wide instead of cutting it."""
    out.print(block, soft_wrap=False, overflow="fold")


def problem_json(problem: Problem) -> dict[str, Any]:
    """A finding as the `--json` outputs have it."""
    return {
        "file": problem.file,
        "line": problem.line,
        "place": problem.place,
        "code": problem.code,
        "message": problem.message,
        "severity": problem.severity,
    }
