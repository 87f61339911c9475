"""A batch of units of several rulesets: the file is split by ruleset, each part is graded as a batch of its own."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any

import polars as pl

from grading.batch import split
from grading.batch.assignment import INDUSTRY, RULESET, Assignment
from grading.batch.layout import HEADS, LEFT_UNKNOWN, LINE, LayoutError, rejects_frame
from grading.batch.overview import Line, write_overview
from grading.batch.results import DECISION, NOTICE, NOTICES, REJECTS, UNITS, whole
from grading.batch.run import WORK, Progress, Settings, Summary
from grading.batch.side_by_side import Order, grade_side_by_side, processes_for
from grading.batch.split import Split
from grading.batch.split_lines import split_lines
from grading.batch.split_tables import split_tables
from grading.batch.state import Identity, alone, digest_of, load, save
from grading.columns.decision import decision_column
from grading.digest import digest
from grading.engine.grade import Engine
from grading.engine.revision import ENGINE
from grading.language.decision_text import labels_of
from grading.language.industries import industries_or_none
from grading.ruleset_id import industry_of
from grading.spreadsheet.injection import harmless_columns

PARTS = "parts"
OVERVIEW = "overview.xlsx"
SHOWN = ("grade", "attainable", "target", DECISION, NOTICE)


@dataclass(frozen=True)
class ManySummary:
    """The result of a batch of several rulesets: the summary of each part, and what belongs to none."""

    identity: Identity
    split: Split
    parts: tuple[tuple[Line, Summary], ...]
    files: tuple[str, ...]
    seconds: float

    @property
    def graded(self) -> int:
        """The number of units that were graded."""
        return sum(summary.graded for _, summary in self.parts)

    @property
    def refused(self) -> int:
        """The number of units (of JSON lines: audits, under each of their rulesets) that were not graded."""
        return self.split.refused + sum(summary.refused for _, summary in self.parts)

    @property
    def without_unit(self) -> int:
        """The number of rows of groups that belong to no unit of the file."""
        return self.split.without_unit

    def as_json(self) -> dict[str, Any]:
        """The document that `--json` prints and `summary.json` holds."""
        return {
            **self.identity.model_dump(mode="json", exclude={"format", "skip_unknown", "ruleset_digest"}),
            "read": self.split.total,
            "graded": self.graded,
            "refused": self.refused,
            "without_ruleset": self.split.refused,
            "rows_without_unit": self.without_unit,
            "checked_by_engine": sum(summary.checked for _, summary in self.parts),
            "ignored_columns": list(self.split.ignored),
            "ignored_sheets": list(self.split.ignored_sheets),
            "files": list(self.files),
            "seconds": round(self.seconds, 1),
            "rulesets": [
                {"industry": line.industry, "number": line.number, **summary.as_json()} for line, summary in self.parts
            ],
        }


def run_many(settings: Settings, engine: Engine, progress: Progress) -> ManySummary:
    """Grade a file whose units name their rulesets or industries; `settings.ruleset` is an edition, or empty.

    Raises what `run_batch` raises.
    """
    began = time.monotonic()
    work = settings.out / WORK
    if settings.again and work.is_dir():
        with alone(work):
            _forget(settings.out, work)
    work.mkdir(parents=True, exist_ok=True)
    with alone(work):
        assignment = Assignment(engine.library, settings.ruleset or None)
        identity = _identity(settings, assignment)
        save(work, load(work, identity))
        found = split.load(work)
        if found is None:
            progress("按规则集分开", 0, 1)
            found = _split(settings, engine, assignment, work)
            split.save(work, found)
            progress("按规则集分开", 1, 1)
        if not found.total:
            raise LayoutError([f"{settings.file.name}：没有可评级的行"])
        parts = _graded(settings, engine, found, work, progress)
        files = _write(settings, found, parts)
    summary = ManySummary(identity, found, tuple(parts), files, time.monotonic() - began)
    (settings.out / "summary.json").write_text(
        json.dumps(summary.as_json(), ensure_ascii=False, indent=1), encoding="utf-8"
    )
    return summary


def _forget(out: Path, work: Path) -> None:
    """Remove what an earlier batch left, its parts among it."""
    known = split.load(work)
    for part in known.parts if known is not None else ():
        if (out / part.ruleset).is_dir():
            rmtree(out / part.ruleset)
    rmtree(work)


def _identity(settings: Settings, assignment: Assignment) -> Identity:
    files = [settings.file]
    if settings.file.suffix.lower() in (".csv", ".parquet"):
        kind = settings.file.suffix.casefold()
        beside = (path for path in settings.file.parent.iterdir() if path.suffix.casefold() == kind)
        files += sorted(p for p in beside if p.name.startswith(f"{settings.file.stem}.") and p != settings.file)
    register = assignment.register.model_dump(mode="json") if assignment.register is not None else {}
    return Identity(
        input=tuple(file.name for file in files),
        input_digest=digest_of(files),
        ruleset=settings.ruleset or "*",
        ruleset_digest=digest({"rulesets": list(assignment.ids), "register": register}),
        mode=settings.mode,
        target=settings.target,
        skip_unknown=settings.skip_unknown,
        partial=settings.partial,
        engine=ENGINE,
    )


def _split(settings: Settings, engine: Engine, assignment: Assignment, work: Path) -> Split:
    if settings.file.suffix.lower() == ".jsonl":
        return split_lines(engine.library, settings.file, assignment, work / PARTS)
    return split_tables(engine.library, settings.file, assignment, work / PARTS, settings.skip_unknown)


def _graded(
    settings: Settings, engine: Engine, found: Split, work: Path, progress: Progress
) -> list[tuple[Line, Summary]]:
    register = industries_or_none(engine.library)
    units = sum(part.units for part in found.parts)
    done, checked = 0, 0
    orders: list[Order] = []
    for part in found.parts:
        # Each ruleset has at least one of its units concluded again.
        share = max(min(1, settings.checked), settings.checked * (done + part.units) // units - checked)
        checked += share
        done += part.units
        own = replace(settings, ruleset=part.ruleset, out=settings.out / part.ruleset, checked=share, again=False)
        orders.append(Order(own, part, work / PARTS, engine.library.ruleset(part.ruleset)))
    graded: list[tuple[Line, Summary]] = []
    for order, summary in _each(engine, orders, settings, progress):
        title = summary.ruleset.title
        industry = register.by_id(industry_of(order.part.ruleset)) if register is not None else None
        line = Line(
            number=industry.number if industry is not None else None,
            industry=industry.label if industry is not None else title,
            ruleset=order.part.ruleset,
            title=title,
            labels=labels_of(summary.ruleset.scale),
            decided=summary.decided,
            graded=summary.graded,
            refused=summary.refused,
        )
        graded.append((line, summary))
    return sorted(graded, key=lambda entry: (entry[0].number or 1000, entry[0].ruleset))


def _each(
    engine: Engine, orders: Sequence[Order], settings: Settings, progress: Progress
) -> Iterator[tuple[Order, Summary]]:
    """The parts as they are done: one after another, or by several processes."""
    processes = processes_for(orders, settings.processes)
    if processes == 1:
        for order in orders:
            title = engine.library.ruleset(order.part.ruleset).title
            yield order, order.grade(engine, _under(title, progress))
        return
    done, units = 0, sum(order.part.units for order in orders)
    progress("评级", 0, units)
    for order, summary in grade_side_by_side(engine.library.root, orders, processes):
        yield order, summary
        done += order.part.units
        progress("评级", done, units)


def _under(title: str, progress: Progress) -> Progress:
    def report(what: str, done: int, total: int) -> None:
        progress(f"{title}：{what}", done, total)

    return report


def _write(settings: Settings, found: Split, parts: Sequence[tuple[Line, Summary]]) -> tuple[str, ...]:
    """The results of all parts together: a row a unit, the reasons, and the overview."""
    out = settings.out
    files: list[str] = []
    if parts:
        grades = pl.concat([_grades(out, line) for line, _ in parts], how="diagonal_relaxed")
        if "parquet" in settings.formats:
            files.append(whole(out / "grades.parquet", partial(grades.sink_parquet, compression_level=1)))
        if "csv" in settings.formats:
            flat = harmless_columns(grades)
            files.append(whole(out / "grades.csv", partial(flat.sink_csv, include_bom=True)))
    if "xlsx" in settings.formats:
        lines = [line for line, _ in parts]
        files.append(whole(out / OVERVIEW, partial(write_overview, lines, found, settings.mode)))
    for name, own in ((REJECTS, found.rejects), (NOTICES, found.notices)):
        frames = [rejects_frame(own).lazy()]
        frames += [
            pl.scan_ipc(sorted((out / line.ruleset / WORK).glob(f"{name}-*.arrow")), glob=False) for line, _ in parts
        ]
        # Every ruleset that has the table reports a row of no unit.
        reasons = pl.concat(frames).unique(maintain_order=True).collect()
        path = out / f"{name}.csv"
        if reasons.height:
            files.append(whole(path, partial(harmless_columns(reasons.lazy()).sink_csv, include_bom=True)))
        else:
            path.unlink(missing_ok=True)
    return tuple(files)


def _grades(out: Path, line: Line) -> pl.LazyFrame:
    parts = sorted((out / line.ruleset / WORK).glob(f"{UNITS}-*.arrow"))
    scan = pl.scan_ipc(parts, glob=False)
    decision = decision_column("grade", "attainable", dict(line.labels)).alias(DECISION)
    names = [name for name in (LINE, *HEADS, LEFT_UNKNOWN) if name in scan.collect_schema()]
    return scan.with_columns(decision).select(
        *names,
        pl.lit(line.ruleset).alias(RULESET),
        pl.lit(line.industry).alias(INDUSTRY),
        *(pl.col(name).cast(pl.String) for name in SHOWN),
    )
