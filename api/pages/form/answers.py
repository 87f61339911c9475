"""Text typed into a field → a value of the audit, or what would be right instead."""

from decimal import Decimal
from typing import Any

from grading.digest import plain
from grading.forms.cell_values import UnreadableError, read_value
from grading.forms.wording import bound_hint, expectation
from grading.intake import check_value
from grading.language.bounds import bound_text
from grading.model.audit import Below
from grading.model.ruleset import Fact
from grading.spreadsheet.entry import TEXT, Entry

NONE_OF_THEM = "-"
"""Sent by a field of several options when none of them is chosen, but the question was answered."""


class WrongAnswerError(ValueError):
    """The text is no value of the fact; the message says what would be right."""


def read_answer(fact: Fact, typed: tuple[str, ...]) -> Any:
    """The value as JSON has it, None when nothing was typed. Raises WrongAnswerError."""
    if fact.type == "choices":
        chosen = [option for option in fact.options if option in typed]
        return chosen if chosen or NONE_OF_THEM in typed else None
    text = typed[-1] if typed else ""
    if fact.type == "choice":
        if text and text not in fact.options:
            raise WrongAnswerError(f"{expectation(fact)}。")
        return text or None
    try:
        value = read_value(Entry(text, TEXT), fact)
    except UnreadableError as error:
        raise WrongAnswerError(f"{error}。") from None
    if value is not None and check_value(value, fact.id, [fact])[1]:
        hint = bound_hint(fact, text)
        raise WrongAnswerError(f"{expectation(fact)}{'；' if hint else ''}{hint}。")
    return value


def shown_answer(value: Any) -> str:
    """A value as a field shows it for editing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    limit = value.get("below") if isinstance(value, dict) else None
    if isinstance(limit, Decimal):
        return bound_text(Below(below=limit))
    return plain(value) if isinstance(value, Decimal) else str(value)
