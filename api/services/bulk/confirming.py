"""Many audits confirmed by their second assessor."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from api.access import Rule, require
from api.context import Context
from api.services import workflow
from api.services.bulk.one_by_one import Outcome, Subject, one_by_one, require_number
from api.store import Audit, Enterprise

MOST = 100
"""Each is looked through for what is unusual, which takes a tenth of a second."""


def confirm(context: Context, audit_ids: Sequence[UUID], reasons: str = "", *, dry_run: bool = False) -> Outcome:
    """Confirm submitted audits, but for those refused; `reasons` stands with each that needs a word.

    Raises Problem (403, 422).
    """
    require(context.db, Rule.CONFIRM_AUDITS)
    require_number(audit_ids, MOST, "audit_ids")
    rows = context.db.execute(
        select(Audit.id, Enterprise.name)
        .join(Enterprise, Enterprise.id == Audit.enterprise_id)
        .where(Audit.id.in_(audit_ids))
    )
    names = {row.id: row.name for row in rows}

    def step(audit_id: UUID) -> Sequence[Subject]:
        if dry_run:
            workflow.require_confirmable(context, audit_id, reasons=reasons)
        else:
            workflow.confirm(context, audit_id, reasons=reasons)
        return (Subject(audit_id, names.get(audit_id, "")),)

    return one_by_one(context, audit_ids, names, step, dry_run=dry_run)
