"""Grows the tree of what is asked from conditions, with the engine's statuses and the unit's values."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from grading.gaps.tree.constraints import Constraint, satisfies, surely
from grading.gaps.tree.ids import applies_name, choice_id, line_id, names_of
from grading.gaps.tree.nodes import (
    Both,
    Either,
    Leaf,
    Node,
    Reason,
    Table,
    both,
    either,
    leaves,
    obstacles_of,
    unless,
)
from grading.gaps.tree.per_ruleset import per_ruleset
from grading.gaps.tree.propagate import Demand, Effort, Work
from grading.gaps.tree.remedies import remedy_elsewhere, remedy_of
from grading.gaps.tree.scope import can_move, is_empty_out_of_scope, levers
from grading.gaps.tree.subject import Asked, Subject, holds
from grading.gaps.tree.values import Slot, Values
from grading.gaps.tree.waiting import weeks_to_wait
from grading.model.base import Remedy, Status
from grading.model.condition import All, AtLeastOf, Comparison, ConditionBase, Each, Not, Some, parts
from grading.model.interval import Interval
from grading.model.ruleset import Ruleset
from grading.places import group_of


class TreeBuilder:
    """Grows trees for one subject, with what changes could bring into scope or take out of it."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.values: Values = subject.values
        self.remedies = _remedies(subject.ruleset)

    def grow(self, asked: Asked) -> Node:
        """The tree of what is asked; parts that hold are in it too, since changes elsewhere could undo them.

        Nothing is asked of an indicator that does not apply, whatever is changed.
        """
        applies, scope = applies_name(asked), asked.applies_when
        is_fixed = scope is None or not can_move(self.subject.ruleset, scope)
        if is_fixed and self.subject.status(applies, None) is Status.UNMET:
            return both([])
        stem = _Stem(self, asked, names_of(asked))
        node = self._ways(stem, [_Stem(self, other, names_of(other)) for other in asked.instead])
        if scope is None:
            return node
        if not is_empty_out_of_scope(scope, asked.condition):
            node = unless(node, stem.out_of_scope(scope, applies, (), None))
        if self.subject.status(applies, None) is not Status.UNKNOWN:
            return node
        return both([node], stem.questions(scope, applies, (), None))

    def _ways(self, stem: "_Stem", others: Sequence["_Stem"]) -> Node:
        """The demands of the level, or of a better level as long as that is a way at all."""
        own = stem.whole() or both([])
        better = [node for node in (other.whole() for other in others) if node is not None]
        open_ = [node for node in better if not obstacles_of(node)]
        ways = [own, *(open_ if open_ or not obstacles_of(own) else better)]
        return either(choice_id(self.subject.unit.id, stem.asked), None, 1, ways)


class _Stem:
    """Grows the tree of one thing that is asked."""

    def __init__(self, builder: TreeBuilder, asked: Asked, names: Mapping[str, str]) -> None:
        self.subject, self.values = builder.subject, builder.values
        self.asked, self.names, self.remedies = asked, names, builder.remedies

    def id(self, place: str, row: str | None) -> str:
        return line_id(self.subject.unit.id, self.asked, self.names[place], row)

    def whole(self) -> Node | None:
        """The tree of all that is asked; None when nothing of it is there on the day of the audit."""
        return self.condition(self.asked.condition, self.asked.name, (), None, self.asked.wanted)

    def condition(
        self,
        c: ConditionBase,
        place: str,
        around: tuple[ConditionBase, ...],
        row: str | None,
        wanted: bool,
        scope: bool = False,
    ) -> Node | None:
        """The tree of a condition; None when it is not there on the day of the audit."""
        if place not in self.subject.conditions:
            return None
        if isinstance(c, Comparison):
            return self.leaf(c, place, around, row, wanted, scope)
        if isinstance(c, Not):
            return self.condition(c.not_, f"{place}.not", (*around, c), row, not wanted, scope)
        if isinstance(c, Each | Some):
            return self.over_rows(c, place, around, wanted, scope)
        grown = [self.condition(p, f"{place}.{s}", (*around, c), row, wanted, scope) for s, p in parts(c)]
        found = [node for node in grown if node is not None]
        return either(self.id(place, row), row, _needed(c, len(found), wanted), found)

    def leaf(
        self,
        c: Comparison,
        place: str,
        around: tuple[ConditionBase, ...],
        row: str | None,
        wanted: bool,
        scope: bool = False,
    ) -> Leaf:
        ruleset = self.subject.ruleset
        group = group_of(ruleset, c.fact)
        slot = Slot(c.fact, group, row if group is not None else None)
        value, constraint = self.values.get(slot), Constraint(c.operator, c.guess, wanted)
        # Of a row that a `where` leaves out, the engine says nothing but that it does.
        status = self.subject.status(place, row) if not scope or row is None else None
        open_figure = c.is_open(self.subject.mode)
        fulfilled = holds(status, wanted) if status is not None else not open_figure and satisfies(value, constraint)
        if isinstance(value, Interval) and surely(value, constraint) is None:
            value = None
        roots = self.values.roots(slot)
        is_given = all(self.values.is_given(root) for root in roots)
        if scope and value is not None:
            is_given = not any(root.fact in levers(ruleset) for root in roots)
        effort, remedy = None, None
        if not is_given:
            stated = c.remedy if scope else remedy_of(self.asked, *around, c)
            remedy = stated or remedy_elsewhere(ruleset, c.fact)
        if not fulfilled and not (value is None and self.is_evidence(roots, scope)):
            effort = self.effort(remedy, slot, constraint, value)._replace(for_scope=scope)
        line = self.id(place, slot.row)
        demand = Demand(slot, constraint, effort, line, not fulfilled and self.asked.better_level is not None)
        closed: Reason | None = None
        if open_figure:
            closed = "unresolved_figure"
        elif not fulfilled and (is_given or self.values.is_ruled_out(slot, constraint)):
            closed = "circumstance"
        elif not fulfilled and self.subject.propagation.of([demand]) is None:
            closed = "computed" if c.fact in ruleset.computed else "conflict"
            closed = "time" if later_day(self.subject, roots) is not None else closed
        return Leaf(self.asked, place, line, c, around, slot.row, wanted, scope, fulfilled, demand, closed, remedy)

    def is_evidence(self, roots: Sequence[Slot], scope: bool = False) -> bool:
        """True when nothing but evidence is missing: what the plant is, or a value that is no lever, nobody has stated."""
        ruleset = self.subject.ruleset
        if scope:
            return not any(root.fact in levers(ruleset) for root in roots)
        facts = [ruleset.facts.get(root.fact) for root in roots]
        return all(fact is None or fact.is_given for fact in facts)

    def effort(self, remedy: Remedy | None, slot: Slot, constraint: Constraint, value: Any) -> Effort:
        """The effort of having a value as wished; what lapses takes nothing but time."""
        fact = self.subject.ruleset.facts.get(slot.fact)
        wait = Decimal(0)
        if fact is not None:
            wait = weeks_to_wait(fact, value, constraint, self.subject.audit.assessed_on)
        if fact is not None and fact.lapses_after_months is not None and value is not None:
            return Effort(Work(None), True, wait, only_time=True)
        # Equal remedies are one and the same object, which makes comparing them cheap.
        remedy = self.remedies.setdefault(remedy, remedy) if remedy else None
        row = f"{slot.group}[{slot.row}]" if remedy is not None and remedy.per_row and slot.row is not None else None
        return Effort(Work(remedy, row), value is not None, wait)

    def over_rows(
        self, c: Each | Some, place: str, around: tuple[ConditionBase, ...], wanted: bool, scope: bool = False
    ) -> Node:
        """The tree over the rows of a table: all of them for `each`, one for `some`; the other way round when unwanted."""
        group = c.each if isinstance(c, Each) else c.some
        every = isinstance(c, Each) == wanted
        table = Table(self.asked, place, self.id(place, None), c, around, "missing_table")
        if group not in self.subject.unit.groups:
            return table
        moves = c.where is not None and can_move(self.subject.ruleset, c.where)
        rows = [row.key for row in self.subject.unit.groups[group]] if moves else self.subject.rows(place, group) or ()
        found = [self.row(c, place, (*around, c), row, wanted, every, scope) for row in rows]
        nodes = [node for node in found if node is not None]
        if every:
            return both(nodes)
        if all(not node.holds and _is_another_kind(node) for node in nodes):
            return Table(self.asked, place, table.line, c, around, "no_row")
        return either(table.line, None, 1, nodes)

    def row(
        self,
        c: Each | Some,
        place: str,
        around: tuple[ConditionBase, ...],
        row: str,
        wanted: bool,
        every: bool,
        scope: bool,
    ) -> Node | None:
        """The demands on one row. Where one row is needed, that row must count, and go on counting."""
        required = self.condition(c.require, f"{place}.require", around, row, wanted, scope)
        where = f"{place}.where"
        if required is None or c.where is None or where not in self.subject.conditions:
            return required
        if not every:
            counts = self.condition(c.where, where, around, row, True, scope=True)
            return both([counts, required] if counts is not None else [required])
        required = unless(required, self.out_of_scope(c.where, where, around, row))
        if self.subject.status(where, row) is Status.UNKNOWN:
            return both([required], self.questions(c.where, where, around, row))
        return required

    def out_of_scope(
        self, c: ConditionBase, place: str, around: tuple[ConditionBase, ...], row: str | None
    ) -> Node | None:
        """The demand that a `where` or an `applies_when` is unmet; None where it is known and no change makes it otherwise."""
        if not can_move(self.subject.ruleset, c) and self.subject.status(place, row) is not Status.UNKNOWN:
            return None
        return self.condition(c, place, around, row, False, scope=True)

    def questions(
        self, c: ConditionBase, place: str, around: tuple[ConditionBase, ...], row: str | None
    ) -> tuple[Leaf, ...]:
        """The comparisons because of which a `where` or an `applies_when` is unknown."""
        if self.subject.status(place, row) is not Status.UNKNOWN:
            return ()
        if isinstance(c, Comparison):
            return (self.leaf(c, place, around, row, True, scope=True),)
        if isinstance(c, Each | Some):
            node = self.over_rows(c, place, around, True)
            return tuple(leaf for leaf in leaves(node) if self.subject.status(leaf.place, leaf.row) is Status.UNKNOWN)
        found = [self.questions(part, f"{place}.{step}", (*around, c), row) for step, part in parts(c)]
        return tuple(leaf for listed in found for leaf in listed)


@per_ruleset
def _remedies(_ruleset: Ruleset) -> dict[Remedy, Remedy]:
    """Equal remedies as one and the same object."""
    return {}


def later_day(subject: Subject, roots: Sequence[Slot]) -> date | None:
    """The latest day among values that lies behind the audit: an audit on that day would find it come."""
    days = [value for value in map(subject.values.get, roots) if isinstance(value, date)]
    return max((day for day in days if day > subject.audit.assessed_on), default=None)


def _needed(c: ConditionBase, count: int, wanted: bool) -> int:
    """The number of the `count` parts that must come out as wanted for the whole to do so."""
    if isinstance(c, AtLeastOf):
        n = min(c.at_least_of, count)
        return n if wanted else count - n + 1
    return count if isinstance(c, All) == wanted else 1


def _is_another_kind(node: Node) -> bool:
    """True when a row is ruled out by what it is, so that only another row could serve."""
    if isinstance(node, Both | Either):
        return any(o.closed == "circumstance" for o in node.obstacles)
    return node.closed == "circumstance"
