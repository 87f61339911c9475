"""Audits that exist at the places of those of a file."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from api.access import unscoped
from api.context import Context
from api.services.workflow.content import parsed
from api.store import Audit, AuditKind, AuditRevision, AuditState, ImportedAudit


@dataclass(frozen=True)
class Standing:
    """An audit that exists already; `digest` is of its entry in a file where it was imported."""

    state: AuditState
    day: str
    digest: str | None


AtPlace = Mapping[tuple[UUID, UUID | None], Sequence[Standing]]


def audits_standing(context: Context, ids: Collection[UUID]) -> AtPlace:
    """Experts' audits of enterprises, by their sites, that were not withdrawn."""
    found: dict[tuple[UUID, UUID | None], list[Standing]] = {}
    rows = (
        select(
            Audit.enterprise_id,
            Audit.site_id,
            Audit.assessed_on,
            Audit.state,
            AuditRevision.content,
            ImportedAudit.digest,
        )
        .join(AuditRevision, (AuditRevision.audit_id == Audit.id) & (AuditRevision.number == Audit.revision))
        .outerjoin(ImportedAudit, ImportedAudit.audit_id == Audit.id)
        .where(Audit.enterprise_id.in_(ids), Audit.kind == AuditKind.EXPERT, Audit.state != AuditState.WITHDRAWN)
    )
    # A bureau does not see drafts, but must not have them made twice.
    with unscoped(context.db):
        for enterprise_id, site_id, day, state, content, digest in context.db.execute(rows):
            # A draft only states its day.
            stated = str(parsed(content).get("assessed_on")) if day is None else day.isoformat()
            found.setdefault((enterprise_id, site_id), []).append(Standing(state, stated, digest))
    return found
