"""A column as a file has it → the column of a fact; what can't be read, cell by cell, in the words of the intake.

Whole columns are read at once where that is certain to come to what `grading.intake` would read: no number is rounded, a
float counts as the decimal that it is the nearest float of. Every cell that this leaves over goes to the intake itself, which
reads it or says what is wrong with it.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import polars.selectors as cs

from grading.columns.layout import TYPES, pack
from grading.day_text import DayError, day_from_text
from grading.intake import AuditError, InputProblem, check_value, parse_json, read_otherwise
from grading.invisible import without_invisible
from grading.language.bounds import NoLimitError, bound_from_text
from grading.language.synonyms import meaning, read_as
from grading.model.audit import Known
from grading.model.base import MAX_NUMBER
from grading.model.ruleset import YES as MEANT_YES
from grading.model.ruleset import Fact
from grading.problems.codes import ProblemCode
from grading.problems.phrases import Phrase
from grading.problems.reason import Reason, reason_of
from grading.width import ordinary_width

MAX_DECIMAL = 10**38
"""No larger number fits into a column of decimals."""
SAFE_TEXT = 16
"""So few characters hold at most 15 digits, and a float tells those apart."""
PLAIN_NUMBER = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$"
USUAL_DAY = r"^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?: 0?0:00(?::00)?)?$"
"""Days as spreadsheets write them in China; other forms are read one by one."""
YES, NO = ("true", "是"), ("false", "否")
NOTHING_CHOSEN = ("[]", "（无）")
SEPARATOR = ";"
_SEPARATORS, _LOOSE_SEPARATORS = re.compile(r"[;；\n]"), re.compile(r"[、,，]")
READABLE: Mapping[str, tuple[Phrase, cs.Selector]] = {
    "number": (
        Phrase.COLUMN_OF_NUMBERS,
        cs.integer() | cs.float() - cs.by_dtype(pl.Float32) | cs.decimal(),
    ),
    "boolean": (Phrase.COLUMN_OF_BOOLEANS, cs.boolean()),
    "choice": (Phrase.COLUMN_OF_TEXTS, cs.categorical() | cs.enum()),
    "choices": (Phrase.COLUMN_OF_LISTS, cs.list(cs.string() | cs.categorical() | cs.enum())),
    "date": (Phrase.COLUMN_OF_DAYS, cs.date() | cs.datetime()),
}


@dataclass(frozen=True)
class ColumnRead:
    """A fact's column, and what is wrong with cells of it (which are null), by position."""

    values: pl.Series
    problems: tuple[tuple[int, InputProblem], ...]
    synonyms: tuple[tuple[int, str], ...] = ()
    """The synonyms, and texts with invisible characters, that were read, by position."""


def unreadable(fact: Fact, given: pl.DataType) -> Reason | None:
    """The reason why no column of this type can hold the fact; None when it can."""
    expected, selected = READABLE[fact.type]
    if given in (pl.String, pl.Null) or cs.expand_selector({"x": given}, selected):
        return None
    return reason_of(ProblemCode.COLUMN_TYPE, given=str(given), type=fact.type, expected=expected)


def read_column(fact: Fact, raw: pl.Series, bounds: bool = True) -> ColumnRead:
    """Read a column of a type that is not `unreadable`; texts are read without the spaces around them.

    `bounds`: whether a number may be an upper bound.
    """
    if raw.dtype == pl.Null:
        return ColumnRead(pl.Series(fact.id, [None], dtype=TYPES[fact.type]).new_from_index(0, len(raw)), ())
    if isinstance(raw.dtype, pl.Categorical | pl.Enum):
        raw = raw.cast(pl.String)
    if raw.dtype == pl.String:
        if fact.type == "choice" and (codes := _codes(fact, raw)).null_count() == raw.null_count():
            return ColumnRead(codes.cast(TYPES[fact.type]).alias(fact.id), ())
        raw = raw.str.strip_chars()
        raw = raw.set(raw == "", None)
    values = WHOLE[fact.type](fact, raw).cast(TYPES[fact.type]).alias(fact.id)
    if values.null_count() == raw.null_count():
        return ColumnRead(values, ())
    left = (values.is_null() & raw.is_not_null()).arg_true()
    problems: list[tuple[int, InputProblem]] = []
    synonyms: list[tuple[int, str]] = []
    known: dict[int, Any] = {}
    cells = raw.gather(left)
    if raw.dtype.is_temporal():
        cells = cells.cast(pl.String)
    texts: dict[str, CellRead] = {}
    for position, cell in zip(left, cells, strict=True):
        if isinstance(cell, str):
            # The same words stand in very many cells.
            read = texts[cell] if cell in texts else texts.setdefault(cell, read_cell(fact, cell, bounds))
        else:
            read = read_cell(fact, cell, bounds)
        problems += [(position, problem) for problem in read.problems]
        synonyms += [(position, notice) for notice in read.synonyms]
        if read.known is not None:
            known[position] = pack(fact, read.known.value)
    if known:
        values = values.scatter(list(known), pl.Series(list(known.values()), dtype=values.dtype))
    return ColumnRead(values, tuple(problems), tuple(synonyms))


@dataclass(frozen=True)
class CellRead:
    """The value of a cell, or what is wrong with it, and how its synonyms or invisible characters were read."""

    known: Known | None
    problems: tuple[InputProblem, ...] = ()
    synonyms: tuple[str, ...] = ()


def read_cell(fact: Fact, cell: Any, bounds: bool = True) -> CellRead:
    """One cell as the intake reads it; of a text what can be seen."""
    plain = without_invisible(cell).strip() if isinstance(cell, str) else cell
    try:
        known, wrong = check_value(_as_json(fact, plain, bounds), fact.id, [fact])
    except DayError as error:
        return CellRead(None, (InputProblem(fact.id, error.reason),))
    return CellRead(None, wrong) if wrong else CellRead(known, (), tuple(_notices(fact, cell, plain)))


def _notices(fact: Fact, cell: Any, plain: Any) -> Iterator[str]:
    if not isinstance(cell, str):
        return
    if plain != cell.strip():
        yield read_otherwise(ProblemCode.INVISIBLE_REMOVED, plain, cell).message
    if fact.type in ("boolean", "choice", "choices"):
        parts = options_listed(fact, plain) if fact.type == "choices" else [plain]
        yield from (read_as(part, found) for part in parts if (found := meaning(fact, part)) is not None)


def _as_json(fact: Fact, cell: Any, bounds: bool) -> Any:
    """A cell as the intake would find it in JSON. Raises DayError."""
    if isinstance(cell, float):
        return Decimal(repr(cell)) if math.isfinite(cell) else str(cell)
    if isinstance(cell, pl.Series):
        return cell.to_list()
    return _text_as_json(fact, cell, bounds) if isinstance(cell, str) else cell


def _text_as_json(fact: Fact, text: str, bounds: bool) -> Any:
    if fact.type == "number":
        with suppress(NoLimitError):
            limit = bound_from_text(text, fact.unit) if bounds else None
            if limit is not None:
                return {"below": limit}
        plain = re.sub(r"^\+(?=[0-9])", "", ordinary_width(text).replace("\u2212", "-"))
        return _number(plain.removesuffix("%").rstrip() if fact.unit == "%" else plain)
    if fact.type == "boolean":
        if (synonym := meaning(fact, text)) is not None:
            return synonym.code == MEANT_YES
        return True if text.lower() in YES else False if text.lower() in NO else text
    if fact.type == "choice":
        return option_code(fact, text)
    if fact.type == "choices":
        return [] if text in NOTHING_CHOSEN else [option_code(fact, part) for part in options_listed(fact, text)]
    if fact.type == "date":
        return day_from_text(text).isoformat()
    return text


def _number(text: str) -> Any:
    """A number of JSON: exact, or something that the intake refuses."""
    try:
        found = parse_json(text)
    except AuditError:
        return text
    return text if found is None or isinstance(found, bool | dict | list) else found


def options_listed(fact: Fact, text: str) -> list[str]:
    """The options that a text lists, also with 、 or commas between them where only options stand between those."""
    parts = [part.strip() for part in _SEPARATORS.split(text)]
    listed: list[str] = []
    for part in [part for part in parts if part] or parts:
        pieces = [piece.strip() for piece in _LOOSE_SEPARATORS.split(part)]
        are_options = option_code(fact, part) not in fact.options and all(
            option_code(fact, piece) in fact.options for piece in pieces
        )
        listed += pieces if are_options else [part]
    return listed


def option_code(fact: Fact, text: str) -> str:
    """An option by its code, by its label, or by both as a form shows them."""
    if text in fact.options:
        return text
    both = {f"{label}（{code}）": code for code, label in fact.options.items()}
    found = (_by_label(fact) | both).get(text)
    if found is None and (synonym := meaning(fact, text)) is not None:
        return synonym.code
    return text if found is None else found


def _by_label(fact: Fact) -> dict[str, str]:
    """Options by their labels, without labels that two of them have or that are another's code."""
    count = Counter(fact.options.values())
    return {label: code for code, label in fact.options.items() if count[label] == 1 and label not in fact.options}


def _numbers(fact: Fact, raw: pl.Series) -> pl.Series:
    unit = 10**fact.decimals
    if raw.dtype.is_integer():
        wide = raw.cast(pl.Int128, strict=False)
        return _in_range(
            fact, wide.set(~wide.is_between(-MAX_NUMBER, MAX_NUMBER, closed="none"), None).cast(pl.Int64) * unit
        )
    if isinstance(raw.dtype, pl.Decimal):
        return _in_range(fact, _decimals(raw, fact.decimals))
    floats = raw
    if raw.dtype == pl.String:
        floats = raw.set(~(raw.str.contains(PLAIN_NUMBER) & (raw.str.len_bytes() <= SAFE_TEXT)), None).cast(pl.Float64)
    floats = floats.set(~(floats.abs() < MAX_NUMBER), None)
    scaled = (floats * unit).round()
    # By a column: a division by one number is done as a product with its inverse, which is not the nearest float.
    back = scaled / pl.Series([float(unit)]).new_from_index(0, len(scaled))
    return _in_range(fact, scaled.set(back != floats, None).cast(pl.Int64))


def _decimals(raw: pl.Series, decimals: int) -> pl.Series:
    """Decimals as whole numbers of the unit in the last place; null where there are more places, or far too large."""
    scale = raw.dtype.scale  # type: ignore[attr-defined]
    held = raw.to_physical()
    too_large = min(MAX_NUMBER * 10**scale, MAX_DECIMAL)
    held = held.set((held >= too_large) | (held <= -too_large), None)
    if scale > decimals:
        step = pl.Series([10 ** (scale - decimals)], dtype=pl.Int128)
        whole = held // step
        held = whole.set(whole * step != held, None)
    scaled: pl.Series = held.cast(pl.Int64) * 10 ** max(0, decimals - scale)
    return scaled


def _in_range(fact: Fact, scaled: pl.Series) -> pl.Series:
    low, high = scaled.min(), scaled.max()
    if low is None or high is None:
        return scaled
    unit = 10**fact.decimals
    least = max(-MAX_NUMBER * unit + 1, -MAX_NUMBER * unit if fact.min is None else math.ceil(fact.min * unit))
    most = min(MAX_NUMBER * unit - 1, MAX_NUMBER * unit if fact.max is None else math.floor(fact.max * unit))
    if int(low) >= least and int(high) <= most:  # type: ignore[arg-type]
        return scaled
    return scaled.set(~scaled.is_between(least, most), None)


def _booleans(_: Fact, raw: pl.Series) -> pl.Series:
    if raw.dtype == pl.Boolean:
        return raw
    lower = raw.str.to_lowercase()
    yes, no = lower.is_in(YES), lower.is_in(NO)
    return yes.set(~(yes | no), None)


def _codes(fact: Fact, raw: pl.Series) -> pl.Series:
    """The positions of options that are given by their codes; null for everything else."""
    return raw.cast(pl.Enum(list(fact.options)), strict=False).to_physical()


def _choices(fact: Fact, raw: pl.Series) -> pl.Series:
    found = _codes(fact, raw)
    if found.null_count() > raw.null_count():
        found = _codes(fact, raw.replace(_by_label(fact)))
    return found


def _sets(fact: Fact, raw: pl.Series) -> pl.Series:
    lists = _split_all(fact, raw) if raw.dtype == pl.String else raw
    codes = pl.Enum(list(fact.options))
    bits = pl.lit(2, dtype=pl.UInt64).pow(pl.element().cast(pl.String).cast(codes, strict=False).to_physical())
    # Powers of two that differ add up without a carry: an option that stands twice, or is none, makes fewer bits than entries.
    held = lists.alias("v").to_frame().select(pl.col("v").list.eval(bits).list.sum()).to_series()
    return held.set(held.bitwise_count_ones() != lists.list.len(), None)


def _split_all(fact: Fact, raw: pl.Series) -> pl.Series:
    text = pl.col("v")
    for separator in ("；", "\n"):
        text = text.str.replace_all(separator, SEPARATOR, literal=True)
    option = pl.element().str.strip_chars().replace(_by_label(fact))
    nothing = pl.when(pl.col("v").is_in(NOTHING_CHOSEN)).then(pl.lit([], dtype=pl.List(pl.String)))
    return raw.alias("v").to_frame().select(nothing.otherwise(text.str.split(SEPARATOR).list.eval(option))).to_series()


def _dates(_: Fact, raw: pl.Series) -> pl.Series:
    days = raw
    if raw.dtype == pl.String:
        days = raw.set(~raw.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), None).str.to_date("%Y-%m-%d", strict=False)
        if days.null_count() > raw.null_count():
            parts = raw.str.extract_groups(USUAL_DAY)
            named = pl.struct("1", "2", "3")
            padded = pl.concat_str([named.struct["1"], *(named.struct[n].str.zfill(2) for n in "23")], separator="-")
            usual = parts.struct.unnest().select(padded.str.to_date("%Y-%m-%d", strict=False)).to_series()
            days = days.zip_with(days.is_not_null(), usual)
    elif raw.dtype != pl.Date:
        days = raw.cast(pl.Date)
        days = days.set(days.cast(raw.dtype) != raw, None)
    return days.set(~days.is_between(date.min, date.max), None)


WHOLE: Mapping[str, Callable[[Fact, pl.Series], pl.Series]] = {
    "number": _numbers,
    "boolean": _booleans,
    "choice": _choices,
    "choices": _sets,
    "date": _dates,
}
