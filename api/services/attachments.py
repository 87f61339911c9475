"""Files that prove what an audit says: attached to it and taken off again while it is written.

What was part of a submission stays, row and file, whatever is taken off afterwards. What never was goes with its row, and its
file with the last row that refers to it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Select, event, func, select
from sqlalchemy.orm import Session

from api.access import unscoped
from api.context import Context, find
from api.files.evidence import StoredFile
from api.problems import ErrorAt, Problem, not_found
from api.service import Service
from api.services.workflow.content import revision_of
from api.services.workflow.draft import Draft, GoneError
from api.services.workflow.places import parse
from api.services.workflow.states import Action, record, take
from api.services.workflow.versions import content_at
from api.store import AppealFile, Audit, CampaignPhoto, EvidenceFile, SourceScan, UnitWaiver

MAX_FILES = 500
MAX_PLACE = 400
FILES_LOCK = 0x65766964
"""Of PostgreSQL's advisory locks: held alone to delete files, together to add rows that refer to them."""


@dataclass(frozen=True)
class Taken:
    """The time, and perhaps the place, at which the sender's device recorded a file; it may have had no network since."""

    at: datetime | None = None
    where: str | None = None


def attach(
    context: Context,
    audit_id: UUID,
    content: BinaryIO,
    name: str,
    place: str | None = None,
    version: int | None = None,
    taken: Taken = Taken(),
) -> EvidenceFile:
    """Take a file in for an audit that is being written; the same content at the same place is one file.

    `place` is where in the audit it belongs (`units[0].facts.nmhc`, `units[0].groups.outlets["DA003"].nmhc`). A row may be
    told by its number only with the `version` of the draft that showed it so.
    Raises Problem (403, 404, 409, 412, 413, 415, 422, 428).
    """
    audit = take(context, audit_id, Action.SAVE)
    if place is not None and not 1 <= len(place) <= MAX_PLACE:
        message = f"位置不超过 {MAX_PLACE} 个字符。"
        raise Problem("invalid_place", message, status=422, errors=[ErrorAt("place", message)])
    place = _by_key(context, audit, place, version)
    if (context.db.scalar(_count(audit)) or 0) >= MAX_FILES:
        raise Problem("too_many_files", f"一份审核最多 {MAX_FILES} 个证据文件。")
    return add(context, audit, content, name, place, taken)


def add(
    context: Context,
    audit: Audit,
    content: BinaryIO,
    name: str,
    place: str | None,
    taken: Taken = Taken(),
) -> EvidenceFile:
    """Add a file to an audit that the caller may write, at a place with its row by the row's key.

    Raises Problem (413, 415, 422).
    """
    stored = take_in(context, content, name)
    same = _of(audit).where(EvidenceFile.sha256 == stored.sha256)
    known: EvidenceFile | None = context.db.scalar(
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
        uploaded_by=context.actor.id,
        place=place,
        taken_at=taken.at,
        taken_where=taken.where,
    )
    context.db.add(made)
    record(context, audit, "evidence_attached", evidence=str(made.id), sha256=stored.sha256, place=place or "")
    return made


def take_in(context: Context, content: BinaryIO, name: str) -> StoredFile:
    """Keep a file for a row that is being added; it goes if that is undone. Raises Problem (413, 415, 422)."""
    _hold_files(context.db, alone=False)
    stored = context.service.evidence.put(content, name)
    _afterwards(context, "after_rollback", stored.sha256)
    return stored


def detach(context: Context, evidence_id: UUID) -> EvidenceFile:
    """Take a file off an audit that is being written; raises Problem (403, 404, 409).

    If it was part of a submission it stays in the store, marked; else it is gone once this is committed.
    """
    file = find(context.db, EvidenceFile, evidence_id)
    if file.removed_at is not None:
        raise not_found()
    audit = take(context, file.audit_id, Action.SAVE)
    if audit.submitted_at is not None and file.created_at <= audit.submitted_at:
        file.removed_at = context.at
    else:
        context.db.delete(file)
        _afterwards(context, "after_commit", file.sha256)
    record(context, audit, "evidence_detached", evidence=str(file.id), sha256=file.sha256)
    return file


def rename_row(context: Context, audit: Audit, old: str, new: str) -> None:
    """Let the files of a table's row follow it when its key changes; `old` and `new` are the row's places."""
    for file in evidence_of(context, audit):
        if file.place is not None and (file.place == old or file.place.startswith(f"{old}.")):
            file.place = new + file.place.removeprefix(old)


def evidence_of(context: Context, audit: Audit) -> list[EvidenceFile]:
    """The files of an audit, oldest first."""
    return list(context.db.scalars(_of(audit).order_by(EvidenceFile.id)))


def evidence_by_place(context: Context, audit: Audit) -> dict[str, list[EvidenceFile]]:
    """The files of an audit by their place (empty: of the audit as a whole), oldest first."""
    found: dict[str, list[EvidenceFile]] = {}
    for file in evidence_of(context, audit):
        found.setdefault(file.place or "", []).append(file)
    return found


def _by_key(context: Context, audit: Audit, place: str | None, version: int | None) -> str | None:
    """The place with its row by the row's key; raises Problem for a row that isn't there or can't be told."""
    at = parse(place) if place is not None else None
    if at is None or at.row is None:
        return place
    if isinstance(at.row, int) and version is None:
        message = (
            '表格的行会增减，序号不能说明是哪一行：请用编号指明，如 units[0].groups.outlets["DA003"].nmhc，'
            "或在 If-Match 中给出所见内容的 ETag。"
        )
        raise Problem("row_by_number", message, status=428, errors=[ErrorAt("place", message)])
    library = context.service.grader.library
    now = Draft(revision_of(context, audit).content, library)
    seen = now if version is None else Draft(content_at(context, audit, version), library)
    try:
        translated = now.translated(at, seen)
    except GoneError as error:
        raise Problem("no_such_place", str(error), status=422, errors=[ErrorAt("place", str(error))]) from None
    found = str(translated)
    if isinstance(translated.row, int):
        message = "这一行没有自己的编号，不能挂接证据文件；请先填写编号。"
        raise Problem("no_such_place", message, status=422, errors=[ErrorAt("place", message)])
    if len(found) > MAX_PLACE:
        message = f"这一行的编号太长，位置超过 {MAX_PLACE} 个字符。"
        raise Problem("invalid_place", message, status=422, errors=[ErrorAt("place", message)])
    return found


def _of(audit: Audit) -> Select[Any]:
    return select(EvidenceFile).where(EvidenceFile.audit_id == audit.id, EvidenceFile.removed_at.is_(None))


def _count(audit: Audit) -> Select[Any]:
    return select(func.count(EvidenceFile.id)).where(
        EvidenceFile.audit_id == audit.id, EvidenceFile.removed_at.is_(None)
    )


def _afterwards(context: Context, moment: str, sha256: str) -> None:
    """Delete a file that nothing refers to when the context's work is committed, or undone."""
    service = context.service
    event.listen(context.db, moment, lambda _: _delete_unless_needed(service, sha256), once=True)


def _delete_unless_needed(service: Service, sha256: str) -> None:
    with service.database.writing() as db:
        _hold_files(db, alone=True)
        kinds = (EvidenceFile, AppealFile, CampaignPhoto, SourceScan, UnitWaiver)
        needing = (select(kind.id).where(kind.sha256 == sha256).limit(1) for kind in kinds)
        if all(db.scalar(rows) is None for rows in needing):
            service.evidence.delete(sha256)


def _hold_files(db: Session, *, alone: bool) -> None:
    """Until the transaction ends no file is deleted that a row is just being added for. SQLite has one writer anyway."""
    if db.get_bind().dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
        with unscoped(db):
            db.execute(select(lock(FILES_LOCK)))
