"""The tables of facts: what a value, or that there is none, settles of every comparison that reads it.

The values are cut into stretches in which every comparison comes out the same, so that one rule fires for a value however many
comparisons read it. Sets of options have rules for each comparison. What no value settles (a figure that is not established,
and where nothing is asked) follows from a fact of its own.
"""

import operator
from collections.abc import Callable, Iterator, Sequence
from itertools import product

from grading.engine.interval_rules import interval_cases, interval_rules
from grading.engine.rules import (
    FACT,
    MAX_INTEGER,
    MET,
    ROW,
    RULESET,
    UNKNOWN,
    UNMET,
    Case,
    Cause,
    Effect,
    Names,
    Property,
    Rule,
    Table,
    Test,
    Tests,
)
from grading.engine.slots import Slots
from grading.engine.stretches import between, stretches
from grading.engine.words import words_of
from grading.model.condition import SET_OPERATORS, operands_of
from grading.plan.nodes import Atom, Free, Plan

COMPARE: dict[str, Callable[[int, int], bool]] = {
    "at_most": operator.le,
    "at_least": operator.ge,
    "below": operator.lt,
    "above": operator.gt,
}
ALL_SETS = 6
"""Of so many options that are compared the cases are all sets."""


class Facts:
    """Writes the tables of facts for a plan."""

    def __init__(self, plan: Plan, names: Names, slots: Slots) -> None:
        self.plan, self.names, self.slots = plan, names, slots

    def compared(self, fact: str, view: int | None, nodes: Sequence[int], bounded: bool) -> Table:
        """The table of a fact that these nodes compare; `bounded`: with rules for a number known by its ends only."""
        effects = {index: self._settled(index, UNKNOWN, f"missing {fact}", Cause(FACT, name=fact)) for index in nodes}
        missing = self.names.of(Property("missing", fact, view))
        rules = [Rule((Test(missing, "$eq", 1),), tuple(effects.values()))]
        unknown = tuple((effect.slot, UNKNOWN) for effect in effects.values())
        parts = [*self._sets(fact, view, nodes), *self._ordered(fact, view, nodes)]
        if bounded and self.is_number(fact):
            parts += self._intervals(fact, view, nodes)
        for of_part, _ in parts:
            rules += of_part

        def cases() -> Iterator[Case]:
            yield ((missing, 1),), unknown
            for _, of_part in parts:
                yield from of_part()

        ordered = sum(self._atom(index).operator not in SET_OPERATORS for index in nodes)
        fires = len(nodes) - ordered + (ordered > 0)
        return Table(f"values of {fact}", fact, tuple(rules), cases, fires=fires, fires_of_ends=len(nodes))

    def is_number(self, fact: str) -> bool:
        """True when only the ends of a value may be known."""
        declared, computed = self.plan.ruleset.facts.get(fact), self.plan.ruleset.computed.get(fact)
        if declared is not None:
            return declared.type == "number"
        return computed is not None and computed.days_between is None

    def settled(self, view: int | None, nodes: Sequence[int]) -> Table:
        """The table of what no value settles, for the unit or for a row of a view."""
        names = self.names
        rules: list[Rule] = []
        given: list[tuple[str, int]] = []
        for free in (True, False):
            chosen = [index for index in nodes if isinstance(self.plan.nodes[index].kind, Free) is free]
            if not chosen:
                continue
            prop = names.of(Property("nothing asked" if free else "figures" if view is None else "row", view=view))
            value, title = (MET, "nothing is asked") if free else (UNKNOWN, "figures not established")
            cause = Cause(RULESET if view is None else ROW)
            effects = tuple(self._settled(index, value, title, cause) for index in chosen)
            rules.append(Rule((Test(prop, "$eq", 1),), effects))
            given.append((prop, 1))
        expected = tuple((effect.slot, effect.value) for rule in rules for effect in rule.effects)
        return Table("what no value settles", "", tuple(rules), lambda: [(tuple(given), expected)], fires=len(rules))

    def _settled(self, index: int, value: int, title: str, cause: Cause) -> Effect:
        return Effect(self.slots.of_node[index], value, title, words_of(self.plan, index, value), *cause)

    def _concluded(self, index: int, fact: str, value: int) -> Effect:
        """A comparison's status; of one that only selects rows, that it leaves a row out is no entry of the trace."""
        node = self.plan.nodes[index]
        words = None if value == UNMET and node.selects_only else words_of(self.plan, index, value)
        return Effect(self.slots.of_node[index], value, node.name, words, *Cause(FACT, name=fact))

    def _atom(self, index: int) -> Atom:
        kind = self.plan.nodes[index].kind
        if not isinstance(kind, Atom):
            raise TypeError(f"{self.plan.nodes[index].name} is no comparison")
        return kind

    def _figures(self, index: int) -> list[int]:
        atom = self._atom(index)
        return [self.names.threshold(atom.fact, value) for value in operands_of(atom.operand)]

    # Values in an order

    def _ordered(self, fact: str, view: int | None, nodes: Sequence[int]) -> Iterator["Part"]:
        compared = [index for index in nodes if self._atom(index).operator not in SET_OPERATORS]
        if not compared:
            return
        prop = self.names.of(Property("value", fact, view))
        declared = self.plan.ruleset.facts.get(fact)
        low, high = -MAX_INTEGER, MAX_INTEGER
        if declared is not None and declared.type in ("boolean", "choice"):
            low, high = 0, max(1, len(declared.options) - 1)
        figures = {index: self._figures(index) for index in compared}
        cuts = sorted({figure for some in figures.values() for figure in some})

        def outcome(value: int) -> list[bool]:
            return [_holds(self._atom(index).operator, value, figures[index]) for index in compared]

        found = stretches(low, high, cuts, outcome)
        rules = [
            Rule(
                between(prop, low, high, start, end),
                tuple(
                    self._concluded(index, fact, MET if holds else UNMET)
                    for index, holds in zip(compared, held, strict=True)
                ),
            )
            for start, end, held in found
        ]

        def cases() -> Iterator[Case]:
            for value in dict.fromkeys(end for start, last, _ in found for end in (start, last)):
                held = zip(compared, outcome(value), strict=True)
                yield ((prop, value),), tuple((self.slots.of_node[i], MET if holds else UNMET) for i, holds in held)

        yield rules, cases

    # Sets of options

    def _sets(self, fact: str, view: int | None, nodes: Sequence[int]) -> Iterator["Part"]:
        compared = [index for index in nodes if self._atom(index).operator in SET_OPERATORS]
        if not compared:
            return
        prop = self.names.of(Property("value", fact, view))
        rules: list[Rule] = []
        for index in compared:
            met, unmet = self._set_tests(fact, prop, self._atom(index))
            for value, branches in ((MET, met), (UNMET, unmet)):
                rules += [Rule(tests, (self._concluded(index, fact, value),)) for tests in branches]
        atoms = (self._asked_options(fact, self._atom(index)) for index in compared)
        options = tuple(dict.fromkeys(option for some in atoms for option in some))

        def cases() -> Iterator[Case]:
            for chosen in _sets_of(options):
                expected = [
                    (self.slots.of_node[i], MET if self._includes(fact, self._atom(i), chosen) else UNMET)
                    for i in compared
                ]
                yield ((prop, 1), *((f"{prop}o{o}", int(o in chosen)) for o in options)), tuple(expected)

        yield rules, cases

    def _listed(self, fact: str, atom: Atom) -> list[int]:
        return [self.names.option[fact][str(value)] for value in dict.fromkeys(operands_of(atom.operand))]

    def _asked_options(self, fact: str, atom: Atom) -> list[int]:
        chosen = self._listed(fact, atom)
        return [i for i in self.names.option[fact].values() if i not in chosen] if atom.operator == "within" else chosen

    def _includes(self, fact: str, atom: Atom, chosen: frozenset[int]) -> bool:
        options = self._asked_options(fact, atom)
        if atom.operator == "includes_all":
            return chosen.issuperset(options)
        return chosen.isdisjoint(options) == (atom.operator == "within")

    def _set_tests(self, fact: str, prop: str, atom: Atom) -> tuple[list[Tests], list[Tests]]:
        """The tests by which a comparison of a set is met or unmet: alternatives that exclude one another."""
        there = Test(prop, "$eq", 1)

        def none_has(value: int) -> tuple[list[Tests], list[Tests]]:
            """No option has `value`, and the contrary as branches that exclude one another."""
            options = [f"{prop}o{i}" for i in self._asked_options(fact, atom)]
            tests = [Test(option, "$eq", 1 - value) for option in options]
            first = [(there, *tests[:k], Test(option, "$eq", value)) for k, option in enumerate(options)]
            return [(there, *tests)], first

        if atom.operator == "includes_all":
            return none_has(0)
        without, with_some = none_has(1)
        return (without, with_some) if atom.operator == "within" else (with_some, without)

    # Numbers of which only the ends are known

    def _intervals(self, fact: str, view: int | None, nodes: Sequence[int]) -> Iterator["Part"]:
        prop = self.names.of(Property("interval", fact, view))
        compared = {index: self._atom(index) for index in nodes}
        rules = [
            Rule(tests, (self._concluded(index, fact, value),))
            for index, atom in compared.items()
            for value, tests in interval_rules(self.names, prop, atom)
        ]
        by_slot = {self.slots.of_node[index]: atom for index, atom in compared.items()}
        yield rules, lambda: interval_cases(self.names, prop, by_slot)


Part = tuple[list[Rule], Callable[[], Iterator[Case]]]


def _holds(comparison: str, value: int, figures: list[int]) -> bool:
    if comparison in COMPARE:
        return COMPARE[comparison](value, figures[0])
    return (value in figures) != (comparison == "none_of")


def _sets_of(options: Sequence[int]) -> Iterator[frozenset[int]]:
    """All sets of a few options; of many none and all of them, and these but for one."""
    if len(options) <= ALL_SETS:
        for chosen in product((False, True), repeat=len(options)):
            yield frozenset(option for option, there in zip(options, chosen, strict=True) if there)
        return
    whole = frozenset(options)
    for others in (frozenset[int](), whole):
        yield others
        for option in options:
            yield others ^ {option}
