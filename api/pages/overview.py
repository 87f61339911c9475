"""The bureau's page: its enterprises by county, industry and grade, what waits for it, and the export."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.http.downloads import attachment
from api.media_types import XLSX
from api.pages.charts import stacked
from api.pages.endings import soonest
from api.pages.labels import level_labels, ruleset_titles
from api.pages.overview_workbook import workbook
from api.pages.render import page
from api.queries import overview
from api.queries.announcements import open_announcements
from api.queries.grade_history import history
from api.queries.overview import Filter, Line
from api.queries.waiting import waiting
from api.services.operating_states import STATE_NAMES
from grading import calendar
from reports.context.words import region_text

router = APIRouter()
LINES, BARS = 50, 16
"""Lines of a page of the list; bars of a chart."""
Reader = Annotated[Context, needs(Rule.READ_STATISTICS)]
CostlyReader = Annotated[Context, needs(Rule.READ_STATISTICS, costly=True)]


@router.get("/overview")
def show_overview(
    request: Request,
    context: Reader,
    q: str = "",
    county: str = "",
    ruleset: str = "",
    grade: str = "",
    state: str = "",
    number: int = 1,
) -> Response:
    """Enterprises with charts, filtered; the list in pages."""
    filters = _filter(q, county, ruleset, grade, state)
    everything = overview.lines(context.db, Filter())
    listed = overview.lines(context.db, filters)
    labels, titles = level_labels(context), ruleset_titles(context)
    counties = sorted({line.county for line in everything})
    cities = sorted({_city(county) for county in counties})
    pages = max(-(-len(listed) // LINES), 1)
    number = min(max(number, 1), pages)
    industries = sorted({known for line in everything for known in line.rulesets})
    return page(
        request,
        context,
        "overview.html.j2",
        waiting=waiting(context),
        announcements=open_announcements(context),
        ending=soonest(context),
        listed=listed,
        shown=listed[(number - 1) * LINES : number * LINES],
        number=number,
        pages=pages,
        total=len(everything),
        wanted=filters,
        counties=counties,
        cities=cities if len(counties) > 1 else [],
        industries=industries,
        grades=[known for known in labels if any(line.grade_class == known for line in everything)],
        by_grade=stacked(overview.tally(listed, "grade", labels), labels, lambda known: labels.get(known, known)),
        by_county=stacked(_by_place(listed), labels, _place),
        by_industry=stacked(overview.tally(listed, "ruleset"), labels, lambda known: titles.get(known, known)),
        counts=[(labels[c], n) for c, n in by_class(listed, labels)],
        labels=labels,
        titles=titles,
        query=urlencode(
            {
                "q": filters.text,
                "county": filters.county,
                "ruleset": filters.ruleset,
                "grade": filters.grade,
                "state": filters.state,
            }
        ),
        states=STATE_NAMES,
    )


@router.get("/overview/export")
def export(
    context: CostlyReader, q: str = "", county: str = "", ruleset: str = "", grade: str = "", state: str = ""
) -> Response:
    """The filtered list as a workbook, with what has happened to the grades."""
    listed = overview.lines(context.db, _filter(q, county, ruleset, grade, state))
    events = history(context.db, [line.id for line in listed])
    book = workbook(listed, events, level_labels(context), ruleset_titles(context), context.at)
    return attachment(book, XLSX, f"绩效分级-{calendar.day_of(context.at).isoformat()}.xlsx")


def by_class(listed: Sequence[Line], labels: Mapping[str, str]) -> list[tuple[str, int]]:
    """The number of enterprises in each class, the best level first."""
    counted = Counter(line.grade_class for line in listed)
    return [(known, counted[known]) for known in labels if counted[known]]


def _by_place(listed: Sequence[Line]) -> dict[str, Counter[str]]:
    """By county; by city where counties would be too many to look at."""
    counties = overview.tally(listed, "county")
    if len(counties) <= BARS:
        return counties
    cities: dict[str, Counter[str]] = {}
    for county, counted in counties.items():
        cities.setdefault(_city(county), Counter()).update(counted)
    return cities


def _city(county: str) -> str:
    return f"{county[:4]}00"


def _filter(q: str, county: str, ruleset: str, grade: str, state: str) -> Filter:
    return Filter(q.strip()[:100], county[:6], ruleset[:120], grade[:32], state[:32])


def _place(code: str) -> str:
    return region_text(code).partition("（")[0]
