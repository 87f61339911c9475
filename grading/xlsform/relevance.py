"""When a question matters: XPath from a ruleset's own `applies_when`, `where` and “if … then”.

A question is hidden only where the answers given so far rule out every requirement that reads it. What is unanswered,
not established, bound to days or worked out rules out nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from grading.digest import plain
from grading.model.condition import All, AnyOf, AtLeastOf, Comparison, ConditionBase, Each, Not, Some, walk
from grading.model.ruleset import Ruleset
from grading.xlsform.names import BELOW, NO, YES

XPath = str | bool
"""An expression, or what it always is."""
Guards = tuple[ConditionBase, ...]
_ORDER = {"at_most": "<=", "at_least": ">=", "below": "<", "above": ">"}


@dataclass
class Readings:
    """By fact and by table, the guards of each place that reads it: it is read there only where all of them may be met."""

    facts: dict[str, list[Guards]] = field(default_factory=dict)
    tables: dict[str, list[Guards]] = field(default_factory=dict)


def readings(ruleset: Ruleset) -> Readings:
    """Everything that reads facts and tables of a ruleset, with its guards."""
    reader = _Reader(ruleset)
    for indicator in ruleset.indicators:
        outer: Guards = ()
        if indicator.applies_when is not None:
            reader.read(indicator.applies_when, ())
            outer = (indicator.applies_when,)
        for requirement in indicator.levels.values():
            reader.read(requirement.require, outer)
    for gate in ruleset.gates:
        reader.read(gate.when, ())
    return reader.found


class _Reader:
    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset, self.found = ruleset, Readings()

    def read(self, c: ConditionBase, guards: Guards, group: str | None = None, where: Guards = ()) -> None:
        """Note what a condition reads; `where` selects the rows of `group` that it speaks of."""
        if isinstance(c, Comparison):
            for name in self._facts(c.fact):
                fact = self.ruleset.facts.get(name)
                if fact is not None:
                    own = (*guards, *where) if fact.group is not None and fact.group == group else guards
                    self.found.facts.setdefault(name, []).append(own)
        elif isinstance(c, All):
            for part in c.all:
                self.read(part, guards, group, where)
        elif isinstance(c, AnyOf):
            ifs = [part for part in c.any if isinstance(part, Not) and not _is_windowed(part)]
            inner = tuple(part.not_ for part in ifs)
            for part in c.any:
                is_if = any(part is one for one in ifs)
                self._in_scope(part, guards, () if is_if else inner, group, where)
        elif isinstance(c, Not):
            self.read(c.not_, guards, group, where)
        elif isinstance(c, Each | Some):
            name = c.each if isinstance(c, Each) else c.some
            self.found.tables.setdefault(name, []).append(guards)
            if c.where is not None:
                self.read(c.where, guards, name)
            self.read(c.require, guards, name, () if c.where is None else (c.where,))
        elif isinstance(c, AtLeastOf):
            for one in c.of:
                self.read(one, guards, group, where)

    def _in_scope(self, part: ConditionBase, guards: Guards, inner: Guards, group: str | None, where: Guards) -> None:
        """A part of “if … then”: inside rows the condition may speak of the row, and counts for its facts alone."""
        if group is None:
            self.read(part, (*guards, *inner))
        else:
            self.read(part, guards, group, (*where, *inner))

    def _facts(self, name: str) -> Iterable[str]:
        """A fact, or all that a computed fact is worked out from."""
        computed = self.ruleset.computed.get(name)
        if computed is None:
            return (name,)
        return tuple(
            found for operand in computed.operands if isinstance(operand, str) for found in self._facts(operand)
        )


def relevant(ruleset: Ruleset, places: list[Guards] | None, reference: Callable[[str], str | None]) -> str | None:
    """The XPath by which a question shows, None where it always does.

    `reference` gives the XPath of a fact's answer, None for one that is asked later or elsewhere.
    """
    compiler = _Compiler(ruleset, reference)
    said = _or([_and([compiler.possible(guard) for guard in guards]) for guards in places or [()]])
    return said if isinstance(said, str) else None


class _Compiler:
    """Conditions as XPath: what may still be met, and what is met for certain."""

    def __init__(self, ruleset: Ruleset, reference: Callable[[str], str | None]) -> None:
        self.ruleset, self.reference = ruleset, reference

    def possible(self, c: ConditionBase) -> XPath:
        """True unless the answers make the condition unmet."""
        if c.from_ is not None or c.until is not None:
            return True
        if isinstance(c, Comparison):
            said = self._holds(c)
            return True if said is None else _or([*said.blank, said.holds])
        if isinstance(c, All):
            return _and([self.possible(part) for part in c.all if not _is_windowed(part)])
        if isinstance(c, AnyOf):
            return _or([self.possible(part) for part in c.any])
        return _not(self.certain(c.not_)) if isinstance(c, Not) else True

    def certain(self, c: ConditionBase) -> XPath:
        """True only where the answers make the condition met."""
        if _is_windowed(c):
            return False
        if isinstance(c, Comparison):
            said = self._holds(c)
            return False if said is None else _and([*(f"not({blank})" for blank in said.blank), said.holds])
        if isinstance(c, All):
            return _and([self.certain(part) for part in c.all])
        if isinstance(c, AnyOf):
            return _or([self.certain(part) for part in c.any])
        return _not(self.possible(c.not_)) if isinstance(c, Not) else False

    def _holds(self, c: Comparison) -> "_Said | None":
        """A comparison with an established value of a fact that is asked before; None for any other."""
        fact, answer = self.ruleset.facts.get(c.fact), self.reference(c.fact)
        if fact is None or answer is None or c.is_unresolved or c.is_provisional:
            return None
        listed = c.guess if isinstance(c.guess, tuple) else (c.guess,)
        blank = [f"{answer} = ''"]
        if fact.type == "choices":
            return _Said(blank, self._of_set(c, answer, [str(value) for value in listed], tuple(fact.options)))
        if fact.type == "number":
            blank.append(f"{_beside(answer, BELOW)} != ''")
        if c.operator in _ORDER:
            return _Said(blank, f"{answer} {_ORDER[c.operator]} {_literal(listed[0])}")
        same = _or([f"{answer} = {_literal(value)}" for value in listed])
        return _Said(blank, _not(same) if c.operator == "none_of" else same)

    def _of_set(self, c: Comparison, answer: str, listed: list[str], options: tuple[str, ...]) -> XPath:
        if c.operator == "includes_all":
            return _and([f"selected({answer}, '{value}')" for value in listed])
        if c.operator == "within":
            return _and([f"not(selected({answer}, '{value}'))" for value in options if value not in listed])
        return _or([f"selected({answer}, '{value}')" for value in listed])


@dataclass(frozen=True)
class _Said:
    blank: list[str]
    holds: XPath


def _beside(answer: str, suffix: str) -> str:
    """The answer that stands beside another: `${u1_x}` → `${u1_x__below}`."""
    return answer.replace("}", f"{suffix}}}")


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return f"'{YES if value else NO}'"
    if isinstance(value, Decimal):
        return plain(value)
    return f"date('{value.isoformat()}')" if isinstance(value, date) else f"'{value}'"


def _is_windowed(c: ConditionBase) -> bool:
    return any(part.from_ is not None or part.until is not None for _, part in walk(c))


def _and(parts: list[XPath]) -> XPath:
    if any(part is False for part in parts):
        return False
    said = list(dict.fromkeys(part for part in parts if isinstance(part, str)))
    return True if not said else said[0] if len(said) == 1 else " and ".join(f"({part})" for part in said)


def _or(parts: list[XPath]) -> XPath:
    if any(part is True for part in parts):
        return True
    said = list(dict.fromkeys(part for part in parts if isinstance(part, str)))
    return False if not said else said[0] if len(said) == 1 else " or ".join(f"({part})" for part in said)


def _not(part: XPath) -> XPath:
    return f"not({part})" if isinstance(part, str) else not part
