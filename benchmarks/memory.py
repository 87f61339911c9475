"""Whether gradings leave memory behind: `python -m benchmarks.memory [COUNT]` (100,000 by default), largest ruleset."""

import random
import sys
from pathlib import Path

from benchmarks.engine import audit_of
from grading.engine.grade import Engine

RULESET = "national-2024/coking"
PAGE_KB = 4


def resident_mb() -> float:
    """The memory that the process holds now, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_KB / 1024


def main() -> None:
    """Print the growth after the first thousand gradings."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    engine, chance = Engine(), random.Random(3)
    audits = [audit_of(engine.library.ruleset(RULESET), chance) for _ in range(20)]
    start = 0.0
    for n in range(count):
        engine.grade(audits[n % len(audits)])
        if n == 1000:
            start = resident_mb()
        if n and n % max(1, count // 10) == 0:
            print(f"{n:8} gradings: {resident_mb():7.1f} MB ({resident_mb() - start:+.1f})", flush=True)
    print(f"growth over {count:,} gradings: {resident_mb() - start:+.1f} MB (may be 20)")


if __name__ == "__main__":
    main()
