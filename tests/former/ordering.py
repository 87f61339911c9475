"""The trace of a run: in the order of the plan, whatever order the rules fired in.

The plan numbers a node after those that it is worked out from, so causes come before what follows from them.
"""

import sys

from grading.garbage_collection import gc_paused
from grading.model.trace import TraceEntry
from tests.former.conclusions import Because, Conclusions


class _Entries(dict[int, Because]):
    """Entries of any trace as causes, by their `seq`: all gradings share those of a usual trace."""

    MOST = 5_000

    def __missing__(self, seq: int) -> Because:
        because: Because = ({"seq": seq},)
        if seq <= self.MOST:
            self[seq] = because
        return because


ENTRIES = _Entries()


def trace_of(found: Conclusions) -> tuple[TraceEntry, ...]:
    """An entry for each conclusion; where several facts have led to the same, that of the earliest is its cause."""
    with gc_paused():
        return tuple(_in_order(found))


def _in_order(found: Conclusions) -> list[TraceEntry]:
    seqs, fired, entries = found.seqs, found.fired, ENTRIES
    earliest: dict[int, int] = {}
    for number, cause in found.again:
        earliest[number] = min(seqs[cause], earliest.get(number, sys.maxsize))
    # A named tuple's own constructor is a Python function: twice as slow.
    new_entry = tuple.__new__
    trace: list[TraceEntry] = []
    for seq, number in enumerate(found.order, start=1):
        title, origin, concludes = fired[number]
        if isinstance(origin, int):
            first = seqs[origin]
            because = entries[min(first, earliest[number]) if number in earliest else first]
        elif isinstance(origin, tuple):
            because = origin
        else:
            because = tuple([entries[seqs[one]][0] if isinstance(one, int) else one[0] for one in origin])
        trace.append(new_entry(TraceEntry, (seq, title, because, concludes)))
    return trace
