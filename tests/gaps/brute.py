"""Small random rulesets and audits, and every audit that changes could make of one: the yardstick for plans.

What decides on scope (`where`, `applies_when`) reads facts of its own, which a plan leaves alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

from hypothesis import strategies as st

from grading.model.audit import Audit, Enterprise, Known, Row, UnitAudit
from grading.model.base import Remedy
from grading.model.condition import All, AnyOf, Comparison, ConditionBase, Each, Not, Some, comparisons
from grading.model.ruleset import Cap, Indicator, Ruleset
from tests import plain
from tests.engine.small import DAY, SCALES, fact, ruleset_of

SCOPE = ("in_scope", "r_kind")
UNPRICED = Decimal(1_000_000)
FACTS = [
    fact("yes0", "boolean"),
    fact("yes1", "boolean"),
    fact("amount", "number", decimals=0, min=0, max=12),
    fact("pick", "choice", size=3),
    fact("kinds", "choices", size=2),
    fact("in_scope", "boolean"),
    fact("r_yes", "boolean", "outlets"),
    fact("r_amount", "number", "outlets", decimals=0, min=0, max=12),
    fact("r_kind", "choice", "outlets", size=2),
]
COSTS = ((0, 0), (1, 3), (2, 2), (4, 10), (5, 9), None)
REMEDIES = [{"text": f"remedy {n}", "weeks": (1, n + 1), "cost_wan_cny": cost} for n, cost in enumerate(COSTS)]
Place = tuple[str, str | None]
"""A fact, and the row it belongs to."""


def _leaves(names: tuple[str, ...]) -> st.SearchStrategy[Any]:
    limit = st.sampled_from([2, 5, 9])
    option, options = (
        st.sampled_from(["o0", "o1", "o2"]),
        st.lists(st.sampled_from(["o0", "o1"]), min_size=1, max_size=2, unique=True),
    )
    number = st.one_of(
        st.tuples(st.sampled_from(("at_most", "at_least", "below", "above", "equals")), limit),
        st.tuples(st.sampled_from(("one_of", "none_of")), st.lists(limit, min_size=1, max_size=2)),
    )
    forms: dict[str, st.SearchStrategy[Any]] = {
        "boolean": st.tuples(st.just("equals"), st.booleans()),
        "choice": st.one_of(
            st.tuples(st.just("equals"), option),
            st.tuples(st.sampled_from(("one_of", "none_of")), st.lists(option, min_size=1, max_size=2)),
        ),
        "choices": st.tuples(st.sampled_from(("includes_any", "includes_all", "within")), options),
        "number": number,
    }
    types = {f["id"]: f["type"] for f in FACTS}
    plain_leaf = st.sampled_from(names).flatmap(
        lambda n: forms[types[n]].map(lambda form: {"fact": n, form[0]: form[1]})
    )
    unresolved = st.sampled_from(names).flatmap(
        lambda n: forms[types[n]].map(lambda form: {"fact": n, form[0]: "unresolved"})
    )
    leaf = st.one_of(*[plain_leaf] * 24, unresolved)
    return st.builds(lambda c, r: c if r is None else {**c, "remedy": r}, leaf, st.sampled_from([None, *REMEDIES]))


def _lists(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    parts = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        parts.map(lambda c: {"all": c}),
        parts.map(lambda c: {"any": c}),
        parts.flatmap(lambda c: st.integers(1, len(c)).map(lambda n: {"at_least_of": n, "of": c})),
        inner.map(lambda c: {"not": c}),
    )


ROW_LEAF = _leaves(("r_yes", "r_amount", "r_amount", "yes0"))
UNIT_LEAF = _leaves(("yes0", "yes1", "amount", "pick", "kinds"))
WHERE = st.one_of(
    st.none(), st.just({"fact": "r_kind", "equals": "o0"}), st.just({"not": {"fact": "r_kind", "equals": "o1"}})
)
ROWS = st.builds(
    lambda word, where, require: {word: "outlets", "where": where, "require": require},
    st.sampled_from(("each", "some")),
    WHERE,
    st.one_of(ROW_LEAF, _lists(ROW_LEAF)),
)
LEAF = st.one_of(UNIT_LEAF, UNIT_LEAF, UNIT_LEAF, ROWS)
TOP = st.one_of(LEAF, _lists(LEAF), _lists(LEAF), _lists(st.one_of(LEAF, _lists(LEAF))))
APPLIES = st.sampled_from([None, None, None, {"fact": "in_scope", "equals": True}])


@st.composite
def rulesets(draw: st.DrawFn) -> Ruleset:
    """A ruleset of a few indicators and gates over nine facts."""
    indicators = [
        {
            "id": f"i{n}",
            "title": f"i{n}",
            "dimension": "treatment",
            "applies_when": draw(APPLIES),
            "levels": {
                key: {"require": draw(TOP)} for key in draw(st.sampled_from((("A",), ("B",), ("A", "B"), ("A,B",))))
            },
            "remedy": draw(st.sampled_from(REMEDIES)),
        }
        for n in range(draw(st.integers(1, 3)))
    ]
    effect = st.sampled_from(("ungraded", {"cap": "B"}, {"cap": "C"}))
    gates = [
        {
            "id": f"g{n}",
            "when": draw(_lists(LEAF)),
            "effect": draw(effect),
            "text": "gate",
            "remedy": draw(st.sampled_from(REMEDIES)),
        }
        for n in range(draw(st.sampled_from((0, 0, 1))))
    ]
    facts = {f["id"]: f for f in FACTS}
    return ruleset_of(scale={"label": "s", "levels": SCALES[3]}, facts=facts, indicators=indicators, gates=gates)


VALUES: dict[str, list[Any]] = {
    "boolean": [True, False],
    "number": [Decimal(n) for n in (0, 2, 3, 5, 8, 9, 12)],
    "choice": ["o0", "o1"],
    "choices": [(), ("o0",), ("o1",), ("o0", "o1")],
}


@st.composite
def audits(draw: st.DrawFn, ruleset: Ruleset, kinds_known: bool = True) -> Audit:
    """An audit with at most two rows; some values are missing, unless `kinds_known` what decides on scope too."""

    def known(group: str | None) -> dict[str, Known]:
        facts = [f for f in ruleset.facts.values() if f.group == group]
        always = set(SCOPE) if kinds_known else set()
        found = {f.id: draw(st.sampled_from([None] * (f.id not in always) + VALUES[f.type])) for f in facts}
        return {name: Known(value=value) for name, value in found.items() if value is not None}

    size = draw(st.sampled_from((None, 0, 1, 1, 2, 2)))
    groups = {} if size is None else {"outlets": tuple(Row(key=f"r{n}", facts=known("outlets")) for n in range(size))}
    unit = UnitAudit(id="u", ruleset=ruleset.id, facts=known(None), groups=groups)
    return Audit(enterprise=Enterprise(name="e"), assessed_on=DAY, units=(unit,))


# Everything that changes could make of an audit


def movable(ruleset: Ruleset, audit: Audit) -> list[Place]:
    """The values that requirements and gates read."""
    tops: list[ConditionBase] = [r.require for i in ruleset.indicators for r in i.levels.values()]
    tops += [g.when for g in ruleset.gates]
    read = {c.fact for top in tops for c in comparisons(top)} - set(SCOPE)
    rows = [row.key for row in audit.units[0].groups.get("outlets", ())]
    return [(name, key) for name in sorted(read) for key in (rows if ruleset.facts[name].group is not None else [None])]


def choices(ruleset: Ruleset, fact_id: str) -> list[Any]:
    """Values of a fact, one for each way in which conditions can tell values apart."""
    type_ = ruleset.facts[fact_id].type
    numbers = [Decimal(n) for n in (1, 2, 3, 5, 6, 9, 10)]
    return {"number": numbers, "choice": ["o0", "o1", "o2"]}.get(type_, VALUES.get(type_, []))


def changed(audit: Audit, values: Mapping[Place, Any]) -> Audit:
    """The audit with other values."""
    unit = audit.units[0]
    facts = {**unit.facts, **{name: Known(value=v) for (name, key), v in values.items() if key is None}}
    groups = {
        group: tuple(
            Row(
                key=row.key,
                facts={**row.facts, **{n: Known(value=v) for (n, key), v in values.items() if key == row.key}},
            )
            for row in rows
        )
        for group, rows in unit.groups.items()
    }
    return audit.model_copy(update={"units": (unit.model_copy(update={"facts": facts, "groups": groups}),)})


def value_at(audit: Audit, place: Place) -> Any:
    """Today's value at a place; None when it is missing."""
    name, key = place
    unit = audit.units[0]
    row = next((row.facts for rows in unit.groups.values() for row in rows if row.key == key), {})
    known = (unit.facts if key is None else row).get(name)
    return None if known is None else known.value


def every_audit(ruleset: Ruleset, audit: Audit) -> Iterator[tuple[int, Audit]]:
    """Every audit that changes of values could make of this one, with the number of values that are changed."""
    places = movable(ruleset, audit)
    today = [value_at(audit, place) for place in places]
    for values in product(*([None, *choices(ruleset, name)] for name, _ in places)):
        there = {place: v for place, v, was in zip(places, values, today, strict=True) if v is not None and v != was}
        if sum(v is not None for v in values) == len(there):
            yield len(there), changed(audit, there)


def reaches(ruleset: Ruleset, audit: Audit, level: str) -> bool:
    """Whether everything that a level asks for is fulfilled and no gate is in the way."""
    unit, ids = plain.grade_unit(ruleset, audit), ruleset.scale.ids
    barred = any(
        unit.gates.get(gate.id) in ("met", "unknown")
        and (not isinstance(gate.effect, Cap) or ids.index(level) < ids.index(gate.effect.cap))
        for gate in ruleset.gates
    )
    return unit.levels[level] == "met" and not barred


# What it costs


@dataclass(frozen=True)
class Effort:
    """A remedy, and whether it is needed for sure."""

    remedy: Remedy | None
    sure: bool


def cost(efforts: frozenset[Effort]) -> Decimal:
    """The middle of the range of each remedy, done once; from nothing on where only a missing value asks for it."""
    sure = {e.remedy: any(o.sure for o in efforts if o.remedy == e.remedy) for e in efforts}
    total = Decimal(0)
    for remedy, needed in sure.items():
        low, high = (remedy.cost_wan_cny if remedy is not None else None) or (UNPRICED, UNPRICED)
        total += (high + (low if needed else 0)) / 2
    return total


class Costs:
    """The least that it takes to come from one audit to another that fulfils a level."""

    def __init__(self, ruleset: Ruleset, today: Audit, then: Audit) -> None:
        self.ruleset, self.then = ruleset, then
        self.was, self.now = plain.grade_unit(ruleset, today), plain.grade_unit(ruleset, then)
        self.today = today

    def least(self, level: str) -> Decimal:
        """The cost of the cheapest efforts that account for everything the level asks for."""
        together = {frozenset[Effort]()}
        for asked in self.asked(level):
            together = {one | other for one in together for other in asked}
        return min(cost(efforts) for efforts in together)

    def asked(self, level: str) -> Iterator[set[frozenset[Effort]]]:
        for indicator in self.ruleset.indicators:
            if self.now.applicable[indicator.id] is False:
                continue
            enough = [
                self.ways(requirement.require, f"{indicator.id}.{key}", None, True, (indicator, requirement))
                for key, requirement in indicator.levels.items()
                if key in self.enough(indicator, level)
            ]
            if enough:
                yield set().union(*enough)
        ids = self.ruleset.scale.ids
        for gate in self.ruleset.gates:
            if not isinstance(gate.effect, Cap) or ids.index(level) < ids.index(gate.effect.cap):
                yield self.ways(gate.when, f"gate.{gate.id}", None, False, (gate,))

    def enough(self, indicator: Indicator, level: str) -> set[str]:
        """The keys of the requirements that are asked at a level and at every better one; none when it asks nothing."""
        graded = self.ruleset.scale.graded
        own = {name: key for key in indicator.levels for name in key.split(",")}
        asked = [next((own[worse] for worse in graded[i:] if worse in own), None) for i in range(len(graded))]
        return (
            {key for key in asked[: graded.index(level) + 1] if key is not None}
            if asked[graded.index(level)]
            else set()
        )

    def ways(
        self, c: ConditionBase, place: str, row: str | None, wanted: bool, outer: tuple[Any, ...]
    ) -> set[frozenset[Effort]]:
        """The sets of efforts of each way in which a condition is now as wanted; empty when it is not."""
        inner = (*outer, c)
        if isinstance(c, Comparison):
            if self.status(self.now, place, row) != ("met" if wanted else "unmet"):
                return set()
            if self.status(self.was, place, row) == ("met" if wanted else "unmet"):
                return {frozenset()}
            stated = [o.remedy for o in reversed(inner) if o.remedy is not None]
            key = row if self.ruleset.facts[c.fact].group is not None else None
            return {frozenset({Effort(stated[0] if stated else None, value_at(self.today, (c.fact, key)) is not None)})}
        if isinstance(c, Not):
            return self.ways(c.not_, f"{place}.not", row, not wanted, inner)
        if isinstance(c, Each | Some):
            return self.over_rows(c, place, wanted, inner)
        step = "all" if isinstance(c, All) else "any" if isinstance(c, AnyOf) else "of"
        listed = c.all if isinstance(c, All) else c.any if isinstance(c, AnyOf) else c.of  # type: ignore[attr-defined]
        found = [self.ways(part, f"{place}.{step}[{i}]", row, wanted, inner) for i, part in enumerate(listed)]
        n = len(found) if isinstance(c, All) else 1 if isinstance(c, AnyOf) else c.at_least_of  # type: ignore[attr-defined]
        return so_many(found, n if wanted else len(found) - n + 1)

    def over_rows(self, c: Each | Some, place: str, wanted: bool, inner: tuple[Any, ...]) -> set[frozenset[Effort]]:
        found: list[set[frozenset[Effort]]] = []
        every = isinstance(c, Each) == wanted
        for row in self.then.units[0].groups.get("outlets", ()):
            where = "met" if c.where is None else self.status(self.now, f"{place}.where", row.key)
            if where == "met" or (every and where == "unknown"):
                found.append(self.ways(c.require, f"{place}.require", row.key, wanted, inner))
        return so_many(found, len(found) if every else 1)

    @staticmethod
    def status(unit: plain.PlainUnit, place: str, row: str | None) -> str:
        status = unit.conditions[place]
        return str(status[row] if isinstance(status, dict) else status)


def so_many(found: list[set[frozenset[Effort]]], n: int) -> set[frozenset[Effort]]:
    """The sets of efforts of at least n of the parts."""
    by_count: dict[int, set[frozenset[Effort]]] = {0: {frozenset()}}
    for ways in found:
        more: dict[int, set[frozenset[Effort]]] = {k: set(sets) for k, sets in by_count.items()}
        for k, sets in by_count.items():
            more.setdefault(min(k + 1, n), set()).update(one | way for one in sets for way in ways)
        by_count = more
    return by_count.get(n, set())


def owner_of(ruleset: Ruleset, indicator: str) -> Indicator:
    """An indicator by its id."""
    return next(i for i in ruleset.indicators if i.id == indicator)
