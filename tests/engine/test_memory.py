"""Gradings leave no memory behind: each run's state is deleted, whatever becomes of the grading."""

import gc
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grading.engine.grade import Engine
from tests.engine.small import Shelf, audit_of, fact, indicator, ruleset_of

ROOT = Path(__file__).parents[2]
STATM = Path("/proc/self/statm")
GRADINGS = 20_000
MAX_GROWTH_MB = 20 * GRADINGS / 100_000
"""100,000 gradings may leave 20 MB behind."""


def resident_mb() -> float:
    """The memory that the process holds, in MB."""
    gc.collect()
    return int(STATM.read_text().split()[1]) * 4096 / 1e6


@pytest.mark.skipif(not STATM.exists(), reason="the memory of a process is read from /proc")
def test_twenty_thousand_gradings_grow_the_process_by_a_fifth_of_what_a_hundred_thousand_may() -> None:
    rows: dict[str, Any] = {"each": "outlets", "require": {"fact": "r", "at_most": 10}}
    facts = {"x": fact("x", "boolean"), "r": fact("r", "number", "outlets")}
    ruleset = ruleset_of(facts=facts, indicators=[indicator("i", A={"all": [{"fact": "x", "equals": True}, rows]})])
    engine = Engine(Shelf(ruleset))
    audits = [audit_of(ruleset, {"x": n % 2 == 0}, {"outlets": [{"r": "9"}] * n}) for n in range(4)]
    for n in range(GRADINGS // 10):
        engine.grade(audits[n % 4])
    before = resident_mb()
    for n in range(GRADINGS):
        engine.grade(audits[n % 4])
    assert resident_mb() - before < MAX_GROWTH_MB


@pytest.mark.skipif(not STATM.exists(), reason="the memory of a process is read from /proc")
def test_engines_that_are_thrown_away_give_their_rules_back() -> None:
    names = [f"x{n}" for n in range(20)]
    condition = {"all": [{"fact": name, "equals": True} for name in names]}
    ruleset = ruleset_of(
        facts={name: fact(name, "boolean") for name in names}, indicators=[indicator("i", A=condition)]
    )
    audit = audit_of(ruleset, {})
    for _ in range(10):
        Engine(Shelf(ruleset)).grade(audit)
    before = resident_mb()
    for _ in range(60):
        Engine(Shelf(ruleset)).grade(audit)
    assert resident_mb() - before < 10


GIVES_BACK = {"MALLOC_TRIM_THRESHOLD_": "131072"}
"""glibc gives back whatever is free at the end of its heap, as it does in processes whose heap has grown so by chance."""
PAGES_FETCHED = """
import resource
from grading.engine.grade import Engine
from tests.engine.small import Shelf, audit_of, fact, indicator, ruleset_of

names = [f"x{n}" for n in range(200)]
condition = {"all": [{"fact": name, "equals": True} for name in names]}
ruleset = ruleset_of(facts={name: fact(name, "boolean") for name in names}, indicators=[indicator("i", A=condition)])
engine, audit = Engine(Shelf(ruleset)), audit_of(ruleset, dict.fromkeys(names, True))
for _ in range(20):
    engine.grade(audit)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    engine.grade(audit)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other allocators are left as they are")
def test_a_grading_gives_no_memory_back_to_the_system_that_the_next_one_fetches_again() -> None:
    run = [sys.executable, "-c", PAGES_FETCHED]
    found = subprocess.run(run, env=os.environ | GIVES_BACK, cwd=ROOT, capture_output=True, check=True, text=True)
    assert int(found.stdout) < 100
