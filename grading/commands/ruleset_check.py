"""`grading ruleset check`: loads and lints rulesets, and sees that they fit the engine."""

from typing import Any

import typer
from rich.text import Text

from grading.commands.terminal import Exit, out, print_json, print_problems, problem_json
from grading.engine.network import NetworkError, build_network
from grading.engine.plan import boundaries, build_plan
from grading.language.load import Library, Loaded
from grading.language.problems import LanguageError, Problem
from grading.model.base import Mode


def check_rulesets(rulesets: Library, ids: tuple[str, ...], as_json: bool) -> None:
    """Print what is wrong with the rulesets; ends with exit code 1 when there are errors."""
    found = {ruleset_id: findings(rulesets, ruleset_id) for ruleset_id in ids}
    problems = sorted({problem for listed in found.values() for problem in listed})
    errors = sum(problem.severity == "error" for problem in problems)
    if as_json:
        print_json(_document(found))
    else:
        print_problems(problems)
        style = "red" if errors else "yellow" if problems else "green"
        out.print(Text(f"{len(ids)} 个规则集：{errors} 个错误，{len(problems) - errors} 个提醒", style=style))
    if errors:
        raise typer.Exit(Exit.FAILED)


def findings(rulesets: Library, ruleset_id: str) -> tuple[Problem, ...]:
    """Everything that is wrong with one ruleset, in the order of its files."""
    try:
        loaded = rulesets.load(ruleset_id)
    except LanguageError as error:
        return error.problems
    return tuple(fits_engine(loaded))


def fits_engine(loaded: Loaded) -> list[Problem]:
    """Why the engine can't run the ruleset, in each mode and period; empty when it can."""
    ruleset = loaded.ruleset
    said: dict[str, None] = {}
    for mode in Mode:
        for day in (ruleset.edition.effective, *boundaries(ruleset)):
            try:
                build_network(build_plan(ruleset, mode, day))
            except NetworkError as error:
                said[f"does not fit the engine: {error}"] = None
    return [loaded.own.problem((), message) for message in said]


def _document(found: dict[str, tuple[Problem, ...]]) -> dict[str, Any]:
    return {
        "rulesets": [
            {"id": ruleset_id, "problems": [problem_json(problem) for problem in problems]}
            for ruleset_id, problems in found.items()
        ]
    }
