"""The garbage collector: held while something grows that has no cycles, and seldom at work in a process of ours."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 20_000
"""So many new objects are there before the collector goes over them."""


def collect_seldom() -> None:
    """Have the collector wait for more new objects than Python's own 700: a grading with its trace makes 3,000, none in a cycle.

    For the processes of our own programs, once at their start.
    """
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


@contextmanager
def gc_paused() -> Iterator[None]:
    """Nothing is collected meanwhile, unless another thread that also holds the collector is done earlier.

    Who has found it at work sets it to work again, so that it is never left off, whatever the threads do.
    """
    was_at_work = gc.isenabled()
    if was_at_work:
        gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()
