"""How long a grading with its trace takes, beside zen-engine on the same rulesets and audits: `python -m benchmarks.engine`.

Without arguments it is the three rulesets with the most conditions, and two that ask most about rows of tables. Of a row zen
tells nothing; our trace has an entry for each condition of each row, so that many rows cost us more.

Every audit is complete, since zen's expressions know no third value; what both conclude is compared before anything is timed.
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
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
AUDITS, ROUNDS, ROWS = 30, 5, 8


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


def timed(run: Callable[[Any], Any], inputs: list[Any]) -> float:
    """The median time of a call in ms."""
    times = []
    for _ in range(ROUNDS):
        for one in inputs:
            start = time.perf_counter()
            run(one)
            times.append(time.perf_counter() - start)
    return median(times) * 1000


def main() -> None:
    """Print a line for each ruleset."""
    collect_seldom()
    engine = Engine()
    print(
        f"{'ruleset':26} {'firings':>8} {'grading ms':>11} {'zen ms':>8} {'zen+trace ms':>13} {'ratio':>7}  agreement"
    )
    for ruleset_id in sys.argv[1:] or RULESETS:
        ruleset = engine.library.ruleset(ruleset_id)
        chance = random.Random(7)
        audits = [audit_of(ruleset, chance) for _ in range(AUDITS)]
        decision = zen_decision(ruleset, DAY)
        alike, certain = agreement(ruleset, engine, audits, lambda c, d=decision: d.evaluate(c)["result"])
        firings = median(len(engine.grade(audit, Mode.TRIAL).units[0].trace) for audit in audits)
        ours = timed(lambda audit: list(engine.grade(audit, Mode.TRIAL).units[0].trace), audits)
        contexts = [context_of(ruleset, audit) for audit in audits]
        plain = timed(decision.evaluate, contexts)
        traced = timed(lambda c, d=decision: d.evaluate(c, {"trace": True}), contexts)
        print(
            f"{ruleset_id:26} {firings:8.0f} {ours:11.2f} {plain:8.2f} {traced:13.2f} {ours / traced:6.2f}x"
            f"  {alike} of {certain} certain indicator levels"
        )


if __name__ == "__main__":
    main()
