"""Webhooks: addresses of systems that are told of events, with what they were told."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.access import Rule
from api.context import Context, needs
from api.pages.form_data import Posted, Sent
from api.pages.render import page
from api.problems import Problem
from api.services import webhooks
from api.store import DeliveryState, Webhook, WebhookEvent

router = APIRouter()
Keeper = Annotated[Context, needs(Rule.KEEP_WEBHOOKS)]
EVENTS = {
    WebhookEvent.GRADE_PUBLISHED: "等级公布（含批次公布）",
    WebhookEvent.GRADE_TAKEN_BACK: "等级撤回",
    WebhookEvent.APPEAL_FILED: "企业提出申诉",
    WebhookEvent.APPEAL_DECIDED: "申诉答复",
    WebhookEvent.BATCH_ENDED: "批次结束",
}
STATES = {DeliveryState.WAITING: "待推送", DeliveryState.SENT: "已送达", DeliveryState.FAILED: "未送达，不再重试"}


@router.get("/webhooks")
def show_webhooks(request: Request, context: Keeper) -> Response:
    """All of the area, and the form for another."""
    return _shown(request, context)


@router.post("/webhooks")
def create(request: Request, context: Keeper, sent: Sent) -> Response:
    """Have an address told of events, and show its secret, this once."""
    try:
        made = webhooks.create(context, sent.text("url"), sent.texts("event"))
    except Problem as problem:
        context.undo(problem)
        return _shown(request, context, problem, sent)
    return page(
        request,
        context,
        "secret.html.j2",
        secret=webhooks.secret_of(context.service.settings, made.id),
        said="已登记事件推送",
        about=f"{made.url}。推送的签名在 X-Grading-Signature：以此密钥对“时间戳.正文”作 HMAC-SHA256。",
        what="签名密钥",
        back=f"/webhooks/{made.id}",
        back_to="查看推送记录",
    )


@router.get("/webhooks/{webhook_id}")
def show_webhook(webhook_id: UUID, request: Request, context: Keeper) -> Response:
    """The page of a webhook, with its deliveries."""
    hook = context.find(Webhook, webhook_id)
    return page(
        request,
        context,
        "webhook.html.j2",
        hook=hook,
        deliveries=webhooks.deliveries_of(context, hook),
        events=EVENTS,
        states=STATES,
    )


@router.post("/webhooks/{webhook_id}/end")
def end(webhook_id: UUID, context: Keeper) -> Response:
    """Tell it nothing more."""
    webhooks.end(context, webhook_id)
    return RedirectResponse("/webhooks", status_code=303)


@router.post("/webhooks/{webhook_id}/retry")
def retry(webhook_id: UUID, context: Keeper) -> Response:
    """Try again what failed."""
    webhooks.retry(context, webhook_id)
    return RedirectResponse(f"/webhooks/{webhook_id}", status_code=303)


def _shown(request: Request, context: Context, refused: Problem | None = None, sent: Posted | None = None) -> Response:
    return page(
        request,
        context,
        "webhooks.html.j2",
        200 if refused is None else refused.status,
        hooks=webhooks.listed(context.db),
        events=EVENTS,
        refused=refused,
        url=sent.text("url") if sent is not None else "",
        chosen=sent.texts("event") if sent is not None else (),
    )
