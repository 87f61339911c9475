"""Documents made for somebody to download: kept for a day; reports of many gradings are made by the workers (`api/jobs`)."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from api.access import Actor, Rule, Via, actor_of, require, unscoped
from api.context import Context, open_context
from api.files.exports import RETENTION
from api.media_types import ZIP
from api.problems import Problem, not_found
from api.service import Service
from api.services import analysis
from api.services.analysis import ReportFormat
from api.services.cases import case_of
from api.store import Export, ExportKind, ExportPart, ExportState, Grading, User
from api.store.base import now
from grading import calendar
from reports.archive import Archive
from reports.bulk import Part, not_made

MAX_RUNNING = 3
"""The most archives that one person may have under way at once."""
REPORTS_AT_ONCE = 5
AT_WORK = (ExportState.WAITING, ExportState.RUNNING)


def order_reports(context: Context, ids: Sequence[UUID], form: ReportFormat) -> Export:
    """An export of the gap reports of gradings that the actor sees; a worker begins it once this is committed.

    Raises Problem (403, 404, 409 while too many are being made).
    """
    require(context.db, Rule.MAKE_EXPORTS)
    for grading_id in ids:
        context.find(Grading, grading_id)
    if len(context.db.scalars(select(Export.id).where(Export.state.in_(AT_WORK))).all()) >= MAX_RUNNING:
        raise Problem("exports_running", f"已有 {MAX_RUNNING} 个导出任务正在进行，请等待完成。")
    _forget_old(context)
    made = Export(
        user_id=context.actor.id,
        kind=ExportKind.REPORTS,
        name=f"差距报告-{calendar.day_of(context.at).isoformat()}.zip",
        media_type=ZIP,
        total=len(ids),
        wanted=json.dumps({"format": form.value, "grading_ids": [str(grading_id) for grading_id in ids]}),
    )
    return _add(context, made)


def keep_marked(context: Context, content: bytes, name: str, media_type: str) -> Export:
    """A workbook with its errors marked, for its sender to download."""
    require(context.db, Rule.MAKE_EXPORTS)
    _forget_old(context)
    made = Export(user_id=context.actor.id, kind=ExportKind.MARKED_WORKBOOK, name=name, media_type=media_type)
    made.state, made.made = ExportState.DONE, 1
    _add(context, made)
    context.service.exports.write(made.id, content)
    return made


def content_of(context: Context, export: Export) -> Path:
    """The file of a document that is done; an archive is put together when it is first asked for. Raises Problem (404, 409)."""
    if export.state is not ExportState.DONE:
        raise Problem("not_done", "文件尚未生成，或生成失败。", more={"state": export.state.value})
    path = context.service.exports.path(export.id)
    if not path.is_file():
        if export.kind is not ExportKind.REPORTS:
            raise not_found()
        with context.service.exports.incoming(export.id) as incoming:
            _archive(context.db, export, incoming)
    return path


def begin(service: Service, export_id: UUID) -> int:
    """Say that an archive is being made; returns how many reports it has."""
    with service.database.writing() as db:
        export = db.get_one(Export, export_id, with_for_update=True)
        if export.state is ExportState.WAITING:
            export.state, export.changed_at = ExportState.RUNNING, now()
        return export.total


def make_report(service: Service, export_id: UUID, position: int) -> None:
    """Make one report of an archive, unless it is made; one that can't be made is told, not the end of the others."""
    with service.database.reading() as db:
        export = db.get(Export, export_id)
        if export is None or export.state is not ExportState.RUNNING:
            return
        if db.get(ExportPart, (export_id, position)) is not None:
            return
        actor = actor_of(db.get_one(User, export.user_id), Via.COMMAND)
    part = _made(service, actor, export, position)
    with service.database.writing() as db:
        export = db.get_one(Export, export_id, with_for_update=True)
        if db.get(ExportPart, (export_id, position)) is None:
            db.add(part)
            db.flush()
            _note_progress(db, export)


def finish(service: Service, export_id: UUID) -> None:
    """Say that an archive may be downloaded."""
    _end(service, export_id, ExportState.DONE)


def fail(service: Service, export_id: UUID, why: str) -> None:
    """Say that an archive could not be made."""
    _end(
        service,
        export_id,
        ExportState.FAILED,
        [{"place": "", "message": f"导出失败，请重试；再次失败请联系管理员（{why}）。"}],
    )


def _end(service: Service, export_id: UUID, state: ExportState, errors: Sequence[dict[str, Any]] = ()) -> None:
    with service.database.writing() as db:
        export = db.get(Export, export_id, with_for_update=True)
        if export is not None and export.state in AT_WORK:
            _note_progress(db, export, errors)
            export.state = state


def _note_progress(db: Session, export: Export, errors: Sequence[dict[str, Any]] = ()) -> None:
    mine = ExportPart.export_id == export.id
    export.made = db.scalars(select(func.count()).select_from(ExportPart).where(mine)).one()
    rows = select(ExportPart.position, ExportPart.problem).where(mine, ExportPart.problem.is_not(None))
    failures = [
        {"place": f"gradings[{position}]", "message": problem}
        for position, problem in db.execute(rows.order_by(ExportPart.position))
    ]
    export.errors = json.dumps([*failures, *errors], ensure_ascii=False)
    export.changed_at = now()


def _made(service: Service, actor: Actor, export: Export, position: int) -> ExportPart:
    parameters = json.loads(export.wanted or "")
    form = ReportFormat(parameters["format"])
    part = ExportPart(export_id=export.id, position=position)
    try:
        with open_context(service, actor, writing=False) as context:
            case = case_of(context, UUID(parameters["grading_ids"][position]))
        made = analysis.report_part(case, form)
        part.told, part.content = json.dumps(made.as_json(), ensure_ascii=False), made.content
    except Problem as problem:
        part.problem = problem.detail
    return part


def _archive(db: Session, export: Export, to: Path) -> None:
    """The reports and their index; what could not be made stands in the index too."""
    mine = ExportPart.export_id == export.id
    form = ReportFormat(json.loads(export.wanted or "")["format"])
    positions = db.scalars(select(ExportPart.position).where(mine).order_by(ExportPart.position)).all()
    with Archive(to, f".{form.value}") as archive:
        for position in positions:
            part = db.scalars(select(ExportPart).where(mine, ExportPart.position == position)).one()
            if part.told is None:
                archive.add(not_made(f"gradings[{position}]", (("", part.problem or ""),)))
            else:
                archive.add(Part.of(json.loads(part.told), part.content))
            db.expunge(part)


def _add(context: Context, export: Export) -> Export:
    context.db.add(export)
    context.db.flush()
    return export


def _forget_old(context: Context) -> None:
    old = Export.created_at < context.at - RETENTION
    with unscoped(context.db):
        context.db.execute(delete(ExportPart).where(ExportPart.export_id.in_(select(Export.id).where(old))))
        context.db.execute(delete(Export).where(old))
    context.service.exports.sweep()
