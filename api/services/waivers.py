"""Waivers: granted to units by their bureau, proven by a file, ended before their last day; each step is logged."""

from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import select

from api import audit_log
from api.access import Rule, require
from api.context import Context, find
from api.problems import ErrorAt, Problem
from api.services.attachments import take_in
from api.store import Enterprise, Unit, UnitWaiver
from grading import calendar
from grading.intake.waivers import refused_indicator
from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.model.audit import Standing
from grading.model.ruleset import Ruleset


@dataclass(frozen=True)
class Granted:
    """A waiver with whose it is, as it stands on a day."""

    waiver: UnitWaiver
    unit: Unit
    enterprise: Enterprise
    today: date

    @property
    def standing(self) -> Standing:
        """The standing of the waiver today."""
        if self.waiver.ended_on is not None or self.waiver.last_day < self.today:
            return "ended"
        return "not_begun" if self.today < self.waiver.begins else "in_force"

    @property
    def days_left(self) -> int:
        """The days until its last day."""
        return (self.waiver.last_day - self.today).days


def grant(
    context: Context,
    unit_id: UUID,
    *,
    indicator: str,
    authority: str,
    reason: str,
    document_number: str,
    document_date: date,
    until: date,
    begins: date | None = None,
    evidence: tuple[BinaryIO, str] | None = None,
) -> UnitWaiver:
    """Grant a waiver, by default from the day of its document on; raises Problem (403, 404, 413, 415, 422)."""
    actor = require(context.db, Rule.GRANT_WAIVERS)
    unit = find(context.db, Unit, unit_id)
    begins = begins or document_date
    stated = {"authority": authority, "reason": reason, "document_number": document_number}
    errors = [ErrorAt(name, "请填写。", "key_missing") for name, text in stated.items() if not text.strip()]
    errors += _errors(context, unit, indicator, begins, until)
    if errors:
        raise Problem("invalid_waiver", f"豁免有 {len(errors)} 处问题。", status=422, errors=errors)
    made = UnitWaiver(
        enterprise_id=unit.enterprise_id,
        unit_id=unit.id,
        indicator=indicator,
        authority=authority.strip(),
        reason=reason.strip(),
        document_number=document_number.strip(),
        document_date=document_date,
        begins=begins,
        until=until,
        granted_by=actor.id,
    )
    if evidence is not None:
        _keep_file(context, made, *evidence)
    context.db.add(made)
    context.db.flush()
    _log(context, "waiver.granted", made, {"indicator": indicator, "from": str(begins), "until": str(until)})
    return made


def attach(context: Context, waiver_id: UUID, content: BinaryIO, name: str) -> UnitWaiver:
    """Add the file that proves a waiver; there is one. Raises Problem (403, 404, 409, 413, 415, 422)."""
    require(context.db, Rule.GRANT_WAIVERS)
    row = _locked(context, waiver_id)
    if row.sha256 is not None:
        raise Problem("has_evidence", "这项豁免已附证明材料。")
    _keep_file(context, row, content, name)
    _log(context, "waiver.proven", row, {"sha256": row.sha256 or ""})
    return row


def end(context: Context, waiver_id: UUID, reason: str) -> UnitWaiver:
    """End a waiver before its last day: from today on it counts no more. Raises Problem (403, 404, 409, 422)."""
    actor = require(context.db, Rule.GRANT_WAIVERS)
    row = _locked(context, waiver_id)
    if not reason.strip():
        message = "请写明终止豁免的理由。"
        raise Problem("reasons_missing", message, status=422, errors=[ErrorAt("reasons", message)])
    today = calendar.today()
    if row.ended_on is not None or row.until < today:
        raise Problem("waiver_over", "这项豁免已终止或已到期。")
    row.ended_on, row.ended_by, row.end_reason = today, actor.id, reason.strip()
    _log(context, "waiver.ended", row, {"indicator": row.indicator, "ended_on": str(today)})
    return row


def _errors(context: Context, unit: Unit, indicator: str, begins: date, until: date) -> list[ErrorAt]:
    """Everything that is wrong with a waiver that is to be granted."""
    errors = []
    ruleset = ruleset_of(context.service.grader.library, unit)
    refusal = None if ruleset is None else refused_indicator(ruleset, indicator)
    if ruleset is None:
        errors.append(ErrorAt("indicator", f"没有可用的规则集 {unit.ruleset_id}。"))
    elif refusal is not None:
        errors.append(ErrorAt("indicator", refusal.message, refusal.code.value))
    if until < begins:
        errors.append(ErrorAt("until", f"截止日期早于开始日期 {begins}。", "waiver_ends_before"))
    elif until < calendar.today():
        errors.append(ErrorAt("until", "截止日期已过。", "waiver_ends_before"))
    same = select(UnitWaiver).where(UnitWaiver.unit_id == unit.id, UnitWaiver.indicator == indicator)
    for other in context.db.scalars(same.where(UnitWaiver.begins <= until, UnitWaiver.until >= begins)):
        if other.last_day >= begins and other.last_day >= other.begins:
            message = f"同一指标已有豁免（{other.document_number}，{other.begins} 至 {other.last_day}）。"
            errors.append(ErrorAt("indicator", message, "waivers_overlap"))
    return errors


def ruleset_of(library: Library, unit: Unit) -> Ruleset | None:
    """The ruleset that grades a unit today; None where it can't be had."""
    try:
        return library.ruleset(unit.ruleset_id)
    except (KeyError, LanguageError):
        return None


def indicator_title(library: Library, unit: Unit, indicator: str) -> str:
    """The title of an indicator by the ruleset that grades a unit today; its id where the ruleset doesn't have it."""
    ruleset = ruleset_of(library, unit)
    listed = ruleset.indicators if ruleset is not None else ()
    return next((one.title for one in listed if one.id == indicator), indicator)


def _keep_file(context: Context, row: UnitWaiver, content: BinaryIO, name: str) -> None:
    stored = take_in(context, content, name)
    row.sha256, row.file_name, row.media_type, row.size = stored.sha256, stored.name, stored.media_type, stored.size


def _locked(context: Context, waiver_id: UUID) -> UnitWaiver:
    find(context.db, UnitWaiver, waiver_id)
    return context.db.scalars(select(UnitWaiver).where(UnitWaiver.id == waiver_id).with_for_update()).one()


def _log(context: Context, action: str, row: UnitWaiver, details: dict[str, Any]) -> None:
    audit_log.append(
        context.db,
        action,
        context.actor,
        enterprise_id=row.enterprise_id,
        subject=f"waiver:{row.id}",
        details=details,
    )
