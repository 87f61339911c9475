"""`grading ruleset check`: loads and lints rulesets, and sees that they fit the engine."""

from datetime import timedelta
from typing import Any

import typer
from rich.text import Text

from grading.commands.terminal import Exit, out, print_json, print_problems, problem_json
from grading.engine.network import NetworkError, build_network
from grading.engine.planning import boundaries, build_plan
from grading.language.cases import read_cases
from grading.language.check import check
from grading.language.counts import Counts, count
from grading.language.load import Library
from grading.language.loaded import Loaded
from grading.language.problems import LanguageError, Problem
from grading.model.base import Mode
from grading.vocabulary import BASIS


def check_rulesets(rulesets: Library, ids: tuple[str, ...], as_json: bool) -> None:
    """Print what is wrong with the rulesets and what they hold; exit code 1 when there are errors."""
    found = {ruleset_id: findings(rulesets, ruleset_id) for ruleset_id in ids}
    counts = {ruleset_id: _counts(rulesets, ruleset_id) for ruleset_id in ids}
    problems = sorted({problem for listed in found.values() for problem in listed})
    errors = sum(problem.severity == "error" for problem in problems)
    if as_json:
        print_json(_document(found, counts))
    else:
        print_problems(problems)
        for ruleset_id, counted in counts.items():
            if counted is not None:
                out.print(Text(f"{ruleset_id}：{in_words(counted)}", style="dim"))
        style = "red" if errors else "yellow" if problems else "green"
        warnings = len(problems) - errors
        out.print(Text(f"{len(ids)} 个规则集：{errors} 个错误，{warnings} 个提醒", style=style))
    if errors:
        raise typer.Exit(Exit.FAILED)


def findings(rulesets: Library, ruleset_id: str) -> tuple[Problem, ...]:
    """Everything that is wrong with one ruleset, in the order of its files."""
    try:
        loaded = rulesets.merged(ruleset_id)
    except LanguageError as error:
        return error.problems
    found = check(loaded)
    # What the findings already call wrong the engine would only complain of a second time.
    if any(problem.severity == "error" for problem in found):
        return found
    return (*found, *fits_engine(loaded), *_of_cases(rulesets, ruleset_id))


def fits_engine(loaded: Loaded) -> list[Problem]:
    """Why the engine can't run the ruleset, in each mode and period; empty when it can."""
    ruleset = loaded.ruleset
    changes = boundaries(ruleset)
    first = changes[0] - timedelta(days=1) if changes else ruleset.edition.effective
    said: dict[str, None] = {}
    for mode in Mode:
        for day in (first, *changes):
            try:
                build_network(build_plan(ruleset, mode, day))
            except NetworkError as error:
                said[f"does not fit the engine: {error}"] = None
    return [loaded.own.problem((), message) for message in said]


def _of_cases(rulesets: Library, ruleset_id: str) -> tuple[Problem, ...]:
    """What is wrong with the form of the cases file; whether the cases pass is another command's matter."""
    try:
        read_cases(rulesets, ruleset_id)
    except LanguageError as error:
        return error.problems
    return ()


def in_words(counts: Counts) -> str:
    """The counts as one Chinese line."""
    how = "、".join(f"{BASIS[basis]} {number}" for basis, number in counts.by_basis.items())
    opens = f"未核实 {counts.unresolved}，暂定 {counts.provisional}，低可信 {counts.low_confidence}"
    return f"指标 {counts.indicators}，判据 {counts.criteria}（{how}），事实 {counts.facts}，{opens}"


def _counts(rulesets: Library, ruleset_id: str) -> Counts | None:
    try:
        return count(rulesets.merged(ruleset_id).ruleset)
    except LanguageError:
        return None


def _document(found: dict[str, tuple[Problem, ...]], counts: dict[str, Counts | None]) -> dict[str, Any]:
    listed = []
    for ruleset_id, problems in found.items():
        counted = counts[ruleset_id]
        listed.append(
            {
                "id": ruleset_id,
                "counts": counted.as_json() if counted is not None else None,
                "problems": [problem_json(problem) for problem in problems],
            }
        )
    return {"rulesets": listed}
