"""Rulesets: as their files state them, and with parent and parts merged in."""

from decimal import Decimal
from functools import cached_property
from typing import Annotated

from pydantic import Field, StringConstraints

from grading.model.base import Cite, Identifier, Provenance, RulesetId, Strict, Text
from grading.model.condition import ConditionBase, comparisons
from grading.model.criteria import (
    ALERTS,
    Cap,
    Gate,
    Indicator,
    Measure,
    MeasureKind,
    Measures,
    ProvisionalPercent,
    Requirement,
)
from grading.model.edition import Edition, EditionStanding, Industry, Review
from grading.model.fact import (
    MONTHS,
    NO,
    OPERATIONS,
    YES,
    ChangedBy,
    Computed,
    EvidenceValid,
    Excuse,
    Fact,
    FactType,
    Group,
    LeastRows,
    Operand,
    OxygenCorrection,
)
from grading.model.scale import Dimension, Frame, LevelKey, Scale, ScaleLevel, Scope, split_levels

__all__ = [
    "ALERTS",
    "MONTHS",
    "NO",
    "OPERATIONS",
    "YES",
    "Cap",
    "ChangedBy",
    "Computed",
    "Content",
    "Dimension",
    "Edition",
    "EditionStanding",
    "EvidenceValid",
    "Excuse",
    "Fact",
    "FactType",
    "Frame",
    "Gate",
    "Group",
    "Indicator",
    "Industry",
    "LeastRows",
    "LevelKey",
    "Measure",
    "MeasureKind",
    "Measures",
    "Operand",
    "OxygenCorrection",
    "Part",
    "PartId",
    "ProvisionalPercent",
    "Requirement",
    "Review",
    "Ruleset",
    "RulesetFile",
    "Scale",
    "ScaleLevel",
    "Scope",
    "split_levels",
]

PartId = Annotated[str, StringConstraints(pattern=r"^common/[a-z0-9_]+$")]


class Content(Strict):
    """The common content of parts and rulesets."""

    groups: dict[Identifier, Group] = Field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    computed: tuple[Computed, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    gates: tuple[Gate, ...] = ()
    measures: Measures = Measures()


class Part(Content):
    """`rulesets/common/<name>.yaml`."""

    id: PartId | None = None
    title: Text | None = None
    notes: tuple[Text, ...] = ()


class RulesetFile(Content):
    """`rulesets/<edition>/<industry>.yaml` as written."""

    id: RulesetId
    title: Text | None = None
    scale: Identifier | None = None
    edition: Edition
    jurisdiction: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    industry: Industry | None = None
    review: Review
    include: tuple[PartId, ...] = ()
    extends: RulesetId | None = None
    notes: tuple[Text, ...] = ()


class Ruleset(Strict):
    """A ruleset with its parent and its parts merged in: what is checked, digested and run."""

    id: RulesetId
    title: Text
    scale_id: Identifier
    scale: Scale
    dimensions: dict[Identifier, Dimension]
    scopes: dict[Identifier, Scope]
    edition: Edition
    jurisdiction: str
    industry: Industry
    review: Review
    lineage: tuple[str, ...]
    groups: dict[Identifier, Group]
    facts: dict[Identifier, Fact]
    computed: dict[Identifier, Computed]
    indicators: tuple[Indicator, ...]
    gates: tuple[Gate, ...]
    measures: Measures
    notes: tuple[Text, ...]

    @cached_property
    def compared_with(self) -> dict[str, frozenset[Decimal]]:
        """The numbers that conditions compare each fact with, established or not."""
        stated = [i.applies_when for i in self.indicators if i.applies_when is not None]
        stated += [requirement.require for i in self.indicators for requirement in i.levels.values()]
        stated += [gate.when for gate in self.gates]
        found: dict[str, set[Decimal]] = {}
        for comparison in (c for condition in stated for c in comparisons(condition)):
            guess = comparison.guess
            operands = guess if isinstance(guess, tuple) else (guess,)
            found.setdefault(comparison.fact, set()).update(
                number for number in operands if isinstance(number, Decimal)
            )
        return {fact: frozenset(numbers) for fact, numbers in found.items()}

    def provenance(
        self, indicator: Indicator | Gate, requirement: Requirement | None, *inner: ConditionBase
    ) -> Provenance:
        """The provenance of a figure; `inner` are the conditions from the outermost to the figure's own."""
        layers = [*reversed(inner), requirement, indicator]
        basis = next((layer.basis for layer in layers if layer is not None and layer.basis), "recalled")
        confidence = next((layer.confidence for layer in layers if layer is not None and layer.confidence), "low")
        cite = next((layer.cite for layer in layers if layer is not None and layer.cite), None)
        return Provenance(basis=basis, confidence=confidence, cite=cite or Cite(document=self.edition.document))
