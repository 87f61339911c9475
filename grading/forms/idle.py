"""Questions that do not matter for a unit as it was graded: every condition that reads them is ruled out by another answer."""

from collections.abc import Iterator, Mapping
from typing import Any

from grading.forms.relevance import antecedents
from grading.language.nested import stated
from grading.model.base import Status
from grading.model.condition import AnyOf, Comparison, ConditionBase, parts
from grading.model.result import UnitGrading
from grading.model.ruleset import Ruleset


def idle_facts(ruleset: Ruleset, grading: UnitGrading) -> frozenset[str]:
    """Facts that only indicators ask for which do not apply, or only the “then” of an “if” that is not so."""
    reader = _Reader(ruleset, grading.conditions)
    for gate in ruleset.gates:
        reader.read(f"gate.{gate.id}", gate.when, False)
    for indicator in ruleset.indicators:
        is_out = False
        if indicator.applies_when is not None:
            place = f"{indicator.id}.applies_when"
            reader.read(place, indicator.applies_when, False)
            is_out = grading.conditions.get(place) is Status.UNMET
        for one in stated(indicator):
            reader.read(one.place, one.requirement.require, is_out)
    return frozenset(reader.idle - reader.read_by)


class _Reader:
    def __init__(self, ruleset: Ruleset, conditions: Mapping[str, Any]) -> None:
        self.ruleset, self.conditions = ruleset, conditions
        self.idle: set[str] = set()
        self.read_by: set[str] = set()

    def read(self, place: str, c: ConditionBase, is_out: bool) -> None:
        """Note the facts below a condition, which is ruled out or not."""
        if isinstance(c, Comparison):
            (self.idle if is_out else self.read_by).update(_behind(self.ruleset, c.fact))
            return
        ifs = antecedents(c) if isinstance(c, AnyOf) else []
        steps = [(f"{place}.{step}", part, any(part is one for one in ifs)) for step, part in parts(c)]
        is_settled = any(is_if and self.conditions.get(at) is Status.MET for at, _, is_if in steps)
        for at, part, is_if in steps:
            self.read(at, part, is_out or (is_settled and not is_if))


def _behind(ruleset: Ruleset, name: str) -> Iterator[str]:
    yield name
    computed = ruleset.computed.get(name)
    for operand in computed.operands if computed is not None else ():
        if isinstance(operand, str):
            yield from _behind(ruleset, operand)
