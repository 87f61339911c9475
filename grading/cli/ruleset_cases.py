"""`grading ruleset coverage` and `grading ruleset cases`: coverage and mutants of cases, and cases that are missing."""

from collections import Counter
from pathlib import Path
from typing import Any

import typer
from rich.table import Table
from rich.text import Text

from grading.cli.terminal import Exit, err, out, print_block, print_json, print_problems, problem_json
from grading.cli.written_file import write_file
from grading.intake import AuditError
from grading.language.cases import Case, read_cases
from grading.language.decision_text import level_label
from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.language.prose import sentence
from grading.mutation.case_text import suggested_file
from grading.mutation.coverage import Covered
from grading.mutation.mutants import Kind, Mutant
from grading.mutation.run import MutationReport, mutation_report
from grading.mutation.suggest import Suggestions, suggest
from grading.vocabulary import MODE

KINDS: dict[Kind, str] = {"figure": "数值移动一步", "operator": "运算反转", "option": "少一个选项", "level": "等级互换"}
INDISTINCT = "事实齐全的审核都不能区分"
SHOWN = 30
"""So many names are told of a list in the terminal, without `-v`."""


def show_cases(rulesets: Library, ruleset_id: str, as_json: bool) -> None:
    """List the cases of a ruleset with what they expect."""
    try:
        ruleset, cases = rulesets.ruleset(ruleset_id), read_cases(rulesets, ruleset_id)
    except LanguageError as error:
        print_problems(error.problems, err)
        raise typer.Exit(Exit.FAILED) from None
    if as_json:
        print_json({"id": ruleset_id, "cases": [_case(case) for case in cases]})
        return
    table = Table("用例", "模式", "评定日期", "应评", header_style="bold")
    for case in cases:
        grade = "" if case.expect.grade is None else level_label(ruleset.scale, case.expect.grade)
        table.add_row(Text(case.name), MODE[case.mode.value], f"{case.assessed_on}", grade)
    print_block(table)


def cover_rulesets(rulesets: Library, ids: tuple[str, ...], least: float | None, verbose: bool, as_json: bool) -> None:
    """Print coverage and mutants; exit code 1 where a ruleset can't be read or fewer mutants are killed than `least` percent."""
    documents: list[dict[str, Any]] = []
    failed = False
    for ruleset_id in ids:
        found = _report(rulesets, ruleset_id, as_json, documents)
        if found is None:
            failed = True
            continue
        failed |= least is not None and found.share * 100 < least
        if as_json:
            documents.append(_document(found))
        else:
            _print(found, verbose)
    if as_json:
        print_json({"rulesets": documents})
    if failed:
        raise typer.Exit(Exit.FAILED)


def suggest_cases(rulesets: Library, ruleset_id: str, to: Path | None) -> None:
    """Write the cases that are missing, their answers left open; what no case can notice is told."""
    found = _report(rulesets, ruleset_id, False, [])
    if found is None:
        raise typer.Exit(Exit.FAILED)
    suggestions = suggest(rulesets, ruleset_id, found.survivors)
    text = suggested_file(rulesets, ruleset_id, suggestions.cases)
    if to is not None:
        write_file(to, text.encode())
    else:
        typer.echo(text, nl=False)
    _print_suggested(found, suggestions, to)


def _report(
    rulesets: Library, ruleset_id: str, as_json: bool, documents: list[dict[str, Any]]
) -> MutationReport | None:
    try:
        return mutation_report(rulesets, ruleset_id)
    except LanguageError as error:
        if as_json:
            documents.append({"id": ruleset_id, "problems": [problem_json(problem) for problem in error.problems]})
        else:
            print_problems(error.problems, err)
    except AuditError as error:
        if as_json:
            documents.append({"id": ruleset_id, "problems": [{"message": str(error)}]})
        else:
            err.print(Text(f"{ruleset_id}：有用例不能评级：{error}；`grading ruleset test` 逐条说明", style="red"))
    return None


def _print(found: MutationReport, verbose: bool) -> None:
    out.print(Text(f"{found.ruleset.id}：用例 {found.cases} 个", style="bold"))
    covered = found.covered
    sides = sum(one.is_from_both_sides for one in covered)
    wholes = sum(one.is_whole for one in covered)
    figures = [one for one in covered if one.criterion.is_figure]
    both = sum(one.is_from_both_sides for one in figures)
    text = f"  条件 {len(covered)} 个：满足与不满足都见过 {sides}，连同未知都见过 {wholes}"
    out.print(f"{text}；数值 {len(figures)} 个，两侧都见过 {both}")
    table = Table("改动", "察觉", "未察觉", "不可区分", header_style="bold")
    counts = [Counter(one.kind for one in listed) for listed in (found.killed, found.survivors, found.equivalent)]
    for kind, label in KINDS.items():
        table.add_row(label, *(f"{count[kind]}" for count in counts))
    print_block(table)
    style = "green" if not found.survivors else "yellow"
    noticeable = len(found.killed) + len(found.survivors)
    out.print(
        Text(f"  可区分的改动 {noticeable} 处，用例察觉 {len(found.killed)} 处（{found.share:.1%}）", style=style)
    )
    _print_left("未察觉", found.survivors, verbose)
    if verbose:
        _print_left(INDISTINCT, found.equivalent, verbose)
    _print_uncovered(found, verbose)


def _print_left(label: str, mutants: tuple[Mutant, ...], verbose: bool) -> None:
    for one in mutants if verbose else mutants[:SHOWN]:
        out.print(Text(f"    {label} · {one.place}：{one.text}", style="dim"))
    if not verbose and len(mutants) > SHOWN:
        out.print(Text(f"    另有 {len(mutants) - SHOWN} 处，-v 全部列出", style="dim"))


def _print_uncovered(found: MutationReport, verbose: bool) -> None:
    uncovered = [one for one in found.covered if not one.is_from_both_sides]
    for one in uncovered if verbose else ():
        missing = "、".join(_missing(one))
        out.print(
            Text(
                f"    未见 {missing} · {one.criterion.name}：{sentence(found.ruleset, one.criterion.condition)}",
                style="dim",
            )
        )


def _missing(one: Covered) -> list[str]:
    counts = {"满足": one.met, "不满足": one.unmet, "未知": one.unknown}
    return [name for name, times in counts.items() if not times]


def _print_suggested(found: MutationReport, suggestions: Suggestions, to: Path | None) -> None:
    killed = len(found.survivors) - len(suggestions.open)
    place = "" if to is None else f"，写入 {to}"
    err.print(
        Text(f"建议补充 {len(suggestions.cases)} 个用例{place}：可再察觉 {killed} 处改动；答案待人判断", style="bold")
    )
    for label, listed in ((INDISTINCT, found.equivalent), ("限时内未能求得", suggestions.open)):
        for one in listed[:SHOWN]:
            err.print(Text(f"  {label} · {one.place}：{one.text}", style="dim"))
        if len(listed) > SHOWN:
            err.print(Text(f"  {label}的另有 {len(listed) - SHOWN} 处", style="dim"))


def _case(case: Case) -> dict[str, Any]:
    return {
        "name": case.name,
        "mode": case.mode.value,
        "assessed_on": case.assessed_on.isoformat(),
        "line": case.line,
        "expect": case.expect.model_dump(exclude_unset=True),
    }


def _mutant(one: Mutant) -> dict[str, str]:
    return {"kind": one.kind, "criterion": one.place, "text": one.text}


def _document(found: MutationReport) -> dict[str, Any]:
    return {
        "id": found.ruleset.id,
        "cases": found.cases,
        "conditions": [
            {
                "criterion": one.criterion.name,
                "text": sentence(found.ruleset, one.criterion.condition),
                "figure": one.criterion.is_figure,
                "met": one.met,
                "unmet": one.unmet,
                "unknown": one.unknown,
            }
            for one in found.covered
        ],
        "mutants": {
            "killed": len(found.killed),
            "left": [_mutant(one) for one in found.survivors],
            "equivalent": [_mutant(one) for one in found.equivalent],
            "share": round(found.share, 4),
        },
    }
