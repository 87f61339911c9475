"""Sites and units of an enterprise."""

from typing import Annotated
from uuid import UUID

from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.queries import enterprises as queries
from api.routes.idempotency import OnceOnly
from api.routes.responses import (
    CREATED,
    answer,
    refusals,
    resource,
)
from api.schemas.enterprises import SiteChange, SiteIn, SiteOut, UnitChange, UnitIn, UnitOut
from api.services import enterprises
from api.store import Site, Unit

router = resource("sites and units")
Keeper = Annotated[Context, needs(Rule.KEEP_ENTERPRISES)]
Reader = Annotated[Context, needs(Rule.READ)]


@router.get("/enterprises/{enterprise_id}/sites", summary="The sites of an enterprise")
def list_sites(enterprise_id: UUID, context: Reader) -> list[SiteOut]:
    """In the order they were registered."""
    return [SiteOut.model_validate(row) for row in queries.sites(context.db, enterprise_id)]


@router.post(
    "/enterprises/{enterprise_id}/sites",
    status_code=201,
    summary="Register a site",
    response_model=SiteOut,
    responses=CREATED | refusals(409),
)
def create_site(enterprise_id: UUID, body: SiteIn, once: OnceOnly, context: Keeper) -> Response:
    """The name is unique within the enterprise."""

    def act() -> Response:
        made = enterprises.add_site(context, enterprise_id, **body.model_dump())
        return answer(SiteOut.model_validate(made), status=201, location=f"/v1/sites/{made.id}")

    return once.answer(context, body, act)


@router.get("/sites/{site_id}", summary="A site")
def get_site(site_id: UUID, context: Reader) -> SiteOut:
    """A place of production."""
    return SiteOut.model_validate(context.find(Site, site_id))


@router.patch("/sites/{site_id}", summary="Change a site", responses=refusals(409))
def change_site(site_id: UUID, body: SiteChange, context: Keeper) -> SiteOut:
    """Members that aren't there stay as they are."""
    return SiteOut.model_validate(enterprises.change_site(context, site_id, body.model_dump(exclude_unset=True)))


@router.get("/enterprises/{enterprise_id}/units", summary="The units of an enterprise")
def list_units(enterprise_id: UUID, context: Reader) -> list[UnitOut]:
    """In the order they were registered; new audits begin with those that are active."""
    return [UnitOut.model_validate(row) for row in queries.units(context.db, enterprise_id)]


@router.post(
    "/enterprises/{enterprise_id}/units",
    status_code=201,
    summary="Register a unit",
    response_model=UnitOut,
    responses=CREATED | refusals(409),
)
def create_unit(enterprise_id: UUID, body: UnitIn, once: OnceOnly, context: Keeper) -> Response:
    """A production line and the ruleset that grades it; the code is unique within the site."""

    def act() -> Response:
        made = enterprises.add_unit(context, enterprise_id, **body.model_dump())
        return answer(UnitOut.model_validate(made), status=201, location=f"/v1/units/{made.id}")

    return once.answer(context, body, act)


@router.get("/units/{unit_id}", summary="A unit")
def get_unit(unit_id: UUID, context: Reader) -> UnitOut:
    """A production line."""
    return UnitOut.model_validate(context.find(Unit, unit_id))


@router.patch("/units/{unit_id}", summary="Change a unit")
def change_unit(unit_id: UUID, body: UnitChange, context: Keeper) -> UnitOut:
    """Units are never deleted: one that is closed is no longer active."""
    return UnitOut.model_validate(enterprises.change_unit(context, unit_id, body.model_dump(exclude_unset=True)))
