"""The bureau's list of what ends soon: evidence, waivers, editions; and the calendar of one plant."""

from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from openpyxl import Workbook
from starlette.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.http.downloads import attachment
from api.media_types import XLSX
from api.pages.labels import level_labels
from api.pages.overview_workbook import fill
from api.pages.render import page
from api.queries.endings import DAYS, MOST_DAYS, Ending, Endings, Filter, endings
from api.queries.enterprises import counties
from api.services.analysis import Case
from api.services.forecasts import forecast_of
from grading import calendar
from grading.forecast.ends import End
from grading.forecast.words import KINDS, Change, changes
from grading.language.decision_text import decision_text
from reports.context.words import region_text

router = APIRouter()
LINES = 50
SPANS = (30, 60, 90, 180, 365)
HEADS = (
    "企业名称",
    "统一社会信用代码",
    "行政区划",
    "核查单元",
    "种类",
    "到期事项",
    "最后有效日",
    "剩余天数",
    "现等级",
    "到期后等级",
)
WIDTHS = (34, 22, 30, 18, 12, 60, 14, 10, 18, 24)
Reader = Annotated[Context, needs(Rule.READ_STATISTICS)]
CostlyReader = Annotated[Context, needs(Rule.READ_STATISTICS, costly=True)]


@dataclass(frozen=True)
class PlantCalendar:
    """The grades that a plant will have from today on, and the endings that change none."""

    since: date
    until: date
    today: str
    """The grade that the audit would be given today, in words."""
    stands: bool
    """True when that is still the grade of the grading."""
    changes: tuple[Change, ...]
    others: tuple[End, ...]


@router.get("/endings")
def show_endings(
    request: Request,
    context: Reader,
    q: str = "",
    county: str = "",
    kind: str = "",
    days: int = DAYS,
    changed: bool = False,
    number: int = 1,
) -> Response:
    """The page of endings within a number of days, filtered."""
    filters = _filter(q, county, kind, days, changed)
    found = endings(context, filters)
    pages = max(-(-len(found.listed) // LINES), 1)
    number = min(max(number, 1), pages)
    query = {"q": filters.text, "county": filters.county, "kind": filters.kind, "days": filters.days}
    return page(
        request,
        context,
        "endings.html.j2",
        found=found,
        shown=found.listed[(number - 1) * LINES : number * LINES],
        number=number,
        pages=pages,
        wanted=filters,
        kinds=KINDS,
        spans=SPANS,
        counties=counties(context.db),
        query=urlencode(query | ({"changed": "true"} if filters.changed else {})),
    )


@router.get("/endings/export")
def export_endings(
    context: CostlyReader, q: str = "", county: str = "", kind: str = "", days: int = DAYS, changed: bool = False
) -> Response:
    """The filtered list as a workbook."""
    found = endings(context, _filter(q, county, kind, days, changed))
    return attachment(_workbook(found, context.at), XLSX, f"到期清单-{calendar.day_of(context.at).isoformat()}.xlsx")


def soonest(context: Context) -> Endings:
    """The endings within the usual number of days."""
    return endings(context, Filter())


def plant_calendar(context: Context, grading_id: UUID, case: Case) -> PlantCalendar:
    """The calendar of a grading that has been made again."""
    found, today = forecast_of(context, grading_id, case), calendar.today()
    labels = level_labels(context)

    def label(level: str) -> str:
        return labels.get(level, level)

    listed = tuple(changes(found, label))
    decisive = {end for change in listed for end in change.because}
    since = max(today, found.since)
    before = [change for change in listed if change.day <= since]
    first = listed[0].before if listed else decision_text(found.stretches[0].decision, label, with_causes=False)
    return PlantCalendar(
        since=since,
        until=found.until,
        today=before[-1].after if before else first,
        stands=not before or before[-1].after == first,
        changes=tuple(change for change in listed if change.day > since),
        others=tuple(
            end for end in found.ends if end.day > since and end not in decisive and end.kind != "requirement"
        ),
    )


def _filter(q: str, county: str, kind: str, days: int, changed: bool) -> Filter:
    known = kind if kind in KINDS else ""
    return Filter(q.strip()[:100], county[:6], known, min(max(days, 0), MOST_DAYS), changed)


def _workbook(found: Endings, at: datetime) -> bytes:
    book = Workbook()
    book.properties.created = at.replace(tzinfo=None)
    book.worksheets[0].title = "到期清单"
    fill(book.worksheets[0], HEADS, WIDTHS, [_row(one) for one in found.listed])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _row(one: Ending) -> tuple[str, ...]:
    after = one.after if one.changes else "不变"
    head = (one.name, one.uscc, region_text(one.county), one.unit or "", KINDS[one.kind])
    return (*head, one.text, one.last_day.isoformat(), f"{one.days_left}", one.before, after)
