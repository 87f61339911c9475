"""Digests: SHA-256 over canonical JSON, so that the same content always has the same name."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from pydantic import BaseModel

from grading.model.audit import Audit, Known, Row

Json = dict[str, Any]


def canonical(value: Any) -> Any:
    """Plain JSON values: models without their defaults, decimals as their shortest text, dates as ISO."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is dict or isinstance(value, dict):
        return {str(key): canonical(item) for key, item in value.items()}
    if kind is list or isinstance(value, list | tuple):
        return [canonical(item) for item in value]
    if isinstance(value, BaseModel):
        return canonical(value.model_dump(by_alias=True, exclude_defaults=True))
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Decimal | int):
        return {"number": plain(Decimal(value))}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    raise TypeError(f"no canonical form for {type(value).__name__}")


def digest(value: Any) -> str:
    """`sha256:<hex>` of a value's canonical JSON."""
    text = json.dumps(canonical(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def audit_digest(audit: Audit) -> str:
    """The same as `digest(audit)`, several times faster: it knows what an audit is made of."""
    text = orjson.dumps(_audit(audit), option=orjson.OPT_SORT_KEYS)
    return "sha256:" + hashlib.sha256(text).hexdigest()


def _audit(audit: Audit) -> Json:
    enterprise = audit.enterprise
    named = {"name": enterprise.name, "uscc": enterprise.uscc, "permit": enterprise.permit, "county": enterprise.county}
    whose: Json = {key: text for key, text in named.items() if text is not None}
    units = [
        {"id": unit.id, "ruleset": unit.ruleset}
        | _content(unit.facts, unit.groups)
        | ({"waivers": canonical(unit.waivers)} if unit.waivers else {})
        for unit in audit.units
    ]
    found = {
        "enterprise": whose | _content(enterprise.facts, {}),
        "assessed_on": canonical(audit.assessed_on),
        "units": units,
    }
    return found if audit.last is None else found | {"last": canonical(audit.last)}


def _content(facts: Mapping[str, Known], groups: Mapping[str, tuple[Row, ...]]) -> Json:
    found: Json = {}
    if facts:
        found["facts"] = {fact: _known(known) for fact, known in facts.items()}
    if groups:
        found["groups"] = {
            group: [{"key": row.key} | _content(row.facts, {}) for row in rows] for group, rows in groups.items()
        }
    return found


def _known(known: Known) -> Json:
    value = known.value
    kind = type(value)
    found: Json = {}
    if kind is Decimal:
        found["value"] = {"number": plain(value)}  # type: ignore[arg-type]
    else:
        found["value"] = value if kind is bool or kind is str else canonical(value)
    if known.evidence:
        found["evidence"] = known.evidence
    if known.note is not None:
        found["note"] = known.note
    if known.as_last_time:
        found["as_last_time"] = True
    for name in ("taken", "valid_until"):
        if (day := getattr(known, name)) is not None:
            found[name] = canonical(day)
    if known.covers is not None:
        found["covers"] = known.covers
    return found


def plain(number: Decimal) -> str:
    """A decimal without exponent and without zeros that say nothing: 6.20 → 6.2, 1E+2 → 100."""
    text = str(number)
    if "E" in text:
        text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
