"""Sentences for cells that can't be read: what would be right, and what stands there instead."""

from typing import Any

import polars as pl

from grading.batch.layout import ASSESSED_ON, COUNTY, UNIT_ID, USCC
from grading.batch.staged_cells import reason_of
from grading.columns.cells import option_code, options_listed
from grading.forms.inexact import nothing_hint
from grading.forms.wording import bound_hint, expectation, list_expectation
from grading.intake import MAX_TEXT, InputProblem
from grading.invisible import shown_invisible, without_invisible
from grading.language.synonyms import likeness_question
from grading.model.ruleset import Fact
from grading.problems.codes import DAY_CODES, ProblemCode

MAX_QUOTED = 60
"""The number of characters of a cell that a message quotes."""
_SAME_IN_A_CELL = DAY_CODES | {ProblemCode.DAY_IN_FUTURE, ProblemCode.DAY_TOO_EARLY, ProblemCode.NOTHING_STATED}
"""Reasons that hold in a cell as well."""


def fact_reason(fact: Fact, problem: InputProblem, given: Any) -> str:
    """The reason for a fact's refusal."""
    if reason := reason_of(given):
        return reason
    nothing = nothing_hint(given) if isinstance(given, str) and fact.type not in ("number", "choices") else ""
    if problem.code in DAY_CODES or problem.code is ProblemCode.NUMBER_TOO_LARGE:
        return f"{problem.message}；{nothing}" if nothing else problem.message
    if isinstance(given, dict) and "below" in given:
        given = f"<{given['below']}"
    right = list_expectation(fact) if fact.type == "choices" else expectation(fact)
    likeness = _likeness(fact, given)
    reason = f"{right}；所填：{shown_invisible(str(given)[:MAX_QUOTED])}{likeness}"
    hint = (bound_hint(fact, given) if isinstance(given, str) else "") or ("" if likeness else nothing)
    return f"{reason}；{hint}" if hint else reason


def head_reason(problem: InputProblem, name: str, given: Any) -> str:
    """The reason for the refusal of a cell that identifies the unit."""
    if is_blank(given):
        return f"{ProblemCode.TEXT_INVISIBLE.zh}：{shown_invisible(given[:MAX_QUOTED])}"
    if name == USCC or problem.code in _SAME_IN_A_CELL:
        return problem.message
    right = {
        UNIT_ID: "应填单元编号",
        COUNTY: "应为六位行政区划代码，如 610402",
        ASSESSED_ON: "应填评估日期，如 2023-09-10",
    }.get(name, f"应为不超过 {MAX_TEXT:,} 字的文字")
    return f"{right}；{'未填' if given is None else f'所填：{shown_invisible(str(given)[:MAX_QUOTED])}'}"


def is_blank(given: Any) -> bool:
    """True when a text has nothing that can be seen."""
    return isinstance(given, str) and given != "" and not without_invisible(given).strip()


def shown(raw: pl.Series, position: int) -> Any:
    """A cell as a message quotes it; of days also those that no calendar here has."""
    if raw.dtype.is_temporal():
        return raw.slice(position, 1).cast(pl.String).item()
    cell = raw[position]
    return cell.to_list() if isinstance(cell, pl.Series) else cell


def _likeness(fact: Fact, given: Any) -> str:
    """The question whether an option is meant that resembles the cell; empty where none does."""
    if not isinstance(given, str):
        return ""
    if fact.type == "choices":
        others = (part for part in options_listed(fact, given) if option_code(fact, part) not in fact.options)
        return next((question for part in others if (question := likeness_question(fact, part))), "")
    return likeness_question(fact, given) if fact.type in ("boolean", "choice") else ""
