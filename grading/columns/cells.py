"""A column as a file has it → the column of a fact; what can't be read, cell by cell, in the words of the intake.

Whole columns are read at once where that is certain to come to what `grading.intake` would read: no number is rounded, a
float counts as the decimal that it is the nearest float of. Every cell that this leaves over goes to the intake itself, which
reads it or says what is wrong with it.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import polars.selectors as cs

from grading.columns.layout import TYPES, pack
from grading.day_text import DayError, day_from_text
from grading.intake import AuditError, InputProblem, check_value, parse_json
from grading.language.bounds import NoLimitError, bound_from_text
from grading.language.synonyms import meaning, read_as
from grading.model.audit import Known
from grading.model.ruleset import YES as MEANT_YES
from grading.model.ruleset import Fact
from grading.width import ordinary_width

BOUND = 10**9
"""Numbers of an audit are smaller than this."""
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
READABLE: Mapping[str, tuple[str, cs.Selector]] = {
    "number": (
        "decimals, integers, 64-bit floats or texts",
        cs.integer() | cs.float() - cs.by_dtype(pl.Float32) | cs.decimal(),
    ),
    "boolean": ("booleans or texts", cs.boolean()),
    "choice": ("texts", cs.categorical() | cs.enum()),
    "choices": ("lists of texts, or texts", cs.list(cs.string() | cs.categorical() | cs.enum())),
    "date": ("dates or texts", cs.date() | cs.datetime()),
}


@dataclass(frozen=True)
class ColumnRead:
    """A fact's column, and what is wrong with cells of it (which are null), by position."""

    values: pl.Series
    problems: tuple[tuple[int, InputProblem], ...]
    synonyms: tuple[tuple[int, str], ...] = ()
    """How synonyms were read, by position."""


def unreadable(fact: Fact, given: pl.DataType) -> str | None:
    """Why no column of this type can hold the fact; None when it can."""
    said, selected = READABLE[fact.type]
    if given in (pl.String, pl.Null) or cs.expand_selector({"x": given}, selected):
        return None
    return f"is of type {given}; a fact of type {fact.type} is read from {said}"


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
    texts: dict[str, _Cell] = {}
    for position, cell in zip(left, cells, strict=True):
        if isinstance(cell, str):
            # The same words stand in very many cells.
            read = texts[cell] if cell in texts else texts.setdefault(cell, _read_cell(fact, cell, bounds))
        else:
            read = _read_cell(fact, cell, bounds)
        problems += [(position, problem) for problem in read.problems]
        synonyms += [(position, notice) for notice in read.synonyms]
        if read.known is not None:
            known[position] = pack(fact, read.known.value)
    if known:
        values = values.scatter(list(known), pl.Series(list(known.values()), dtype=values.dtype))
    return ColumnRead(values, tuple(problems), tuple(synonyms))


@dataclass(frozen=True)
class _Cell:
    known: Known | None
    problems: tuple[InputProblem, ...]
    synonyms: tuple[str, ...]


def _read_cell(fact: Fact, cell: Any, bounds: bool) -> _Cell:
    """A cell as the intake reads it; of synonyms also how they were read."""
    known, wrong = check_value(as_json(fact, cell, bounds), fact.id, [fact])
    return _Cell(None, wrong, ()) if wrong else _Cell(known, (), tuple(_synonym_notices(fact, cell)))


def _synonym_notices(fact: Fact, cell: Any) -> list[str]:
    if not isinstance(cell, str) or fact.type not in ("boolean", "choice", "choices"):
        return []
    parts = _split(cell) if fact.type == "choices" else [cell]
    return [read_as(part, found) for part in parts if (found := meaning(fact, part)) is not None]


def as_json(fact: Fact, cell: Any, bounds: bool = True) -> Any:
    """A cell as the intake would find it in JSON."""
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
        return _code(fact, text)
    if fact.type == "choices":
        return [] if text in NOTHING_CHOSEN else [_code(fact, part.strip()) for part in _split(text)]
    if fact.type == "date":
        with suppress(DayError):
            return day_from_text(text).isoformat()
    return text


def _number(text: str) -> Any:
    """What a number is in JSON: exact, or something that the intake refuses."""
    try:
        found = parse_json(text)
    except AuditError:
        return text
    return text if found is None or isinstance(found, bool | dict | list) else found


def _split(text: str) -> list[str]:
    return text.replace("；", SEPARATOR).replace("\n", SEPARATOR).split(SEPARATOR)


def _code(fact: Fact, text: str) -> str:
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
        return _in_range(fact, wide.set(~wide.is_between(-BOUND, BOUND, closed="none"), None).cast(pl.Int64) * unit)
    if isinstance(raw.dtype, pl.Decimal):
        return _in_range(fact, _decimals(raw, fact.decimals))
    floats = raw
    if raw.dtype == pl.String:
        floats = raw.set(~(raw.str.contains(PLAIN_NUMBER) & (raw.str.len_bytes() <= SAFE_TEXT)), None).cast(pl.Float64)
    floats = floats.set(~(floats.abs() < BOUND), None)
    scaled = (floats * unit).round()
    # By a column: a division by one number is done as a product with its inverse, which is not the nearest float.
    back = scaled / pl.Series([float(unit)]).new_from_index(0, len(scaled))
    return _in_range(fact, scaled.set(back != floats, None).cast(pl.Int64))


def _decimals(raw: pl.Series, decimals: int) -> pl.Series:
    """Decimals as whole numbers of the unit in the last place; null where there are more places, or far too large."""
    scale = raw.dtype.scale  # type: ignore[attr-defined]
    held = raw.to_physical()
    too_large = min(BOUND * 10**scale, MAX_DECIMAL)
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
    least = max(-BOUND * unit + 1, -BOUND * unit if fact.min is None else math.ceil(fact.min * unit))
    most = min(BOUND * unit - 1, BOUND * unit if fact.max is None else math.floor(fact.max * unit))
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
