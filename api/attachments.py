"""Files that prove what an audit says: attached to it and taken off again while it is written; none is ever deleted."""

from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Select, func, select

from api.desk import Desk, find
from api.problems import ErrorAt, Problem, not_found
from api.store import Audit, EvidenceFile
from api.workflow.states import Action, record, take

MAX_FILES = 500
MAX_PLACE = 400


def attach(desk: Desk, audit_id: UUID, content: BinaryIO, name: str, place: str | None = None) -> EvidenceFile:
    """Take a file in for an audit that is being written; the same content at the same place is one file.

    `place` is where in the audit it belongs (`units[0].facts.nmhc`). Raises Problem (403, 404, 409, 413, 415, 422).
    """
    audit = take(desk, audit_id, Action.SAVE)
    if place is not None and not 1 <= len(place) <= MAX_PLACE:
        message = f"位置不超过 {MAX_PLACE} 个字符。"
        raise Problem("invalid_place", message, status=422, errors=[ErrorAt("place", message)])
    if (desk.db.scalar(_count(audit)) or 0) >= MAX_FILES:
        raise Problem("too_many_files", f"一份审核最多 {MAX_FILES} 个证据文件。")
    stored = desk.service.evidence.put(content, name)
    same = _of(audit).where(EvidenceFile.sha256 == stored.sha256)
    known: EvidenceFile | None = desk.db.scalar(
        same.where(EvidenceFile.place == place if place else EvidenceFile.place.is_(None))
    )
    if known is not None:
        return known
    made = EvidenceFile(
        audit_id=audit.id,
        sha256=stored.sha256,
        name=stored.name,
        media_type=stored.media_type,
        size=stored.size,
        uploaded_by=desk.actor.id,
        place=place,
    )
    desk.db.add(made)
    record(desk, audit, "evidence_attached", evidence=str(made.id), sha256=stored.sha256, place=place or "")
    return made


def detach(desk: Desk, evidence_id: UUID) -> EvidenceFile:
    """Take a file off an audit that is being written; it stays in the store, marked. Raises Problem (403, 404, 409)."""
    file = find(desk.db, EvidenceFile, evidence_id)
    if file.removed_at is not None:
        raise not_found()
    audit = take(desk, file.audit_id, Action.SAVE)
    file.removed_at = desk.at
    record(desk, audit, "evidence_detached", evidence=str(file.id), sha256=file.sha256)
    return file


def evidence_of(desk: Desk, audit: Audit) -> list[EvidenceFile]:
    """The files of an audit, oldest first."""
    return list(desk.db.scalars(_of(audit).order_by(EvidenceFile.id)))


def evidence_by_place(desk: Desk, audit: Audit) -> dict[str, list[EvidenceFile]]:
    """The files of an audit by their place (empty: of the audit as a whole), oldest first."""
    found: dict[str, list[EvidenceFile]] = {}
    for file in evidence_of(desk, audit):
        found.setdefault(file.place or "", []).append(file)
    return found


def _of(audit: Audit) -> Select[Any]:
    return select(EvidenceFile).where(EvidenceFile.audit_id == audit.id, EvidenceFile.removed_at.is_(None))


def _count(audit: Audit) -> Select[Any]:
    return select(func.count(EvidenceFile.id)).where(
        EvidenceFile.audit_id == audit.id, EvidenceFile.removed_at.is_(None)
    )
