"""Waivers beside the content of audits: those that a grading is made by are kept with it, and read again with it."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from api.context import Context
from api.store import Audit, GradedUnit, Grading, Unit, UnitWaiver
from grading import calendar
from grading.audit_json import json_text, waiver_json
from grading.identifiers import IdentifierError, normalise_id
from grading.intake import parse_json
from grading.model import audit as domain


def with_granted(context: Context, audit: Audit, read_audit: domain.Audit) -> tuple[domain.Audit, str | None]:
    """An audit with the waivers of its units that are in force, and these as they are kept with a grading.

    In force is what is so on the day of the assessment and has not ended today: what is graded after a waiver's end is graded
    without it.
    """
    granted = _granted(context, audit, read_audit.assessed_on, {unit.id for unit in read_audit.units})
    if not granted:
        return read_audit, None
    units = tuple(
        unit.model_copy(update={"waivers": (*unit.waivers, *granted.get(unit.id, ()))}) for unit in read_audit.units
    )
    return read_audit.model_copy(update={"units": units}), kept(granted)


def have_changed(context: Context, audit: Audit, grading: Grading) -> bool:
    """True when other waivers are in force for an audit's units now than those by which a grading was made."""
    if audit.assessed_on is None:
        return False
    units = set(context.db.scalars(select(GradedUnit.unit).where(GradedUnit.grading_id == grading.id)))
    granted = _granted(context, audit, audit.assessed_on, units)
    return grading.waivers != (kept(granted) if granted else None)


def kept(granted: Mapping[str, Sequence[domain.Waiver]]) -> str:
    """Waivers by unit as they are kept with a grading."""
    by_unit = {unit: [waiver_json(waiver) for waiver in waivers] for unit, waivers in sorted(granted.items())}
    return json.dumps(by_unit, ensure_ascii=False, sort_keys=True)


def is_in_force(day: date | InstrumentedAttribute[date | None], today: date) -> tuple[ColumnElement[bool], ...]:
    """The conditions on which a waiver counts: in force on the day of an assessment, and not ended today."""
    return (
        UnitWaiver.begins <= day,
        UnitWaiver.until >= day,
        UnitWaiver.until >= today,
        or_(UnitWaiver.ended_on.is_(None), UnitWaiver.ended_on > today),
    )


def _granted(context: Context, audit: Audit, day: date, units: set[str]) -> Mapping[str, Sequence[domain.Waiver]]:
    """By unit, the waivers in force, in the order in which they were granted."""
    rows = (
        select(UnitWaiver, Unit.code)
        .join(Unit, Unit.id == UnitWaiver.unit_id)
        .where(UnitWaiver.enterprise_id == audit.enterprise_id)
        .where(*is_in_force(day, calendar.today()))
        .order_by(UnitWaiver.id)
    )
    if audit.site_id is not None:
        rows = rows.where(Unit.site_id == audit.site_id)
    found: dict[str, list[domain.Waiver]] = {}
    for row, code in context.db.execute(rows):
        if code in units and row.last_day >= day:
            found.setdefault(code, []).append(in_domain(row))
    return found


def in_domain(row: UnitWaiver) -> domain.Waiver:
    """A waiver as the engine knows it."""
    return domain.Waiver(
        indicator=row.indicator,
        authority=row.authority,
        reason=row.reason,
        document=domain.WaiverDocument(number=row.document_number, issued_on=row.document_date),
        from_=row.begins,
        until=row.last_day,
        evidence=(row.file_name,) if row.file_name is not None else (),
    )


def relied_on(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The waivers without which a unit of a grading's document would have another grade, each with its `unit`."""
    return [
        {**waiver, "unit": unit["id"]}
        for unit in document["units"]
        for waiver in unit.get("waivers", ())
        if unit["grade"] in waiver["levels"]
    ]


def rests_on_waivers(grading: Grading) -> bool:
    """True when a stored grade would be another without a waiver (含豁免)."""
    return grading.waivers is not None and bool(relied_on(json.loads(grading.document)))


def put_in(raw: Any, waivers: str | None) -> Any:
    """The parsed content of an audit with the waivers that were kept with a grading."""
    if waivers is not None:
        kept = json.loads(waivers)
        for unit in raw["units"]:
            found = kept.get(unit["id"], kept.get(as_read(unit["id"])))
            if found is not None:
                unit["waivers"] = found
    return raw


def as_read(unit_id: str) -> str:
    """A unit's id as its grading has it."""
    try:
        return normalise_id(unit_id)[0]
    except IdentifierError:
        return unit_id


def content_with(content: str, waivers: str | None) -> str:
    """The same as text."""
    return content if waivers is None else json_text(put_in(parse_json(content), waivers))
