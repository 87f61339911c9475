"""Every condition of a ruleset with where it stands and how it is known."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from grading.language.source import Path_
from grading.model.base import Basis, Cite, Confidence, Remedy
from grading.model.condition import Comparison, ConditionBase, Each, Some, parts
from grading.model.ruleset import Ruleset

Role = Literal["requirement", "selection", "applicability", "gate"]
_STEP = re.compile(r"^(\w+)(?:\[(\d+)\])?$")


class Layer(Protocol):
    """A layer that can state the source of a figure: an indicator, a requirement, a gate, a condition."""

    @property
    def basis(self) -> Basis | None: ...

    @property
    def confidence(self) -> Confidence | None: ...

    @property
    def cite(self) -> Cite | None: ...

    @property
    def note(self) -> str | None: ...

    @property
    def remedy(self) -> Remedy | None: ...


@dataclass(frozen=True)
class Site:
    """The place of a whole condition in a ruleset: a level's `require`, an `applies_when`, a gate's `when`.

    `layers` are the statements around it, outermost first.
    """

    kind: Literal["indicators", "gates"]
    id: str
    inner: Path_
    condition: ConditionBase
    role: Role
    layers: tuple[Layer, ...]


@dataclass(frozen=True)
class Place:
    """A condition inside a site.

    `row` is the group of the `each` or `some` around it; `above` are the conditions around it, outermost
    first.
    Inside a `where` the role is `selection`.
    """

    site: Site
    inner: Path_
    condition: ConditionBase
    row: str | None
    role: Role
    above: tuple[ConditionBase, ...]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers that may state the source of the figure, innermost first.

        What selects rows or plants is no figure of the level: there only what it says itself counts.
        """
        inside = (self.condition, *reversed(self.above))
        return inside if self.role in ("selection", "applicability") else (*inside, *reversed(self.site.layers))

    @property
    def confidence(self) -> Confidence | None:
        """The innermost statement of confidence."""
        return next((layer.confidence for layer in self.layers if layer.confidence), None)

    @property
    def basis(self) -> Basis | None:
        """The innermost statement of basis."""
        return next((layer.basis for layer in self.layers if layer.basis), None)

    @property
    def remedy(self) -> Remedy | None:
        """The innermost statement of a remedy."""
        return next((layer.remedy for layer in self.layers if layer.remedy), None)


def sites(ruleset: Ruleset) -> Iterator[Site]:
    """All conditions that a ruleset states, indicator by indicator, then the gates."""
    for indicator in ruleset.indicators:
        if indicator.applies_when is not None:
            inner: Path_ = ("applies_when",)
            yield Site("indicators", indicator.id, inner, indicator.applies_when, "applicability", (indicator,))
        for key, requirement in indicator.levels.items():
            inner = ("levels", key, "require")
            layers = (indicator, requirement)
            yield Site("indicators", indicator.id, inner, requirement.require, "requirement", layers)
    for gate in ruleset.gates:
        yield Site("gates", gate.id, ("when",), gate.when, "gate", (gate,))


def places(site: Site) -> Iterator[Place]:
    """The condition of a site and everything below it, in the order of writing."""

    def below(here: Place) -> Iterator[Place]:
        yield here
        c = here.condition
        row = c.each if isinstance(c, Each) else c.some if isinstance(c, Some) else here.row
        for step, part in parts(c):
            role: Role = "selection" if step == "where" else here.role
            above = () if step == "where" else (*here.above, c)
            yield from below(Place(site, (*here.inner, *_steps(step)), part, row, role, above))

    yield from below(Place(site, site.inner, site.condition, None, site.role, ()))


def comparisons(ruleset: Ruleset) -> Iterator[tuple[Place, Comparison]]:
    """Every comparison of the ruleset with its place."""
    for site in sites(ruleset):
        for place in places(site):
            if isinstance(place.condition, Comparison):
                yield place, place.condition


def _steps(step: str) -> Path_:
    match = _STEP.match(step)
    if match is None:
        return (step,)
    name, index = match.groups()
    return (name,) if index is None else (name, int(index))
