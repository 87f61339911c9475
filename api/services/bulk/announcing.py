"""The confirmed audits of many enterprises listed in an announcement, from which they are published."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from api.access import Rule, require
from api.context import Context
from api.problems import Problem
from api.services.announcements import steps
from api.services.bulk.one_by_one import Outcome, Subject, names_of_enterprises, one_by_one, require_number
from api.store import Announcement, Audit, AuditKind, AuditState

MOST = 2_000


def announceable(context: Context, enterprise_ids: Sequence[UUID]) -> Outcome:
    """The audits of enterprises that can be announced, and the enterprises that can't; raises Problem (403, 422)."""
    require(context.db, Rule.PUBLISH_AUDITS)
    require_number(enterprise_ids, MOST, "enterprise_ids")
    names = names_of_enterprises(context, enterprise_ids)

    def step(enterprise_id: UUID) -> Sequence[Subject]:
        rows = select(Audit).where(
            Audit.enterprise_id == enterprise_id, Audit.kind == AuditKind.EXPERT, Audit.state == AuditState.CONFIRMED
        )
        confirmed = context.db.scalars(rows.order_by(Audit.id)).all()
        if not confirmed:
            raise Problem("nothing_confirmed", "没有已复核、等待公布的审核。")
        for audit in confirmed:
            _, why = steps.refusal(context, audit)
            if why is not None:
                raise Problem("not_announceable", why)
        return [Subject(audit.id, names[enterprise_id], f"评定日 {audit.assessed_on}") for audit in confirmed]

    return one_by_one(context, enterprise_ids, names, step, dry_run=True)


def announce(context: Context, title: str, enterprise_ids: Sequence[UUID]) -> tuple[Announcement, Outcome]:
    """Begin an announcement with the audits of enterprises, but for those refused; raises Problem (403, 409, 422)."""
    found = announceable(context, enterprise_ids).require_some("enterprise_ids")
    return steps.begin(context, title, [subject.id for subject in found.done]), found
