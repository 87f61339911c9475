"""A draft as it is edited: its JSON with exact numbers, read and changed value by value, complete or not."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from api.problems import ErrorAt, Problem
from api.workflow.content import parsed
from api.workflow.shape import sound
from grading.digest import plain
from grading.intake import MAX_ROWS
from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.model.ruleset import Ruleset

_FACT = re.compile(r"(?:enterprise|units\[(?P<unit>\d{1,4})\])\.facts\.(?P<fact>\w+)")
_CELL = re.compile(r"units\[(?P<unit>\d{1,4})\]\.groups\.(?P<group>\w+)\[(?P<row>\d{1,6})\]\.(?P<fact>\w+)")
_GROUP = re.compile(r"units\[(?P<unit>\d{1,4})\]\.groups\.(?P<group>\w+)")


@dataclass(frozen=True)
class Stated:
    """What a draft says at one place; `value` as JSON has it, None when nothing is stated."""

    value: Any = None
    evidence: tuple[str, ...] = ()
    note: str = ""


NOTHING = Stated()


class Draft:
    """The content of an audit while it is written. Whatever it says that no form asks for stays as it is."""

    def __init__(self, content: str) -> None:
        """Raises Problem (422) when the content is no JSON object. What no form can show is left out, and told in `broken`."""
        self.raw, self.broken = sound(parsed(content))

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

    def at(self, place: str) -> Stated:
        """What is stated at a place."""
        holder, name = self._holder(place)
        raw = holder.get(name) if holder is not None else None
        if not isinstance(raw, dict):
            return Stated(raw)
        evidence = raw.get("evidence")
        listed = evidence if isinstance(evidence, list) else []
        return Stated(raw.get("value"), tuple(str(item) for item in listed), str(raw.get("note") or ""))

    def put(self, place: str, stated: Stated) -> None:
        """State something at a place, nothing if it is empty; raises Problem (422) for a place that isn't there."""
        holder, name = self._holder(place, make=True)
        if holder is None:
            raise _no_place(place)
        if stated.value is None and not stated.evidence and not stated.note:
            holder.pop(name, None)
        elif stated.evidence or stated.note:
            said: dict[str, Any] = {"value": stated.value}
            if stated.evidence:
                said["evidence"] = list(stated.evidence)
            if stated.note:
                said["note"] = stated.note
            holder[name] = said
        else:
            holder[name] = stated.value

    def rows(self, place: str) -> list[dict[str, Any]] | None:
        """The rows of a table; None when nobody has looked yet."""
        match = _GROUP.fullmatch(place)
        unit = self._unit(match["unit"]) if match else None
        groups = unit.get("groups") if unit is not None else None
        rows = groups.get(match["group"]) if match and isinstance(groups, dict) else None
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else None

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

    def remove_row(self, place: str, index: int) -> None:
        """Take a row away; a table that is empty then says that there is none of its kind. Raises Problem (422)."""
        rows = self._rows(place)
        if not 0 <= index < len(rows):
            raise _no_place(f"{place}[{index}]")
        del rows[index]

    def set_empty(self, place: str, looked: bool) -> None:
        """Say of a table that there is nothing of its kind, or that nobody has looked yet."""
        self._rows(place).clear()
        if not looked:
            match = _GROUP.fullmatch(place)
            unit = self._unit(match["unit"]) if match else None
            if unit is not None and match is not None:
                unit["groups"].pop(match["group"], None)

    def text(self) -> str:
        """The content, numbers digit by digit."""
        return _text(self.raw, "") + "\n"

    def _listed_units(self) -> list[Any]:
        units = self.raw.get("units")
        return units if isinstance(units, list) else []

    def _unit(self, index: str | None) -> dict[str, Any] | None:
        units = self._listed_units()
        if index is None or int(index) >= len(units):
            return None
        unit = units[int(index)]
        return unit if isinstance(unit, dict) else None

    def _rows(self, place: str) -> list[Any]:
        match = _GROUP.fullmatch(place)
        unit = self._unit(match["unit"]) if match else None
        if unit is None or match is None:
            raise _no_place(place)
        groups = unit.setdefault("groups", {})
        if not isinstance(groups.get(match["group"]), list):
            groups[match["group"]] = []
        rows: list[Any] = groups[match["group"]]
        return rows

    def _holder(self, place: str, make: bool = False) -> tuple[dict[str, Any] | None, str]:
        """The object that a place is a member of, and the member's name."""
        if place in ("assessed_on", "enterprise.permit"):
            owner, _, name = place.rpartition(".")
            return (self.raw if not owner else self.raw.setdefault("enterprise", {})), name
        if match := _CELL.fullmatch(place):
            rows = self.rows(f"units[{match['unit']}].groups.{match['group']}") or []
            index = int(match["row"])
            return (rows[index] if index < len(rows) else None), match["fact"]
        if (match := _FACT.fullmatch(place)) is None:
            return None, ""
        top = self.raw.get("enterprise") if match["unit"] is None else self._unit(match["unit"])
        if not isinstance(top, dict):
            return None, match["fact"]
        facts = top.get("facts")
        if not isinstance(facts, dict):
            facts = {}
            if make:
                top["facts"] = facts
        return facts, match["fact"]


def slug(place: str) -> str:
    """A place as an id of an element: `units[0].groups.outlets[2].nmhc` → `p-units-0-groups-outlets-2-nmhc`."""
    return "p-" + re.sub(r"[^A-Za-z0-9_]+", "-", place).strip("-")


def _no_place(place: str) -> Problem:
    message = "这一项已不在审核中，可能已被他人删除；请刷新页面。"
    return Problem("no_such_place", message, status=422, errors=[ErrorAt(place, message)])


def _text(value: Any, indent: str) -> str:
    deeper = indent + "  "
    if isinstance(value, dict) and value:
        parts: Iterable[str] = (f"{json.dumps(k, ensure_ascii=False)}: {_text(v, deeper)}" for k, v in value.items())
        return "{" + ",".join(f"\n{deeper}{part}" for part in parts) + f"\n{indent}}}"
    if isinstance(value, list) and value:
        return "[" + ",".join(f"\n{deeper}{_text(item, deeper)}" for item in value) + f"\n{indent}]"
    if isinstance(value, Decimal):
        return plain(value)
    return json.dumps(value, ensure_ascii=False)
