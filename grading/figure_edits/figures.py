"""Every comparison of a ruleset as a figure: where it stands, whose it is, how it is known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from grading.language.figures import Role, Site, places, sites
from grading.language.prose import fact_label, sentence
from grading.language.source import Path_
from grading.model.base import Basis, Cite, Confidence
from grading.model.condition import Comparison
from grading.model.ruleset import Fact, Gate, Indicator, Ruleset, split_levels
from grading.proof.criteria import criteria, site_name

ESTABLISHED = ("seen", "standard")
"""The bases of figures that were read in a source or quoted from a standard."""


@dataclass(frozen=True)
class Figure:
    """A comparison at its place; `inner` leads to it from its site. Basis, confidence and citation are the innermost ones."""

    place: str
    site: Site
    inner: Path_
    comparison: Comparison
    role: Role
    basis: Basis
    confidence: Confidence
    cite: Cite
    note: str | None

    @property
    def owner(self) -> str:
        """The indicator's id; of a gate its id after `gate.`."""
        return f"gate.{self.site.id}" if self.site.kind == "gates" else self.site.id

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels that it is asked for; none of a gate and of what selects plants."""
        return split_levels(str(self.site.inner[1])) if self.site.role == "requirement" else ()

    @property
    def is_open(self) -> bool:
        """True when it does not count officially."""
        return self.comparison.is_unresolved or self.comparison.is_provisional


def figures(ruleset: Ruleset) -> tuple[Figure, ...]:
    """All figures, in the order of writing."""
    names = {(one.site.kind, one.site.id, one.inner): one.name for one in criteria(ruleset)}
    return tuple(_figures(ruleset, names))


def _figures(
    ruleset: Ruleset, names: Mapping[tuple[Literal["indicators", "gates"], str, Path_], str]
) -> Iterator[Figure]:
    for site in sites(ruleset):
        around = tuple(reversed(site.layers))
        for place in places(site):
            c = place.condition
            if not isinstance(c, Comparison):
                continue
            layers = (c, *reversed(place.above), *around)
            yield Figure(
                place=names[site.kind, site.id, place.inner],
                site=site,
                inner=place.inner[len(site.inner) :],
                comparison=c,
                role=place.role,
                basis=next((layer.basis for layer in layers if layer.basis), "recalled"),
                confidence=next((layer.confidence for layer in layers if layer.confidence), "low"),
                cite=next((layer.cite for layer in layers if layer.cite), Cite(document=ruleset.edition.document)),
                note=c.note,
            )


def place_of_site(site: Site) -> str:
    """The place of a whole requirement, as its text has it."""
    return site_name(site)


def owner_of(place: str) -> str:
    """The owner of a figure by its place."""
    head, _, rest = place.partition(".")
    return f"{head}.{rest.partition('.')[0]}" if head == "gate" else head


def owners(ruleset: Ruleset) -> dict[str, Indicator | Gate]:
    """Indicators by id, gates by their id after `gate.`."""
    return {one.id: one for one in ruleset.indicators} | {f"gate.{one.id}": one for one in ruleset.gates}


def fact_of(ruleset: Ruleset, fact_id: str) -> Fact:
    """The fact that a figure is compared with; a computed one and the day of the audit as facts."""
    known = ruleset.facts.get(fact_id)
    if known is not None:
        return known
    label = fact_label(ruleset, fact_id)
    computed = ruleset.computed.get(fact_id)
    if computed is None:
        return Fact(id=fact_id, label=label, type="date")
    return Fact(id=fact_id, label=label, type="number", unit=computed.unit, decimals=6)


def figure_text(ruleset: Ruleset, figure: Figure) -> str:
    """A figure's sentence without the words that its condition has instead."""
    return sentence(ruleset, figure.comparison.model_copy(update={"text": None}))
