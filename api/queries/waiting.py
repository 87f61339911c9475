"""Waiting work: audits to write on, to confirm, to publish; appeals to answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select

from api.context import Context
from api.queries.audits import briefs
from api.schemas.audits import AuditBrief
from api.services import workflow
from api.services.workflow import Action
from api.store import Appeal, AppealState, Audit, AuditKind, AuditState, Enterprise, Role

MOST = 100


@dataclass(frozen=True)
class OpenAppeal:
    """An appeal that waits for its answer."""

    row: Appeal
    audit: Audit
    enterprise_name: str


@dataclass(frozen=True)
class Waiting:
    """The actor's waiting work, and the actor's audits that wait for others."""

    to_write: Sequence[AuditBrief] = ()
    to_confirm: Sequence[AuditBrief] = ()
    with_others: Sequence[AuditBrief] = ()
    to_publish: Sequence[AuditBrief] = ()
    appeals: Sequence[OpenAppeal] = ()
    to_examine: Sequence[OpenAppeal] = ()
    """Upheld appeals against audits that nothing has replaced yet: the plant has to be examined again."""

    @property
    def count(self) -> int:
        """The number of things that wait for the actor."""
        listed = (self.to_write, self.to_confirm, self.to_publish, self.appeals, self.to_examine)
        return sum(map(len, listed))


def waiting(context: Context) -> Waiting:
    """The actor's waiting work, the oldest first."""
    role = context.actor.role
    if role is Role.BUREAU:
        confirmed = briefs(context, _in(context, AuditState.CONFIRMED))
        return Waiting(to_publish=confirmed, appeals=open_appeals(context), to_examine=upheld_appeals(context))
    if role is Role.ADMINISTRATOR:
        return Waiting()
    kind = AuditKind.EXPERT if role is Role.ASSESSOR else AuditKind.SELF
    to_write = [a for a in _in(context, AuditState.DRAFT, AuditState.RETURNED) if a.kind is kind]
    submitted = [a for a in _in(context, AuditState.SUBMITTED) if a.kind is AuditKind.EXPERT]
    mine = [a for a in submitted if Action.CONFIRM in workflow.actions(context, a)]
    others = [a for a in submitted if a not in mine]
    upheld = upheld_appeals(context) if role is Role.ASSESSOR else ()
    return Waiting(briefs(context, to_write), briefs(context, mine), briefs(context, others), to_examine=upheld)


def open_appeals(context: Context, audit_id: UUID | None = None) -> list[OpenAppeal]:
    """Appeals without an answer, the oldest first."""
    conditions = [Appeal.state == AppealState.OPEN]
    return _appeals(context, *conditions, *([] if audit_id is None else [Appeal.audit_id == audit_id]))


def upheld_appeals(context: Context) -> list[OpenAppeal]:
    """Upheld appeals against grades that still stand, the oldest first: a new audit, or a withdrawal, ends each."""
    return _appeals(context, Appeal.state == AppealState.UPHELD, Audit.state == AuditState.PUBLISHED)


def _appeals(context: Context, *conditions: ColumnElement[bool]) -> list[OpenAppeal]:
    rows = (
        select(Appeal, Audit, Enterprise.name)
        .join(Audit, Audit.id == Appeal.audit_id)
        .join(Enterprise, Enterprise.id == Audit.enterprise_id)
        .where(*conditions)
        .order_by(Appeal.id)
        .limit(MOST)
    )
    return [OpenAppeal(appeal, audit, name) for appeal, audit, name in context.db.execute(rows)]


def appeals_of(context: Context, audit_ids: Sequence[UUID]) -> list[Appeal]:
    """All appeals against audits, the newest first."""
    return list(context.db.scalars(select(Appeal).where(Appeal.audit_id.in_(audit_ids)).order_by(Appeal.id.desc())))


def _in(context: Context, *states: AuditState) -> list[Audit]:
    rows = select(Audit).where(Audit.state.in_(states)).order_by(Audit.changed_at).limit(MOST)
    return list(context.db.scalars(rows))
