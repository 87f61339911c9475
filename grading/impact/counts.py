"""Counts of what changes: matrices, counties, industries, and the criteria in the order of what they do."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from grading.columns.decision import decision_class
from grading.impact.compare import Changes
from grading.model.decision import UNDECIDED
from grading.model.impact import WAYS, CauseCount, CriterionKind, Impact, Matrix, Scales, Transition
from grading.model.result import UNGRADED
from grading.model.ruleset import Ruleset, Scale
from grading.ruleset_id import industry_of


@dataclass(frozen=True)
class Counted:
    """The counts of one comparison that an impact adds up."""

    transitions: tuple[Transition, ...]
    attainable: tuple[Transition, ...]
    causes: tuple[CauseCount, ...]
    attainable_causes: tuple[CauseCount, ...]
    newly_unknown: int
    newly_known: int


def count_changes(before: Ruleset, after: Ruleset, changes: Changes, counties: pl.Series) -> Counted:
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
    industry, names = industry_of(after.id), ("county", f"before{suffix}", f"after{suffix}", "way")
    if suffix:
        ways = {-1: "down", 1: "up", 0: None}
        way = pl.col("attainable_direction").replace_strict(ways, return_dtype=pl.String).alias("way")
        units = units.with_columns(way)
    else:
        classes = (decision_class(side, f"{side}_attainable").alias(side) for side in ("before", "after"))
        units = units.with_columns(classes)
    grouped = units.group_by(names).agg(pl.len()).sort(names)
    return tuple(
        Transition(county, industry, before.id, after.id, was, now, way, number)
        for county, was, now, way, number in grouped.iter_rows()
    )


def _causes(before: Ruleset, after: Ruleset, changes: Changes, about: str) -> Iterator[CauseCount]:
    deciding = changes.causes.filter(pl.col("decides") & (pl.col("about") == about))
    alone = pl.len().over("unit") == 1
    of_grade = about == "grade"
    way = changes.units["direction" if of_grade else "attainable_direction"].gather(deciding["unit"])
    open_ = changes.units["is_unknown"].gather(deciding["unit"]) & of_grade
    listed = deciding.with_columns(way.alias("direction"), open_.alias("open"), alone.alias("alone"))
    grouped = listed.group_by("kind", "before_id", "after_id", maintain_order=True).agg(
        ((pl.col("direction") > 0) & ~pl.col("open")).sum().alias("up"),
        ((pl.col("direction") < 0) & ~pl.col("open")).sum().alias("down"),
        pl.col("open").sum().alias("undecided"),
        pl.col("alone").sum().alias("sole"),
        (pl.col("status") == "unknown").sum().alias("unknown"),
        pl.col("waiver").is_not_null().sum().alias("waivers"),
    )
    for kind, before_id, after_id, *numbers in grouped.iter_rows():
        yield CauseCount(before.id, after.id, kind, before_id, after_id, *numbers)


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
        found = sums.setdefault(
            (c.before_ruleset, c.after_ruleset, c.kind, c.before_id, c.after_id), [0, 0, 0, 0, 0, 0]
        )
        for i, number in enumerate((c.up, c.down, c.undecided, c.sole, c.unknown, c.waivers)):
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
    rows, columns = (*pair.before.ids, UNGRADED, UNDECIDED), (*pair.after.ids, UNGRADED, UNDECIDED)
    counts = [[0] * len(columns) for _ in rows]
    ways = dict.fromkeys(WAYS, 0)
    for one in transitions:
        counts[rows.index(one.before)][columns.index(one.after)] += one.units
        if one.way is not None:
            ways[one.way] += one.units
    return Matrix(rows, columns, tuple(map(tuple, counts)), **ways)
