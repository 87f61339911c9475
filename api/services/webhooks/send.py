"""Sending of deliveries: signed, to the address that was checked, with longer and longer pauses between attempts."""

import hashlib
import hmac
import http.client
import socket
import ssl
from datetime import timedelta
from threading import Event
from urllib.parse import SplitResult
from uuid import UUID

import structlog
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from api.access import unscoped
from api.service import Service
from api.services.webhooks.addresses import AddressError, check_url, resolve
from api.services.webhooks.make import make_due
from api.services.webhooks.registration import secret_of
from api.settings import Settings
from api.store import DeliveryState, Webhook, WebhookDelivery
from api.store.base import now
from grading import calendar

ATTEMPTS = 12
PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
"""Seconds after the first failure; each further one doubles them."""
LEASE = timedelta(minutes=2)
"""The time for which a delivery belongs to one worker; after it another takes over from a worker that has died."""
TIMEOUT_SECONDS = 10
IDLE_SECONDS = 5.0
RETENTION = timedelta(days=90)
log = structlog.get_logger("api.webhooks")


def deliver_until(service: Service, stop: Event) -> None:
    """Make and send deliveries until stopped."""
    tidied = None
    while not stop.is_set():
        try:
            if tidied != calendar.today():
                forget(service)
                tidied = calendar.today()
            make_due(service)
            busy = send_next(service)
        except SQLAlchemyError as error:
            # The database may be away: a thread that ended would send nothing more and nobody would know.
            log.error("webhooks stopped", error=str(error).splitlines()[0])
            busy = False
        if not busy:
            stop.wait(IDLE_SECONDS)


def send_next(service: Service) -> bool:
    """Send the delivery that has waited longest and is due; returns True when there was one.

    One that went out while its worker died is sent again, under the same id: who gets it can tell.
    """
    waiting = select(WebhookDelivery).where(
        WebhookDelivery.state == DeliveryState.WAITING, WebhookDelivery.next_at <= now()
    )
    with service.database.reading() as db, unscoped(db):
        if db.scalar(waiting.limit(1)) is None:
            return False
    with service.database.writing() as db, unscoped(db):
        row = db.scalars(
            waiting.order_by(WebhookDelivery.next_at).limit(1).with_for_update(skip_locked=True)
        ).one_or_none()
        if row is None:
            return False
        hook = db.get_one(Webhook, row.webhook_id)
        row.attempts, row.tried_at, row.next_at = row.attempts + 1, now(), now() + LEASE
        is_active = hook.ended_at is None
        delivery_id, attempts, url, body, hook_id = row.id, row.attempts, hook.url, row.body, hook.id
        event = row.event.value
    took, answer = False, "推送地址已停用"
    if is_active:
        took, answer = post(service.settings, url, body, event, delivery_id, secret_of(service.settings, hook_id))
    with service.database.writing() as db, unscoped(db):
        row = db.get_one(WebhookDelivery, delivery_id)
        row.answer = answer[:300]
        row.state = _state(took, is_active, attempts)
        row.next_at = now() + min(PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
    if not took:
        log.warning("webhook not taken", delivery=str(delivery_id), attempts=attempts, answer=answer[:200])
    return True


def post(settings: Settings, url: str, body: str, event: str, delivery_id: UUID, secret: str) -> tuple[bool, str]:
    """Post a delivery; returns True for an answer of 2xx, and the answer in short. Redirects are not followed."""
    content, timestamp = body.encode(), str(int(now().timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "grading-webhooks",
        "X-Grading-Event": event,
        "X-Grading-Delivery": str(delivery_id),
        "X-Grading-Timestamp": timestamp,
        "X-Grading-Signature": f"v1={signature(secret, timestamp, content)}",
    }
    try:
        parts = check_url(url, settings)
        connection = _connection(parts, settings)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body=content, headers=headers)
            status = connection.getresponse().status
        finally:
            connection.close()
    except (AddressError, OSError, http.client.HTTPException) as error:
        return False, f"没有应答：{error or type(error).__name__}"
    return 200 <= status < 300, f"HTTP {status}"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 of timestamp, full stop and body, as hex."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def forget(service: Service) -> None:
    """Remove deliveries that were over long ago."""
    with service.database.writing() as db, unscoped(db):
        old = WebhookDelivery.created_at < now() - RETENTION
        db.execute(delete(WebhookDelivery).where(old, WebhookDelivery.state != DeliveryState.WAITING))


def _state(took: bool, is_active: bool, attempts: int) -> DeliveryState:
    if took:
        return DeliveryState.SENT
    return DeliveryState.WAITING if is_active and attempts < ATTEMPTS else DeliveryState.FAILED


def _connection(parts: SplitResult, settings: Settings) -> http.client.HTTPConnection:
    """A connection to the very address that was checked: a name that resolves otherwise a moment later changes nothing."""
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    opened = socket.create_connection((resolve(host, port, settings), port), TIMEOUT_SECONDS)
    if secure:
        try:
            opened = ssl.create_default_context().wrap_socket(opened, server_hostname=host)
        except OSError:
            opened.close()
            raise
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    connection.sock = opened
    return connection
