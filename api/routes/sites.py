"""Sites and units of an enterprise."""

from typing import Annotated
from uuid import UUID

from fastapi.responses import Response

from api import registry
from api.access import Rule
from api.desk import Desk, needs
from api.queries import enterprises as queries
from api.routes.declare import (
    CREATED,
    answer,
    refusals,
    resource,
)
from api.routes.idempotency import OnceOnly
from api.shapes.enterprises import SiteChange, SiteIn, SiteOut, UnitChange, UnitIn, UnitOut
from api.store import Site, Unit

router = resource("sites and units")
Keeper = Annotated[Desk, needs(Rule.KEEP_ENTERPRISES)]
Reader = Annotated[Desk, needs(Rule.READ)]


@router.get("/enterprises/{enterprise_id}/sites", summary="The sites of an enterprise")
def list_sites(enterprise_id: UUID, desk: Reader) -> list[SiteOut]:
    """In the order they were registered."""
    return [SiteOut.model_validate(row) for row in queries.sites(desk.db, enterprise_id)]


@router.post(
    "/enterprises/{enterprise_id}/sites",
    status_code=201,
    summary="Register a site",
    response_model=SiteOut,
    responses=CREATED | refusals(409),
)
def create_site(enterprise_id: UUID, body: SiteIn, once: OnceOnly, desk: Keeper) -> Response:
    """The name is unique within the enterprise."""

    def act() -> Response:
        made = registry.add_site(desk, enterprise_id, **body.model_dump())
        return answer(SiteOut.model_validate(made), status=201, location=f"/v1/sites/{made.id}")

    return once.answer(desk, body, act)


@router.get("/sites/{site_id}", summary="A site")
def get_site(site_id: UUID, desk: Reader) -> SiteOut:
    """A place of production."""
    return SiteOut.model_validate(desk.find(Site, site_id))


@router.patch("/sites/{site_id}", summary="Change a site", responses=refusals(409))
def change_site(site_id: UUID, body: SiteChange, desk: Keeper) -> SiteOut:
    """Members that aren't there stay as they are."""
    return SiteOut.model_validate(registry.change_site(desk, site_id, body.model_dump(exclude_unset=True)))


@router.get("/enterprises/{enterprise_id}/units", summary="The units of an enterprise")
def list_units(enterprise_id: UUID, desk: Reader) -> list[UnitOut]:
    """In the order they were registered; new audits begin with those that are active."""
    return [UnitOut.model_validate(row) for row in queries.units(desk.db, enterprise_id)]


@router.post(
    "/enterprises/{enterprise_id}/units",
    status_code=201,
    summary="Register a unit",
    response_model=UnitOut,
    responses=CREATED | refusals(409),
)
def create_unit(enterprise_id: UUID, body: UnitIn, once: OnceOnly, desk: Keeper) -> Response:
    """A production line and the ruleset that grades it; the code is unique within the site."""

    def act() -> Response:
        made = registry.add_unit(desk, enterprise_id, **body.model_dump())
        return answer(UnitOut.model_validate(made), status=201, location=f"/v1/units/{made.id}")

    return once.answer(desk, body, act)


@router.get("/units/{unit_id}", summary="A unit")
def get_unit(unit_id: UUID, desk: Reader) -> UnitOut:
    """A production line."""
    return UnitOut.model_validate(desk.find(Unit, unit_id))


@router.patch("/units/{unit_id}", summary="Change a unit")
def change_unit(unit_id: UUID, body: UnitChange, desk: Keeper) -> UnitOut:
    """Units are never deleted: one that is closed is no longer active."""
    return UnitOut.model_validate(registry.change_unit(desk, unit_id, body.model_dump(exclude_unset=True)))
