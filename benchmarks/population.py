"""Invented plants by the hundred thousand, as Parquet: `python -m benchmarks.population RULESET COUNT FOLDER`.

Numbers lie around the thresholds that the ruleset compares them with, about one value in thirty is unknown, and a unit has
four to fourteen rows in each of its tables. The same arguments make the same files.
"""

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl

from grading.language.load import Library
from grading.model.condition import Comparison, walk
from grading.model.ruleset import Fact, Ruleset

CHUNK = 100_000
KNOWN = 0.97
GOOD = 0.9
"""How often a yes-or-no fact is yes, a list complete, a choice the first one of its options."""
ROWS = (4, 15)
DAY = date(2024, 8, 12)


def thresholds(ruleset: Ruleset) -> dict[str, list[Decimal]]:
    """The numbers that each fact is compared with."""
    found: dict[str, list[Decimal]] = {}
    tops = [r.require for i in ruleset.indicators for r in i.levels.values()]
    tops += [i.applies_when for i in ruleset.indicators if i.applies_when is not None]
    for top in [*tops, *(gate.when for gate in ruleset.gates)]:
        for _, c in walk(top):
            if isinstance(c, Comparison) and isinstance(c.guess, Decimal):
                found.setdefault(c.fact, []).append(c.guess)
    return found


def write_population(ruleset: Ruleset, count: int, folder: Path, seed: int = 1, rows: tuple[int, int] = ROWS) -> Path:
    """Write `plants.parquet` and a file for each group beside it; returns the former. `rows`: of a unit, the last left out."""
    folder.mkdir(parents=True, exist_ok=True)
    around = thresholds(ruleset)
    parts: dict[str, list[Path]] = {}
    for number, first in enumerate(range(0, count, CHUNK)):
        size = min(CHUNK, count - first)
        rng = np.random.default_rng([seed, number])
        names = pl.select(pl.format("U{}", pl.int_range(first, first + size).cast(pl.String).str.zfill(8))).to_series()
        head = [
            names.alias("unit.id"),
            pl.select(pl.format("企业{}", pl.int_range(first, first + size))).to_series().alias("enterprise.name"),
            pl.Series("enterprise.county", rng.choice(["610402", "610403", "610404", "610425"], size)),
            pl.Series("assessed_on", [DAY], dtype=pl.Date).new_from_index(0, size),
        ]
        facts = [_values(f, around.get(f.id, []), size, rng) for f in ruleset.facts.values() if f.group is None]
        frames = {"": pl.DataFrame([*head, *facts])}
        for group in ruleset.groups:
            counts = rng.integers(*rows, size)
            total = int(counts.sum())
            units = names.gather(pl.Series(np.repeat(np.arange(size, dtype=np.uint32), counts)))
            inside = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
            keys = pl.select(pl.format("N{}", pl.Series(inside + 1))).to_series()
            own = [_values(f, around.get(f.id, []), total, rng) for f in ruleset.facts.values() if f.group == group]
            frames[group] = pl.DataFrame([units.alias("unit.id"), keys.alias(ruleset.groups[group].key), *own])
        for name, frame in frames.items():
            part = folder / f".{name or '_'}-{number}.parquet"
            frame.write_parquet(part)
            parts.setdefault(name, []).append(part)
    for name, listed in parts.items():
        whole = folder / (f"plants.{name}.parquet" if name else "plants.parquet")
        pl.scan_parquet(listed).sink_parquet(whole, row_group_size=CHUNK)
        for part in listed:
            part.unlink()
    return folder / "plants.parquet"


def _values(fact: Fact, around: list[Decimal], size: int, rng: np.random.Generator) -> pl.Series:
    known = rng.random(size) < KNOWN
    good = rng.random(size) < GOOD
    options = list(fact.options)
    if fact.type == "boolean":
        # What is bad to have is rarer than what is good to have; both are left to the gates to tell.
        values = pl.Series(
            good if not fact.id.endswith(("falsified", "overdue", "equipment", "year", "executed")) else ~good
        )
    elif fact.type == "choice":
        other = rng.integers(0, len(options), size)
        values = pl.Series(options).gather(pl.Series(np.where(good, 0, other) if fact.group is None else other))
    elif fact.type == "choices":
        chosen = (rng.random((size, len(options))) < 0.7) | good[:, None]
        lists = np.nonzero(chosen)
        frame = pl.DataFrame({"u": lists[0], "o": pl.Series(options).gather(pl.Series(lists[1]))})
        by_unit = frame.group_by("u", maintain_order=True).agg("o")
        values = pl.DataFrame({"u": np.arange(size)}).join(by_unit, on="u", how="left", maintain_order="left")["o"]
        values = values.to_frame().select(pl.col("o").fill_null(pl.lit([], dtype=pl.List(pl.String)))).to_series()
    elif fact.type == "date":
        values = pl.Series(np.datetime64(DAY) - rng.integers(0, 600, size).astype("timedelta64[D]")).cast(pl.Date)
    else:
        values = _numbers(fact, around, size, rng)
    return values.to_frame("v").select(pl.when(pl.Series(known)).then(pl.col("v")).alias(fact.id)).to_series()


def _numbers(fact: Fact, around: list[Decimal], size: int, rng: np.random.Generator) -> pl.Series:
    unit = 10**fact.decimals
    middle = np.array([float(a) for a in around] or [float(fact.max or 100)])
    values = np.rint(rng.choice(middle, size) * rng.choice([0.5, 0.8, 0.9, 1.0, 1.0, 1.1], size) * unit).astype(
        np.int64
    )
    low = int((fact.min if fact.min is not None else Decimal(-(10**8))) * unit)
    high = int((fact.max if fact.max is not None else Decimal(10**8)) * unit)
    scaled = pl.Series(np.clip(values, low, high)).cast(pl.Decimal(18, 0))
    return (
        scaled.to_frame("v").select((pl.col("v").cast(pl.Int128)).cast(pl.Decimal(18, 0))).to_series()
        if fact.decimals == 0
        else (pl.Series(np.clip(values, low, high) / unit).cast(pl.Decimal(18, fact.decimals)))
    )


if __name__ == "__main__":
    print(write_population(Library().ruleset(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
