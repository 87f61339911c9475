"""Contents of audits: revisions, and reading them as audits of the domain."""

import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select

from api.access import scope_cached
from api.context import Context, find
from api.problems import ErrorAt, Problem, errors_of, invalid_audit
from api.services.former_names import former_names
from api.services.local_edition import edition_for
from api.services.workflow.jurisdiction import county_of
from api.services.workflow.shape import refuse_broken
from api.store import Audit, AuditRevision, Enterprise, NamedBy, Unit
from grading import uscc
from grading.intake import AuditError, check_audit, parse_json
from grading.model import audit as domain
from grading.model.ruleset import Ruleset

_BY_NUMBER = scope_cached(
    select(AuditRevision).where(
        AuditRevision.audit_id == bindparam("audit"), AuditRevision.number == bindparam("number")
    )
)


def revision_of(context: Context, audit: Audit, number: int | None = None) -> AuditRevision:
    """A revision of an audit, by default the one that counts; raises Problem (404)."""
    revision = audit.revision if number is None else number
    found = context.db.scalar(_BY_NUMBER, {"audit": audit.id, "number": revision})
    if found is None:
        raise Problem("not_found", f"没有第 {revision} 次修订，或不在您的查看范围内。", status=404)
    return found


def next_number(context: Context, audit: Audit) -> int:
    """The number of the audit's next revision."""
    last = context.db.scalar(select(func.max(AuditRevision.number)).where(AuditRevision.audit_id == audit.id))
    return (last or 0) + 1


def parsed(content: str) -> dict[str, Any]:
    """A draft's JSON object with exact numbers; raises Problem (422). It need not be complete or right otherwise."""
    try:
        raw = parse_json(content)
    except AuditError as error:
        raise invalid_audit(error) from None
    if not isinstance(raw, dict):
        message = "审核数据应为 JSON 对象。"
        raise Problem("invalid_audit", message, status=422, errors=[ErrorAt("", message)])
    return raw


def storable(content: str) -> str:
    """The content of a draft that may be kept; raises Problem (422) with the place of all that no form could show."""
    refuse_broken(parsed(content))
    return content


def read(context: Context, audit: Audit, content: str) -> domain.Audit:
    """A revision's audit in the domain's terms; raises Problem (422) with the place of every error."""
    raw = parsed(content)
    enterprise = find(context.db, Enterprise, audit.enterprise_id)
    errors = _identity_errors(context, raw.get("enterprise"), enterprise, county_of(context, audit)) + _not_here(raw)
    try:
        found = check_audit(raw, context.service.grader.library)
    except AuditError as error:
        errors = errors_of(error) + errors
    if errors:
        raise Problem("invalid_audit", f"审核数据有 {len(errors)} 处问题。", status=422, errors=errors)
    return found


def problems_of(context: Context, audit: Audit, content: str) -> tuple[ErrorAt, ...]:
    """Everything that keeps a content from being submitted as this audit, with the place of each."""
    try:
        refuse_broken(parsed(content))
        read(context, audit, content)
    except Problem as problem:
        return tuple(problem.errors) or (ErrorAt("", problem.detail),)
    return ()


def edition_notices(rulesets: Iterable[Ruleset], day: date) -> list[ErrorAt]:
    """The units (in the order of their rulesets) whose edition is not in force on a day, with the days it is."""
    found = []
    for index, ruleset in enumerate(rulesets):
        edition = ruleset.edition
        standing = edition.standing_on(day)
        if standing == "edition_in_force":
            continue
        message = (
            f"评定日 {day} 早于 {ruleset.title} 的施行日 {edition.effective}。"
            if standing == "edition_not_yet_in_force"
            else f"评定日 {day} 时 {ruleset.title} 已被取代（自 {edition.superseded} 起）。"
        )
        found.append(ErrorAt(f"units[{index}].ruleset", message, standing))
    return found


def blank(context: Context, audit: Audit, day: date) -> str:
    """The content that a new audit begins with: who, where, when, and the units that are known."""
    enterprise = find(context.db, Enterprise, audit.enterprise_id)
    units = select(Unit).where(Unit.enterprise_id == enterprise.id, Unit.active).order_by(Unit.id)
    if audit.site_id is not None:
        units = units.where(Unit.site_id == audit.site_id)
    head = {"name": enterprise.name, "uscc": enterprise.uscc, "county": county_of(context, audit)}
    if enterprise.permit:
        head["permit"] = enterprise.permit
    county, service = county_of(context, audit), context.service
    listed = [
        {"id": unit.code, "ruleset": edition_for(service, unit, county, day)} for unit in context.db.scalars(units)
    ]
    content = {"enterprise": head, "assessed_on": day.isoformat(), "units": listed}
    return json.dumps(content, ensure_ascii=False, indent=2)


def _not_here(raw: dict[str, Any]) -> list[ErrorAt]:
    """Places where an audit states what it may not here: waivers, which are the bureau's to grant, or an industry alone."""
    errors = []
    for i, unit in enumerate(raw["units"] if isinstance(raw.get("units"), list) else []):
        if not isinstance(unit, dict):
            continue
        if unit.get("waivers"):
            message = "豁免由生态环境部门在企业页面准予，评级时自动计入，不能写在审核数据里。"
            errors.append(ErrorAt(f"units[{i}].waivers", message, "waiver_not_granted"))
        if unit.get("industry") is not None and unit.get("ruleset") is None:
            message = "请写明规则集；/v1/rulesets/choice 按行业、企业所在县和评定日给出。"
            errors.append(ErrorAt(f"units[{i}].ruleset", message, "key_missing"))
    return errors


def _former_codes(context: Context, enterprise: Enterprise) -> list[str]:
    """The credit codes that an enterprise had before: what was begun under them goes on."""
    return [one.value for one in former_names(context.db, enterprise.id) if one.kind is NamedBy.USCC]


def _identity_errors(context: Context, head: Any, enterprise: Enterprise, plant_county: str) -> list[ErrorAt]:
    """Places where the content is about another enterprise or county than the audit is."""
    if not isinstance(head, dict):
        return []
    errors = []
    code = head.get("uscc")
    if not isinstance(code, str):
        errors.append(ErrorAt("enterprise.uscc", f"请填写统一社会信用代码，应为 {enterprise.uscc}。"))
    else:
        # What is no code at all is told by the intake.
        with suppress(ValueError):
            if uscc.normalised(code) not in (enterprise.uscc, *_former_codes(context, enterprise)):
                message = f"与本企业登记的统一社会信用代码 {enterprise.uscc} 不一致。"
                errors.append(ErrorAt("enterprise.uscc", message))
    county = head.get("county")
    # Audits of sites stated the county of the enterprise before they stated that of the site.
    if isinstance(county, str) and county not in (plant_county, enterprise.county):
        errors.append(ErrorAt("enterprise.county", f"与本企业（厂区）登记的行政区划代码 {plant_county} 不一致。"))
    return errors
