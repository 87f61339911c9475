"""The ground of conclusions in the trace: facts with their places, values and evidence."""

from datetime import date
from decimal import Decimal

from grading.engine.conclusions import FactValue, UnitFacts
from grading.evidence_validity import validity_on
from grading.language.bounds import bound_text
from grading.model.audit import Audit, Below, Known
from grading.model.interval import Interval
from grading.model.trace import Cause, FactCause, GroupCause, JsonValue, ValueCause, WaiverCause
from grading.plan.nodes import Plan

Because = tuple[Cause, ...]
"""Everything that a conclusion rests on."""


class FactCauses:
    """The facts of one unit, each as the only cause of something; each is made once, however many conclusions rest on it."""

    def __init__(self, plan: Plan, audit: Audit, index: int, facts: UnitFacts) -> None:
        self._declared, self._computed = plan.ruleset.facts, plan.ruleset.computed
        self._audit, self._index, self._facts = audit, index, facts
        self._unit = audit.units[index]
        self._known: dict[tuple[str, str | None, int | None], Because] = {}
        self.ruleset: Because = ({"ruleset": plan.ruleset.id},)
        self.keys = {group: [row.key for row in rows] for group, rows in self._unit.groups.items()}

    def fact(self, fact: str, group: str | None = None, row: int | None = None) -> Because:
        """A fact of the unit, or of a row (from 1) of one of its groups."""
        because = self._known.get((fact, group, row))
        if because is None:
            because = self._known[fact, group, row] = (
                self._of_unit(fact) if group is None or row is None else self._of_row(fact, group, row),
            )
        return because

    def group(self, group: str, row: int | None = None) -> Because:
        """The fact that a group has so many rows (None: it is not stated), or this row (from 1)."""
        because = self._known.get(("", group, row))
        if because is None:
            keys = self.keys.get(group)
            cause: GroupCause = {"group": group, "rows": None if keys is None else len(keys)}
            if keys is not None and row is not None:
                cause["row"] = keys[row - 1]
            because = self._known["", group, row] = (cause,)
        return because

    def waiver(self, indicator: str) -> Because:
        """The waiver of an indicator that is in force, or else that there is none: the last one stated, if any is."""
        because = self._known.get((indicator, "waiver", None))
        if because is None:
            because = self._known[indicator, "waiver", None] = (self._of_waivers(indicator),)
        return because

    def _of_waivers(self, indicator: str) -> WaiverCause:
        day, place = self._audit.assessed_on, f"units[{self._index}].waivers"
        stated = [(i, one) for i, one in enumerate(self._unit.waivers) if one.indicator == indicator]
        if not stated:
            return {"waiver": indicator, "place": place, "in_force": False}
        in_force = [(i, one) for i, one in stated if one.standing_on(day) == "in_force"]
        at, waiver = (in_force or stated)[-1]
        return {
            "waiver": indicator,
            "place": f"{place}[{at}]",
            "in_force": bool(in_force),
            "authority": waiver.authority,
            "document": waiver.document.number,
            "until": waiver.until.isoformat(),
        }

    def _of_unit(self, fact: str) -> ValueCause:
        value = json_value(self._facts.values.get(fact))
        if fact in self._computed:
            return {"fact": fact, "computed_from": list(map(str, self._computed[fact].operands)), "value": value}
        if fact == "assessed_on":
            return {"fact": fact, "place": fact, "value": value}
        cause: FactCause = {"fact": fact, "place": self._audit.place(self._index, fact), "value": value}
        return self._with_evidence(cause, self._audit.known(self._unit, fact))

    def _of_row(self, fact: str, group: str, row: int) -> ValueCause:
        computed = self._computed.get(fact)
        value, key = json_value(self._facts.rows[group][row - 1].get(fact)), self.keys[group][row - 1]
        if computed is not None:
            return {"fact": fact, "row": key, "computed_from": list(map(str, computed.operands)), "value": value}
        known = self._unit.groups[group][row - 1].facts.get(fact)
        place = f"units[{self._index}].groups.{group}[{row - 1}].{fact}"
        return self._with_evidence({"fact": fact, "row": key, "place": place, "value": value}, known)

    def _with_evidence(self, cause: FactCause, known: Known | None) -> FactCause:
        """The cause with its evidence and how long that holds; of a value that it does not prove, with what is stated."""
        if known is None:
            return cause
        if known.evidence:
            cause["evidence"] = list(known.evidence)
        standing, last_day = validity_on(self._declared.get(cause["fact"]), known, self._audit.assessed_on)
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
        near = float(text)
        if near.is_integer():
            return int(near) if abs(near) < 2**53 and value == int(near) else format(value, "f")
        return near if repr(near) == text or Decimal(repr(near)) == value else format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Interval | Below):
        return bound_text(value)
    return sorted(value)
