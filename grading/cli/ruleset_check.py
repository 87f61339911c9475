"""`grading ruleset check`: loads and lints rulesets, and sees that they fit the engine."""

from typing import Any

import typer
from rich.text import Text

from grading.cli.terminal import Exit, out, print_json, print_problems, problem_json
from grading.language.counts import Counts, count
from grading.language.load import Library
from grading.language.problems import LanguageError, Problem
from grading.ruleset_findings import findings
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


def in_words(counts: Counts) -> str:
    """The counts as one Chinese line."""
    how = "、".join(f"{BASIS[basis].partition('，')[0]} {number}" for basis, number in counts.by_basis.items())
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
