"""The rule library, driven through its C extension: the only file that knows it.

Its Python layer is left out: `durable.lang` keeps everything in one state of the process, `Host` starts timer threads for ever,
and both swallow what an action raises. Nothing here starts a thread.
"""

import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import durable_rules_engine as rete
from durable.engine import Ruleset

STATE = "0"
"""The library's name for the state of facts that name none: one property less to read of each fact."""
HANDLED, NOT_HANDLED = 0, 1


class EngineError(Exception):
    """The rule library did what it must never do; nothing was graded."""


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
            raise EngineError(f"the rule library refused {name}: {error}") from None
        self.handle: int = ruleset._handle
        # Until a rule has fired the library frees, with a state, memory that it never set: such a state is left alone.
        self.has_fired = False
        weakref.finalize(self, rete.delete_ruleset, self.handle).atexit = False

    def run(self, queue: list[str], fired: Callable[[str], None]) -> None:
        """Assert the queued facts, let the rules fire, and again while `fired` queues more; leaves no state behind.

        `fired` is told of each firing as the library tells it: `{"<rule>":{"m_0":<fact>,"m_1":<fact>}}`. What it raises is
        passed on. Raises EngineError for a fact that the library refuses.
        """
        handle, assert_fact, complete = self.handle, rete.assert_fact, rete.complete_and_start_action
        if not queue:
            return
        try:
            while queue:
                batch = queue[:]
                queue.clear()
                state = 0
                for fact in batch:
                    code, offset = assert_fact(handle, fact)
                    if code == HANDLED:
                        state = offset
                    elif code != NOT_HANDLED:
                        raise EngineError(f"{self.name}: the rule library refused a fact with code {code}: {fact}")
                started = rete.start_action_for_state(handle, state) if state else None
                message = started[1] if started else None
                self.has_fired = self.has_fired or message is not None
                while message:
                    fired(message)
                    message = complete(handle, state)
        except rete.error as error:
            raise EngineError(f"{self.name}: {error}") from None
        finally:
            if self.has_fired:
                # An error for the very first fact leaves no state to delete.
                with suppress(rete.error):
                    rete.delete_state(handle, STATE)
