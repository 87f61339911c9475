"""Random audits near the cases of shipped rulesets, and plans' changes made in them."""

import random
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from grading.gaps.solver.lower_bounds import UNPRICED
from grading.intake import AuditError, check_audit
from grading.language.cases import read_cases
from grading.model.audit import Audit, Known, Row
from grading.model.gap import ChangeSet
from grading.model.ruleset import Cap, Fact, Ruleset
from tests import plain
from tests.gaps.exact_values import Place, levers
from tests.shipped import LIBRARY

OXYGEN = ("boiler_o2", "dryer_o2", "kiln_o2", "o2")
AIR = Decimal(21)


def reaches(ruleset: Ruleset, audit: Audit, level: str, trial: bool) -> bool:
    """Whether no gate is in the way of a level, and all that it asks for is met, as the plain evaluator says."""
    unit, ids = plain.grade_unit(ruleset, audit, trial=trial), ruleset.scale.ids
    barred = any(
        unit.gates.get(gate.id) in ("met", "unknown")
        and (not isinstance(gate.effect, Cap) or ids.index(level) < ids.index(gate.effect.cap))
        for gate in ruleset.gates
    )
    return not barred and (level == ruleset.scale.floor or unit.levels[level] == "met")


def unpriced() -> tuple[Decimal, ...]:
    """What changes that no remedy is stated for count, beside the works."""
    return Decimal(0), UNPRICED / 2, UNPRICED


def cost_of(found: ChangeSet) -> Decimal:
    """The middle of what a set of changes costs, each work once; what has no price counts for very much, once."""
    total = Decimal(0)
    for work in found.works:
        if work.cost_wan_cny is not None:
            total += sum(work.cost_wan_cny) / 2
        else:
            total += UNPRICED * max(len(work.rows), 1) / (2 if work.if_needed else 1)
    return total


def values_of(ruleset: Ruleset, found: ChangeSet) -> dict[Place, Any]:
    """The changes of a set as values of the audit."""
    read = {}
    for change in found.changes:
        value = change.after
        kind = ruleset.facts[change.fact].type
        if kind == "number":
            value = Decimal(str(value))
        elif kind == "choices":
            value = tuple(value)
        elif kind == "date":
            value = date.fromisoformat(value)
        read[change.fact, change.row] = value
    return read


def changed(audit: Audit, values: Mapping[Place, Any]) -> Audit:
    """The audit with other values of its one unit."""
    unit = audit.units[0]
    facts = put(unit.facts, {name: v for (name, key), v in values.items() if key is None})
    groups = {
        group: tuple(
            Row(
                key=row.key,
                facts=put(row.facts, {n: v for (n, key), v in values.items() if key == row.key and n in own}),
            )
            for row in rows
        )
        for group, rows in unit.groups.items()
        for own in [own_facts(unit.ruleset, group)]
    }
    return audit.model_copy(update={"units": (unit.model_copy(update={"facts": facts, "groups": groups}),)})


def put(facts: Mapping[str, Known], values: Mapping[str, Any]) -> dict[str, Known]:
    """The facts with other values; None takes one away."""
    rest = {name: known for name, known in facts.items() if name not in values}
    return rest | {name: Known(value=value) for name, value in values.items() if value is not None}


@cache
def own_facts(ruleset_id: str, group: str) -> frozenset[str]:
    return frozenset(f.id for f in LIBRARY.ruleset(ruleset_id).facts.values() if f.group == group)


def random_audits(ruleset: Ruleset, chance: random.Random, count: int) -> Iterator[Audit]:
    """Audits of cases with some values otherwise or missing, some rows twice; oxygen may be missing, or that of air."""
    bases = list(case_audits(ruleset.id))
    moved, given = sorted(levers(ruleset)), sorted(set(ruleset.facts) - levers(ruleset))
    for _ in range(count):
        audit = chance.choice(bases)
        audit = with_rows_twice(audit, chance)
        values: dict[Place, Any] = {}
        for name in chance.sample(moved, chance.randint(1, min(6, len(moved)))):
            fact = ruleset.facts[name]
            rows = [row.key for row in audit.units[0].groups.get(fact.group, ())] if fact.group else [None]
            values |= {(name, row): random_value(ruleset, fact, chance) for row in rows if chance.random() < 0.7}
        if chance.random() < 0.1:
            name = chance.choice(given)
            group = ruleset.facts[name].group
            rows = [row.key for row in audit.units[0].groups.get(group, ())] if group else [None]
            values |= {(name, row): None for row in rows}
        for name in (name for name in OXYGEN if name in given):
            if chance.random() < 0.1:
                rows = [row.key for row in audit.units[0].groups.get(ruleset.facts[name].group or "", ())]
                values |= {(name, row): chance.choice((None, AIR)) for row in rows}
        yield changed(audit, values)


def case_audits(ruleset_id: str) -> Iterator[Audit]:
    """The cases of a ruleset that an audit form would take in, as audits."""
    for case in read_cases(LIBRARY, ruleset_id):
        groups = {group: list(rows) for group, rows in case.groups.items()}
        unit = {"id": "u", "ruleset": ruleset_id, "facts": dict(case.facts), "groups": groups}
        raw = {"enterprise": {"name": "随机企业"}, "assessed_on": case.assessed_on.isoformat(), "units": [unit]}
        with suppress(AuditError):
            yield check_audit(raw, LIBRARY, as_recorded=True)


def with_rows_twice(audit: Audit, chance: random.Random) -> Audit:
    """The audit, now and then with a row once more."""
    unit = audit.units[0]
    groups = dict(unit.groups)
    for group, rows in unit.groups.items():
        if rows and chance.random() < 0.2:
            again = chance.choice(rows)
            groups[group] = (*rows, Row(key=f"{again.key}-2", facts=again.facts))
    return audit.model_copy(update={"units": (unit.model_copy(update={"groups": groups}),)})


def random_value(ruleset: Ruleset, fact: Fact, chance: random.Random) -> Any:
    """A value of a fact, near the figures that conditions compare it with; None now and then."""
    if chance.random() < 0.15:
        return None
    if fact.type == "date":
        return date(2023, 1, 1) + timedelta(days=chance.randint(0, 700))
    if fact.type == "boolean":
        return chance.random() < 0.5
    if fact.type == "choice":
        return chance.choice(list(fact.options))
    if fact.type == "choices":
        return tuple(option for option in fact.options if chance.random() < 0.6)
    step = Decimal(1).scaleb(-fact.decimals)
    limits = sorted(ruleset.compared_with.get(fact.id, ())) or [Decimal(10)]
    value = (chance.choice(limits) + chance.choice((-1, 0, 1, 7)) * step).quantize(step)
    low, high = fact.min if fact.min is not None else value, fact.max if fact.max is not None else value
    return min(max(value, low), high)
