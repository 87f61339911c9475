"""CPU time of plans: one unit of each example (p95), 20 units with their joint plan, 40 kilns. `python -m benchmarks.gaps`."""

from pathlib import Path
from statistics import quantiles
from time import process_time

from grading.engine.grade import Engine
from grading.gaps import TargetError, enterprise_plan, unit_gaps
from grading.gaps.opened import Opened
from grading.intake import read_audit
from grading.language.load import Library
from grading.model.audit import Audit, Row
from grading.model.base import Mode

EXAMPLES = Path(__file__).parents[1] / "examples"


def seconds(engine: Engine, audit: Audit) -> float | None:
    """What the plans of all units and the joint one take, grading aside; None where a unit has its best grade."""
    grading = engine.grade(audit, Mode.TRIAL)
    before = process_time()
    try:
        opened = Opened(engine, audit, grading)
        for index in range(len(audit.units)):
            unit_gaps(engine, audit, grading, index, opened=opened)
        enterprise_plan(engine, audit, grading, opened=opened)
    except TargetError:
        return None
    return process_time() - before


def main() -> None:
    """Print the three figures."""
    engine = Engine(Library())
    audits = [read_audit(path.read_bytes(), engine.library) for path in sorted(EXAMPLES.glob("*/*.json"))]
    single = [audit.model_copy(update={"units": (unit,)}) for audit in audits for unit in audit.units]
    # The first time grades with rules that are not built yet; the second is measured.
    planned = [audit for audit in single if seconds(engine, audit) is not None]
    times = [taken for audit in planned if (taken := seconds(engine, audit)) is not None]
    print(f"one unit, p95 of {len(times)}: {quantiles(times, n=20)[-1]:.3f} s (limit 0.2)")
    ceramics = [n for n, audit in enumerate(planned) if audit.units[0].ruleset == "national-2020/ceramics"]
    kilns = planned[max(ceramics, key=lambda n: times[n])]
    unit, rows = kilns.units[0], kilns.units[0].groups["kilns"]
    twenty = tuple(unit.model_copy(update={"id": f"u{n}"}) for n in range(20))
    print(f"20 units: {seconds(engine, kilns.model_copy(update={'units': twenty})):.2f} s (limit 3)")
    forty = tuple(Row(key=f"K{n}", facts=rows[n % len(rows)].facts) for n in range(40))
    many = unit.model_copy(update={"groups": {**unit.groups, "kilns": forty}})
    print(f"40 kilns: {seconds(engine, kilns.model_copy(update={'units': (many,)})):.2f} s (limit 2)")


if __name__ == "__main__":
    main()
