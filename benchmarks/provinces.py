"""A province of all key industries in one batch: `python -m benchmarks.provinces [COUNT]`.

Invented units of every industry's first ruleset, as `benchmarks.population` makes them, in one file of units and one of each
group; a column names the ruleset. The batch runs in a process of its own, Parquet in and out, with its 200 checks by the engine.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
import polars.selectors as cs

from benchmarks.population import write_population
from grading.batch.run import Settings
from grading.batch.run_many import run_many
from grading.engine.grade import Engine
from grading.language.industries import industries
from grading.language.load import Library

COUNT = 1_000_000
EDITION = "national-2020"


def write_province(count: int, folder: Path) -> Path:
    """Write `plants.parquet` and the groups' files; returns the former."""
    library = Library()
    names = [f"{EDITION}/{industry.rulesets[0]}" for industry in industries(library).industries]
    tables: dict[str, list[pl.LazyFrame]] = {}
    for number, name in enumerate(names):
        own = count // len(names) + (number < count % len(names))
        part = folder / "parts" / str(number)
        write_population(library.ruleset(name), own, part, seed=number)
        for path in part.glob("plants*.parquet"):
            scan = pl.scan_parquet(path).with_columns(
                pl.format("{}-{}", pl.lit(f"I{number}"), "unit.id").alias("unit.id"),
                # The same question takes one answer in one industry, several in another.
                cs.list().list.join(";"),
            )
            named = [pl.lit(name).alias("ruleset")] if path.name == "plants.parquet" else []
            tables.setdefault(path.name, []).append(scan.with_columns(named))
    for name, scans in tables.items():
        pl.concat(scans, how="diagonal_relaxed").sink_parquet(folder / name, row_group_size=100_000)
    return folder / "plants.parquet"


def main(arguments: list[str]) -> None:
    """Write a province, grade it in another process, and print what that took."""
    if arguments[:1] == ["--batch"]:
        summary = run_many(
            Settings(Path(arguments[1]), "", Path(arguments[2]), formats=("parquet",)), Engine(), lambda *_: None
        )
        used = resource.getrusage(resource.RUSAGE_SELF)
        told = {
            "processor": used.ru_utime + used.ru_stime,
            "megabytes": used.ru_maxrss / 1024,
            "graded": summary.graded,
        }
        print(json.dumps(told | {"rulesets": len(summary.parts)}))
        return
    count = int(arguments[0]) if arguments else COUNT
    with tempfile.TemporaryDirectory() as name:
        file = write_province(count, Path(name))
        began = time.perf_counter()
        command = [sys.executable, "-m", "benchmarks.provinces", "--batch", str(file), str(Path(name) / "out")]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(
            f"{told['graded']:,} units of {told['rulesets']} rulesets: {time.perf_counter() - began:.1f} s by the clock, "
            f"{told['processor']:.1f} s of processor, {told['megabytes']:,.0f} MB"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
