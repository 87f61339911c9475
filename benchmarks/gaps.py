"""CPU time of plans: one unit of each example (p95), 20 units, 40 kilns. `python -m benchmarks.gaps`."""

from pathlib import Path
from statistics import quantiles
from time import process_time

from grading.engine.grade import Engine
from grading.gaps import TargetError, unit_gaps
from grading.intake import read_audit
from grading.language.load import Library
from grading.model.audit import Audit, Row
from grading.model.base import Mode

EXAMPLES = Path(__file__).parents[1] / "examples"


def seconds(engine: Engine, audit: Audit) -> float:
    """What the plans of all units take, grading aside."""
    grading = engine.grade(audit, Mode.TRIAL)
    before = process_time()
    for index in range(len(audit.units)):
        try:
            unit_gaps(engine, audit, grading, index)
        except TargetError:
            continue
    return process_time() - before


def main() -> None:
    """Print the three figures."""
    engine = Engine(Library())
    audits = [read_audit(path.read_bytes(), engine.library) for path in sorted(EXAMPLES.glob("*/*.json"))]
    single = [audit.model_copy(update={"units": (unit,)}) for audit in audits for unit in audit.units]
    for audit in single:
        engine.grade(audit, Mode.TRIAL)
    print(
        f"one unit, p95 of {len(single)}: {quantiles((seconds(engine, a) for a in single), n=20)[-1]:.3f} s (limit 0.2)"
    )
    kilns = next(a for a in single if a.units[0].ruleset == "national-2020/ceramics")
    unit = kilns.units[0]
    twenty = tuple(unit.model_copy(update={"id": f"u{n}"}) for n in range(20))
    print(f"20 units: {seconds(engine, kilns.model_copy(update={'units': twenty})):.2f} s (limit 3)")
    rows = unit.groups["kilns"]
    forty = tuple(Row(key=f"K{n}", facts=rows[n % len(rows)].facts) for n in range(40))
    many = unit.model_copy(update={"groups": {**unit.groups, "kilns": forty}})
    print(f"40 kilns: {seconds(engine, kilns.model_copy(update={'units': (many,)})):.2f} s (limit 2)")


if __name__ == "__main__":
    main()
