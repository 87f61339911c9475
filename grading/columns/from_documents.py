"""Audits as JSON documents → columns, without an object for each value: for many of them, each as the intake would read it.

Only documents with nothing odd about them are read here; what is odd in any way (and may yet be in order) is left to the
intake, which reads it or says what is wrong. So this reads nothing that the intake would refuse or read otherwise.
"""

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson
import polars as pl

from grading import calendar
from grading.columns.cells import read_column
from grading.columns.layout import ASSESSED_ON, ROW_KEY, TYPES, UNIT, Columns, stated
from grading.identifiers import MAX_ID, IdentifierError, normalise_id
from grading.intake import MAX_BYTES, MAX_ROWS, MAX_TEXT, MAX_UNITS
from grading.invisible import has_shapeless
from grading.model.base import MAX_NUMBER
from grading.model.ruleset import Fact, Ruleset
from grading.nothing_stated import says_nothing
from grading.regions import is_place
from grading.ruleset_id import industry_of
from grading.uscc import is_valid

MAX_DIGITS = 15
"""A float tells so many digits apart."""
_DAY = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
_KEY = re.compile(rb'"\s*:')
_LONG_NUMBER = re.compile(rb"[:,\[]\s*-?[0-9][0-9.]{15}")
_Row = tuple[str, dict[str, Any]]
"""The key of a row, and its values."""
_TOP = frozenset({"enterprise", "assessed_on", "units"})
_ENTERPRISE = frozenset({"name", "uscc", "permit", "county", "facts"})
_UNIT = frozenset({"id", "ruleset", "facts", "groups"})
_KNOWN = frozenset({"value", "evidence", "note"})


@dataclass(frozen=True)
class UnitHead:
    """The head of a row: its unit and document."""

    document: int
    unit: str
    enterprise: Mapping[str, str]
    assessed_on: date


@dataclass(frozen=True)
class Documents:
    """The units that were read, and the documents (by position) that were not: `odd`, or of `other` industries alone."""

    heads: list[UnitHead]
    columns: Columns
    odd: list[int]
    other: dict[int, int]
    """Of documents that have nothing to do with the ruleset: how many units they have."""


class OddError(Exception):
    """Something about a document is not as usual."""


def parse(text: bytes) -> Any:
    """A JSON text whose numbers floats hold exactly, and the number of its keys. Raises OddError."""
    if len(text) > MAX_BYTES or _LONG_NUMBER.search(text):
        raise OddError
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise OddError from None


def keys_in(text: bytes) -> int:
    """At least as many as the objects of a JSON text have keys: more where a key stands twice."""
    return len(_KEY.findall(text))


def from_documents(ruleset: Ruleset, documents: Iterable[tuple[Any, int | None] | None]) -> Documents:
    """Read documents, each with the number of keys its text had (None: no key stands twice); None counts as odd.

    A unit that names another edition of the ruleset's industry is read as one of `ruleset`.
    """
    reader = _Reader(ruleset)
    odd: list[int] = []
    other: dict[int, int] = {}
    for position, document in enumerate(documents):
        if document is None:
            odd.append(position)
            continue
        try:
            units = reader.document(position, *document)
        except OddError:
            odd.append(position)
            continue
        if units is not None:
            other[position] = units
    return reader.documents(odd, other)


class _Sheet:
    """Values of facts as they come, a list a fact."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.facts = list(facts)
        self.readers = {fact.id: _READ[fact.type] for fact in self.facts}
        self.of = {fact.id: fact for fact in self.facts}
        self.dated = frozenset(fact.id for fact in self.facts if fact.evidence_valid is not None)
        self.bits = {
            fact.id: {option: 1 << i for i, option in enumerate(fact.options)} for fact in self.facts if fact.options
        }
        self.values: list[list[Any]] = [[] for _ in self.facts]
        self.owners: list[int] = []

    def read(self, name: str, value: Any) -> Any:
        """A value in the form that `columns` takes. Raises OddError."""
        reader = self.readers.get(name)
        if reader is None:
            raise OddError
        return reader(value, self.bits.get(name, {}))

    def add(self, found: Mapping[str, Any], owner: int) -> None:
        """A unit or row with its values."""
        self.owners.append(owner)
        for fact, values in zip(self.facts, self.values, strict=True):
            values.append(found.get(fact.id))

    def columns(self) -> tuple[list[pl.Series], set[int]]:
        """The columns, and the positions of rows in which something can't be read."""
        columns: list[pl.Series] = []
        unreadable: set[int] = set()
        for fact, values in zip(self.facts, self.values, strict=True):
            if fact.type in ("boolean", "choices"):
                columns.append(pl.Series(fact.id, values, dtype=TYPES[fact.type]))
                continue
            raw = pl.Series(fact.id, values, dtype=pl.Float64 if fact.type == "number" else pl.String)
            read = read_column(fact, raw)
            columns.append(read.values)
            unreadable.update(position for position, _ in read.problems)
        return columns, unreadable


class _Reader:
    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.industry = industry_of(ruleset.id)
        facts = ruleset.facts.values()
        self.units = _Sheet(fact for fact in facts if fact.group is None)
        self.rows = {group: _Sheet(f for f in facts if f.group == group) for group in ruleset.groups}
        self.keys: dict[str, list[str]] = {group: [] for group in ruleset.groups}
        self.stated: dict[str, list[bool]] = {group: [] for group in ruleset.groups}
        self.heads: list[UnitHead] = []
        self.least = {group: table.least_rows.rows for group, table in ruleset.groups.items()}

    def document(self, position: int, raw: Any, keys: int | None) -> int | None:
        """Read a document; returns how many units it has if none of them is of the ruleset. Raises OddError."""
        self.seen = 0
        top = self.object(raw, _TOP)
        units = top.get("units")
        if type(units) is not list or not 0 < len(units) <= MAX_UNITS:
            raise OddError
        industries = {_industry(unit) for unit in units}
        if industries != {self.industry}:
            if self.industry in industries or None in industries:
                raise OddError
            return len(units)
        enterprise = self.object(top.get("enterprise"), _ENTERPRISE)
        shared = self.facts(enterprise.pop("facts", {}), self.units)
        if "name" not in enterprise or not all(_is_plain(text) for text in enterprise.values()):
            raise OddError
        if "uscc" in enterprise and not is_valid(enterprise["uscc"]):
            raise OddError
        if "permit" in enterprise and says_nothing(enterprise["permit"]):
            raise OddError
        if "county" in enterprise and not is_place(enterprise["county"]):
            raise OddError
        found = [self.unit(unit, shared) for unit in units]
        ids = [unit_id for unit_id, _, _ in found]
        # A key that stands twice makes more keys in the text than in the document.
        if len(set(ids)) != len(ids) or keys not in (None, self.seen):
            raise OddError
        day = _day(top.get("assessed_on"))
        for unit_id, facts, groups in found:
            owner = len(self.heads)
            self.heads.append(UnitHead(position, unit_id, enterprise, day))
            self.units.add(facts, owner)
            for group, sheet in self.rows.items():
                self.stated[group].append(group in groups)
                for key, values in groups.get(group, ()):
                    self.keys[group].append(key)
                    sheet.add(values, owner)
        return None

    def unit(
        self, raw: Any, shared: Mapping[str, Any]
    ) -> tuple[str, dict[str, Any], dict[str, list[tuple[str, dict[str, Any]]]]]:
        unit = self.object(raw, _UNIT)
        if not _is_identifier(unit.get("id")):
            raise OddError
        own = self.facts(unit.get("facts", {}), self.units)
        groups: dict[str, list[_Row]] = {}
        for group, rows in self.object(unit.get("groups", {}), self.rows.keys()).items():
            if type(rows) is not list or not self.least[group] <= len(rows) <= MAX_ROWS:
                raise OddError
            key = self.ruleset.groups[group].key
            groups[group] = [self.row(row, key, self.rows[group]) for row in rows]
            if len({name for name, _ in groups[group]}) != len(rows):
                raise OddError
        return unit["id"], {**shared, **own}, groups

    def row(self, raw: Any, key: str, sheet: _Sheet) -> _Row:
        if type(raw) is not dict or not _is_identifier(raw.get(key)):
            raise OddError
        values = self.facts({name: value for name, value in raw.items() if name != key}, sheet)
        self.seen += 1
        return raw[key], values

    def facts(self, raw: Any, sheet: _Sheet) -> dict[str, Any]:
        """The known values of facts; those stated as unknown are left out."""
        if type(raw) is not dict:
            raise OddError
        self.seen += len(raw)
        found: dict[str, Any] = {}
        for name, value in raw.items():
            if type(value) is dict:
                value = self.known(value)
            if value is not None:
                if name in sheet.dated:
                    # Whether it counts hangs on the day of its evidence: the intake reads that.
                    raise OddError
                found[name] = sheet.read(name, value)
            elif name not in sheet.readers:
                raise OddError
        return found

    def known(self, raw: dict[str, Any]) -> Any:
        """The value of one that has evidence or a note."""
        self.seen += len(raw)
        if not raw.keys() <= _KNOWN:
            raise OddError
        evidence = raw.get("evidence", [])
        if type(evidence) is not list or not all(_is_plain(text) for text in evidence):
            raise OddError
        if "note" in raw and not _is_plain(raw["note"]):
            raise OddError
        return raw.get("value")

    def object(self, raw: Any, keys: AbstractSet[str]) -> dict[str, Any]:
        """An object with no other keys, and none of them null."""
        if type(raw) is not dict or not raw.keys() <= keys or None in raw.values():
            raise OddError
        self.seen += len(raw)
        return dict(raw)

    def documents(self, odd: list[int], other: dict[int, int]) -> Documents:
        columns, unreadable = self.units.columns()
        columns.append(pl.Series(ASSESSED_ON, [head.assessed_on for head in self.heads], dtype=pl.Date))
        groups: dict[str, pl.DataFrame] = {}
        for group, sheet in self.rows.items():
            columns.append(pl.Series(stated(group), self.stated[group], dtype=pl.Boolean))
            values, wrong = sheet.columns()
            unreadable |= {sheet.owners[row] for row in wrong}
            owners = pl.Series(UNIT, sheet.owners, dtype=pl.UInt32)
            groups[group] = pl.DataFrame([owners, pl.Series(ROW_KEY, self.keys[group], dtype=pl.String), *values])
        found = Columns(pl.DataFrame(columns), groups)
        doubtful = {self.heads[unit].document for unit in unreadable}
        good = [head.document not in doubtful for head in self.heads]
        heads = [head for head, is_good in zip(self.heads, good, strict=True) if is_good]
        return Documents(heads, found.only(pl.Series(good, dtype=pl.Boolean)), sorted({*odd, *doubtful}), other)


def _industry(unit: Any) -> str | None:
    named = unit.get("ruleset") if type(unit) is dict else None
    return industry_of(named) if type(named) is str else None


def _is_plain(text: Any) -> bool:
    """A text that the intake takes, and that has no line breaks."""
    return (
        type(text) is str
        and 0 < len(text) <= MAX_TEXT
        and text.isprintable()
        and not text.isspace()
        and not has_shapeless(text)
    )


def _is_identifier(text: Any) -> bool:
    """A text that the intake takes as an identifier as it stands."""
    return _is_plain(text) and len(text) <= MAX_ID and text == text.strip() and _is_normal(text)


@lru_cache(maxsize=100_000)
def _is_normal(text: str) -> bool:
    """True when the intake would leave an identifier as it is."""
    try:
        return normalise_id(text) == (text, False)
    except IdentifierError:
        return False


def _day(raw: Any) -> date:
    if type(raw) is not str or not _DAY.match(raw):
        raise OddError
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        raise OddError from None
    if calendar.not_assessable(day) is not None:
        raise OddError
    return day


def _boolean(value: Any, _: Any) -> Any:
    if type(value) is not bool:
        raise OddError
    return value


def _number(value: Any, _: Any) -> float:
    kind = type(value)
    if kind is float:
        return value  # type: ignore[no-any-return]
    if (kind is int and abs(value) < MAX_NUMBER) or (kind is Decimal and len(value.as_tuple().digits) <= MAX_DIGITS):
        return float(value)
    raise OddError


def _choice(value: Any, options: Mapping[str, int]) -> Any:
    if type(value) is not str or value not in options:
        raise OddError
    return value


def _choices(value: Any, options: Mapping[str, int]) -> int:
    if type(value) is not list:
        raise OddError
    mask = 0
    for option in value:
        bit = options.get(option, 0) if type(option) is str else 0
        if not bit or mask & bit:
            raise OddError
        mask |= bit
    return mask


def _date(value: Any, _: Any) -> Any:
    if type(value) is not str or not _DAY.match(value):
        raise OddError
    return value


_READ = {"boolean": _boolean, "number": _number, "choice": _choice, "choices": _choices, "date": _date}
