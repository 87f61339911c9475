"""The engine concludes what the language page says: rule by rule against the plain evaluator, on random rulesets and audits."""

import os
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.engine.grade import Engine
from grading.model.audit import Audit
from grading.model.base import Mode, Status
from grading.model.result import UnitGrading
from grading.model.ruleset import Ruleset
from grading.plan.build import boundaries
from tests import plain
from tests.engine.small import Shelf
from tests.engine.strategies import Flavour, any_audit, audits, rulesets
from tests.shipped import ENGINE, LIBRARY

AMOUNT = settings.default.max_examples if settings.default is not None else 100
FLAVOURS = {
    "all forms of conditions": Flavour(),
    "rows": Flavour(depth=2, time=False, figures=False),
    "wide lists": Flavour(wide=True, depth=1, indicators=2, computed=False),
    "conditions that indicators share": Flavour(rows=False, computed=False, depth=1, indicators=8),
}


def disagreements(unit: UnitGrading, expected: plain.PlainUnit) -> dict[str, tuple[Any, Any]]:
    """Everything the engine and the plain evaluator say differently, as place → (engine, plain)."""
    said: dict[str, tuple[Any, Any]] = {
        "grade": (unit.outcome.grade, expected.grade),
        "attainable": (unit.outcome.attainable, expected.attainable),
        "levels": (_texts(unit.levels), expected.levels),
        "dimensions": ({d: (o.grade, o.attainable) for d, o in unit.dimensions.items()}, expected.dimensions),
        "scopes": ({s: (o.grade, o.attainable) for s, o in unit.scopes.items()}, expected.scopes),
        "gates": ({gate.id: gate.status.value for gate in unit.gates}, expected.gates),
        "applicable": ({i.id: i.applicable for i in unit.indicators}, expected.applicable),
        "own levels": ({i.id: (i.level, i.attainable) for i in unit.indicators}, expected.own),
        "short boards": (list(unit.short_boards), expected.short_boards),
        "indicators": ({i.id for i in unit.indicators}, expected.indicators.keys()),
        "conditions": ({*unit.conditions}, {*expected.conditions}),
    }
    said |= {i.id: (_texts(i.levels), expected.indicators[i.id]) for i in unit.indicators}
    for place, status in unit.conditions.items():
        said[f"condition {place}"] = _comparable(status, expected.conditions.get(place))
    return {place: pair for place, pair in said.items() if pair[0] != pair[1]}


def _texts(statuses: Mapping[str, Status]) -> dict[str, str]:
    return {name: status.value for name, status in statuses.items()}


def _comparable(status: Status | dict[str, Status], expected: Any) -> tuple[Any, Any]:
    """A condition as both say it; rows that a view of the engine left out are not compared."""
    if isinstance(status, dict):
        found = _texts(status)
        return found, {key: value for key, value in (expected or {}).items() if key in found}
    if isinstance(expected, dict):  # of a row's condition that reads the unit alone the engine speaks once
        return {status.value} if expected else set(), set(expected.values())
    return status.value, expected


def compare(engine: Engine, ruleset: Ruleset, audit: Audit) -> None:
    """Grade in both modes with both."""
    for mode in Mode:
        unit = engine.grade(audit, mode).units[0]
        expected = plain.grade_unit(ruleset, audit, 0, trial=mode is Mode.TRIAL)
        assert disagreements(unit, expected) == {}


@pytest.mark.parametrize("flavour", FLAVOURS.values(), ids=FLAVOURS.keys())
@settings(max_examples=AMOUNT)
@given(data=st.data())
def test_engine_and_plain_evaluator_agree_on(flavour: Flavour, data: st.DataObject) -> None:
    ruleset = data.draw(rulesets(flavour)).ruleset
    engine = Engine(Shelf(ruleset))
    for audit in data.draw(st.lists(audits(ruleset), min_size=1, max_size=3)):
        compare(engine, ruleset, audit)


SEED = int(os.environ.get("RANDOM_SEED", "0"))
OF_EACH = max(3, 3 * AMOUNT // len(LIBRARY.ids()))
"""Random audits of each shipped ruleset: the more rulesets there are, the fewer."""


@pytest.mark.random_audits
@pytest.mark.parametrize("ruleset_id", LIBRARY.ids())
def test_engine_and_plain_evaluator_agree_on_random_audits_of(ruleset_id: str) -> None:
    ruleset, engine = LIBRARY.ruleset(ruleset_id), ENGINE
    days = [date(2023, 9, 10), *(day + timedelta(days=n) for day in boundaries(ruleset) for n in (-1, 0))]
    for n in range(OF_EACH):
        luck = Random(SEED + n)
        compare(engine, ruleset, any_audit(ruleset, luck, luck.choice(days)))
