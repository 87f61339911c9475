"""The bureau's page: its enterprises by county, industry and grade, what waits for it, and the export."""

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.access import Rule
from api.desk import Desk, needs
from api.pages.charts import stacked
from api.pages.export import workbook
from api.pages.labels import level_labels, ruleset_titles
from api.pages.render import page
from api.queries import overview
from api.queries.overview import Wanted
from api.queries.waiting import waiting
from reports.context.words import region_text

router = APIRouter()
Reader = Annotated[Desk, needs(Rule.READ_STATISTICS)]
CostlyReader = Annotated[Desk, needs(Rule.READ_STATISTICS, costly=True)]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/overview")
def show_overview(
    request: Request, desk: Reader, q: str = "", county: str = "", ruleset: str = "", grade: str = ""
) -> Response:
    """Enterprises with charts, filtered."""
    wanted = _wanted(q, county, ruleset, grade)
    everything = overview.lines(desk.db, Wanted())
    listed = overview.lines(desk.db, wanted)
    labels, titles = level_labels(desk), ruleset_titles(desk)
    counties = sorted({line.county for line in everything})
    industries = sorted({known for line in everything for known in line.rulesets})
    return page(
        request,
        desk,
        "overview.html.j2",
        waiting=waiting(desk),
        listed=listed,
        total=len(everything),
        wanted=wanted,
        counties=counties,
        industries=industries,
        grades=[known for known in labels if any((line.grade or overview.NOT_GRADED) == known for line in everything)],
        by_county=stacked(overview.tally(listed, "county"), labels, _place),
        by_industry=stacked(overview.tally(listed, "ruleset"), labels, lambda known: titles.get(known, known)),
        labels=labels,
        titles=titles,
        query=urlencode({"q": wanted.text, "county": wanted.county, "ruleset": wanted.ruleset, "grade": wanted.grade}),
    )


@router.get("/overview/export")
def export(desk: CostlyReader, q: str = "", county: str = "", ruleset: str = "", grade: str = "") -> Response:
    """The filtered list as a workbook."""
    listed = overview.lines(desk.db, _wanted(q, county, ruleset, grade))
    book = workbook(listed, level_labels(desk), ruleset_titles(desk), desk.at)
    name = quote(f"绩效分级-{desk.at.date().isoformat()}.xlsx")
    return Response(book, media_type=XLSX, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})


def _wanted(q: str, county: str, ruleset: str, grade: str) -> Wanted:
    return Wanted(q.strip()[:100], county[:6], ruleset[:120], grade[:32])


def _place(code: str) -> str:
    return region_text(code).partition("（")[0]
