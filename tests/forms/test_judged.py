"""What each answer satisfies or costs, and which question most hangs on."""

from typing import Any

from grading.engine.grade import Engine
from grading.forms.judged import Judged, judged
from grading.model.ruleset import Ruleset
from tests.engine.small import Shelf, audit_of, indicator, ruleset_of
from tests.forms.test_needed import CLOSED, FACTS, KILNS, WATERED

GATE = {"id": "wet", "when": WATERED, "effect": "ungraded", "text": "洒水的不评"}


def ruleset(**levels: Any) -> Ruleset:
    return ruleset_of(facts=FACTS, indicators=[indicator("tested", **levels)])


def judge(of: Ruleset, facts: dict[str, Any], rows: dict[str, Any] | None = None) -> Judged:
    audit = audit_of(of, facts, rows)
    return judged(of, audit.units[0], Engine(Shelf(of)).grade(audit).units[0])


def test_an_answer_fails_the_levels_that_it_keeps_from_and_no_other() -> None:
    of = ruleset(A={"fact": "dust", "at_most": 10}, B={"fact": "dust", "at_most": 20})
    assert judge(of, {"dust": "15"}).failing == {("dust", None): ("A",)}
    assert judge(of, {"dust": "25"}).failing == {("dust", None): ("A", "B")}
    assert judge(of, {"dust": "5"}).satisfying == {("dust", None)}


def test_an_answer_that_another_way_makes_up_for_fails_nothing() -> None:
    of = ruleset(A={"any": [CLOSED, WATERED]})
    found = judge(of, {"closed": False, "watered": True})
    assert found.failing == {}
    assert found.satisfying == {("watered", None)}
    assert set(judge(of, {"closed": False, "watered": False}).failing) == {("closed", None), ("watered", None)}


def test_what_must_not_be_fails_where_it_is() -> None:
    assert judge(ruleset(A={"not": CLOSED}), {"closed": True}).failing == {("closed", None): ("A",)}


def test_of_a_table_the_cells_fail_of_rows_that_count() -> None:
    rows = {"outlets": [{"kind": "o0", "nox": "50"}, {"kind": "o1", "nox": "50"}, {"kind": "o0", "nox": "5"}]}
    assert judge(ruleset(A=KILNS), {}, rows).failing == {("nox", "outlets-0"): ("A",)}


def test_gates_are_told_apart_and_come_first_among_what_is_to_be_asked() -> None:
    of = ruleset_of(facts=FACTS, indicators=[indicator("tested", A=CLOSED), indicator("other", A=CLOSED)], gates=[GATE])
    found = judge(of, {})
    assert found.open_gates == 1
    assert found.hanging == {("watered", None): (1, 0), ("closed", None): (0, 2)}
    assert list(judge(of, {"watered": True}).gates) == [("watered", None)]
    assert judge(of, {"watered": False}).open_gates == 0
