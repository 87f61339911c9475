"""The truth tables of nodes and targets: which statuses of what they read lead to which conclusion.

Each row of a table is a rule. Rows exclude one another and leave nothing out, so that exactly one fires; `unmet` and `unknown`
have rows of their own, and nothing is concluded from the absence of a fact. A row names as causes the nodes that settle it: of
several that would do alone, the first in the order of the plan.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from grading.engine.rules import (
    MET,
    NODES,
    ROW_AND_NODE,
    UNKNOWN,
    UNMET,
    WAIVER,
    Case,
    Cause,
    Effect,
    Names,
    Property,
    Rule,
    Table,
    Test,
    negated,
)
from grading.engine.slots import Slots
from grading.engine.stretches import between, passes
from grading.engine.words import target_words, words_of
from grading.model.trace import StatusWord
from grading.plan.nodes import Copy, Every, Guarded, Kind, Nested, Node, Plan, Ref, Target, Waived, Waiver, children_of

STATUSES = (UNMET, UNKNOWN, MET)
NOT_WAIVED, IS_WAIVED = 0, 1
"""The values that the fact of a unit's waivers has for an indicator."""
WHOLE_TABLE = 6
"""Of a table that reads up to so many nodes the cases are all combinations of their statuses."""
Needs = list[tuple[Ref, tuple[int, ...]]]
Combination = tuple[int, ...]
"""The statuses of the nodes that a table reads, in their order."""
Outcome = tuple[tuple[int, int], ...]
"""The conclusions that a table has to make of a combination: values by slot."""


def of_node(plan: Plan, names: Names, slots: Slots, index: int, node: Node) -> Table:
    """The table of a node that is worked out from other nodes of the unit or of the same row."""
    rows = _Rows(plan, names, slots)
    kind, slot = node.kind, slots.of_node[index]
    if isinstance(kind, Every):
        _add_every(rows, index, node.name, kind)
    elif isinstance(kind, Guarded):
        _add_guarded(rows, index, node.name, kind)
    elif isinstance(kind, Nested):
        _add_nested(rows, index, node.name, kind)
    elif isinstance(kind, Waived):
        _add_waived(rows, index, node.name, kind)
    elif isinstance(kind, Copy):
        how = NODES if kind.view is None else ROW_AND_NODE
        for value in STATUSES:
            rows.add(index, node.name, value, [(kind.child, (value,))], how=how)
    else:
        raise TypeError(f"{node.name} is not worked out from nodes")
    nodes = tuple(dict.fromkeys(child.node for child in children_of(node)))
    reading = _Reading(_joined(kind), tuple((nodes.index(ref.node), ref.negated) for ref in children_of(node)))
    expected = tuple(((slot, status),) for status in STATUSES)

    def outcomes(combinations: Sequence[Combination] | None) -> Iterable[Outcome]:
        statuses = _whole_table(reading) if combinations is None else map(reading.status, combinations)
        return map(expected.__getitem__, statuses)

    return rows.table(node.name, index, nodes, outcomes)


def _joined(kind: Kind) -> str:
    if isinstance(kind, Every):
        return "worst" if kind.conjunction else "best"
    return "guarded" if isinstance(kind, Guarded) else "best"


class _Reading(NamedTuple):
    """The way in which a node's status follows from those of the nodes it reads: `refs` are their places, with their negation."""

    joined: str
    refs: tuple[tuple[int, bool], ...]

    def status(self, statuses: Combination) -> int:
        """The status in the language."""
        found = [negated(statuses[place]) if contrary else statuses[place] for place, contrary in self.refs]
        if self.joined == "worst":
            return min(found)
        if self.joined == "guarded":
            guard, child = found
            return max(negated(guard), child)
        return max(found)


@lru_cache(maxsize=4096)
def _whole_table(reading: _Reading) -> tuple[int, ...]:
    """The statuses for all combinations, in their order: very many nodes read others in the same way."""
    return tuple(map(reading.status, _combinations(1 + max(place for place, _ in reading.refs))))


@lru_cache(maxsize=WHOLE_TABLE)
def _combinations(width: int) -> tuple[Combination, ...]:
    return tuple(product(STATUSES, repeat=width))


def _status(statuses: Mapping[int, int], ref: Ref) -> int:
    return negated(statuses[ref.node]) if ref.negated else statuses[ref.node]


def _add_every(rows: "_Rows", index: int, name: str, kind: Every) -> None:
    good, bad = (MET, UNMET) if kind.conjunction else (UNMET, MET)
    children = kind.children
    rows.add(index, name, good, [(child, (good,)) for child in children])
    in_order = sorted(children, key=lambda child: child.node)
    for n, child in enumerate(in_order):
        needs: Needs = [(other, (good, UNKNOWN)) for other in in_order[:n]]
        rows.add(index, name, bad, [*needs, (child, (bad,))], named=[child])
    for n, child in enumerate(children):
        before: Needs = [(other, (good,)) for other in children[:n]]
        behind: Needs = [(other, (good, UNKNOWN)) for other in children[n + 1 :]]
        rows.add(index, name, UNKNOWN, [*before, (child, (UNKNOWN,)), *behind])


def _add_guarded(rows: "_Rows", index: int, name: str, kind: Guarded) -> None:
    guard, child = kind.guard, kind.child
    left_out = f"not applicable: {rows.plan.nodes[guard.node].name}"
    rows.add(index, left_out, MET, [(guard, (UNMET,))])
    rows.add(index, name, MET, [(guard, (UNKNOWN, MET)), (child, (MET,))])
    rows.add(index, name, UNMET, [(guard, (MET,)), (child, (UNMET,))])
    rows.add(index, name, UNKNOWN, [(guard, (MET,)), (child, (UNKNOWN,))])
    rows.add(index, name, UNKNOWN, [(guard, (UNKNOWN,)), (child, (UNMET, UNKNOWN))])


def _add_nested(rows: "_Rows", index: int, name: str, kind: Nested) -> None:
    """Met by the better level, or else by what is asked at the level; the trace tells which."""
    own, better = kind.own, kind.better
    rows.add(index, f"met at {kind.met_at}, so met at {kind.level}", MET, [(better, (MET,))])
    rows.add(index, name, MET, [(better, (UNMET, UNKNOWN)), (own, (MET,))])
    rows.add(index, name, UNMET, [(better, (UNMET,)), (own, (UNMET,))])
    rows.add(index, name, UNKNOWN, [(better, (UNKNOWN,)), (own, (UNMET, UNKNOWN))])
    rows.add(index, name, UNKNOWN, [(better, (UNMET,)), (own, (UNKNOWN,))])


def _add_waived(rows: "_Rows", index: int, name: str, kind: Waived) -> None:
    """Met by itself, or else counted by the waiver: then the trace says `waived`."""
    own, waiver = kind.own, kind.waiver
    rows.add(index, name, MET, [(own, (MET,))])
    rows.add(index, f"waived: {name}", MET, [(own, (UNMET, UNKNOWN)), (waiver, (MET,))], status="waived")
    rows.add(index, name, UNMET, [(own, (UNMET,)), (waiver, (UNMET,))])
    rows.add(index, name, UNKNOWN, [(own, (UNKNOWN,)), (waiver, (UNMET,))])
    rows.add(index, name, UNKNOWN, [(own, (UNMET, UNKNOWN)), (waiver, (UNKNOWN,))])


def of_waiver(plan: Plan, names: Names, slots: Slots, index: int, kind: Waiver) -> Table:
    """The table that concludes, from the unit's fact of its waivers, whether an indicator's waiver is in force."""
    prop, slot = names.of(Property("waiver", kind.indicator)), slots.of_node[index]
    cause = Cause(WAIVER, name=kind.indicator)
    rules = tuple(
        Rule((Test(prop, "$eq", option),), (Effect(slot, value, title, words_of(plan, index, value), *cause),))
        for option, value, title in (
            (NOT_WAIVED, UNMET, f"no waiver of {kind.indicator}"),
            (IS_WAIVED, MET, f"waiver of {kind.indicator}"),
        )
    )
    cases: tuple[Case, ...] = tuple(
        (((prop, option),), ((slot, value),)) for option, value in ((NOT_WAIVED, UNMET), (IS_WAIVED, MET))
    )
    return Table(plan.nodes[index].name, kind.indicator, rules, lambda: cases)


def of_target(plan: Plan, names: Names, slots: Slots, index: int, target: Target) -> Table:
    """The best level that is met, and the best that is not unmet; for the unit, within what the vetoes allow."""
    rows = _Rows(plan, names, slots)
    veto = plan.veto_of(target)
    ways = (("grade", (MET,), (UNKNOWN, MET)), ("attainable", (UNKNOWN, MET), (MET,)))
    for kind, enough, vetoed in ways:
        title = f"{kind} {target.id}".strip()
        short, free = (tuple(value for value in STATUSES if value not in some) for some in (enough, vetoed))
        granted: Needs = [] if veto is None else [(veto, free)]
        for i in range(len(target.levels) + 1):
            needs: Needs = [*granted, *((ref, short) for ref in target.levels[:i])]
            needs += [(target.levels[i], enough)] if i < len(target.levels) else []
            rows.add_target(kind, index, title, i, needs)
        if veto is not None:
            rows.add_target(kind, index, title, -1, [(veto, vetoed)])

    read = tuple(dict.fromkeys([*([] if veto is None else [veto.node]), *(ref.node for ref in target.levels)]))

    def outcome(combination: Combination) -> Outcome:
        statuses = dict(zip(read, combination, strict=True))

        def has(ref: Ref, slots: tuple[int, ...]) -> bool:
            return _status(statuses, ref) in slots

        reached = [[has(ref, enough) for ref in target.levels] + [True] for _, enough, _ in ways]
        is_vetoed = [veto is not None and has(veto, vetoed) for _, _, vetoed in ways]
        return tuple(
            (slots.target(kind, index), -1 if out else levels.index(True))
            for (kind, _, _), levels, out in zip(ways, reached, is_vetoed, strict=True)
        )

    def outcomes(combinations: Sequence[Combination] | None) -> Iterable[Outcome]:
        return map(outcome, _combinations(len(read)) if combinations is None else combinations)

    return rows.table(f"grade {target.id}", len(plan.nodes) + index, read, outcomes, fires=2)


class _Rows:
    """The rows of one table."""

    def __init__(self, plan: Plan, names: Names, slots: Slots) -> None:
        self.plan, self.names, self.slots = plan, names, slots
        self.rules: list[Rule] = []

    def add(
        self,
        index: int,
        title: str,
        value: int,
        needs: Needs,
        named: Sequence[Ref] | None = None,
        how: int = NODES,
        status: StatusWord | None = None,
    ) -> None:
        """A row that concludes a node; `named` are the causes, if not all that it needs, `status` the word for the value."""
        words = words_of(self.plan, index, value)
        if status is not None:
            words["status"] = status
        self._add(needs, self.slots.of_node[index], value, title, words, named, how)

    def add_target(self, kind: str, index: int, title: str, value: int, needs: Needs) -> None:
        """A row that concludes a target's grade or attainable grade."""
        words = target_words(self.plan, index, kind, value)
        self._add(needs, self.slots.target(kind, index), value, title, words, None, NODES)

    def _add(
        self, needs: Needs, slot: int, value: int, title: str, words: object, named: Sequence[Ref] | None, how: int
    ) -> None:
        allowed: dict[int, frozenset[int]] = {}
        for ref, slots in needs:
            raw = frozenset(negated(status) if ref.negated else status for status in slots)
            allowed[ref.node] = allowed.get(ref.node, raw) & raw
        if not all(allowed.values()):
            # It asks for a condition and its contrary at once.
            return
        tests = [between(self.names.node(n), UNMET, MET, min(some), max(some)) for n, some in allowed.items()]
        causes = allowed if named is None else dict.fromkeys(ref.node for ref in named)
        cause = Cause(how, tuple(self.slots.of_node[node] for node in causes))
        flat = tuple(test for of_one in tests for test in of_one)
        self.rules.append(Rule(flat, (Effect(slot, value, title, words, *cause),)))  # type: ignore[arg-type]

    def table(
        self,
        name: str,
        of: int,
        nodes: tuple[int, ...],
        outcomes: Callable[[Sequence[Combination] | None], Iterable[Outcome]],
        fires: int = 1,
    ) -> Table:
        """The table of these rows.

        `nodes` are those that it reads, each once; `outcomes` gives those of combinations of their statuses (None: of all).
        """
        rules = tuple(self.rules)
        props = [self.names.node(node) for node in nodes]

        def cases() -> Iterator[Case]:
            edges = None if len(nodes) <= WHOLE_TABLE else tuple(_edges(rules, props))
            combinations = _combinations(len(nodes)) if edges is None else edges
            for values, expected in zip(combinations, outcomes(edges), strict=True):
                yield tuple(zip(props, values, strict=True)), expected

        return Table(name, of, rules, cases, nodes, fires)


def _edges(rules: Sequence[Rule], props: Sequence[str]) -> Iterator[Combination]:
    """For each rule statuses that it fires for, and those that differ from them in one."""
    for rule in rules:
        fits = [
            [status for status in STATUSES if all(passes(t, status) for t in rule.tests if t.property == prop)]
            for prop in props
        ]
        for at, statuses in ((at, statuses) for statuses in (0, -1) for at in range(len(props))):
            for status in STATUSES:
                yield tuple(status if n == at else some[statuses] for n, some in enumerate(fits))
