"""The figures of a ruleset that a unit's grade rests on, counted by how they are known."""

from dataclasses import dataclass
from typing import Any

from grading.model.base import Basis


@dataclass(frozen=True)
class DecisiveFigure:
    """A provisional figure with whose other outcome the unit's grade would be another.

    `indicator` is the indicator or gate that states it, `condition` its place there.
    """

    indicator: str
    condition: str
    basis: Basis
    text: str

    def as_json(self) -> dict[str, Any]:
        """The figure as a JSON object."""
        return {"indicator": self.indicator, "condition": self.condition, "basis": self.basis, "text": self.text}


@dataclass(frozen=True)
class GroundFigures:
    """The numbers of figures that a grade rests on, by how they are known, and the decisive ones among the provisional.

    `established` are read in a source or quoted from a standard, and count officially; `recalled` is every other that is not
    estimated.
    """

    estimated: int
    recalled: int
    established: int
    decisive: tuple[DecisiveFigure, ...]

    @property
    def total(self) -> int:
        """The number of all figures."""
        return self.estimated + self.recalled + self.established

    def as_json(self) -> dict[str, Any]:
        """The counts and the decisive figures as a JSON object."""
        return {
            "estimated": self.estimated,
            "recalled": self.recalled,
            "established": self.established,
            "decisive": [figure.as_json() for figure in self.decisive],
        }
