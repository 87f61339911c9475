"""Evidence files of a draft: taken in, told where they belong, handed out."""

from typing import BinaryIO

from sqlalchemy import select

from api.desk import Desk
from api.store import Audit, EvidenceFile
from api.workflow.states import Action, record, take

MAX_PLACE = 400


def attach(desk: Desk, audit: Audit, content: BinaryIO, name: str, place: str) -> EvidenceFile:
    """Take a file in as evidence of what stands at a place; raises Problem (403, 404, 409, 413, 415, 422)."""
    take(desk, audit.id, Action.SAVE)
    stored = desk.service.evidence.put(content, name)
    made = EvidenceFile(
        audit_id=audit.id,
        sha256=stored.sha256,
        name=stored.name,
        media_type=stored.media_type,
        size=stored.size,
        uploaded_by=desk.actor.id,
        place=place[:MAX_PLACE],
    )
    desk.db.add(made)
    record(desk, audit, "evidence_added", evidence=str(made.id), sha256=stored.sha256, place=made.place or "")
    return made


def files_of(desk: Desk, audit: Audit) -> dict[str, list[EvidenceFile]]:
    """The files of an audit by their place, the oldest first."""
    rows = select(EvidenceFile).where(EvidenceFile.audit_id == audit.id, EvidenceFile.removed_at.is_(None))
    found: dict[str, list[EvidenceFile]] = {}
    for file in desk.db.scalars(rows.order_by(EvidenceFile.id)):
        found.setdefault(file.place or "", []).append(file)
    return found
