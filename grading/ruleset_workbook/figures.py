"""The figures of a condition as the workbook shows them: each comparison, with what is stated of it below its owner."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grading.gaps.figures_by_place import place_name
from grading.language.check.facts import RESERVED
from grading.language.figures import Place, Role, Site, places
from grading.language.prose import ASSESSED_ON, fact_label, glue, sentence
from grading.model.base import Basis, Cite, Confidence
from grading.model.condition import AnyOf, AtLeastOf, Comparison, Each, Not, Some, Value
from grading.model.ruleset import Computed, Fact, Ruleset
from grading.ruleset_workbook.kinds import FigureKind, unit_words
from grading.ruleset_workbook.words import ESTABLISHED_STATE, PROVISIONAL_STATE, UNRESOLVED_STATE


@dataclass(frozen=True)
class Figure:
    """A comparison of a condition: what it asks, and what is stated of it below its indicator or gate."""

    fact: str
    operator: str
    value: Value | None
    state: str
    basis: Basis | None
    confidence: Confidence | None
    cite: Cite | None
    note: str | None
    item: str
    name: str
    """Its place as the engine's conditions are named."""
    role: Role
    path: tuple[str | int, ...]
    """Its place inside the ruleset's entry."""

    @property
    def is_open(self) -> bool:
        """True when it is not known, or only guessed."""
        return self.state != ESTABLISHED_STATE


def figures_at(ruleset: Ruleset, site: Site) -> tuple[Figure, ...]:
    """The figures of a site, in the order of writing."""
    return tuple(_figure(ruleset, place, c) for place, c in _comparisons(site))


def figure_kind(facts: Mapping[str, Fact], computed: Mapping[str, Computed], fact_id: str, operator: str) -> FigureKind:
    """The fact by which a figure is shown and read; a computed fact is a number in its unit."""
    if fact_id in facts:
        return FigureKind(facts[fact_id], operator)
    known = computed.get(fact_id)
    if known is None and fact_id == RESERVED:
        return FigureKind(Fact(id=fact_id, label=ASSESSED_ON, type="date"), operator)
    unit, label = (known.unit, known.label or fact_id) if known is not None else (None, fact_id)
    return FigureKind(Fact(id="computed", label=label, type="number", unit=unit, decimals=6), operator)


def _comparisons(site: Site) -> Iterator[tuple[Place, Comparison]]:
    for place in places(site):
        if isinstance(place.condition, Comparison):
            yield place, place.condition


def _figure(ruleset: Ruleset, place: Place, c: Comparison) -> Figure:
    own: tuple[Any, ...] = (c, *reversed(place.above))
    if place.role == "requirement":
        own = (*own, place.site.layers[-1])
    state = UNRESOLVED_STATE if c.is_unresolved else PROVISIONAL_STATE if c.is_provisional else ESTABLISHED_STATE
    return Figure(
        fact=c.fact,
        operator=c.operator,
        value=c.guess,
        state=state,
        basis=next((layer.basis for layer in own if layer.basis), None),
        confidence=next((layer.confidence for layer in own if layer.confidence), None),
        cite=next((layer.cite for layer in own if layer.cite), None),
        note=next((layer.note for layer in own if layer.note), None),
        item=_item(ruleset, place, c),
        name=place_name(place),
        role=place.role,
        path=place.inner,
    )


def _item(ruleset: Ruleset, place: Place, c: Comparison) -> str:
    """A compared fact, with the traits of the condition around it."""
    before: list[str] = []
    if place.role == "selection":
        before.append("范围：")
    for above in place.above:
        if isinstance(above, Each | Some):
            if above.where is not None:
                before.append(f"〔{sentence(ruleset, above.where)}〕")
        elif isinstance(above, Not):
            before.append("非：")
        elif isinstance(above, AnyOf) and len(above.any) > 1:
            before.append("任一：")
        elif isinstance(above, AtLeastOf):
            before.append(f"其中 {above.at_least_of} 项：")
    label = fact_label(ruleset, c.fact)
    declared = ruleset.facts.get(c.fact) or ruleset.computed.get(c.fact)
    window = "".join(f"{day.isoformat()} {word}" for day, word in ((c.from_, "起"), (c.until, "止")) if day is not None)
    unit = unit_words(declared.unit if declared is not None else None)
    return glue((*before, label)) + unit + (f"（{window}）" if window else "")
