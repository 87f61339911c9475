"""The ground of conclusions in the trace: facts with their places, values and evidence."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from grading.engine.conclusions import FactValue, UnitFacts
from grading.evidence_validity import is_endless, validity_on
from grading.language.bounds import bound_text
from grading.model.audit import Audit, Below, Known, Row
from grading.model.interval import Interval
from grading.model.ruleset import Ruleset
from grading.model.trace import Cause, FactCause, GroupCause, JsonValue, ValueCause, WaiverCause
from grading.plan.nodes import Plan

Because = tuple[Cause, ...]
"""Everything that a conclusion rests on."""
EXACT = 16
"""A decimal of so many signs, all but one of them digits, is the shortest text of the float next to it."""


class FactCauses:
    """The facts of one unit, each as the only cause of something; each is made once, however many conclusions rest on it."""

    def __init__(self, plan: Plan, audit: Audit, index: int, facts: UnitFacts) -> None:
        self.ruleset: Because = ({"ruleset": plan.ruleset.id},)
        self._plan, self._audit, self._index, self._facts = plan, audit, index, facts
        self._unit = audit.units[index]
        self._made: dict[str, Because] = {}
        self._groups: dict[str, Because] = {}
        self._rows: dict[str, list[RowCauses]] = {}

    def fact(self, fact: str) -> Because:
        """A fact of the unit."""
        because = self._made.get(fact)
        if because is None:
            because = self._made[fact] = (self._of(fact),)
        return because

    def group(self, group: str) -> Because:
        """The fact that a group has so many rows (None: it is not stated)."""
        because = self._groups.get(group)
        if because is None:
            rows = self._unit.groups.get(group)
            because = self._groups[group] = ({"group": group, "rows": None if rows is None else len(rows)},)
        return because

    def rows(self, group: str) -> "list[RowCauses]":
        """The rows of a group."""
        rows = self._rows.get(group)
        if rows is None:
            rows = self._rows[group] = self._rows_of(group)
        return rows

    def waiver(self, indicator: str) -> Because:
        """The waiver of an indicator that is in force, or else that there is none: the last one stated, if any is."""
        day, place = self._audit.assessed_on, f"units[{self._index}].waivers"
        stated = [(i, one) for i, one in enumerate(self._unit.waivers) if one.indicator == indicator]
        if not stated:
            return ({"waiver": indicator, "place": place, "in_force": False},)
        in_force = [(i, one) for i, one in stated if one.standing_on(day) == "in_force"]
        at, waiver = (in_force or stated)[-1]
        cause: WaiverCause = {
            "waiver": indicator,
            "place": f"{place}[{at}]",
            "in_force": bool(in_force),
            "authority": waiver.authority,
            "document": waiver.document.number,
            "until": waiver.until.isoformat(),
        }
        return (cause,)

    def _of(self, fact: str) -> ValueCause:
        value, computed = json_value(self._facts.values.get(fact)), self._plan.ruleset.computed.get(fact)
        if computed is not None:
            return {"fact": fact, "computed_from": list(map(str, computed.operands)), "value": value}
        if fact == "assessed_on":
            return {"fact": fact, "place": fact, "value": value}
        cause: FactCause = {"fact": fact, "place": self._audit.place(self._index, fact), "value": value}
        known = self._audit.known(self._unit, fact)
        return _with_evidence(cause, known, self._plan.ruleset, self._audit.assessed_on)

    def _rows_of(self, group: str) -> "list[RowCauses]":
        ruleset, day, place = self._plan.ruleset, self._audit.assessed_on, f"units[{self._index}].groups.{group}"
        stated, values = self._unit.groups.get(group, ()), self._facts.rows.get(group, ())
        causes: list[RowCauses] = []
        for n, row in enumerate(stated):
            itself: GroupCause = {"group": group, "rows": len(stated), "row": row.key}
            causes.append(RowCauses(ruleset, day, row, values[n], f"{place}[{n}].", (itself,), {}))
        return causes


class RowCauses(NamedTuple):
    """A row of a table, and each of its facts, as the only cause of something. `place`: of its facts, but for their names."""

    ruleset: Ruleset
    day: date
    row: Row
    values: Mapping[str, FactValue]
    place: str
    itself: Because
    made: dict[str, Because]

    def make(self, fact: str) -> Because:
        """A fact of the row, made for the first time."""
        because = self.made[fact] = (self._of(fact),)
        return because

    def _of(self, fact: str) -> ValueCause:
        value, key, computed = json_value(self.values.get(fact)), self.row.key, self.ruleset.computed.get(fact)
        if computed is not None:
            return {"fact": fact, "row": key, "computed_from": list(map(str, computed.operands)), "value": value}
        cause: FactCause = {"fact": fact, "row": key, "place": self.place + fact, "value": value}
        return _with_evidence(cause, self.row.facts.get(fact), self.ruleset, self.day)


def _with_evidence(cause: FactCause, known: Known | None, ruleset: Ruleset, day: date) -> FactCause:
    """The cause with its evidence and how long that holds; of a value that it does not prove, with what is stated."""
    if known is None:
        return cause
    if known.evidence:
        cause["evidence"] = list(known.evidence)
    declared = ruleset.facts.get(cause["fact"])
    if is_endless(declared, known):
        return cause
    standing, last_day = validity_on(declared, known, day)
    if last_day is not None:
        cause["valid_until"] = last_day.isoformat()
    if standing != "valid" and known.value is not None:
        cause["not_counted"] = standing
        stated = known.value
        cause["stated"] = json_value(frozenset(stated) if isinstance(stated, tuple) else stated)
    return cause


def json_value(value: FactValue | Below) -> JsonValue:
    """A value as JSON has it: numbers as int or float of the same decimal text, sets as sorted lists, bounds as `<20`.

    A number too long for a float is text, so that no digit is lost.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Decimal):
        text = str(value)
        near = float(text)
        if near.is_integer():
            return int(near) if abs(near) < 2**53 and value == int(near) else format(value, "f")
        if len(text) <= EXACT and "E" not in text:
            return near
        return near if Decimal(repr(near)) == value else format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Interval | Below):
        return bound_text(value)
    return sorted(value)
