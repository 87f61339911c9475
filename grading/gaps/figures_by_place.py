"""The figures of a ruleset by the place of the engine's conditions: how each is known, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from grading.language.decision_text import level_label
from grading.language.figures import Place, comparisons
from grading.language.prose import asks_nothing, sentence
from grading.model.base import Basis
from grading.model.condition import Comparison, ConditionBase, Not
from grading.model.figures import DecisiveFigure
from grading.model.ruleset import Ruleset, split_levels

Owner = tuple[str, str]
"""`indicators` or `gates`, and the id."""
KnownAs = Literal["estimated", "recalled", "established"]
ESTABLISHED = frozenset({"seen", "standard"})


@dataclass(frozen=True)
class FigurePlace:
    """A comparison that is a figure; `name` is its place as the engine's conditions are named."""

    name: str
    place: Place
    comparison: Comparison

    @property
    def owner(self) -> Owner:
        """The indicator or gate that states it."""
        return self.place.site.kind, self.place.site.id

    @property
    def basis(self) -> Basis:
        """The basis of the figure."""
        return self.place.basis or "recalled"

    @property
    def known_as(self) -> KnownAs:
        """The class in which it is counted; what is provisional is not established, whatever it was read in."""
        if self.basis == "estimated":
            return "estimated"
        return "established" if self.basis in ESTABLISHED and not self.comparison.is_provisional else "recalled"

    def described(self, ruleset: Ruleset) -> DecisiveFigure:
        """The figure in words."""
        kind, id_ = self.owner
        owners = ruleset.indicators if kind == "indicators" else ruleset.gates
        title = next(owner.title or owner.id for owner in owners if owner.id == id_)
        # Its basis is told beside the sentence, which need not say as well that the figure is provisional.
        c = self.comparison
        stated: ConditionBase = c if asks_nothing(ruleset, c) else c.model_copy(update={c.operator: c.guess})
        if self.place.inner[len(self.place.site.inner) :].count("not") % 2:
            stated = Not.model_validate({"not": stated})
        return DecisiveFigure(
            id_, self.name, self.basis, f"{title}{self._levels(ruleset)}：{sentence(ruleset, stated)}"
        )

    def _levels(self, ruleset: Ruleset) -> str:
        """The levels that ask for it, in brackets; empty for a gate and for what says where an indicator applies."""
        site = self.place.site
        if site.role != "requirement":
            return ""
        listed = "、".join(level_label(ruleset.scale, level) for level in split_levels(str(site.inner[1])))
        return f"（{listed}）"


def figures_of(ruleset: Ruleset) -> Mapping[str, FigurePlace]:
    """By its name, every comparison that is a figure.

    What only selects rows or plants is one where it says itself how it is known, or is provisional.
    """
    listed = (
        FigurePlace(place_name(place), place, c)
        for place, c in comparisons(ruleset)
        if place.basis is not None or c.is_provisional
    )
    return {figure.name: figure for figure in listed}


def place_name(place: Place) -> str:
    """A place as the engine's conditions are named: `nox.A.all[0]`, `nox.applies_when`, `gate.no_permit`."""
    site = place.site
    if site.kind == "gates":
        stem = f"gate.{site.id}"
    elif site.role == "applicability":
        stem = f"{site.id}.applies_when"
    else:
        stem = f"{site.id}.{str(site.inner[1]).replace(' ', '')}"
    steps = place.inner[len(site.inner) :]
    return stem + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
