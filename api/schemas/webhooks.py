"""Webhooks and their deliveries as JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.base import In, Out
from api.store import DeliveryState, Webhook, WebhookEvent


class WebhookIn(In):
    """An address to be told of events."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=400)] = Field(
        description="An https address that is public, unless the operator allows others.",
        examples=["https://93.184.215.14/grading"],
    )
    events: Annotated[list[WebhookEvent], Field(min_length=1)] = Field(examples=[["grade.published"]])


class WebhookOut(Out):
    """An address that is told of events of an area."""

    id: UUID
    url: str
    area: str
    events: list[WebhookEvent]
    created_at: datetime
    ended_at: datetime | None

    @staticmethod
    def of(row: Webhook) -> "WebhookOut":
        """From the store."""
        return WebhookOut(
            id=row.id,
            url=row.url,
            area=row.area,
            events=sorted(row.wanted),
            created_at=row.created_at,
            ended_at=row.ended_at,
        )


class NewWebhookOut(WebhookOut):
    """A webhook with its secret, which is told this once."""

    secret: str = Field(
        description="Signs deliveries: `X-Grading-Signature: v1=` and HMAC-SHA256 (hex) of `X-Grading-Timestamp`, a full "
        "stop and the body. Refuse old timestamps.",
        examples=["whsec_3b0f…"],
    )


class DeliveryOut(Out):
    """One event told to an address; `id` is also `X-Grading-Delivery`, the same in each attempt."""

    id: UUID
    event: WebhookEvent
    state: DeliveryState
    attempts: int
    answer: str | None = Field(description="The status of the last answer, or why there was none.")
    tried_at: datetime | None
    next_at: datetime = Field(description="When it is tried next, while it waits.")
    created_at: datetime
    body: str = Field(description="As it is sent, JSON.")
