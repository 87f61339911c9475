"""What mutants there are, which cases notice them, and that a suggested case notices what it says it would."""

from pathlib import Path

from grading.case_runner import run_case
from grading.engine.grade import Engine
from grading.language.cases import read_cases
from grading.language.load import Library
from grading.mutation.case_text import case_text, suggested_file
from grading.mutation.mutants import Mutant, mutants
from grading.mutation.outcomes import CaseOutcomes
from grading.mutation.run import mutation_report
from grading.mutation.suggest import suggest
from tests.language.shelf import FACTS, ruleset_text, shelf
from tests.shipped import LIBRARY

MORE = (
    FACTS
    + """\
  - {id: kind, label: 类别, type: choice, changed_by: works, options: {a: 甲, b: 乙, c: 丙}}
"""
)
INDICATORS = """\
indicators:
  - id: limits
    dimension: emission_limits
    title: 颗粒物和密闭
    applies_when: {fact: kind, one_of: [a, b]}
    levels:
      A: {require: {all: [{fact: dust, at_most: 10}, {fact: closed, equals: true}]}, text: 不高于 10}
      B: {require: {fact: dust, at_most: 20}, text: 不高于 20}
    cite: {document: 试验文件}
    basis: seen
    confidence: high
    remedy: {text: 治理}
"""
ONE_CASE = (
    "- {name: 好, mode: trial, facts: {kind: a, closed: true, dust: 10}, expect: {grade: A, unmet: {A: [], B: []}}}\n"
)


def library(root: Path, cases: str = ONE_CASE) -> Library:
    return shelf(root, {"e/r.yaml": ruleset_text(facts=MORE, indicators=INDICATORS), "e/r.cases.yaml": cases})


def names(listed: tuple[Mutant, ...]) -> set[tuple[str, str]]:
    return {(mutant.kind, mutant.place) for mutant in listed}


def test_figures_move_both_ways_operators_turn_options_go_and_levels_are_swapped(tmp_path: Path) -> None:
    found = list(mutants(library(tmp_path).ruleset("e/r")))
    assert [(m.kind, m.place, m.text.partition(" → ")[2]) for m in found] == [
        ("operator", "limits.applies_when", "类别不为甲或乙"),
        ("option", "limits.applies_when", "类别为乙"),
        ("option", "limits.applies_when", "类别为甲"),
        ("operator", "limits.A", "颗粒物不高于 10 mg/m³，或皮带密闭为“是”"),
        ("figure", "limits.A.all[0]", "颗粒物不高于 9.99 mg/m³"),
        ("figure", "limits.A.all[0]", "颗粒物不高于 10.01 mg/m³"),
        ("operator", "limits.A.all[0]", "颗粒物不低于 10 mg/m³"),
        ("operator", "limits.A.all[1]", "皮带密闭为“否”"),
        ("figure", "limits.B", "颗粒物不高于 19.99 mg/m³"),
        ("figure", "limits.B", "颗粒物不高于 20.01 mg/m³"),
        ("operator", "limits.B", "颗粒物不低于 20 mg/m³"),
        ("level", "limits.A↔B", ""),
    ]


def test_a_case_notices_what_lies_on_its_side_of_the_figure(tmp_path: Path) -> None:
    found = mutation_report(library(tmp_path), "e/r")
    assert ("figure", "limits.A.all[0]") in names(found.killed) & names(found.survivors)
    assert {m.text.partition(" → ")[2] for m in found.survivors if m.place == "limits.A.all[0]"} == {
        "颗粒物不高于 10.01 mg/m³",
        "颗粒物不低于 10 mg/m³",
    }


def test_coverage_tells_each_outcome_of_each_condition(tmp_path: Path) -> None:
    more = ONE_CASE + "- {name: 坏, mode: trial, based_on: 好, facts: {dust: 11, closed: null}, expect: {grade: B}}\n"
    covered = {one.criterion.name: one for one in mutation_report(library(tmp_path, more), "e/r").covered}
    assert (covered["limits.A.all[0]"].met, covered["limits.A.all[0]"].unmet, covered["limits.A.all[0]"].unknown) == (
        1,
        1,
        0,
    )
    assert covered["limits.A.all[0]"].is_from_both_sides
    assert (covered["limits.A.all[1]"].met, covered["limits.A.all[1]"].unknown) == (1, 1)
    assert not covered["limits.B"].is_from_both_sides


def test_with_the_suggested_cases_judged_every_mutant_is_noticed(tmp_path: Path) -> None:
    shelf_ = library(tmp_path)
    before = mutation_report(shelf_, "e/r")
    suggested = suggest(shelf_, "e/r", before.survivors)
    assert not before.equivalent
    assert not suggested.open
    assert sum(len(one.kills) for one in suggested.cases) == len(before.survivors)
    text = ONE_CASE
    for i, one in enumerate(suggested.cases, start=1):
        # What a person would write: judged here by a draft of the case and the engine.
        draft = case_text(shelf_.ruleset("e/r"), i, one, {"grade": "A"})
        trial = library(tmp_path / f"{i}", ONE_CASE + draft)
        wrong = {d.what: d.actual for d in run_case(Engine(trial), read_cases(trial, "e/r")[-1]).differences}
        levels = (
            CaseOutcomes(trial, trial.ruleset("e/r"), read_cases(trial, "e/r")[-1:]).expected[0].indicators["limits"]
        )
        unmet = {level: ["limits"] if values[0] is False else [] for level, values in levels.items()}
        text += case_text(shelf_.ruleset("e/r"), i, one, {"grade": wrong.get("grade", "A"), "unmet": unmet})
    after = mutation_report(library(tmp_path / "whole", text), "e/r")
    assert [(m.place, m.text) for m in after.survivors] == []


def test_a_suggestion_leaves_the_answer_open_and_is_no_case_until_it_is_judged(tmp_path: Path) -> None:
    shelf_ = library(tmp_path)
    text = suggested_file(shelf_, "e/r", suggest(shelf_, "e/r", mutation_report(shelf_, "e/r").survivors).cases)
    assert "expect: {}   # 待判断" in text
    assert "# 可察觉：limits." in text


def test_a_mutant_that_no_audit_tells_apart_is_named_and_counts_for_nothing(tmp_path: Path) -> None:
    same = INDICATORS.replace("{fact: closed, equals: true}", "{fact: dust, at_most: 15}")
    shelf_ = shelf(tmp_path, {"e/r.yaml": ruleset_text(facts=MORE, indicators=same), "e/r.cases.yaml": ONE_CASE})
    found = mutation_report(shelf_, "e/r")
    assert {m.place for m in found.equivalent} == {"limits.A.all[1]"}
    assert not {id(m) for m in found.equivalent} & {id(m) for m in found.survivors}
    assert found.share == len(found.killed) / (len(found.killed) + len(found.survivors))


def test_the_cases_of_a_shipped_ruleset_pass_in_columns_as_they_do_in_the_engine() -> None:
    ruleset_id = "national-2020/concrete"
    assert list(CaseOutcomes(LIBRARY, LIBRARY.ruleset(ruleset_id), read_cases(LIBRARY, ruleset_id)).wrong()) == []


def test_the_cases_of_the_brick_kilns_notice_19_of_20_mistakes() -> None:
    # The nightly run asks it of every shipped ruleset, which takes minutes.
    assert mutation_report(LIBRARY, "national-2020/brick").share >= 0.95
