"""The progress of plants in a campaign: steps, visits, photos."""

from typing import Annotated
from uuid import UUID

from fastapi import Form
from fastapi.responses import FileResponse, Response

from api.access import Rule
from api.context import Context, needs
from api.files.evidence import ENDINGS
from api.problems import not_found
from api.routes.bodies import Upload
from api.routes.idempotency import OnceOnly
from api.routes.responses import KEEP, answer, download, etag, refusals, resource
from api.schemas.campaign_progress import PhotoOut, ProgressOut, StepIn, StepOut, VisitIn, VisitOut
from api.services.campaigns import progress
from api.store import CampaignPhoto

router = resource("campaigns")
Reader = Annotated[Context, needs(Rule.READ)]
OfGap = Annotated[
    str | None,
    Form(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$", description="The gap that it is about."),
]


@router.get("/campaign-plants/{campaign_plant_id}/progress", summary="How far a plant has come")
def get_campaign_progress(campaign_plant_id: UUID, context: Reader) -> ProgressOut:
    """The states of the plant and of each of its gaps, with the steps that led there, visits and photos."""
    return ProgressOut.of(progress.progress_of(context, campaign_plant_id))


@router.post(
    "/campaign-plants/{campaign_plant_id}/steps",
    status_code=201,
    summary="Say how far a plant or a gap has come",
    response_model=StepOut,
    responses=refusals(409),
)
def take_campaign_step(
    campaign_plant_id: UUID,
    body: StepIn,
    once: OnceOnly,
    context: Annotated[Context, needs(Rule.TAKE_CAMPAIGN_STEPS)],
) -> Response:
    """Only what follows on the present state and is the role's to say. A gap is closed by the published audit, never here."""

    def act() -> Response:
        made = progress.take_step(context, campaign_plant_id, body.state, body.gap, body.note)
        return answer(StepOut.model_validate(made), status=201)

    return once.answer(context, body, act)


@router.post(
    "/campaign-plants/{campaign_plant_id}/visits",
    status_code=201,
    summary="Write down a visit",
    response_model=VisitOut,
    responses=refusals(409),
)
def record_campaign_visit(
    campaign_plant_id: UUID, body: VisitIn, once: OnceOnly, context: Annotated[Context, needs(Rule.RECORD_VISITS)]
) -> Response:
    """With what was found and what was advised."""

    def act() -> Response:
        made = progress.record_visit(
            context, campaign_plant_id, body.day, body.findings, body.advice, gap=body.gap, next_day=body.next_day
        )
        return answer(VisitOut.model_validate(made), status=201)

    return once.answer(context, body, act)


@router.post(
    "/campaign-plants/{campaign_plant_id}/photos",
    status_code=201,
    summary="Add a photo of what was done",
    response_model=PhotoOut,
    responses=refusals(409, 413, 415),
)
def add_campaign_photo(
    campaign_plant_id: UUID,
    file: Upload,
    context: Annotated[Context, needs(Rule.KEEP_PLANS, costly=True)],
    gap: OfGap = None,
) -> Response:
    """A picture; the same picture of the same gap is kept once."""
    made = progress.add_photo(context, campaign_plant_id, file.file, file.filename or "", gap)
    return answer(PhotoOut.model_validate(made), status=201)


@router.get(
    "/campaign-photos/{campaign_photo_id}/content",
    summary="Download a photo",
    response_class=Response,
    responses=download("The picture.", *(kind for kind in ENDINGS if kind.startswith(progress.PICTURES))),
)
def get_campaign_photo(campaign_photo_id: UUID, context: Reader) -> Response:
    """Always as a download."""
    row = context.find(CampaignPhoto, campaign_photo_id)
    path = context.service.evidence.path(row.sha256)
    if not path.is_file():
        raise not_found()
    headers = {"ETag": etag(row.sha256), "Cache-Control": KEEP}
    return FileResponse(path, media_type=row.media_type, filename=row.name, headers=headers)
