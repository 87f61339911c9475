"""Audit → the JSON of the contract, exactly: what `read_audit` reads back is the same audit."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from grading.digest import plain
from grading.language.load import Library
from grading.model.audit import Audit, Below, Known, UnitAudit, Value, Waiver

INDENT = "  "
INLINE = 100
"""A list or object that fits into so many characters stands on one line."""


def audit_to_json(audit: Audit, library: Library | None = None) -> dict[str, Any]:
    """The audit as JSON values, numbers as `Decimal` (as `check_audit` takes them).

    A value of which nothing else is stated is bare. `library` (default: the shipped one) knows what the key of each group is
    called. Raises KeyError or LanguageError when a unit's ruleset can't be had.
    """
    library = library or Library()
    enterprise = audit.enterprise
    head: dict[str, Any] = {"name": enterprise.name}
    for name in ("uscc", "permit", "county"):
        value = getattr(enterprise, name)
        if value is not None:
            head[name] = value
    if enterprise.facts:
        head["facts"] = _facts(enterprise.facts)
    return {
        "enterprise": head,
        "assessed_on": audit.assessed_on.isoformat(),
        "units": [_unit(unit, library) for unit in audit.units],
    }


def dump_audit(audit: Audit, library: Library | None = None) -> str:
    """The audit as JSON text with a final newline; numbers keep every digit. Raises as `audit_to_json`."""
    return _text(audit_to_json(audit, library), "") + "\n"


def json_text(raw: Any) -> str:
    """JSON values as `check_audit` takes them, as text on one line; numbers keep every digit."""
    return _flat(raw)


def _unit(unit: UnitAudit, library: Library) -> dict[str, Any]:
    written: dict[str, Any] = {"id": unit.id, "ruleset": unit.ruleset}
    if unit.choice is not None:
        written["industry"] = unit.choice.industry
        if unit.choice.reason is not None:
            written["ruleset_reason"] = unit.choice.reason
    if unit.facts:
        written["facts"] = _facts(unit.facts)
    if unit.groups:
        groups = library.ruleset(unit.ruleset).groups
        written["groups"] = {
            name: [{groups[name].key: row.key, **_facts(row.facts)} for row in rows]
            for name, rows in unit.groups.items()
        }
    if unit.waivers:
        written["waivers"] = [waiver_json(waiver) for waiver in unit.waivers]
    return written


def waiver_json(waiver: Waiver) -> dict[str, Any]:
    """A waiver as JSON values."""
    return waiver.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _facts(facts: Mapping[str, Known]) -> dict[str, Any]:
    return {name: _known(known) for name, known in facts.items()}


def _known(known: Known) -> Any:
    value = _value(known.value)
    days = {name: day for name in ("taken", "valid_until") if (day := getattr(known, name)) is not None}
    if not known.evidence and known.note is None and not days and known.covers is None:
        return value
    written: dict[str, Any] = {"value": value}
    if known.evidence:
        written["evidence"] = list(known.evidence)
    if known.note is not None:
        written["note"] = known.note
    written |= {name: day.isoformat() for name, day in days.items()}
    if known.covers is not None:
        written["covers"] = known.covers
    return written


def _value(value: Value | None) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Below):
        return {"below": value.below}
    return value.isoformat() if isinstance(value, date) else value


def _text(value: Any, indent: str) -> str:
    flat = _flat(value)
    if not isinstance(value, dict | list) or not value or len(indent) + len(flat) <= INLINE:
        return flat
    deeper = indent + INDENT
    if isinstance(value, dict):
        lines = [f"{_flat(key)}: {_text(item, deeper)}" for key, item in value.items()]
        opening, closing = "{", "}"
    else:
        lines = [_text(item, deeper) for item in value]
        opening, closing = "[", "]"
    return opening + ",".join(f"\n{deeper}{line}" for line in lines) + f"\n{indent}{closing}"


def _flat(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flat(key)}: {_flat(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flat(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
