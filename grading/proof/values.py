"""The values of one audit, as a world in which everything is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from grading.computed import Operand, order, with_computed
from grading.model.condition import Value
from grading.model.ruleset import Ruleset
from grading.proof.logic import Pair

ASSESSED_ON = "assessed_on"
UNKNOWN = Pair(False, False)


@dataclass
class Values:
    """Facts of a unit and of its rows. Sets of options are frozen sets."""

    ruleset: Ruleset
    day: date
    facts: dict[str, Operand]
    groups: dict[str, list[dict[str, Operand]]]
    known: Mapping[str, Operand] = field(init=False)
    tables: dict[str, list[dict[str, Operand]]] = field(init=False)

    def __post_init__(self) -> None:
        """Work out the computed facts."""
        self.tables = {group: [dict(row) for row in rows] for group, rows in self.groups.items()}
        self.known = with_computed(order(self.ruleset), {**self.facts, ASSESSED_ON: self.day}, self.tables)

    def rows(self, group: str) -> Sequence[bool]:
        """The rows that there are."""
        return [True] * len(self.tables.get(group, ()))

    def compared(self, fact: str, operator: str, operand: Value, row: int | None) -> Pair[bool]:
        """A comparison of a known value."""
        declared = self.ruleset.facts.get(fact) or self.ruleset.computed.get(fact)
        group = None if declared is None else declared.group
        value = self.known.get(fact) if group is None or row is None else self.tables[group][row].get(fact)
        if value is None:
            return UNKNOWN
        met = holds(operator, value, operand)
        return Pair(met, not met)


def holds(operator: str, value: Any, operand: Value) -> bool:
    """The formula that a known value compares so."""
    listed = operand if isinstance(operand, tuple) else (operand,)
    one: Any = listed[0] if listed else None
    if operator == "at_most":
        return bool(value <= one)
    if operator == "at_least":
        return bool(value >= one)
    if operator == "below":
        return bool(value < one)
    if operator == "above":
        return bool(value > one)
    if operator in ("equals", "one_of"):
        return value in listed
    if operator == "none_of":
        return value not in listed
    if operator == "includes_any":
        return any(option in value for option in listed)
    if operator == "includes_all":
        return all(option in value for option in listed)
    return all(option in listed for option in value)


def audit_of(values: Values, name: str) -> dict[str, Any]:
    """The values as an audit of one enterprise with one unit, numbers as Decimal."""
    ruleset = values.ruleset

    def shown(row: Mapping[str, Operand]) -> dict[str, Any]:
        return {fact: proven(fact, _shown(ruleset, fact, row[fact])) for fact in ruleset.facts if fact in row}

    def proven(fact: str, value: Any) -> Any:
        """A value with the day of its evidence where the ruleset limits its age: what is found is proven on the day."""
        if ruleset.facts[fact].evidence_valid is None or value is None:
            return value
        return {"value": value, "taken": values.day.isoformat()}

    groups = {
        group: [{ruleset.groups[group].key: f"{i}", **shown(row)} for i, row in enumerate(rows, start=1)]
        for group, rows in values.groups.items()
    }
    unit = {"id": "unit", "ruleset": ruleset.id, "facts": shown(values.facts), "groups": groups}
    return {"enterprise": {"name": name}, "assessed_on": values.day.isoformat(), "units": [unit]}


def _shown(ruleset: Ruleset, fact: str, value: Operand) -> Any:
    if isinstance(value, frozenset):
        return [option for option in ruleset.facts[fact].options if option in value]
    if isinstance(value, date):
        return value.isoformat()
    return value.normalize() + 0 if isinstance(value, Decimal) else value
