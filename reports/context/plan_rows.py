"""The rows of a plan's tables, as the report prints them."""

from dataclasses import dataclass

from reports.charts.timeline import Chart


@dataclass(frozen=True)
class WayRow:
    """One of several ways: what it asks, in words, and what it takes."""

    texts: tuple[str, ...]
    ids: tuple[str, ...]
    cost: str
    weeks: str
    possible: bool
    cheapest: bool
    is_priced: bool
    counted: str


@dataclass(frozen=True)
class AlternativeRow:
    """A requirement that can be satisfied in several ways."""

    title: str
    level: str
    row: str | None
    needed: int
    ways: tuple[WayRow, ...]


@dataclass(frozen=True)
class ChangeRow:
    """One value to change, to bring evidence for, or to wait for."""

    is_supply: bool
    is_wait: bool
    label: str
    place: str
    before: str
    after: str
    remedies: tuple[str, ...]
    ids: tuple[str, ...]


@dataclass(frozen=True)
class SetRow:
    """A set of changes with its cost, its time and the outcome of grading the changed audit."""

    changes: tuple[ChangeRow, ...]
    work: str
    """The amount of work: `整改 2 项，等待 1 项，补证 3 项`, without what there is none of."""
    cost: str
    more: str
    """The cost beyond the cheapest set, as a clause; empty where that is nothing or not known."""
    counted: str
    """What of the cost is the price of one piece; empty where nothing is."""
    weeks: str
    grade: str
    enough: bool
    optimal: bool
    settled: tuple[tuple[str, tuple[str, ...]], ...]
    """What is not satisfied on values that no change touches, closed all the same: by title, the ids."""


@dataclass(frozen=True)
class BlockerRow:
    """A row of what no change at the plant can settle."""

    title: str
    text: str


@dataclass(frozen=True)
class BlockerGroup:
    """The rows that can't be settled for the same reason."""

    reason: str
    rows: tuple[BlockerRow, ...]
    is_figures: bool


@dataclass(frozen=True)
class StepRow:
    """From one level to the next; `smallest` and `quickest` are None where they are the cheapest set too."""

    name: str
    level_from: str
    level_to: str
    cheapest: SetRow
    smallest: SetRow | None
    quickest: SetRow | None
    blockers: tuple[BlockerGroup, ...]
    blocked: int


@dataclass(frozen=True)
class RemedyRow:
    """Work to be done, once, with its range of time and cost; `if_needed`: only where a missing value turns out badly."""

    text: str
    step: str
    weeks: str
    cost: str
    evidence: tuple[str, ...]
    if_needed: bool


@dataclass(frozen=True)
class Plan:
    """The way to the target level."""

    alternatives: tuple[AlternativeRow, ...]
    steps: tuple[StepRow, ...]
    remedies: tuple[RemedyRow, ...]
    charts: tuple[tuple[Chart, ...], ...]
    cost: str
    sure: str
    """The part of the cost that is certain to arise, as a clause; empty where that is all of it."""
    weeks: str
    unpriced: int
    counted: str
    reaches: bool
