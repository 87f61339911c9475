"""What is built is not replaced by something else to get rid of a limit on it: no engineer would do that."""

from typing import Any

from grading.gaps import unit_gaps
from grading.model.base import Mode
from tests.gaps.exact_values import Place
from tests.gaps.near_cases import case_audits, changed
from tests.shipped import ENGINE

OTHERWISE: dict[Place, Any] = {("fuel", "F1"): "oil", ("fuel", "F2"): "gas_electric", ("combustion", "F2"): "ordinary"}


def test_a_furnace_on_gas_gets_other_burners_and_not_another_fuel() -> None:
    audit = changed(next(iter(case_audits("national-2020/nonferrous_rolling"))), OTHERWISE)
    grading = ENGINE.grade(audit, Mode.TRIAL)
    (step,) = unit_gaps(ENGINE, audit, grading, 0, "B").steps
    for found in (step.smallest, step.cheapest, step.quickest):
        assert found is not None
        changes = {f"{change.row}.{change.fact}": change.after for change in found.changes}
        assert changes == {"F1.fuel": "gas_electric", "F2.combustion": "regenerative"}
