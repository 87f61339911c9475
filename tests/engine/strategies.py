"""Random rulesets and random audits for them, small and nasty: everything the language can say, close to its edges.

Facts come from a fixed sheet (two of each type for the unit, one of each for each of two groups), so that conditions meet
on the same facts, in both polarities. Values of audits are drawn from the thresholds of the ruleset and one unit in the
last place beside them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from math import lcm
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

from grading.model.audit import Audit, Below, Enterprise, Known, Row, UnitAudit
from grading.model.condition import Comparison, walk
from grading.model.ruleset import Fact, Ruleset
from tests.engine.small import DAY, DIMENSIONS, GROUPS, SCALES, fact, ruleset_of

SIZES = (1, 1, 2, 2, 2, 3, 3, 4, 5)
WIDE = (6, 7, 12, 13, 37)
ORDERS = ("at_most", "at_least", "below", "above")
FIGURES = [Decimal(text) for text in ("-1", "0", "0.5", "1", "1.25", "2", "10", "10.005", "20", "21", "21.000001")]
DAYS = [DAY + timedelta(days=n) for n in (-400, -1, 0, 1, 30)]
BOUNDS = [*[None] * 12, *DAYS]
SPANS = st.sampled_from([(start, end) for start in BOUNDS for end in BOUNDS])
FEW_SIZES, WIDE_SIZES, LIST_WORDS = st.sampled_from(SIZES), st.sampled_from(WIDE), st.sampled_from(("all", "any", "of"))
T = TypeVar("T")


@dataclass(frozen=True)
class Flavour:
    """What a family of random rulesets is about."""

    rows: bool = True
    wide: bool = False
    time: bool = True
    computed: bool = True
    shared: bool = True
    figures: bool = True
    indicators: int = 4
    depth: int = 3


class Drawn:
    """A random ruleset, shown as somebody would write it."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset

    def __repr__(self) -> str:
        names = {"scale", "facts", "computed", "indicators", "gates"}
        return self.ruleset.model_dump_json(include=names, exclude_defaults=True, by_alias=True)


@st.composite
def rulesets(draw: st.DrawFn, flavour: Flavour = Flavour()) -> Drawn:
    """A random ruleset of a flavour."""
    facts = {f["id"]: f for f in draw(_sheets(flavour))}
    computed = draw(_computed(facts)) if flavour.computed else {}
    conditions = _Conditions(flavour, facts, computed)
    known = draw(st.lists(conditions.unit(2), min_size=1, max_size=4)) if flavour.shared else []
    top = conditions.unit(flavour.depth)
    if known:
        shared = st.sampled_from(known)
        pair = st.lists(shared, min_size=1, max_size=3)
        top = st.one_of(top, top, shared, pair.map(lambda c: {"all": c}), pair.map(lambda c: {"any": c}))
    scale = SCALES[draw(st.sampled_from((2, 3, 4, 4, 5)))]
    graded = [str(level["id"]) for level in scale[:-1]]
    indicators = []
    for n in range(draw(st.integers(1, flavour.indicators))):
        indicator: dict[str, Any] = {
            "id": f"i{n}",
            "title": f"i{n}",
            "dimension": draw(st.sampled_from(DIMENSIONS)),
            "levels": {key: {"require": draw(top)} for key in draw(_level_keys(graded))},
        }
        if draw(st.integers(0, 3)) == 0:
            indicator["applies_when"] = draw(top)
        indicators.append(indicator)
    indicators.sort(key=lambda i: DIMENSIONS.index(i["dimension"]))
    effects = st.one_of(st.just("ungraded"), st.sampled_from([{"cap": level["id"]} for level in scale]))
    gates = [
        {"id": f"g{n}", "when": draw(conditions.unit(1)), "effect": draw(effects), "text": "gate"}
        for n in range(draw(st.sampled_from((0, 0, 1, 2, 3))))
    ]
    scopes = {
        "first_two": {"label": "s", "dimensions": DIMENSIONS[:2]},
        "last": {"label": "s", "dimensions": DIMENSIONS[2:]},
    }
    ruleset = ruleset_of(
        scale={"label": "scale", "levels": scale},
        scopes=scopes,
        facts=facts,
        computed=computed,
        indicators=indicators,
        gates=gates,
    )
    return Drawn(ruleset)


@st.composite
def _sheets(draw: st.DrawFn, flavour: Flavour) -> list[dict[str, Any]]:
    sheet: list[dict[str, Any]] = []
    for prefix, group in (("", None), ("a_", GROUPS[0]), ("b_", GROUPS[1])) if flavour.rows else (("", None),):
        for n in range(2 if group is None else 1):
            sheet.append(fact(f"{prefix}number{n}", "number", group, decimals=draw(st.integers(0, 3))))
            sheet.append(fact(f"{prefix}yes{n}", "boolean", group))
            sheet.append(fact(f"{prefix}choice{n}", "choice", group, size=draw(st.integers(1, 5))))
            sheet.append(fact(f"{prefix}set{n}", "choices", group, size=draw(st.integers(1, 5))))
        sheet.append(fact(f"{prefix}day0", "date", group))
    return sheet


@st.composite
def _computed(draw: st.DrawFn, facts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A chain of computed facts, each over the sheet, numbers and those before it."""
    found: dict[str, Any] = {}
    for n in range(draw(st.integers(0, 4))):
        group = draw(st.sampled_from([None, *dict.fromkeys(f["group"] for f in facts.values())]))
        readable = [f for f in facts.values() if f["group"] in (None, group)]
        numbers = [f["id"] for f in readable if f["type"] == "number"]
        numbers += [id_ for id_, c in found.items() if c["group"] in (None, group)]
        dates = [f["id"] for f in readable if f["type"] == "date"] + ["assessed_on"]
        operand = st.one_of(st.sampled_from(numbers), st.sampled_from(numbers), st.sampled_from(FIGURES))
        some = st.lists(operand, min_size=1, max_size=4)
        operation = draw(
            st.one_of(
                st.tuples(st.sampled_from(("ratio", "difference")), st.tuples(operand, operand)),
                st.tuples(st.sampled_from(("product", "sum", "minimum", "maximum")), some),
                st.tuples(
                    st.just("oxygen_corrected"),
                    st.fixed_dictionaries({"value": operand, "oxygen": operand, "baseline": st.sampled_from(FIGURES)}),
                ),
                st.tuples(st.just("days_between"), st.tuples(st.sampled_from(dates), st.sampled_from(dates))),
            )
        )
        found[f"c{n}"] = {"id": f"c{n}", "group": group, operation[0]: operation[1]}
    return found


@st.composite
def _level_keys(draw: st.DrawFn, graded: Sequence[str]) -> list[str]:
    """Level keys of an indicator: each level in at most one of them, some in none."""
    keys: dict[int, list[str]] = {}
    for level in graded:
        part = draw(st.integers(0, len(graded)))
        if part:
            keys.setdefault(part, []).append(level)
    comma = draw(st.sampled_from((",", ", ")))
    return [comma.join(levels) for levels in keys.values()] or [graded[0]]


@cache
def _operands(type_: str, options: tuple[str, ...], figures: bool) -> st.SearchStrategy[tuple[str, Any]]:
    """Operators for facts of a type, each with an operand; with `figures` one in ten is provisional, and one unresolved."""
    values = {"number": FIGURES, "boolean": [False, True], "date": DAYS}.get(type_, list(options or ["-"]))
    singles, manys = {
        "number": ((*ORDERS, "equals"), ("one_of", "none_of")),
        "date": (ORDERS, ()),
        "choices": ((), ("includes_any", "includes_all", "within")),
    }.get(type_, (("equals",), ("one_of", "none_of")))
    certain = [(word, value) for word in singles for value in values]
    of_one = certain
    if figures:
        guessed = [(word, {"provisional": value}) for word, value in certain]
        of_one = [*certain * 8, *guessed, *((word, "unresolved") for word, _ in certain)]
    forms: list[st.SearchStrategy[tuple[str, Any]]] = []
    if singles:
        forms += [st.sampled_from(of_one)] * len(singles)
    if manys:
        lists: st.SearchStrategy[Any] = st.lists(st.sampled_from(values), max_size=4)
        if figures:
            provisional = lists.map(lambda guess: {"provisional": guess})
            lists = st.one_of(*[lists] * 8, provisional, st.just("unresolved"))
        forms += [st.tuples(st.sampled_from(manys), lists)] * len(manys)
    return st.one_of(*forms)


def _evenly(sources: Sequence[Sequence[T]]) -> st.SearchStrategy[T]:
    """Members of the sources, of each source as often as of any other."""
    often = lcm(*map(len, sources))
    return st.sampled_from([one for source in sources for one in source for _ in range(often // len(source))])


class _Conditions:
    """Strategies for conditions over a sheet of facts.

    Each is made once for a sheet, and draws as seldom as it can: a draw costs hypothesis more than the engine needs for a rule.
    """

    def __init__(self, flavour: Flavour, facts: dict[str, dict[str, Any]], computed: dict[str, Any]) -> None:
        self.flavour, self.facts, self.computed = flavour, facts, computed
        self.cache: dict[tuple[int, str | None], st.SearchStrategy[Any]] = {}
        self.comparisons: dict[str, st.SearchStrategy[Any]] = {}

    def unit(self, depth: int) -> st.SearchStrategy[Any]:
        """A condition as an indicator or a gate has it."""
        return self.condition(depth, None)

    def condition(self, depth: int, group: str | None) -> st.SearchStrategy[Any]:
        """A condition of at most so many storeys, for the unit or for a row of a group."""
        if (depth, group) not in self.cache:
            self.cache[depth, group] = self._condition(depth, group)
        return self.cache[depth, group]

    def _condition(self, depth: int, group: str | None) -> st.SearchStrategy[Any]:
        if depth == 0:
            return self._leaf(group)
        leaf = self.condition(0, group)
        inner = self.condition(depth - 1, group)
        forms = [leaf, self._lists(inner, leaf), self._lists(inner, leaf), inner.map(lambda c: {"not": c})]
        if group is None and self.flavour.rows:
            rows = [self._over_rows(word, g, depth) for word in ("each", "some") for g in GROUPS]
            forms += [st.one_of(*rows)] * 2
        return self._dated(st.one_of(*forms))

    def _dated(self, conditions: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        if not self.flavour.time:
            return conditions
        return st.builds(lambda c, span: {**c, "from": span[0], "until": span[1]}, conditions, SPANS)

    def _lists(self, inner: st.SearchStrategy[Any], leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        sizes = WIDE_SIZES if self.flavour.wide else FEW_SIZES

        @st.composite
        def listed(draw: st.DrawFn) -> dict[str, Any]:
            size = draw(sizes)
            part = leaf if size > 5 else inner
            parts = [draw(part) for _ in range(size)]
            word = draw(LIST_WORDS)
            return {word: parts} if word != "of" else {"at_least_of": draw(st.integers(1, min(size, 7))), "of": parts}

        return listed()

    def _over_rows(self, word: str, group: str, depth: int) -> st.SearchStrategy[Any]:
        row = self.condition(depth - 1, group)
        where = st.one_of(st.none(), self._choice_where(group), self._choice_where(group), row)
        return st.builds(lambda w, r: {word: group, "where": w, "require": r}, where, row)

    def _choice_where(self, group: str) -> st.SearchStrategy[Any]:
        """What rulesets select rows by: a choice or a boolean, as it is or negated."""
        selecting = [f for f in self.facts.values() if f["group"] == group and f["type"] in ("choice", "boolean")]
        plain = st.one_of(*map(self._comparison, selecting))
        return st.one_of(plain, plain, plain.map(lambda c: {"not": c}))

    def _leaf(self, group: str | None) -> st.SearchStrategy[Any]:
        here = [f for f in self.facts.values() if f["group"] == group]
        elsewhere = [f for f in self.facts.values() if f["group"] is None and group is not None]
        computed = [{"id": c["id"], "type": "number"} for c in self.computed.values() if c["group"] in (None, group)]
        day = [{"id": "assessed_on", "type": "date"}]
        sources = _evenly([source for source in (here, here, here, elsewhere, computed, day) if source])
        return self._dated(sources.flatmap(self._comparison))

    def _comparison(self, declared: dict[str, Any]) -> st.SearchStrategy[Any]:
        name = declared["id"]
        if name not in self.comparisons:
            operands = _operands(declared["type"], tuple(declared.get("options", {})), self.flavour.figures)
            self.comparisons[name] = operands.map(lambda found: {"fact": name, found[0]: found[1]})
        return self.comparisons[name]


# Audits

PLACES = st.sampled_from(((False,), (False,), (True,), (False, True)))
"""Where a value is stated: by the unit, by the enterprise, or by both."""
ROW_COUNTS = st.sampled_from((None, 0, 1, 1, 2, 2, 3, 4))


@st.composite
def audits(draw: st.DrawFn, ruleset: Ruleset, missing: int = 5, bounds: bool = True) -> Audit:
    """A random audit for a ruleset; about one value in `missing` is unknown. `bounds`: numbers may be upper bounds."""
    values = _Values(ruleset, missing, 3 if bounds else 0)
    facts: dict[str, Known] = {}
    shared: dict[str, Known] = {}
    for f in ruleset.facts.values():
        if f.group is None:
            for where in draw(st.sampled_from(((facts,), (facts,), (shared,), (facts, shared)))):
                known = draw(values.known(f))
                if known is not None:
                    where[f.id] = known
    groups: dict[str, tuple[Row, ...]] = {}
    for group in ruleset.groups:
        size = draw(ROW_COUNTS)
        if size is not None:
            own = [f for f in ruleset.facts.values() if f.group == group]
            groups[group] = tuple(
                Row(key=f"{group}-{n}", facts={f.id: k for f in own if (k := draw(values.known(f))) is not None})
                for n in range(size)
            )
    unit = UnitAudit(id="u", ruleset=ruleset.id, facts=facts, groups=groups)
    return Audit(enterprise=Enterprise(name="e", facts=shared), assessed_on=DAY, units=(unit,))


class _Values:
    def __init__(self, ruleset: Ruleset, missing: int, one_bound_in: int = 3) -> None:
        """Of so many numbers that a fact may have, one may also be its upper bound; 0: none."""
        self.missing, self.one_bound_in = missing, one_bound_in
        self.strategies: dict[str, st.SearchStrategy[Known | None]] = {}
        self.figures: dict[str, list[Decimal]] = {}
        for condition in conditions_of(ruleset):
            for _, c in walk(condition):
                if isinstance(c, Comparison) and not c.is_unresolved:
                    guess = c.guess if isinstance(c.guess, tuple) else (c.guess,)
                    self.figures.setdefault(c.fact, []).extend(v for v in guess if isinstance(v, Decimal))

    def known(self, f: Fact) -> st.SearchStrategy[Known | None]:
        """A value of a fact with or without evidence, nothing, or a note about an unknown value."""
        if f.id not in self.strategies:
            self.strategies[f.id] = self._known(f)
        return self.strategies[f.id]

    def _known(self, f: Fact) -> st.SearchStrategy[Known | None]:
        known = [Known(value=value) for value in self.candidates(f)]
        plain = st.sampled_from(known)
        seen = known[0].model_copy(update={"evidence": ("photo",)})
        rare = st.sampled_from([None, None, Known(value=None, note="not asked"), seen])
        return st.integers(0, self.missing).flatmap(lambda n: rare if n == 0 else plain)

    def candidates(self, f: Fact) -> list[Any]:
        """Values of a fact: of a number at each threshold and one unit in the last place beside it."""
        if f.type == "boolean":
            return [False, True]
        if f.type == "date":
            return DAYS
        options = tuple(f.options)
        if f.type == "choice":
            return list(options)
        if f.type == "choices":
            return [(), options, *((o,) for o in options), *(tuple(o for o in options if o != out) for out in options)]
        last = Decimal(1).scaleb(-f.decimals)
        near = [v.quantize(last) + n * last for v in self.figures.get(f.id, ()) for n in (-1, 0, 1)]
        known = list(dict.fromkeys([*near, *(v.quantize(last) for v in FIGURES), Decimal("999999999")]))
        if not self.one_bound_in:
            return known
        return [*known, *(Below(below=v) for v in known[:: self.one_bound_in] if f.min is None or v > f.min)]


def any_audit(
    ruleset: Ruleset, luck: Random, day: date = DAY, shares: tuple[float, ...] = (0, 0.02, 0.2, 0.6)
) -> Audit:
    """A random audit of a ruleset that is too large for hypothesis to draw value by value; one of `shares` is missing."""
    missing = luck.choice(shares)
    values = _Values(ruleset, 0)

    def known(facts: list[Fact]) -> dict[str, Known]:
        return {f.id: Known(value=luck.choice(values.candidates(f))) for f in facts if luck.random() >= missing}

    groups: dict[str, tuple[Row, ...]] = {}
    for group in ruleset.groups:
        own = [f for f in ruleset.facts.values() if f.group == group]
        if luck.random() >= missing / 2:
            groups[group] = tuple(Row(key=f"{n}", facts=known(own)) for n in range(luck.choice((0, 1, 2, 5, 12))))
    facts = known([f for f in ruleset.facts.values() if f.group is None])
    unit = UnitAudit(id="u", ruleset=ruleset.id, facts=facts, groups=groups)
    return Audit(enterprise=Enterprise(name="e"), assessed_on=day, units=(unit,))


def conditions_of(ruleset: Ruleset) -> list[Any]:
    """The outermost conditions of a ruleset."""
    tops: list[Any] = [r.require for i in ruleset.indicators for r in i.levels.values()]
    tops += [i.applies_when for i in ruleset.indicators if i.applies_when is not None]
    return tops + [g.when for g in ruleset.gates]
