"""The trace of a run: in the order of the plan, whatever order the rules fired in.

The plan numbers a node after those that it is worked out from, so causes come before what follows from them.
"""

from functools import cached_property
from typing import NamedTuple

from grading.engine.conclusions import Conclusions, Fired, View
from grading.engine.rules import FACT, GROUP, LAST_ROW, NODES, ROW, ROW_AND_NODE, RULESET, WAIVER
from grading.engine.trace import Because, FactCauses, RowCauses
from grading.garbage_collection import gc_paused
from grading.model.trace import EntryCause, TraceEntry
from grading.plan.nodes import OverRows, Ref

USUAL = 5_000
"""So many entries a usual trace has at most."""
EntryRef = tuple[EntryCause]
"""An entry as the only cause of something."""


def _entries(amount: int) -> list[EntryRef]:
    """Entries as causes, by their `seq`."""
    return [({"seq": seq},) for seq in range(amount + 1)]


USUAL_ENTRIES = _entries(USUAL)
"""All gradings share those of a usual trace."""
# A named tuple's own constructor is a Python function: twice as slow.
NEW = tuple.__new__


class Trace:
    """The entries of a run's conclusions, made when they are first asked for."""

    def __init__(self, found: Conclusions, causes: FactCauses) -> None:
        self._found, self._causes = found, causes

    def entries(self) -> tuple[TraceEntry, ...]:
        """An entry for each conclusion."""
        return self._listing.entries

    def seq(self, ref: Ref, row: int | None = None) -> int:
        """The `seq` of a node's entry; of a row's node with the number of the row."""
        slot, view = self._found.slots.of_node[ref.node], self._found.plan.nodes[ref.node].view
        listing = self._listing
        entry = listing.unit[slot] if view is None or row is None else listing.views[view][row].entries[slot]
        return entry[0]["seq"]

    @cached_property
    def _listing(self) -> "_Listing":
        with gc_paused():
            return _Listing(self._found, self._causes)


class _Row(NamedTuple):
    """A row of a view: what was concluded about it, by place the entry of each as a cause, and its own causes."""

    fired: Fired
    entries: list[EntryRef]
    key: str
    made: dict[str, Because]
    causes: RowCauses


class _Listing:
    """The entries, and by place and row each as a cause."""

    def __init__(self, found: Conclusions, causes: FactCauses) -> None:
        self.found, self.causes, self.slots = found, causes, found.slots
        self.unit = USUAL_ENTRIES[:1] * found.slots.size
        self.views = {number: self._rows(number, view or {}) for number, view in found.views.items()}
        self.listed: list[TraceEntry] = []
        most = found.slots.size + sum(len(row.entries) for rows in self.views.values() for row in rows.values())
        most += sum(map(len, found.passed.values()))
        self.shared = USUAL_ENTRIES if most <= USUAL else _entries(most)
        self.list_all()
        self.entries = tuple(self.listed)

    def _rows(self, number: int, view: View) -> dict[int, _Row]:
        size, causes = self.slots.of_views[number], self.causes.rows(self.found.plan.views[number].group)
        rows = ((row, concluded.fired, causes[row - 1]) for row, concluded in view.items())
        empty = USUAL_ENTRIES[:1] * size
        return {row: NEW(_Row, (fired, empty.copy(), its.row.key, its.made, its)) for row, fired, its in rows}

    def list_all(self) -> None:
        """List everything in order. It is half of what a trace costs, so it holds everything in names of its own."""
        fired, entries, listed, shared, of_fact = (
            self.found.fired,
            self.unit,
            self.listed,
            self.shared,
            self.causes.fact,
        )
        add = listed.append
        for slot, view, over_rows in self.slots.in_order:
            if view is not None:
                self.list_rows(slot, view)
                continue
            before = None if over_rows is None else self.list_over_rows(over_rows)
            effect = fired[slot]
            if effect is None:
                raise TypeError("only what is complete has a trace")
            _, _, title, words, how, of, name = effect
            because: Because
            if how == NODES:
                because = entries[of[0]] if len(of) == 1 else tuple([entries[one][0] for one in of])
            elif how == FACT:
                because = of_fact(name)
            elif how == RULESET:
                because = self.causes.ruleset
            elif how == GROUP:
                because = self.causes.group(name)
            elif how == WAIVER:
                because = self.causes.waiver(name)
            elif before is not None:
                because = before
            else:
                raise ValueError(f"{title} rests on nothing that a trace can name")
            seq = len(listed) + 1
            entries[slot] = shared[seq]
            add(NEW(TraceEntry, (seq, title, because, words)))

    def list_rows(self, slot: int, number: int) -> None:
        """List what was concluded about each row of a view, but for those that are left out by it."""
        listed, unit, shared = self.listed, self.unit, self.shared
        add, seq = listed.append, len(listed)
        for fired, entries, key, made, causes in self.views[number].values():
            effect = fired[slot]
            if effect is None:
                raise TypeError("only what is complete has a trace")
            _, _, title, words, how, of, name = effect
            if words is None:
                continue
            because: Because
            if how == FACT:
                because = made.get(name) or causes.make(name)
            elif how == NODES:
                because = entries[of[0]] if len(of) == 1 else tuple([entries[one][0] for one in of])
            elif how == ROW_AND_NODE:
                because = (*causes.itself, *unit[of[0]])
            elif how == ROW:
                because = causes.itself
            else:
                raise ValueError(f"{title} rests on nothing that a trace can name")
            seq += 1
            entries[slot] = shared[seq]
            add(NEW(TraceEntry, (seq, title, because, {**words, "row": key})))

    def list_over_rows(self, index: int) -> Because | None:
        """List what holds of the rows so far; returns what the whole rests on, None where there are no rows."""
        found, listed, shared = self.found, self.listed, self.shared
        last = found.last_row.get(index)
        whole, kind = found.fired[self.slots.of_node[index]], found.plan.nodes[index].kind
        if last is None or whole is None or not isinstance(kind, OverRows):
            return None
        child, rows = self.slots.of_node[kind.child.node], self.views[kind.over]
        before: Because = ()
        for row, effect in found.passed.get(index, ()):
            seq = len(listed) + 1
            _, entries, key, *_ = rows[row]
            because = (*before, *entries[child])
            listed.append(NEW(TraceEntry, (seq, effect.title, because, {**(effect.words or {}), "row": key})))
            before = shared[seq]
        of_last = rows[last].entries[child]
        return of_last if whole.how == LAST_ROW else (*before, *of_last)
