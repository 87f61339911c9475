"""An audit beside another one of its enterprise: an enterprise's own assessment and the experts', or two years."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from api.context import Context
from api.problems import Problem
from api.services.analysis import Case
from api.services.audit_history import grading_of
from api.services.cases import case_of
from api.services.workflow.last_time import last_audit
from api.store import Audit, AuditKind, AuditState
from grading.side_by_side import SideBySide, side_by_side

GRADED = (AuditState.SUBMITTED, AuditState.CONFIRMED, AuditState.PUBLISHED)


@dataclass(frozen=True)
class Compared:
    """Two audits, the first to compare with the second, and what differs."""

    first: Audit
    second: Audit
    cases: tuple[Case, Case]
    found: SideBySide


def counterpart(context: Context, audit: Audit) -> Audit | None:
    """The audit of the other kind that belongs beside this one, as far as the actor sees it.

    Beside an enterprise's own assessment the experts' that is published, else their last; beside an experts' audit the last
    assessment of its own that the enterprise submitted.
    """
    rows = (
        select(Audit)
        .where(Audit.enterprise_id == audit.enterprise_id, Audit.kind != audit.kind, Audit.state.in_(GRADED))
        .where(Audit.site_id == audit.site_id if audit.site_id else Audit.site_id.is_(None))
        .order_by((Audit.state == AuditState.PUBLISHED).desc(), Audit.id.desc())
    )
    return next((found for found in context.db.scalars(rows) if grading_of(context, found) is not None), None)


def compare_audits(context: Context, audit: Audit, other_id: UUID | None = None) -> Compared:
    """An audit beside another one; by default its counterpart, else the one before it. The enterprise's own goes first.

    Raises Problem: 404 for another audit that is out of scope, 409 when there is none or one of them isn't graded, 422 when
    the other is of another enterprise or the same.
    """
    other = (
        context.find(Audit, other_id)
        if other_id is not None
        else counterpart(context, audit) or last_audit(context, audit)
    )
    if other is None:
        raise Problem("nothing_to_compare", "还没有可以对照的另一份审核：企业自评或专家评审提交后才能对照。")
    if other.enterprise_id != audit.enterprise_id or other.id == audit.id:
        raise Problem("not_comparable", "只能与同一企业的另一份审核对照。", status=422)
    first, second = (audit, other) if _goes_first(audit, other) else (other, audit)
    cases = _case(context, first), _case(context, second)
    rulesets = {unit.ruleset: cases[1].engine.library.ruleset(unit.ruleset) for unit in cases[1].audit.units}
    pairs = [(case.audit, case.grading) for case in cases]
    return Compared(first, second, cases, side_by_side(pairs[0], pairs[1], rulesets))


def _goes_first(audit: Audit, other: Audit) -> bool:
    if audit.kind is not other.kind:
        return audit.kind is AuditKind.SELF
    return audit.id < other.id


def _case(context: Context, audit: Audit) -> Case:
    stored = grading_of(context, audit)
    if stored is None:
        raise Problem("not_graded", "两份审核都有评级结果才能对照。")
    return case_of(context, stored.id)
