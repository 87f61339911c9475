"""The trace of a run: in the order of the plan, whatever order the rules fired in.

The plan numbers a node after those that it is worked out from, so causes come before what follows from them.
"""

from functools import cached_property

from grading.engine.conclusions import Conclusions
from grading.engine.rules import FACT, GROUP, LAST_ROW, NODES, ROW, ROW_AND_NODE, RULESET, WAIVER
from grading.engine.trace import Because, FactCauses
from grading.gc_paused import gc_paused
from grading.model.trace import TraceEntry
from grading.plan.nodes import OverRows, Ref


class _Entries(dict[int, Because]):
    """Entries of any trace as causes, by their `seq`: all gradings share those of a usual trace."""

    MOST = 5_000

    def __missing__(self, seq: int) -> Because:
        because: Because = ({"seq": seq},)
        if seq <= self.MOST:
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
        return self._listing.entries

    def seq(self, ref: Ref, row: int | None = None) -> int:
        """The `seq` of a node's entry; of a row's node with the number of the row."""
        slot, view = self._found.slots.of_node[ref.node], self._found.plan.nodes[ref.node].view
        return self._listing.unit[slot] if view is None or row is None else self._listing.rows[view][row][slot]

    @cached_property
    def _listing(self) -> "_Listing":
        with gc_paused():
            return _Listing(self._found, self._causes)


class _Listing:
    """The entries, and by place and row the `seq` of each."""

    def __init__(self, found: Conclusions, causes: FactCauses) -> None:
        self.found, self.causes, self.slots = found, causes, found.slots
        self.unit = [0] * found.slots.size
        self.rows = {
            number: {row: [0] * found.slots.of_views[number] for row in view or ()}
            for number, view in found.views.items()
        }
        self.listed: list[TraceEntry] = []
        self.list_all()
        self.entries = tuple(self.listed)

    def list_all(self) -> None:
        """List everything in order. It is half of what a trace costs, so it holds everything in names of its own."""
        fired, seqs, listed, shared, of_fact = self.found.fired, self.unit, self.listed, ENTRIES, self.causes.fact
        add = listed.append
        for slot, view, over_rows in self.slots.in_order:
            if view is not None:
                self.list_rows(slot, view)
                continue
            before = None if over_rows is None else self.list_over_rows(over_rows)
            effect = fired[slot]
            if effect is None:
                raise TypeError("only what is complete has a trace")
            _, _, title, words, (how, of, name) = effect
            if how == NODES:
                because = shared[seqs[of[0]]] if len(of) == 1 else tuple([shared[seqs[one]][0] for one in of])
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
            seqs[slot] = seq = len(listed) + 1
            add(NEW_ENTRY(TraceEntry, (seq, title, because, words)))

    def list_rows(self, slot: int, number: int) -> None:
        """List what was concluded about each row of a view, but for those that are left out by it."""
        group, listed, unit = self.found.plan.views[number].group, self.listed, self.unit
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
            elif how == ROW:
                because = causes.group(group, row)
            else:
                raise ValueError(f"{title} rests on nothing that a trace can name")
            seq = len(listed) + 1
            seqs[slot] = seq
            listed.append(NEW_ENTRY(TraceEntry, (seq, title, because, {**words, "row": causes.keys[group][row - 1]})))

    def list_over_rows(self, index: int) -> Because | None:
        """List what holds of the rows so far; returns what the whole rests on, None where there are no rows."""
        found, listed = self.found, self.listed
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
            seq = len(listed) + 1
            because = (*before, *ENTRIES[seqs[row][child]])
            words = {**(effect.words or {}), "row": self.causes.keys[group][row - 1]}
            listed.append(NEW_ENTRY(TraceEntry, (seq, effect.title, because, words)))
            before = ENTRIES[seq]
        of_last = ENTRIES[seqs[last][child]]
        return of_last if whole.cause.how == LAST_ROW else (*before, *of_last)
