"""The connectives that a plan is read with: truth values for one audit, formulas for all of them."""

from collections.abc import Iterable
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import z3

B = TypeVar("B")


class Logic(Protocol[B]):
    """The formulas of a plan's nodes and values."""

    def constant(self, value: bool) -> B: ...

    def all_of(self, parts: Iterable[B]) -> B: ...

    def any_of(self, parts: Iterable[B]) -> B: ...

    def negation(self, part: B) -> B: ...


class Truth:
    """Python's own truth values."""

    def constant(self, value: bool) -> bool:
        """The value."""
        return value

    def all_of(self, parts: Iterable[bool]) -> bool:
        """The formula that all are true."""
        return all(parts)

    def any_of(self, parts: Iterable[bool]) -> bool:
        """The formula that one is true."""
        return any(parts)

    def negation(self, part: bool) -> bool:
        """The contrary."""
        return not part


class Formulas:
    """Formulas of z3; what is constant stays a truth value of Python."""

    def constant(self, value: bool) -> Any:
        """The value."""
        return value

    def all_of(self, parts: Iterable[Any]) -> Any:
        """A conjunction without its constants."""
        listed = list(dict.fromkeys(part for part in parts if part is not True))
        if any(part is False for part in listed):
            return False
        return listed[0] if len(listed) == 1 else z3.And(listed) if listed else True

    def any_of(self, parts: Iterable[Any]) -> Any:
        """A disjunction without its constants."""
        listed = list(dict.fromkeys(part for part in parts if part is not False))
        if any(part is True for part in listed):
            return True
        return listed[0] if len(listed) == 1 else z3.Or(listed) if listed else False

    def negation(self, part: Any) -> Any:
        """The contrary."""
        return not part if isinstance(part, bool) else z3.Not(part)


def differ(logic: Logic[B], one: B, other: B) -> B:
    """The formula that of two exactly one holds."""
    if one is other:
        return logic.constant(False)
    sides = ((one, other), (other, one))
    return logic.any_of([logic.all_of([holds, logic.negation(fails)]) for holds, fails in sides])


class Pair(NamedTuple, Generic[B]):
    """A status of three values: met, unmet, or neither."""

    met: B
    unmet: B

    def swapped(self) -> "Pair[B]":
        """The status of the contrary."""
        return Pair(self.unmet, self.met)
