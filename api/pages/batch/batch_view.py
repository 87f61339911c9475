"""An impact as its page and its workbook show it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import polars as pl

from api.context import Context
from api.pages.labels import industry_titles, level_labels, ruleset_titles
from api.pages.place_words import place_words
from api.queries.batch_impact import BatchImpact, all_reasons, names_of_audits
from api.queries.batches import drafts, unreadable
from api.queries.enterprises import counties
from api.queries.rulesets import briefs
from api.services.regrading.frames import AUDIT, COUNTY, UNIT
from api.services.workflow.content import parsed
from api.store import Batch
from grading.batch import layout
from grading.impact.workbook import Contents, write_impact
from grading.jurisdiction import in_area
from grading.model.base import Mode
from grading.model.decision import UNDECIDED, decide
from grading.model.impact import Matrix
from grading.model.result import Outcome
from grading.regions import NATION
from grading.ruleset_id import edition_of
from grading.vocabulary import MODE
from reports.context.words import region_text

NEW_PAGE = "batch_new.html.j2"
ROWS = 50
SHADES = 4


@dataclass(frozen=True)
class Cell:
    """A transition: its shade (0 of none), whether it is up or down, and what filters the list to it."""

    count: int
    shade: int
    way: str
    before: str
    after: str


@dataclass(frozen=True)
class MatrixView:
    """A matrix with shades."""

    title: str
    matrix: Matrix
    rows: tuple[tuple[str, tuple[Cell, ...], int], ...]
    links: bool


def matrix_views(matrices: Sequence[Matrix], title: str, batch: UUID | None) -> list[MatrixView]:
    """Matrices with shades: the more units move, the darker; with links when the list can be filtered by it."""
    return [MatrixView(title, matrix, tuple(_rows(matrix)), batch is not None) for matrix in matrices]


def _rows(matrix: Matrix) -> Any:
    order = {level: i for i, level in enumerate(matrix.after)}
    moved = [
        n
        for level, counts in zip(matrix.before, matrix.counts, strict=True)
        for there, n in zip(matrix.after, counts, strict=True)
        if there != level
    ]
    most = max([*moved, 1])
    for i, (level, counts) in enumerate(zip(matrix.before, matrix.counts, strict=True)):
        at = order.get(level, i)
        cells = []
        for j, (there, n) in enumerate(zip(matrix.after, counts, strict=True)):
            open_ = UNDECIDED in (level, there)
            way = "same" if j == at else "undecided" if open_ else "down" if j > at else "up"
            shade = 0 if not n or way == "same" else 1 + min(SHADES - 1, SHADES * n // (most + 1))
            cells.append(Cell(n, shade, way, level, there))
        yield level, tuple(cells), sum(counts)


@dataclass(frozen=True)
class Part:
    """A county or an industry: how many units, and what becomes of them."""

    key: str
    name: str
    units: int
    down: int
    up: int
    same: int
    undecided: int
    settled: int


def parts_of(found: Mapping[Any, tuple[Matrix, ...]], name: Callable[[Any], str]) -> list[Part]:
    """Counties or industries, those with most changes first."""
    parts = []
    for key, matrices in found.items():
        counts = (
            sum(getattr(m, what) for m in matrices) for what in ("total", "down", "up", "same", "undecided", "settled")
        )
        parts.append(Part(key or "", name(key), *counts))
    return sorted(parts, key=lambda part: (part.same - part.units, part.key))


def region_name(code: str | None) -> str:
    """A county by its name."""
    return region_text(code).partition("（")[0] if code else "未填区划"


def unit_rows(context: Context, batch: Batch, listed: pl.DataFrame, at: int) -> list[dict[str, Any]]:
    """The units of a page of the list, with their enterprises."""
    rows = listed.slice((at - 1) * ROWS, ROWS).to_dicts()
    names = names_of_audits(context.db, batch.id, [UUID(row[AUDIT]) for row in rows])
    sides = [
        {side: decide(Outcome(row[side], row[f"{side}_attainable"]), batch.mode) for side in ("before", "after")}
        for row in rows
    ]
    return [
        row | decided | {"enterprise": names.get(UUID(row[AUDIT]), "—"), "unit": row[UNIT]}
        for row, decided in zip(rows, sides, strict=True)
    ]


def options(context: Context) -> dict[str, Any]:
    """The choices for a new batch."""
    known = briefs(context)
    area = context.actor.area or ""
    return {
        "area": area,
        "areas": areas_within(counties(context.db), area),
        "industries": sorted(industry_titles(context).items()),
        "editions": sorted({edition_of(b.id) for b in known}),
        "rulesets": [(b.id, b.title) for b in known],
        "drafts": drafts(context),
        "titles": ruleset_titles(context),
    }


def areas_within(codes: Sequence[str], area: str) -> list[str]:
    """The counties inside an area, each city above its counties; above them the provinces where the area is the nation."""
    wider = {f"{code[:4]}00" for code in codes}
    if area == NATION:
        wider |= {f"{code[:2]}0000" for code in codes}
    return sorted(code for code in {*codes, *wider} if code != area and in_area(code, area))


@dataclass(frozen=True)
class UnreadAudit:
    """An audit that the new ruleset can't read: the page of its first unit, and what is wrong with it in words."""

    address: str
    enterprise: str
    county: str
    reasons: tuple[str, ...]


def unread_audits(context: Context, batch: Batch) -> list[UnreadAudit]:
    """The first audits that the new ruleset can't read."""
    library, found = context.service.grader.library, []
    for audit in unreadable(context, batch.id, ROWS):
        document = parsed(audit.content)
        reasons = (
            f"{words}：{problem['message']}"
            if (words := place_words(problem["place"], library, document))
            else problem["message"]
            for problem in json.loads(audit.problems)
        )
        address = f"/batches/{batch.id}/units/{audit.audit_id}/{audit.position}"
        found.append(UnreadAudit(address, audit.enterprise, audit.county, tuple(reasons)))
    return found


def workbook(context: Context, batch: Batch, found: BatchImpact) -> bytes:
    """The impact as a workbook, as `grading impact` writes it."""
    listed = all_reasons(context, batch, found)
    names: dict[UUID, str] = {}
    ids = [UUID(one) for one in found.units[AUDIT].unique()]
    for start in range(0, len(ids), 500):
        names |= names_of_audits(context.db, batch.id, ids[start : start + 500])

    def named(frame: pl.DataFrame) -> pl.DataFrame:
        enterprise = pl.Series(layout.NAME, [names.get(UUID(a), "") for a in frame[AUDIT]], dtype=pl.String)
        return frame.rename({COUNTY: layout.COUNTY}).with_columns(enterprise)

    head = [
        f"批次：{batch.name}",
        f"依据：{batch.against}；范围 {region_text(batch.within)}",
        f"{MODE[batch.mode]}评级；比较 {found.impact.units:,} 个单元",
    ]
    warnings = ["试算：暂定数值视同已核实，结果不得公布。"] if batch.mode is Mode.TRIAL else []
    with TemporaryDirectory() as folder:
        to = Path(folder) / "impact.xlsx"
        units = named(found.units).with_columns(
            pl.when(pl.col("way") == "up")
            .then(1)
            .when(pl.col("way") == "down")
            .then(-1)
            .otherwise(0)
            .alias("direction")
        )
        reasons = named(listed)
        write_impact(Contents(head, warnings, found.impact, level_labels(context), found.title, units, reasons), to)
        return to.read_bytes()
