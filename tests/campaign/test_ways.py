"""The ways of a plant to a level are proven: the changed audit is graded, and graded so."""

from pathlib import Path

import pytest

from grading.campaign.ways import goal_of, plant_ways
from grading.digest import audit_digest
from grading.intake import read_audit
from grading.model.base import Mode
from grading.simulate import change_audit
from tests.campaign.plants import VOCABULARY
from tests.shipped import ENGINE, LIBRARY

EXAMPLES = Path(__file__).parents[2] / "examples"
LEVELS = VOCABULARY.levels


@pytest.mark.parametrize(
    "file", ["waterproofing/liquan-sbs-membranes.json", "concrete/jingyang-concrete-and-mortar.json"]
)
def test_grading_the_changed_audit_reaches_the_level_with_every_unit(file: str) -> None:
    audit = read_audit((EXAMPLES / file).read_bytes(), LIBRARY)
    found = plant_ways(ENGINE, audit, ENGINE.grade(audit), "B", LEVELS)
    assert found.mode is Mode.TRIAL, "figures of the guideline are open, so nothing is proven officially"
    for way in (found.cheapest, found.quickest):
        assert way is not None
        changed = change_audit(audit, way.settings, LIBRARY)
        assert audit_digest(changed) == way.audit_digest
        after = ENGINE.grade(changed, Mode.TRIAL)
        assert all(LEVELS.standings[unit.outcome.grade] <= LEVELS.threshold("B") for unit in after.units)
    assert found.cheapest is not None
    assert found.quickest is not None
    assert found.quickest.weeks[1] <= found.cheapest.weeks[1]


def test_a_level_is_looked_for_on_the_scale_of_each_unit() -> None:
    assert goal_of(("A", "B", "B-", "C", "D"), "B", LEVELS) == "B-"
    assert goal_of(("leading", "non_leading"), "B", LEVELS) == "leading"
    assert goal_of(("C", "D"), "B", LEVELS) is None
