"""Audit → the JSON of the contract, exactly: what `read_audit` reads back is the same audit."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from grading.digest import plain
from grading.language.load import Library
from grading.model.audit import Audit, Below, Known, LastTime, UnitAnswers, UnitAudit, Value, Waiver
from grading.model.ruleset import Ruleset

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
    found = {
        "enterprise": head,
        "assessed_on": audit.assessed_on.isoformat(),
        "units": [_unit(unit, library) for unit in audit.units],
    }
    if audit.last is not None:
        found["last"] = last_json(audit.last, {unit.id: library.ruleset(unit.ruleset) for unit in audit.units})
    return found


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


def last_json(last: LastTime, rulesets: Mapping[str, Ruleset]) -> dict[str, Any]:
    """An audit's statements of the one before as JSON values; `rulesets` by the ids of the units."""
    written: dict[str, Any] = {"assessed_on": last.assessed_on.isoformat()}
    if last.facts:
        written["facts"] = _facts(last.facts)
    if last.units:
        written["units"] = {id_: _answers(answers, rulesets[id_]) for id_, answers in last.units.items()}
    return written


def _answers(answers: UnitAnswers, ruleset: Ruleset) -> dict[str, Any]:
    written: dict[str, Any] = {}
    if answers.facts:
        written["facts"] = _facts(answers.facts)
    if answers.groups:
        written["groups"] = {
            name: [{ruleset.groups[name].key: row.key, **_facts(row.facts)} for row in rows]
            for name, rows in answers.groups.items()
        }
    return written


def waiver_json(waiver: Waiver) -> dict[str, Any]:
    """A waiver as JSON values."""
    return waiver.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _facts(facts: Mapping[str, Known]) -> dict[str, Any]:
    return {name: known_json(known) for name, known in facts.items()}


def evidence_json(known: Known) -> dict[str, str]:
    """Statements about a value's evidence: its days and coverage."""
    days = {name: day.isoformat() for name in ("taken", "valid_until") if (day := getattr(known, name)) is not None}
    return days if known.covers is None else {**days, "covers": known.covers}


def known_json(known: Known) -> Any:
    """A fact as JSON: bare when there is nothing but a value."""
    value = _value(known.value)
    about = evidence_json(known)
    if not known.evidence and known.note is None and not about and not known.as_last_time:
        return value
    written: dict[str, Any] = {"value": value}
    if known.evidence:
        written["evidence"] = list(known.evidence)
    if known.note is not None:
        written["note"] = known.note
    written |= about
    if known.as_last_time:
        written["as_last_time"] = True
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
