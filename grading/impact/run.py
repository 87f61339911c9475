"""Files of audits graded by two rulesets: what would change for everything that is in them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from grading.batch.audit_lines import AuditLines
from grading.batch.beside import TABLE_SUFFIXES
from grading.batch.chunk import Chunk
from grading.batch.layout import COUNTY, LINE, NAME, UNIT_ID, LayoutError, Reject
from grading.batch.source import Source
from grading.batch.spot_check import check, sample
from grading.batch.state import digest_of
from grading.batch.tables import TableSource
from grading.columns.grade import ColumnGrader, UnitGrades
from grading.columns.layout import Columns
from grading.engine.grade import Engine
from grading.gaps.column_figures import FigureColumns
from grading.impact.cause_details import Pair, cause_details, joined_details
from grading.impact.changed_figures import figure_texts
from grading.impact.compare import Changes, Side, compare
from grading.impact.counts import Counted, count_changes, impact
from grading.model.base import Mode
from grading.model.impact import Impact
from grading.model.ruleset import Ruleset
from grading.ruleset_id import industry_of

CHECKED = 100
"""So many changed units the engine concludes again, under each of the two rulesets."""
UNIT_COLUMNS = (LINE, UNIT_ID, NAME, COUNTY)


@dataclass(frozen=True)
class Order:
    """The order of a comparison."""

    file: Path
    before: str
    after: str
    mode: Mode = Mode.OFFICIAL
    skip_unknown: bool = False
    checked: int = CHECKED


@dataclass(frozen=True)
class Result:
    """The result of a comparison.

    `units`: a row a unit whose grade or attainable grade changes: the columns of `UNIT_COLUMNS` and of `Changes.units`, and
    `causes` in words; in a trial `before_figures` and `after_figures`, on which figures either grade rests.
    `reasons`: what `grading.impact.cause_details.cause_details` gives, by the unit's columns.
    """

    pair: Pair
    mode: Mode
    impact: Impact
    units: pl.DataFrame
    reasons: pl.DataFrame
    rejects: tuple[Reject, ...]
    notices: tuple[Reject, ...]
    """Values that were read otherwise than they stand, or that are worth a question; by either ruleset's reading."""
    ignored: tuple[str, ...]
    ignored_sheets: tuple[str, ...]
    read: int
    checked: int


def run_impact(order: Order, engine: Engine, progress: Callable[[int, int], None]) -> Result:
    """Compare. Raises LayoutError, DisagreementError, ValueError for rulesets of two industries, and what rulesets raise."""
    pair = Pair(engine.library.ruleset(order.before), engine.library.ruleset(order.after))
    if industry_of(order.before) != industry_of(order.after):
        raise ValueError(f"{order.before} 与 {order.after} 不是同一行业的规则集")
    with TemporaryDirectory() as folder:
        works = [Path(folder) / name for name in ("before", "after")]
        sources = [_source(order, engine, rs, work) for rs, work in zip((pair.before, pair.after), works, strict=True)]
        extents = [source.extent() for source in sources]
        # A column or sheet that one of the rulesets knows is no mistake.
        ignored = tuple(name for name in extents[0].ignored if name in extents[1].ignored)
        sheets = tuple(title for title in extents[0].ignored_sheets if title in extents[1].ignored_sheets)
        if (ignored or sheets) and not order.skip_unknown:
            files = tuple(title for title in sheets if title.lower().endswith(TABLE_SUFFIXES))
            wrong = [f"不知道工作表“{title}”是什么" for title in sheets if title not in files]
            wrong += [f"文件“{title}”没有读取：不知道这是哪张表" for title in files]
            wrong += [f"两部规则集都没有“{name}”这一项" for name in ignored]
            raise LayoutError([f"{order.file.name}：{problem}" for problem in wrong])
        total = extents[0].total
        if not total:
            raise LayoutError([f"{order.file.name}：没有可评级的行"])
        work = _Work(order, engine, pair, total, digest_of(sources[0].files))
        work.rejects.update(dict.fromkeys(reject for extent in extents for reject in extent.rejects))
        work.notices.update(dict.fromkeys(notice for extent in extents for notice in extent.notices))
        progress(0, total)
        for number in range(extents[0].chunks):
            work.chunk(number, *(source.chunk(number) for source in sources))
            progress(work.read, total)
    scales = {ruleset.id: ruleset.scale for ruleset in (pair.before, pair.after)}
    return Result(
        pair=pair,
        mode=order.mode,
        impact=impact(work.counted, scales),
        units=pl.concat(work.units),
        reasons=pl.concat(work.reasons),
        rejects=tuple(work.rejects),
        notices=tuple(work.notices),
        ignored=ignored,
        ignored_sheets=sheets,
        read=work.read,
        checked=work.checked,
    )


def _source(order: Order, engine: Engine, ruleset: Ruleset, work: Path) -> Source:
    if order.file.suffix.lower() == ".jsonl":
        return AuditLines(engine.library, ruleset, order.file)
    return TableSource(engine.library, ruleset, order.file, work, skip_unknown=True)


class _Work:
    """The comparison as far as it has come."""

    def __init__(self, order: Order, engine: Engine, pair: Pair, total: int, seed: str) -> None:
        self.order, self.engine, self.pair, self.total, self.seed = order, engine, pair, total, seed
        self.graders = [ColumnGrader(ruleset, order.mode) for ruleset in (pair.before, pair.after)]
        self.counted: list[Counted] = []
        self.units: list[pl.DataFrame] = []
        self.reasons: list[pl.DataFrame] = []
        self.rejects: dict[Reject, None] = {}
        self.notices: dict[Reject, None] = {}
        self.read = self.checked = 0

    def chunk(self, number: int, *chunks: Chunk) -> None:
        """Compare the units of a chunk that both rulesets can read."""
        self.rejects.update(dict.fromkeys(reject for chunk in chunks for reject in chunk.rejects))
        self.notices.update(dict.fromkeys(notice for chunk in chunks for notice in chunk.notices))
        heads, columns = _alike(*chunks)
        grades = [grader.grade(held) for grader, held in zip(self.graders, columns, strict=True)]
        grades = [
            replace(graded, units=graded.units.hstack(FigureColumns(grader).of(held, graded.units["grade"])))
            for grader, held, graded in zip(self.graders, columns, grades, strict=True)
        ]
        sides = [
            Side(g.ruleset, graded.units.hstack(graded.indicators))
            for g, graded in zip(self.graders, grades, strict=True)
        ]
        changes = compare(*sides)
        self.counted.append(count_changes(self.pair.before, self.pair.after, changes, heads[COUNTY]))
        self._check(number, heads, columns, grades, changes)
        details = cause_details(self.pair, self.order.mode, changes, (columns[0], columns[1]))
        causes = joined_details(details)
        named = heads.select(UNIT_COLUMNS)
        texts = pl.Series("causes", [causes.get(i) for i in range(heads.height)], dtype=pl.String)
        figures = figure_texts(changes, sides[0], sides[1])
        whole = named.hstack(changes.units).with_columns(texts, *figures)
        self.units.append(whole.filter(pl.col("way").is_not_null()))
        self.reasons.append(named[details["unit"]].hstack(details.drop("unit")))
        self.read += chunks[0].read

    def _check(
        self, number: int, heads: pl.DataFrame, columns: list[Columns], grades: list[UnitGrades], changes: Changes
    ) -> None:
        """The engine concludes changed units again, before and after."""
        changed = changes.units.select((pl.col("direction") != 0).arg_true()).to_series().to_list()
        share = max(0, self.order.checked - self.checked)
        picked = sorted(changed[i] for i in sample(len(changed), share, f"{self.seed}/{number}"))
        for grader, held, graded in zip(self.graders, columns, grades, strict=True):
            check(self.engine, grader.ruleset, self.order.mode, held, graded, heads[UNIT_ID], picked)
        self.checked += len(picked)


def _alike(before: Chunk, after: Chunk) -> tuple[pl.DataFrame, list[Columns]]:
    """The units that both readings have, in the same order."""
    keys = [LINE, UNIT_ID]
    good = [
        mine.heads.select(keys).join(
            other.heads.select(keys).with_columns(there=True), on=keys, how="left", maintain_order="left"
        )
        for mine, other in ((before, after), (after, before))
    ]
    matched = [frame["there"].is_not_null() for frame in good]
    return before.heads.filter(matched[0]), [c.columns.only(k) for c, k in zip((before, after), matched, strict=True)]
