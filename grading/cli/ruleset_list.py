"""`grading ruleset list`: which rulesets there are, how large, and how much of each is not known."""

from collections.abc import Mapping

import typer
from rich.table import Table
from rich.text import Text

from grading.cli.terminal import Exit, err, out, print_json, print_problems
from grading.garbage_collection import gc_paused
from grading.language.counts import count
from grading.language.industries import industries_or_none
from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.model.ruleset import Ruleset
from grading.ruleset_id import industry_of
from grading.vocabulary import REVIEW

UNNUMBERED = 1000
"""Rulesets of no key industry come last."""


def list_rulesets(rulesets: Library, ids: tuple[str, ...], as_json: bool) -> None:
    """Print the rulesets, one a line; ends with exit code 1 when one of them can't be read."""
    found: list[Ruleset] = []
    broken: list[str] = []
    with gc_paused():
        for ruleset_id in ids:
            try:
                found.append(rulesets.ruleset(ruleset_id))
            except LanguageError as error:
                broken.append(ruleset_id)
                print_problems(error.problems, err)
    if as_json:
        print_json([_document(ruleset) for ruleset in found])
    else:
        register = industries_or_none(rulesets)
        numbers = {name: known.number for known in register.industries for name in known.rulesets} if register else {}
        out.print(_table(sorted(found, key=lambda r: _place(numbers, r)), numbers), soft_wrap=False)
        covered = {numbers[industry_of(r.id)] for r in found if industry_of(r.id) in numbers}
        of_industries = f"，属 {len(covered)} 个重点行业" if covered else ""
        out.print(f"{len(found)} 个规则集{of_industries}。暂定数值只在试算中生效；未核实的数值一律按未知处理。")
    if broken:
        raise typer.Exit(Exit.FAILED)


def _place(numbers: Mapping[str, int], ruleset: Ruleset) -> tuple[int, str, str]:
    """By the industry's number in the register, those of no key industry last; an industry's editions together."""
    name = industry_of(ruleset.id)
    return numbers.get(name, UNNUMBERED), name if name not in numbers else "", ruleset.id


def _table(rulesets: list[Ruleset], numbers: Mapping[str, int]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    if numbers:
        table.add_column("序号", justify="right", no_wrap=True)
    table.add_column("编号", no_wrap=True)
    table.add_column("行业", overflow="fold", min_width=8)
    for heading in ("等级", "状态"):
        table.add_column(heading, no_wrap=True)
    for heading in ("指标", "判据", "事实", "未核实", "暂定", "低可信"):
        table.add_column(heading, justify="right", no_wrap=True)
    for ruleset in rulesets:
        counts = count(ruleset)
        listed = (
            counts.indicators,
            counts.criteria,
            counts.facts,
            counts.unresolved,
            counts.provisional,
            counts.low_confidence,
        )
        levels = "/".join(level.label.removesuffix("级") for level in ruleset.scale.levels)
        status = REVIEW[ruleset.review.status]
        own = [str(numbers.get(industry_of(ruleset.id), ""))] if numbers else []
        table.add_row(*own, ruleset.id, Text(ruleset.title), Text(levels), status, *(str(number) for number in listed))
    return table


def _document(ruleset: Ruleset) -> dict[str, object]:
    return {
        "id": ruleset.id,
        "title": ruleset.title,
        "scale": ruleset.scale_id,
        "levels": list(ruleset.scale.ids),
        "effective": ruleset.edition.effective,
        "superseded": ruleset.edition.superseded,
        "jurisdiction": ruleset.jurisdiction,
        "review": ruleset.review.status,
        "counts": count(ruleset).as_json(),
    }
