"""Values of facts: read as their declarations say, with their evidence and note."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from grading.evidence_validity import STATED_ABOUT_EVIDENCE
from grading.intake.exact_json import MAX_DIGITS, NotANumber
from grading.intake.parts import PartReader
from grading.intake.problems import InputProblem, Path, quoted
from grading.language.bounds import NoLimitError, bound_from_text
from grading.model.audit import Below, Known, Value
from grading.model.base import MAX_NUMBER, decimal_places
from grading.model.ruleset import Fact
from grading.problems.codes import ProblemCode
from grading.problems.phrases import Phrase
from grading.problems.reason import Parameter, Reason, reason_of

Declarations = Callable[[str], list[Fact]]
"""The facts that a name may stand for; none when it stands for nothing."""


class ValueReader(PartReader):
    """Reads values of facts; `assessed_on` is the day of the audit once it has been read."""

    def __init__(self, verbatim: bool = False) -> None:
        super().__init__(verbatim)
        self.assessed_on: date | None = None

    def facts(
        self,
        raw: Any,
        path: Path,
        declared: Declarations | None,
        unknown: Reason,
        whole: bool = True,
    ) -> dict[str, Known]:
        """The known facts of a mapping; `declared` says what a name may stand for, `unknown` that it stands for nothing."""
        found: dict[str, Known] = {}
        values = self.mapping(raw, path, optional=None) if whole else raw
        for name, value in values.items():
            here = (*path, name)
            if declared is None:
                continue
            facts = declared(name)
            if not facts:
                self.wrong_for(here, unknown)
                continue
            known = self.known(value, here, facts)
            if known is not None:
                found[name] = known
        return found

    def known(self, raw: Any, path: Path, facts: list[Fact]) -> Known | None:
        evidence: tuple[str, ...] = ()
        note: str | None = None
        as_last_time = False
        about: dict[str, Any] = {}
        value = raw
        if isinstance(raw, dict) and "below" not in raw:
            optional = ("value", "evidence", "note", "as_last_time", *STATED_ABOUT_EVIDENCE)
            wrapped = self.mapping(raw, path, optional=optional)
            value = wrapped.get("value")
            if "note" in wrapped:
                note = self.text(wrapped["note"], (*path, "note"))
            evidence = self.texts(wrapped.get("evidence", []), (*path, "evidence"))
            as_last_time = self.flag(wrapped.get("as_last_time", False), (*path, "as_last_time"))
            about = self.about_evidence(wrapped, path)
        if value is None:
            return Known(value=None, evidence=evidence, note=note, **about) if evidence or note or about else None
        readings = [self.value(value, path, fact) for fact in facts]
        if any(reading is None for reading in readings) or readings[0] is None:
            return None
        return Known(value=readings[0], evidence=evidence, note=note, as_last_time=as_last_time, **about)

    def about_evidence(self, wrapped: dict[str, Any], path: Path) -> dict[str, Any]:
        """Statements about the evidence: the day it was taken, its last day, its coverage."""
        days = {
            key: self.day(wrapped[key], (*path, key))
            for key in ("taken", "valid_until")
            if wrapped.get(key) is not None
        }
        taken, until = days.get("taken"), days.get("valid_until")
        if taken is not None and self.assessed_on is not None and taken > self.assessed_on:
            self.wrong((*path, "taken"), ProblemCode.EVIDENCE_TAKEN_LATER, taken=taken, day=self.assessed_on)
        if taken is not None and until is not None and until < taken:
            self.wrong((*path, "valid_until"), ProblemCode.EVIDENCE_ENDS_BEFORE, taken=taken)
        found: dict[str, Any] = {key: day for key, day in days.items() if day is not None}
        if wrapped.get("covers") is not None:
            covers = self.text(wrapped["covers"], (*path, "covers"))
            found |= {} if covers is None else {"covers": covers}
        return found

    def value(self, raw: Any, path: Path, fact: Fact) -> Value | None:
        if fact.type == "boolean":
            if isinstance(raw, bool):
                return raw
            self.wrong(path, ProblemCode.BOOLEAN_EXPECTED, given=quoted(raw))
            return None
        if fact.type == "number":
            is_bound = isinstance(raw, dict) and "below" in raw
            return self.bound(raw, path, fact) if is_bound else self.number(raw, path, fact)
        if fact.type == "date":
            return self.day(raw, path)
        options = tuple(fact.options)
        if fact.type == "choice":
            if isinstance(raw, str) and raw in fact.options:
                return raw
            self.wrong(path, ProblemCode.OPTION_EXPECTED, options=options, given=quoted(raw))
            return None
        if not isinstance(raw, list):
            self.wrong(path, ProblemCode.OPTIONS_EXPECTED, options=options, given=quoted(raw))
            return None
        for i, item in enumerate(raw):
            if not isinstance(item, str) or item not in fact.options:
                self.wrong((*path, i), ProblemCode.OPTION_EXPECTED, options=options, given=quoted(item))
                return None
        if len(set(raw)) != len(raw):
            self.wrong(path, ProblemCode.OPTION_TWICE)
            return None
        return tuple(option for option in fact.options if option in raw)

    def number(self, raw: Any, path: Path, fact: Fact) -> Decimal | None:
        if isinstance(raw, NotANumber):
            self.wrong(path, ProblemCode.NUMBER_NOT_EXACT, digits=MAX_DIGITS, unit=_unit(fact))
            return None
        if isinstance(raw, int) and not isinstance(raw, bool):
            raw = Decimal(raw)
        if not isinstance(raw, Decimal) or not raw.is_finite():
            hint = _bound_hint(raw, fact) if isinstance(raw, str) else Phrase.NOTHING
            self.wrong(path, ProblemCode.NUMBER_EXPECTED, unit=_unit(fact), given=quoted(raw), hint=hint)
            return None
        low, high = fact.min, fact.max
        if (low is not None and raw < low) or (high is not None and raw > high):
            span = _span(low, high)
            self.wrong(path, ProblemCode.NUMBER_OUT_OF_RANGE, range=span, unit=_unit(fact), given=raw)
            return None
        if decimal_places(raw) > fact.decimals:
            self.wrong(path, ProblemCode.NUMBER_TOO_PRECISE, places=fact.decimals)
            return None
        if abs(raw) >= MAX_NUMBER:
            self.wrong(path, ProblemCode.NUMBER_TOO_LARGE, bound=MAX_NUMBER, unit=_unit(fact))
            return None
        return raw

    def bound(self, raw: dict[str, Any], path: Path, fact: Fact) -> Below | None:
        """An upper bound, `{"below": 20}`."""
        stated = self.mapping(raw, path, required=("below",))
        limit = self.number(stated["below"], path, fact) if "below" in stated else None
        if limit is None or len(stated) > 1 or getattr(raw, "repeated", None):
            return None
        if fact.min is not None and limit <= fact.min:
            self.wrong(path, ProblemCode.BOUND_TOO_LOW, limit=limit, least=fact.min)
            return None
        return Below(below=limit)


def check_value(raw: Any, place: str, facts: list[Fact]) -> tuple[Known | None, tuple[InputProblem, ...]]:
    """Read one value (bare, or with evidence and note) that has to suit all the facts; with what is wrong with it."""
    reader = ValueReader()
    known = None if raw is None else reader.known(raw, (place,), facts)
    return known, tuple(reader.problems)


def _span(low: Decimal | None, high: Decimal | None) -> Reason:
    if low is not None and high is not None:
        return reason_of(Phrase.BETWEEN, least=low, most=high)
    return reason_of(Phrase.AT_MOST, most=high) if high is not None else reason_of(Phrase.AT_LEAST, least=low or 0)


def _unit(fact: Fact) -> Parameter:
    return reason_of(Phrase.IN_UNIT, unit=fact.unit) if fact.unit else Phrase.NOTHING


def _bound_hint(text: str, fact: Fact) -> Parameter:
    """The way in which JSON states what a text says a number is below."""
    try:
        limit = bound_from_text(text, fact.unit)
    except NoLimitError:
        return reason_of(Phrase.STATE_THE_LIMIT)
    return Phrase.NOTHING if limit is None else reason_of(Phrase.AN_UPPER_BOUND, limit=limit)
