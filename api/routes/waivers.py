"""Waivers of units: granted, proven, ended; listed before they end."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import FileResponse, Response

from api.access import Rule
from api.context import Context, needs
from api.files.evidence import ENDINGS
from api.problems import not_found
from api.queries import waivers as queries
from api.routes.bodies import Upload
from api.routes.idempotency import OnceOnly
from api.routes.responses import CREATED, KEEP, answer, download, etag, refusals, resource
from api.schemas.audits import ReasonsIn
from api.schemas.waivers import WaiverIn, WaiverOut
from api.services import waivers
from api.store import UnitWaiver

router = resource("waivers")
Reader = Annotated[Context, needs(Rule.READ)]
Granter = Annotated[Context, needs(Rule.GRANT_WAIVERS)]


@router.get("/enterprises/{enterprise_id}/waivers", summary="The waivers of an enterprise's units")
def list_waivers(enterprise_id: UUID, context: Reader) -> list[WaiverOut]:
    """The newest first, also those that are over."""
    return [WaiverOut.of(one) for one in queries.of_enterprise(context.db, enterprise_id)]


@router.get("/waivers", summary="Waivers in scope that end soon")
def list_ending_waivers(
    context: Reader, days: Annotated[int, Query(ge=0, le=3650, description="Within so many days.")] = 90
) -> list[WaiverOut]:
    """The soonest first."""
    return [WaiverOut.of(one) for one in queries.ending(context.db, days)]


@router.get("/waivers/{waiver_id}", summary="A waiver")
def get_waiver(waiver_id: UUID, context: Reader) -> WaiverOut:
    """As it stands today."""
    return WaiverOut.of(queries.one(context.db, context.find(UnitWaiver, waiver_id)))


@router.post(
    "/units/{unit_id}/waivers",
    status_code=201,
    summary="Grant a unit a waiver of an indicator",
    response_model=WaiverOut,
    responses=CREATED,
)
def grant_waiver(unit_id: UUID, body: WaiverIn, once: OnceOnly, context: Granter) -> Response:
    """It counts in gradings that are made from now on, of assessments within its days."""

    def act() -> Response:
        made = waivers.grant(context, unit_id, **body.model_dump())
        return answer(_out(context, made), status=201, location=f"/v1/waivers/{made.id}")

    return once.answer(context, body, act)


@router.post(
    "/waivers/{waiver_id}/end",
    summary="End a waiver before its last day",
    response_model=WaiverOut,
    responses=refusals(409),
)
def end_waiver(waiver_id: UUID, body: ReasonsIn, once: OnceOnly, context: Granter) -> Response:
    """From today on; gradings that were made by it stay as they are until they are made again."""

    def act() -> Response:
        return answer(_out(context, waivers.end(context, waiver_id, body.reasons)))

    return once.answer(context, body, act)


@router.post(
    "/waivers/{waiver_id}/evidence",
    status_code=201,
    summary="Add the file that proves a waiver",
    response_model=WaiverOut,
    responses=refusals(409, 413, 415),
)
def add_waiver_evidence(
    waiver_id: UUID, file: Upload, context: Annotated[Context, needs(Rule.GRANT_WAIVERS, costly=True)]
) -> Response:
    """The signed document, say; there is one file."""
    return answer(_out(context, waivers.attach(context, waiver_id, file.file, file.filename or "")), status=201)


@router.get(
    "/waivers/{waiver_id}/evidence",
    summary="Download the file that proves a waiver",
    response_class=Response,
    responses=download("The file.", *ENDINGS),
)
def get_waiver_evidence(waiver_id: UUID, context: Reader) -> Response:
    """Always as a download."""
    row = context.find(UnitWaiver, waiver_id)
    path = None if row.sha256 is None else context.service.evidence.path(row.sha256)
    if path is None or row.sha256 is None or not path.is_file():
        raise not_found()
    headers = {"ETag": etag(row.sha256), "Cache-Control": KEEP}
    return FileResponse(path, media_type=row.media_type, filename=row.file_name, headers=headers)


def _out(context: Context, row: UnitWaiver) -> WaiverOut:
    context.db.flush()
    return WaiverOut.of(queries.one(context.db, row))
