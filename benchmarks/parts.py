"""How long the parts of a piece of work take: functions watched from outside while it runs."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

Spent = tuple[float, float]
"""Seconds by the clock, and of this process's processor time."""


class Parts:
    """Seconds by part; what one part spends in another counts for that one alone."""

    def __init__(self) -> None:
        self.spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        self._open: list[list[float]] = []

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """The block is part of what is called so."""
        inner = [0.0, 0.0]
        self._open.append(inner)
        began = clocks()
        try:
            yield
        finally:
            took = since(began)
            self._open.pop()
            for i, seconds in enumerate(took):
                self.spent[name][i] += seconds - inner[i]
                if self._open:
                    self._open[-1][i] += seconds

    @contextmanager
    def watched(self, *functions: tuple[Any, str, str]) -> Iterator[None]:
        """While the block runs, calls of `owner.name` are part of what is called so."""
        kept = [(owner, name, getattr(owner, name)) for owner, name, _ in functions]
        for (owner, name, called), (_, _, part) in zip(kept, functions, strict=True):
            setattr(owner, name, self._watch(called, part))
        try:
            yield
        finally:
            for owner, name, called in kept:
                setattr(owner, name, called)

    def _watch(self, called: Any, part: str) -> Any:
        @wraps(called)
        def watched(*given: Any, **named: Any) -> Any:
            with self.part(part):
                return called(*given, **named)

        return watched


def clocks() -> Spent:
    """Both clocks now."""
    return time.perf_counter(), time.process_time()


def since(began: Spent) -> Spent:
    """What passed on both clocks."""
    wall, own = clocks()
    return wall - began[0], own - began[1]
