"""What a proof finds in small rulesets, each finding in one that has it, and that its audits are what they claim."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from grading.computed import compute
from grading.intake import check_audit
from grading.language.load import Library
from grading.model.base import Mode
from grading.model.ruleset import Computed, Ruleset
from grading.plan.build import build_plan
from grading.problems.proof_codes import ProofCode
from grading.proof.domain import Domain
from grading.proof.logic import Formulas, Truth
from grading.proof.prove import prove
from grading.proof.questions import Question, exactly
from grading.proof.reading import Reading
from grading.proof.results import Proof
from grading.proof.search import Search
from tests import plain
from tests.engine.small import ruleset_of
from tests.language.shelf import FACTS, HEAD, KNOWN, ruleset_text, shelf

MORE_FACTS = (
    FACTS
    + """\
  - {id: kind, label: 类别, type: choice, changed_by: works, options: {a: 甲, b: 乙}}
  - {id: flow, label: 气量, type: number, changed_by: works, min: 0, max: 1000, decimals: 1}
"""
)
INDICATOR = """\
  - id: {id}
    dimension: treatment
    title: {id}
    levels: {levels}
    cite: {{document: 试验文件}}
    basis: seen
    confidence: high
    remedy: {{text: 治理}}
"""


def indicators(**levels: str) -> str:
    return "indicators:\n" + "".join(INDICATOR.format(id=id_, levels=text) for id_, text in levels.items())


def proven(root: Path, text: str = "", gates: str = "", **files: str) -> Proof:
    found = ruleset_text(facts=MORE_FACTS, indicators=text, more=gates) if text else ruleset_text()
    return prove(
        shelf(root, {"e/r.yaml": found, **{name.replace("__", "/"): body for name, body in files.items()}}), "e/r"
    )


def found(proof: Proof) -> set[tuple[str, str]]:
    return {(finding.problem.code.value, finding.place) for finding in proof.findings}


PLAIN = "{A: {require: {fact: dust, at_most: 10}, text: x}, B: {require: {fact: dust, at_most: 20}, text: x}}"


def test_a_ruleset_in_order_has_an_audit_of_each_level_and_no_finding(tmp_path: Path) -> None:
    proof = proven(tmp_path)
    assert (found(proof), proof.not_proven, proof.is_clean) == (set(), (), True)
    for level in proof.levels:
        assert level.outcome == "reachable"
        assert level.witness is not None
        assert (level.witness.grade, level.witness.attainable) == (level.level, level.level)
    assert {(level.level, level.period.mode) for level in proof.levels} == {(lv, m) for lv in "ABD" for m in Mode}


def test_a_level_that_waits_for_a_figure_is_open_officially_and_reached_on_trial(tmp_path: Path) -> None:
    proof = proven(tmp_path, indicators(one=PLAIN.replace("at_most: 10}", "at_most: {provisional: 10}}")))
    assert {(x.level, x.period.mode.value): x.outcome for x in proof.levels if x.level != "D"} == {
        ("A", "trial"): "reachable",
        ("B", "trial"): "reachable",
        ("A", "official"): "open",
        ("B", "official"): "open",
    }
    assert found(proof) == set()


CONTRARY = "{A: {require: {fact: dust, at_least: 30}, text: x}}"


def test_indicators_that_contradict_each_other_are_named_where_a_level_is_out_of_reach(tmp_path: Path) -> None:
    proof = proven(
        tmp_path, indicators(one=PLAIN, two=CONTRARY, three="{A: {require: {fact: closed, equals: true}, text: x}}")
    )
    finding = next(f for f in proof.findings if f.problem.code is ProofCode.LEVEL_UNREACHABLE)
    assert finding.place == "A"
    assert "“one”、“two” 不能同时满足" in finding.problem.message


def test_a_gate_that_bars_what_a_level_asks_is_named(tmp_path: Path) -> None:
    gate = "id: g, title: 门, when: {fact: dust, at_most: 10}, effect: ungraded, text: 门, remedy: {text: x}"
    gates = f"gates: [{{{gate}, {KNOWN}}}]\n"
    proof = proven(tmp_path, indicators(one=PLAIN), gates)
    finding = next(f for f in proof.findings if f.problem.code is ProofCode.LEVEL_UNREACHABLE)
    assert "“one”、否决项“门” 不能同时满足" in finding.problem.message


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (
            "{A: {require: {all: [{fact: dust, at_most: 5}, {fact: dust, above: 5}]}, text: x}}",
            ("criterion_never_met", "one.A"),
        ),
        (
            "{A: {require: {any: [{fact: dust, at_most: 5}, {fact: dust, above: 5}]}, text: x}}",
            ("criterion_never_fails", "one.A"),
        ),
        ("{A: {require: {fact: kind, one_of: [a, b]}, text: x}}", ("criterion_never_fails", "one.A")),
        (
            "{A: {require: {fact: dust, at_most: 10}, text: x}, B: {require: {fact: closed, equals: true}, text: x}}",
            ("requirement_not_nested", "one.B"),
        ),
        (
            "{A: {require: {any: [{fact: kind, one_of: [a, b]}, {fact: dust, at_most: 40}]}, text: x}}",
            ("figure_idle", "one.A.any[1]"),
        ),
        (
            "{A: {require: {all: [{fact: closed, equals: true}, {any: [{fact: closed, equals: false},"
            " {fact: kind, equals: a}]}]}, text: x}}",
            ("criterion_contradicts", "one.A.all[1].any[0]"),
        ),
        (
            "{A: {require: {all: [{fact: dust, at_most: 10}, {fact: closed, equals: true, until: 2022-12-31},"
            " {fact: closed, equals: true, from: 2023-02-01}]}, text: x}}",
            ("window_gap", "one.A.all[1]"),
        ),
        (
            "{A: {require: {all: [{fact: dust, at_most: 10}, {fact: closed, equals: true, until: 2022-12-31}]}, text: x}}",
            ("window_ends", "one.A.all[1]"),
        ),
        (
            "{A: {require: {all: [{fact: dust, at_most: 10}, {fact: closed, equals: true, until: 2019-12-31}]}, text: x}}",
            ("window_outside", "one.A.all[1]"),
        ),
    ],
)
def test_a_fault_is_found_at_its_place(tmp_path: Path, levels: str, expected: tuple[str, str]) -> None:
    assert expected in found(proven(tmp_path, indicators(two=PLAIN, one=levels)))


def test_windows_that_meet_are_no_gap(tmp_path: Path) -> None:
    levels = (
        "{A: {require: {all: [{fact: dust, at_most: 10}, {fact: closed, equals: true, until: 2022-12-31},"
        " {fact: kind, equals: a, from: 2023-01-01}]}, text: x}}"
    )
    assert not {
        code for code, _ in found(proven(tmp_path, indicators(two=PLAIN, one=levels))) if code.startswith("window")
    }


def test_a_gate_that_can_not_fire_is_found(tmp_path: Path) -> None:
    when = "{all: [{fact: kind, equals: a}, {fact: kind, equals: b}]}"
    gates = f"gates: [{{id: g, title: 门, when: {when}, effect: {{cap: B}}, text: 门, remedy: {{text: x}}, {KNOWN}}}]\n"
    assert ("gate_never_fires", "gate.g") in found(proven(tmp_path, indicators(one=PLAIN), gates))


def test_an_edition_that_ends_before_the_next_begins_leaves_a_gap(tmp_path: Path) -> None:
    old = ruleset_text(head=HEAD.replace("effective: 2020-06-29", "effective: 2020-06-29, superseded: 2023-01-01"))
    new = ruleset_text(head=HEAD.replace("e/r", "f/r").replace("2020-06-29", "2023-03-01"))
    assert ("edition_gap", "edition") in found(prove(shelf(tmp_path / "a", {"e/r.yaml": old, "f/r.yaml": new}), "e/r"))
    assert ("edition_without_successor", "edition") in found(prove(shelf(tmp_path / "b", {"e/r.yaml": old}), "e/r"))


NOT_NESTED = "{A: {require: {fact: dust, at_most: 10}, text: x}, B: {require: {fact: closed, equals: true}, text: x}}"


def test_a_counter_example_meets_the_better_statement_and_fails_the_worse(tmp_path: Path) -> None:
    library = shelf(
        tmp_path, {"e/r.yaml": ruleset_text(facts=MORE_FACTS, indicators=indicators(one=NOT_NESTED, two=PLAIN))}
    )
    finding = next(f for f in prove(library, "e/r").findings if f.place == "one.B")
    assert finding.witness is not None
    audit = check_audit(dict(finding.witness.audit), library, as_recorded=True)
    conditions = plain.grade_unit(library.ruleset("e/r"), audit, 0, True).conditions
    assert (conditions["one.A"], conditions["one.B"]) == ("met", "unmet")


def test_what_is_accepted_keeps_its_reason_and_what_is_not_found_any_more_is_told(tmp_path: Path) -> None:
    accepted = """\
accepted:
  - {finding: requirement_not_nested, places: [one.B], reason: 原文如此}
  - {finding: figure_idle, places: [two.A], reason: 早已改正}
"""
    text = ruleset_text(facts=MORE_FACTS, indicators=indicators(one=NOT_NESTED, two=PLAIN))
    proof = prove(shelf(tmp_path, {"e/r.yaml": text, "e/r.accepted.yaml": accepted}), "e/r")
    assert {(f.place, f.accepted) for f in proof.findings if f.problem.code is ProofCode.REQUIREMENT_NOT_NESTED} == {
        ("one.B", "原文如此")
    }
    (needless,) = [f for f in proof.findings if f.problem.code is ProofCode.ACCEPTED_NEEDLESSLY]
    assert (needless.problem.line, needless.accepted, proof.is_clean) == (3, None, False)


def test_a_file_of_accepted_findings_is_read_strictly(tmp_path: Path) -> None:
    proof = prove(
        shelf(tmp_path, {"e/r.accepted.yaml": "accepted: [{finding: no_such, places: [], reason: x}]\n"}), "e/r"
    )
    assert {problem.place for problem in proof.broken} == {"accepted[0].finding", "accepted[0].places"}


def reading_of(ruleset: Ruleset) -> tuple[Search, Any]:
    search = Search(build_plan(ruleset, Mode.TRIAL, date(2024, 1, 1)), date(2024, 1, 1), date(2024, 12, 31))
    return search, search.answer({Question("level", "", "A"): lambda r: exactly(r, 0)})


@pytest.mark.parametrize(
    "operation",
    [
        {"oxygen_corrected": {"value": "x", "oxygen": "y", "baseline": Decimal(8)}},
        {"ratio": ("x", "y")},
        {"product": ("x", Decimal("0.3333"))},
        {"product": ("x", "y")},
        {"difference": ("x", "y")},
        {"maximum": ("x", "y")},
    ],
)
def test_an_audit_is_found_whose_computed_value_is_exactly_the_figure(operation: dict[str, Any]) -> None:
    """Rounding half to even is part of the formula."""
    (name, _), computed = next(iter(operation.items())), Computed.model_validate({"id": "z", **operation})
    figure = compute(computed, {"x": Decimal("7.35"), "y": Decimal("11.45")}.get)
    assert isinstance(figure, Decimal)
    ruleset = ruleset_of(
        facts={n: {"id": n, "label": n, "type": "number", "min": 0, "max": 20, "decimals": 2} for n in ("x", "y")},
        computed={"z": computed},
        indicators=[
            {
                "id": "i",
                "dimension": "treatment",
                "title": "i",
                "levels": {"A": {"require": {"fact": "z", "equals": figure}, "text": name}},
            }
        ],
    )
    _, answers = reading_of(ruleset)
    assert answers.found[Question("level", "", "A")].known["z"] == figure


def test_formulas_and_truth_values_agree_on_every_node_of_audits_that_are_found() -> None:
    library = Library()
    ruleset = library.ruleset("national-2020/brick")
    plan = build_plan(ruleset, Mode.TRIAL, ruleset.edition.effective)
    search = Search(plan, ruleset.edition.effective, ruleset.edition.effective)
    search.answer({i: (lambda r, i=i: exactly(r, i)) for i in range(4)})
    domain = Domain(plan, ruleset.edition.effective, ruleset.edition.effective)
    assert len(Reading(plan, Formulas(), domain).found) == len(plan.nodes)
    for values, reading in search.audits:
        assert len(Reading(plan, Truth(), values).found) == len(reading.found)


SHIPPED = ("national-2020/concrete", "national-2020/brick_nonsintered")


@pytest.mark.parametrize("ruleset_id", SHIPPED)
def test_every_finding_about_a_shipped_ruleset_has_its_reason(ruleset_id: str) -> None:
    """`scripts/test --nightly` proves all of them; here the quickest."""
    library = Library()
    proof = prove(library, ruleset_id)
    assert [str(finding.problem) for finding in proof.findings if finding.accepted is None] == []
    assert proof.not_proven == ()
    for witness in proof.witnesses:
        audit = check_audit(dict(witness.audit), library, as_recorded=True)
        said = plain.grade_unit(library.ruleset(ruleset_id), audit, 0, witness.period.mode is Mode.TRIAL)
        assert (said.grade, said.attainable) == (witness.grade, witness.attainable)
