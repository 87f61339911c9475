"""Forecasts: what a grading becomes on days to come, and what ends soon in an area."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.access import Rule
from api.context import Context, needs
from api.queries import endings as queries
from api.routes.responses import refusals, resource
from api.schemas.base import Area
from api.schemas.endings import EndingOut, EndingsOut, ForecastOut
from api.services.cases import case_of
from api.services.forecasts import forecast_of
from grading.forecast.ends import Kind

router = resource("forecasts")
Trier = Annotated[Context, needs(Rule.TRY_OUT, costly=True)]
Reader = Annotated[Context, needs(Rule.READ_STATISTICS)]


@router.get(
    "/gradings/{grading_id}/forecast",
    summary="The grade on each day to come, if nothing is done",
    responses=refusals(409),
)
def get_forecast(grading_id: UUID, context: Trier) -> ForecastOut:
    """From the day of the assessment to 400 days from today: evidence, waivers and requirements end when they end."""
    return ForecastOut.model_validate(forecast_of(context, grading_id, case_of(context, grading_id)).as_json())


@router.get("/endings", summary="What ends soon among the grades in force")
def list_endings(
    context: Reader,
    days: Annotated[int, Query(ge=0, le=queries.MOST_DAYS, description="Within so many days.")] = queries.DAYS,
    area: Annotated[Area | None, Query(description="GB/T 2260 code of a county, city or province.")] = None,
    kind: Annotated[Kind | None, Query(description="Of this kind only.")] = None,
    changed: Annotated[bool, Query(description="Only that with which the enterprise's grade changes.")] = False,
) -> EndingsOut:
    """Evidence, waivers and editions; requirements and counts of days where a grade hangs on them."""
    filters = queries.Filter(county=area or "", kind=kind or "", days=days, changed=changed)
    found = queries.endings(context, filters)
    items = [EndingOut.model_validate({**one.__dict__, "changes": one.changes}) for one in found.listed]
    return EndingsOut(items=items, waiting=found.waiting)
