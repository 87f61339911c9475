"""Webhooks: systems that are told of events, and what they were told."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.routes.idempotency import OnceOnly
from api.routes.responses import CREATED, answer, refusals, resource
from api.schemas.webhooks import DeliveryOut, NewWebhookOut, WebhookIn, WebhookOut
from api.services import webhooks
from api.store import Webhook

router = resource("webhooks")
Keeper = Annotated[Context, needs(Rule.KEEP_WEBHOOKS)]


@router.get("/webhooks", summary="The webhooks of your area")
def list_webhooks(context: Keeper) -> list[WebhookOut]:
    """The newest first, also those that have ended."""
    return [WebhookOut.of(row) for row in webhooks.listed(context.db)]


@router.post(
    "/webhooks",
    status_code=201,
    summary="Have a system told of events",
    response_model=NewWebhookOut,
    responses=CREATED | refusals(409, 422),
)
def create_webhook(body: WebhookIn, once: OnceOnly, context: Keeper) -> Response:
    """Of your area, from now on. The answer has the secret that signs what is sent, this once."""

    def act() -> Response:
        made = webhooks.create(context, body.url, [event.value for event in body.events])
        secret = webhooks.secret_of(context.service.settings, made.id)
        shown = NewWebhookOut(**WebhookOut.of(made).model_dump(), secret=secret)
        return answer(shown, status=201, location=f"/v1/webhooks/{made.id}")

    return once.answer(context, body, act)


@router.get("/webhooks/{webhook_id}", summary="A webhook")
def get_webhook(webhook_id: UUID, context: Keeper) -> WebhookOut:
    """Without its secret."""
    return WebhookOut.of(context.find(Webhook, webhook_id))


@router.delete("/webhooks/{webhook_id}", status_code=204, summary="Tell a system nothing more")
def end_webhook(webhook_id: UUID, context: Keeper) -> None:
    """End a webhook; its deliveries stay in the list."""
    webhooks.end(context, webhook_id)


@router.get("/webhooks/{webhook_id}/deliveries", summary="What a system was told")
def list_deliveries(
    webhook_id: UUID, context: Keeper, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> list[DeliveryOut]:
    """The newest first, of the last 90 days."""
    found = webhooks.deliveries_of(context, context.find(Webhook, webhook_id), limit)
    return [DeliveryOut.model_validate(row) for row in found]


@router.post("/webhooks/{webhook_id}/retry", status_code=204, summary="Try again what failed", responses=refusals(409))
def retry_deliveries(webhook_id: UUID, context: Keeper) -> None:
    """All of its deliveries that were given up."""
    webhooks.retry(context, webhook_id)
