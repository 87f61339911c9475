"""A ruleset on one day, in one mode → its plan.

Equal conditions become one node, `not` becomes a sign on the reference, `at_least_of` becomes `all` and `any` (for monotone
conditions Kleene's values come out the same), and whatever is outside its time window is gone.

`each` and `some` look at a view: the rows of a group that their `where` does not rule out. What is required is worked out for
the rows of the view alone, so that thirty outlets of ten kinds cost thirty rows and not three hundred.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from grading.language.nested import Stated, stated, ways_to
from grading.language.windows import is_there
from grading.model.base import Mode
from grading.model.condition import (
    All,
    AtLeastOf,
    Comparison,
    ConditionBase,
    Each,
    Not,
    Some,
    parts,
    walk,
)
from grading.model.ruleset import Cap, Indicator, Ruleset
from grading.plan.nodes import (
    Atom,
    Copy,
    Every,
    Figure,
    Free,
    Guarded,
    Kind,
    Nested,
    Node,
    OverRows,
    Plan,
    Ref,
    Target,
    View,
    Waived,
    Waiver,
    children_of,
)

FAN_IN = 6
Ways = dict[tuple[str, str], tuple[Stated, ...]]


class _Builder:
    def __init__(self, ruleset: Ruleset, mode: Mode, day: date) -> None:
        self.ruleset, self.mode, self.day = ruleset, mode, day
        self.nodes: list[Node] = []
        self.views: list[View] = []
        self.known: dict[Kind, int] = {}
        self.places: dict[str, Ref] = {}

    def node(self, kind: Kind, name: str, view: int | None = None) -> Ref:
        if kind not in self.known:
            self.known[kind] = len(self.nodes)
            self.nodes.append(Node(kind, name, view))
        return Ref(self.known[kind])

    def view(self, group: str, where: Ref | None) -> int:
        view = View(group, where)
        if view not in self.views:
            self.views.append(view)
        return self.views.index(view)

    def combine(self, refs: Sequence[Ref], conjunction: bool, name: str, view: int | None) -> Ref:
        """`all` or `any` of the references, as a tree no node of which joins more than FAN_IN."""
        children = list(dict.fromkeys(refs))
        if view is not None:
            children = [self.in_rows(ref, view) for ref in children]
        part = 0
        while len(children) > FAN_IN:
            chunks = [children[i : i + FAN_IN] for i in range(0, len(children), FAN_IN)]
            children = []
            for chunk in chunks:
                part += 1
                children.append(self.one(tuple(chunk), conjunction, f"{name}/{part}", view))
        return self.one(tuple(children), conjunction, name, view)

    def one(self, children: tuple[Ref, ...], conjunction: bool, name: str, view: int | None) -> Ref:
        if len(children) == 1:
            return children[0]
        return self.node(Every(children, view, conjunction), name, view)

    def in_rows(self, ref: Ref, view: int) -> Ref:
        if self.nodes[ref.node].view == view:
            return ref
        return self.node(Copy(ref, view), f"{self.nodes[ref.node].name}@{self.views[view].group}", view)

    def condition(self, c: ConditionBase | None, name: str, view: int | None) -> Ref | None:
        """The node of a condition, or None when nothing of it is there on this day."""
        if c is None or not is_there(c, self.day):
            return None
        ref = self.places[name] = self._form(c, name, view)
        return ref

    def _form(self, c: ConditionBase, name: str, view: int | None) -> Ref:
        if isinstance(c, Comparison):
            return self._comparison(c, name, view)
        if isinstance(c, Each | Some):
            return self._over_rows(c, name)
        inner = [self.condition(part, f"{name}.{step}", view) for step, part in parts(c)]
        refs = [ref for ref in inner if ref is not None]
        if isinstance(c, Not):
            return ~refs[0]
        shared = view if any(self.nodes[ref.node].view is not None for ref in refs) else None
        if isinstance(c, AtLeastOf):
            return self._at_least(min(c.at_least_of, len(refs)), refs, name, shared)
        return self.combine(refs, isinstance(c, All), name, shared)

    def _comparison(self, c: Comparison, name: str, view: int | None) -> Ref:
        facts, computed = self.ruleset.facts, self.ruleset.computed
        declared = facts[c.fact].group if c.fact in facts else computed[c.fact].group if c.fact in computed else None
        inner = view if declared is not None else None
        if c.is_open(self.mode):
            return self.node(Figure(c.fact, c.operator, c.guess, inner), name, inner)
        operand = c.guess
        if operand is None:
            raise TypeError(f"no operand at {name}")
        return self.node(Atom(c.fact, c.operator, operand, inner), name, inner)

    def _at_least(self, n: int, refs: list[Ref], name: str, view: int | None) -> Ref:
        """At least n of refs, prefix by prefix: either so many without the last one, or one fewer and the last one."""
        so_far: dict[int, Ref] = {}
        for i, ref in enumerate(refs, start=1):
            here: dict[int, Ref] = {}
            still_to_come = len(refs) - i
            for count in range(max(1, n - still_to_come), min(i, n) + 1):
                ways = [so_far[count]] if count in so_far else []
                fewer = [so_far[count - 1]] if count > 1 else []
                ways.append(self.combine([*fewer, ref], True, f"{name}/{i}&{count}", view))
                here[count] = self.combine(ways, False, f"{name}/{i}≥{count}", view)
            so_far = here
        return so_far[n]

    def _over_rows(self, c: Each | Some, name: str) -> Ref:
        group = c.each if isinstance(c, Each) else c.some
        every_row = self.view(group, None)
        where = self.condition(c.where, f"{name}.where", every_row)
        over = every_row if where is None else self.view(group, self.in_rows(where, every_row))
        self.places[f"{name}.require"] = required = self._form(c.require, f"{name}.require", over)
        return self.node(OverRows(self.in_rows(required, over), over, isinstance(c, Each)), name)


def _mark_selectors(nodes: list[Node], views: list[View], ruleset: Ruleset) -> None:
    """A `where` that only compares a choice or a boolean need not tell which rows it leaves out.

    Not so where another condition reads it, or another `where` its contrary.
    """
    selecting = [view.where for view in views if view.where is not None]
    read = {child.node for node in nodes for child in children_of(node)}
    read |= {where.node for where in selecting if where.negated}
    for where in selecting:
        node = nodes[where.node]
        fact = ruleset.facts.get(node.kind.fact) if isinstance(node.kind, Atom) else None
        node.selects_only = where.node not in read and fact is not None and fact.type in ("choice", "boolean")


def build_plan(ruleset: Ruleset, mode: Mode, day: date, with_waivers: bool = False) -> Plan:
    """The nodes of a ruleset as it stands on `day`; `with_waivers`: for units some of whose indicators are waived."""
    b = _Builder(ruleset, mode, day)
    levels = ruleset.scale.graded
    free = b.node(Free(), "nothing is asked")
    applies: dict[str, Ref] = {}
    indicator_levels: dict[tuple[str, str], Ref] = {}
    own_levels: dict[tuple[str, str], Ref] = {}
    ways: Ways = {}
    by_dimension: dict[str, dict[str, list[Ref]]] = {}
    for indicator in ruleset.indicators:
        rows = by_dimension.setdefault(indicator.dimension, {level: [] for level in levels})
        guard = b.condition(indicator.applies_when, f"{indicator.id}.applies_when", None)
        if guard is not None:
            applies[indicator.id] = guard
        ways |= {(indicator.id, level): ways_to(ruleset, indicator, level, day, mode) for level in levels}
        for level, own in _by_level(b, indicator, guard, free, ways):
            own_levels[indicator.id, level] = own
            ref = _waivable(b, indicator, level, own) if with_waivers and own != free else own
            indicator_levels[indicator.id, level] = ref
            if ref != free:
                rows[level].append(ref)
    targets, level_refs, gates, ungraded = _conclusions(b, free, by_dimension)
    _mark_selectors(b.nodes, b.views, ruleset)
    return Plan(
        ruleset,
        b.nodes,
        b.views,
        b.places,
        applies,
        indicator_levels,
        ways,
        gates,
        level_refs,
        targets,
        ungraded,
        own_levels,
        with_waivers,
    )


def _waivable(b: _Builder, indicator: Indicator, level: str, own: Ref) -> Ref:
    """An indicator at a level, which its waiver lets count where it is not met by itself."""
    waiver = b.node(Waiver(indicator.id), f"{indicator.id}.waiver")
    return b.node(Waived(own, waiver), f"{indicator.id}@{level} or waived")


def _by_level(
    b: _Builder, indicator: Indicator, guard: Ref | None, free: Ref, all_ways: Ways
) -> Iterator[tuple[str, Ref]]:
    """An indicator's status at each level, best first. What a level shares with the next better one is one node.

    `applies_when` need not be asked again of what a better level has not settled: where it is not met, every level is.
    """
    required = {one.place: b.condition(one.requirement.require, one.place, None) for one in stated(indicator)}
    better: tuple[str, Ref] | None = None
    seen: set[str] = set()
    for level in b.ruleset.scale.graded:
        ways = all_ways[indicator.id, level]
        own = required[ways[0].place] if ways else None
        if own is None:
            yield level, free
            continue
        place = ways[0].place
        if place in seen and better is not None:
            ref = better[1]
        elif len(ways) > 1 and better is not None:
            ref = b.node(Nested(own, better[1], level, better[0]), f"{indicator.id}@{level}")
        elif guard is not None:
            ref = b.node(Guarded(guard, own), f"{place}?")
        elif own.negated:
            ref = b.node(Copy(own, None), f"{place}!")
        else:
            ref = own
        seen.add(place)
        better = (level, ref)
        yield level, ref


def _conclusions(
    b: _Builder, free: Ref, by_dimension: dict[str, dict[str, list[Ref]]]
) -> tuple[list[Target], dict[str, Ref], dict[str, Ref], Ref | None]:
    """Dimensions, scopes, levels and gates, up to what gets a grade."""
    ruleset, levels = b.ruleset, b.ruleset.scale.graded

    def together(refs: list[Ref], name: str) -> Ref:
        distinct = [ref for ref in dict.fromkeys(refs) if ref != free]
        if len(distinct) == 1 and isinstance(b.nodes[distinct[0].node].kind, Waived):
            # That an indicator is waived is told of the indicator alone.
            return b.node(Copy(distinct[0], None), name)
        return b.combine(distinct, True, name, None) if distinct else free

    of_dimension: dict[tuple[str, str], Ref] = {}
    targets: list[Target] = []
    for dimension in (d for d in ruleset.dimensions if d in by_dimension):
        for level in levels:
            ref = together(by_dimension[dimension][level], f"{dimension}@{level}")
            of_dimension[dimension, level] = ref
        targets.append(Target("dimension", dimension, tuple(of_dimension[dimension, level] for level in levels)))
    for scope_id, scope in ruleset.scopes.items():
        named = [d for d in scope.dimensions if d in by_dimension]
        if named:
            refs = [together([of_dimension[d, level] for d in named], f"{scope_id}@{level}") for level in levels]
            targets.append(Target("scope", scope_id, tuple(refs)))
    level_refs = {level: together([of_dimension[d, level] for d in by_dimension], f"level {level}") for level in levels}
    gates: dict[str, Ref] = {}
    caps: dict[str, list[Ref]] = {level: [] for level in levels}
    vetoes: list[Ref] = []
    for gate in ruleset.gates:
        when = b.condition(gate.when, f"gate.{gate.id}", None)
        if when is None:
            continue
        gates[gate.id] = when
        if isinstance(gate.effect, Cap):
            for level in ruleset.scale.ids[: ruleset.scale.ids.index(gate.effect.cap)]:
                caps[level].append(~when)
        else:
            vetoes.append(when)
    reachable = [together([level_refs[level], *caps[level]], f"level {level} within the gates") for level in levels]
    ungraded = b.combine(vetoes, False, "not to be graded", None) if vetoes else None
    targets.append(Target("unit", "", tuple(reachable)))
    return targets, level_refs, gates, ungraded


def conditions_of(ruleset: Ruleset) -> tuple[ConditionBase, ...]:
    """The outermost conditions of a ruleset: what indicators apply to, what levels require, when gates fall."""
    applies = [indicator.applies_when for indicator in ruleset.indicators if indicator.applies_when is not None]
    required = [requirement.require for indicator in ruleset.indicators for requirement in indicator.levels.values()]
    return (*applies, *required, *(gate.when for gate in ruleset.gates))


def boundaries(ruleset: Ruleset) -> tuple[date, ...]:
    """The days on which some condition of the ruleset comes or goes; between two of them the plan is the same."""
    days: set[date] = set()
    for top in conditions_of(ruleset):
        for _, c in walk(top):
            if c.from_ is not None:
                days.add(c.from_)
            if c.until is not None and c.until < date.max:
                days.add(c.until + timedelta(days=1))
    return tuple(sorted(days))
