"""Firings → the trace: each conclusion with the facts, places and earlier entries that it rests on."""

from datetime import date
from decimal import Decimal
from typing import Any

from grading.engine.firings import Cause, FactValue, Firing, Given, UnitFacts
from grading.engine.plan import Plan
from grading.model.audit import Audit, Known, UnitAudit
from grading.model.result import TraceEntry


class Trace:
    """Tells the firings of one unit."""

    def __init__(self, plan: Plan, audit: Audit, index: int, facts: UnitFacts) -> None:
        self.plan, self.audit, self.index, self.facts = plan, audit, index, facts
        self.unit = audit.units[index]

    def entries(self, firings: list[Firing]) -> tuple[TraceEntry, ...]:
        """All firings in their order, numbered from 1."""
        told: dict[Cause, dict[str, Any]] = {number: {"seq": number + 1} for number in range(len(firings))}
        given = dict.fromkeys(cause for _, causes, _ in firings for cause in causes if not isinstance(cause, int))
        told |= {cause: self._given(cause) for cause in given}
        tell = told.__getitem__
        keys = [[row.key for row in self.unit.groups.get(view.group, ())] for view in self.plan.views]
        found: list[TraceEntry] = []
        for number, (concluding, causes, row) in enumerate(firings, start=1):
            effect, _, view, _, concludes, _ = concluding
            if view is not None:
                concludes = {**concludes, "row": keys[view][row - 1]}
            found.append(TraceEntry(number, effect.title, tuple(map(tell, causes)), concludes))
        return tuple(found)

    def _key(self, group: str, row: int) -> str:
        return self.unit.groups[group][row - 1].key

    def _given(self, given: Given) -> dict[str, Any]:
        fact, group, row = given
        if fact in ("figures", "nothing_asked"):
            return {"ruleset": self.plan.ruleset.id}
        if fact == "" and group is not None:
            rows = self.unit.groups.get(group)
            stated = {"group": group, "rows": None if rows is None else len(rows)}
            return stated if row is None else {**stated, "row": self._key(group, row)}
        cause: dict[str, Any] = {"fact": fact}
        known: Known | None = None
        if group is not None and row is not None:
            cause["row"] = self._key(group, row)
            value = self.facts.rows[group][row - 1].get(fact)
        else:
            value = self.facts.values.get(fact)
        computed = self.plan.ruleset.computed.get(fact)
        if computed is not None:
            cause["computed_from"] = [str(operand) for operand in computed.operands]
        elif group is not None and row is not None:
            known = self.unit.groups[group][row - 1].facts.get(fact)
            cause["place"] = f"units[{self.index}].groups.{group}[{row - 1}].{fact}"
        else:
            known, cause["place"] = known_of(self.audit, self.index, self.unit, fact)
        cause["value"] = json_value(value)
        if known is not None and known.evidence:
            cause["evidence"] = list(known.evidence)
        return cause


def known_of(audit: Audit, index: int, unit: UnitAudit, fact: str) -> tuple[Known | None, str]:
    """What is known of a unit's fact and where it stands; a unit's own value goes before the enterprise's."""
    if fact == "assessed_on":
        return None, fact
    own, shared = unit.facts.get(fact), audit.enterprise.facts.get(fact)
    if own is not None and (own.value is not None or shared is None):
        return own, f"units[{index}].facts.{fact}"
    return (shared, f"enterprise.facts.{fact}") if shared is not None else (None, f"units[{index}].facts.{fact}")


def json_value(value: FactValue) -> Any:
    """A value as JSON has it: numbers as int or float of the same decimal text, sets as sorted lists.

    A number too long for a float is told as text, so that no digit is lost.
    """
    if isinstance(value, Decimal):
        if value == value.to_integral_value():
            return int(value) if abs(value) < 2**53 else format(value, "f")
        return float(value) if Decimal(repr(float(value))) == value else format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    return value
