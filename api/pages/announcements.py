"""Announcements: the list of what is to be published, its publicity period with objections, the publication."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from api.access import MAY, Rule
from api.context import Context, needs
from api.http.downloads import attachment, inline
from api.media_types import XLSX
from api.pages.form_data import Posted, Sent
from api.pages.labels import level_labels, ruleset_titles
from api.pages.render import page
from api.problems import ErrorAt, Problem
from api.queries import announcements as queries
from api.services.announcements import objections, steps
from api.store import Announcement, AnnouncementState
from grading import calendar
from reports.announcement.report import AnnouncementContext, annex_workbook, announcement_pdf

router = APIRouter()
Reader = Annotated[Context, needs(Rule.READ_STATISTICS)]
CostlyReader = Annotated[Context, needs(Rule.READ_STATISTICS, costly=True)]
Publisher = Annotated[Context, needs(Rule.PUBLISH_AUDITS)]
AT_ONCE = 50


@router.get("/announcements")
def show_announcements(request: Request, context: Reader) -> Response:
    """The announcements, and the confirmed audits from which a new one is begun."""
    return _list(request, context)


@router.post("/announcements")
def begin(request: Request, context: Publisher, sent: Sent) -> Response:
    """Begin one with the audits that were ticked; what was typed and ticked stays when it is refused."""
    try:
        chosen = [UUID(key) for key in sent.texts("audit")]
        made = steps.begin(context, sent.text("title"), chosen)
    except ValueError:
        raise Problem("bad_request", "页面不完整，请刷新后重试。", status=422) from None
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        context.undo(problem)
        return _list(request, context, problem, sent)
    return _show(made.id)


@router.get("/announcements/{announcement_id}")
def show_announcement(announcement_id: UUID, request: Request, context: Reader) -> Response:
    """One with its audits, objections and what can be done now."""
    return _page(request, context, announcement_id)


@router.get("/announcements/{announcement_id}/announcement.pdf")
def print_announcement(announcement_id: UUID, context: CostlyReader) -> Response:
    """The announcement with its annex; marked as a preview until it is published."""
    printed = _printed(context, announcement_id)
    return inline(announcement_pdf(printed), "application/pdf", f"{printed.title}.pdf")


@router.get("/announcements/{announcement_id}/annex.xlsx")
def export_annex(announcement_id: UUID, context: CostlyReader) -> Response:
    """The annex as a workbook."""
    printed = _printed(context, announcement_id)
    return attachment(annex_workbook(printed), XLSX, f"{printed.title}-附件.xlsx")


@router.post("/announcements/{announcement_id}/publicity")
def put_to_public(announcement_id: UUID, request: Request, context: Publisher, sent: Sent) -> Response:
    """Begin the publicity period, or move its end."""

    def act() -> None:
        since, until = _day(sent, "since"), _day(sent, "until")
        steps.put_to_public(context, announcement_id, since, until, sent.version)

    return _do(request, context, announcement_id, sent, act)


@router.post("/announcements/{announcement_id}/omissions")
def leave_out(announcement_id: UUID, request: Request, context: Publisher, sent: Sent) -> Response:
    """Leave an audit out."""

    def act() -> None:
        audit_id = sent.key("audit")
        if audit_id is None:
            message = "请选择不予公布的审核。"
            raise Problem("invalid_announcement", message, status=422, errors=[ErrorAt("audit", message)])
        steps.leave_out(context, announcement_id, audit_id, sent.text("reasons"), sent.version)

    return _do(request, context, announcement_id, sent, act)


@router.post("/announcements/{announcement_id}/objections")
def receive_objection(announcement_id: UUID, request: Request, context: Publisher, sent: Sent) -> Response:
    """Register an objection."""

    def act() -> None:
        objections.receive(
            context,
            announcement_id,
            objector=sent.text("objector"),
            text=sent.text("text"),
            received_on=_day(sent, "received_on"),
            audit_id=sent.key("audit"),
        )

    return _do(request, context, announcement_id, sent, act)


@router.post("/announcements/{announcement_id}/objections/{objection_id}/answer")
def answer_objection(
    announcement_id: UUID, objection_id: UUID, request: Request, context: Publisher, sent: Sent
) -> Response:
    """Answer an objection."""
    return _do(
        request,
        context,
        announcement_id,
        sent,
        lambda: objections.answer(context, announcement_id, objection_id, sent.text("answer")),
    )


@router.post("/announcements/{announcement_id}/publication")
def publish(announcement_id: UUID, request: Request, context: Publisher, sent: Sent) -> Response:
    """Publish the grades."""

    def act() -> None:
        steps.publish(
            context,
            announcement_id,
            number=sent.text("number"),
            announced_on=_day(sent, "announced_on"),
            reasons=sent.text("reasons"),
            version=sent.version,
        )

    return _do(request, context, announcement_id, sent, act)


@router.post("/announcements/{announcement_id}/cancellation")
def cancel(announcement_id: UUID, request: Request, context: Publisher, sent: Sent) -> Response:
    """Give it up."""
    return _do(
        request,
        context,
        announcement_id,
        sent,
        lambda: steps.cancel(context, announcement_id, sent.text("reasons"), sent.version),
    )


def _do(request: Request, context: Context, announcement_id: UUID, sent: Posted, act: Any) -> Response:
    """Take a step and show the announcement; a refusal is told on the same page, where everything typed stays."""
    try:
        act()
    except Problem as problem:
        if problem.status not in (409, 412, 422):
            raise
        context.undo(problem)
        return _page(request, context, announcement_id, problem, sent)
    return _show(announcement_id)


def _show(announcement_id: UUID) -> Response:
    return RedirectResponse(f"/announcements/{announcement_id}", status_code=303)


def _list(request: Request, context: Context, refused: Problem | None = None, sent: Posted | None = None) -> Response:
    found, _ = queries.announcements(context, None, AT_ONCE)
    may_publish = context.actor.role in MAY[Rule.PUBLISH_AUDITS]
    return page(
        request,
        context,
        "announcements.html.j2",
        refused.status if refused else 200,
        found=found,
        candidates=queries.candidates(context) if may_publish else [],
        may_publish=may_publish,
        refused=refused,
        title=sent.text("title") if sent else "",
        ticked=set(sent.texts("audit")) if sent else set(),
        labels=level_labels(context),
        titles=ruleset_titles(context),
    )


def _page(
    request: Request,
    context: Context,
    announcement_id: UUID,
    refused: Problem | None = None,
    sent: Posted | None = None,
) -> Response:
    row = context.find(Announcement, announcement_id)
    today = calendar.day_of(context.at)
    is_open = row.state in (AnnouncementState.DRAFT, AnnouncementState.PUBLICITY)
    return page(
        request,
        context,
        "announcement.html.j2",
        refused.status if refused else 200,
        row=row,
        state=steps.STATE_NAMES[row.state],
        items=queries.items(context, announcement_id),
        objections=queries.objections(context, announcement_id),
        may_act=is_open and context.actor.role in MAY[Rule.PUBLISH_AUDITS],
        is_public=row.state is AnnouncementState.PUBLICITY,
        is_over=row.publicity_until is not None and row.publicity_until < today,
        today=today,
        refused=refused,
        typed=sent.text if sent else lambda _: "",
        labels=level_labels(context),
        titles=ruleset_titles(context),
    )


def _printed(context: Context, announcement_id: UUID) -> AnnouncementContext:
    row = context.find(Announcement, announcement_id)
    listed = queries.items(context, announcement_id)
    return queries.printed(context, row, listed, level_labels(context), ruleset_titles(context))


def _day(sent: Posted, name: str) -> Any:
    found = sent.day(name)
    if found is None:
        message = "请填写日期。"
        raise Problem("invalid_date", message, status=422, errors=[ErrorAt(name, message)])
    return found
