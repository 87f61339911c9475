"""Counts of what changes: matrices, counties, industries, and the criteria in the order of what they do."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from grading.impact.compare import Changes, standings
from grading.model.impact import CauseCount, CriterionKind, Impact, Matrix, Scales, Transition
from grading.model.result import UNGRADED
from grading.model.ruleset import Ruleset, Scale


@dataclass(frozen=True)
class Counted:
    """What one comparison adds to an impact."""

    transitions: tuple[Transition, ...]
    attainable: tuple[Transition, ...]
    causes: tuple[CauseCount, ...]
    attainable_causes: tuple[CauseCount, ...]
    newly_unknown: int
    newly_known: int


def count(before: Ruleset, after: Ruleset, changes: Changes, counties: pl.Series) -> Counted:
    """Count the changes of units that one ruleset graded before and one after; `counties` (text) in the order of the units."""
    units = changes.units.with_columns(counties.alias("county"))
    return Counted(
        _transitions(before, after, units, ""),
        _transitions(before, after, units, "_attainable"),
        tuple(_causes(before, after, changes, "grade")),
        tuple(_causes(before, after, changes, "attainable")),
        newly_unknown=int((~units["was_unknown"] & units["is_unknown"]).sum()),
        newly_known=int((units["was_unknown"] & ~units["is_unknown"]).sum()),
    )


def _transitions(before: Ruleset, after: Ruleset, units: pl.DataFrame, suffix: str) -> tuple[Transition, ...]:
    industry, names = after.id.partition("/")[2], ("county", f"before{suffix}", f"after{suffix}")
    grouped = units.group_by(names).agg(pl.len()).sort(names)
    return tuple(
        Transition(county, industry, before.id, after.id, was, now, number)
        for county, was, now, number in grouped.iter_rows()
    )


def _causes(before: Ruleset, after: Ruleset, changes: Changes, about: str) -> Iterator[CauseCount]:
    deciding = changes.causes.filter(pl.col("decides") & (pl.col("about") == about))
    alone = pl.len().over("unit") == 1
    way = changes.units["direction" if about == "grade" else "attainable_direction"].gather(deciding["unit"])
    listed = deciding.with_columns(way.alias("direction"), alone.alias("alone"))
    grouped = listed.group_by("kind", "before_id", "after_id", maintain_order=True).agg(
        (pl.col("direction") > 0).sum().alias("up"),
        (pl.col("direction") < 0).sum().alias("down"),
        pl.col("alone").sum().alias("sole"),
        (pl.col("status") == "unknown").sum().alias("unknown"),
    )
    for kind, before_id, after_id, up, down, sole, unknown in grouped.iter_rows():
        yield CauseCount(before.id, after.id, kind, before_id, after_id, up, down, sole, unknown)


def impact(counted: Iterable[Counted], scales: Mapping[str, Scale]) -> Impact:
    """The impact of everything that was counted; `scales` by ruleset id."""
    listed = list(counted)
    transitions = [t for one in listed for t in one.transitions]

    def by(key: Callable[[Transition], str | None]) -> dict[str | None, tuple[Matrix, ...]]:
        parts: dict[str | None, list[Transition]] = defaultdict(list)
        for one in transitions:
            parts[key(one)].append(one)
        return {name: matrices(parts[name], scales) for name in sorted(parts, key=lambda n: (n is None, n or ""))}

    return Impact(
        matrices=matrices(transitions, scales),
        by_county=by(lambda t: t.county),
        by_industry={str(name): found for name, found in by(lambda t: t.industry).items()},
        attainable=matrices([t for one in listed for t in one.attainable], scales),
        newly_unknown=sum(one.newly_unknown for one in listed),
        newly_known=sum(one.newly_known for one in listed),
        causes=ranked(cause for one in listed for cause in one.causes),
        attainable_causes=ranked(cause for one in listed for cause in one.attainable_causes),
    )


def ranked(causes: Iterable[CauseCount]) -> tuple[CauseCount, ...]:
    """Causes of the same criterion together, those that change most units first."""
    sums: dict[tuple[str, str, CriterionKind, str | None, str | None], list[int]] = {}
    for c in causes:
        found = sums.setdefault((c.before_ruleset, c.after_ruleset, c.kind, c.before_id, c.after_id), [0, 0, 0, 0])
        for i, number in enumerate((c.up, c.down, c.sole, c.unknown)):
            found[i] += number
    listed = [CauseCount(*key, *numbers) for key, numbers in sums.items()]
    return tuple(sorted(listed, key=lambda c: (-c.units, -c.sole, c.after_ruleset, c.after_id or c.before_id or "")))


def matrices(transitions: Iterable[Transition], scales: Mapping[str, Scale]) -> tuple[Matrix, ...]:
    """A matrix for each pair of scales that meets, the one with most units first."""
    parts: dict[tuple[str, ...], tuple[Scales, list[Transition]]] = {}
    for one in transitions:
        pair = Scales(scales[one.before_ruleset], scales[one.after_ruleset])
        parts.setdefault((*pair.before.ids, ">", *pair.after.ids), (pair, []))[1].append(one)
    return tuple(sorted((matrix(listed, pair) for pair, listed in parts.values()), key=lambda m: -m.total))


def matrix(transitions: Iterable[Transition], pair: Scales) -> Matrix:
    """The matrix of transitions between two scales."""
    rows, columns = (*pair.before.ids, UNGRADED), (*pair.after.ids, UNGRADED)
    was, now = standings(pair.before), standings(pair.after)
    counts = [[0] * len(columns) for _ in rows]
    up = down = 0
    for one in transitions:
        counts[rows.index(one.before)][columns.index(one.after)] += one.units
        up += one.units if now[one.after] < was[one.before] else 0
        down += one.units if now[one.after] > was[one.before] else 0
    return Matrix(rows, columns, tuple(map(tuple, counts)), up, down)
