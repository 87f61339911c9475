"""A ruleset in plain numpy, the peer of the columns: three values as small integers, floats for numbers, no exactness.

It is what one would write by hand for speed alone: computed facts in floating point, so that a value at a threshold may fall on
either side.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from grading.columns.layout import ASSESSED_ON, UNIT, Columns, stated
from grading.computed import order
from grading.model.ruleset import Computed
from grading.plan.nodes import Atom, Copy, Every, Free, Guarded, Nested, OverRows, Plan, Ref

UNMET, UNKNOWN, MET = 0, 1, 2
Array = np.ndarray[Any, Any]


def grade(plan: Plan, columns: Columns) -> Array:
    """The position of each unit's grade in the scale (the one after the floor: not graded)."""
    return _Run(plan, columns).grade()


class _Run:
    def __init__(self, plan: Plan, columns: Columns) -> None:
        self.plan, self.ruleset, self.height = plan, plan.ruleset, columns.height
        self.tables = {None: columns.units, **columns.groups}
        self.units = {group: rows[UNIT].to_numpy() for group, rows in columns.groups.items()}
        self.stated = {g: columns.units[stated(g)].to_numpy() for g in columns.groups}
        self.held: dict[tuple[str, str | None], tuple[Array, Array]] = {}
        self.steps = {c.id: c for c in order(plan.ruleset)}
        self.found: list[Array] = []
        self.views: dict[int, Array] = {}
        for node in plan.nodes:
            self.found.append(self._node(node.kind, node.view))

    def grade(self) -> Array:
        floor = len(self.ruleset.scale.graded)
        found = np.full(self.height, floor, dtype=np.int8)
        unit = next(target for target in self.plan.targets if target.kind == "unit")
        for i in reversed(range(floor)):
            found[self._of(unit.levels[i]) == MET] = i
        if self.plan.ungraded is not None:
            found[self._of(self.plan.ungraded) != UNMET] = floor + 1
        return found

    def _of(self, ref: Ref) -> Array:
        return MET - self.found[ref.node] if ref.negated else self.found[ref.node]

    def _rows(self, view: int) -> Array:
        """The positions of a view's rows in their group."""
        if view not in self.views:
            known = self.plan.views[view]
            everything = np.arange(self.tables[known.group].height)
            self.views[view] = everything if known.where is None else np.flatnonzero(self._of(known.where) != UNMET)
        return self.views[view]

    def _node(self, kind: Any, view: int | None) -> Array:
        group = None if view is None else self.plan.views[view].group
        size = self.height if view is None else len(self._rows(view))
        if isinstance(kind, Atom):
            values, known = self._fact(kind.fact, group)
            if view is not None and self.plan.views[view].where is not None:
                values, known = values[self._rows(view)], known[self._rows(view)]
            return np.where(known, np.where(self._holds(kind, values), MET, UNMET), UNKNOWN).astype(np.int8)
        if isinstance(kind, Every):
            pick = np.minimum if kind.conjunction else np.maximum
            found = self._of(kind.children[0])
            for ref in kind.children[1:]:
                found = pick(found, self._of(ref))
            return found
        if isinstance(kind, Guarded):
            return np.maximum(self._of(kind.child), MET - self._of(kind.guard))
        if isinstance(kind, Nested):
            return np.maximum(self._of(kind.own), self._of(kind.better))
        if isinstance(kind, Copy):
            values = self._of(kind.child)
            if view is not None and self.plan.nodes[kind.child.node].view is None:
                return values[self.units[str(group)][self._rows(view)]]
            return values
        if isinstance(kind, OverRows):
            return self._over_rows(kind)
        return np.full(size, MET if isinstance(kind, Free) else UNKNOWN, dtype=np.int8)

    def _over_rows(self, kind: OverRows) -> Array:
        view = self.plan.views[kind.over]
        rows, child = self._rows(kind.over), self._of(kind.child)
        if view.where is not None:
            doubtful = self._of(view.where)[rows] == UNKNOWN
            child = np.where(doubtful, (np.maximum if kind.conjunction else np.minimum)(child, UNKNOWN), child)
        found = np.full(self.height, MET if kind.conjunction else UNMET, dtype=np.int8)
        (np.minimum if kind.conjunction else np.maximum).at(found, self.units[view.group][rows], child)
        found[~self.stated[view.group]] = UNKNOWN
        return found

    def _fact(self, name: str, group: str | None) -> tuple[Array, Array]:
        if (name, group) not in self.held:
            self.held[name, group] = (
                self._computed(self.steps[name], group) if name in self.steps else self._given(name, group)
            )
        return self.held[name, group]

    def _given(self, name: str, group: str | None) -> tuple[Array, Array]:
        fact = self.ruleset.facts.get(name)
        own = None if fact is None else fact.group
        column = self.tables[own][name]
        known = column.is_not_null().to_numpy()
        if name == ASSESSED_ON or (fact is not None and fact.type == "date"):
            column = column.cast(int)
        values = column.fill_null(False if fact is not None and fact.type == "boolean" else 0).to_numpy()
        if fact is not None and fact.type == "number":
            values = values / 10.0**fact.decimals
        return (
            (values[self.units[group]], known[self.units[group]])
            if own is None and group is not None
            else (values, known)
        )

    def _computed(self, step: Computed, group: str | None) -> tuple[Array, Array]:
        size = self.tables[group].height
        known = np.ones(size, dtype=bool)
        operands: list[Array] = []
        for operand in step.operands:
            values, there = (
                (np.full(size, float(operand)), known) if isinstance(operand, Decimal) else self._fact(operand, group)
            )
            operands.append(values)
            known = known & there
        with np.errstate(all="ignore"):
            if step.operation == "oxygen_corrected":
                value, oxygen, baseline = operands
                return value * (21 - baseline) / (21 - oxygen), known & (oxygen < 21)
            if step.operation == "ratio":
                return operands[0] / operands[1], known & (operands[1] != 0)
            if step.operation in ("difference", "days_between"):
                sign = 1 if step.operation == "difference" else -1
                return sign * (operands[0] - operands[1]), known
            pick = {"sum": np.add, "product": np.multiply, "minimum": np.minimum, "maximum": np.maximum}[step.operation]
            return pick.reduce(operands), known

    def _holds(self, kind: Atom, values: Array) -> Array:
        fact = self.ruleset.facts.get(kind.fact)
        options = tuple(fact.options) if fact is not None else ()
        listed = kind.operand if isinstance(kind.operand, tuple) else (kind.operand,)
        if fact is not None and fact.type == "choices":
            mask = np.uint64(sum(1 << options.index(str(o)) for o in listed))
            inside = values & mask
            return {"includes_any": inside != 0, "includes_all": inside == mask, "within": inside == values}[
                kind.operator
            ]
        plain = [_plain(o, options) for o in listed]
        if kind.operator in ("equals", "one_of", "none_of"):
            found = np.isin(values, plain)
            return ~found if kind.operator == "none_of" else found
        compare = {"at_most": np.less_equal, "at_least": np.greater_equal, "below": np.less, "above": np.greater}
        return compare[kind.operator](values, plain[0])


def _plain(value: Any, options: tuple[str, ...]) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return (value - date(1970, 1, 1)).days
    return options.index(value) if isinstance(value, str) else value
