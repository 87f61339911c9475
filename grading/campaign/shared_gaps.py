"""Gaps that several plants of an industry share, and plants by how little it takes to lift them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from grading.campaign.candidates import Candidate
from grading.campaign.ways import PlantGap

Order = Literal["cost", "weeks", "changes"]


@dataclass(frozen=True)
class SharedGap:
    """Something that plants of an industry lack alike; every list is of permits, sorted.

    `of` are the plants of the industry below the level of which a published audit says what stands in the way.
    """

    industry: str
    industry_title: str
    fact: str
    label: str
    required: str
    """The requirement on the first of them; another edition may ask for something else."""
    of: int
    unmet: tuple[str, ...]
    unknown: tuple[str, ...]
    unresolved: tuple[str, ...]
    """Those of which only the guideline's figure keeps it open."""

    @property
    def key(self) -> str:
        """The key of the gap in an address."""
        return f"{self.industry}.{self.fact}"

    @property
    def plants(self) -> tuple[str, ...]:
        """Those that lack it, or the proof of it."""
        return tuple(sorted((*self.unmet, *self.unknown)))


def shared_gaps(found: Iterable[Candidate]) -> tuple[SharedGap, ...]:
    """All open gaps of plants below a campaign's level by industry; those of the most plants first.

    A plant counts once for a gap, as the worst of its units and rows has it: not fulfilled before not shown.
    """
    gaps: dict[tuple[str, str], dict[str, list[PlantGap]]] = defaultdict(lambda: defaultdict(list))
    graded: dict[str, set[str]] = defaultdict(set)
    titles: dict[str, str] = {}
    for candidate in found:
        if candidate.ways is None:
            continue
        titles |= candidate.ways.industries
        for industry in candidate.ways.industries:
            graded[industry].add(candidate.permit)
        for gap in candidate.ways.gaps:
            gaps[gap.industry, gap.fact][candidate.permit].append(gap)
    made = [
        _shared(industry, titles[industry], fact, by_plant, len(graded[industry]))
        for (industry, fact), by_plant in gaps.items()
    ]
    return tuple(sorted(made, key=lambda gap: (-len(gap.plants), gap.industry, gap.fact)))


def _shared(industry: str, title: str, fact: str, by_plant: dict[str, list[PlantGap]], of: int) -> SharedGap:
    states: dict[str, list[str]] = {"unmet": [], "unknown": [], "unresolved": []}
    for permit in sorted(by_plant):
        there = {gap.status for gap in by_plant[permit]}
        states[next(status for status in states if status in there)].append(permit)
    first = by_plant[min(by_plant)][0]
    return SharedGap(
        industry=industry,
        industry_title=title,
        fact=fact,
        label=first.fact_label,
        required=first.required,
        of=of,
        unmet=tuple(states["unmet"]),
        unknown=tuple(states["unknown"]),
        unresolved=tuple(states["unresolved"]),
    )


def by_effort(found: Iterable[Candidate], first: Order = "cost") -> tuple[Candidate, ...]:
    """The plants that take the least first: proven ways, then provisional ones, then plants without a way."""
    return tuple(sorted(found, key=lambda candidate: _rank(candidate, first)))


def _rank(candidate: Candidate, first: Order) -> tuple[Any, ...]:
    option = candidate.best
    if option is None:
        return (2, len(candidate.ways.gaps) if candidate.ways is not None else 10_000, candidate.permit)
    way = option.way
    key: tuple[Any, ...] = option.effort
    if first == "weeks":
        key = (way is not None and way.untimed > 0, Decimal(0) if way is None else way.weeks[1], *key)
    elif first == "changes":
        key = (0 if way is None else way.changes + way.evidence, *key)
    return (int(candidate.is_provisional), key, candidate.permit)
