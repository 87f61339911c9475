"""`grading ruleset test`: runs the data cases and reports like a test runner."""

import time
from dataclasses import dataclass, field
from typing import Any

import typer
from rich.text import Text

from grading.case_runner import CaseResult, Difference, run_case
from grading.cli.terminal import Exit, err, out, print_json, print_problems, problem_json
from grading.engine.durable_rules import EngineError
from grading.engine.grade import Engine
from grading.engine.network import NetworkError
from grading.language.cases import read_cases
from grading.language.load import Library
from grading.language.problems import LanguageError, Problem
from grading.problems.reason import reason_of
from grading.problems.ruleset_codes import RulesetCode

WORDS = {
    "grade": "等级",
    "attainable": "可达等级",
    "unmet": "不满足的指标",
    "unknown": "未知的指标",
    "gates": "触发的否决项",
}
DOTS_PER_LINE = 80


@dataclass
class Run:
    """The cases of one ruleset and how they went; `broken` says why they could not be run."""

    ruleset: str
    results: list[CaseResult] = field(default_factory=list)
    broken: tuple[Problem, ...] = ()


def run_cases(rulesets: Library, ids: tuple[str, ...], keyword: str | None, verbose: bool, as_json: bool) -> None:
    """Run the cases of the rulesets; ends with exit code 1 when one fails or can't be run."""
    began = time.monotonic()
    engine = Engine(rulesets)
    runs = []
    for ruleset_id in ids:
        run = _run(engine, ruleset_id, keyword)
        runs.append(run)
        if not as_json:
            _progress(run, verbose)
    failed = any(run.broken or not all(result.passed for result in run.results) for run in runs)
    if as_json:
        print_json(_document(runs))
    else:
        _summary(runs, time.monotonic() - began)
    if failed:
        raise typer.Exit(Exit.FAILED)


def _run(engine: Engine, ruleset_id: str, keyword: str | None) -> Run:
    run = Run(ruleset_id)
    try:
        for case in read_cases(engine.library, ruleset_id):
            if keyword is None or keyword.casefold() in case.name.casefold():
                run.results.append(run_case(engine, case))
    except LanguageError as error:
        run.broken = error.problems
    except (NetworkError, EngineError) as error:
        reason = reason_of(RulesetCode.NOT_RUNNABLE, why=error.reason)
        run.broken = (Problem(str(engine.library.root / f"{ruleset_id}.yaml"), 0, "", reason),)
    return run


def _progress(run: Run, verbose: bool) -> None:
    if verbose:
        out.print(Text(run.ruleset, style="bold"))
        for result in run.results:
            out.print(_mark(result), Text(result.case.name))
    else:
        line = Text(f"{run.ruleset} ")
        for i, result in enumerate(run.results):
            if i and i % DOTS_PER_LINE == 0:
                line.append("\n")
            line.append("." if result.passed else "✗", style="green" if result.passed else "bold red")
        out.print(line)
    if run.broken:
        err.print(Text(f"{run.ruleset} 无法运行：", style="red"))
        print_problems(run.broken, err)


def _mark(result: CaseResult) -> Text:
    return Text("  ✓", style="green") if result.passed else Text("  ✗", style="bold red")


def _summary(runs: list[Run], seconds: float) -> None:
    for run in runs:
        _explain(run)
    passed = sum(result.passed for run in runs for result in run.results)
    failed = sum(not result.passed for run in runs for result in run.results)
    broken = sum(bool(run.broken) for run in runs)
    line = f"{passed} 例通过，{failed} 例不通过"
    if broken:
        line += f"，{broken} 个规则集无法运行"
    out.print(Text(f"{line}（{seconds:.1f} 秒）", style="red" if failed or broken else "green"))


def _explain(run: Run) -> None:
    """Explain the failures; a mistake in a case that others are based on is named once for all of them."""
    by_problems: dict[tuple[Problem, ...], list[CaseResult]] = {}
    for result in run.results:
        if result.problems:
            by_problems.setdefault(result.problems, []).append(result)
        elif result.differences:
            _title(run, result)
            for difference in result.differences:
                name, _, level = difference.what.partition(".")
                out.print(Text(f"  {WORDS[name]}{f'（{level}）' if level else ''}", style="bold"))
                for text in _sides(difference):
                    out.print(text)
    for problems, results in by_problems.items():
        _title(run, results[0])
        if len(results) > 1:
            out.print(Text(f"  以及以它为基础的等 {len(results) - 1} 个用例", style="dim"))
        print_problems(problems)


def _title(run: Run, result: CaseResult) -> None:
    out.print(Text(f"\n✗ {result.case.name}", style="bold red"))
    out.print(Text(f"  {run.ruleset} · {result.case.source.file}:{result.case.line}", style="dim"))


def _sides(difference: Difference) -> list[Text]:
    expected, actual = difference.expected, difference.actual
    lines = [Text(f"    应为 {_shown(expected)}"), Text(f"    实为 {_shown(actual)}")]
    if isinstance(expected, tuple) and isinstance(actual, tuple):
        missing = [id_ for id_ in expected if id_ not in actual]
        extra = [id_ for id_ in actual if id_ not in expected]
        lines += [Text(f"    − 缺少 {'、'.join(missing)}", style="red")] if missing else []
        lines += [Text(f"    + 多出 {'、'.join(extra)}", style="green")] if extra else []
    return lines


def _shown(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else "、".join(value) or "（无）"


def _document(runs: list[Run]) -> dict[str, Any]:
    results = [result for run in runs for result in run.results]
    return {
        "passed": sum(result.passed for result in results),
        "failed": sum(not result.passed for result in results),
        "rulesets": [
            {
                "id": run.ruleset,
                "problems": [problem_json(problem) for problem in run.broken],
                "cases": [
                    {
                        "name": result.case.name,
                        "file": result.case.source.file,
                        "line": result.case.line,
                        "passed": result.passed,
                        "differences": [
                            {"what": d.what, "expected": d.expected, "actual": d.actual} for d in result.differences
                        ],
                        "problems": [problem_json(problem) for problem in result.problems],
                    }
                    for result in run.results
                ],
            }
            for run in runs
        ],
    }
