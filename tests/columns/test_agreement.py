"""Columns, engine and plain evaluator say the same of every unit: on random rulesets, and on the shipped ones."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.columns.from_audits import from_audits
from grading.columns.grade import ColumnGrader
from grading.engine.grade import Engine
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.ruleset import Ruleset
from tests import plain
from tests.engine.small import Shelf
from tests.engine.strategies import DAYS, Flavour, audits, rulesets
from tests.shipped import ENGINE, LIBRARY

AMOUNT = settings.default.max_examples if settings.default is not None else 100
FLAVOURS = {
    "rows": Flavour(depth=2, time=False, figures=False),
    "wide lists": Flavour(wide=True, depth=1, indicators=2, computed=False),
    "conditions that indicators share": Flavour(rows=False, computed=False, depth=1, indicators=8),
}


def in_columns(ruleset: Ruleset, listed: list[Audit], mode: Mode) -> Iterator[dict[str, Any]]:
    """What the columns say of the first unit of each audit, in the words of the plain evaluator."""
    columns = from_audits(ruleset, [(audit, audit.units[0]) for audit in listed])
    found = ColumnGrader(ruleset, mode).grade(columns)
    assert found.units.height == found.indicators.height == len(listed)
    graded = ruleset.scale.graded
    for unit, indicators in zip(found.units.to_dicts(), found.indicators.to_dicts(), strict=True):
        yield {
            "grade": unit["grade"],
            "attainable": unit["attainable"],
            "levels": {level: unit[f"level.{level}"] for level in graded},
            "dimensions": _outcomes(unit, "dimension"),
            "scopes": _outcomes(unit, "scope"),
            "indicators": {
                i.id: {level: indicators[f"{i.id}.{level}"] for level in graded} for i in ruleset.indicators
            },
            "applicable": {i.id: indicators[f"{i.id}.applicable"] for i in ruleset.indicators},
            "gates": {g.id: unit[f"gate.{g.id}"] for g in ruleset.gates if unit[f"gate.{g.id}"] is not None},
            "lists": (unit["target"], unit["unmet"], unit["unknown"]),
        }


def _outcomes(unit: dict[str, Any], kind: str) -> dict[str, tuple[str, str]]:
    ids = [name.split(".")[1] for name in unit if name.startswith(f"{kind}.") and name.endswith(".grade")]
    return {id_: (unit[f"{kind}.{id_}.grade"], unit[f"{kind}.{id_}.attainable"]) for id_ in ids}


def plainly(ruleset: Ruleset, audit: Audit, mode: Mode) -> dict[str, Any]:
    """What the plain evaluator says of the first unit of an audit."""
    unit = plain.grade_unit(ruleset, audit, 0, trial=mode is Mode.TRIAL)
    said = {
        name: getattr(unit, name)
        for name in ("grade", "attainable", "levels", "dimensions", "scopes", "indicators", "applicable", "gates")
    }
    ids = [*ruleset.scale.ids, "ungraded"]
    above = min(ids.index(unit.grade), len(ruleset.scale.graded)) - 1
    if above < 0:
        return said | {"lists": (None, None, None)}
    target = ids[above]
    by_status = {
        status: [i for i, levels in unit.indicators.items() if levels[target] == status]
        for status in ("unmet", "unknown")
    }
    return said | {"lists": (target, by_status["unmet"], by_status["unknown"])}


def by_engine(engine: Engine, audit: Audit, mode: Mode) -> dict[str, Any]:
    """What the engine says of the first unit of an audit."""
    unit = engine.grade(audit, mode).units[0]
    return {
        "grade": unit.outcome.grade,
        "attainable": unit.outcome.attainable,
        "levels": {level: status.value for level, status in unit.levels.items()},
        "dimensions": {d: (o.grade, o.attainable) for d, o in unit.dimensions.items()},
        "scopes": {s: (o.grade, o.attainable) for s, o in unit.scopes.items()},
        "indicators": {i.id: {level: s.value for level, s in i.levels.items()} for i in unit.indicators},
        "applicable": {i.id: i.applicable for i in unit.indicators},
        "gates": {gate.id: gate.status.value for gate in unit.gates},
    }


def agree(ruleset: Ruleset, listed: list[Audit], engine: Engine | None) -> None:
    """Assert that all readings say the same in both modes."""
    for mode in Mode:
        for audit, found in zip(listed, in_columns(ruleset, listed, mode), strict=True):
            assert found == plainly(ruleset, audit, mode)
            if engine is not None:
                said = by_engine(engine, audit, mode)
                assert {name: found[name] for name in said} == said


def on_several_days(ruleset: Ruleset, missing: int = 5) -> st.SearchStrategy[list[Audit]]:
    """Audits of one batch; each is assessed on a day of its own."""
    days = st.sampled_from(DAYS)
    one = st.builds(lambda audit, day: audit.model_copy(update={"assessed_on": day}), audits(ruleset, missing), days)
    return st.lists(one, min_size=1, max_size=5)


@pytest.mark.parametrize("flavour", FLAVOURS.values(), ids=FLAVOURS.keys())
@settings(max_examples=AMOUNT)
@given(data=st.data())
def test_columns_and_plain_evaluator_agree_on(flavour: Flavour, data: st.DataObject) -> None:
    ruleset = data.draw(rulesets(flavour)).ruleset
    agree(ruleset, data.draw(on_several_days(ruleset)), None)


# Rulesets with all forms of conditions: of these the engine is asked too.
@settings(max_examples=AMOUNT)
@given(data=st.data())
def test_columns_engine_and_plain_evaluator_agree(data: st.DataObject) -> None:
    ruleset = data.draw(rulesets(Flavour())).ruleset
    agree(ruleset, data.draw(on_several_days(ruleset)), Engine(Shelf(ruleset)))


OF_EACH = max(3, 3 * AMOUNT // 2 // len(LIBRARY.ids()))
"""Batches of each shipped ruleset: the more rulesets there are, the fewer."""


@pytest.mark.parametrize("ruleset_id", LIBRARY.ids())
@settings(max_examples=OF_EACH)
@given(data=st.data())
def test_all_three_agree_on_random_audits_for(ruleset_id: str, data: st.DataObject) -> None:
    ruleset = LIBRARY.ruleset(ruleset_id)
    missing = data.draw(st.sampled_from((1, 5, 40)))
    agree(ruleset, data.draw(on_several_days(ruleset, missing)), ENGINE)
