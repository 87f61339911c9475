"""The ground of conclusions in the trace: facts with their places, values and evidence."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeVar

from grading.engine.conclusions import FactValue, UnitFacts
from grading.evidence_validity import validity_on
from grading.language.bounds import bound_text
from grading.model.audit import Audit, Below, Known
from grading.model.interval import Interval
from grading.model.trace import Cause, FactCause, GroupCause, JsonValue, WaiverCause
from grading.plan.nodes import Plan

EXACT_DIGITS = 16
"""Whole numbers of fewer digits than this are floats without loss."""
Because = tuple[Cause, ...]
"""Everything that a conclusion rests on."""
Key = TypeVar("Key")
Item = TypeVar("Item")


class Made(dict[Key, Item]):
    """Things by key, each made when it is first asked for. A hit costs no call of Python."""

    def __init__(self, make: Callable[[Key], Item]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Key) -> Item:
        item = self[key] = self._make(key)
        return item


class FactCauses:
    """The facts of one unit, each as the only cause of something; each is made once, however many conclusions rest on it."""

    def __init__(self, plan: Plan, audit: Audit, index: int, facts: UnitFacts) -> None:
        self._declared, self._computed = plan.ruleset.facts, plan.ruleset.computed
        self._audit, self._index, self._facts = audit, index, facts
        self._unit = audit.units[index]
        self._day = audit.assessed_on
        self.ruleset: Because = ({"ruleset": plan.ruleset.id},)
        self.keys = {group: [row.key for row in rows] for group, rows in self._unit.groups.items()}
        self.facts = Made(self._of_unit)
        """The facts of the unit."""
        self.tables = Made(self._of_table)
        """The facts of each table's rows: by group, fact and number of the row from 1."""
        self.waivers = Made(self._of_waivers)
        """The waiver of each indicator that is in force, or else that there is none: the last one stated, if any is."""
        self._groups = Made(self._of_group)

    def group(self, group: str, row: int | None = None) -> Because:
        """The fact that a group has so many rows (None: it is not stated), or this row (from 1)."""
        return self._groups[group, row]

    def _of_group(self, place: tuple[str, int | None]) -> Because:
        group, row = place
        keys = self.keys.get(group)
        cause: GroupCause = {"group": group, "rows": None if keys is None else len(keys)}
        if keys is not None and row is not None:
            cause["row"] = keys[row - 1]
        return (cause,)

    def _of_waivers(self, indicator: str) -> Because:
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

    def _of_unit(self, fact: str) -> Because:
        value = json_value(self._facts.values.get(fact))
        if fact in self._computed:
            return ({"fact": fact, "computed_from": list(map(str, self._computed[fact].operands)), "value": value},)
        if fact == "assessed_on":
            return ({"fact": fact, "place": fact, "value": value},)
        cause: FactCause = {"fact": fact, "place": self._audit.place(self._index, fact), "value": value}
        return (self._with_evidence(cause, self._audit.known(self._unit, fact)),)

    def _of_table(self, group: str) -> Made[str, Made[int, Because]]:
        return Made(lambda fact: Made(self._of_rows(fact, group)))

    def _of_rows(self, fact: str, group: str) -> Callable[[int], Because]:
        computed, keys, values = self._computed.get(fact), self.keys[group], self._facts.rows[group]
        if computed is not None:
            operands = list(map(str, computed.operands))

            def of_computed(row: int) -> Because:
                value = json_value(values[row - 1].get(fact))
                return ({"fact": fact, "row": keys[row - 1], "computed_from": operands, "value": value},)

            return of_computed
        stated, place = self._unit.groups[group], f"units[{self._index}].groups.{group}"

        def of_row(row: int) -> Because:
            value, at = json_value(values[row - 1].get(fact)), f"{place}[{row - 1}].{fact}"
            cause: FactCause = {"fact": fact, "row": keys[row - 1], "place": at, "value": value}
            return (self._with_evidence(cause, stated[row - 1].facts.get(fact)),)

        return of_row

    def _with_evidence(self, cause: FactCause, known: Known | None) -> FactCause:
        """The cause with its evidence and how long that holds; of a value that it does not prove, with what is stated."""
        if known is None:
            return cause
        if known.evidence:
            cause["evidence"] = list(known.evidence)
        declared = self._declared.get(cause["fact"])
        if known.valid_until is None and (declared is None or declared.evidence_valid is None):
            return cause
        standing, last_day = validity_on(declared, known, self._day)
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
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        text = str(value)
        if len(text) < EXACT_DIGITS and text.isdecimal():
            return int(text)
        near = float(text)
        if near.is_integer():
            return int(near) if abs(near) < 2**53 and value == int(near) else format(value, "f")
        return near if repr(near) == text or Decimal(repr(near)) == value else format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Interval | Below):
        return bound_text(value)
    return sorted(value)
