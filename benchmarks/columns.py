"""What a batch costs at 10,000, 100,000 and 1,000,000 audits: `python -m benchmarks.columns [RULESET] [COUNT…]`.

Three things are measured in one run: the whole batch from Parquet to Parquet in one process, with its peak memory; the
grading alone, beside the same ruleset in plain numpy over the same columns; and, on samples that are scaled up, the engine and
zen-engine, which take one audit at a time.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from benchmarks import numpy_ruleset
from benchmarks.engine import audit_of, context_of
from benchmarks.population import DAY, write_population
from benchmarks.zen_ruleset import zen_decision
from grading.batch.run import Settings, run_batch
from grading.batch.tables import TableSource
from grading.columns.grade import ColumnGrader
from grading.engine.grade import Engine
from grading.model.base import Mode
from grading.model.ruleset import Ruleset
from grading.plan.build import build_plan

RULESET = "national-2024/coking"
COUNTS = (10_000, 100_000, 1_000_000)
SAMPLE, ROUNDS = 40, 5


def whole_batch(file: Path, ruleset: str, out: Path) -> tuple[float, float, float]:
    """Seconds, processor seconds and peak memory (MB) of a batch in a process of its own.

    Its start and its 200 checks by the engine are included.
    """
    command = [sys.executable, "-m", "benchmarks.columns", "--batch", str(file), ruleset, str(out)]
    began = time.perf_counter()
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    used = json.loads(said)
    return time.perf_counter() - began, used["processor"], used["megabytes"]


def run_alone(file: Path, ruleset: str, out: Path) -> None:
    """The process that `whole_batch` measures."""
    run_batch(Settings(file, ruleset, out, formats=("parquet",)), Engine(), lambda *_: None)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"processor": used.ru_utime + used.ru_stime, "megabytes": used.ru_maxrss / 1024}))


def best(run: Callable[[], Any]) -> float:
    """The shortest of a few runs, in seconds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return min(times)


def one_at_a_time(engine: Engine, ruleset: Ruleset) -> tuple[float, float]:
    """Seconds an audit for the engine (with its trace) and for zen-engine, on the same complete audits."""
    chance = Random(7)
    audits = [audit_of(ruleset, chance) for _ in range(SAMPLE)]
    contexts = [context_of(ruleset, audit) for audit in audits]
    decision = zen_decision(ruleset, DAY)
    engine.grade(audits[0], Mode.OFFICIAL)
    times: dict[str, list[float]] = {"engine": [], "zen": []}
    for audit, context in zip(audits, contexts, strict=True):
        began = time.perf_counter()
        engine.grade(audit, Mode.OFFICIAL)
        middle = time.perf_counter()
        decision.evaluate(context)
        times["engine"].append(middle - began)
        times["zen"].append(time.perf_counter() - middle)
    return median(times["engine"]), median(times["zen"])


def in_memory(engine: Engine, ruleset: Ruleset, file: Path, work: Path) -> tuple[int, float, float, int]:
    """Of the first chunk: its size, seconds in columns and in plain numpy, and units on whose grade both agree."""
    source = TableSource(engine.library, ruleset, file, work)
    source.extent()
    columns = source.chunk(0).columns
    grader, plan = ColumnGrader(ruleset), build_plan(ruleset, Mode.OFFICIAL, DAY)
    ours = best(lambda: grader.grade(columns))
    plain = best(lambda: numpy_ruleset.grade(plan, columns))
    grades = grader.grade(columns).units["grade"].to_physical().to_numpy()
    return columns.height, ours, plain, int((grades == numpy_ruleset.grade(plan, columns)).sum())


def main(arguments: list[str]) -> None:
    """Print a line for each count, then the ratios."""
    if arguments[:1] == ["--batch"]:
        run_alone(Path(arguments[1]), arguments[2], Path(arguments[3]))
        return
    engine = Engine()
    named = [a for a in arguments if not a.isdigit()]
    ruleset = engine.library.ruleset(named[0] if named else RULESET)
    by_engine, by_zen = one_at_a_time(engine, ruleset)
    print(f"{ruleset.id}; engine and zen-engine: medians of {SAMPLE} audits, scaled up")
    print(
        f"{'audits':>10} {'batch s':>9} {'CPU s':>7} {'MB':>7} {'audits/s':>10} "
        f"{'engine s':>11} {'zen s':>10} {'engine ÷':>9} {'zen ÷':>7}"
    )
    for count in [int(a) for a in arguments if a.isdigit()] or COUNTS:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            file = write_population(ruleset, count, folder)
            seconds, processor, megabytes = whole_batch(file, ruleset.id, folder / "out")
            line = f"{count:10,} {seconds:9.1f} {processor:7.1f} {megabytes:7,.0f} {count / seconds:10,.0f}"
            ratios = f"{by_engine * count / seconds:8,.0f}x {by_zen * count / seconds:6,.0f}x"
            print(f"{line} {by_engine * count:11,.0f} {by_zen * count:10,.0f} {ratios}", flush=True)
            measured = in_memory(engine, ruleset, file, folder / "work")
    height, ours, plain, alike = measured
    print(
        f"grading alone, {height:,} units in memory: columns {ours:.2f} s (exact, with indicators and lists), plain numpy "
        f"{plain:.2f} s (floats, grades alone), ratio {ours / plain:.2f}x; same grade {alike:,} of {height:,}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
