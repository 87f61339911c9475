"""Against an exact solver: what plans call optimal is, and what they say can't be reached can't.

Random audits near the shipped rulesets' cases, in either mode, to the next level or the best, step by step. A run looks at a
third of the rulesets, by the seed; `RANDOM_SEED` gives others, the nightly run looks at all of them and at ten times as many
audits.
"""

import os
from decimal import Decimal

import pytest

from grading.gaps import unit_gaps
from grading.model.base import Mode
from tests.gaps.against_exact import SEED, compared
from tests.gaps.exact import Place
from tests.gaps.near_cases import AIR, case_audits, changed
from tests.shipped import ENGINE, LIBRARY

IS_NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
AUDITS = 2_000 if IS_NIGHTLY else 200
IDS = [id_ for n, id_ in enumerate(sorted(LIBRARY.ids())) if IS_NIGHTLY or n % 3 == SEED % 3]


@pytest.mark.random_audits
@pytest.mark.parametrize("ruleset_id", IDS)
def test_optimal_is_optimal_and_not_enough_is_not_enough(ruleset_id: str) -> None:
    counts = compared(ruleset_id, -(-AUDITS // len(IDS)))
    # Of rubber, whose values are multiplied by others, a third: where one step can't be asked about, the audit is not counted.
    assert counts["asked"] > counts["with a step"] // 4


def test_oxygen_of_air_is_measured_anew_and_nothing_else_is_done_for_it() -> None:
    ruleset = LIBRARY.ruleset("national-2020/brick")
    best = ruleset.scale.ids[0]
    audit = next(a for a in case_audits(ruleset.id) if ENGINE.grade(a, Mode.TRIAL).units[0].outcome.grade == best)
    oxygen: dict[Place, Decimal] = {
        ("o2", row.key): AIR for row in audit.units[0].groups["outlets"] if "o2" in row.facts
    }
    worse = changed(audit, oxygen)
    (step,) = unit_gaps(ENGINE, worse, ENGINE.grade(worse, Mode.TRIAL), 0, best).steps[-1:]
    assert step.cheapest is not None
    assert {(c.fact, c.row): c.kind for c in step.cheapest.changes} == dict.fromkeys(oxygen, "supply")
    assert (step.cheapest.enough, step.cheapest.optimal) == (True, True)
