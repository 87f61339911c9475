"""The engine concludes again what the columns found, for a sample: one disagreement stops the batch."""

import random
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from grading.columns.grade import UnitGrades
from grading.columns.layout import Columns
from grading.columns.to_audits import to_audits
from grading.engine.grade import Engine
from grading.gaps.column_figures import FIGURES
from grading.gaps.ground_figures import ground_figures
from grading.gaps.tree.subject import Subject
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.result import UnitGrading
from grading.model.ruleset import Ruleset


class DisagreementError(Exception):
    """Columns and engine say different things of a unit; each difference is a place, what columns and what the engine say."""

    def __init__(self, unit: str, audit: Audit, differences: tuple[tuple[str, Any, Any], ...]) -> None:
        self.unit, self.audit, self.differences = unit, audit, differences
        super().__init__(unit)

    def __reduce__(self) -> tuple[Any, ...]:
        """The error as another process makes it again."""
        return DisagreementError, (self.unit, self.audit, self.differences)


def sample(height: int, size: int, seed: str) -> list[int]:
    """Positions to check: the same for the same seed."""
    return sorted(random.Random(seed).sample(range(height), min(size, height)))


def check(
    engine: Engine,
    ruleset: Ruleset,
    mode: Mode,
    columns: Columns,
    grades: UnitGrades,
    ids: pl.Series,
    positions: list[int],
) -> None:
    """Conclude the grades at some positions again. Raises DisagreementError for the first that differs."""
    sampled = pl.Series([False]).new_from_index(0, columns.height).scatter(positions, True)
    audits = to_audits(ruleset, columns.only(sampled))
    for position, audit in zip(positions, audits, strict=True):
        found = grades.units.row(position, named=True) | grades.indicators.row(position, named=True)
        grading = engine.grade(audit, mode)
        different = differences(found, grading.units[0])
        if mode is Mode.TRIAL:
            figures = ground_figures(Subject(audit, 0, ruleset, grading.units[0], mode))
            by_engine = (
                figures.estimated,
                figures.recalled,
                figures.established,
                sorted(f.condition for f in figures.decisive),
            )
            by_columns = (*(found[name] for name in FIGURES[:-1]), sorted(found[FIGURES[-1]]))
            different += tuple(
                (name, h, s) for name, h, s in zip(FIGURES, by_columns, by_engine, strict=True) if h != s
            )
        if different:
            raise DisagreementError(ids[position], audit, different)


def differences(found: Mapping[str, Any], concluded: UnitGrading) -> tuple[tuple[str, Any, Any], ...]:
    """Differences between a unit's row of the columns (units' and indicators') and the engine: place, columns, engine."""
    return tuple((place, found.get(place), value) for place, value in _values(concluded) if found.get(place) != value)


def _values(unit: UnitGrading) -> Iterator[tuple[str, Any]]:
    """The engine's conclusions, by the names of the columns."""
    yield "grade", unit.outcome.grade
    yield "attainable", unit.outcome.attainable
    yield from ((f"level.{level}", status.value) for level, status in unit.levels.items())
    yield from ((f"gate.{gate.id}", gate.status.value) for gate in unit.gates)
    for kind, outcomes in (("dimension", unit.dimensions), ("scope", unit.scopes)):
        for name, outcome in outcomes.items():
            yield f"{kind}.{name}.grade", outcome.grade
            yield f"{kind}.{name}.attainable", outcome.attainable
    for indicator in unit.indicators:
        yield f"{indicator.id}.applicable", indicator.applicable
        yield from ((f"{indicator.id}.{level}", status.value) for level, status in indicator.levels.items())
