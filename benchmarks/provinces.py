"""A province of all key industries in one batch: `python -m benchmarks.provinces [COUNT] [--csv] [--rows LEAST-MOST]`.

Invented units of every industry's first ruleset, as `benchmarks.population` makes them, in one file of units and one of each
group; a column names the ruleset, and units of all industries stand mixed. The same arguments make the same files. The batch
runs in a process of its own, with its 200 checks by the engine, Parquet out. Told are the seconds by the clock, those of
processor of all its processes, units and rows a second of processor, and how evenly the processes shared the work.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
import polars.selectors as cs

from benchmarks.population import ROWS, write_population
from grading.batch.run import Settings
from grading.batch.run_many import run_many
from grading.engine.grade import Engine
from grading.language.industries import industries
from grading.language.load import Library

COUNT = 1_000_000
EDITION = "national-2020"
MIXED = 1_000
"""So many units of an industry stand together before the next industry's."""


def write_province(count: int, folder: Path, kind: str = "parquet", rows: tuple[int, int] = ROWS) -> Path:
    """Write the units' file and those of the groups; returns the former."""
    library = Library()
    names = [f"{EDITION}/{industry.rulesets[0]}" for industry in industries(library).industries]
    tables: dict[str, list[Path]] = {}
    for number, name in enumerate(names):
        own = count // len(names) + (number < count % len(names))
        part = folder / "parts" / str(number)
        write_population(library.ruleset(name), own, part, seed=number, rows=rows)
        for path in part.glob("plants*.parquet"):
            tables.setdefault(path.stem, []).append(_named(path, name, number))
    for table, parts in tables.items():
        _write_mixed(parts, folder / f"{table}.{kind}")
    return folder / f"plants.{kind}"


def _named(path: Path, ruleset: str, number: int) -> Path:
    """The table with ids that no other industry has, and the round in which each row is written."""
    scan = pl.scan_parquet(path)
    scan = scan.with_columns(
        (pl.col("unit.id").str.slice(1).cast(pl.UInt32) // MIXED).alias("round"),
        pl.format("{}-{}", pl.lit(f"I{number}"), "unit.id").alias("unit.id"),
        # The same question takes one answer in one industry, several in another.
        cs.list().list.join(";"),
    )
    if path.stem == "plants":
        scan = scan.with_columns(pl.lit(ruleset).alias("ruleset"))
    to = path.with_suffix(".named")
    scan.sink_parquet(to)
    return to


def _write_mixed(parts: list[Path], to: Path) -> None:
    """Write the rows of all parts round by round."""
    whole = pl.concat([pl.scan_parquet(part) for part in parts], how="diagonal_relaxed")
    rounds = 1 + whole.select(pl.col("round").max()).collect().item()
    if to.suffix == ".parquet":
        blocks = []
        for number in range(rounds):
            blocks.append(to.with_suffix(f".{number}"))
            whole.filter(pl.col("round") == number).drop("round").sink_parquet(blocks[-1])
        pl.scan_parquet(blocks, glob=False).sink_parquet(to, row_group_size=100_000)
        for block in blocks:
            block.unlink()
        return
    with to.open("wb") as file:
        for number in range(rounds):
            block = whole.filter(pl.col("round") == number).drop("round").collect()
            block.write_csv(file, include_header=number == 0)


def _batch(file: Path, out: Path) -> None:
    """The process that is measured."""
    summary = run_many(Settings(file, "", out, formats=("parquet",)), Engine(), lambda *_: None)
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    told = {
        "own": own.ru_utime + own.ru_stime,
        "others": others.ru_utime + others.ru_stime,
        "megabytes": max(own.ru_maxrss, others.ru_maxrss) / 1024,
        "graded": summary.graded,
        "refused": summary.refused,
        "rulesets": len(summary.parts),
    }
    print(json.dumps(told))


def main() -> None:
    """Write a province, grade it in another process, and print what that took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.provinces")
    parser.add_argument("count", nargs="?", type=int, default=COUNT)
    parser.add_argument("--csv", action="store_true", help="CSV in, not Parquet")
    parser.add_argument("--rows", default="1-3", help="rows of a unit in each of its tables")
    parser.add_argument("--batch", nargs=2, type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.batch:
        _batch(*given.batch)
        return
    least, most = map(int, given.rows.split("-"))
    with tempfile.TemporaryDirectory() as name:
        file = write_province(given.count, Path(name), "csv" if given.csv else "parquet", (least, most + 1))
        files = sorted(file.parent.glob(f"plants*{file.suffix}"))
        scan = pl.scan_csv if given.csv else pl.scan_parquet
        rows = sum(scan(path).select(pl.len()).collect().item() for path in files)
        size = sum(path.stat().st_size for path in files) / 1e6
        print(f"{given.count:,} units, {rows:,} rows in {len(files)} {file.suffix} files of {size:,.0f} MB", flush=True)
        began = time.perf_counter()
        command = [sys.executable, "-m", "benchmarks.provinces", "--batch", str(file), str(Path(name) / "out")]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        wall = time.perf_counter() - began
    used = told["own"] + told["others"]
    graded = told["graded"]
    print(f"{graded:,} units of {told['rulesets']} rulesets graded, {told['refused']:,} refused")
    print(f"{wall:.1f} s by the clock; {used:.1f} s of processor, {told['own']:.1f} of it in the first process")
    print(f"{graded / used:,.0f} units and {rows / used:,.0f} rows a second of processor")
    print(f"at most {told['megabytes']:,.0f} MB in one process; {os.cpu_count()} cores busy for {used / wall / 2:.0%}")


if __name__ == "__main__":
    main()
