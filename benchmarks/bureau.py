"""A tightened edition tried out on a bureau's plants: `python -m benchmarks.bureau [PLANTS] [--keep FOLDER]`.

First the dry run in this process, its parts apart, beside `grading impact` on a file of the same audits and the engine
alone. Then as a bureau has it: `grading serve` with its workers on SQLite, asked over HTTP while somebody else has audits
graded four times a second (`benchmarks.bureau_served`). `--keep` fills the folder once and uses it again.
"""

import argparse
import os
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from statistics import median

from sqlalchemy import select

from api.context import open_context
from api.queries.batch_impact import impact_of
from api.service import Service, make_service
from api.services.draft_rulesets import upload
from api.services.regrading import columns_pass, engine_pass, lifecycle, steps
from api.services.regrading.progress import counts_of
from api.settings import load
from api.store import AuditRevision, Batch, BatchPhase
from api.store.migrate import migrate
from benchmarks import bureau_served
from benchmarks.bureau_plants import DRAFT, RULESET, fill, people
from benchmarks.parts import Parts, clocks, since
from grading.columns.grade import ColumnGrader
from grading.engine.grade import Engine
from grading.impact.run import Order, run_impact
from grading.language.draft import DraftLibrary

PLANTS, ALONE = 50_000, 40


def main() -> None:
    """Run everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plants", type=int, nargs="?", default=PLANTS)
    parser.add_argument("--keep", type=Path, help="a folder to fill, or one that was filled before")
    given = parser.parse_args()
    kept: Path | None = given.keep
    with nullcontext(str(kept)) if kept else tempfile.TemporaryDirectory() as folder:
        filled = (Path(folder) / "grading.db").exists()
        service = make_service(load(data=Path(folder)))
        if not filled:
            migrate(service.database)
            began = clocks()
            fill(service, RULESET, given.plants)
            tell(f"filled with {given.plants:,} plants of {RULESET}", since(began))
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; seconds by the clock, and of processor")
        in_this_process(service)
        beside(service)
        service.close()
        bureau_served.run(Path(folder))


def in_this_process(service: Service) -> None:
    """The dry run, one part after another."""
    with open_context(service, people(service)["bureau"]) as context:
        draft = upload(context, DRAFT.encode())
        batch = lifecycle.order(context, "进程内", lifecycle.Selection(), draft_id=draft.id)
    parts = Parts()
    watched = (
        (columns_pass, "_subjects", "reading what was submitted"),
        (columns_pass, "read_pair", "JSON to columns"),
        (ColumnGrader, "grade", "columns, before and after"),
        (columns_pass, "packed", "frames as Parquet"),
        (engine_pass, "_Work", "what is concluded, out of the store"),
        (engine_pass._Work, "read", "its JSON read"),
        (engine_pass._Work, "grade", "engine, each changed audit and the sample"),
    )
    began = clocks()
    with parts.watched(*watched):
        with parts.part("the selection"):
            steps.begin(service, batch.id)
        for phase, rest in ((BatchPhase.COLUMNS, "grades noted and written"), (BatchPhase.ENGINE, "gradings written")):
            with parts.part(rest):
                for number in steps.to_do(service, batch.id, phase):
                    steps.do(service, batch.id, phase, number)
                steps.close(service, batch.id, phase)
            if phase is BatchPhase.COLUMNS:
                with parts.part("the impact worked out"), service.database.reading() as db:
                    impact_of(db, db.get_one(Batch, batch.id))
                known = since(began)
    with service.database.reading() as db:
        counts = counts_of(db, db.get_one(Batch, batch.id))
    print(f"in this process, {counts.selected:,} audits, {counts.changed:,} changed, {counts.checked:,} concluded")
    tell("until the impact is known", known)
    tell("until everything is concluded", since(began))
    for name, (wall, own) in parts.spent.items():
        tell(f"  {name}", (wall, own))
    with open_context(service, people(service)["bureau"]) as context:
        lifecycle.cancel(context, batch.id)


def beside(service: Service) -> None:
    """The same audits from a file, and through the engine alone."""
    library = DraftLibrary(DRAFT.encode(), service.grader.library.root)
    with tempfile.TemporaryDirectory() as folder, service.database.reading() as db:
        file = Path(folder) / "plants.jsonl"
        with file.open("w", encoding="utf-8") as to:
            for content in db.scalars(select(AuditRevision.content).execution_options(yield_per=1000)):
                to.write(content + "\n")
        began = clocks()
        found = run_impact(Order(file, RULESET, library.draft_id), Engine(library), lambda _done, _of: None)
        tell(f"grading impact, the same {found.read:,} audits from a file, reasons included", since(began))
        some = db.scalars(select(AuditRevision.content).limit(ALONE)).all()
    took = []
    for content in some:
        audit = service.grader.read(content)
        began_alone = time.process_time()
        service.grader.grade(audit)
        took.append(time.process_time() - began_alone)
    alone = median(took)
    tell(f"engine alone, {alone * 1000:.1f} ms an audit, all of them before and after", (0, 2 * found.read * alone))


def tell(what: str, seconds: tuple[float, float]) -> None:
    """Print a line."""
    wall, own = seconds
    print(f"  {what:<75} {wall:8.1f} s {own:8.1f} s" if wall else f"  {what:<75} {'':10} {own:8.1f} s")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
