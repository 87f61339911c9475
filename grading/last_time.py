"""Answers of an audit beside those of last time: new, confirmed as last time, or unconfirmed and so unknown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from grading.model.audit import Audit, Known, LastTime, Row, UnitAnswers, UnitAudit
from grading.model.ruleset import Ruleset


class Recheck(StrEnum):
    """The origin of an answer."""

    ANEW = "anew"
    """Stated in this audit."""
    CONFIRMED = "confirmed"
    """Last time's answer, confirmed in this audit."""
    PENDING = "pending"
    """Last time's answer, not confirmed: unknown."""


@dataclass(frozen=True)
class Compared:
    """A question that was answered now or last time; `unit` is None for the plant, `fact` for the rows of a table."""

    unit: str | None
    ruleset: str
    group: str | None
    row: str | None
    fact: str | None
    recheck: Recheck
    now: Known | None
    before: Known | None


def last_of(previous: Audit) -> LastTime:
    """A previous audit as what the next one says of it: every value that it states."""
    units = {
        unit.id: UnitAnswers(
            facts=_stated(unit.facts),
            groups={
                name: tuple(Row(key=row.key, facts=_stated(row.facts)) for row in rows)
                for name, rows in unit.groups.items()
                if rows
            },
        )
        for unit in previous.units
    }
    return LastTime(
        assessed_on=previous.assessed_on,
        facts=_stated(previous.enterprise.facts),
        units={id_: one for id_, one in units.items() if one.facts or one.groups},
    )


def begun_from(previous: Audit, day: date) -> Audit:
    """The audit of the same units on another day that states nothing yet, with the previous one's answers beside."""
    return Audit(
        enterprise=previous.enterprise.model_copy(update={"facts": {}}),
        assessed_on=day,
        units=tuple(UnitAudit(id=unit.id, ruleset=unit.ruleset) for unit in previous.units),
        last=last_of(previous),
    )


def _stated(facts: Mapping[str, Known]) -> dict[str, Known]:
    return {
        name: known.model_copy(update={"as_last_time": False})
        for name, known in facts.items()
        if known.value is not None
    }


def recheck_of(now: Known | None, before: Known | None) -> Recheck | None:
    """The origin of an answer; None when there is none, now or last time."""
    if now is not None and now.value is not None:
        return Recheck.CONFIRMED if now.as_last_time else Recheck.ANEW
    return Recheck.PENDING if before is not None else None


def compared(audit: Audit, rulesets: Mapping[str, Ruleset]) -> Iterator[Compared]:
    """All questions answered now or last time, of the plant and unit by unit; nothing for an audit that was begun empty."""
    last = audit.last
    if last is None:
        return
    first = audit.units[0].ruleset
    for name in dict.fromkeys((*audit.enterprise.facts, *last.facts)):
        now, before = audit.enterprise.facts.get(name), last.facts.get(name)
        recheck = recheck_of(now, before)
        answered = all(_has_value(audit.known(unit, name)) for unit in audit.units)
        if recheck is not None and not (recheck is Recheck.PENDING and answered):
            asking = next((u.ruleset for u in audit.units if name in rulesets[u.ruleset].facts), first)
            yield Compared(None, asking, None, None, name, recheck, now, before)
    for unit in audit.units:
        yield from _of_unit(audit, unit, rulesets[unit.ruleset], last)


def _of_unit(audit: Audit, unit: UnitAudit, ruleset: Ruleset, last: LastTime) -> Iterator[Compared]:
    answers = last.units.get(unit.id)
    for name in dict.fromkeys((*unit.facts, *(answers.facts if answers is not None else ()))):
        now, before = unit.facts.get(name), last.of_unit(unit.id, name)
        recheck = recheck_of(now, before)
        served = recheck is Recheck.PENDING and _has_value(audit.known(unit, name))
        if recheck is not None and not served:
            yield Compared(unit.id, ruleset.id, None, None, name, recheck, now, before)
    for group in ruleset.groups:
        before_rows, rows = last.rows(unit.id, group), unit.groups.get(group)
        if rows is None and before_rows:
            yield Compared(unit.id, ruleset.id, group, None, None, Recheck.PENDING, None, None)
        for row in rows or ():
            listed = next((one.facts for one in before_rows if one.key == row.key), {})
            for name in dict.fromkeys((*row.facts, *listed)):
                recheck = recheck_of(row.facts.get(name), listed.get(name))
                if recheck is not None:
                    now, before = row.facts.get(name), listed.get(name)
                    yield Compared(unit.id, ruleset.id, group, row.key, name, recheck, now, before)


def _has_value(known: Known | None) -> bool:
    return known is not None and known.value is not None
