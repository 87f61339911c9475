"""The appendix that leads from the grade to single values agrees with the trace it tells."""

import re

import pytest

from grading.model.base import Status
from grading.model.result import UnitGrading
from reports.context.trace import trace
from reports.context.trace_rows import Trace
from tests.reports.made import Made, hostile, made

CASES = [
    ("coking/semi_coke_incomplete", "official"),
    ("rubber/weicheng_tyre", "trial"),
    ("brick/liquan-two-kilns", "official"),
]
cases = pytest.mark.parametrize(("example", "mode"), CASES)


def grading_and_appendix(report: Made) -> tuple[UnitGrading, Trace]:
    unit = report.audit.units[0]
    return report.grading.units[0], trace(report.audit, 0, report.rulesets[unit.ruleset], report.grading.units[0])


@cases
def test_each_level_names_exactly_the_indicators_that_decide_it(example: str, mode: str) -> None:
    grading, appendix = grading_and_appendix(made(example, mode))
    for position, (level, status) in enumerate(grading.levels.items()):
        deciding = [n for n, result in enumerate(grading.indicators, 1) if result.levels[level] is status]
        assert appendix.levels[position].deciding == tuple(deciding)
        assert deciding


@cases
def test_every_indicator_has_a_reason_at_every_level(example: str, mode: str) -> None:
    _, appendix = grading_and_appendix(made(example, mode))
    for row in appendix.indicators:
        assert row.verdicts
        for verdict in row.verdicts:
            assert verdict.decided_by or verdict.values
            assert verdict.status is not Status.UNMET or verdict.decided_by


@cases
def test_every_value_that_is_referred_to_is_listed_once(example: str, mode: str) -> None:
    _, appendix = grading_and_appendix(made(example, mode))
    numbers = [value.number for value in appendix.values]
    assert numbers == list(range(1, len(numbers) + 1))
    verdicts = [verdict for row in appendix.indicators for verdict in row.verdicts]
    said = {number for verdict in verdicts for number in verdict.values}
    texts = " ".join(text for verdict in verdicts for text in verdict.decided_by)
    said |= {int(number) for number in re.findall(r"〔值 (\d+)〕", texts)}
    assert said <= set(numbers)


@cases
def test_the_numbers_in_brackets_are_entries_of_the_trace_that_conclude_just_that(example: str, mode: str) -> None:
    grading, appendix = grading_and_appendix(made(example, mode))
    entries = {entry.seq: entry for entry in grading.trace}
    for row, result in zip(appendix.indicators, grading.indicators, strict=True):
        for verdict in row.verdicts:
            for seq in verdict.seqs:
                concluded = entries[seq].concludes
                assert concluded["status"] == verdict.status
                assert result.id in [indicator["id"] for indicator in concluded["indicators"]]


def test_what_is_missing_is_told_apart_from_figures_that_are_open() -> None:
    _, appendix = grading_and_appendix(made("coking/semi_coke_incomplete", "official"))
    texts = [text for row in appendix.indicators for verdict in row.verdicts for text in verdict.decided_by]
    assert "指南数值待核实" in texts
    assert any("＝未提供" in text for text in texts)


def test_values_carry_the_evidence_and_notes_of_the_audit() -> None:
    _, appendix = grading_and_appendix(hostile())
    evidence = [text for value in appendix.values for text in value.evidence]
    assert any("https://evil.example" in text for text in evidence)
    assert any(text.startswith("备注：长备注") for text in evidence)


def test_a_computed_value_is_told_with_its_formula() -> None:
    _, appendix = grading_and_appendix(made("alumina/pucheng-bayer", "trial"))
    formulas = {value.label: value.formula for value in appendix.values if value.formula}
    assert formulas["颗粒物折算浓度（基准氧 6%）"] == "颗粒物实测浓度 ×（21 − 6）÷（21 − 烟气含氧量）"
