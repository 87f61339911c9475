"""A trial decides: with every figure guessed, only what an audit leaves out can leave a grade open."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.intake import read_audit
from grading.model.audit import Audit, Below, Known, Row
from grading.model.base import Mode, Status
from grading.model.ruleset import Ruleset
from grading.plan.build import boundaries
from tests.engine.strategies import any_audit
from tests.shipped import ENGINE, LIBRARY

AMOUNT = settings.default.max_examples if settings.default is not None else 100
EXAMPLES = Path(__file__).parents[2] / "examples"


def can_be_computed(ruleset: Ruleset, audit: Audit) -> Audit:
    """The audit with measured numbers, oxygen below that of air, no divisor of zero, no day to come.

    Else a computed fact has no value, or a comparison leaves open on which side of its limit a number lies.
    """
    divisors = {c.ratio[1] for c in ruleset.computed.values() if c.ratio is not None}
    oxygen = {c.oxygen_corrected.oxygen for c in ruleset.computed.values() if c.oxygen_corrected is not None}

    def mended(facts: Iterable[tuple[str, Known]]) -> dict[str, Known]:
        found = dict(facts)
        for name, known in found.items():
            if isinstance(known.value, Below):
                known = found[name] = Known(value=known.value.below)
            if name in divisors and known.value == 0:
                found[name] = Known(value=Decimal(1))
            if name in oxygen and isinstance(known.value, Decimal) and known.value >= 21:
                found[name] = Known(value=Decimal(12))
            if isinstance(known.value, date) and known.value > audit.assessed_on:
                found[name] = Known(value=audit.assessed_on)
        return found

    unit = audit.units[0]
    groups = {
        group: tuple(Row(key=row.key, facts=mended(row.facts.items())) for row in rows)
        for group, rows in unit.groups.items()
    }
    unit = unit.model_copy(update={"facts": mended(unit.facts.items()), "groups": groups})
    return audit.model_copy(update={"units": (unit,)})


def test_the_examples_cover_the_whole_scale_in_trial_mode() -> None:
    missing = {"A", "B", "C", "D", "leading", "non_leading", None}
    for path in sorted(EXAMPLES.glob("*/*.json")):
        for unit in ENGINE.grade(read_audit(path.read_bytes(), LIBRARY), Mode.TRIAL).units:
            missing.discard(unit.outcome.grade if unit.outcome.grade == unit.outcome.attainable else None)
        # What they cover is known before all are graded.
        if not missing:
            break
    assert missing == set()


OF_EACH = max(3, 3 * AMOUNT // 2 // len(LIBRARY.ids()))
"""Random audits of each shipped ruleset: the more rulesets there are, the fewer."""


@pytest.mark.parametrize("ruleset_id", LIBRARY.ids())
@settings(max_examples=OF_EACH)
@given(seed=st.integers(0, 2**32))
def test_a_complete_audit_with_measured_numbers_is_always_decided_in_trial_mode(ruleset_id: str, seed: int) -> None:
    ruleset, luck = LIBRARY.ruleset(ruleset_id), Random(seed)
    days = [date(2023, 9, 10), *(day + timedelta(days=n) for day in boundaries(ruleset) for n in (-1, 0))]
    audit = can_be_computed(ruleset, any_audit(ruleset, luck, luck.choice(days), shares=(0,)))
    unit = ENGINE.grade(audit, Mode.TRIAL).units[0]
    unknown = {i.id: level for i in unit.indicators for level, status in i.levels.items() if status is Status.UNKNOWN}
    assert unknown == {}
    assert unit.outcome.grade == unit.outcome.attainable
