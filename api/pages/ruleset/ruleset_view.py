"""Criteria in prose, their levels side by side, with what is known about each figure."""

from dataclasses import dataclass

from grading.language.decision_text import effect_text
from grading.language.nested import asked_at
from grading.language.prose import NOT_ASKED, inherited, requirement_text, sentence
from grading.model.base import Provenance
from grading.model.condition import Comparison, walk
from grading.model.ruleset import Gate, Indicator, Requirement, Ruleset


@dataclass(frozen=True)
class Asked:
    """An indicator's requirement at one level; `decided` is the condition that is checked, where the words differ."""

    level: str
    text: str
    decided: str | None
    provenance: Provenance | None
    doubt: str | None
    requirement: Requirement | None
    same: str | None = None
    """The worse level whose requirement stands here, where the level has none of its own."""


@dataclass(frozen=True)
class IndicatorView:
    """An indicator with its levels."""

    indicator: Indicator
    dimension: str
    applies_when: str | None
    levels: tuple[Asked, ...]


@dataclass(frozen=True)
class GateView:
    """A gate, its condition and its effect in words."""

    gate: Gate
    decided: str
    effect: str
    provenance: Provenance


@dataclass(frozen=True)
class OpenFigure:
    """A figure that the guideline leaves open, or that is a best guess."""

    indicator: Indicator
    level: str
    text: str
    provisional: bool


def indicator_views(ruleset: Ruleset) -> dict[str, list[IndicatorView]]:
    """The indicators by the label of their dimension, in the guideline's order."""
    found: dict[str, list[IndicatorView]] = {}
    for indicator in ruleset.indicators:
        label = ruleset.dimensions[indicator.dimension].label
        applies = sentence(ruleset, indicator.applies_when) if indicator.applies_when is not None else None
        levels = tuple(_level_requirement(ruleset, indicator, level) for level in ruleset.scale.graded)
        found.setdefault(label, []).append(IndicatorView(indicator, label, applies, levels))
    return found


def gate_views(ruleset: Ruleset) -> list[GateView]:
    """The gates."""
    return [
        GateView(
            gate,
            sentence(ruleset, gate.when),
            effect_text(ruleset, gate),
            ruleset.provenance(gate, None, gate.when),
        )
        for gate in ruleset.gates
    ]


def open_figures(ruleset: Ruleset) -> list[OpenFigure]:
    """Every figure that is not established, once for each requirement that has it."""
    labels = {level.id: level.label for level in ruleset.scale.levels}
    found = []
    for indicator in ruleset.indicators:
        for levels, requirement in indicator.requirements.items():
            for _, c in walk(requirement.require):
                if isinstance(c, Comparison) and (c.is_unresolved or c.is_provisional):
                    levels_text = "、".join(labels.get(level, level) for level in levels)
                    found.append(OpenFigure(indicator, levels_text, sentence(ruleset, c), c.is_provisional))
    return found


def _level_requirement(ruleset: Ruleset, indicator: Indicator, level: str) -> Asked:
    statement = asked_at(ruleset.scale.graded, indicator, level)
    if statement is None:
        return Asked(level, NOT_ASKED, None, None, None, None)
    requirement = statement.requirement
    wording = requirement_text(ruleset, indicator, level)
    decided = sentence(ruleset, requirement.require)
    compared = [c for _, c in walk(requirement.require) if isinstance(c, Comparison)]
    doubt = "含待核实数值" if any(c.is_unresolved for c in compared) else None
    if doubt is None and any(c.is_provisional for c in compared):
        doubt = "含暂定数值，仅供试算"
    provenance = ruleset.provenance(indicator, requirement, requirement.require)
    same = inherited(ruleset, indicator).get(level)
    return Asked(level, wording, decided if decided != wording else None, provenance, doubt, requirement, same)
