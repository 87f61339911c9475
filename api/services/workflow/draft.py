"""A draft as it is edited: its JSON with exact numbers, read and changed value by value, complete or not."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from api.problems import ErrorAt, Problem
from api.services.workflow.content import parsed
from api.services.workflow.places import Place, parse
from api.services.workflow.shape import sound
from grading.digest import plain
from grading.evidence_validity import STATED_ABOUT_EVIDENCE
from grading.intake import MAX_ROWS, last_time_in
from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.model.audit import LastTime
from grading.model.ruleset import Ruleset

TEXTS = ("note", *STATED_ABOUT_EVIDENCE)
"""Texts beside a value."""


@dataclass(frozen=True)
class Stated:
    """A draft's value at one place; `value` as JSON has it, None when nothing is stated."""

    value: Any = None
    evidence: tuple[str, ...] = ()
    note: str = ""
    as_last_time: bool = False
    """Confirmed in this audit to be as last time; ends with the value."""
    taken: str = ""
    """The day of the evidence as it is written, its last day, what it covers."""
    valid_until: str = ""
    covers: str = ""

    @property
    def beside(self) -> dict[str, Any]:
        """The statements beside the value, as in JSON."""
        texts = {name: getattr(self, name) for name in TEXTS}
        listed = {"evidence": list(self.evidence)} if self.evidence else {}
        confirmed = {"as_last_time": True} if self.as_last_time and self.value is not None else {}
        return listed | {name: text for name, text in texts.items() if text} | confirmed


NOTHING = Stated()


class GoneError(ValueError):
    """A thing that a page showed is not in the draft any more; the message says so."""


class Draft:
    """The content of an audit while it is written. Whatever it says that no form asks for stays as it is."""

    def __init__(self, content: str, library: Library | None = None) -> None:
        """`library` gives the keys by which rows are found. Raises Problem (422) when the content is no JSON object.

        What no form can show is left out, and told in `broken`; `whole` still has it.
        """
        self.whole = parsed(content)
        self.raw, self.broken = sound(parsed(content))
        self.library = library

    def units(self, library: Library) -> list[tuple[str, Ruleset]]:
        """Id and ruleset of each unit; raises Problem (422) when one can't be had."""
        found = []
        for i, unit in enumerate(self._listed_units()):
            ruleset_id = unit.get("ruleset") if isinstance(unit, dict) else None
            try:
                found.append((str(unit.get("id") or f"{i + 1}"), library.ruleset(str(ruleset_id))))
            except (KeyError, LanguageError):
                message = f"第 {i + 1} 个核查单元的规则集 {ruleset_id} 不能使用。"
                place = f"units[{i}].ruleset"
                raise Problem("no_ruleset", message, status=422, errors=[ErrorAt(place, message)]) from None
        return found

    def at(self, place: str | Place) -> Stated:
        """The statement at a place."""
        holder, name = self._holder(place)
        return stated_in(holder, name) if holder is not None else NOTHING

    def put(self, place: str | Place, stated: Stated) -> None:
        """State something at a place, nothing if it is empty; raises Problem (422) for a place that isn't there."""
        holder, name = self._holder(place, make=True)
        if holder is None:
            raise _no_place(str(place))
        if stated.beside:
            holder[name] = {"value": stated.value, **stated.beside}
        elif stated.value is None:
            holder.pop(name, None)
        else:
            holder[name] = stated.value

    def rows(self, place: str | Place) -> list[dict[str, Any]] | None:
        """The rows of a table; None when nobody has looked yet."""
        at = _place(place)
        unit = self._unit(at.unit) if at is not None and at.group is not None else None
        groups = unit.get("groups") if unit is not None else None
        rows = groups.get(at.group) if at is not None and isinstance(groups, dict) else None
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else None

    def row(self, place: Place) -> dict[str, Any] | None:
        """The row at a place; None when there is none, or more than one of its key."""
        rows = self.rows(place.table) or []
        if isinstance(place.row, int):
            return rows[place.row] if place.row < len(rows) else None
        key = self.key_of(place)
        found = [row for row in rows if key is not None and row.get(key) == place.row]
        return found[0] if len(found) == 1 else None

    def key_of(self, place: Place) -> str | None:
        """The name of the key of a table's rows; None when the ruleset isn't known."""
        unit = self._unit(place.unit)
        if unit is None or self.library is None:
            return None
        try:
            group = self.library.ruleset(str(unit.get("ruleset"))).groups.get(place.group or "")
        except (KeyError, LanguageError):
            return None
        return group.key if group is not None else None

    def references(self, place: str | Place) -> list[int | str]:
        """The reference of each row of a table: its key; its number where it has none of its own."""
        at = _place(place)
        key = self.key_of(at) if at is not None else None
        names = [row.get(key) if key is not None else None for row in self.rows(place) or []]
        often = Counter(name for name in names if isinstance(name, str))
        return [
            name if isinstance(name, str) and name.strip() and often[name] == 1 else number
            for number, name in enumerate(names)
        ]

    def add_row(self, place: str, key: str) -> None:
        """Add a row to a table, named so that no other has its name; raises Problem (422)."""
        rows = self._rows(place)
        if len(rows) >= MAX_ROWS:
            raise Problem("too_many_rows", f"一张表至多 {MAX_ROWS} 行。", status=422)
        taken = {str(row.get(key)) for row in rows if isinstance(row, dict)}
        number = len(rows) + 1
        while str(number) in taken:
            number += 1
        rows.append({key: str(number)})

    def remove_row(self, place: Place) -> None:
        """Take a row away, if it is there; a table that is empty then says that there is none of its kind."""
        row = self.row(place)
        if row is not None:
            rows = self._rows(str(place.table))
            rows[:] = [other for other in rows if other is not row]

    def set_empty(self, place: str, looked: bool) -> None:
        """Say of a table that there is nothing of its kind, or that nobody has looked yet."""
        self._rows(place).clear()
        if not looked:
            at = _place(place)
            unit = self._unit(at.unit) if at is not None else None
            if unit is not None and at is not None:
                unit["groups"].pop(at.group, None)

    def translated(self, place: Place, base: "Draft") -> Place:
        """The place in this draft of what a page showed at a place of `seen`, by ids and keys; raises GoneError."""
        if place.unit is None:
            return place
        ids, now = base.unit_ids(), self.unit_ids()
        if place.unit >= len(ids):
            raise GoneError("这个核查单元已不在审核中。")
        unit = place.unit
        if ids != now:
            if now.count(ids[unit]) != 1:
                raise GoneError(f"核查单元“{ids[unit]}”已不在审核中。")
            unit = now.index(ids[unit])
        row = place.row
        if isinstance(row, int):
            references = base.references(place)
            if row >= len(references):
                raise GoneError("这一行已不在表中。")
            row = references[row]
        found = Place(unit, place.group, row, place.fact)
        if row is not None:
            unnamed = isinstance(row, int) and base.rows(place) != self.rows(found.table)
            if unnamed or self.row(found) is None:
                name = f"“{row}”这一行" if isinstance(row, str) else "这一行（没有编号）"
                raise GoneError(f"{name}已不在表中，可能已被他人删除或改名。")
        return found

    def last_time(self, library: Library) -> LastTime | None:
        """The answers of the audit that this one was begun from, as far as today's questions take them."""
        try:
            return last_time_in(self.raw.get("last"), self.units(library))
        except Problem:
            return None

    def take_rows(self, place: str | Place, keys: Iterable[str]) -> None:
        """Fill a table that nobody has looked at with rows of which nothing is known but the names; else nothing."""
        at = _place(place)
        key = self.key_of(at) if at is not None else None
        if at is None or key is None or self.rows(at) is not None:
            return
        self._rows(str(at.table))[:] = [{key: name} for name in keys]

    def unit_ids(self) -> list[str]:
        """The ids of the units, in their order."""
        return [str(unit.get("id")) if isinstance(unit, dict) else "" for unit in self._listed_units()]

    def text(self) -> str:
        """The content, numbers digit by digit."""
        return written(self.raw)

    def _listed_units(self) -> list[Any]:
        units = self.raw.get("units")
        return units if isinstance(units, list) else []

    def _unit(self, index: int | None) -> dict[str, Any] | None:
        units = self._listed_units()
        if index is None or index >= len(units):
            return None
        unit = units[index]
        return unit if isinstance(unit, dict) else None

    def _rows(self, place: str) -> list[Any]:
        at = parse(place)
        unit = self._unit(at.unit) if at is not None else None
        if unit is None or at is None or at.group is None:
            raise _no_place(place)
        groups = _object_in(unit, "groups")
        if not isinstance(groups.get(at.group), list):
            groups[at.group] = []
        rows: list[Any] = groups[at.group]
        return rows

    def _holder(self, place: str | Place, make: bool = False) -> tuple[dict[str, Any] | None, str]:
        """The object that a place is a member of, and the member's name."""
        at = _place(place)
        if at is None:
            return None, ""
        if at.head is not None:
            owner, _, name = at.head.rpartition(".")
            return (self.raw if not owner else _object_in(self.raw, "enterprise")), name
        if at.group is not None:
            return (self.row(at) if at.row is not None and at.fact is not None else None), at.fact or ""
        name = at.fact or ""
        top = self.raw.get("enterprise") if at.unit is None else self._unit(at.unit)
        if not isinstance(top, dict):
            return None, name
        facts = top.get("facts")
        if not isinstance(facts, dict):
            facts = {}
            if make:
                top["facts"] = facts
        return facts, name


def _object_in(holder: dict[str, Any], name: str) -> dict[str, Any]:
    """The object that a member is; a member that is none, or missing, becomes an empty one."""
    found = holder.get(name)
    if not isinstance(found, dict):
        found = holder[name] = {}
    return found


def stated_in(holder: dict[str, Any], name: str) -> Stated:
    """An object's statement of one of its facts."""
    raw = holder.get(name)
    if not isinstance(raw, dict) or "below" in raw:
        return Stated(raw)
    evidence = raw.get("evidence")
    listed = evidence if isinstance(evidence, list) else []
    texts = {text: str(raw.get(text) or "") for text in TEXTS}
    return Stated(
        raw.get("value"), tuple(str(item) for item in listed), as_last_time=raw.get("as_last_time") is True, **texts
    )


def _place(place: str | Place) -> Place | None:
    return parse(place) if isinstance(place, str) else place


def _no_place(place: str) -> Problem:
    message = "这一项已不在审核中，可能已被他人删除；请刷新页面。"
    return Problem("no_such_place", message, status=422, errors=[ErrorAt(place, message)])


def written(content: Any) -> str:
    """The content of a draft as text, numbers digit by digit."""
    return json_text(content) + "\n"


def json_text(value: Any, indent: str = "") -> str:
    """A value as JSON, its decimals as exact numbers."""
    deeper = indent + "  "
    if isinstance(value, dict) and value:
        parts: Iterable[str] = (
            f"{json.dumps(k, ensure_ascii=False)}: {json_text(v, deeper)}" for k, v in value.items()
        )
        return "{" + ",".join(f"\n{deeper}{part}" for part in parts) + f"\n{indent}}}"
    if isinstance(value, list) and value:
        return "[" + ",".join(f"\n{deeper}{json_text(item, deeper)}" for item in value) + f"\n{indent}]"
    if isinstance(value, Decimal):
        return plain(value)
    return json.dumps(value, ensure_ascii=False)
