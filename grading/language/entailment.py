"""Entailment: one condition is provably no easier than another, and never comes out better, whatever an audit says.

Statuses are ordered: unmet, unknown, met. What can't be proven by the form of the two conditions is taken for not so.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from grading.language.normal import normal
from grading.language.windows import is_there
from grading.model.base import Mode, Remedy
from grading.model.condition import (
    CONTRARY,
    ORDER_OPERATORS,
    SET_OPERATORS,
    All,
    AnyOf,
    AtLeastOf,
    Comparison,
    ConditionBase,
    Each,
    Not,
    Some,
)
from grading.model.ruleset import Ruleset


@dataclass(frozen=True)
class Entailment:
    """Compares conditions of one ruleset as they stand on a day, in a mode.

    A figure that does not count in the mode makes its comparison unknown; so two of them are as good as each other. With
    `as_written` only the same guess is: what figures may come to stand there is not known.
    """

    ruleset: Ruleset
    mode: Mode
    day: date
    as_written: bool = False
    same_remedies: bool = False
    """True when what is compared must have the same remedies too, so that `loose` never takes more effort."""

    def holds(
        self,
        strict: ConditionBase,
        loose: ConditionBase,
        strict_remedy: Remedy | None = None,
        loose_remedy: Remedy | None = None,
    ) -> bool:
        """True when `strict` never has a better status than `loose`. Both are there on the day.

        The remedies are those of conditions that state none.
        """
        return self._holds(_Signed(strict, True, strict_remedy), _Signed(loose, True, loose_remedy))

    def _holds(self, a: "_Signed", b: "_Signed") -> bool:
        form_a, parts_a = self._list(a)
        form_b, parts_b = self._list(b)
        if form_b == "all":
            return all(self._holds(a, part) for part in parts_b)
        if form_a == "any":
            return all(self._holds(part, b) for part in parts_a)
        if form_a == "all" and any(self._holds(part, b) for part in parts_a):
            return True
        if form_b == "any" and any(self._holds(a, part) for part in parts_b):
            return True
        if isinstance(a.inner, AtLeastOf) and isinstance(b.inner, AtLeastOf):
            return self._counts(a, b)
        if isinstance(a.inner, Each | Some) and isinstance(b.inner, Each | Some):
            return self._rows(a, b)
        if isinstance(a.inner, Comparison) and isinstance(b.inner, Comparison):
            return self._comparisons(a, b)
        return False

    def _list(self, one: "_Signed") -> tuple[str, list["_Signed"]]:
        """`all` or `any` with the parts that are there on the day; empty for another form."""
        c = one.inner
        if isinstance(c, All | AnyOf):
            form = "all" if isinstance(c, All) == one.wanted else "any"
            return form, self._there(one, c.all if isinstance(c, All) else c.any)
        if isinstance(c, AtLeastOf):
            needed, listed = self._needed(one)
            form = "all" if needed == len(listed) else "any" if needed == 1 else ""
            return form, listed if form else []
        return "", []

    def _there(self, one: "_Signed", listed: tuple[ConditionBase, ...]) -> list["_Signed"]:
        return [_Signed(part, one.wanted, one.remedy) for part in listed if is_there(part, self.day)]

    def _needed(self, one: "_Signed") -> tuple[int, list["_Signed"]]:
        """The number of parts of an `at_least_of` that must come out as wanted."""
        c = one.inner
        if not isinstance(c, AtLeastOf):
            raise TypeError(f"not a count: {c!r}")
        listed = self._there(one, c.of)
        needed = min(c.at_least_of, len(listed))
        return (needed if one.wanted else len(listed) - needed + 1), listed

    def _counts(self, a: "_Signed", b: "_Signed") -> bool:
        (needed_a, of_a), (needed_b, of_b) = self._needed(a), self._needed(b)
        is_paired = len(of_a) == len(of_b) and all(self._holds(x, y) for x, y in zip(of_a, of_b, strict=True))
        return is_paired and needed_a >= needed_b

    def _rows(self, a: "_Signed", b: "_Signed") -> bool:
        """Of every row: what is required, and whether it counts."""
        (every_a, group_a, where_a, require_a), (every_b, group_b, where_b, require_b) = _rows_of(a), _rows_of(b)
        if every_a != every_b or group_a != group_b or not self._holds(require_a, require_b):
            return False
        wide, narrow = (where_a, where_b) if every_a else (where_b, where_a)
        if wide is None or not is_there(wide, self.day):
            return True
        return narrow is not None and is_there(narrow, self.day) and self._holds(_Signed(narrow), _Signed(wide))

    def _comparisons(self, a: "_Signed", b: "_Signed") -> bool:
        c, d = a.inner, b.inner
        if not (isinstance(c, Comparison) and isinstance(d, Comparison)):
            return False
        if self.same_remedies and a.remedy != b.remedy:
            return False
        if c.is_open(self.mode) or d.is_open(self.mode):
            alike = not self.as_written or (c.is_provisional and a.wanted == b.wanted and normal(c) == normal(d))
            return c.is_open(self.mode) and d.is_open(self.mode) and alike
        if c.fact != d.fact:
            return False
        if c.operator in SET_OPERATORS:
            return _sets_hold(self._set(c, a.wanted), self._set(d, b.wanted))
        fact = self.ruleset.facts.get(c.fact)
        if fact is not None and fact.type in ("boolean", "choice"):
            options: frozenset[Any] = frozenset(fact.options) if fact.type == "choice" else frozenset({False, True})
            return _options(c, a.wanted, options) <= _options(d, b.wanted, options)
        return _range_of(c, a.wanted).lies_in(_range_of(d, b.wanted))

    def _set(self, c: Comparison, positive: bool) -> tuple[str, frozenset[str]]:
        """The demand on a set of options; a contrary in the words of another operator, but `lacks_some`."""
        chosen = frozenset(str(value) for value in _values(c))
        if positive:
            return c.operator, chosen
        if c.operator == "includes_all":
            return "lacks_some", chosen
        rest = frozenset(self.ruleset.facts[c.fact].options) - chosen
        return ("within" if c.operator == "includes_any" else "includes_any"), rest


class _Signed:
    """A condition, or its contrary where it is not `wanted`; never a `not` itself. `remedy`: the innermost that is stated."""

    def __init__(self, c: ConditionBase, positive: bool = True, remedy: Remedy | None = None) -> None:
        while isinstance(c, Not):
            remedy = c.remedy or remedy
            c, positive = c.not_, not positive
        self.inner, self.wanted, self.remedy = c, positive, c.remedy or remedy


def _rows_of(one: _Signed) -> tuple[bool, str, ConditionBase | None, _Signed]:
    """The rows of a condition: whether all have to (else one), of which group, which count, and the requirement on them."""
    c = one.inner
    if isinstance(c, Each):
        return one.wanted, c.each, c.where, _Signed(c.require, one.wanted, one.remedy)
    if isinstance(c, Some):
        return not one.wanted, c.some, c.where, _Signed(c.require, one.wanted, one.remedy)
    raise TypeError(f"not about rows: {c!r}")


def _values(c: Comparison) -> tuple[Any, ...]:
    return c.guess if isinstance(c.guess, tuple) else (c.guess,)


def _options(c: Comparison, positive: bool, options: frozenset[Any]) -> frozenset[Any]:
    """The options with which a comparison comes out as wanted."""
    listed = options & frozenset(_values(c))
    return listed if (c.operator != "none_of") == positive else options - listed


def _sets_hold(a: tuple[str, frozenset[str]], b: tuple[str, frozenset[str]]) -> bool:
    (word_a, chosen_a), (word_b, chosen_b) = a, b
    if word_a == word_b:
        return chosen_b <= chosen_a if word_a == "includes_all" else chosen_a <= chosen_b
    return (word_a, word_b) == ("includes_all", "includes_any") and bool(chosen_a & chosen_b)


@dataclass(frozen=True)
class _Range:
    """The numbers or days that pass: from `low` to `high` (None: no end), or those `listed`, or all but those."""

    low: Any = None
    high: Any = None
    low_passes: bool = True
    high_passes: bool = True
    listed: frozenset[Any] | None = None
    all_but: bool = False

    def passes(self, value: Any) -> bool:
        """True when one value passes."""
        if self.listed is not None:
            return (value in self.listed) != self.all_but
        above = self.low is None or value > self.low or (value == self.low and self.low_passes)
        return above and (self.high is None or value < self.high or (value == self.high and self.high_passes))

    def lies_in(self, other: "_Range") -> bool:
        """True when whatever passes here passes there."""
        if self.listed is not None and not self.all_but:
            return all(other.passes(value) for value in self.listed)
        if other.listed is not None:
            if not other.all_but:
                return False
            return other.listed <= self.listed if self.listed is not None else not any(map(self.passes, other.listed))
        if self.listed is not None:
            return False
        return self._ends_in(other)

    def _ends_in(self, other: "_Range") -> bool:
        low = other.low is None or (
            self.low is not None
            and (self.low > other.low or (self.low == other.low and (other.low_passes or not self.low_passes)))
        )
        high = other.high is None or (
            self.high is not None
            and (self.high < other.high or (self.high == other.high and (other.high_passes or not self.high_passes)))
        )
        return low and high


def _range_of(c: Comparison, positive: bool) -> _Range:
    if c.operator not in ORDER_OPERATORS:
        return _Range(listed=frozenset(_values(c)), all_but=(c.operator == "none_of") == positive)
    operator = c.operator if positive else CONTRARY[c.operator]
    limit: Decimal | date = _values(c)[0]
    if operator in ("at_most", "below"):
        return _Range(high=limit, high_passes=operator == "at_most")
    return _Range(low=limit, low_passes=operator == "at_least")
