"""The gap reports of many enterprises' published grades, made as one archive."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from api.access import Rule, require
from api.context import Context
from api.problems import Problem
from api.services import exports
from api.services.analysis import ReportFormat
from api.services.bulk.one_by_one import Outcome, Subject, names_of_enterprises, one_by_one, require_number
from api.store import Audit, AuditKind, AuditState, Export

MOST = 1_000


def reportable(context: Context, enterprise_ids: Sequence[UUID]) -> Outcome:
    """The published gradings of enterprises, and the enterprises that have none; raises Problem (403, 422)."""
    require(context.db, Rule.MAKE_EXPORTS)
    require_number(enterprise_ids, MOST, "enterprise_ids")
    names = names_of_enterprises(context, enterprise_ids)
    published: dict[UUID, list[Audit]] = {}
    rows = select(Audit).where(
        Audit.enterprise_id.in_(enterprise_ids), Audit.kind == AuditKind.EXPERT, Audit.state == AuditState.PUBLISHED
    )
    for audit in context.db.scalars(rows.order_by(Audit.published_at)):
        published.setdefault(audit.enterprise_id, []).append(audit)

    def step(enterprise_id: UUID) -> Sequence[Subject]:
        if enterprise_id not in names:
            raise Problem("not_found", "没有这家企业，或不在您的查看范围内。", status=404)
        found = [
            Subject(audit.published_grading_id, names[enterprise_id], f"评定日 {audit.assessed_on}")
            for audit in published.get(enterprise_id, ())
            if audit.published_grading_id is not None
        ]
        if not found:
            raise Problem("nothing_published", "还没有公布的等级，没有可以生成的报告。")
        return found

    return one_by_one(context, enterprise_ids, names, step, dry_run=True)


def order_reports(
    context: Context, enterprise_ids: Sequence[UUID], form: ReportFormat = ReportFormat.PDF
) -> tuple[Export, Outcome]:
    """An archive of the reports of enterprises, but for those refused; raises Problem (403, 409, 422)."""
    found = reportable(context, enterprise_ids).require_some("enterprise_ids")
    return exports.order_reports(context, [subject.id for subject in found.done], form), found
