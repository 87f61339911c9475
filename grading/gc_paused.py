"""Holding the garbage collector while something grows that has no cycles: it would go over it again and again for nothing."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
