"""Enterprises with their sites and units, and the teams that are assigned to them: registered and changed."""

from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api import audit_log
from api.access import Rule, in_area, require, unscoped
from api.context import Context
from api.problems import ErrorAt, Problem
from api.services import former_names, operating_states
from api.services.local_edition import chosen_edition, local_edition
from api.services.roster_permits import follow_permit
from api.store import (
    Assignment,
    Enterprise,
    EnterpriseMerger,
    FormerName,
    NamedBy,
    OperatingStateKind,
    Role,
    Site,
    Team,
    Unit,
)
from grading import calendar, coordinates
from grading import uscc as credit_code
from grading.language.edition_text import why_text
from grading.language.local_editions import Local, choice_of
from grading.language.problems import LanguageError
from grading.ruleset_id import industry_of

LAST_END = date(2099, 12, 31)
"""A later last day of an assignment means none."""


def enterprise_of(db: Session, code: str) -> Enterprise | None:
    """The enterprise that has or had a credit code, as far as the session may see it; the code is read as people write it."""
    with suppress(ValueError):
        code = credit_code.normalised(code)
    found = db.scalar(select(Enterprise).where(Enterprise.uscc == code))
    if found is None:
        had = select(FormerName.enterprise_id).where(FormerName.kind == NamedBy.USCC, FormerName.value == code)
        once = db.scalars(select(Enterprise).where(Enterprise.id.in_(had))).all()
        found = once[0] if len(once) == 1 else None
    return None if found is None else survivor_of(db, found)


def survivor_of(db: Session, enterprise: Enterprise) -> Enterprise:
    """The enterprise that a double was merged into; itself where it was not."""
    merged = db.get(EnterpriseMerger, enterprise.id)
    into = None if merged is None else db.get(Enterprise, merged.into_id)
    return enterprise if into is None else survivor_of(db, into)


def no_enterprise(code: str) -> str:
    """The refusal of a credit code that no enterprise has which the actor may see."""
    return f"没有统一社会信用代码为 {code[:18]} 的企业，或它不在您的范围内。"


def add_enterprise(
    context: Context, *, name: str, uscc: str, county: str, permit: str | None = None, contact: str | None = None
) -> Enterprise:
    """Register an enterprise; raises Problem (403 outside of the bureau's area, 409, 422)."""
    actor = require(context.db, Rule.KEEP_ENTERPRISES)
    refuse_elsewhere(context, county)
    uscc = free_code(context, uscc)
    try:
        made = Enterprise(name=name, uscc=uscc, county=county, permit=permit, contact=contact)
    except ValueError as error:
        raise _invalid("county", str(error)) from None
    context.db.add(made)
    context.db.flush()
    audit_log.append(context.db, "enterprise.created", actor, enterprise_id=made.id)
    return made


def free_code(context: Context, given: str, enterprise: Enterprise | None = None) -> str:
    """A credit code that no other enterprise has, as it is written; raises Problem (409, 422)."""
    try:
        uscc = credit_code.normalised(given)
    except ValueError as error:
        raise _invalid("uscc", f"{error}。") from None
    with unscoped(context.db):
        taken = enterprise_of(context.db, uscc)
    if taken is not None and (enterprise is None or taken.id != enterprise.id):
        message = f"统一社会信用代码 {uscc} 已登记。"
        raise Problem("uscc_taken", message, errors=[ErrorAt("uscc", message)])
    return uscc


def change_enterprise(context: Context, enterprise_id: UUID, version: int, changes: dict[str, Any]) -> Enterprise:
    """Change an enterprise that was last seen in `version`; raises Problem (403, 404, 412, 422)."""
    actor = require(context.db, Rule.KEEP_ENTERPRISES)
    enterprise = context.find(Enterprise, enterprise_id)
    if enterprise.version != version:
        detail = "企业信息已被他人修改，请刷新后再操作。"
        raise Problem("stale", detail, status=412, more={"version": enterprise.version})
    _refuse_null(changes, "name", "county", "active", "uscc")
    if "county" in changes:
        refuse_elsewhere(context, changes["county"])
    if "uscc" in changes:
        changes["uscc"] = free_code(context, changes["uscc"], enterprise)
    active = changes.pop("active", enterprise.active)
    before = {kind: getattr(enterprise, kind.value) for kind in NamedBy}
    if active != enterprise.active:
        enterprise = _set_active(context, enterprise, active=active)
    if changed := _apply(enterprise, changes):
        enterprise.version += 1
        today = calendar.day_of(context.at)
        for kind, value in before.items():
            if value and value != getattr(enterprise, kind.value):
                former_names.keep(context, enterprise.id, kind, value, today)
        context.db.flush()
        follow_permit(context, enterprise.id, before[NamedBy.PERMIT], enterprise.permit)
        details = {"changed": changed, "version": enterprise.version}
        audit_log.append(context.db, "enterprise.changed", actor, enterprise_id=enterprise.id, details=details)
    return enterprise


def _set_active(context: Context, enterprise: Enterprise, *, active: bool) -> Enterprise:
    """Record that an enterprise is closed or in operation again, from today on."""
    state = OperatingStateKind.OPERATING if active else OperatingStateKind.CLOSED
    today = calendar.day_of(context.at)
    operating_states.record(context, enterprise.id, state, today, reason="登记为停用" if not active else "登记为启用")
    return enterprise


def add_site(context: Context, enterprise_id: UUID, **fields: Any) -> Site:
    """Register a site; raises Problem (403, 404, 409)."""
    actor = require(context.db, Rule.KEEP_ENTERPRISES)
    context.find(Enterprise, enterprise_id)
    if context.db.scalar(select(Site.id).where(Site.enterprise_id == enterprise_id, Site.name == fields["name"])):
        message = "这家企业已有同名厂区。"
        raise Problem("site_exists", message, errors=[ErrorAt("name", message)])
    made = Site(enterprise_id=enterprise_id, **_with_coordinates(fields))
    context.db.add(made)
    context.db.flush()
    audit_log.append(context.db, "site.created", actor, enterprise_id=enterprise_id, subject=f"site:{made.id}")
    return made


def change_site(context: Context, site_id: UUID, changes: dict[str, Any]) -> Site:
    """Change a site; raises Problem (403, 404, 409, 422)."""
    actor = require(context.db, Rule.KEEP_ENTERPRISES)
    site = context.find(Site, site_id)
    _refuse_null(changes, "name", "county")
    permit = site.permit
    if changed := _apply(site, _with_coordinates(changes)):
        context.db.flush()
        follow_permit(context, site.enterprise_id, permit, site.permit)
        details = {"changed": changed}
        audit_log.append(
            context.db,
            "site.changed",
            actor,
            enterprise_id=site.enterprise_id,
            subject=f"site:{site.id}",
            details=details,
        )
    return site


def _with_coordinates(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a site with coordinates as they are kept; raises Problem (422)."""
    if not fields.get("coordinates"):
        return fields
    try:
        return fields | {"coordinates": coordinates.checked(fields["coordinates"])}
    except ValueError as error:
        raise _invalid("coordinates", f"{error}。") from None


def add_unit(
    context: Context,
    enterprise_id: UUID,
    *,
    site_id: UUID,
    code: str,
    name: str | None,
    ruleset_id: str | None = None,
    industry: str | None = None,
    ruleset_reason: str | None = None,
    products: str | None = None,
    capacity: str | None = None,
) -> Unit:
    """Register a unit, with its ruleset or by its industry; raises Problem (403, 404, 409, 422)."""
    actor = require(context.db, Rule.KEEP_ENTERPRISES)
    site = context.find(Site, site_id)
    if site.enterprise_id != enterprise_id:
        raise _invalid("site_id", "厂区不属于这家企业。")
    chosen, why = _edition(context, site, ruleset_id, industry, ruleset_reason)
    if context.db.scalar(select(Unit.id).where(Unit.site_id == site_id, Unit.code == code)):
        message = "这个厂区已有同编号的生产单元。"
        raise Problem("unit_exists", message, errors=[ErrorAt("code", message)])
    made = Unit(
        enterprise_id=enterprise_id,
        site_id=site_id,
        code=code,
        ruleset_id=chosen,
        name=name,
        industry=industry if ruleset_id is None else None,
        ruleset_reason=ruleset_reason,
        products=products,
        capacity=capacity,
    )
    context.db.add(made)
    context.db.flush()
    audit_log.append(
        context.db,
        "unit.created",
        actor,
        enterprise_id=enterprise_id,
        subject=f"unit:{made.id}",
        details={"ruleset": chosen, "why": why} if why else {},
    )
    return made


def _edition(
    context: Context, site: Site, ruleset_id: str | None, industry: str | None, reason: str | None
) -> tuple[str, str]:
    """The ruleset of a unit with the reason for it (empty where only the ruleset is stated)."""
    if ruleset_id is None and industry is None:
        raise _invalid("ruleset_id", "请填规则集或行业。")
    if ruleset_id is not None:
        refuse_unknown_ruleset(context, ruleset_id)
    if industry is None:
        return ruleset_id or "", reason or ""
    today = calendar.today()
    if ruleset_id is None:
        return chosen_edition(context.service, industry, site.county, today)
    local = local_edition(context.service, industry, site.county, today)
    _refuse_without_reason(local, ruleset_id, reason)
    return ruleset_id, why_text(choice_of(local, industry, reason), ruleset_id)


def _refuse_without_reason(local: Local, ruleset_id: str, reason: str | None) -> None:
    if local.ruleset is not None and local.ruleset.id != ruleset_id and not reason:
        raise _invalid("ruleset_reason", f"最具体的现行版本是 {local.ruleset.id}；改用 {ruleset_id} 须写明理由。")


def change_unit(context: Context, unit_id: UUID, changes: dict[str, Any]) -> Unit:
    """Change a unit; raises Problem (403, 404, 422)."""
    actor = require(context.db, Rule.KEEP_ENTERPRISES)
    unit = context.find(Unit, unit_id)
    _refuse_null(changes, "ruleset_id", "active")
    if changes.get("ruleset_id", unit.ruleset_id) != unit.ruleset_id:
        changes = _with_edition(context, unit, changes)
    active = changes.pop("active", unit.active)
    if active != unit.active:
        state = OperatingStateKind.OPERATING if active else OperatingStateKind.CLOSED
        action_text, today = ("登记为启用" if active else "登记为停用"), calendar.day_of(context.at)
        operating_states.record(context, unit.enterprise_id, state, today, unit_id=unit.id, reason=action_text)
    if changed := _apply(unit, changes):
        context.db.flush()
        details = {"changed": changed}
        audit_log.append(
            context.db,
            "unit.changed",
            actor,
            enterprise_id=unit.enterprise_id,
            subject=f"unit:{unit.id}",
            details=details,
        )
    return unit


def _with_edition(context: Context, unit: Unit, changes: dict[str, Any]) -> dict[str, Any]:
    """The changes of a unit that is given another ruleset, which it keeps from now on; raises Problem (422)."""
    ruleset_id = changes["ruleset_id"]
    refuse_unknown_ruleset(context, ruleset_id)
    county = context.find(Site, unit.site_id).county
    local = local_edition(context.service, industry_of(ruleset_id), county, calendar.today())
    _refuse_without_reason(local, ruleset_id, changes.get("ruleset_reason"))
    return {"ruleset_reason": None, **changes, "industry": None}


def assign(context: Context, *, team_id: UUID, enterprise_id: UUID, since: date, until: date | None) -> Assignment:
    """Let a team assess an enterprise; raises Problem (403, 404, 409, 422)."""
    actor = require(context.db, Rule.ASSIGN_TEAMS)
    context.find(Team, team_id)
    operating_states.refuse_closed(context.find(Enterprise, enterprise_id))
    refuse_days(since, until)
    same = select(Assignment.id).where(
        Assignment.team_id == team_id, Assignment.enterprise_id == enterprise_id, Assignment.since == since
    )
    if context.db.scalar(same) is not None:
        raise Problem("assignment_exists", "这个评审组自同一天起已有对这家企业的指派。")
    made = Assignment(
        team_id=team_id, enterprise_id=enterprise_id, since=since, until=until, assigned_by=context.actor.id
    )
    context.db.add(made)
    context.db.flush()
    audit_log.append(context.db, "team.assigned", actor, enterprise_id=enterprise_id, subject=f"team:{team_id}")
    return made


def end_assignment(context: Context, assignment_id: UUID, until: date) -> Assignment:
    """Let an assignment end on a day; raises Problem (403, 404, 422)."""
    actor = require(context.db, Rule.ASSIGN_TEAMS)
    assignment = context.find(Assignment, assignment_id)
    _refuse_end(until, assignment.since)
    assignment.until = until
    context.db.flush()
    about = {"enterprise_id": assignment.enterprise_id, "subject": f"team:{assignment.team_id}"}
    audit_log.append(context.db, "team.assignment_ended", actor, **about)  # type: ignore[arg-type]
    return assignment


def refuse_days(since: date, until: date | None) -> None:
    """Refuse days that no assignment may have; raises Problem (422)."""
    if since < calendar.EARLIEST:
        raise _invalid("since", f"起始日不应早于 {calendar.EARLIEST}。")
    _refuse_end(until, since)


def _refuse_end(until: date | None, since: date) -> None:
    if until is not None and until < since:
        raise _invalid("until", "终止日早于起始日。")
    if until is not None and until > LAST_END:
        raise _invalid("until", f"终止日不应晚于 {LAST_END}；没有终止日的请留空。")


def _apply(row: Any, changes: dict[str, Any]) -> list[str]:
    """Put the changes in; the names of what is different now."""
    different = {name: value for name, value in changes.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return sorted(different)


def _refuse_null(changes: dict[str, Any], *names: str) -> None:
    errors = [ErrorAt(name, "不能为空。") for name in names if name in changes and changes[name] is None]
    if errors:
        raise Problem("invalid_request", f"请求有 {len(errors)} 处问题。", status=422, errors=errors)


def refuse_elsewhere(context: Context, county: str) -> None:
    """A bureau keeps the enterprises of its own area; raises Problem (403)."""
    actor = context.actor
    if actor.role is Role.BUREAU and not in_area(county, actor.area or ""):
        message = f"{county} 不在您的辖区（{actor.area}）。"
        raise Problem("not_in_charge", message, status=403, errors=[ErrorAt("county", message)])


def refuse_unknown_ruleset(context: Context, ruleset_id: str) -> None:
    """A unit is of a ruleset that there is; raises Problem (422)."""
    try:
        context.service.grader.library.ruleset(ruleset_id)
    except (KeyError, LanguageError):
        raise _invalid("ruleset_id", f"没有规则集 {ruleset_id}，或它不能使用。") from None


def _invalid(place: str, message: str) -> Problem:
    return Problem("invalid_request", message, status=422, errors=[ErrorAt(place, message)])
