"""Two people's changes of one draft: what either changed is in it; the same field changed otherwise is a conflict."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from api.services.workflow.merging import FieldConflict, merged
from grading.language.load import Library

LIBRARY = Library()
SEEN: dict[str, Any] = {
    "enterprise": {"name": "甲", "facts": {"permit_valid": True}},
    "assessed_on": "2023-09-10",
    "units": [
        {
            "id": "一线",
            "ruleset": "national-2020/rubber",
            "facts": {
                "access_gate": {"value": True, "evidence": ["照片"], "note": "两个出入口"},
                "boundary_nmhc": Decimal("1.5"),
            },
            "groups": {"outlets": [{"outlet_id": "DA1", "nmhc": 8}, {"outlet_id": "DA2", "nmhc": 9}]},
        },
        {"id": "二线", "ruleset": "national-2020/rubber", "facts": {}},
    ],
}  # fmt: skip


def changed(**change: Any) -> dict[str, Any]:
    """The draft with a change each of: facts, rows, units, day."""
    said = deepcopy(SEEN)
    unit = said["units"][0]
    unit["facts"] |= change.get("facts", {})
    if "rows" in change:
        unit["groups"]["outlets"] = change["rows"]
    if "units" in change:
        said["units"] = change["units"](said["units"])
    return said | ({"assessed_on": change["day"]} if "day" in change else {})


ROWS = SEEN["units"][0]["groups"]["outlets"]
PAIRS: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"day": "2023-09-11"}, {"facts": {"boundary_nmhc": 2}}, {"day": "2023-09-11", "facts": {"boundary_nmhc": 2}}),
    (
        {"facts": {"access_gate": {"value": False, "evidence": ["照片"], "note": "两个出入口"}}},
        {"facts": {"access_gate": {"value": True, "evidence": ["照片", "台账"], "note": "三个出入口"}}},
        {"facts": {"access_gate": {"value": False, "evidence": ["照片", "台账"], "note": "三个出入口"}}},
    ),
    (
        {"facts": {"boundary_nmhc": {"value": Decimal("1.5"), "note": "复测"}}},
        {"facts": {"boundary_nmhc": 2}},
        {"facts": {"boundary_nmhc": {"value": 2, "note": "复测"}}},
    ),
    (
        {"rows": [{"outlet_id": "DA3"}, *ROWS]},
        {"rows": [ROWS[0] | {"nmhc": 7}]},
        {"rows": [ROWS[0] | {"nmhc": 7}, {"outlet_id": "DA3"}]},
    ),
    ({"units": lambda units: units[::-1]}, {"facts": {"boundary_nmhc": 2}}, {"facts": {"boundary_nmhc": 2}}),
    (
        {"units": lambda units: units[:1]},
        {"facts": {"boundary_nmhc": 2}},
        {"units": lambda units: units[:1], "facts": {"boundary_nmhc": 2}},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "now", "wanted"), PAIRS)
def test_changes_of_different_fields_are_both_in_it(sent: Any, now: Any, wanted: Any) -> None:
    found = merged(SEEN, changed(**sent), changed(**now), LIBRARY)
    assert (found.content, found.conflicts) == (changed(**wanted), ())


@pytest.mark.parametrize(
    ("sent", "now", "conflict"),
    [
        ({"day": "2023-09-11"}, {"day": "2023-09-12"}, ("assessed_on", "2023-09-10", "2023-09-11", "2023-09-12")),
        (
            {"facts": {"boundary_nmhc": 2}},
            {"facts": {"boundary_nmhc": 3}},
            ("units[0].facts.boundary_nmhc", Decimal("1.5"), 2, 3),
        ),
        (
            {"facts": {"boundary_nmhc": {"value": 2, "note": "甲"}}},
            {"facts": {"boundary_nmhc": {"value": 3, "note": "乙"}}},
            ("units[0].facts.boundary_nmhc.value", Decimal("1.5"), 2, 3),
        ),
        (
            {"rows": [ROWS[0]]},
            {"rows": [ROWS[0], ROWS[1] | {"nmhc": 7}]},
            ('units[0].groups.outlets["DA2"]', ROWS[1], None, ROWS[1] | {"nmhc": 7}),
        ),
    ],
)
def test_the_same_field_changed_otherwise_is_a_conflict_and_stays_as_it_is(sent: Any, now: Any, conflict: Any) -> None:
    found = merged(SEEN, changed(**sent), changed(**now), LIBRARY)
    assert found.conflicts[0] == FieldConflict(*conflict)
    said = found.content["units"][0]
    assert (found.content["assessed_on"], said["groups"]) == (
        changed(**now)["assessed_on"],
        changed(**now)["units"][0]["groups"],
    )


@pytest.mark.parametrize("change", [change for pair in PAIRS for change in pair])
def test_what_one_alone_has_changed_is_taken_whole(change: Any) -> None:
    for sent, now in ((changed(**change), SEEN), (SEEN, changed(**change)), (changed(**change), changed(**change))):
        assert merged(SEEN, sent, now, LIBRARY).content == changed(**change)
