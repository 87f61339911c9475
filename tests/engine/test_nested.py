"""The levels of an indicator are nested, and the short boards follow from them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.engine.grade import Engine
from grading.language.entailment import Entailment
from grading.language.nested import stated
from grading.model.base import Mode, Status
from grading.model.ruleset import Ruleset
from grading.plan.build import build_plan
from grading.plan.nodes import Nested
from tests import plain
from tests.engine.small import DAY, Shelf, fact, grade, indicator, ruleset_of
from tests.engine.strategies import Flavour, audits, rulesets

AMOUNT = settings.default.max_examples if settings.default is not None else 100
FACTS = {f["id"]: f for f in (fact("dust", "number"), fact("closed", "boolean"), fact("banned", "boolean"))}
RANK = {plain.UNMET: 0, plain.UNKNOWN: 1, plain.MET: 2}
CLOSED = {"fact": "closed", "equals": True}


def most(limit: Any) -> dict[str, Any]:
    return {"fact": "dust", "at_most": limit}


def ruleset(*indicators: dict[str, Any], **content: Any) -> Ruleset:
    return ruleset_of(facts=FACTS, indicators=indicators, **content)


def statuses(of: Ruleset, facts: dict[str, Any]) -> dict[str, str]:
    return {level: status.value for level, status in grade(of, facts).indicators[0].levels.items()}


def test_who_meets_the_better_level_meets_the_worse_ones_and_the_trace_says_so() -> None:
    of = ruleset(indicator("tested", A=CLOSED, B=most(10), C=most("unresolved")))
    unit = grade(of, {"closed": True, "dust": "30"})
    assert set(unit.indicators[0].levels.values()) == {Status.MET}
    rules = [entry.rule for entry in unit.trace]
    assert "met at A, so met at B" in rules
    assert "met at B, so met at C" in rules


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ({"B": most(10)}, {"A": "unmet", "B": "unmet", "C": "met"}),
        ({"A": CLOSED, "C": most(30)}, {"A": "unmet", "B": "met", "C": "met"}),
        ({"C": most(10)}, {"A": "unmet", "B": "unmet", "C": "unmet"}),
        ({"A": CLOSED}, {"A": "unmet", "B": "met", "C": "met"}),
        ({"A,C": most("unresolved"), "B": most(30)}, {"A": "unknown", "B": "met", "C": "met"}),
        ({"A": most("unresolved"), "B": most(10)}, {"A": "unknown", "B": "unknown", "C": "met"}),
    ],
)
def test_a_level_without_its_own_requirement_asks_what_the_next_worse_asks(
    levels: dict[str, Any], expected: dict[str, str]
) -> None:
    assert statuses(ruleset(indicator("tested", **levels)), {"closed": False, "dust": "20"}) == expected


def test_a_requirement_outside_its_window_is_none() -> None:
    later = {**CLOSED, "from": DAY.replace(year=DAY.year + 1)}
    of = ruleset(indicator("tested", A=later, B=most(10)))
    assert statuses(of, {"closed": True, "dust": "20"}) == {"A": "unmet", "B": "unmet", "C": "met"}


def test_levels_that_ask_for_less_and_less_need_no_more_nodes() -> None:
    of = ruleset(indicator("tested", A=most(10), B=most(20), C=most(30)))
    plan = build_plan(of, Mode.OFFICIAL, DAY)
    assert not any(isinstance(node.kind, Nested) for node in plan.nodes)


def test_an_indicator_has_a_level_of_its_own() -> None:
    of = ruleset(
        indicator("good", A=most(50)),
        indicator("short", A=most(10), B=most(20), C=most(25)),
        indicator("open", A=most("unresolved"), B=most(50)),
        indicator("idle", applies_when=CLOSED, A=most(10), B=most(10), C=most(10)),
    )
    found = {i.id: (i.level, i.attainable) for i in grade(of, {"dust": "30", "closed": False}).indicators}
    assert found == {"good": ("A", "A"), "short": ("D", "D"), "open": ("B", "A"), "idle": ("A", "A")}


BANNED = {"id": "no", "when": {"fact": "banned", "equals": True}, "effect": "ungraded", "text": "-"}
CAPPED = BANNED | {"effect": {"cap": "C"}}
BOARDS = (
    indicator("unknown", A=most("unresolved"), B=most("unresolved")),
    indicator("unmet", A=most(10), B=most(10), C=most(50)),
    indicator("fine", A=most(50)),
)


@pytest.mark.parametrize(
    ("gates", "facts", "expected"),
    [
        ((), {"dust": "30"}, ("C", ("unmet", "unknown"))),
        ((), {"dust": "60"}, ("D", ("unmet",))),
        ((BANNED,), {"dust": "30", "banned": True}, ("ungraded", ("unmet", "unknown"))),
        ((BANNED,), {"dust": "30", "banned": False}, ("C", ("unmet", "unknown"))),
        ((CAPPED,), {"dust": "30", "banned": True}, ("C", ("unmet", "unknown"))),
    ],
)
def test_short_boards_are_what_is_not_met_at_the_next_better_level(
    gates: Any, facts: dict[str, Any], expected: tuple[str, tuple[str, ...]]
) -> None:
    unit = grade(ruleset(*BOARDS, gates=gates), facts)
    assert (unit.grade, unit.short_boards) == expected


@pytest.mark.parametrize(("gates", "level"), [((), "A"), ((CAPPED,), "C")])
def test_the_best_level_has_no_short_boards_nor_one_that_a_gate_alone_holds_down(gates: Any, level: str) -> None:
    unit = grade(
        ruleset(indicator("fine", A=most(50), B=most(50), C=most(50)), gates=gates), {"dust": "1", "banned": True}
    )
    assert (unit.grade, unit.short_boards) == (level, ())


@settings(max_examples=2 * AMOUNT)
@given(data=st.data())
def test_no_indicator_and_no_level_is_better_met_than_a_worse_one(data: st.DataObject) -> None:
    of = data.draw(rulesets(Flavour(depth=2))).ruleset
    audit = data.draw(audits(of))
    for mode in Mode:
        unit = Engine(Shelf(of)).grade(audit, mode).units[0]
        for listed in (unit.levels, *(result.levels for result in unit.indicators)):
            ranks = [RANK[status.value] for status in listed.values()]
            assert ranks == sorted(ranks)


@settings(max_examples=3 * AMOUNT)
@given(data=st.data())
def test_a_condition_that_entails_another_never_comes_out_better(data: st.DataObject) -> None:
    of = data.draw(rulesets(Flavour(depth=2, shared=False))).ruleset
    there = [one for i in of.indicators for one in stated(i, DAY)]
    pairs = [(a, b, mode) for a in there for b in there if a is not b for mode in Mode]
    held = [
        (a.place, b.place, mode)
        for a, b, mode in pairs
        if Entailment(of, mode, DAY).holds(a.requirement.require, b.requirement.require)
    ]
    if not held:
        return
    for audit in data.draw(st.lists(audits(of), min_size=1, max_size=3)):
        found = {mode: plain.grade_unit(of, audit, 0, trial=mode is Mode.TRIAL).conditions for mode in Mode}
        for strict, loose, mode in held:
            assert RANK[found[mode][strict]] <= RANK[found[mode][loose]]
