"""The rule library, driven through its C extension: the only file that knows it.

Its Python layer is left out: `durable.lang` keeps everything in one state of the process, `Host` starts timer threads for ever,
and both swallow what an action raises. Nothing here starts a thread.
"""

import weakref
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from itertools import chain, repeat
from typing import Any

import durable_rules_engine as rete
from durable.engine import Ruleset

from grading.engine.durable_rules import EngineError
from grading.problems.engine_codes import EngineCode

STATE = "0"
"""The library's name for the state of facts that name none: one property less to read of each fact."""
HANDLED, NOT_HANDLED = 0, 1


class _Host:
    """What the library wants of a host; the actions themselves are read from the results."""

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

        `fired` goes over firings as the library tells them: `{"<rule>":{"m_0":<fact>,"m_1":<fact>}}`. What it raises is passed
        on. Raises EngineError for a fact that the library refuses.
        """
        if not queue:
            return
        try:
            while queue:
                batch = queue[:]
                queue.clear()
                state = self._assert(batch)
                started = rete.start_action_for_state(self.handle, state) if state else None
                if started is not None and started[1] is not None:
                    self.has_fired = True
                    following = partial(rete.complete_and_start_action, self.handle, state)
                    fired(chain((started[1],), iter(following, None)))
        except rete.error as error:
            raise EngineError(EngineCode.LIBRARY_FAILED, level=self.name, error=str(error)) from None
        finally:
            if self.has_fired:
                # An error for the very first fact leaves no state to delete.
                with suppress(rete.error):
                    rete.delete_state(self.handle, STATE)

    def _assert(self, batch: list[str]) -> int:
        """Assert facts; the number of their state, or 0 when no rule reads any of them."""
        state = 0
        answers = list(map(rete.assert_fact, repeat(self.handle), batch))
        for code, number in set(answers):
            if code == HANDLED:
                state = number
            elif code != NOT_HANDLED:
                refused = batch[answers.index((code, number))]
                raise AssertionError(code, refused)
        return state
