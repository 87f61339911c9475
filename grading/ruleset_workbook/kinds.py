"""Kinds of cells: how a value of the ruleset is shown, and how what stands in the cell is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from grading.forms.cell_values import (
    UnreadableError,
    read_day,
    read_identifier,
    read_items,
    read_text,
    read_value,
)
from grading.forms.wording import NO, YES, narrow, option_labels
from grading.language.prose import unit_text
from grading.model.condition import LIST_OPERATORS
from grading.model.ruleset import Fact
from grading.problems.reason import CodedError, reason_of
from grading.problems.workbook_codes import RulesetWorkbookCode
from grading.ruleset_workbook.words import Words
from grading.spreadsheet.entry import Entry

Shown = str | Decimal | None
"""The content of a cell: a text, a number or nothing."""
_COMMA = re.compile(r"[0-9][,，、][0-9]{1,2}$|[0-9][,，、][0-9]{4,}$")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


class RefusedError(CodedError, UnreadableError):
    """A cell can't be read; the reason says what would be right."""


def refused(code: RulesetWorkbookCode, **parameters: Any) -> RefusedError:
    """The error of a cell that can't be read."""
    return RefusedError(code, **parameters)


class Kind(Protocol):
    """A kind of cell."""

    def show(self, value: Any) -> Shown:
        """The content that a value is shown as."""

    def read(self, entry: Entry) -> Any:
        """The value that stands in a cell; None for an empty one. Raises UnreadableError."""


@dataclass(frozen=True)
class TextKind:
    """A text."""

    def show(self, value: str | None) -> Shown:
        """The text itself."""
        return value

    def read(self, entry: Entry) -> str | None:
        """The text without spaces around it."""
        return read_text(entry) or None


@dataclass(frozen=True)
class FixedKind:
    """A text that nobody changes here: a label, an id of a row that is there."""

    def show(self, value: str | None) -> Shown:
        """The text itself."""
        return value

    def read(self, entry: Entry) -> str | None:
        """The text as it stands."""
        return read_text(entry) or None


@dataclass(frozen=True)
class NoteKind:
    """A text for people, which is not read."""

    def show(self, value: str | None) -> Shown:
        """The text itself."""
        return value

    def read(self, entry: Entry) -> None:
        """Nothing."""
        del entry


@dataclass(frozen=True)
class ItemsKind:
    """Several texts, one a line."""

    def show(self, value: tuple[str, ...]) -> Shown:
        """Line by line; the writer escapes each."""
        return "\n".join(value) or None

    def read(self, entry: Entry) -> tuple[str, ...]:
        """The texts."""
        return read_items(entry)


@dataclass(frozen=True)
class IdKind:
    """An id: Latin letters, digits and underscores."""

    pattern: re.Pattern[str] = _IDENTIFIER
    example: str = "nox_limit"

    def show(self, value: str | None) -> Shown:
        """The id itself."""
        return value

    def read(self, entry: Entry) -> str | None:
        """The id."""
        text = narrow(read_identifier(entry)) or None
        if text is not None and not self.pattern.fullmatch(text):
            raise refused(RulesetWorkbookCode.ID_FORM, given=text, example=self.example)
        return text


RULESET_ID = IdKind(re.compile(r"[a-z0-9][a-z0-9_-]*/[a-z0-9][a-z0-9_-]*"), "xianyang-2027/brick")
REGION = IdKind(re.compile(r"[0-9]{6}"), "610400")


@dataclass(frozen=True)
class DayKind:
    """A day, shown as text so that no program makes another of it."""

    def show(self, value: date | None) -> Shown:
        """As 2023-09-10."""
        return None if value is None else value.isoformat()

    def read(self, entry: Entry) -> date | None:
        """The day."""
        return None if entry.blank else read_day(entry)


@dataclass(frozen=True)
class NumberKind:
    """An exact decimal; `whole` ones have no places."""

    unit: str | None = None
    whole: bool = False

    def show(self, value: Decimal | int | None) -> Shown:
        """As a number."""
        return None if value is None else Decimal(value)

    def read(self, entry: Entry) -> Decimal | int | None:
        """The number."""
        if entry.blank:
            return None
        fact = Fact(id="n", label="n", type="number", unit=self.unit, decimals=0 if self.whole else 6)
        number = _number(entry, fact)
        if not self.whole:
            return number
        if number != number.to_integral_value():
            raise refused(RulesetWorkbookCode.WHOLE_EXPECTED, given=entry.shown)
        return int(number)


@dataclass(frozen=True)
class WordKind:
    """One of some words; the value is the word's code."""

    words: Words
    what: str

    def show(self, value: str | None) -> Shown:
        """The word."""
        return None if value is None else self.words.get(value, value)

    def read(self, entry: Entry) -> str | None:
        """The code."""
        if entry.blank:
            return None
        text = narrow(read_text(entry))
        for code, word in self.words.items():
            if text in (narrow(word), code):
                return code
        raise refused(
            RulesetWorkbookCode.WORD_EXPECTED, what=self.what, words=tuple(self.words.values()), given=entry.shown
        )


@dataclass(frozen=True)
class YesKind:
    """是, or nothing."""

    def show(self, value: bool) -> Shown:
        """是 where it is true."""
        return YES if value else None

    def read(self, entry: Entry) -> bool:
        """True where 是 stands."""
        if entry.blank:
            return False
        text = YES if entry.value is True else narrow(read_text(entry))
        if text in (YES, NO):
            return text == YES
        raise refused(RulesetWorkbookCode.YES_EXPECTED, given=entry.shown)


@dataclass(frozen=True)
class OperandKind:
    """An operand of a computed fact: the id of a fact, or a number."""

    def show(self, value: str | Decimal | None) -> Shown:
        """The id as text, the number as number."""
        return value

    def read(self, entry: Entry) -> str | Decimal | None:
        """The id or the number."""
        if entry.blank:
            return None
        if not isinstance(entry.value, str):
            return _number(entry, Fact(id="n", label="n", type="number", decimals=6))
        text = narrow(read_identifier(entry))
        if _NUMBER.fullmatch(text):
            return Decimal(text)
        return IdKind().read(entry)


@dataclass(frozen=True)
class EntryKind:
    """A cell that is read later, once it is known what it is a value of."""

    def show(self, value: Shown) -> Shown:
        """The content that was worked out already."""
        return value

    def read(self, entry: Entry) -> Entry:
        """The content of the cell."""
        return entry


@dataclass(frozen=True)
class FigureKind:
    """The value that a comparison compares a fact with."""

    fact: Fact
    operator: str

    @property
    def lists(self) -> bool:
        """True when it is a list of values, one a line."""
        return self.operator in LIST_OPERATORS

    def show(self, value: Any) -> Shown:
        """The value as people write it: options by their labels."""
        if value is None:
            return None
        if self.lists:
            return "\n".join(str(self._one(one)) for one in value)
        return self._one(value)

    def _one(self, value: Any) -> str | Decimal:
        if isinstance(value, bool):
            return YES if value else NO
        if isinstance(value, Decimal):
            return value
        if isinstance(value, date):
            return value.isoformat()
        return _option_labels(self.fact).get(value, str(value))

    def read(self, entry: Entry) -> Any:
        """The value, None for an empty cell. Raises UnreadableError."""
        if entry.blank:
            return None
        if not self.lists:
            return self._value(entry)
        if not isinstance(entry.value, str):
            return (self._value(entry),)
        return tuple(self._value(Entry(item, entry.kind)) for item in read_items(entry))

    def _value(self, entry: Entry) -> Any:
        fact = self.fact
        if fact.type == "number":
            return _number(entry, fact)
        if fact.type == "date":
            return read_day(entry)
        # A value of a set is one of its options, as that of a single choice is.
        one = fact if fact.type != "choices" else fact.model_copy(update={"type": "choice"})
        return read_value(entry, one, fact.label)


def _option_labels(fact: Fact) -> Mapping[str, str]:
    return option_labels(fact) if fact.options else {}


def _number(entry: Entry, fact: Fact) -> Decimal:
    if isinstance(entry.value, str) and _COMMA.search(narrow(entry.value)):
        raise refused(RulesetWorkbookCode.DECIMAL_COMMA, given=entry.shown)
    value = read_value(entry, fact)
    if not isinstance(value, Decimal):
        raise refused(RulesetWorkbookCode.BOUND_AS_FIGURE, given=entry.shown)
    return value


def unit_words(unit: str | None) -> str:
    """The unit in brackets behind a label; nothing without one."""
    return f"（{unit_text(unit)}）" if unit else ""


__all__ = ["Kind", "RefusedError", "Shown", "UnreadableError", "reason_of"]
