"""Claims of each level of a ruleset, with their owners; of one unit, or in columns of very many."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Generic, Protocol, TypeVar

from grading.gaps.figures_by_place import Owner
from grading.model.ruleset import Cap, Gate, Indicator, Ruleset

C = TypeVar("C")
C_co = TypeVar("C_co", covariant=True)


class MakesClaims(Protocol[C_co]):
    """Makes claims of what indicators and gates ask; None where they ask nothing."""

    def indicator(self, indicator: Indicator, level: str) -> C_co | None:
        """The claim of an indicator at a level."""

    def gate(self, gate: Gate) -> C_co | None:
        """The claim that a gate does not apply."""


class LevelClaims(Generic[C]):
    """The claims of a ruleset's gates and levels."""

    def __init__(self, ruleset: Ruleset, claims: MakesClaims[C]) -> None:
        self.ruleset, self._claims = ruleset, claims

    @cached_property
    def gates(self) -> Mapping[Owner, C]:
        """The claims under which a unit is graded at all."""
        found = ((g, self._claims.gate(g)) for g in self.ruleset.gates if not isinstance(g.effect, Cap))
        return {("gates", gate.id): claim for gate, claim in found if claim is not None}

    @cached_property
    def levels(self) -> Mapping[str, Mapping[Owner, C]]:
        """The claims of each level, within the gates; best level first."""
        return {level: dict(self._level(level)) for level in self.ruleset.scale.graded}

    def _level(self, level: str) -> Iterator[tuple[Owner, C]]:
        for indicator in self.ruleset.indicators:
            claim = self._claims.indicator(indicator, level)
            if claim is not None:
                yield ("indicators", indicator.id), claim
        ids = self.ruleset.scale.ids
        for gate in self.ruleset.gates:
            if isinstance(gate.effect, Cap) and ids.index(level) < ids.index(gate.effect.cap):
                claim = self._claims.gate(gate)
                if claim is not None:
                    yield ("gates", gate.id), claim
