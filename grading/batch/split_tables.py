"""Tables with units of several rulesets → for each ruleset its units, its columns and the rows that belong to them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from grading.batch.assignment import HEADS as TELLING
from grading.batch.assignment import INDUSTRY, RULESET, Assignment
from grading.batch.beside import tables_beside
from grading.batch.heads import PROBLEM, HeadNames, plain_head, table_names
from grading.batch.layout import COUNTY, HEADS, UNIT_ID, LayoutError, Reject
from grading.batch.sheets import sheets_of
from grading.batch.split import Part, Split
from grading.batch.staging import BROKEN, SOURCE_LINE, open_tables, stage_csv, stage_sheet
from grading.batch.tables import UNITS_FILE, TableSource
from grading.batch.unit_ids import normalised
from grading.columns.layout import ASSESSED_ON
from grading.day_text import DayError, day_from_text
from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.model.ruleset import Ruleset

UNITS = ""
"""The key of the units' table among the tables of a part."""
BLOCK = 100_000
_OWN = (SOURCE_LINE, BROKEN)


class SplitTables(TableSource):
    """The tables of one ruleset's units."""

    def __init__(
        self, library: Library, ruleset: Ruleset, file: Path, work: Path, folder: Path, part: Part, *, partial: bool
    ) -> None:
        super().__init__(library, ruleset, file, work, partial=partial)
        self.folder, self.part = folder, part

    @property
    def files(self) -> tuple[Path, ...]:
        """The tables, as they were split."""
        return tuple(self.folder / _name(table) for table in self.part.tables)

    def _scans(self) -> tuple[Mapping[str | None, str], Mapping[str | None, pl.LazyFrame]]:
        shown = {table or None: name for table, name in self.part.tables.items()}
        scans = {t or None: pl.scan_parquet(self.folder / _name(t), glob=False) for t in self.part.tables}
        return shown, scans


@dataclass(frozen=True)
class _Staged:
    """A table of the file: how it is called, and its cells."""

    shown: str
    scan: pl.LazyFrame


class _Union:
    """The heads of a table under several rulesets."""

    def __init__(self, names: Sequence[HeadNames]) -> None:
        self.names = names
        self.identifiers = frozenset().union(*(known.identifiers for known in names))

    def column(self, head: str) -> str | None:
        """The column that a head means under one of them."""
        return next((column for known in self.names if (column := known.column(head))), None)


class _UnitHeads(HeadNames):
    """The heads by which a units' table is known before its rulesets are."""

    def __init__(self) -> None:
        self.by_id = {plain_head(name): name for name in (*HEADS, *TELLING)}
        self.by_label = {plain_head(label): name for name, label in HEADS.items()}
        self.by_label |= {plain_head(head): name for name, heads in TELLING.items() for head in heads}
        self.identifiers = frozenset(HEADS) - {"assessed_on"} | {INDUSTRY}


def _day(text: str | None) -> date | None:
    """The day of an assessment, where it can be read; what is wrong with it is told when the part is read."""
    try:
        return day_from_text(text) if text is not None else None
    except DayError:
        return None


def split_tables(library: Library, file: Path, assignment: Assignment, work: Path, skip_unknown: bool) -> Split:
    """Find the ruleset of each unit, and write the tables of each ruleset's units below `work`. Raises LayoutError."""
    work.mkdir(parents=True, exist_ok=True)
    any_ruleset = library.ruleset(assignment.ids[0])
    units = _units(any_ruleset, file, work)
    schema = units.scan.collect_schema()
    heads = _UnitHeads()
    named = {name: head for head in schema if head not in _OWN and (name := heads.column(head)) is not None}
    if UNIT_ID not in named:
        raise LayoutError([f"{units.shown}：缺少列 {UNIT_ID}"])
    if RULESET not in named and INDUSTRY not in named:
        raise LayoutError(
            [
                f"{units.shown}：没有“规则集”或“行业”列，不知道各单元按哪个规则集评级；请加上一列，或用 --ruleset 指定一个规则集"
            ]
        )
    telling = [named.get(RULESET), named.get(INDUSTRY)]
    telling += [named.get(COUNTY), named.get(ASSESSED_ON)]
    told = units.scan.select(SOURCE_LINE, named[UNIT_ID], *dict.fromkeys(t for t in telling if t)).collect()
    ids = normalised(told[named[UNIT_ID]]).values
    cells = [told[head].cast(pl.String).to_list() if head else [None] * told.height for head in telling]
    lines = told[SOURCE_LINE]
    rejects: list[Reject] = []
    codes: dict[str, int] = {}
    assigned: list[int | None] = []
    for position, (ruleset, industry, county, day) in enumerate(zip(*cells, strict=True)):
        found = assignment.of(ruleset, industry, county, _day(day))
        if found.ruleset is None:
            place = RULESET if ruleset or not named.get(INDUSTRY) else INDUSTRY
            rejects.append(Reject(units.shown, lines[position], ids[position], place, found.reason))
            assigned.append(None)
        else:
            assigned.append(codes.setdefault(found.ruleset, len(codes)))
    of_unit = pl.Series("code", assigned, dtype=pl.UInt16)
    _refuse_twice(units.shown, ids, lines, of_unit, rejects)
    of_unit = of_unit.set(_in_several(ids, of_unit), None)
    rulesets = {name: library.ruleset(name) for name in codes}
    # What only units without a ruleset can have is no fault of the file's layout.
    others = _others(library, rulesets) if of_unit.null_count() else []
    tables, ignored_sheets = _groups(rulesets, others, file, work, skip_unknown)
    problems: list[str] = []
    ignored: list[str] = []
    notices: list[Reject] = []
    written: dict[str, dict[str, str]] = {name: {} for name in codes}
    telling_heads = {head for head in telling[:2] if head}
    by_table: list[tuple[_Staged, dict[str, str], pl.Series, bool]] = [
        (units, dict.fromkeys(codes, UNITS), of_unit, False)
    ]
    places = pl.DataFrame({"id": ids, "code": of_unit, "at": True}).filter(pl.col("id").is_not_null())
    places = places.unique("id", keep="first", maintain_order=True)
    for staged, groups in tables:
        by_table.append((staged, groups, _of_rows(staged, rulesets, groups, places), True))
    for staged, groups, of_row, has_orphans in by_table:
        columns = _columns(staged, rulesets, groups, telling_heads if not has_orphans else set())
        unknown = [head for head, known in columns.items() if not known]
        if not skip_unknown:
            strange = [head for head in unknown if not _known_to(others, None if not has_orphans else groups, head)]
            problems += [f"{staged.shown}：没有“{head}”这一项（文件中各规则集都没有）" for head in strange]
        ignored += unknown
        foreign = _write(staged, groups, columns, of_row, list(codes), work)
        for (head, code), count in foreign.items():
            name = list(codes)[code]
            said = f"“{head}”不是 {name}（{rulesets[name].title}）的项目，{count:,} 行填有内容"
            if skip_unknown:
                notices.append(Reject(staged.shown, 0, None, head, f"{said}，没有读取"))
            else:
                problems.append(f"{staged.shown}：{said}；请清空，或核对规则集")
        for name, group in groups.items():
            written[name][group] = staged.shown
    if problems:
        raise LayoutError(problems)
    counts = Counter(of_unit.drop_nulls().to_list())
    parts = tuple(
        Part(ruleset=name, units=counts[code], tables=written[name]) for name, code in codes.items() if counts[code]
    )
    return Split(
        total=told.height,
        refused=of_unit.null_count(),
        parts=parts,
        rejects=tuple(rejects),
        notices=tuple(notices),
        ignored=tuple(ignored),
        ignored_sheets=ignored_sheets,
    )


def _refuse_twice(file: str, ids: pl.Series, lines: pl.Series, of_unit: pl.Series, rejects: list[Reject]) -> None:
    """Refuse units whose id stands under two rulesets; under one ruleset its own reading sees them."""
    several = _in_several(ids, of_unit)
    for position in several.arg_true():
        if of_unit[position] is not None:
            said = f"单元编号“{ids[position]}”在别的规则集下也有，各单元的编号不得相同"
            rejects.append(Reject(file, lines[position], ids[position], UNIT_ID, said))


def _in_several(ids: pl.Series, of_unit: pl.Series) -> pl.Series:
    """True when a unit's id stands under several rulesets, or under one and under none."""
    frame = pl.DataFrame({"id": ids, "code": of_unit.fill_null(pl.select(pl.lit(2**16 - 1, pl.UInt16)).item())})
    return frame.select((pl.col("code").n_unique().over("id") > 1) & pl.col("id").is_not_null()).to_series()


def _name(table: str) -> str:
    return f"{table or UNITS_FILE}.staged.parquet"


def _parquet(path: Path) -> _Staged:
    try:
        scan = pl.scan_parquet(path, glob=False, row_index_name=SOURCE_LINE, row_index_offset=1)
        scan.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise LayoutError([f"{path.name}：不是能读的 Parquet 文件（{str(error).splitlines()[0][:120]}）"]) from None
    return _Staged(path.name, scan)


def _units(any_ruleset: Ruleset, file: Path, work: Path) -> _Staged:
    """The units' table of the file."""
    kind, to = file.suffix.lower(), work / "whole.parquet"
    if kind == ".parquet":
        return _parquet(file)
    if kind == ".csv":
        stage_csv(file, _UnitHeads(), to)
        return _Staged(file.name, pl.scan_parquet(to, glob=False))
    with open_tables(file) as book:
        sheet = sheets_of(book, any_ruleset, file.name).tables[None]
        shown = f"{file.name}[{sheet.title}]"
        stage_sheet(book, sheet, shown, _UnitHeads(), to)
    return _Staged(shown, pl.scan_parquet(to, glob=False))


def _others(library: Library, rulesets: Mapping[str, Ruleset]) -> list[Ruleset]:
    """The rulesets that can be used and that no unit of the file has."""
    found = []
    for ruleset_id in library.ids():
        with suppress(LanguageError):
            if ruleset_id not in rulesets:
                found.append(library.ruleset(ruleset_id))
    return found


def _known_to(others: Sequence[Ruleset], groups: Mapping[str, str] | None, head: str) -> bool:
    """True when a column is one of another ruleset, in the units' table or in a group of one of these names."""
    if groups is None:
        return any(HeadNames(ruleset, None).column(head) is not None for ruleset in others)
    named = set(groups.values())
    return any(
        HeadNames(ruleset, group).column(head) is not None
        for ruleset in others
        for group in ruleset.groups.keys() & named
    )


def _groups(
    rulesets: Mapping[str, Ruleset], others: Sequence[Ruleset], file: Path, work: Path, skip_unknown: bool
) -> tuple[list[tuple[_Staged, dict[str, str]]], tuple[str, ...]]:
    """The tables of groups with, for each ruleset, the group that a table is; and what was left out."""
    if file.suffix.lower() == ".xlsx":
        return _sheets(rulesets, others, file, work, skip_unknown)
    by_path: dict[Path, dict[str, str]] = {}
    suspects: list[dict[str, str]] = []
    for name, ruleset in rulesets.items():
        found, suspected = tables_beside(ruleset, file)
        suspects.append(suspected)
        for group, path in found.items():
            by_path.setdefault(path, {})[name] = group
    read = {path.name for path in by_path}
    left = (
        {n: said for n, said in suspects[0].items() if all(n in s for s in suspects) and n not in read}
        if suspects
        else {}
    )
    strange = {name: said for name, said in left.items() if not _table_of(others, file, name)}
    if strange and not skip_unknown:
        raise LayoutError(f"{name}：没有读取：{said}" for name, said in strange.items())
    tables = []
    for number, (path, groups) in enumerate(by_path.items()):
        if file.suffix.lower() == ".parquet":
            tables.append((_parquet(path), groups))
            continue
        to = work / f"whole-{number}.parquet"
        stage_csv(path, _union(rulesets, groups), to)
        tables.append((_Staged(path.name, pl.scan_parquet(to, glob=False)), groups))
    return tables, tuple(left)


def _table_of(others: Sequence[Ruleset], file: Path, name: str) -> bool:
    """True when a file beside is a table of another ruleset."""
    return any(path.name == name for ruleset in others for path in tables_beside(ruleset, file)[0].values())


def _sheets(
    rulesets: Mapping[str, Ruleset], others: Sequence[Ruleset], file: Path, work: Path, skip_unknown: bool
) -> tuple[list[tuple[_Staged, dict[str, str]]], tuple[str, ...]]:
    with open_tables(file) as book:
        found = {name: sheets_of(book, ruleset, file.name) for name, ruleset in rulesets.items()}
        by_title: dict[str, dict[str, str]] = {}
        parts = {}
        for name, sheets in found.items():
            for group, sheet in sheets.tables.items():
                if group is not None:
                    by_title.setdefault(sheet.title, {})[name] = group
                    parts[sheet.title] = sheet
        listed = list(found.values())
        first = listed[0].unread if listed else {}
        left = {t: said for t, said in first.items() if t not in by_title and all(t in s.unread for s in listed)}
        known = {name for ruleset in others for name in table_names(ruleset)}
        strange = [title for title in left if plain_head(title) not in known]
        refused = [t for t in left if (t in strange and not skip_unknown) or any(t in s.hidden for s in listed)]
        if refused:
            raise LayoutError(f"{file.name}：{left[title]}" for title in refused)
        tables = []
        for number, (title, groups) in enumerate(by_title.items()):
            shown, to = f"{file.name}[{title}]", work / f"whole-{number}.parquet"
            stage_sheet(book, parts[title], shown, _union(rulesets, groups), to)
            tables.append((_Staged(shown, pl.scan_parquet(to, glob=False)), groups))
    return tables, tuple(left)


def _union(rulesets: Mapping[str, Ruleset], groups: Mapping[str, str]) -> HeadNames:
    names: HeadNames = _Union([HeadNames(rulesets[name], group) for name, group in groups.items()])  # type: ignore[assignment]
    return names


def _columns(
    staged: _Staged, rulesets: Mapping[str, Ruleset], groups: Mapping[str, str], telling: Iterable[str]
) -> dict[str, set[str]]:
    """The rulesets that know each column of a table."""
    names = {name: HeadNames(rulesets[name], group or None) for name, group in groups.items()}
    heads = [h for h in staged.scan.collect_schema() if h not in (*_OWN, *telling) and plain_head(h) != PROBLEM]
    return {head: {name for name, known in names.items() if known.column(head) is not None} for head in heads}


def _of_rows(
    staged: _Staged, rulesets: Mapping[str, Ruleset], groups: Mapping[str, str], places: pl.DataFrame
) -> pl.Series:
    """The ruleset of each row's unit by number; -1 for rows whose unit is not in the file, null for those of refused units."""
    name, group = next(iter(groups.items()))
    names = HeadNames(rulesets[name], group)
    head = next((h for h in staged.scan.collect_schema() if names.column(h) == UNIT_ID), None)
    if head is None:
        raise LayoutError([f"{staged.shown}：缺少列 {UNIT_ID}"])
    ids = normalised(staged.scan.select(head).collect().to_series()).values
    run = ids.rle_id()
    firsts = ids.filter((run != run.shift(1)).fill_null(True)).alias("id").to_frame()
    joined = firsts.join(places, on="id", how="left", maintain_order="left")
    code = joined.select(
        pl.when(pl.col("at").is_null()).then(pl.lit(-1, pl.Int32)).otherwise(pl.col("code").cast(pl.Int32))
    )
    return code.to_series().gather(run).alias("code")


def _write(
    staged: _Staged,
    groups: Mapping[str, str],
    columns: Mapping[str, set[str]],
    of_row: pl.Series,
    order: Sequence[str],
    work: Path,
) -> Counter[tuple[str, int]]:
    """Write the rows of each ruleset with its columns; returns how many cells of others' columns hold something."""
    height, of_row = len(of_row), of_row.cast(pl.Int32)
    own = [column for column in _OWN if column in staged.scan.collect_schema()]
    kept = {name: [*own, *(head for head, known in columns.items() if name in known)] for name in groups}
    blocks: dict[str, list[Path]] = {name: [] for name in groups}
    foreign: Counter[tuple[str, int]] = Counter()
    for number, first in enumerate(range(0, height, BLOCK)):
        block = staged.scan.slice(first, BLOCK).collect()
        codes = of_row.slice(first, BLOCK)
        orphans = (codes == -1).fill_null(False)
        here = set(codes.drop_nulls().to_list())
        for head, known in columns.items():
            filled = block[head].is_not_null()
            if known and filled.any():
                for code, count in codes.filter(filled).value_counts().iter_rows():
                    if code is not None and code >= 0 and order[code] not in known:
                        foreign[head, code] += count
        for name, group in groups.items():
            code = order.index(name)
            if code not in here and not (group and -1 in here):
                continue
            wanted = (codes == code).fill_null(False)
            rows = block.select(kept[name]).filter(wanted | orphans if group else wanted)
            to = work / name / f"{group or UNITS_FILE}-{number:05}.part"
            to.parent.mkdir(parents=True, exist_ok=True)
            rows.write_parquet(to, compression="lz4")
            blocks[name].append(to)
    for name, group in groups.items():
        to = work / name / _name(group)
        to.parent.mkdir(parents=True, exist_ok=True)
        if not blocks[name]:
            schema = {n: t for n, t in staged.scan.collect_schema().items() if n in kept[name]}
            pl.DataFrame(schema=schema).select(kept[name]).write_parquet(to)
            continue
        pl.scan_parquet(blocks[name], glob=False).sink_parquet(to)
        for path in blocks[name]:
            path.unlink()
    return foreign
