"""Documents made for somebody to download: kept for a day in a folder; reports of many gradings by a worker of their own."""

import json
import zipfile
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, select, update

from api import conclusions
from api.access import Actor, Rule, require
from api.conclusions import ReportFormat
from api.desk import Desk, desk_of
from api.export_folder import KEPT
from api.problems import ErrorAt, Problem
from api.queries.gradings import case_of
from api.service import Service
from api.store import Export, ExportKind, ExportState, Grading
from api.store.base import now

STUCK = timedelta(minutes=10)
"""A running export that hasn't got any further for so long was interrupted by a restart."""
MAX_RUNNING = 3
MAX_GRADINGS = 500
ZIP = "application/zip"
log = structlog.get_logger("api.exports")


def order_reports(desk: Desk, ids: Sequence[UUID]) -> Export:
    """An export of the gap reports of gradings that the actor sees; start it once it is committed (`make_reports`).

    Raises Problem (403, 404, 409 while too many are being made).
    """
    require(desk.db, Rule.MAKE_EXPORTS)
    for grading_id in ids:
        desk.find(Grading, grading_id)
    open_ones = select(Export.id).where(
        Export.state.in_((ExportState.WAITING, ExportState.RUNNING)), Export.changed_at > desk.at - STUCK
    )
    if len(desk.db.scalars(open_ones).all()) >= MAX_RUNNING:
        raise Problem("exports_running", f"已有 {MAX_RUNNING} 个导出任务正在进行，请等待完成。")
    _forget_old(desk)
    name = f"差距报告-{desk.at.date().isoformat()}.zip"
    return _add(desk, Export(user_id=desk.actor.id, kind=ExportKind.REPORTS, name=name, media_type=ZIP, total=len(ids)))


def keep_marked(desk: Desk, content: bytes, name: str, media_type: str) -> Export:
    """A workbook with its errors marked, for its sender to download."""
    require(desk.db, Rule.MAKE_EXPORTS)
    _forget_old(desk)
    made = Export(user_id=desk.actor.id, kind=ExportKind.MARKED_WORKBOOK, name=name, media_type=media_type)
    made.state, made.made = ExportState.DONE, 1
    _add(desk, made)
    desk.service.exports.write(made.id, content)
    return made


def state_of(export: Export) -> ExportState:
    """How far it is; one that was interrupted has failed."""
    if export.state in (ExportState.WAITING, ExportState.RUNNING) and now() - export.changed_at > STUCK:
        return ExportState.FAILED
    return export.state


def _add(desk: Desk, export: Export) -> Export:
    desk.db.add(export)
    desk.db.flush()
    return export


def _forget_old(desk: Desk) -> None:
    desk.db.execute(delete(Export).where(Export.created_at < desk.at - KEPT))
    desk.service.exports.sweep()


def make_reports(service: Service, actor: Actor, export_id: UUID, ids: Sequence[UUID], form: ReportFormat) -> None:
    """Make the archive, part by part; a part that can't be made is told, not the end of the others."""
    folder = service.exports
    errors: list[ErrorAt] = []
    try:
        folder.folder.mkdir(parents=True, exist_ok=True)
        incoming = folder.folder / f".{export_id}"
        names: set[str] = set()
        with zipfile.ZipFile(incoming, "w", zipfile.ZIP_DEFLATED) as archive:
            for position, grading_id in enumerate(ids):
                if service.stopping.is_set():
                    _note(service, actor, export_id, ExportState.FAILED, position, errors)
                    return
                try:
                    with desk_of(service, actor, writing=False) as desk:
                        case = case_of(desk, grading_id)
                    archive.writestr(_free(conclusions.report_name(case, form), names), conclusions.report(case, form))
                except Problem as problem:
                    errors.append(ErrorAt(f"gradings[{position}]", problem.detail))
                _note(service, actor, export_id, ExportState.RUNNING, position + 1, errors)
        incoming.replace(folder.path(export_id))
        _note(service, actor, export_id, ExportState.DONE, len(ids), errors)
    except Exception as error:
        log.error("export failed", export=str(export_id), error=type(error).__name__, exc_info=error)
        errors.append(ErrorAt("", "导出失败，请重试；再次失败请联系管理员。"))
        _note(service, actor, export_id, ExportState.FAILED, 0, errors)


def _note(
    service: Service, actor: Actor, export_id: UUID, state: ExportState, made: int, errors: Sequence[ErrorAt]
) -> None:
    said = json.dumps([{"place": e.place, "message": e.message} for e in errors], ensure_ascii=False)
    with desk_of(service, actor) as desk:
        require(desk.db, Rule.MAKE_EXPORTS)
        values = {"state": state, "made": made, "errors": said, "changed_at": now()}
        desk.db.execute(update(Export).where(Export.id == export_id).values(**values))


def _free(name: str, taken: set[str]) -> str:
    """A name inside an archive that isn't taken and is no path."""
    stem, _, ending = name.replace("/", "_").replace("\\", "_").rpartition(".")
    number, free = 1, f"{stem}.{ending}"
    while free in taken:
        number += 1
        free = f"{stem}-{number}.{ending}"
    taken.add(free)
    return free
