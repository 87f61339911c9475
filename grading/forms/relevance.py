"""Conditions under which a question matters, from a ruleset's own `applies_when`, `where` and “if … then”.

A question matters unless the answers given so far rule out every requirement that reads it. What is unanswered, not
established, bound to days or worked out rules out nothing.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field

from grading.model.condition import All, AnyOf, AtLeastOf, Comparison, ConditionBase, Each, Not, Some, walk
from grading.model.ruleset import Ruleset

Expression = str | bool
"""An expression, or what it always is."""
Guards = tuple[ConditionBase, ...]
ORDER = {"at_most": "<=", "at_least": ">=", "below": "<", "above": ">"}


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


def antecedents(c: AnyOf) -> list[ConditionBase]:
    """The parts of “if … then” (`any: [not …, …]`) that say when the others are no matter."""
    return [part for part in c.any if _is_antecedent(part)]


def _is_antecedent(c: ConditionBase) -> bool:
    if isinstance(c, All):
        return any(map(_is_antecedent, c.all)) and all(
            isinstance(part, Comparison) or _is_antecedent(part) for part in c.all
        )
    return isinstance(c, Not)


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
            ifs = [part for part in antecedents(c) if not _is_windowed(part)]
            inner = tuple(part.not_ if isinstance(part, Not) else Not.model_validate({"not": part}) for part in ifs)
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


@dataclass(frozen=True)
class Compared:
    """A comparison in a language of expressions: it holds, unless one of `blank` says that the answer rules nothing out."""

    blank: list[str]
    holds: Expression


class Compiler(ABC):
    """Conditions in a language of expressions: what may still be met, and what is met for certain."""

    def relevant(self, places: list[Guards] | None) -> str | None:
        """The expression by which a question matters, None where it always does."""
        found = self.either([self.both([self.possible(guard) for guard in guards]) for guards in places or [()]])
        return found if isinstance(found, str) else None

    def possible(self, c: ConditionBase) -> Expression:
        """True unless the answers make the condition unmet."""
        if c.from_ is not None or c.until is not None:
            return True
        if isinstance(c, Comparison):
            found = None if c.is_unresolved or c.is_provisional else self.comparison(c)
            return True if found is None else self.either([*found.blank, found.holds])
        if isinstance(c, All):
            return self.both([self.possible(part) for part in c.all if not _is_windowed(part)])
        if isinstance(c, AnyOf):
            return self.either([self.possible(part) for part in c.any])
        return self.contrary(self.certain(c.not_)) if isinstance(c, Not) else True

    def certain(self, c: ConditionBase) -> Expression:
        """True only where the answers make the condition met."""
        if _is_windowed(c):
            return False
        if isinstance(c, Comparison):
            found = None if c.is_unresolved or c.is_provisional else self.comparison(c)
            return False if found is None else self.both([*map(self.contrary, found.blank), found.holds])
        if isinstance(c, All):
            return self.both([self.certain(part) for part in c.all])
        if isinstance(c, AnyOf):
            return self.either([self.certain(part) for part in c.any])
        return self.contrary(self.possible(c.not_)) if isinstance(c, Not) else False

    @abstractmethod
    def comparison(self, c: Comparison) -> Compared | None:
        """A comparison with an established value; None where nothing can be said of the answer."""

    @abstractmethod
    def conjunction(self, parts: list[str]) -> str:
        """All of two or more."""

    @abstractmethod
    def disjunction(self, parts: list[str]) -> str:
        """Any of two or more."""

    @abstractmethod
    def negation(self, part: str) -> str:
        """The contrary."""

    def both(self, parts: list[Expression]) -> Expression:
        """All of the parts."""
        if any(part is False for part in parts):
            return False
        found = list(dict.fromkeys(part for part in parts if isinstance(part, str)))
        return True if not found else found[0] if len(found) == 1 else self.conjunction(found)

    def either(self, parts: list[Expression]) -> Expression:
        """Any of the parts."""
        if any(part is True for part in parts):
            return True
        found = list(dict.fromkeys(part for part in parts if isinstance(part, str)))
        return False if not found else found[0] if len(found) == 1 else self.disjunction(found)

    def contrary(self, part: Expression) -> Expression:
        """The contrary of a part."""
        return self.negation(part) if isinstance(part, str) else not part


def _is_windowed(c: ConditionBase) -> bool:
    return any(part.from_ is not None or part.until is not None for _, part in walk(c))
