"""Webhooks: registered, ended, listed, with their failed deliveries queued again."""

from collections.abc import Iterable
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api import audit_log
from api.access import Rule, require, unscoped
from api.context import Context, find
from api.identity.secrets import keyed
from api.problems import ErrorAt, Problem
from api.services.webhooks.addresses import AddressError, check_url
from api.settings import Settings
from api.store import DeliveryState, LogEntry, Role, Webhook, WebhookDelivery, WebhookEvent
from grading.jurisdiction import COUNTRY

MOST = 20
"""Webhooks of an area that are in use at once."""
MOST_SHOWN = 100


def create(context: Context, url: str, events: Iterable[str]) -> Webhook:
    """Register an address for the events of the actor's area from now on; raises Problem (403, 409, 422)."""
    actor = require(context.db, Rule.KEEP_WEBHOOKS)
    url, chosen = url.strip(), [event for event in WebhookEvent if event.value in set(events)]
    errors = []
    try:
        check_url(url, context.service.settings)
    except AddressError as error:
        errors.append(ErrorAt("url", str(error)))
    if not chosen:
        errors.append(ErrorAt("events", "请至少选择一类事件。"))
    if errors:
        raise Problem("invalid_webhook", f"推送设置有 {len(errors)} 处问题。", status=422, errors=errors)
    if (context.db.scalar(select(func.count(Webhook.id)).where(Webhook.ended_at.is_(None))) or 0) >= MOST:
        raise Problem("too_many_webhooks", f"最多 {MOST} 个推送地址；请先停用不再需要的。")
    with unscoped(context.db):
        last = context.db.scalar(select(func.max(LogEntry.seq))) or 0
    made = Webhook(
        url=url,
        area=actor.area if actor.role is Role.BUREAU and actor.area else COUNTRY,
        events=",".join(chosen),
        made_by=actor.id,
        first_seq=last + 1,
        created_at=context.at,
    )
    context.db.add(made)
    context.db.flush()
    details = {"host": urlsplit(url).hostname or "", "events": made.events}
    audit_log.append(context.db, "webhook.created", actor, subject=f"webhook:{made.id}", details=details)
    return made


def end(context: Context, webhook_id: UUID) -> Webhook:
    """End a webhook; ending it again changes nothing. Raises Problem (403, 404)."""
    actor = require(context.db, Rule.KEEP_WEBHOOKS)
    found = find(context.db, Webhook, webhook_id)
    if found.ended_at is None:
        found.ended_at = context.at
        context.db.flush()
        audit_log.append(context.db, "webhook.ended", actor, subject=f"webhook:{found.id}")
    return found


def retry(context: Context, webhook_id: UUID) -> int:
    """Queue failed deliveries again; returns their number. Raises Problem (403, 404, 409 for one that has ended)."""
    require(context.db, Rule.KEEP_WEBHOOKS)
    found = find(context.db, Webhook, webhook_id)
    if found.ended_at is not None:
        raise Problem("wrong_state", "这个推送地址已停用。")
    failed = context.db.scalars(
        select(WebhookDelivery).where(
            WebhookDelivery.webhook_id == found.id, WebhookDelivery.state == DeliveryState.FAILED
        )
    ).all()
    for delivery in failed:
        delivery.state, delivery.attempts, delivery.next_at = DeliveryState.WAITING, 0, context.at
    return len(failed)


def listed(db: Session) -> list[Webhook]:
    """The webhooks in scope, the newest first, also those that have ended."""
    return list(db.scalars(select(Webhook).order_by(Webhook.id.desc())))


def deliveries_of(context: Context, webhook: Webhook, limit: int = MOST_SHOWN) -> list[WebhookDelivery]:
    """The deliveries of a webhook, the newest first."""
    rows = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id)
    return list(context.db.scalars(rows.order_by(WebhookDelivery.id.desc()).limit(limit)))


def secret_of(settings: Settings, webhook_id: UUID) -> str:
    """The secret that a webhook's deliveries are signed with."""
    return "whsec_" + keyed(settings.key, "webhook", str(webhook_id))
