"""Criteria of a ruleset: indicators with their requirements, gates, measures in alerts."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from grading.model.base import Basis, Cite, Confidence, Identifier, Level, Remedy, Strict, Text
from grading.model.condition import Condition
from grading.model.scale import LevelKey, split_levels

ALERTS = ("yellow", "orange", "red")
MeasureKind = Literal["self_decided", "output_cut", "line_stop", "stop", "transport", "other"]


class Requirement(Strict):
    """An indicator's requirement at one level, or at several joined by a comma."""

    require: Condition
    text: Text | None = None
    basis: Basis | None = None
    confidence: Confidence | None = None
    cite: Cite | None = None
    remedy: Remedy | None = None
    note: Text | None = None


class Indicator(Strict):
    """A row of the guideline's table."""

    id: Identifier
    dimension: Identifier
    title: Text
    applies_when: Condition | None = None
    levels: dict[LevelKey, Requirement] = Field(min_length=1)
    cite: Cite | None = None
    basis: Basis | None = None
    confidence: Confidence | None = None
    decided_by: Literal["record", "measurement", "judgement"] = "record"
    renamed_from: Identifier | None = None
    remedy: Remedy | None = None
    note: Text | None = None

    @property
    def requirements(self) -> dict[tuple[str, ...], Requirement]:
        """The requirements by the levels that each serves."""
        return {split_levels(key): requirement for key, requirement in self.levels.items()}

    def requirement(self, level: str) -> Requirement | None:
        """The requirement that the indicator states for `level` itself; None when it states none."""
        return next((r for levels, r in self.requirements.items() if level in levels), None)


class Cap(Strict):
    """Makes every level better than this one unreachable."""

    cap: Level


class Gate(Strict):
    """A fact about the plant that limits or forbids grading, whatever its indicators say."""

    id: Identifier
    title: Text | None = None
    when: Condition
    effect: Cap | Literal["ungraded"]
    text: Text
    cite: Cite | None = None
    basis: Basis | None = None
    confidence: Confidence | None = None
    remedy: Remedy | None = None
    note: Text | None = None


class ProvisionalPercent(Strict):
    """A best guess at a percentage."""

    provisional: Decimal


class Measure(Strict):
    """The measure of a unit of some level in some alert."""

    text: Text
    kind: MeasureKind
    percent: Decimal | Literal["unresolved"] | ProvisionalPercent | None = None
    cite: Cite | None = None
    basis: Basis | None = None
    confidence: Confidence | None = None
    note: Text | None = None


class Measures(Strict):
    """Measures by alert, then by level or levels joined by a comma."""

    yellow: dict[LevelKey, tuple[Measure, ...]] = Field(default_factory=dict)
    orange: dict[LevelKey, tuple[Measure, ...]] = Field(default_factory=dict)
    red: dict[LevelKey, tuple[Measure, ...]] = Field(default_factory=dict)

    def at(self, alert: str, level: str) -> tuple[Measure, ...]:
        """The measure of a unit of `level` in `alert`."""
        stated: dict[str, tuple[Measure, ...]] = getattr(self, alert)
        return next((m for key, m in stated.items() if level in split_levels(key)), ())
