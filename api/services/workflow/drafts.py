"""Audits while they are written: begun, saved, and saved by two people at once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from api.access import Rule, require
from api.context import Context, find
from api.problems import ErrorAt, Problem
from api.services.operating_states import refuse_closed
from api.services.users import names_of
from api.services.workflow.content import blank, next_number, parsed, revision_of, storable
from api.services.workflow.draft import written
from api.services.workflow.last_time import with_last_time
from api.services.workflow.merging import Merged, merged
from api.services.workflow.states import KIND_NAMES, STATE_NAMES, STEPS, Action, record, take, touch
from api.services.workflow.versions import content_at, keep_version
from api.store import Audit, AuditKind, AuditRevision, Enterprise, Role, Site
from grading import calendar

SAME_SITTING = timedelta(minutes=10)
"""Saves of one person within this time are one revision."""


def create_audit(
    context: Context,
    enterprise_id: UUID,
    content: str | None = None,
    *,
    site_id: UUID | None = None,
    corrects_id: UUID | None = None,
    from_last: bool = False,
) -> Audit:
    """A new draft: an expert's audit when an assessor begins it, a self-assessment when the enterprise does.

    Without content it begins with the enterprise and its units, or with what the audit says that it corrects; `from_last` puts
    the answers of the last audit beside, each to be confirmed or changed.
    Raises Problem (403, 404, 409, 422).
    """
    actor = require(context.db, Rule.DRAFT_AUDITS)
    kind = AuditKind.EXPERT if actor.role is Role.ASSESSOR else AuditKind.SELF
    enterprise = find(context.db, Enterprise, enterprise_id)
    refuse_closed(enterprise)
    if site_id is not None and find(context.db, Site, site_id).enterprise_id != enterprise.id:
        message = "厂区不属于这家企业。"
        raise Problem("wrong_site", message, status=422, errors=[ErrorAt("site_id", message)])
    if corrects_id is not None:
        site_id, content = _corrected(context, corrects_id, enterprise, kind, content)
    audit = Audit(enterprise_id=enterprise.id, kind=kind, author_id=actor.id, site_id=site_id, corrects_id=corrects_id)
    if content is None:
        content = blank(context, audit, calendar.day_of(context.at))
        if from_last:
            audit.begun_from_id, content = with_last_time(context, audit, content)
    details = {} if corrects_id is None else {"corrects": str(corrects_id)}
    if audit.begun_from_id is not None:
        details["begun_from"] = str(audit.begun_from_id)
    add_draft(context, audit, content, **details)
    return audit


def add_draft(context: Context, audit: Audit, content: str, **details: str) -> None:
    """Store a new draft with its first revision, and log it; raises Problem (422) for what no form could show."""
    storable(content)
    context.db.add(audit)
    context.db.flush()
    context.db.add(AuditRevision(audit_id=audit.id, number=1, content=content, author_id=context.actor.id))
    record(context, audit, "created", **details)


def save_draft(context: Context, audit_id: UUID, content: str, version: int, page: str | None = None) -> Audit:
    """Save a draft that was last seen in `version`; `page` is what the opened page calls itself.

    When somebody saved in between, nothing is overwritten and nothing lost: the attempt is kept as a conflicting revision
    and Problem 412 `edited_meanwhile` says who saved, when, under which number the attempt is kept, and which fields both
    have changed (`conflicts`). Raises Problem (403, 404, 409, 422) besides.
    """
    audit = take(context, audit_id, Action.SAVE)
    storable(content)
    current = revision_of(context, audit)
    if current.content == content:
        return audit
    if version != audit.version:
        raise _keep_conflict(context, audit, current, content, _merged(context, audit, content, version))
    keep_version(context, audit, current.content, page)
    if current.frozen or current.author_id != context.actor.id or context.at - current.created_at > SAME_SITTING:
        number = next_number(context, audit)
        context.db.add(AuditRevision(audit_id=audit.id, number=number, content=content, author_id=context.actor.id))
        audit.revision = number
        touch(context, audit)
        record(context, audit, "revised", revision=number, version=audit.version)
    else:
        current.content, current.changed_at = content, context.at
        touch(context, audit)
    return audit


def note_synchronised(context: Context, audit: Audit, answered_at: Sequence[datetime]) -> None:
    """Log that answers waited on a device without a network: how many, from when to when, by its clock."""
    first, last = (moment.astimezone(UTC).isoformat(timespec="seconds") for moment in (answered_at[0], answered_at[-1]))
    record(context, audit, "synchronised", answers=len(answered_at), first=first, last=last)


def merge_draft(context: Context, audit_id: UUID, content: str, version: int) -> Audit:
    """Put into a draft what content changes of the draft's `version`; what others have saved since stays.

    Where both have changed the same field otherwise nothing is saved: it ends as `save_draft` does with an old version.
    Raises Problem (403, 404, 409, 412, 422).
    """
    audit = take(context, audit_id, Action.SAVE)
    storable(content)
    current = revision_of(context, audit)
    if version == audit.version:
        return save_draft(context, audit_id, content, version)
    found = _merged(context, audit, content, version)
    if found is None or found.conflicts:
        raise _keep_conflict(context, audit, current, content, found)
    return save_draft(context, audit_id, written(found.content), audit.version)


def _merged(context: Context, audit: Audit, content: str, version: int) -> Merged | None:
    """The draft with what content changes of a version; None when nobody knows any more what that said."""
    try:
        base = content_at(context, audit, version)
    except Problem as problem:
        if problem.code != "stale":
            raise
        return None
    now = revision_of(context, audit).content
    return merged(parsed(base), parsed(content), parsed(now), context.service.grader.library)


def conflicts_of(context: Context, audit: Audit) -> list[AuditRevision]:
    """The attempts to save an audit that came too late, oldest first."""
    late = select(AuditRevision).where(AuditRevision.audit_id == audit.id, AuditRevision.conflicts_with.is_not(None))
    return list(context.db.scalars(late.order_by(AuditRevision.number)))


def _keep_conflict(
    context: Context,
    audit: Audit,
    current: AuditRevision,
    content: str,
    found: Merged | None,
) -> Problem:
    number = next_number(context, audit)
    context.db.add(
        AuditRevision(
            audit_id=audit.id,
            number=number,
            content=content,
            author_id=context.actor.id,
            conflicts_with=audit.revision,
        )
    )
    record(context, audit, "conflict_kept", revision=number, conflicts_with=audit.revision)
    by = names_of(context.db, [current.author_id]).get(current.author_id, "")
    detail = (
        f"{by}在您编辑期间已保存了这份审核。您的内容没有丢失，已另存为第 {number} 次修订（冲突）；"
        "请刷新，对照后再保存。"
    )
    more = {
        "version": audit.version,
        "revision": audit.revision,
        "kept_revision": number,
        "saved_by": by,
        "saved_at": current.changed_at.isoformat(),
        "conflicts": None if found is None else [conflict.as_json() for conflict in found.conflicts],
    }
    return Problem("edited_meanwhile", detail, status=412, keep=True, more=more)


def _corrected(
    context: Context, corrects_id: UUID, enterprise: Enterprise, kind: AuditKind, content: str | None
) -> tuple[UUID | None, str]:
    """Site and content of the audit that is to be corrected; raises Problem unless it is there to be corrected."""
    corrected = find(context.db, Audit, corrects_id)
    step = STEPS[Action.CORRECT]
    allowed = step.sources.get((context.actor.role, corrected.kind), frozenset())
    if corrected.enterprise_id != enterprise.id or corrected.kind is not kind or corrected.state not in allowed:
        detail = f"不能更正这份审核：它是“{STATE_NAMES[corrected.state]}”的{KIND_NAMES[corrected.kind]}。"
        raise Problem("wrong_state", detail, more={"state": corrected.state.value})
    return corrected.site_id, content if content is not None else revision_of(context, corrected).content
