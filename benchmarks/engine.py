"""How long a grading with its trace takes, beside zen-engine on the same rulesets and audits: `python -m benchmarks.engine`.

Without arguments it is the three rulesets with the most conditions, and two that ask most about rows of tables. Of a row zen
tells nothing; our trace has an entry for each condition of each row, so that many rows cost us more.

Both are measured in several processes, in turns, and of each audit the quickest time counts: other work on the machine only adds.

Every audit is complete, since zen's expressions know no third value; what both conclude is compared before anything is timed.
"""

import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import reduce
from multiprocessing import get_context
from statistics import median
from typing import Any

from benchmarks.zen_ruleset import zen_context, zen_decision
from grading.computed import order, with_computed
from grading.engine.grade import Engine
from grading.garbage_collection import collect_seldom
from grading.model.audit import Audit, Enterprise, Known, Row, UnitAudit
from grading.model.base import Mode, Status
from grading.model.ruleset import Fact, Ruleset

DAY = date(2024, 8, 12)
RULESETS = (
    "national-2020/foundry",
    "national-2024/coking",
    "national-2020/coking",
    "national-2020/cement",
    "national-2020/concrete",
)
AUDITS, ROUNDS, PROCESSES, ROWS = 30, 5, 5, 8


def value(fact: Fact, chance: random.Random) -> Any:
    """A plausible value of a fact; yes and complete more often than not."""
    if fact.type == "boolean":
        return chance.random() < 0.9
    if fact.type == "choice":
        return chance.choice(list(fact.options))
    if fact.type == "choices":
        return tuple(option for option in fact.options if chance.random() < 0.9)
    if fact.type == "date":
        return DAY
    low, high = float(fact.min or 0), float(fact.max if fact.max is not None else 200)
    return Decimal(str(round(chance.uniform(low, min(high, 20_000)), min(fact.decimals, 2))))


def audit_of(ruleset: Ruleset, chance: random.Random) -> Audit:
    """A complete audit of one unit with ROWS rows in each table."""
    facts = {f.id: Known(value=value(f, chance)) for f in ruleset.facts.values() if f.group is None}
    groups = {
        group: tuple(
            Row(
                key=f"{group}-{n}",
                facts={f.id: Known(value=value(f, chance)) for f in ruleset.facts.values() if f.group == group},
            )
            for n in range(ROWS)
        )
        for group in ruleset.groups
    }
    unit = UnitAudit(id="unit", ruleset=ruleset.id, facts=facts, groups=groups)
    return Audit(enterprise=Enterprise(name="基准企业"), assessed_on=DAY, units=(unit,))


def context_of(ruleset: Ruleset, audit: Audit) -> dict[str, Any]:
    """The same audit as zen takes it, computed facts included."""
    unit = audit.units[0]

    def known(facts: dict[str, Known]) -> dict[str, Any]:
        return {k: frozenset(v.value) if isinstance(v.value, tuple) else v.value for k, v in facts.items()}

    rows = {group: [known(row.facts) for row in listed] for group, listed in unit.groups.items()}
    values = with_computed(order(ruleset), {**known(unit.facts), "assessed_on": audit.assessed_on}, rows)
    return zen_context(values) | {group: [zen_context(row) for row in listed] for group, listed in rows.items()}


def agreement(ruleset: Ruleset, engine: Engine, audits: list[Audit], decide: Callable[[Any], Any]) -> tuple[int, int]:
    """How many indicator levels both conclude alike, and how many of them are certain to ours."""
    alike = certain = 0
    for audit in audits:
        found = decide(context_of(ruleset, audit))
        for result in engine.grade(audit, Mode.TRIAL).units[0].indicators:
            for level, status in result.levels.items():
                if status is not Status.UNKNOWN and f"{result.id}__{level}" in found:
                    certain += 1
                    alike += found[f"{result.id}__{level}"] == (status is Status.MET)
    return alike, certain


@dataclass(frozen=True)
class Measured:
    """What one process has measured of a ruleset: times in ms of each audit, the quickest of its rounds."""

    firings: float
    ours: list[float]
    plain: list[float]
    traced: list[float]
    alike: int
    certain: int

    def least(self, other: "Measured") -> "Measured":
        """The lower of both times of each audit."""
        times = {name: [*map(min, getattr(self, name), getattr(other, name))] for name in ("ours", "plain", "traced")}
        return replace(self, **times)

    @property
    def ratio(self) -> float:
        """Our time as a multiple of zen's with its trace."""
        return median(self.ours) / median(self.traced)


def least_in_turns(runs: Sequence[Callable[[int], object]], count: int) -> list[list[float]]:
    """The times of a call in ms, of each of `runs` with each of the numbers below `count`, in the quickest round.

    They take turns, round by round: other work on the machine disturbs all of them, and only ever adds.
    """
    least = [[float("inf")] * count for _ in runs]
    for _ in range(ROUNDS):
        for run, taken in zip(runs, least, strict=True):
            for number in range(count):
                start = time.perf_counter()
                run(number)
                taken[number] = min(taken[number], (time.perf_counter() - start) * 1000)
    return least


def measured(ruleset_id: str) -> Measured:
    """A ruleset measured in this process."""
    collect_seldom()
    engine = Engine()
    ruleset = engine.library.ruleset(ruleset_id)
    chance = random.Random(7)
    audits = [audit_of(ruleset, chance) for _ in range(AUDITS)]
    decision = zen_decision(ruleset, DAY)
    alike, certain = agreement(ruleset, engine, audits, lambda c: decision.evaluate(c)["result"])
    contexts = [context_of(ruleset, audit) for audit in audits]
    ours, plain, traced = least_in_turns(
        [
            lambda n: list(engine.grade(audits[n], Mode.TRIAL).units[0].trace),
            lambda n: decision.evaluate(contexts[n]),
            lambda n: decision.evaluate(contexts[n], {"trace": True}),
        ],
        AUDITS,
    )
    firings = median(len(engine.grade(audit, Mode.TRIAL).units[0].trace) for audit in audits)
    return Measured(firings, ours, plain, traced, alike, certain)


def main() -> None:
    """Print a line for each ruleset."""
    rulesets = sys.argv[1:] or RULESETS
    found: dict[str, list[Measured]] = {ruleset_id: [] for ruleset_id in rulesets}
    for _ in range(PROCESSES):
        for ruleset_id in rulesets:
            # A process of its own each time: some are unlucky with where their memory lies.
            with get_context("spawn").Pool(1) as process:
                found[ruleset_id].append(process.apply(measured, (ruleset_id,)))
    print(
        f"{'ruleset':24} {'firings':>7} {'grading ms':>10} {'zen ms':>7} {'zen+trace ms':>12} {'ratio':>6}"
        f"  {'in each process':24}  agreement"
    )
    for ruleset_id, listed in found.items():
        best = reduce(Measured.least, listed)
        each = " ".join(f"{one.ratio:.2f}" for one in listed)
        print(
            f"{ruleset_id:24} {best.firings:7.0f} {median(best.ours):10.2f} {median(best.plain):7.2f} {median(best.traced):12.2f}"
            f" {best.ratio:5.2f}x  {each:24}  {best.alike} of {best.certain} certain indicator levels"
        )


if __name__ == "__main__":
    main()
