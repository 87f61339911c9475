"""An audit as JSON: what is read back is the same audit, digit by digit."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.audit_json import audit_to_json, dump_audit
from grading.intake import check_audit, read_audit
from tests.forms.audits import audits
from tests.shipped import LIBRARY

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*/*.json"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_audits_come_back_equal(path: Path) -> None:
    audit = read_audit(path.read_bytes(), LIBRARY)
    assert read_audit(dump_audit(audit, LIBRARY), LIBRARY) == audit
    assert check_audit(audit_to_json(audit, LIBRARY), LIBRARY) == audit


@settings(max_examples=40)
@given(st.data())
def test_random_audits_come_back_equal(data: st.DataObject) -> None:
    ruleset = LIBRARY.ruleset(data.draw(st.sampled_from(LIBRARY.ids())))
    audit = check_audit(data.draw(audits([ruleset])), LIBRARY)
    assert read_audit(dump_audit(audit, LIBRARY), LIBRARY) == audit


def test_values_without_evidence_and_note_are_bare_and_numbers_keep_their_digits() -> None:
    facts = {
        "gate_coverage_share": Decimal("0.1"),
        "main_outlet_flow": Decimal("9999999"),
        "boundary_nmhc": {"value": Decimal("1.80"), "evidence": ["报告"]},
        "access_gate": {"value": None, "note": "待查"},
    }
    unit = {
        "id": "1",
        "ruleset": "national-2020/rubber",
        "facts": facts,
        "groups": {"outlets": [{"outlet_id": "DA001"}]},
    }
    raw = {"enterprise": {"name": "厂"}, "assessed_on": "2023-09-10", "units": [unit]}
    text = dump_audit(check_audit(raw, LIBRARY), LIBRARY)
    assert '"gate_coverage_share": 0.1,' in text
    assert '"main_outlet_flow": 9999999,' in text
    unit = json.loads(text)["units"][0]
    assert unit["facts"]["boundary_nmhc"] == {"value": 1.8, "evidence": ["报告"]}
    assert unit["facts"]["access_gate"] == {"value": None, "note": "待查"}
    assert unit["groups"] == {"outlets": [{"outlet_id": "DA001"}]}
    assert json.loads(text)["enterprise"] == {"name": "厂"}
