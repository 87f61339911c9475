"""The trace of a run: in the order of the plan, whatever order the rules fired in.

The plan numbers a node after those that it is worked out from, so causes come before what follows from them.
"""

from functools import cached_property

from grading.engine.conclusions import Conclusions
from grading.engine.rules import FACT, GROUP, LAST_ROW, NODES, ROW_AND_NODE, WAIVER
from grading.engine.trace import Because, FactCauses
from grading.gc_paused import gc_paused
from grading.model.trace import TraceEntry
from grading.plan.nodes import OverRows, Ref


class _Entries(dict[int, Because]):
    """Entries of any trace as causes, by their `seq`: all gradings share those of a usual trace."""

    KEPT = 5_000

    def __missing__(self, seq: int) -> Because:
        because: Because = ({"seq": seq},)
        if seq <= self.KEPT:
            self[seq] = because
        return because


ENTRIES = _Entries()
# A named tuple's own constructor is a Python function: twice as slow.
NEW_ENTRY = tuple.__new__


class Trace:
    """The entries of a run's conclusions, made when they are first asked for."""

    def __init__(self, found: Conclusions, causes: FactCauses) -> None:
        self._found, self._causes = found, causes

    def entries(self) -> tuple[TraceEntry, ...]:
        """An entry for each conclusion."""
        return self._told.entries

    def seq(self, ref: Ref, row: int = 0) -> int:
        """The `seq` of a node's entry; of a row's node with the number of the row."""
        slot, view = self._found.slots.of_node[ref.node], self._found.plan.nodes[ref.node].view
        return self._told.unit[slot] if view is None else self._told.rows[view][row][slot]

    @cached_property
    def _told(self) -> "_Telling":
        with gc_paused():
            return _Telling(self._found, self._causes)


class _Telling:
    """The entries, and by place and row the `seq` of each."""

    def __init__(self, found: Conclusions, causes: FactCauses) -> None:
        self.found, self.causes, self.slots = found, causes, found.slots
        self.unit = [0] * found.slots.size
        self.rows = {
            number: {row: [0] * found.slots.of_views[number] for row in view or ()}
            for number, view in found.views.items()
        }
        self.told: list[TraceEntry] = []
        self.tell()
        self.entries = tuple(self.told)

    def tell(self) -> None:
        """Tell everything in order. It is half of what a trace costs, so it holds everything in names of its own."""
        fired, seqs, told, entries, of_fact = self.found.fired, self.unit, self.told, ENTRIES, self.causes.fact
        tell_entry = told.append
        for slot, view, over_rows in self.slots.in_order:
            if view is not None:
                self.tell_rows(slot, view)
                continue
            before = None if over_rows is None else self.tell_over_rows(over_rows)
            effect = fired[slot]
            if effect is None:
                raise TypeError("only what is complete has a trace")
            _, _, title, words, (how, of, name) = effect
            if how == NODES:
                because = entries[seqs[of[0]]] if len(of) == 1 else tuple([entries[seqs[one]][0] for one in of])
            elif how == FACT:
                because = of_fact(name)
            elif before is not None:
                because = before
            elif how == GROUP:
                because = self.causes.group(name)
            elif how == WAIVER:
                because = self.causes.waiver(name)
            else:
                because = self.causes.ruleset
            seqs[slot] = seq = len(told) + 1
            tell_entry(NEW_ENTRY(TraceEntry, (seq, title, because, words)))

    def tell_rows(self, slot: int, number: int) -> None:
        """Tell what was concluded about each row of a view, but for those that are left out by it."""
        group, told, unit = self.found.plan.views[number].group, self.told, self.unit
        causes, all_seqs = self.causes, self.rows[number]
        for row, concluded in (self.found.views[number] or {}).items():
            effect = concluded.fired[slot]
            if effect is None:
                raise TypeError("only what is complete has a trace")
            _, _, title, words, (how, slots, name) = effect
            if words is None:
                continue
            seqs = all_seqs[row]
            if how == FACT:
                because = causes.fact(name, group, row)
            elif how == NODES:
                because = tuple([ENTRIES[seqs[one]][0] for one in slots])
            elif how == ROW_AND_NODE:
                because = (*causes.group(group, row), *ENTRIES[unit[slots[0]]])
            else:
                because = causes.group(group, row)
            seq = len(told) + 1
            seqs[slot] = seq
            told.append(NEW_ENTRY(TraceEntry, (seq, title, because, {**words, "row": causes.keys[group][row - 1]})))

    def tell_over_rows(self, index: int) -> Because | None:
        """Tell what holds of the rows so far; what the whole rests on, None where there are no rows."""
        found, told = self.found, self.told
        last = found.last_row.get(index)
        whole, kind = found.fired[self.slots.of_node[index]], found.plan.nodes[index].kind
        if last is None or whole is None or not isinstance(kind, OverRows):
            return None
        child, seqs, group = (
            self.slots.of_node[kind.child.node],
            self.rows[kind.over],
            found.plan.views[kind.over].group,
        )
        before: Because = ()
        for row, effect in found.passed.get(index, ()):
            seq = len(told) + 1
            because = (*before, *ENTRIES[seqs[row][child]])
            words = {**(effect.words or {}), "row": self.causes.keys[group][row - 1]}
            told.append(NEW_ENTRY(TraceEntry, (seq, effect.title, because, words)))
            before = ENTRIES[seq]
        of_last = ENTRIES[seqs[last][child]]
        return of_last if whole.cause.how == LAST_ROW else (*before, *of_last)
