"""A batch from its input to its result: chunk by chunk, each saved before the next one, so that it can stop anywhere."""

import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any

import polars as pl

from grading import jurisdiction
from grading.batch.audit_lines import AuditLines
from grading.batch.chunk import Chunk
from grading.batch.layout import COUNTY, LEFT_UNKNOWN, LINE, UNIT_ID, LayoutError, Reject, rejects_frame
from grading.batch.results import INDICATORS, NOTICE, NOTICES, REJECTS, UNITS, Results, save_part, write_results
from grading.batch.source import Extent, Source
from grading.batch.spot_check import check, sample
from grading.batch.state import Done, Identity, State, alone, digest_of, load, save
from grading.batch.tables import TableSource
from grading.columns.grade import ColumnGrader
from grading.engine.grade import Engine
from grading.engine.revision import ENGINE
from grading.gaps.column_figures import FigureColumns
from grading.model.base import Mode
from grading.model.ruleset import Ruleset

WORK = ".batch"
FORMATS = ("parquet", "csv", "xlsx")
SUFFIXES = (".parquet", ".csv", ".xlsx", ".jsonl")
CHECKED = 200

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is of it (units, or audits of JSON lines)."""


@dataclass(frozen=True)
class Settings:
    """The settings of a batch."""

    file: Path
    ruleset: str
    out: Path
    mode: Mode = Mode.OFFICIAL
    target: str | None = None
    formats: Sequence[str] = FORMATS
    skip_unknown: bool = False
    partial: bool = False
    """Leave values that can't be read unknown, instead of refusing their units."""
    again: bool = False
    """Forget what is in the folder, and begin anew."""
    checked: int = CHECKED
    """The number of units that the engine concludes again."""
    processes: int | None = None
    """The most processes that the parts of several rulesets are graded in; None: as many as there are processors."""


@dataclass(frozen=True)
class Summary:
    """The summary of a batch. Counts are of units; `read` of audits when the input is JSON lines."""

    ruleset: Ruleset
    identity: Identity
    read: int
    graded: int
    refused: int
    incomplete: int
    """Of the graded units, those of which values were left unknown."""
    notices: int
    skipped: int
    without_unit: int
    checked: int
    grades: dict[str, int]
    attainable: dict[str, int]
    decided: dict[str, int]
    elsewhere: dict[str, int]
    """The number of units for which each notice about their place is, by its code."""
    ignored: tuple[str, ...]
    ignored_sheets: tuple[str, ...]
    files: tuple[str, ...]
    notes: tuple[str, ...]
    seconds: float
    resumed_at: int
    """The number of chunks that an earlier run had done."""
    chunks: int

    @property
    def complete(self) -> bool:
        """True when an earlier run had graded everything."""
        return self.resumed_at == self.chunks

    def as_json(self) -> dict[str, Any]:
        """The document that `--json` prints and `summary.json` holds."""
        return {
            **self.identity.model_dump(mode="json", exclude={"format", "skip_unknown"}),
            "review": self.ruleset.review.status,
            "read": self.read,
            "graded": self.graded,
            "refused": self.refused,
            "incomplete": self.incomplete,
            "notices": self.notices,
            "rows_without_unit": self.without_unit,
            "other_industries": self.skipped,
            "checked_by_engine": self.checked,
            "grades": self.grades,
            "attainable": self.attainable,
            "decided": self.decided,
            "elsewhere": self.elsewhere,
            "ignored_columns": list(self.ignored),
            "ignored_sheets": list(self.ignored_sheets),
            "files": list(self.files),
            "notes": list(self.notes),
            "seconds": round(self.seconds, 1),
        }


def run_batch(
    settings: Settings,
    engine: Engine,
    progress: Progress,
    opened: Callable[[Ruleset, Path], Source] | None = None,
) -> Summary:
    """Grade a file against the one ruleset of the settings. `opened` gives the input where it isn't the file itself.

    Raises LayoutError for a file that does not have the layout, OtherBatchError when the folder holds another batch,
    DisagreementError when the engine says otherwise than the columns, and what a ruleset that can't be used raises.
    """
    began = time.monotonic()
    ruleset = engine.library.ruleset(settings.ruleset)
    work = settings.out / WORK
    if settings.again and work.is_dir():
        with alone(work):
            rmtree(work)
    work.mkdir(parents=True, exist_ok=True)
    with alone(work):
        source = opened(ruleset, work) if opened else open_source(settings, engine, ruleset, work)
        identity = Identity(
            input=tuple(file.name for file in source.files),
            input_digest=digest_of(source.files),
            ruleset=ruleset.id,
            ruleset_digest=engine.digest(ruleset.id),
            mode=settings.mode,
            target=settings.target,
            skip_unknown=settings.skip_unknown,
            partial=settings.partial,
            engine=ENGINE,
        )
        state = load(work, identity)
        save(work, state)
        extent = source.extent()
        if not extent.total:
            raise LayoutError([f"{settings.file.name}：没有可评级的行"])
        resumed_at = len(state.done)
        state = _grade_all(settings, engine, ruleset, work, source, extent, state, progress)
        tables = source.raw_tables if isinstance(source, TableSource) else ()
        results = write_results(
            settings.out, work, ruleset, settings.mode, settings.formats, extent.chunks, progress, tables
        )
    summary = _summary(ruleset, state, extent, results, time.monotonic() - began, resumed_at)
    (settings.out / "summary.json").write_text(
        json.dumps(summary.as_json(), ensure_ascii=False, indent=1), encoding="utf-8"
    )
    return summary


def open_source(settings: Settings, engine: Engine, ruleset: Ruleset, work: Path) -> Source:
    """The input, by the ending of its name."""
    if settings.file.suffix.lower() == ".jsonl":
        return AuditLines(engine.library, ruleset, settings.file, partial=settings.partial)
    return TableSource(engine.library, ruleset, settings.file, work, settings.skip_unknown, partial=settings.partial)


def _grade_all(
    settings: Settings,
    engine: Engine,
    ruleset: Ruleset,
    work: Path,
    source: Source,
    extent: Extent,
    state: State,
    progress: Progress,
) -> State:
    grader = ColumnGrader(ruleset, settings.mode, settings.target, partial(engine.plan, ruleset.id, settings.mode))
    figures = FigureColumns(grader)
    done = sum(chunk.read for chunk in state.done)
    progress("评级", done, extent.total)
    if not state.done:
        _write_reasons(work, 0, extent.rejects, extent.notices)
    for number, chunk in _ahead(source, range(len(state.done), extent.chunks)):
        grades = grader.grade(chunk.columns)
        height = chunk.columns.height
        # So many of this chunk that the sample is spread evenly, and whole.
        share = settings.checked * (done + chunk.read) // extent.total - settings.checked * done // extent.total
        positions = sample(height, share, f"{state.identity.input_digest}/{number}")
        grounds = figures.of(chunk.columns, grades.units["grade"])
        grades = replace(grades, units=grades.units.hstack(grounds))
        check(engine, ruleset, settings.mode, chunk.columns, grades, chunk.heads[UNIT_ID], positions)
        elsewhere = _elsewhere(ruleset, chunk.heads[COUNTY])
        save_part(chunk.heads.hstack([*grades.units, elsewhere]), work, UNITS, number)
        named = [name for name in (LINE, UNIT_ID, LEFT_UNKNOWN) if name in chunk.heads.columns]
        save_part(chunk.heads.select(named).hstack(grades.indicators), work, INDICATORS, number)
        _write_reasons(work, number + 1, chunk.rejects, chunk.notices)
        finished = Done(
            read=chunk.read,
            graded=height,
            refused=chunk.refused,
            incomplete=chunk.heads[LEFT_UNKNOWN].count() if LEFT_UNKNOWN in chunk.heads.columns else 0,
            notices=len(chunk.notices),
            skipped=chunk.skipped,
            checked=len(positions),
        )
        state = state.model_copy(update={"done": (*state.done, finished)})
        save(work, state)
        done += chunk.read
        progress("评级", done, extent.total)
    return state


def _elsewhere(ruleset: Ruleset, counties: pl.Series) -> pl.Series:
    """For each unit the finding on the ruleset's jurisdiction there, as a code; null where it applies."""
    found = {county: jurisdiction.finding(county, ruleset.jurisdiction) for county in counties.unique()}
    return pl.Series(NOTICE, [found[county] for county in counties], dtype=pl.String)


def _ahead(source: Source, numbers: Iterable[int]) -> Iterator[tuple[int, Chunk]]:
    """Chunks with their numbers, each read while the one before it is graded."""
    with ThreadPoolExecutor(1) as reader:
        coming: deque[tuple[int, Future[Chunk]]] = deque()
        for number in numbers:
            coming.append((number, reader.submit(source.chunk, number)))
            if len(coming) > 1:
                known, read = coming.popleft()
                yield known, read.result()
        for known, read in coming:
            yield known, read.result()


def _write_reasons(work: Path, number: int, rejects: Sequence[Reject], notices: Sequence[Reject]) -> None:
    """Reasons for refusing, and notices; number 0 holds those that belong to no chunk."""
    save_part(rejects_frame(rejects), work, REJECTS, number)
    save_part(rejects_frame(notices), work, NOTICES, number)


def _summary(
    ruleset: Ruleset, state: State, extent: Extent, results: Results, seconds: float, resumed_at: int
) -> Summary:
    return Summary(
        ruleset=ruleset,
        identity=state.identity,
        read=sum(chunk.read for chunk in state.done),
        graded=sum(chunk.graded for chunk in state.done),
        refused=sum(chunk.refused for chunk in state.done),
        incomplete=sum(chunk.incomplete for chunk in state.done),
        notices=sum(chunk.notices for chunk in state.done) + len(extent.notices),
        skipped=sum(chunk.skipped for chunk in state.done),
        without_unit=len(extent.rejects),
        checked=sum(chunk.checked for chunk in state.done),
        grades=results.grades,
        attainable=results.attainable,
        decided=results.decided,
        elsewhere=results.elsewhere,
        ignored=extent.ignored,
        ignored_sheets=extent.ignored_sheets,
        files=results.files,
        notes=results.notes,
        seconds=seconds,
        resumed_at=resumed_at,
        chunks=extent.chunks,
    )
