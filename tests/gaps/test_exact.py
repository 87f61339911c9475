"""Against an exact solver: what plans call optimal is, and what they say can't be reached can't.

Random audits near the shipped rulesets' cases, in either mode, to the next level or the best, step by step. A run looks at a
third of the rulesets, by the seed; `RANDOM_SEED` gives others, the nightly run looks at all of them and at ten times as many
audits.
"""

import os
import random
from decimal import Decimal

import pytest

from grading.gaps import unit_gaps
from grading.gaps.tree.remedies import remedy_elsewhere
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.gap import ChangeSet, Step
from grading.model.result import UNGRADED
from grading.model.ruleset import Ruleset
from tests.gaps.exact import Exact, NotLinearError, Place
from tests.gaps.near_cases import AIR, case_audits, changed, cost_of, random_audits, reaches, unpriced, values_of
from tests.shipped import ENGINE, LIBRARY

SEED = int(os.environ.get("RANDOM_SEED", "0"))
IS_NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
AUDITS = 2_000 if IS_NIGHTLY else 200
IDS = [id_ for n, id_ in enumerate(sorted(LIBRARY.ids())) if IS_NIGHTLY or n % 3 == SEED % 3]


@pytest.mark.random_audits
@pytest.mark.parametrize("ruleset_id", IDS)
def test_optimal_is_optimal_and_not_enough_is_not_enough(ruleset_id: str) -> None:
    ruleset = LIBRARY.ruleset(ruleset_id)
    chance = random.Random(f"{SEED} {ruleset_id}")
    audits = list(random_audits(ruleset, chance, -(-AUDITS // len(IDS))))
    checked = [is_compared(ruleset, audit, chance.choice(list(Mode)), chance.random() < 0.2) for audit in audits]
    asked = [compared for compared in checked if compared is not None]
    # Of rubber, whose values are multiplied by others, a third: where one step can't be asked about, the audit is not counted.
    assert sum(asked) > len(asked) // 4


def is_compared(ruleset: Ruleset, audit: Audit, mode: Mode, to_the_best: bool) -> bool | None:
    """True when the solver could be asked, None where nothing is better; fails where the solver knows better."""
    grading = ENGINE.grade(audit, mode)
    best = ruleset.scale.ids[0]
    if grading.units[0].outcome.grade == best:
        return None
    for step in unit_gaps(ENGINE, audit, grading, 0, best if to_the_best else None).steps:
        level = ruleset.scale.floor if step.level_from == UNGRADED else step.level_to
        try:
            compare(ruleset, audit, step, level, mode)
        except NotLinearError:
            return False
        assert step.cheapest is not None
        audit = changed(audit, values_of(ruleset, step.cheapest))
    return True


def compare(ruleset: Ruleset, audit: Audit, step: Step, level: str, mode: Mode) -> None:
    """Nothing that the solver finds is enough where the plan says that nothing is, or better than what it calls optimal."""
    smallest, cheapest, quickest = step.smallest, step.cheapest, step.quickest
    assert smallest is not None
    assert cheapest is not None
    assert quickest is not None
    for found in (smallest, cheapest, quickest):
        assert reaches(ruleset, changed(audit, values_of(ruleset, found)), level, mode is Mode.TRIAL) == found.enough
    exact = Exact(ruleset, audit, mode, remedy_elsewhere)
    if not cheapest.enough and all(blocker.reason != "search_limit" for blocker in step.blockers):
        refute(ruleset, audit, level, exact.any(level), mode, "not enough")
    if smallest.optimal:
        refute(ruleset, audit, level, exact.fewer(level, len(smallest.changes)), mode, "smallest")
    if cheapest.optimal:
        cost = least_cost(exact, level, cheapest, values_of(ruleset, cheapest))
        refute(ruleset, audit, level, exact.cheaper(level, cost), mode, "cheapest")


def least_cost(exact: Exact, level: str, found: ChangeSet, values: dict[Place, object]) -> Decimal:
    """What the changes cost as the plan says, what has no price counted as the solver counts it."""
    costs = [cost_of(found) + more for more in unpriced()]
    return next(cost for cost in costs if exact.costs_at_most(level, cost, values))


def refute(
    ruleset: Ruleset, audit: Audit, level: str, found: dict[Place, object] | None, mode: Mode, claim: str
) -> None:
    """Fails when the changes found do reach the level, as the plain evaluator says."""
    if found is not None:
        is_so = reaches(ruleset, changed(audit, found), level, mode is Mode.TRIAL)
        wrong = "is false" if is_so else "is denied by a formula that is wrong"
        whose = f"{ruleset.id}, {level}, {mode}"
        pytest.fail(f"{whose}: {claim} {wrong}: {found}\n{audit.model_dump_json(exclude_defaults=True)}")


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
