"""The data cases that the rulesets come with hold in columns too, all cases of a ruleset graded together."""

import pytest

from grading.case_runner import as_audit
from grading.columns.from_audits import from_audits
from grading.columns.grade import ColumnGrader
from grading.intake import check_audit
from grading.language.cases import read_cases
from grading.model.base import Mode
from tests.shipped import LIBRARY


@pytest.mark.parametrize("ruleset_id", LIBRARY.ids())
def test_the_cases_hold_for(ruleset_id: str) -> None:
    ruleset = LIBRARY.ruleset(ruleset_id)
    for mode in Mode:
        cases = [case for case in read_cases(LIBRARY, ruleset_id) if case.mode is mode]
        listed = [check_audit(as_audit(case), LIBRARY, as_recorded=True) for case in cases]
        grades = ColumnGrader(ruleset, mode).grade(from_audits(ruleset, [(audit, audit.units[0]) for audit in listed]))
        for case, unit, indicators in zip(cases, grades.units.to_dicts(), grades.indicators.to_dicts(), strict=True):
            expect = case.expect
            assert unit["grade"] == (expect.grade or unit["grade"]), case.name
            assert unit["attainable"] == (expect.attainable or unit["attainable"]), case.name
            for status, by_level in (("unmet", expect.unmet), ("unknown", expect.unknown)):
                for level, ids in by_level.items():
                    found = [i.id for i in ruleset.indicators if indicators[f"{i.id}.{level}"] == status]
                    assert set(found) == set(ids), f"{case.name}: {status} at {level}"
            if expect.gates is not None:
                assert {g.id for g in ruleset.gates if unit[f"gate.{g.id}"] == "met"} == set(expect.gates), case.name
