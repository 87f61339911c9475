"""Upgrade plans of plants on a campaign's roster: read, taken over from gaps, written."""

from typing import Annotated
from uuid import UUID

from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.routes.idempotency import OnceOnly
from api.routes.responses import VERSIONED, IfMatch, answer, refusals, required_version, resource, version_in
from api.schemas.campaigns import PlanIn, PlanOut
from api.services.campaigns import plan

router = resource("campaigns")
Writer = Annotated[Context, needs(Rule.KEEP_PLANS)]
STEP = VERSIONED | refusals(409, 412)


@router.get(
    "/campaign-plants/{campaign_plant_id}/plan",
    summary="The upgrade plan of a plant",
    response_model=PlanOut,
    responses=VERSIONED,
)
def get_plan(campaign_plant_id: UUID, context: Annotated[Context, needs(Rule.READ)]) -> Response:
    """A gap is closed by the published audit that meets it, never by a percentage."""
    return _respond(context, campaign_plant_id)


@router.put(
    "/campaign-plants/{campaign_plant_id}/plan",
    summary="Write an upgrade plan",
    response_model=PlanOut,
    responses=STEP | refusals(428),
)
def write_plan(campaign_plant_id: UUID, body: PlanIn, context: Writer, if_match: IfMatch = None) -> Response:
    """By the enterprise or the bureau; needs `If-Match` with the plan's `version`."""
    measures = [measure.measure() for measure in body.measures]
    plan.save_plan(context, campaign_plant_id, measures, required_version(if_match))
    return _respond(context, campaign_plant_id)


@router.post(
    "/campaign-plants/{campaign_plant_id}/plan/from-gaps",
    summary="Take gaps over into a plan",
    response_model=PlanOut,
    responses=STEP,
)
def take_over_gaps(campaign_plant_id: UUID, once: OnceOnly, context: Writer, if_match: IfMatch = None) -> Response:
    """Adds a measure for every gap on the cheapest way to the target that has none."""

    def act() -> Response:
        plan.take_over_gaps(context, campaign_plant_id, version_in(if_match))
        return _respond(context, campaign_plant_id)

    return once.answer(context, None, act)


def _respond(context: Context, plant_id: UUID) -> Response:
    found = plan.plan_of(context, plant_id)
    return answer(PlanOut.of(found), tag=found.plant.version)
