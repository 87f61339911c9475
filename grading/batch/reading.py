"""Rows of files → columns that can be graded, and every reason why some can't; what is wrong is judged by the intake."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import polars as pl

from grading import calendar, uscc
from grading.batch.heads import evidence_columns
from grading.batch.layout import (
    ASSESSED_ON,
    COUNTY,
    DAY,
    HEAD_SCHEMA,
    HEADS,
    LEFT_UNKNOWN,
    LINE,
    NAME,
    UNIT_ID,
    USCC,
    Reject,
    count_column,
)
from grading.batch.staged_cells import reason_of
from grading.batch.staged_rows import BROKEN
from grading.batch.table_heads import Table
from grading.batch.unit_ids import normalised
from grading.batch.visible_texts import visible_texts
from grading.batch.waiver_table import NAME as NAME_OF_WAIVERS
from grading.batch.waiver_table import idle, read_waivers
from grading.batch.waiver_units import WaiverTable
from grading.columns.cells import option_code, options_listed, read_column
from grading.columns.layout import ROW_KEY, UNIT, Columns, stated, waived
from grading.columns.proven import proven
from grading.forms.evidence_days import DAYS
from grading.forms.wording import bound_hint, expectation, list_expectation
from grading.intake import MAX_ROWS, MAX_TEXT, AuditError, InputProblem, check_audit, read_otherwise, too_few_rows
from grading.invisible import UNWRITABLE, shown_invisible, without_invisible
from grading.language.load import Library
from grading.language.synonyms import likeness_question
from grading.model.audit import Waiver
from grading.model.ruleset import Fact, Ruleset
from grading.percentages import fraction_question, is_share
from grading.problems.codes import DAY_CODES, ProblemCode
from grading.problems.reason import reason_of as coded_reason
from grading.regions import PATTERN as PLACE

SHOWN = 60
_AS_IT_IS = DAY_CODES | {ProblemCode.DAY_IN_FUTURE, ProblemCode.DAY_TOO_EARLY}
"""Reasons about days that hold in a cell as well."""
MOST_QUESTIONS = 200
"""So many cells of a column of a chunk are asked about one by one."""


@dataclass(frozen=True)
class Chunk:
    """A part of the input, read: `heads` and the units of `columns` are those that can be graded, in the same order."""

    heads: pl.DataFrame
    columns: Columns
    rejects: list[Reject]
    read: int
    """The number of units (of JSON lines: audits) of the input that it covers."""
    refused: int
    """The number of units (audits) that can't be graded."""
    skipped: int = 0
    """The number of units of other industries."""
    notices: list[Reject] = field(default_factory=list)
    """Values that were read otherwise than they stand there."""
    waivers: Mapping[str, tuple[Waiver, ...]] = field(default_factory=dict)
    """The waivers that tables state, by unit; in `columns` are those in force."""


@dataclass
class _Found:
    """Reasons as they are found, and the units they are about."""

    rejects: list[Reject] = field(default_factory=list)
    units: set[int] = field(default_factory=set)
    notices: list[Reject] = field(default_factory=list)
    unknown: dict[int, list[str]] = field(default_factory=dict)
    """The places of values that were left unknown, by unit."""
    waivers: dict[str, tuple[Waiver, ...]] = field(default_factory=dict)


class TableReader:
    """Reads chunks of a units' table and the rows that belong to them."""

    def __init__(
        self, library: Library, ruleset: Ruleset, tables: Mapping[str | None, Table], partial: bool = False
    ) -> None:
        """`partial`: a value that can't be read is left unknown, and its unit is graded all the same."""
        self.library, self.ruleset, self.tables, self.partial = library, ruleset, tables, partial

    def read(
        self,
        units: pl.DataFrame,
        rows: Mapping[str, pl.DataFrame],
        twice: Mapping[int, int],
        doubts: Mapping[int, Mapping[str, str]] = MappingProxyType({}),
        waivers: WaiverTable | None = None,
    ) -> Chunk:
        """Read a chunk.

        `units` and `rows` have the layout's names and `line`; `rows` also `unit`, the position of the unit in the chunk, by
        which they are sorted. `twice` gives, for units by position, the line on which their id stood before, `doubts` the
        groups of which they may be missing rows, with the reason; `waivers` are those of all units.
        """
        found = _Found()
        heads = self._heads(units, twice, found)
        self._broken(None, units, heads, found)
        facts = self._facts(None, units, heads, None, found)
        groups: dict[str, pl.DataFrame] = {}
        for group in self.ruleset.groups:
            raw = rows.get(group)
            own = (
                pl.DataFrame({UNIT: []}, schema={UNIT: pl.UInt32})
                if raw is None
                else self._rows(group, raw, heads, found)
            )
            groups[group] = own
            missing = {position: said[group] for position, said in doubts.items() if group in said}
            facts.append(self._stated(group, units, own, heads, missing, found))
        facts += self._waived(waivers or WaiverTable(), heads, found)
        columns = Columns(pl.DataFrame([heads[ASSESSED_ON], *facts]), groups)
        good = pl.Series([True]).new_from_index(0, units.height).scatter(sorted(found.units), False)
        if self.partial:
            heads = heads.with_columns(left_unknown(heads.height, found.unknown))
        return Chunk(
            heads.filter(good),
            columns.only(good),
            found.rejects,
            units.height,
            len(found.units),
            notices=found.notices,
            waivers=found.waivers,
        )

    def _heads(self, raw: pl.DataFrame, twice: Mapping[int, int], found: _Found) -> pl.DataFrame:
        days = read_column(DAY, raw[ASSESSED_ON])
        not_days = dict(days.problems)
        texts = {name: _text(raw, name) for name in HEADS if name not in (ASSESSED_ON, UNIT_ID)}
        ids = normalised(raw[UNIT_ID])
        texts = {UNIT_ID: ids.values.alias(UNIT_ID), **texts}
        shown_as = {name: visible_texts(texts[name]) for name in texts if name != UNIT_ID}
        texts |= {name: known.values for name, known in shown_as.items()}
        blank = pl.Series([False]).new_from_index(0, raw.height)
        blank = blank.scatter([position for known in shown_as.values() for position in known.blank], True)
        codes, mended = credit_codes(texts[USCC])
        texts[USCC] = codes
        texts[NAME] = texts[NAME].zip_with(texts[NAME].is_not_null(), texts[UNIT_ID])
        heads = pl.DataFrame([raw[LINE], *(days.values if name == ASSESSED_ON else texts[name] for name in HEADS)])
        plain = pl.all_horizontal(_is_plain(pl.col(name)) for name in texts) & pl.col(UNIT_ID).is_not_null()
        file = self.tables[None].file
        lines = raw[LINE]
        for position, given in ids.mended.items():
            said = f"单元编号“{shown_invisible(given)}”读作“{ids.values[position]}”（全角或看不见的字符）"
            found.notices.append(Reject(file, lines[position], ids.values[position], UNIT_ID, said))
        for name, known in shown_as.items():
            for position, given in known.mended.items():
                said = read_otherwise(ProblemCode.INVISIBLE_REMOVED, known.values[position], given).message
                found.notices.append(Reject(file, lines[position], ids.values[position], name, said))
        for position, given in mended.items():
            said = read_otherwise(ProblemCode.USCC_NORMALISED, codes[position], given).message
            found.notices.append(Reject(file, lines[position], ids.values[position], USCC, said))
        county = pl.col(COUNTY).is_null() | pl.col(COUNTY).str.contains(f"^(?:{PLACE})$")
        # A day that is not there is neither between.
        assessable = pl.col(ASSESSED_ON).is_between(calendar.EARLIEST, calendar.today()).fill_null(False)
        fine = heads.select(plain & county & assessable).to_series() & valid_codes(codes) & ~blank
        for position in (~fine).arg_true():
            head = heads.row(position, named=True)
            day_given = shown(raw[ASSESSED_ON], position)
            reasons = {UNIT_ID: ids.refused.get(position)}
            if position in not_days and not_days[position].code in DAY_CODES:
                reasons[ASSESSED_ON] = not_days[position].message
            self._wrong_head(head, day_given, position, reasons, found)
        for position, line in twice.items():
            head = heads.row(position, named=True)
            reason = f"单元编号“{head[UNIT_ID]}”与第 {line} 行相同，各单元的编号不得相同"
            found.rejects.append(Reject(file, head[LINE], head[UNIT_ID], UNIT_ID, reason))
            found.units.add(position)
        return heads.cast(dict(HEAD_SCHEMA))  # type: ignore[arg-type]

    def _wrong_head(
        self, head: dict[str, Any], day: Any, position: int, reasons: Mapping[str, str | None], found: _Found
    ) -> None:
        """Ask the intake what is wrong with what says which unit it is; `reasons` are those found already."""
        enterprise = {name.partition(".")[2]: head[name] for name in HEADS if name.startswith("enterprise.")}
        unit = {"id": head[UNIT_ID], "ruleset": self.ruleset.id}
        enterprise["name"] = enterprise["name"] or "-"
        if head[ASSESSED_ON] is not None:
            day = head[ASSESSED_ON].isoformat()
        try:
            check_audit({"enterprise": enterprise, "assessed_on": day, "units": [unit]}, self.library)
        except AuditError as error:
            for problem in error.problems:
                name = UNIT_ID if problem.place == "units[0].id" else problem.place
                given = day if name == ASSESSED_ON else head.get(name)
                reason = reason_of(given) or reasons.get(name) or head_reason(problem, name, given)
                found.rejects.append(Reject(self.tables[None].file, head[LINE], head[UNIT_ID], name, reason))
                found.units.add(position)

    def _facts(
        self, group: str | None, raw: pl.DataFrame, heads: pl.DataFrame, keys: pl.Series | None, found: _Found
    ) -> list[pl.Series]:
        """The columns of facts; a cell that can't be read takes its unit out."""
        columns: list[pl.Series] = []
        for fact in self.ruleset.facts.values():
            if fact.group != group or fact.id not in raw.columns:
                continue
            read = read_column(fact, raw[fact.id])
            columns.append(self._proven(group, fact, raw, read.values, heads, keys, found))
            for position, problem in dict(read.problems).items():
                unit = position if group is None else raw[UNIT][position]
                place = fact.id if keys is None else f"{group}[{keys[position]}].{fact.id}"
                reason = fact_reason(fact, problem, shown(raw[fact.id], position))
                if self.partial:
                    self._leave_unknown(group, raw, position, unit, heads, place, reason, found)
                else:
                    self._reject(group, raw, position, unit, heads, place, reason, found)
            self._note_synonyms(group, fact, raw, read.synonyms, heads, keys, found)
            self._ask_fractions(group, fact, raw, read.values, heads, keys, found)
        return columns

    def _proven(
        self,
        group: str | None,
        fact: Fact,
        raw: pl.DataFrame,
        values: pl.Series,
        heads: pl.DataFrame,
        keys: pl.Series | None,
        found: _Found,
    ) -> pl.Series:
        """A fact's values as they count on the days of the audits: unknown where their evidence has no day or has expired."""
        if fact.evidence_valid is None:
            return values
        on = heads[ASSESSED_ON] if group is None else heads[ASSESSED_ON].gather(raw[UNIT])
        days: dict[str, pl.Series] = {}
        for column, (name, asked) in zip(evidence_columns(fact), DAYS.items(), strict=True):
            given = raw[column] if column in raw.columns else pl.Series(column, [None]).new_from_index(0, raw.height)
            read = read_column(asked, given.alias(asked.id))
            days[name] = read.values
            wrong = {
                position: fact_reason(asked, problem, shown(given, position)) for position, problem in read.problems
            }
            if name == "taken":
                for position in (read.values > on).fill_null(False).arg_true():
                    later = coded_reason(
                        ProblemCode.EVIDENCE_TAKEN_LATER, taken=read.values[position], day=on[position]
                    )
                    wrong[position] = later.message
            for position, reason in wrong.items():
                unit = position if group is None else raw[UNIT][position]
                place = column if keys is None else f"{group}[{keys[position]}].{column}"
                self._reject(group, raw, position, unit, heads, place, reason, found)
        return proven(fact, values, days["taken"], days["valid_until"], on)

    def _waived(self, table: WaiverTable, heads: pl.DataFrame, found: _Found) -> list[pl.Series]:
        """A column for each indicator of which a unit has a waiver in force; a line that can't be read takes its unit out."""
        in_force: dict[int, frozenset[str]] = {}
        lines = table.by_unit()
        for position in heads[UNIT_ID].is_in(list(lines)).fill_null(False).arg_true():
            unit, day = heads[UNIT_ID][position], heads[ASSESSED_ON][position]
            if unit in table.doubts:
                self._reject_waivers(heads, position, table.doubts[unit], found)
            if day is None:
                continue
            read = read_waivers(self.library, self.ruleset, unit, day, lines[unit])
            found.rejects += read.rejects
            found.notices += read.notices
            found.units |= {position} if read.rejects else set()
            found.waivers[unit] = read.waivers
            in_force[position] = frozenset(w.indicator for w in read.waivers if not idle(w, day))
        anywhere = frozenset().union(*in_force.values())
        none = pl.Series([False]).new_from_index(0, heads.height)
        return [
            none.scatter([at for at, some in in_force.items() if one.id in some], True).alias(waived(one.id))
            for one in self.ruleset.indicators
            if one.id in anywhere
        ]

    def _reject_waivers(self, heads: pl.DataFrame, position: int, said: str, found: _Found) -> None:
        """Refuse a unit that may be missing a waiver."""
        row = heads.row(position, named=True)
        found.rejects.append(Reject(self.tables[None].file, row[LINE], row[UNIT_ID], NAME_OF_WAIVERS, said))
        found.units.add(position)

    def _leave_unknown(
        self,
        group: str | None,
        raw: pl.DataFrame,
        position: int,
        unit: int,
        heads: pl.DataFrame,
        place: str,
        reason: str,
        found: _Found,
    ) -> None:
        said = f"按未知处理：{reason}"
        found.notices.append(Reject(self.tables[group].file, raw[LINE][position], heads[UNIT_ID][unit], place, said))
        places = found.unknown.setdefault(unit, [])
        if place not in places:
            places.append(place)

    def _note_synonyms(
        self,
        group: str | None,
        fact: Fact,
        raw: pl.DataFrame,
        synonyms: Sequence[tuple[int, str]],
        heads: pl.DataFrame,
        keys: pl.Series | None,
        found: _Found,
    ) -> None:
        """Tell cell by cell which everyday words were read as which option."""
        file, lines = self.tables[group].file, raw[LINE]
        for position, said in synonyms[:MOST_QUESTIONS]:
            unit = position if group is None else raw[UNIT][position]
            place = fact.id if keys is None else f"{group}[{keys[position]}].{fact.id}"
            found.notices.append(Reject(file, lines[position], heads[UNIT_ID][unit], place, said))
        if len(synonyms) > MOST_QUESTIONS:
            said = f"“{fact.label}”还有 {len(synonyms) - MOST_QUESTIONS:,} 处按同义词读取，如{synonyms[-1][1]}"
            found.notices.append(Reject(file, 0, None, fact.id, said))

    def _ask_fractions(
        self,
        group: str | None,
        fact: Fact,
        raw: pl.DataFrame,
        values: pl.Series,
        heads: pl.DataFrame,
        keys: pl.Series | None,
        found: _Found,
    ) -> None:
        """Ask about bare numbers of a share that are no more than 1."""
        if not is_share(fact):
            return
        given = raw[fact.id]
        bare = (values > 0) & (values <= 10**fact.decimals)
        if given.dtype == pl.String:
            bare &= ~given.str.contains(r"[%％]\s*$")
        positions = bare.fill_null(False).arg_true()
        for position in positions[:MOST_QUESTIONS]:
            value = Decimal(values[position]).scaleb(-fact.decimals)
            unit = position if group is None else raw[UNIT][position]
            place = fact.id if keys is None else f"{group}[{keys[position]}].{fact.id}"
            said = fraction_question(fact, value) or ""
            found.notices.append(
                Reject(self.tables[group].file, raw[LINE][position], heads[UNIT_ID][unit], place, said)
            )
        if len(positions) > MOST_QUESTIONS:
            said = f"“{fact.label}”还有 {len(positions) - MOST_QUESTIONS:,} 格不大于 1，单位是 %；是否应乘以 100？"
            found.notices.append(Reject(self.tables[group].file, 0, None, fact.id, said))

    def _rows(self, group: str, raw: pl.DataFrame, heads: pl.DataFrame, found: _Found) -> pl.DataFrame:
        self._broken(group, raw, heads, found)
        key = self.ruleset.groups[group].key
        known = normalised(raw[key])
        keys = known.values.alias(ROW_KEY)
        fine = keys.is_not_null()
        for position, given in known.mended.items():
            said = f"编号“{shown_invisible(given)}”读作“{keys[position]}”（全角或看不见的字符）"
            unit_id = heads[UNIT_ID][raw[UNIT][position]]
            found.notices.append(Reject(self.tables[group].file, raw[LINE][position], unit_id, f"{group}.{key}", said))
        for position in (~fine).arg_true():
            reason = known.refused.get(position, f"每行须有 {key}")
            self._reject(group, raw, position, raw[UNIT][position], heads, f"{group}.{key}", reason, found)
        codes = keys.cast(pl.Categorical).to_physical().cast(pl.UInt64)
        named = raw[UNIT].cast(pl.UInt64) * 2**32 + codes
        again: Iterable[int] = () if named.n_unique() == raw.height else (named.is_duplicated() & fine).arg_true()
        for position in again:
            reason = f"同一单元的表内 {key}“{keys[position]}”重复"
            self._reject(group, raw, position, raw[UNIT][position], heads, f"{group}.{key}", reason, found)
        return pl.DataFrame([raw[UNIT], keys, *self._facts(group, raw, heads, keys, found)])

    def _broken(self, group: str | None, raw: pl.DataFrame, heads: pl.DataFrame, found: _Found) -> None:
        """Rows that are no rows of the table."""
        if BROKEN in raw.columns:
            for position in raw[BROKEN].is_not_null().arg_true():
                unit = position if group is None else raw[UNIT][position]
                self._reject(group, raw, position, unit, heads, "", raw[BROKEN][position], found)

    def _stated(
        self,
        group: str,
        units: pl.DataFrame,
        rows: pl.DataFrame,
        heads: pl.DataFrame,
        missing: Mapping[int, str],
        found: _Found,
    ) -> pl.Series:
        """True for each unit that has the table: it has rows, or says how many. One that may be missing rows is refused."""
        counted = rows[UNIT].value_counts(name="n")
        none = pl.Series("n", [0], dtype=pl.UInt32).new_from_index(0, units.height)
        there = none.scatter(counted[UNIT], counted["n"])
        name = count_column(group)
        too_many = there > MAX_ROWS
        for position in too_many.arg_true():
            reason = f"有 {there[position]} 行，每个单元的表最多 {MAX_ROWS:,} 行"
            self._reject(None, units, position, position, heads, name, reason, found)
        count = Fact(id="rows", label=name, type="number", min=Decimal(0), decimals=0)
        given = units[name] if name in units.columns else pl.Series(name, [None]).new_from_index(0, units.height)
        said = read_column(count, given.alias("rows"), bounds=False)
        for position, reason in missing.items():
            # A unit that has as many rows as it says is not missing any.
            if said.values[position] is None or said.values[position] != there[position]:
                self._reject(None, units, position, position, heads, name, reason, found)
        if name not in units.columns:
            return (there > 0).alias(stated(group))
        for position, problem in dict(said.problems).items():
            reason = fact_reason(count, problem, shown(units[name], position))
            self._reject(None, units, position, position, heads, name, reason, found)
        for position in ((said.values != there) & said.values.is_not_null()).arg_true():
            reason = f"写明 {said.values[position]} 行，表中有 {there[position]} 行"
            self._reject(None, units, position, position, heads, name, reason, found)
        self._few(group, units, there, said.values, heads, found)
        return ((there > 0) | said.values.is_not_null()).alias(stated(group))

    def _few(
        self, group: str, units: pl.DataFrame, there: pl.Series, said: pl.Series, heads: pl.DataFrame, found: _Found
    ) -> None:
        """Refuse units whose stated table has fewer rows than it must."""
        least = self.ruleset.groups[group].least_rows
        few = ((there > 0) | said.is_not_null()) & (there < least.rows)
        if few.any() and least.unless is not None and least.unless.fact in units.columns:
            answers = read_column(self.ruleset.facts[least.unless.fact], units[least.unless.fact]).values
            few &= (answers != least.unless.equals).fill_null(True)
        for position in few.arg_true():
            reason = too_few_rows(self.ruleset, group, there[position]).message
            self._reject(None, units, position, position, heads, count_column(group), reason, found)

    def _reject(
        self,
        group: str | None,
        raw: pl.DataFrame,
        position: int,
        unit: int,
        heads: pl.DataFrame,
        place: str,
        reason: str,
        found: _Found,
    ) -> None:
        found.rejects.append(Reject(self.tables[group].file, raw[LINE][position], heads[UNIT_ID][unit], place, reason))
        found.units.add(unit)


def left_unknown(height: int, places: Mapping[int, Sequence[str]]) -> pl.Series:
    """The column that marks units of which values were left unknown, with their places."""
    listed = [";".join(places[position]) if position in places else None for position in range(height)]
    return pl.Series(LEFT_UNKNOWN, listed, dtype=pl.String)


def fact_reason(fact: Fact, problem: InputProblem, given: Any) -> str:
    """The reason for a fact's refusal: what would be right, and what stood there instead."""
    if reason := reason_of(given):
        return reason
    if problem.code in DAY_CODES or problem.code is ProblemCode.NUMBER_TOO_LARGE:
        return problem.message
    if isinstance(given, dict) and "below" in given:
        given = f"<{given['below']}"
    right = list_expectation(fact) if fact.type == "choices" else expectation(fact)
    said = f"{right}；所填：{shown_invisible(str(given)[:SHOWN])}{_likeness(fact, given)}"
    hint = bound_hint(fact, given) if isinstance(given, str) else ""
    return f"{said}；{hint}" if hint else said


def _likeness(fact: Fact, given: Any) -> str:
    """The question whether an option is meant that what was given is like; empty for what is like none."""
    if not isinstance(given, str):
        return ""
    if fact.type == "choices":
        others = (part for part in options_listed(fact, given) if option_code(fact, part) not in fact.options)
        return next((asked for part in others if (asked := likeness_question(fact, part))), "")
    return likeness_question(fact, given) if fact.type in ("boolean", "choice") else ""


def shown(raw: pl.Series, position: int) -> Any:
    """A cell as a message quotes it; of days also those that no calendar here has."""
    if raw.dtype.is_temporal():
        return raw.slice(position, 1).cast(pl.String).item()
    cell = raw[position]
    return cell.to_list() if isinstance(cell, pl.Series) else cell


def head_reason(problem: InputProblem, name: str, given: Any) -> str:
    """The reason for the refusal of a cell that identifies the unit."""
    if is_blank(given):
        return f"{ProblemCode.TEXT_INVISIBLE.zh}：{shown_invisible(given[:SHOWN])}"
    if name == USCC or problem.code in _AS_IT_IS:
        return problem.message
    right = {
        UNIT_ID: "应填单元编号",
        COUNTY: "应为六位行政区划代码，如 610402",
        ASSESSED_ON: "应填评估日期，如 2023-09-10",
    }.get(name, f"应为不超过 {MAX_TEXT:,} 字的文字")
    return f"{right}；{'未填' if given is None else f'所填：{shown_invisible(str(given)[:SHOWN])}'}"


def is_blank(given: Any) -> bool:
    """True when a text has nothing that can be seen."""
    return isinstance(given, str) and given != "" and not without_invisible(given).strip()


def credit_codes(raw: pl.Series) -> tuple[pl.Series, dict[int, str]]:
    """Credit codes, those in full width or lower case as they should be; and what stood there instead, by position."""
    odd = raw.is_not_null() & ~raw.str.contains(r"^[0-9A-Z]*$")
    mended: dict[int, str] = {}
    for position in odd.arg_true():
        with suppress(ValueError):
            mended[position] = uscc.normalised(raw[position])
    if not mended:
        return raw, {}
    given = {position: raw[position] for position in mended}
    return raw.scatter(list(mended), list(mended.values())), given


def valid_codes(codes: pl.Series) -> pl.Series:
    """True when each is a credit code, or not there."""
    return pl.Series([code is None or uscc.is_valid(code) for code in codes], dtype=pl.Boolean)


def _text(raw: pl.DataFrame, name: str) -> pl.Series:
    """A column of texts without the spaces around them; null where there is nothing."""
    if name not in raw.columns:
        return pl.Series(name, [None], dtype=pl.String).new_from_index(0, raw.height)
    texts = raw[name].cast(pl.String).str.strip_chars()
    return texts.set(texts == "", None)


def _is_plain(text: pl.Expr) -> pl.Expr:
    return text.is_null() | ((text.str.len_chars() <= MAX_TEXT) & ~text.str.contains(f"[{UNWRITABLE}]"))
