"""The nodes of a plan as columns of three values: true (met), false (unmet), null (unknown).

Nodes are worked out in the order of the plan, each once: what conditions share is one column. Rows give their status to the
unit by position: `each` starts as met and takes the unknown, then the unmet rows; `some` the other way round.
"""

from functools import reduce

import polars as pl

from grading.columns.comparison import compared, constant
from grading.columns.layout import Columns, stated, waived
from grading.columns.sheet import Sheet, Sheets
from grading.plan.nodes import Atom, Copy, Every, Free, Guarded, Nested, Node, OverRows, Plan, Ref, Waived, Waiver


class Statuses:
    """The status of every node of a plan, for the units of some columns."""

    def __init__(self, plan: Plan, columns: Columns, keep_rows: bool = False) -> None:
        """`keep_rows`: keep what is concluded of single rows too, for whoever asks why."""
        self.plan, self.columns = plan, columns
        self.sheets = Sheets(plan, columns)
        self.found: list[pl.Series | None] = []
        self.sure: dict[int, pl.Series | None] = {}
        self.empty: dict[tuple[str, bool], pl.Series] = {}
        self.last_read = {} if keep_rows else _last_read(plan)
        for index, node in enumerate(plan.nodes):
            self.found.append(self._node(node))
            self._forget(index)

    def of(self, ref: Ref) -> pl.Series:
        """The status of a reference, a value a unit; raises KeyError for a node of rows."""
        values = self.found[ref.node]
        if values is None:
            raise KeyError(self.plan.nodes[ref.node].name)
        return ~values if ref.negated else values

    def _node(self, node: Node) -> pl.Series | None:
        kind = node.kind
        if isinstance(kind, OverRows):
            return self._over_rows(kind)
        view = node.view
        if view is not None and self.plan.views[view].group not in self.columns.groups:
            return None
        sheet = self.sheets.units if view is None else self.view(view)
        if isinstance(kind, Atom):
            held = sheet.held(kind.fact)
            if held is None:
                return constant(None, sheet.height)
            return compared(held, self.plan.ruleset.facts.get(kind.fact), kind.operator, kind.operand)
        if isinstance(kind, Every):
            refs = [self.of(ref) for ref in kind.children]
            return reduce(pl.Series.__and__ if kind.conjunction else pl.Series.__or__, refs)
        if isinstance(kind, Guarded):
            return self.of(kind.child) | ~self.of(kind.guard)
        if isinstance(kind, Nested):
            return self.of(kind.own) | self.of(kind.better)
        if isinstance(kind, Waived):
            return self.of(kind.own) | self.of(kind.waiver)
        if isinstance(kind, Waiver):
            units, name = self.columns.units, waived(kind.indicator)
            return units[name] if name in units.columns else constant(False, units.height)
        if isinstance(kind, Copy):
            return self._copy(kind, sheet)
        return constant(True if isinstance(kind, Free) else None, sheet.height)

    def _copy(self, kind: Copy, sheet: Sheet) -> pl.Series:
        values = self.of(kind.child)
        there = self.plan.nodes[kind.child.node].view
        if there == kind.view or sheet.units is None:
            return values
        if there is None:
            return values.gather(sheet.units)
        raise KeyError(f"{self.plan.nodes[kind.child.node].name} belongs to other rows")

    def view(self, index: int) -> Sheet:
        """The sheet of a view: the rows for which its `where` is not unmet."""
        if index not in self.sheets.views:
            where = self.plan.views[index].where
            if where is None:
                self.sheets.view(index, None)
                self.sure[index] = None
            else:
                selected = self.of(where)
                rows = (selected | selected.is_null()).arg_true()
                self.sheets.view(index, rows)
                sure = selected.gather(rows)
                self.sure[index] = sure if sure.null_count() else None
        return self.sheets.views[index]

    def _over_rows(self, kind: OverRows) -> pl.Series:
        group = self.plan.views[kind.over].group
        status = self._without_rows(group, kind.conjunction).clone()
        if group not in self.columns.groups:
            return status
        sheet = self.view(kind.over)
        child = self.of(kind.child)
        sure, units = self.sure[kind.over], sheet.units
        decisive = ~child if kind.conjunction else child
        doubtful = child.is_null()
        if sure is not None:
            doubtful = doubtful | (decisive & sure.is_null())
            decisive = decisive & sure
        if units is None:
            raise KeyError(group)
        status.scatter(units.filter(doubtful), None)
        status.scatter(units.filter(decisive), not kind.conjunction)
        return status

    def _without_rows(self, group: str, conjunction: bool) -> pl.Series:
        """Of a table without rows `each` is met and `some` unmet; of one that is not stated both are unknown."""
        if (group, conjunction) not in self.empty:
            units = self.columns.units
            is_stated = units[stated(group)] if stated(group) in units.columns else constant(False, units.height)
            self.empty[group, conjunction] = constant(conjunction, units.height).set(~is_stated, None)
        return self.empty[group, conjunction]

    def _forget(self, index: int) -> None:
        """Let go of the columns of rows that nothing reads any more."""
        for node in self.last_read.get(index, ()):
            self.found[node] = None


def _last_read(plan: Plan) -> dict[int, list[int]]:
    """The nodes of rows that are read for the last time by each node; `where` counts as read by all of its view's."""
    last: dict[int, int] = {}
    for index, node in enumerate(plan.nodes):
        kind = node.kind
        read = (
            list(kind.children)
            if isinstance(kind, Every)
            else [kind.child]
            if isinstance(kind, Copy | OverRows)
            else []
        )
        view = kind.over if isinstance(kind, OverRows) else node.view
        where = None if view is None else plan.views[view].where
        for ref in [*read, *([where] if where is not None else [])]:
            if plan.nodes[ref.node].view is not None:
                last[ref.node] = index
    found: dict[int, list[int]] = {}
    for node_index, index in last.items():
        found.setdefault(index, []).append(node_index)
    return found
