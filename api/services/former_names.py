"""Names, credit codes and permits that enterprises had before: kept when they change, or told afterwards."""

from datetime import date
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api import audit_log
from api.access import Rule, require
from api.context import Context
from api.problems import ErrorAt, Problem
from api.store import Enterprise, FormerName, NamedBy
from grading import calendar
from grading import uscc as credit_code

KIND_NAMES = MappingProxyType(
    {NamedBy.NAME: "名称", NamedBy.USCC: "统一社会信用代码", NamedBy.PERMIT: "排污许可证编号"}
)
LONGEST = 200


def former_names(db: Session, enterprise_id: UUID) -> list[FormerName]:
    """The former names and codes of an enterprise, the last first."""
    rows = select(FormerName).where(FormerName.enterprise_id == enterprise_id)
    return list(db.scalars(rows.order_by(FormerName.until.desc(), FormerName.id.desc())))


def keep(context: Context, enterprise_id: UUID, kind: NamedBy, value: str, until: date) -> FormerName:
    """Keep what an enterprise was known by until a day; the caller has checked the permission and logs it."""
    made = FormerName(enterprise_id=enterprise_id, kind=kind, value=value, until=until, recorded_by=context.actor.id)
    context.db.add(made)
    context.db.flush()
    return made


def add(context: Context, enterprise_id: UUID, kind: NamedBy, value: str, until: date) -> FormerName:
    """Tell afterwards what an enterprise was known by until a day; raises Problem (403, 404, 409, 422)."""
    actor = require(context.db, Rule.KEEP_ENTERPRISES)
    enterprise = context.find(Enterprise, enterprise_id)
    value, today = " ".join(value.split()), calendar.day_of(context.at)
    errors: list[ErrorAt] = []
    if not value or len(value) > LONGEST:
        errors.append(ErrorAt("value", f"请填写曾用的名称或编号（不超过 {LONGEST} 字）。"))
    elif kind is NamedBy.USCC:
        try:
            value = credit_code.normalised(value)
        except ValueError as error:
            errors.append(ErrorAt("value", f"{error}。"))
    if not calendar.EARLIEST <= until <= today:
        errors.append(ErrorAt("until", f"停用日应为 {calendar.EARLIEST} 至今天（{today}）。"))
    if value == {NamedBy.NAME: enterprise.name, NamedBy.USCC: enterprise.uscc}.get(kind, enterprise.permit):
        errors.append(ErrorAt("value", "与现在登记的相同。"))
    if errors:
        raise Problem("invalid_former_name", f"曾用名有 {len(errors)} 处问题。", status=422, errors=errors)
    if any((one.kind, one.value) == (kind, value) for one in former_names(context.db, enterprise_id)):
        raise Problem("former_name_known", f"已登记过这个曾用的{KIND_NAMES[kind]}。")
    made = keep(context, enterprise_id, kind, value, until)
    details = {"kind": kind.value, "until": until.isoformat()}
    audit_log.append(context.db, "enterprise.former_name_added", actor, enterprise_id=enterprise_id, details=details)
    return made
