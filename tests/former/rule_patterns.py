"""What follows from what: for each kind of node the patterns from which each of its statuses is concluded.

Every node gets exactly one status, by a rule that fires; nothing is concluded from the absence of a fact. `unmet` and
`unknown` therefore have rules of their own, the complement of those for `met`.
"""

import operator
from collections.abc import Callable, Iterator

from grading.model.condition import SET_OPERATORS
from grading.plan.nodes import Atom, Copy, Every, Guarded, Nested, Node, OverRows, Ref, Target
from tests.former.plan import FormerPlan
from tests.former.rules import (
    MAX_INTEGER,
    MET,
    UNKNOWN,
    UNMET,
    WEIGHED,
    Conclusion,
    Effect,
    Names,
    Pattern,
    Patterns,
    Property,
    Test,
)

MANY_READERS = 4
Needs = list[tuple[int, frozenset[int]]]
COMPARE: dict[str, Callable[[int, int], bool]] = {
    "at_most": operator.le,
    "at_least": operator.ge,
    "below": operator.lt,
    "above": operator.gt,
}


def status_tests(plan: FormerPlan, names: Names, node: int, allowed: frozenset[int]) -> tuple[Test, ...]:
    """The tests that a node's status is one of the allowed, which lie side by side."""
    weighed = plan.is_selective(plan.nodes[node].view)
    codes = sorted(code for status in allowed for code in (WEIGHED[status] if weighed else (status,)))
    return _between(names.node(node), 0, 5 if weighed else 2, codes[0], codes[-1])


def allow(ref: Ref, *wanted: int) -> tuple[int, frozenset[int]]:
    """The raw values of a node for which the reference has one of the wanted statuses."""
    return ref.node, frozenset(2 - v if ref.negated else v for v in wanted)


def of_node(plan: FormerPlan, names: Names, index: int, node: Node) -> Iterator[Conclusion]:
    """What concludes a node from other nodes; values and facts that settle many nodes at once are elsewhere."""
    kind = node.kind
    if isinstance(kind, Every):
        yield from _of_every(plan, names, index, node, kind)
    elif isinstance(kind, Guarded):
        guard, child = kind.guard, kind.child
        for needs, value in (
            ([allow(guard, UNKNOWN, MET), allow(child, MET)], MET),
            ([allow(guard, MET), allow(child, UNMET)], UNMET),
            ([allow(guard, MET), allow(child, UNKNOWN)], UNKNOWN),
            ([allow(guard, UNKNOWN), allow(child, UNMET, UNKNOWN)], UNKNOWN),
        ):
            yield from joined(plan, names, needs, Effect(node.name, "node", index, value))
    elif isinstance(kind, Nested):
        yield from _of_nested(plan, names, index, node, kind)
    elif isinstance(kind, Copy):
        row = None if kind.view is None else names.of(Property("row", view=kind.view))
        marker = () if row is None else (Pattern((Test(row, "$eq", 1),)),)
        for value in (UNMET, UNKNOWN, MET):
            effect = Effect(node.name, "node", index, value)
            yield from joined(plan, names, [allow(kind.child, value)], effect, marker)
    elif isinstance(kind, OverRows):
        yield from _of_rows(plan, names, index, node, kind)


def _of_nested(plan: FormerPlan, names: Names, index: int, node: Node, kind: Nested) -> Iterator[Conclusion]:
    """Met by the better level, or else by what is asked at the level; the trace tells which."""
    own, better = kind.own, kind.better
    title = f"met at {kind.met_at}, so met at {kind.level}"
    yield from joined(plan, names, [allow(better, MET)], Effect(title, "node", index, MET))
    for needs, value in (
        ([allow(better, UNMET, UNKNOWN), allow(own, MET)], MET),
        ([allow(better, UNMET), allow(own, UNMET)], UNMET),
        ([allow(better, UNKNOWN), allow(own, UNMET, UNKNOWN)], UNKNOWN),
        ([allow(better, UNMET), allow(own, UNKNOWN)], UNKNOWN),
    ):
        yield from joined(plan, names, needs, Effect(node.name, "node", index, value))


def joined(plan: FormerPlan, names: Names, needs: Needs, effect: Effect, first: Patterns = ()) -> Iterator[Conclusion]:
    """What needs all these node statuses; one pattern a node, since one fact can't satisfy two of a rule."""
    allowed: dict[int, frozenset[int]] = {}
    for node, values in needs:
        allowed[node] = allowed.get(node, values) & values
    if any(not values for values in allowed.values()):
        return
    patterns = list(first)
    for node, values in allowed.items():
        in_rows = plan.nodes[node].view is not None
        patterns.append(Pattern(status_tests(plan, names, node, values), "e" if patterns and in_rows else None))
    yield tuple(patterns), effect


def any_of(plan: FormerPlan, names: Names, needs: Needs, effect: Effect) -> Iterator[Conclusion]:
    """What follows from any one of these node statuses.

    It is one rule, but for statuses that many nodes follow from: of those, what follows is one rule.
    """
    alone = [need for need in needs if plan.readers[need[0]] > MANY_READERS]
    for need in alone:
        yield from joined(plan, names, [need], effect)
    together = dict.fromkeys(status_tests(plan, names, *need) for need in needs if need not in alone)
    if together:
        first, *others = together
        yield (Pattern(first, others=tuple(others)),), effect


def of_grade(plan: FormerPlan, names: Names, index: int, target: Target) -> Iterator[Conclusion]:
    """The best level that is met, and the best that is not unmet; for the unit, within what the vetoes allow."""
    veto = plan.ungraded if target.kind == "unit" else None
    for kind, enough, vetoed in (("grade", (MET,), (UNKNOWN, MET)), ("attainable", (UNKNOWN, MET), (MET,))):
        short = tuple(v for v in (UNMET, UNKNOWN, MET) if v not in enough)
        free = [] if veto is None else [allow(veto, *(v for v in (UNMET, UNKNOWN, MET) if v not in vetoed))]
        title = f"{kind} {target.id}".strip()
        for i in range(len(target.levels) + 1):
            needs = [*free, *(allow(ref, *short) for ref in target.levels[:i])]
            needs += [allow(target.levels[i], *enough)] if i < len(target.levels) else []
            yield from joined(plan, names, needs, Effect(title, kind, index, i))
        if veto is not None:
            yield from joined(plan, names, [allow(veto, *vetoed)], Effect(title, kind, index, -1))


# Comparisons


def of_values(
    names: Names, plan: FormerPlan, fact: str, view: int | None, atoms: list[tuple[int, Node]]
) -> Iterator[Conclusion]:
    """What the values of one fact settle.

    The values are cut into stretches in which every comparison comes out the same, so that one rule fires for a value
    however many comparisons read it. Sets of options have rules for each comparison.
    """
    prop = names.of(Property("value", fact, view))
    sets = [(index, node) for index, node in atoms if _atom(node).operator in SET_OPERATORS]
    for index, node in sets:
        met, unmet = _set_tests(names, prop, _atom(node))
        for value, branches in ((MET, met), (UNMET, unmet)):
            for tests in branches:
                yield (Pattern(tests),), Effect(node.name, "node", index, value)
    others = [(index, node) for index, node in atoms if _atom(node).operator not in SET_OPERATORS]
    if not others:
        return
    declared = plan.ruleset.facts.get(fact)
    low, high = -MAX_INTEGER, MAX_INTEGER
    if declared is not None and declared.type in ("boolean", "choice"):
        low, high = 0, max(1, len(declared.options) - 1)
    operands = {index: _figures(names, _atom(node)) for index, node in others}
    cuts = sorted({figure for figures in operands.values() for figure in figures})
    for start, end, outcome in _stretches(
        low, high, cuts, lambda v: [_holds(_atom(n), v, operands[i]) for i, n in others]
    ):
        patterns = (Pattern(_between(prop, low, high, start, end)),)
        for (index, node), holds in zip(others, outcome, strict=True):
            if holds or not node.selects_only:
                yield patterns, Effect(node.name, "node", index, MET if holds else UNMET)


def _atom(node: Node) -> Atom:
    if not isinstance(node.kind, Atom):
        raise TypeError(f"{node.name} is no comparison")
    return node.kind


def _figures(names: Names, atom: Atom) -> list[int]:
    operand = atom.operand if isinstance(atom.operand, tuple) else (atom.operand,)
    return [names.threshold(atom.fact, value) for value in operand]


def _holds(atom: Atom, value: int, figures: list[int]) -> bool:
    if atom.operator in COMPARE:
        return COMPARE[atom.operator](value, figures[0])
    return (value in figures) != (atom.operator == "none_of")


def _stretches(
    low: int, high: int, cuts: list[int], outcome: Callable[[int], list[bool]]
) -> list[tuple[int, int, list[bool]]]:
    """Stretches from low to high, as long as they can be, in each of which the outcome is the same."""
    found: list[tuple[int, int, list[bool]]] = []
    edges = sorted({low, *(cut for c in cuts for cut in (c, c + 1) if low <= cut <= high)})
    for start, after in zip(edges, [*edges[1:], high + 1], strict=True):
        here = outcome(start)
        if found and found[-1][2] == here:
            found[-1] = (found[-1][0], after - 1, here)
        else:
            found.append((start, after - 1, here))
    return found


def _between(prop: str, low: int, high: int, start: int, end: int) -> tuple[Test, ...]:
    if start == end:
        return (Test(prop, "$eq", start),)
    tests = [Test(prop, "$gte", start)] if start > low or end == high else []
    return (*tests, Test(prop, "$lte", end)) if end < high else tuple(tests)


def _set_tests(names: Names, prop: str, atom: Atom) -> tuple[list[tuple[Test, ...]], list[tuple[Test, ...]]]:
    """When a comparison of a set is met and when unmet: alternatives that exclude one another."""
    options = names.option[atom.fact]
    listed = atom.operand if isinstance(atom.operand, tuple) else (atom.operand,)
    chosen = [options[str(v)] for v in dict.fromkeys(listed)]
    there = Test(prop, "$eq", 1)

    def none_has(indices: list[int], value: int) -> tuple[list[tuple[Test, ...]], list[tuple[Test, ...]]]:
        """No option of these has `value`, and the contrary as branches that exclude one another."""
        tests = [Test(f"{prop}o{i}", "$eq", 1 - value) for i in indices]
        first = [(there, *tests[:k], Test(f"{prop}o{i}", "$eq", value)) for k, i in enumerate(indices)]
        return [(there, *tests)], first

    if atom.operator == "includes_all":
        return none_has(chosen, 0)
    if atom.operator == "within":
        return none_has([i for i in options.values() if i not in chosen], 1)
    absent, present = none_has(chosen, 1)
    return present, absent


# Lists and rows


def _of_every(plan: FormerPlan, names: Names, index: int, node: Node, kind: Every) -> Iterator[Conclusion]:
    good, bad = (MET, UNMET) if kind.conjunction else (UNMET, MET)
    children = kind.children

    def conclude(needs: Needs, value: int, first: Patterns = ()) -> Iterator[Conclusion]:
        return joined(plan, names, needs, Effect(node.name, "node", index, value), first)

    yield from conclude([allow(c, good) for c in children], good)
    yield from any_of(plan, names, [allow(c, bad) for c in children], Effect(node.name, "node", index, bad))
    if len(children) == 2:
        one, other = children
        yield from conclude([allow(one, UNKNOWN), allow(other, good, UNKNOWN)], UNKNOWN)
        yield from conclude([allow(one, good), allow(other, UNKNOWN)], UNKNOWN)
        return
    yield from any_of(plan, names, [allow(c, UNKNOWN) for c in children], Effect(f"{node.name}?", "doubt", index, 1))
    doubt = Pattern((Test(names.of(Property("doubt", index=index)), "$eq", 1),))
    yield from conclude([allow(c, good, UNKNOWN) for c in children], UNKNOWN, (doubt,))


def _of_rows(plan: FormerPlan, names: Names, index: int, node: Node, kind: OverRows) -> Iterator[Conclusion]:
    """One row that fails decides; else the rows are passed along one by one, and the last (`z`) concludes.

    A row that only may be in the view can't fail the whole: what it fails stays in doubt.
    """
    good, bad = (MET, UNMET) if kind.conjunction else (UNMET, MET)
    prop, so_far = names.node(kind.child.node), names.of(Property("rows", index=index))
    weighed = plan.is_selective(kind.over)
    highest, stretches = (5, [(0, 0), (1, 3), (4, 5)]) if weighed else (2, [(0, 0), (1, 1), (2, 2)])
    if kind.conjunction == kind.child.negated:
        stretches = [(highest - end, highest - start) for start, end in stretches]
    fails, in_doubt, passes = stretches
    either = (min(in_doubt[0], passes[0]), max(in_doubt[1], passes[1]))

    def row(stretch: tuple[int, int], *more: Test) -> tuple[Test, ...]:
        return (*_between(prop, 0, highest, *stretch), *more)

    yield (Pattern(row(fails)),), Effect(node.name, "node", index, bad)
    for is_last in (0, 1):
        last = Test("z", "$eq", is_last)
        for before, stretch, after in ((MET, passes, MET), (MET, in_doubt, UNKNOWN), (UNKNOWN, either, UNKNOWN)):
            value = good if is_last and after == MET else after
            effect = (
                Effect(node.name, "node", index, value) if is_last else Effect(f"{node.name}…", "rows", index, value)
            )
            if before == MET:
                yield (Pattern(row(stretch, last, Test("p", "$eq", 0))),), effect
            yield (Pattern((Test(so_far, "$eq", before),)), Pattern(row(stretch, last), "p")), effect


def settled(tests: tuple[Test, ...], effect: Effect) -> Conclusion:
    """What one fact settles by itself."""
    return (Pattern(tests),), effect
