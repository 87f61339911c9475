"""Why a grade is not decided: only what could still change it counts, told apart by who can settle it."""

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from grading.engine.grade import Engine
from grading.gaps.causes import decision_of, unit_decisions
from grading.language.decision_text import decision_text, labels_of, marked_text
from grading.language.load import Library
from grading.model.audit import Audit, Enterprise, UnitAudit
from grading.model.base import Mode
from grading.model.decision import Causes, Decision, Kind, counted_as, decide, is_undecided
from grading.model.result import UNGRADED, Outcome
from grading.model.ruleset import Ruleset
from grading.plan.build import boundaries
from tests.engine.small import DAY, Shelf, fact, indicator, ruleset_of
from tests.engine.strategies import any_audit
from tests.gaps.small import also, asks, small

LABELS = {"A": "A级", "B": "B级", "C": "C级", "D": "D级", UNGRADED: "不纳入绩效分级"}
GATE = """\
gates:
  - id: no_permit
    title: 无证
    when: {fact: closed, equals: false}
    effect: ungraded
    text: 无证
    cite: {document: 试验文件}
    basis: seen
    confidence: high
"""


def decided(
    root: Path, indicators: str, facts: dict[str, Any], more: str = "", trial: bool = False, **groups: Any
) -> Decision:
    of = small(root, indicators, more=more)
    audit = of.audit(facts, **groups)
    (found,) = unit_decisions({"e/r": of.engine.library.ruleset("e/r")}, audit, of.grade(audit, trial))
    return found


def words(decision: Decision) -> str:
    return decision_text(decision, LABELS.__getitem__)


@pytest.mark.parametrize(
    ("outcome", "mode", "kind", "counted", "said"),
    [
        (Outcome("B", "B"), Mode.OFFICIAL, Kind.DECIDED, "B", "B级"),
        (Outcome("D", "A"), Mode.OFFICIAL, Kind.UNDECIDED, "undecided", "待定 (D～A)"),
        (Outcome(UNGRADED, UNGRADED), Mode.OFFICIAL, Kind.UNGRADED, UNGRADED, "不纳入绩效分级"),
        (Outcome(UNGRADED, "C"), Mode.OFFICIAL, Kind.UNDECIDED, "undecided", "待定 (不纳入～C)"),
        (Outcome("B", "B"), Mode.TRIAL, Kind.TRIAL, "B", "试算 B级"),
        (Outcome("D", "A"), Mode.TRIAL, Kind.TRIAL, "undecided", "试算 待定 (D～A)"),
        (None, Mode.OFFICIAL, Kind.NOT_GRADED, "none", "未评级"),
    ],
)
def test_five_kinds_of_decisions_are_told_apart(
    outcome: Outcome | None, mode: Mode, kind: Kind, counted: str, said: str
) -> None:
    found = decide(outcome, mode)
    assert (found.kind, found.counted_as, marked_text(found, LABELS.__getitem__)) == (kind, counted, said)
    assert counted_as(*(outcome or (None, None))) == counted


def test_both_causes_are_told_and_counted_apart() -> None:
    found = decide(Outcome("D", "A"), causes=Causes(3, 12))
    assert words(found) == "待定 (D～A): 还缺 3 项证据，12 项限值待主管部门核实"
    assert words(decide(Outcome("D", "A"), causes=Causes(3, 0))) == "待定 (D～A): 还缺 3 项证据"
    assert words(decide(Outcome("D", "A"), causes=Causes(0, 12))) == "待定 (D～A): 12 项限值待主管部门核实"
    assert decide(Outcome("D", "D"), causes=Causes(3, 12)).causes is None


def test_a_missing_value_is_evidence_and_an_open_limit_is_the_authoritys(tmp_path: Path) -> None:
    both = asks("A,B,C", "{fact: dust, at_most: 10}") + also(
        "A,B,C", "{fact: share, at_least: unresolved}", "b", "份额"
    )
    assert decided(tmp_path, both, {"share": 50}).causes == Causes(1, 1)
    assert decided(tmp_path, both, {"share": 50, "dust": 5}).causes == Causes(0, 1)
    # Nothing that the plant could supply would settle an open limit: its own missing value does not count beside it.
    assert decided(tmp_path, both, {"dust": 5}).causes == Causes(0, 1)


def test_what_is_unknown_but_can_change_nothing_any_more_does_not_count(tmp_path: Path) -> None:
    either = asks(
        "A,B,C",
        "{any: [{all: [{fact: closed, equals: true}, {fact: dust, at_most: 5}]}, {fact: watered, equals: true}]}",
    )
    # The first way is shut by `closed`: only the second one is open.
    assert decided(tmp_path, either, {"closed": False}).causes == Causes(1, 0)
    ruled_out = asks("A", "{fact: dust, at_most: 5}") + also("A", "{fact: closed, equals: true}", "b", "密闭")
    assert decided(tmp_path, ruled_out, {"closed": False}).causes is None


def test_rows_count_one_by_one_and_a_missing_table_once(tmp_path: Path) -> None:
    each = asks("A,B,C", "{each: outlets, where: {fact: kind, equals: kiln}, require: {fact: nox, at_most: 50}}")
    rows = [
        {"outlet_id": "1", "kind": "kiln"},
        {"outlet_id": "2", "kind": "mill"},
        {"outlet_id": "3", "nox": 60},
        {"outlet_id": "4", "nox": 10},
    ]
    # Row 1 lacks nox, row 2 is another kind, row 3 is asked for its kind, row 4 is within the limit whatever it is.
    assert decided(tmp_path, each, {}, outlets=rows).causes == Causes(2, 0)
    assert decided(tmp_path, each, {}).causes == Causes(1, 0)


@pytest.mark.parametrize("remedies", [("{text: 甲}", "{text: 甲}"), ("{text: 甲}", "{text: 乙}")])
def test_how_a_better_level_is_reached_changes_nothing_about_what_is_open(
    tmp_path: Path, remedies: tuple[str, str]
) -> None:
    """A is stricter about the same figure, so nobody reaches B by A alone, whatever is done for either."""
    better, own = remedies
    levels = (
        f"A: {{require: {{fact: dust, at_most: {{provisional: 5}}}}, remedy: {better}}}, "
        f"B: {{require: {{fact: dust, at_most: {{provisional: 10}}}}, remedy: {own}}}"
    )
    text = also("C", "{fact: dust, at_most: 200}", "tested", "限值").replace("levels: {", f"levels: {{{levels}, ")
    found = decided(tmp_path, "indicators:\n" + text, {"dust": 8})
    assert found.causes == Causes(0, 2)


def test_units_of_scales_with_other_standings_are_decided_together() -> None:
    facts = {"dust": fact("dust", "number")}
    asked = (indicator("dusty", A={"fact": "dust", "at_most": 10}),)

    def own(id_: str, best: int) -> Ruleset:
        levels = [{"id": "A", "label": "A", "standing": best}, {"id": "B", "label": "B", "standing": 3}]
        return ruleset_of(id=id_, facts=facts, indicators=asked, scale={"label": "s", "levels": levels})

    rulesets = {id_: own(id_, best) for id_, best in (("t/x", 1), ("t/y", 2))}
    units = tuple(UnitAudit(id=id_, ruleset=id_, facts={}, groups={}) for id_ in rulesets)
    audit = Audit(enterprise=Enterprise(name="e"), assessed_on=DAY, units=units)
    found = decision_of(rulesets, audit, Engine(Shelf(*rulesets.values())).grade(audit))
    assert (found.kind, found.causes) == (Kind.UNDECIDED, Causes(2, 0))


def test_a_gate_that_nobody_answered_puts_no_plant_out_of_the_grading(tmp_path: Path) -> None:
    found = decided(tmp_path, asks("A,B,C", "{fact: dust, at_most: 10}"), {"dust": 5}, more=GATE)
    assert (found.kind, found.causes, words(found)) == (Kind.UNDECIDED, Causes(1, 0), "待定 (不纳入～A): 还缺 1 项证据")
    met = decided(tmp_path, asks("A,B,C", "{fact: dust, at_most: 10}"), {"closed": False}, more=GATE)
    assert met.kind is Kind.UNGRADED


SHIPPED = Library()


OF_EACH = max(2, 128 // len(SHIPPED.ids()))
"""Random audits of each shipped ruleset: the more rulesets there are, the fewer."""


@pytest.mark.parametrize("ruleset_id", SHIPPED.ids())
def test_every_undecided_random_audit_has_a_cause_and_every_decided_one_none(ruleset_id: str) -> None:
    ruleset, engine = SHIPPED.ruleset(ruleset_id), Engine(SHIPPED)
    days = [date(2023, 9, 10), *(day + timedelta(days=n) for day in boundaries(ruleset) for n in (-1, 0))]
    for seed in range(OF_EACH):
        luck = Random(seed)
        audit = any_audit(ruleset, luck, luck.choice(days))
        for mode in Mode:
            grading = engine.grade(audit, mode)
            found = (
                *unit_decisions({ruleset_id: ruleset}, audit, grading),
                decision_of({ruleset_id: ruleset}, audit, grading),
            )
            for decision in found:
                assert decision.grade is not None
                open_ = is_undecided(decision.grade, decision.attainable)
                assert (decision.causes is not None and sum(decision.causes) > 0) == open_
                assert set(labels_of(ruleset.scale)) >= {decision.counted_as}
