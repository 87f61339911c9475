"""Published grades for everyone, where the service shows them: the list, and whether a report is the one in force."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.context import public
from api.pages.labels import levels_of, titles_of
from api.pages.render import page
from api.problems import not_found
from api.queries import public_grades
from api.queries.public_grades import Filter, Standing
from api.service import Service

router = APIRouter()
LINES = 50
STANDINGS = {
    Standing.IN_FORCE: "有效",
    Standing.SUPERSEDED: "已失效：被新的审核结论替代",
    Standing.REGRADED: "已失效：按新的规则重新评级",
    Standing.WITHDRAWN: "已失效：等级已被撤销",
}
Everyone = Annotated[Service, public()]


@router.get("/public")
def show_list(
    request: Request, service: Everyone, q: str = "", county: str = "", grade: str = "", number: int = 1
) -> Response:
    """The grades in force, in pages."""
    _require_shown(service)
    filters = Filter(q.replace("\x00", "").strip()[:100], county[:6], grade[:32])
    number = min(max(number, 1), 10_000)
    with service.database.reading() as db:
        listed, count = public_grades.published(db, filters, number, LINES)
    return page(
        request,
        None,
        "public_list.html.j2",
        listed=listed,
        count=count,
        number=number,
        pages=max(-(-count // LINES), 1),
        wanted=filters,
        labels=levels_of(service),
        titles=titles_of(service),
        query=urlencode({"q": filters.text, "county": filters.county, "grade": filters.grade}),
    )


@router.get("/public/reports/{grading_id}")
def show_report(request: Request, service: Everyone, grading_id: UUID) -> Response:
    """The page on the standing of a report's grade; 404 for a grade that was never published."""
    _require_shown(service)
    with service.database.reading() as db:
        found = public_grades.report_of(db, grading_id)
    if found is None:
        return page(request, None, "public_report.html.j2", 404, found=None)
    return page(
        request,
        None,
        "public_report.html.j2",
        found=found,
        standing=STANDINGS[found.standing],
        is_in_force=found.standing is Standing.IN_FORCE,
        labels=levels_of(service),
        titles=titles_of(service),
    )


def _require_shown(service: Service) -> None:
    if not service.settings.public_list:
        raise not_found()
