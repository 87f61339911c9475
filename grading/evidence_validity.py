"""Validity of evidence: its last day, and its standing on a day."""

from datetime import date
from typing import Literal, NamedTuple

from grading.calendar import months_later
from grading.model.audit import Known, Value
from grading.model.ruleset import Fact

EvidenceStanding = Literal["valid", "expired", "undated"]
"""The standing of evidence on a day; `undated`: the ruleset limits its age, and its day is not stated."""
STATED_ABOUT_EVIDENCE = ("taken", "valid_until", "covers")
"""The statements that an audit may make about a value's evidence, beside its names."""


class Validity(NamedTuple):
    """The standing of evidence on a day, and its last day (None: it has none, or it is unknown)."""

    standing: EvidenceStanding
    last_day: date | None


ENDLESS = Validity("valid", None)


def is_endless(fact: Fact | None, known: Known) -> bool:
    """True when nothing limits how long the value's evidence proves it."""
    return known.valid_until is None and (fact is None or fact.evidence_valid is None)


def validity_on(fact: Fact | None, known: Known, day: date) -> Validity:
    """The validity of a value's evidence on a day, by what the evidence says and by the age that the fact allows.

    A period of months ends with the day of the month on which it began, or with the month's last (Civil Code, articles 201, 202).
    """
    limit = fact.evidence_valid if fact is not None else None
    if limit is None:
        if known.valid_until is None:
            return ENDLESS
        last = known.valid_until
    elif known.taken is None:
        if known.value is None:
            return ENDLESS
        # What can't be shown to be young enough proves nothing.
        return Validity("undated", None)
    else:
        last = months_later(known.taken, limit.months)
        last = last if known.valid_until is None else min(last, known.valid_until)
    return Validity("valid" if day <= last else "expired", last)


def value_on(fact: Fact | None, known: Known, day: date) -> Value | None:
    """The value as it counts on a day: unknown where its evidence does not prove it then."""
    if is_endless(fact, known):
        return known.value
    if known.value is None or validity_on(fact, known, day).standing == "valid":
        return known.value
    return None


def as_proven(fact: Fact | None, known: Known, day: date) -> Known:
    """A value that is assumed to be the case on a day: where the ruleset limits the age of its evidence, proven on that day."""
    if fact is None or fact.evidence_valid is None or known.value is None or known.taken is not None:
        return known
    return known.model_copy(update={"taken": day})
