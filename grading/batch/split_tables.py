"""Tables with units of several rulesets → for each ruleset its units, its columns and the rows that belong to them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from shutil import rmtree

import polars as pl

from grading.batch.assignment import HEADS as TELLING
from grading.batch.assignment import INDUSTRY, RULESET, Assignment
from grading.batch.beside import tables_beside
from grading.batch.csv_end import end_remarks
from grading.batch.heads import PROBLEM, HeadNames, plain_head, table_names
from grading.batch.layout import COUNTY, HEADS, UNIT_ID, LayoutError, Reject
from grading.batch.sheets import sheets_of
from grading.batch.split import Part, Split
from grading.batch.split_rows import NO_UNIT, staged_parts, write_rows
from grading.batch.staged_rows import SOURCE_LINE
from grading.batch.staging import open_tables, stage_sheet
from grading.batch.table_blocks import Table, csv_table, parquet_table, staged_table
from grading.batch.tables import TableSource
from grading.batch.unit_ids import normalised
from grading.batch.waiver_table import waiver_lines
from grading.batch.waiver_units import FILE as WAIVERS
from grading.batch.waiver_units import Assigned, saved
from grading.batch.waiver_units import assigned as waivers_assigned
from grading.columns.layout import ASSESSED_ON
from grading.day_text import DayError, day_from_text
from grading.language.load import Library
from grading.model.ruleset import Ruleset

UNITS = ""
"""The key of the units' table among the tables of a part."""


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
        staged = tuple(file for table in self.part.tables for file in staged_parts(self.folder, table))
        waivers = self.folder / WAIVERS
        return (*staged, waivers) if waivers.is_file() else staged

    def _waivers(self, ids: pl.Series) -> Assigned:  # noqa: ARG002  those of its own units were kept
        return Assigned(saved(self.folder))

    def _scans(self) -> tuple[Mapping[str | None, str], Mapping[str | None, pl.LazyFrame]]:
        shown = {table or None: name for table, name in self.part.tables.items()}
        scans = {t or None: pl.scan_ipc(staged_parts(self.folder, t), glob=False) for t in self.part.tables}
        return shown, scans


class _Union:
    """The heads of a table under several rulesets."""

    def __init__(self, names: Sequence[HeadNames]) -> None:
        self.names = names
        self.identifiers = frozenset().union(*(known.identifiers for known in names))

    def column(self, head: str) -> str | None:
        """The column that a head means under one of them."""
        return next((column for known in self.names if (column := known.column(head))), None)


class _UnitHeads(HeadNames):
    """The heads that mark a units' table before its rulesets are determined."""

    def __init__(self) -> None:
        self.by_id = {plain_head(name): name for name in (*HEADS, *TELLING)}
        self.by_label = {plain_head(label): name for name, label in HEADS.items()}
        self.by_label |= {plain_head(head): name for name, heads in TELLING.items() for head in heads}
        self.identifiers = frozenset(HEADS) - {"assessed_on"} | {INDUSTRY}


def _day(text: str | None) -> date | None:
    """The day of an assessment, where it can be read; the reading of the part reports what is wrong with it."""
    try:
        return day_from_text(text) if text is not None else None
    except DayError:
        return None


def split_tables(library: Library, file: Path, assignment: Assignment, work: Path, skip_unknown: bool) -> Split:
    """Find the ruleset of each unit, and write the tables of each ruleset's units below `work`. Raises LayoutError."""
    if work.is_dir():
        # An earlier run did not get to the end of it.
        rmtree(work)
    work.mkdir(parents=True)
    units = _units(assignment.any_ruleset, file, work)
    heads = _UnitHeads()
    named: dict[str, list[str]] = {}
    for head in units.heads():
        if (name := heads.column(head)) is not None:
            named.setdefault(name, []).append(head)
    if UNIT_ID not in named:
        raise LayoutError([f"{units.shown}：缺少列 {UNIT_ID}"])
    if RULESET not in named and INDUSTRY not in named:
        raise LayoutError(
            [
                f"{units.shown}：没有“规则集”或“行业”列，不知道各单元按哪个规则集评级；请加上一列，或用 --ruleset 指定一个规则集"
            ]
        )
    assigning = [*named.get(RULESET, ()), *named.get(INDUSTRY, ())]
    by_name = len(named.get(RULESET, ()))
    where_and_when = [named[name][0] if name in named else None for name in (COUNTY, ASSESSED_ON)]
    identifying = units.columns(
        list(dict.fromkeys([named[UNIT_ID][0], *assigning, *(head for head in where_and_when if head)]))
    )
    ids = normalised(identifying[named[UNIT_ID][0]]).values
    absent = pl.Series([None], dtype=pl.String).new_from_index(0, identifying.height)
    read = [identifying[head].cast(pl.String) if head else absent for head in (*assigning, *where_and_when)]
    cells = [column.to_list() for column in read]
    lines = identifying[SOURCE_LINE]
    rejects: list[Reject] = []
    codes: dict[str, int] = {}
    assigned: list[int | None] = []
    code_of: dict[tuple[str | None, ...], int] = {}
    for position, row in enumerate(zip(*cells, strict=True)):
        if (code := code_of.get(row)) is None:
            *means, county, day = row
            found = assignment.of(means[:by_name], means[by_name:], county, _day(day))
            if found.ruleset is None:
                place = RULESET if any(row[:by_name]) or INDUSTRY not in named else INDUSTRY
                rejects.append(Reject(units.shown, lines[position], ids[position], place, found.reason))
            else:
                code = code_of[row] = codes.setdefault(found.ruleset, len(codes))
        assigned.append(code)
    of_unit = pl.Series("code", assigned, dtype=pl.UInt16)
    _refuse_twice(units.shown, ids, lines, of_unit, rejects)
    of_unit = of_unit.set(_in_several(ids, of_unit), None)
    rulesets = {name: library.ruleset(name) for name in codes}
    # What only units without a ruleset can have is no fault of the file's layout.
    others = _others(library, rulesets) if of_unit.null_count() else []
    tables, ignored_sheets, remarks = _groups(rulesets, others, file, work, skip_unknown)
    waivers = waivers_assigned(waiver_lines(file), ids)
    rejects += waivers.rejects
    problems: list[str] = []
    ignored: list[str] = []
    notices: list[Reject] = list(remarks)
    written: dict[str, dict[str, str]] = {name: {} for name in codes}
    by_table: list[tuple[Table, dict[str, str], pl.Series, bool]] = [
        (units, dict.fromkeys(codes, UNITS), of_unit, False)
    ]
    places = pl.DataFrame({"id": ids, "code": of_unit, "at": True}).filter(pl.col("id").is_not_null())
    places = places.unique("id", keep="first", maintain_order=True)
    for staged, groups in tables:
        by_table.append((staged, groups, _of_rows(staged, rulesets, groups, places), True))
    for staged, groups, of_row, has_orphans in by_table:
        columns = _columns(staged, rulesets, groups, assigning if not has_orphans else ())
        unknown = [head for head, known in columns.items() if not known]
        if not skip_unknown:
            strange = [head for head in unknown if not _known_to(others, None if not has_orphans else groups, head)]
            problems += [f"{staged.shown}：没有“{head}”这一项（文件中各规则集都没有）" for head in strange]
        ignored += unknown
        foreign = write_rows(staged, groups, columns, of_row, list(codes), work)
        for (head, code), count in foreign.items():
            name = list(codes)[code]
            message = f"“{head}”不是 {name}（{rulesets[name].title}）的项目，{count:,} 行填有内容"
            if skip_unknown:
                notices.append(Reject(staged.shown, 0, None, head, f"{message}，没有读取"))
            else:
                problems.append(f"{staged.shown}：{message}；请清空，或核对规则集")
        for name, group in groups.items():
            written[name][group] = staged.shown
    if problems:
        raise LayoutError(problems)
    counts = Counter(of_unit.drop_nulls().to_list())
    for name, code in codes.items():
        own = waivers.table.only(ids.filter((of_unit == code).fill_null(False)))
        if own.lines or own.doubts:
            own.save(work / name)
    parts = tuple(
        Part(ruleset=name, units=counts[code], tables=written[name]) for name, code in codes.items() if counts[code]
    )
    return Split(
        total=identifying.height,
        refused=of_unit.null_count(),
        without_unit=len(waivers.rejects)
        + sum(int((of_row == NO_UNIT).sum()) for _, _, of_row, is_group in by_table if is_group),
        parts=parts,
        rejects=tuple(rejects),
        notices=tuple(notices),
        ignored=tuple(ignored),
        ignored_sheets=ignored_sheets,
    )


def _refuse_twice(file: str, ids: pl.Series, lines: pl.Series, of_unit: pl.Series, rejects: list[Reject]) -> None:
    """Refuse units whose id stands under two rulesets; under one ruleset its own reading sees them."""
    ambiguous = _in_several(ids, of_unit)
    for position in ambiguous.arg_true():
        if of_unit[position] is not None:
            message = f"单元编号“{ids[position]}”还有别的行，那里的规则集不同或不能确定；各单元的编号不得相同"
            rejects.append(Reject(file, lines[position], ids[position], UNIT_ID, message))


def _in_several(ids: pl.Series, of_unit: pl.Series) -> pl.Series:
    """True when a unit's id stands under several rulesets, or under one and under none."""
    frame = pl.DataFrame({"id": ids, "code": of_unit.fill_null(pl.select(pl.lit(2**16 - 1, pl.UInt16)).item())})
    return frame.select((pl.col("code").n_unique().over("id") > 1) & pl.col("id").is_not_null()).to_series()


def _units(any_ruleset: Ruleset, file: Path, work: Path) -> Table:
    """The units' table of the file."""
    kind, to = file.suffix.lower(), work / "whole.parquet"
    if kind == ".parquet":
        return parquet_table(file)
    if kind == ".csv":
        return csv_table(file, _UnitHeads(), work)
    with open_tables(file) as book:
        sheet = sheets_of(book, any_ruleset, file.name).tables[None]
        shown = f"{file.name}[{sheet.title}]"
        stage_sheet(book, sheet, shown, _UnitHeads(), to)
    return staged_table(shown, to)


def _others(library: Library, rulesets: Mapping[str, Ruleset]) -> list[Ruleset]:
    """The rulesets that can be used and that no unit of the file has."""
    return list(library.usable(ruleset_id for ruleset_id in library.ids() if ruleset_id not in rulesets))


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
) -> tuple[list[tuple[Table, dict[str, str]]], tuple[str, ...], tuple[Reject, ...]]:
    """The tables of groups with, for each ruleset, the group that a table is; what was left out; and what is to be told."""
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
        {n: message for n, message in suspects[0].items() if all(n in s for s in suspects) and n not in read}
        if suspects
        else {}
    )
    strange = {name: message for name, message in left.items() if not _table_of(others, file, name)}
    if strange and not skip_unknown:
        raise LayoutError(f"{name}：没有读取：{message}" for name, message in strange.items())
    tables = []
    for path, groups in by_path.items():
        is_parquet = file.suffix.lower() == ".parquet"
        table = parquet_table(path) if is_parquet else csv_table(path, _union(rulesets, groups), work)
        tables.append((table, groups))
    ends = end_remarks((file, *by_path)) if file.suffix.lower() == ".csv" else ()
    return tables, tuple(left), tuple(ends)


def _table_of(others: Sequence[Ruleset], file: Path, name: str) -> bool:
    """True when a file beside is a table of another ruleset."""
    return any(path.name == name for ruleset in others for path in tables_beside(ruleset, file)[0].values())


def _sheets(
    rulesets: Mapping[str, Ruleset], others: Sequence[Ruleset], file: Path, work: Path, skip_unknown: bool
) -> tuple[list[tuple[Table, dict[str, str]]], tuple[str, ...], tuple[Reject, ...]]:
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
        left = {t: message for t, message in first.items() if t not in by_title and all(t in s.unread for s in listed)}
        known = {name for ruleset in others for name in table_names(ruleset)}
        strange = [title for title in left if plain_head(title) not in known]
        refused = [t for t in left if (t in strange and not skip_unknown) or any(t in s.hidden for s in listed)]
        if refused:
            raise LayoutError(f"{file.name}：{left[title]}" for title in refused)
        tables = []
        for number, (title, groups) in enumerate(by_title.items()):
            shown, to = f"{file.name}[{title}]", work / f"whole-{number}.parquet"
            stage_sheet(book, parts[title], shown, _union(rulesets, groups), to)
            tables.append((staged_table(shown, to), groups))
    return tables, tuple(left), tuple(dict.fromkeys(remark for sheets in listed for remark in sheets.remarks))


def _union(rulesets: Mapping[str, Ruleset], groups: Mapping[str, str]) -> HeadNames:
    names: HeadNames = _Union([HeadNames(rulesets[name], group) for name, group in groups.items()])  # type: ignore[assignment]
    return names


def _columns(
    staged: Table, rulesets: Mapping[str, Ruleset], groups: Mapping[str, str], assigning: Iterable[str]
) -> dict[str, set[str]]:
    """The rulesets that know each column of a table."""
    names = {name: HeadNames(rulesets[name], group or None) for name, group in groups.items()}
    heads = [head for head in staged.heads() if head not in assigning and plain_head(head) != PROBLEM]
    return {head: {name for name, known in names.items() if known.column(head) is not None} for head in heads}


def _of_rows(
    staged: Table, rulesets: Mapping[str, Ruleset], groups: Mapping[str, str], places: pl.DataFrame
) -> pl.Series:
    """The ruleset of each row's unit by number; -1 for rows whose unit is not in the file, null for those of refused units."""
    name, group = next(iter(groups.items()))
    names = HeadNames(rulesets[name], group)
    head = next((head for head in staged.heads() if names.column(head) == UNIT_ID), None)
    if head is None:
        raise LayoutError([f"{staged.shown}：缺少列 {UNIT_ID}"])
    given = staged.columns([head])[head]
    # Rows of a unit mostly stand together, so that few are looked at.
    run = given.rle_id()
    firsts = normalised(given.filter((run != run.shift(1)).fill_null(True))).values.alias("id").to_frame()
    joined = firsts.join(places, on="id", how="left", maintain_order="left")
    code = joined.select(
        pl.when(pl.col("at").is_null()).then(pl.lit(NO_UNIT, pl.Int32)).otherwise(pl.col("code").cast(pl.Int32))
    )
    return code.to_series().gather(run).alias("code")
