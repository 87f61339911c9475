"""The rule library, driven through its C extension: the only file that knows it.

Its Python layer is left out: `durable.lang` keeps everything in one state of the process, `Host` starts timer threads for ever,
and both swallow what an action raises. Nothing here starts a thread.
"""

import ctypes
import re
import sys
import weakref
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from itertools import chain
from typing import Any

import durable_rules_engine as rete
from durable.engine import Ruleset

from grading.problems.engine_codes import EngineCode
from grading.problems.reason import CodedError

STATE = "0"
"""The library's name for the state of facts that name none: one property less to read of each fact."""
FACT_IDS = re.compile(r'{"id":"(\d+)"').findall
ALLOCATOR_LIMITS = {-1: 64 << 20, -2: 4 << 20, -3: 32 << 20}
"""M_TRIM_THRESHOLD, M_TOP_PAD and M_MMAP_THRESHOLD of glibc in bytes."""


def _keep_freed_memory() -> None:
    """Let glibc keep what a state has freed: else some processes give it back and fetch it again, page by page, in each run."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if callable(mallopt):
        for option, size in ALLOCATOR_LIMITS.items():
            mallopt(option, size)


_keep_freed_memory()


class EngineError(CodedError):
    """The rule library did what it must never do; nothing was graded."""


class _Host:
    """The host that the library asks for; the actions themselves are read from the results."""

    def get_action(self, name: str) -> Any:
        """Any callable will do: it is never called."""
        return lambda _: name


class Memory:
    """Rules loaded into the library, with a working memory that is empty between two runs. One thread at a time."""

    def __init__(self, name: str, rules: dict[str, Any]) -> None:
        """Raises EngineError when the library refuses the rules."""
        self.name = name
        try:
            ruleset = Ruleset(name, _Host(), rules)
        except rete.error as error:
            raise EngineError(EngineCode.RULES_REFUSED, level=name, error=str(error)) from None
        self.handle: int = ruleset._handle
        # Until a rule has fired the library frees, with a state, memory that it never set: such a state is left alone.
        self.has_fired = False
        weakref.finalize(self, rete.delete_ruleset, self.handle).atexit = False

    def run(self, queue: list[str], fired: Callable[[Iterable[str]], None]) -> None:
        """Assert the queued facts, let the rules fire, and again while `fired` queues more; leaves no state behind.

        `fired` goes over what the library tells, as `firings` reads it; what it raises is passed on. Raises EngineError for a
        fact that the library refuses.
        """
        if not queue:
            return
        try:
            # By itself, since the library answers nothing of use where it can't read the first of several facts.
            _, state = rete.assert_fact(self.handle, queue[0])
            del queue[0]
            while True:
                if queue:
                    # A string of its own: the library writes into it for a moment.
                    batch = f"[{','.join(queue)}]"
                    queue.clear()
                    rete.assert_facts(self.handle, batch)
                started = rete.start_action_for_state(self.handle, state)
                if started is not None and started[1] is not None:
                    self.has_fired = True
                    following = partial(rete.complete_and_start_action, self.handle, state)
                    fired(chain((started[1],), iter(following, None)))
                if not queue:
                    break
        except rete.error as error:
            raise EngineError(EngineCode.LIBRARY_FAILED, level=self.name, error=str(error)) from None
        finally:
            if self.has_fired:
                # An error for the very first fact leaves no state to delete.
                with suppress(rete.error):
                    rete.delete_state(self.handle, STATE)


def firings(message: str) -> tuple[str, list[str]]:
    """The rule that has fired, and the ids of the facts that it has fired for: `{"<rule>":[{"m_0":<fact>},{"m_0":<fact>}]}`."""
    return message[2 : message.index('"', 3)], FACT_IDS(message)
