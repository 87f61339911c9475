"""Which values an unfinished form still needs: those that could change what is concluded."""

from typing import Any

from grading.engine.grade import Engine
from grading.forms.needed import Needed, needed
from grading.model.ruleset import Ruleset
from tests.engine.small import Shelf, audit_of, fact, indicator, ruleset_of

FACTS = {
    f["id"]: f
    for f in (
        fact("dust", "number"),
        fact("closed", "boolean"),
        fact("watered", "boolean"),
        fact("nox", "number", "outlets"),
        fact("kind", "choice", "outlets"),
    )
}
CLOSED = {"fact": "closed", "equals": True}
WATERED = {"fact": "watered", "equals": True}
KILNS = {"each": "outlets", "where": {"fact": "kind", "equals": "o0"}, "require": {"fact": "nox", "at_most": 10}}


def ruleset(**levels: Any) -> Ruleset:
    return ruleset_of(facts=FACTS, indicators=[indicator("tested", **levels)])


def needs(of: Ruleset, facts: dict[str, Any], rows: dict[str, Any] | None = None) -> Needed:
    audit = audit_of(of, facts, rows)
    return needed(of, audit.units[0], Engine(Shelf(of)).grade(audit).units[0])


def test_what_a_worse_level_asks_is_not_needed_once_the_better_one_is_met() -> None:
    of = ruleset(A=CLOSED, B=WATERED)
    assert needs(of, {"closed": True}).facts == set()
    assert needs(of, {"closed": False}).facts == {("watered", None)}
    assert needs(of, {}).facts == {("closed", None), ("watered", None)}


def test_what_a_decided_condition_reads_besides_is_not_needed() -> None:
    of = ruleset(A={"all": [CLOSED, WATERED]})
    assert needs(of, {"closed": False}).facts == set()


def test_of_a_table_the_cells_are_needed_that_leave_it_open() -> None:
    of = ruleset(A=KILNS)
    assert needs(of, {}).tables == {"outlets"}
    rows = {"outlets": [{"kind": "o0"}, {"kind": "o1"}, {"nox": "30"}, {"kind": "o0", "nox": "5"}]}
    assert needs(of, {}, rows) == Needed(frozenset({("nox", "outlets-0"), ("kind", "outlets-2")}), frozenset())
