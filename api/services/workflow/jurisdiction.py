"""A plant is graded under an edition that applies where it lies, unless somebody who may says why not."""

from collections.abc import Iterable

from sqlalchemy import select

from api.access import MAY, ROLE_NAMES, Rule
from api.context import Context, find
from api.problems import ErrorAt, Problem
from api.services.workflow.states import given_reasons
from api.store import Audit, Enterprise, GradedUnit, Grading, Role, Site
from grading.jurisdiction import finding
from grading.model import audit as domain
from grading.model.ruleset import Ruleset
from grading.vocabulary import JURISDICTION


def county_of(context: Context, audit: Audit) -> str:
    """The county that an audit is about: of its site if it has one, else of the enterprise."""
    if audit.site_id is not None:
        return find(context.db, Site, audit.site_id).county
    return find(context.db, Enterprise, audit.enterprise_id).county


def rulesets_of(context: Context, audit: domain.Audit) -> list[Ruleset]:
    """Today's ruleset of each unit."""
    return [context.service.grader.library.ruleset(unit.ruleset) for unit in audit.units]


def graded_by(context: Context, grading: Grading) -> list[Ruleset]:
    """The ruleset that each unit of a grading was graded by."""
    units = select(GradedUnit).where(GradedUnit.grading_id == grading.id).order_by(GradedUnit.position)
    return [context.service.grader.ruleset(context.db, unit.ruleset_digest) for unit in context.db.scalars(units)]


def outside(context: Context, audit: Audit, rulesets: Iterable[Ruleset]) -> list[ErrorAt]:
    """The units (in the order of their rulesets) whose ruleset does not apply where the plant lies, or may not, and why."""
    county = county_of(context, audit)
    found = []
    for index, ruleset in enumerate(rulesets):
        what = finding(county, ruleset.jurisdiction)
        if what is not None:
            message = f"{JURISDICTION[what]}：企业 {county}，{ruleset.title} 适用于 {ruleset.jurisdiction}。"
            found.append(ErrorAt(f"units[{index}].ruleset", message, "outside_jurisdiction"))
    return found


def allow_outside(context: Context, audit: Audit, rulesets: Iterable[Ruleset], reason: str | None) -> dict[str, str]:
    """Keep the reason, and tell what the log says of it; nothing is kept where every edition applies.

    Raises Problem: 422 without a reason, 403 when the actor's role may not go by one.
    """
    errors = outside(context, audit, rulesets)
    if not errors:
        audit.outside_reason = None
        return {}
    if not (reason or "").strip():
        allowed = "、".join(ROLE_NAMES[role] for role in Role if role in MAY[Rule.GRADE_OUTSIDE])
        detail = f"规则集不适用于企业所在地；请改用适用的规则集，确需沿用的由{allowed}写明理由（outside_reason）。"
        raise Problem("outside_jurisdiction", detail, status=422, errors=errors)
    if context.actor.role not in MAY[Rule.GRADE_OUTSIDE]:
        raise Problem("role_not_allowed", f"{ROLE_NAMES[context.actor.role]}不能在适用地区之外沿用规则集。", status=403)
    audit.outside_reason = given_reasons(reason or "", "在适用地区之外沿用规则集的", "outside_reason")
    return {"outside_reason": audit.outside_reason}
