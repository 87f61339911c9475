"""The JSON Schema of an audit: it takes what `check_audit` takes, and refuses what is plainly wrong."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.audit_json import dump_audit
from grading.forms.json_schema import audit_schema
from grading.intake import check_audit
from tests.forms.audits import audits
from tests.shipped import LIBRARY

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/*.json"))


def validator(*ids: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(audit_schema([LIBRARY.ruleset(id_) for id_ in ids]))


def hose() -> Any:
    return json.loads(next(path for path in EXAMPLES if path.stem == "jingyang_hose").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_audits_are_taken(path: Path) -> None:
    audit = json.loads(path.read_text(encoding="utf-8"))
    validator(*dict.fromkeys(unit["ruleset"] for unit in audit["units"])).validate(audit)


@pytest.mark.parametrize("ruleset_id", LIBRARY.ids())
def test_the_schema_of_every_ruleset_is_a_schema(ruleset_id: str) -> None:
    jsonschema_rs.meta.validate(audit_schema([LIBRARY.ruleset(ruleset_id)]))


@settings(max_examples=25)
@given(st.data())
def test_whatever_is_a_right_audit_is_taken(data: st.DataObject) -> None:
    ids = data.draw(st.lists(st.sampled_from(LIBRARY.ids()), min_size=1, max_size=2, unique=True))
    audit = check_audit(data.draw(audits([LIBRARY.ruleset(id_) for id_ in ids])), LIBRARY)
    validator(*ids).validate(json.loads(dump_audit(audit, LIBRARY)))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("enterprise", "name"), ""),
        (("enterprise", "county"), "6104"),
        (("enterprise", "colour"), "blue"),
        (("assessed_on",), "10.9.2023"),
        (("units",), []),
        (("units", 0, "ruleset"), "national-2020/brick"),
        (("units", 0, "facts", "key_region"), "是"),
        (("units", 0, "facts", "boundary_nmhc"), -1),
        (("units", 0, "facts", "boundary_nmhc"), "1.8"),
        (("units", 0, "facts", "mixing_capture"), "open"),
        (("units", 0, "facts", "processes"), ["mixing", "mixing"]),
        (("units", 0, "facts", "dcs_retention_months"), 12.5),
        (("units", 0, "facts", "no_such_fact"), True),
        (("units", 0, "facts", "key_region"), {"value": True, "remark": "x"}),
        (("units", 0, "groups", "outlets", 0, "outlet_id"), None),
        (("units", 0, "groups", "chimneys"), []),
    ],
)
def test_what_is_plainly_wrong_is_refused(place: tuple[str | int, ...], value: Any) -> None:
    audit = hose()
    *above, last = place
    at = audit
    for step in above:
        at = at[step]
    at[last] = value
    assert not validator("national-2020/rubber").is_valid(audit)


def test_forms_find_chinese_titles_units_and_options() -> None:
    schema = audit_schema([LIBRARY.ruleset("national-2020/rubber")])
    fact = schema["$defs"]["national-2020.rubber.glue_capture"]
    assert fact["title"] == "胶浆、涂胶、烘干废气收集方式"
    assert fact["anyOf"][0]["oneOf"][0] == {"const": "enclosed_negative", "title": "密闭负压"}
    assert "单位：mg/m³" in schema["$defs"]["national-2020.rubber.boundary_nmhc"]["description"]
