"""Appeals with their files, what follows from them, and the receipt for them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import select

from api.access import Rule, require, unscoped
from api.context import Context, find
from api.problems import Problem
from api.services import workflow
from api.services.attachments import take_in
from api.services.users import names_of
from api.services.workflow.appeals import Point
from api.services.workflow.states import STATE_NAMES, record
from api.store import Appeal, AppealFile, AppealState, Audit, AuditKind, AuditState, Enterprise, GradedUnit, Grading
from grading import calendar
from grading.language.decision_text import outcome_text
from grading.model.result import Outcome
from reports.appeal.receipt import Receipt, ReceivedFile

MOST_FILES = 20


@dataclass(frozen=True)
class Step:
    """A step on an appeal's way; `due` is its last day, where one is set."""

    title: str
    text: str
    done: bool
    due: date | None = None


def file_appeal(
    context: Context,
    audit_id: UUID,
    reasons: str,
    points: Sequence[Point] = (),
    late_reason: str = "",
    files: Iterable[tuple[BinaryIO, str]] = (),
) -> Appeal:
    """Object to a published audit, with files; raises Problem as `workflow.appeal` does, and for files (413, 415, 422)."""
    made = workflow.appeal(context, audit_id, reasons, points, late_reason)
    for content, name in files:
        _add(context, made, content, name)
    return made


def add_file(context: Context, appeal_id: UUID, content: BinaryIO, name: str) -> AppealFile:
    """Hand in a file for an appeal that waits for its answer; raises Problem (403, 404, 409, 413, 415, 422)."""
    require(context.db, Rule.APPEAL)
    found = find(context.db, Appeal, appeal_id)
    if found.state is not AppealState.OPEN:
        raise Problem("wrong_state", "这份申诉已经答复，不能再补充附件。", more={"state": found.state.value})
    return _add(context, found, content, name)


def files_of(context: Context, appeal: Appeal) -> list[AppealFile]:
    """The files of an appeal, in the order in which they were handed in."""
    rows = select(AppealFile).where(AppealFile.appeal_id == appeal.id).order_by(AppealFile.id)
    return list(context.db.scalars(rows))


def points_of(appeal: Appeal) -> tuple[Point, ...]:
    """The reasons by indicator."""
    return tuple(Point(**point) for point in json.loads(appeal.points or "[]"))


def progress(context: Context, appeal: Appeal) -> tuple[Step, ...]:
    """The stages of an appeal, from its receipt to the new conclusion."""
    audit = find(context.db, Audit, appeal.audit_id)
    received = Step("收到申诉", f"{calendar.day_of(appeal.created_at)}", done=True)
    if appeal.answered_at is None:
        overdue = appeal.answer_due is not None and calendar.day_of(context.at) > appeal.answer_due
        return (
            received,
            Step("答复", "已超过期限，待答复" if overdue else "待生态环境部门答复", done=False, due=appeal.answer_due),
        )
    verdict = "申诉成立" if appeal.state is AppealState.UPHELD else "申诉不成立"
    answered = Step("答复", f"{calendar.day_of(appeal.answered_at)} {verdict}", done=True)
    if appeal.state is not AppealState.UPHELD:
        return received, answered
    return received, answered, *_re_examination(context, appeal, audit)


def receipt(context: Context, appeal: Appeal) -> Receipt:
    """The receipt of an appeal."""
    audit = find(context.db, Audit, appeal.audit_id)
    enterprise = find(context.db, Enterprise, audit.enterprise_id)
    settings = context.service.settings
    titles, grade = _conclusion(context, audit)
    return Receipt(
        number=str(appeal.id),
        enterprise=enterprise.name,
        uscc=enterprise.uscc,
        assessed_on=audit.assessed_on or calendar.day_of(appeal.created_at),
        published_on=None if audit.published_at is None else calendar.day_of(audit.published_at),
        grade=grade,
        received=calendar.day_of(appeal.created_at),
        received_at=calendar.clock_text(appeal.created_at),
        by=names_of(context.db, [appeal.by]).get(appeal.by, ""),
        reasons=appeal.reasons,
        points=tuple(
            (point.unit, titles.get((point.unit, point.indicator), point.indicator), point.reason)
            for point in points_of(appeal)
        ),
        files=tuple(ReceivedFile(file.name, file.size, file.sha256) for file in files_of(context, appeal)),
        late_reason=appeal.late_reason or "",
        answer_due=appeal.answer_due,
        source=settings.appeal_source or "",
        steps=tuple((step.title, step.text) for step in progress(context, appeal)),
    )


def indicator_titles(context: Context, audit: Audit) -> dict[tuple[str, str], str]:
    """The titles of the indicators that an audit was published under, by unit and id."""
    return _conclusion(context, audit)[0]


def _conclusion(context: Context, audit: Audit) -> tuple[dict[tuple[str, str], str], str]:
    """The titles of the indicators, and the published grade in words."""
    grading = context.db.scalar(select(Grading).where(Grading.id == audit.published_grading_id))
    if grading is None:
        return {}, ""
    units = context.db.scalars(
        select(GradedUnit).where(GradedUnit.grading_id == grading.id).order_by(GradedUnit.position)
    )
    titles: dict[tuple[str, str], str] = {}
    scales = []
    for unit in units:
        ruleset = context.service.grader.ruleset(context.db, unit.ruleset_digest)
        scales.append(ruleset.scale)
        titles |= {(unit.unit, indicator.id): indicator.title for indicator in ruleset.indicators}
    return titles, outcome_text(scales, Outcome(grading.grade, grading.attainable))


def _re_examination(context: Context, appeal: Appeal, audit: Audit) -> tuple[Step, ...]:
    """The consequence of an upheld appeal: a team examines the plant again, and its result replaces the conclusion."""
    if audit.state is AuditState.WITHDRAWN:
        return (Step("重新核查", "原结论已撤回", done=True),)
    same_place = Audit.site_id == audit.site_id if audit.site_id else Audit.site_id.is_(None)
    rows = select(Audit).where(
        Audit.enterprise_id == audit.enterprise_id,
        Audit.kind == AuditKind.EXPERT,
        Audit.id > audit.id,
        Audit.created_at >= appeal.created_at,
        Audit.state != AuditState.WITHDRAWN,
        same_place,
    )
    # That a team is at work the plant may know, though not what it has written.
    with unscoped(context.db):
        newest = context.db.scalars(rows.order_by(Audit.id.desc()).limit(1)).one_or_none()
    if newest is None:
        return (
            Step("重新核查", "等待评审组重新核查", done=False),
            Step("新的结论", "公布以前，现行等级照旧", done=False),
        )
    if newest.published_at is not None:
        day = calendar.day_of(newest.published_at)
        return Step("重新核查", "已完成", done=True), Step("新的结论", f"{day} 公布", done=True)
    return (
        Step("重新核查", f"评审组正在办理（{STATE_NAMES[newest.state]}）", done=False),
        Step("新的结论", "公布以前，现行等级照旧", done=False),
    )


def _add(context: Context, appeal: Appeal, content: BinaryIO, name: str) -> AppealFile:
    if len(files_of(context, appeal)) >= MOST_FILES:
        raise Problem("too_many_files", f"一份申诉最多 {MOST_FILES} 个附件。")
    stored = take_in(context, content, name)
    made = AppealFile(
        appeal_id=appeal.id,
        sha256=stored.sha256,
        name=stored.name,
        media_type=stored.media_type,
        size=stored.size,
        uploaded_by=context.actor.id,
    )
    context.db.add(made)
    audit = find(context.db, Audit, appeal.audit_id)
    details: dict[str, Any] = {"appeal": str(appeal.id), "file": str(made.id), "sha256": stored.sha256}
    record(context, audit, "appeal_file_added", **details)
    return made
