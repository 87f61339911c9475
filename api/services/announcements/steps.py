"""The steps of an announcement: begun with confirmed audits, put to the public, published or cancelled."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from api import audit_log
from api.access import Rule, require
from api.context import Context
from api.problems import ErrorAt, Problem
from api.services import workflow
from api.services.operating_states import refuse_closed
from api.services.workflow import review
from api.services.workflow.states import given_reasons
from api.services.workflow.steps import publishable
from api.store import (
    AnnouncedAudit,
    Announcement,
    AnnouncementObjection,
    AnnouncementState,
    Audit,
    AuditState,
    Enterprise,
    Grading,
)
from grading import calendar

S = AnnouncementState
OPEN = (S.DRAFT, S.PUBLICITY)
STATE_NAMES = {S.DRAFT: "拟公布", S.PUBLICITY: "公示中", S.PUBLISHED: "已公布", S.CANCELLED: "已取消"}
MOST = 2_000
"""The most audits of one announcement: they are published in one transaction."""


def refusal(context: Context, audit: Audit) -> tuple[Grading | None, str | None]:
    """The grading that an audit would be announced with, or why it can't be announced."""
    if audit.state is not AuditState.CONFIRMED:
        return None, f"审核是“{workflow.STATE_NAMES[audit.state]}”，只有已复核的可以公布。"
    elsewhere = context.db.scalar(
        select(Announcement)
        .join(AnnouncedAudit, AnnouncedAudit.announcement_id == Announcement.id)
        .where(
            AnnouncedAudit.audit_id == audit.id,
            AnnouncedAudit.left_out.is_(None),
            Announcement.state.in_(OPEN),
        )
    )
    if elsewhere is not None:
        return None, f"已列入公告“{elsewhere.title}”。"
    try:
        refuse_closed(context.find(Enterprise, audit.enterprise_id))
        grading = publishable(context, audit)
        review.require_met_gates(review.outcomes_of(context, grading))
    except Problem as problem:
        return None, problem.detail
    return grading, None


def begin(context: Context, title: str, audit_ids: Sequence[UUID]) -> Announcement:
    """Make the list of an announcement; raises Problem (403, 409 with the reason of each audit that can't be on it, 422)."""
    actor = require(context.db, Rule.PUBLISH_AUDITS)
    title, ids = title.strip(), list(dict.fromkeys(audit_ids))
    errors: list[ErrorAt] = []
    if not title or len(title) > 200:
        errors.append(ErrorAt("title", "请填写公告标题（不超过 200 字）。"))
    if not ids or len(ids) > MOST:
        errors.append(ErrorAt("audit_ids", f"请选择 1 至 {MOST} 份审核。"))
    if errors:
        raise Problem("invalid_announcement", f"公告有 {len(errors)} 处问题。", status=422, errors=errors)
    gradings: dict[UUID, UUID] = {}
    for index, audit_id in enumerate(ids):
        audit = context.db.get(Audit, audit_id)
        grading, why = refusal(context, audit) if audit is not None else (None, "没有这份审核，或它不在您的范围内。")
        if grading is None:
            errors.append(ErrorAt(f"audit_ids[{index}]", why or ""))
        else:
            gradings[audit_id] = grading.id
    if errors:
        raise Problem("not_announceable", f"{len(errors)} 份审核不能列入公告。", errors=errors)
    made = Announcement(title=title, area=actor.area or "", made_by=actor.id)
    context.db.add(made)
    context.db.flush()
    for audit_id, grading_id in gradings.items():
        context.db.add(AnnouncedAudit(announcement_id=made.id, audit_id=audit_id, grading_id=grading_id))
    record(context, made, "begun", audits=len(gradings))
    return made


def put_to_public(
    context: Context, announcement_id: UUID, since: date, until: date, version: int | None = None
) -> Announcement:
    """Begin the publicity period, or move its end; raises Problem (403, 404, 409, 412, 422)."""
    row = take(context, announcement_id, OPEN, version)
    today = calendar.day_of(context.at)
    errors = []
    if until < since:
        errors.append(ErrorAt("until", "公示的最后一天不能早于第一天。"))
    if row.publicity_from is None and since < today:
        errors.append(ErrorAt("since", f"公示不能早于今天（{today}）开始。"))
    if until < today:
        errors.append(ErrorAt("until", f"公示的最后一天不能早于今天（{today}）。"))
    if row.publicity_from is not None and since != row.publicity_from:
        errors.append(ErrorAt("since", f"公示已自 {row.publicity_from} 开始，不能改动第一天。"))
    if errors:
        raise Problem("invalid_announcement", f"公示期有 {len(errors)} 处问题。", status=422, errors=errors)
    row.publicity_from, row.publicity_until, row.state = since, until, S.PUBLICITY
    record(context, row, "put_to_public", since=since.isoformat(), until=until.isoformat())
    return row


def leave_out(
    context: Context, announcement_id: UUID, audit_id: UUID, reasons: str, version: int | None = None
) -> Announcement:
    """Leave an audit out of an announcement; it stays confirmed. Raises Problem (403, 404, 409, 412, 422)."""
    row = take(context, announcement_id, OPEN, version)
    item = context.db.get(AnnouncedAudit, (row.id, audit_id))
    if item is None or item.left_out is not None:
        raise Problem("not_announced", "这份审核不在公告之列。", status=404)
    item.left_out = given_reasons(reasons, "不予公布的")
    record(context, row, "left_out", audit=str(audit_id), reasons=item.left_out)
    return row


def cancel(context: Context, announcement_id: UUID, reasons: str, version: int | None = None) -> Announcement:
    """Give an announcement up; its audits stay confirmed. Raises Problem (403, 404, 409, 412, 422)."""
    row = take(context, announcement_id, OPEN, version)
    row.reasons, row.state = given_reasons(reasons, "取消公告的"), S.CANCELLED
    record(context, row, "cancelled", reasons=row.reasons)
    return row


def publish(
    context: Context,
    announcement_id: UUID,
    *,
    number: str,
    announced_on: date,
    reasons: str = "",
    version: int | None = None,
) -> Announcement:
    """Publish the grades of an announcement, each checked as if it were published by itself.

    One that is refused is not published and says why; the others are. `reasons` stands with each that needs a word. Raises
    Problem: 409 before the end of the publicity period, with an objection that has no answer, or when every audit is refused;
    403, 404, 412, 422.
    """
    row = take(context, announcement_id, (S.PUBLICITY,), version)
    today, number = calendar.day_of(context.at), number.strip()
    if row.publicity_until is not None and today <= row.publicity_until:
        raise Problem("publicity_open", f"公示到 {row.publicity_until} 为止，其后才能公布。")
    errors = []
    if not number or len(number) > 100:
        errors.append(ErrorAt("number", "请填写公告文号（不超过 100 字）。"))
    if announced_on > today:
        errors.append(ErrorAt("announced_on", f"公告日期不能晚于今天（{today}）。"))
    if row.publicity_until is not None and announced_on <= row.publicity_until:
        errors.append(ErrorAt("announced_on", f"公示到 {row.publicity_until} 为止，公告日期须在其后。"))
    if errors:
        raise Problem("invalid_announcement", f"公告有 {len(errors)} 处问题。", status=422, errors=errors)
    open_ = select(AnnouncementObjection.id).where(
        AnnouncementObjection.announcement_id == row.id, AnnouncementObjection.answer.is_(None)
    )
    unanswered = len(context.db.scalars(open_).all())
    if unanswered:
        raise Problem("objections_open", f"还有 {unanswered} 件异议没有答复，答复后才能公布。")
    # Nothing else may be pending meanwhile: what one savepoint undoes, the session forgets for the log.
    tried = [(item, _publish_one(context, item, reasons)) for item in announced(context, row.id)]
    refused = [ErrorAt(f"audits[{item.audit_id}]", why) for item, why in tried if why is not None]
    published = len(tried) - len(refused)
    if not published:
        raise Problem("nothing_published", "没有一份审核可以公布。", errors=refused)
    for item, why in tried:
        item.refused = why
    row.number, row.announced_on, row.state = number, announced_on, S.PUBLISHED
    row.published_by, row.reasons = context.actor.id, reasons.strip() or None
    details = {
        "number": number,
        "announced_on": announced_on.isoformat(),
        "audits": published,
        "refused": len(refused),
    }
    record(context, row, "published", **details)
    return row


def announced(context: Context, announcement_id: UUID) -> list[AnnouncedAudit]:
    """The audits of an announcement but for those left out."""
    rows = select(AnnouncedAudit).where(
        AnnouncedAudit.announcement_id == announcement_id, AnnouncedAudit.left_out.is_(None)
    )
    return list(context.db.scalars(rows.order_by(AnnouncedAudit.audit_id)))


def take(
    context: Context, announcement_id: UUID, sources: Sequence[AnnouncementState], version: int | None
) -> Announcement:
    """Lock an announcement for a step out of some states; raises Problem (403, 404, 409, 412)."""
    require(context.db, Rule.PUBLISH_AUDITS)
    context.find(Announcement, announcement_id)
    row = context.db.scalars(select(Announcement).where(Announcement.id == announcement_id).with_for_update()).one()
    if row.state not in sources:
        raise Problem(
            "wrong_state", f"公告是“{STATE_NAMES[row.state]}”，不能这样办理。", more={"state": row.state.value}
        )
    if version is not None and version != row.version:
        raise Problem("stale", "公告已被他人改动，请刷新后再操作。", status=412, more={"version": row.version})
    return row


def _publish_one(context: Context, item: AnnouncedAudit, reasons: str) -> str | None:
    """Publish an audit with the grading that was announced; the reason when that is refused."""
    try:
        with context.db.begin_nested():
            workflow.publish(context, item.audit_id, grading_id=item.grading_id, reasons=reasons)
    except Problem as problem:
        return problem.detail
    return None


def record(context: Context, row: Announcement, action: str, **details: Any) -> None:
    """Give an announcement its next version and log what was done."""
    row.version += 1
    context.db.flush()
    entry = {"title": row.title, **details}
    audit_log.append(
        context.db, f"announcement.{action}", context.actor, subject=f"announcement:{row.id}", details=entry
    )
