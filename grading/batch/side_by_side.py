"""The parts of a batch of several rulesets, graded in several processes at once."""

import gc
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread

from grading.batch.run import Progress, Settings, Summary, run_batch
from grading.batch.source import Source
from grading.batch.split import Part
from grading.batch.split_lines import SplitLines
from grading.batch.split_tables import SplitTables
from grading.engine.grade import Engine
from grading.language.load import Library
from grading.model.ruleset import Ruleset

THREADS = "POLARS_MAX_THREADS"
ENOUGH_PARTS = 6
ENOUGH_UNITS = 50_000
"""Less than either is done before other processes have started."""


@dataclass(frozen=True)
class Order:
    """A part to be graded, as its settings say; `parts` is the folder that the file was split into.

    `ruleset` is the one that was read to split it, so that no other process has to read it again.
    """

    settings: Settings
    part: Part
    parts: Path
    ruleset: Ruleset

    def grade(self, engine: Engine, progress: Progress) -> Summary:
        """Grade the part. Raises what `run_batch` raises."""

        def opened(ruleset: Ruleset, work: Path) -> Source:
            file, partial = self.settings.file, self.settings.partial
            folder = self.parts / self.part.ruleset
            if file.suffix.lower() == ".jsonl":
                return SplitLines(engine.library, ruleset, file, folder, partial=partial)
            return SplitTables(engine.library, ruleset, file, work, folder, self.part, partial=partial)

        return run_batch(self.settings, engine, progress, opened)


_engine: Engine | None = None


def processes_for(orders: Sequence[Order], most: int | None) -> int:
    """The number of processes that some parts are worth: at most `most`, or as many as there are processors."""
    limit = most or _processors()
    units = sum(order.part.units for order in orders)
    return min(limit, len(orders)) if len(orders) >= ENOUGH_PARTS or units >= ENOUGH_UNITS else 1


def _processors() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def grade_side_by_side(root: Path, orders: Sequence[Order], processes: int) -> Iterator[tuple[Order, Summary]]:
    """Grade parts, the largest first, and give each when it is done. Raises what `run_batch` raises, and BrokenProcessPool."""
    # Spawned, not forked: Polars has threads, which a forked process would lack.
    pool = ProcessPoolExecutor(processes, get_context("spawn"), initializer=_prepare, initargs=(root,))
    try:
        largest_first = sorted(orders, key=lambda order: -order.part.units)
        with _threads_of_polars(max(1, _processors() // processes)):
            waiting = {pool.submit(_grade, order): order for order in largest_first}
        for done in as_completed(waiting):
            yield waiting[done], done.result()
    except BaseException:
        # What has been graded is saved: a part that another process is at needn't be waited for.
        for process in list(pool._processes.values()):
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _threads_of_polars(amount: int) -> Iterator[None]:
    """Processes that are started meanwhile have so many threads, so that all of them together have one a processor."""
    before = os.environ.get(THREADS)
    os.environ[THREADS] = before or str(amount)
    try:
        yield
    finally:
        if before is None:
            del os.environ[THREADS]


def _prepare(root: Path) -> None:
    global _engine
    _engine = Engine(Library(root))
    # Modules stay: the collector needn't go over them again with each part.
    gc.freeze()
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Without this a process would wait for ever for work of a parent that was killed."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _grade(order: Order) -> Summary:
    if _engine is None:
        raise RuntimeError("this process was not prepared")
    _engine.library.hold(order.ruleset, offered=True)
    return order.grade(_engine, lambda *_: None)
