"""Plans of random audits against the exact solver: what they call optimal is, what they say can't be reached can't.

`python -m tests.gaps.against_exact FILE [AUDITS]` does for all shipped rulesets what the nightly test does, and writes a line
for each; called again with the same file it goes on where it was stopped. Other audits: `RANDOM_SEED`.
"""

import json
import os
import random
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from grading.gaps import unit_gaps
from grading.gaps.tree.remedies import remedy_elsewhere
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.gap import ChangeSet, Step
from grading.model.result import UNGRADED
from grading.model.ruleset import Ruleset
from tests.gaps.exact import Exact, NotLinearError, Place
from tests.gaps.near_cases import changed, cost_of, random_audits, reaches, unpriced, values_of
from tests.shipped import ENGINE, LIBRARY

SEED = int(os.environ.get("RANDOM_SEED", "0"))


def compared(ruleset_id: str, count: int) -> Counter[str]:
    """So many random audits of a ruleset compared: how many, how many could be asked about, and the claims held."""
    ruleset, counts = LIBRARY.ruleset(ruleset_id), Counter[str]()
    chance = random.Random(f"{SEED} {ruleset_id}")
    for audit in list(random_audits(ruleset, chance, count)):
        found = is_compared(ruleset, audit, chance.choice(list(Mode)), chance.random() < 0.2, counts)
        counts["audits"] += 1
        counts["with a step"] += found is not None
        counts["asked"] += found is True
    return counts


def is_compared(ruleset: Ruleset, audit: Audit, mode: Mode, to_the_best: bool, counts: Counter[str]) -> bool | None:
    """True when the solver could be asked, None where nothing is better; fails where the solver knows better."""
    grading = ENGINE.grade(audit, mode)
    best = ruleset.scale.ids[0]
    if grading.units[0].outcome.grade == best:
        return None
    for step in unit_gaps(ENGINE, audit, grading, 0, best if to_the_best else None).steps:
        level = ruleset.scale.floor if step.level_from == UNGRADED else step.level_to
        try:
            compare(ruleset, audit, step, level, mode, counts)
        except NotLinearError:
            return False
        assert step.cheapest is not None
        audit = changed(audit, values_of(ruleset, step.cheapest))
    return True


def compare(ruleset: Ruleset, audit: Audit, step: Step, level: str, mode: Mode, counts: Counter[str]) -> None:
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
        counts["not enough"] += 1
    if smallest.optimal:
        refute(ruleset, audit, level, exact.fewer(level, len(smallest.changes)), mode, "smallest")
        counts["smallest"] += 1
    if cheapest.optimal:
        cost = least_cost(exact, level, cheapest, values_of(ruleset, cheapest))
        refute(ruleset, audit, level, exact.cheaper(level, cost), mode, "cheapest")
        counts["cheapest"] += 1
    counts["enough"] += cheapest.enough


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


def main() -> None:
    """Compare the audits of all rulesets that the file has no line of yet."""
    path, audits = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2_000
    ids = sorted(LIBRARY.ids())
    done = {json.loads(line)["ruleset"] for line in path.read_text().splitlines()} if path.exists() else set()
    for id_ in ids:
        if id_ in done:
            continue
        refuted = None
        counts = Counter[str]()
        try:
            counts = compared(id_, -(-audits // len(ids)))
        except pytest.fail.Exception as error:
            refuted = str(error)
        with path.open("a") as file:
            file.write(json.dumps({"ruleset": id_, "refuted": refuted, **counts}, ensure_ascii=False) + "\n")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    total = sum((Counter({k: v for k, v in line.items() if isinstance(v, int)}) for line in lines), Counter[str]())
    print(dict(total), "refuted:", [line["ruleset"] for line in lines if line["refuted"]])


if __name__ == "__main__":
    main()
