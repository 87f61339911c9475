"""Columns that identify units: ids, names, credit codes, counties, days; the intake judges what is wrong in them."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import polars as pl

from grading import calendar, uscc
from grading.batch.findings import Findings
from grading.batch.layout import ASSESSED_ON, COUNTY, DAY, HEAD_SCHEMA, HEADS, LINE, NAME, PERMIT, UNIT_ID, USCC, Reject
from grading.batch.reasons import head_reason, shown
from grading.batch.staged_cells import reason_of
from grading.batch.unit_ids import normalised
from grading.batch.visible_texts import visible_texts
from grading.columns.cells import read_column
from grading.intake import MAX_TEXT, AuditError, check_audit, read_otherwise
from grading.invisible import UNWRITABLE, shown_invisible
from grading.language.load import Library
from grading.nothing_stated import NOTHING
from grading.problems.codes import DAY_CODES, ProblemCode
from grading.regions import PATTERN as PLACE


class HeadReader:
    """Reads the columns that identify the units of a table."""

    def __init__(self, library: Library, ruleset_id: str, file: str) -> None:
        self.library, self.ruleset_id, self.file = library, ruleset_id, file

    def read(self, raw: pl.DataFrame, twice: Mapping[int, int], findings: Findings) -> pl.DataFrame:
        """The units' heads as they are graded, a row a unit; `twice` as in `TableReader.read`."""
        days = read_column(DAY, raw[ASSESSED_ON])
        not_days = dict(days.problems)
        texts = {name: _text(raw, name) for name in HEADS if name not in (ASSESSED_ON, UNIT_ID)}
        ids = normalised(raw[UNIT_ID])
        texts = {UNIT_ID: ids.values.alias(UNIT_ID), **texts}
        visible = {name: visible_texts(texts[name]) for name in texts if name != UNIT_ID}
        texts |= {name: column.values for name, column in visible.items()}
        blank = pl.Series([False]).new_from_index(0, raw.height)
        blank = blank.scatter([position for column in visible.values() for position in column.blank], True)
        codes, mended = credit_codes(texts[USCC])
        texts[USCC] = codes
        texts[NAME] = texts[NAME].zip_with(texts[NAME].is_not_null(), texts[UNIT_ID])
        heads = pl.DataFrame([raw[LINE], *(days.values if name == ASSESSED_ON else texts[name] for name in HEADS)])
        plain = pl.all_horizontal(_is_plain(pl.col(name)) for name in texts) & pl.col(UNIT_ID).is_not_null()
        lines = raw[LINE]
        for position, given in ids.mended.items():
            message = f"单元编号“{shown_invisible(given)}”读作“{ids.values[position]}”（全角或看不见的字符）"
            findings.notices.append(Reject(self.file, lines[position], ids.values[position], UNIT_ID, message))
        for name, column in visible.items():
            for position, given in column.mended.items():
                message = read_otherwise(ProblemCode.INVISIBLE_REMOVED, column.values[position], given).message
                findings.notices.append(Reject(self.file, lines[position], ids.values[position], name, message))
        for position, given in mended.items():
            message = read_otherwise(ProblemCode.USCC_NORMALISED, codes[position], given).message
            findings.notices.append(Reject(self.file, lines[position], ids.values[position], USCC, message))
        county = pl.col(COUNTY).is_null() | pl.col(COUNTY).str.contains(f"^(?:{PLACE})$")
        # A day that is not there is not between either.
        assessable = pl.col(ASSESSED_ON).is_between(calendar.EARLIEST, calendar.today()).fill_null(False)
        stated = ~pl.col(PERMIT).str.contains(f"(?i)^(?:{NOTHING})$").fill_null(False)
        fine = heads.select(plain & county & assessable & stated).to_series() & valid_codes(codes) & ~blank
        for position in (~fine).arg_true():
            head = heads.row(position, named=True)
            day = shown(raw[ASSESSED_ON], position)
            reasons = {UNIT_ID: ids.refused.get(position)}
            if position in not_days and not_days[position].code in DAY_CODES:
                reasons[ASSESSED_ON] = not_days[position].message
            self._refuse(head, day, position, reasons, findings)
        for position, line in twice.items():
            head = heads.row(position, named=True)
            reason = f"单元编号“{head[UNIT_ID]}”与第 {line} 行相同，各单元的编号不得相同"
            findings.rejects.append(Reject(self.file, head[LINE], head[UNIT_ID], UNIT_ID, reason))
            findings.units.add(position)
        return heads.cast(dict(HEAD_SCHEMA))  # type: ignore[arg-type]

    def _refuse(
        self, head: dict[str, Any], day: Any, position: int, reasons: Mapping[str, str | None], findings: Findings
    ) -> None:
        """Ask the intake what is wrong with a head; `reasons` are those that the reading has found."""
        enterprise = {name.partition(".")[2]: head[name] for name in HEADS if name.startswith("enterprise.")}
        unit = {"id": head[UNIT_ID], "ruleset": self.ruleset_id}
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
                findings.rejects.append(Reject(self.file, head[LINE], head[UNIT_ID], name, reason))
                findings.units.add(position)


def credit_codes(raw: pl.Series) -> tuple[pl.Series, dict[int, str]]:
    """Credit codes, those in full width or lower case as they should be; and what stood there instead, by position."""
    odd = raw.is_not_null() & ~raw.str.contains(r"^[0-9A-Z]*$")
    mended: dict[int, str] = {}
    for position in odd.arg_true():
        with suppress(ValueError):
            mended[position] = uscc.normalised(raw[position])
    if not mended:
        return raw, {}
    originals = {position: raw[position] for position in mended}
    return raw.scatter(list(mended), list(mended.values())), originals


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
