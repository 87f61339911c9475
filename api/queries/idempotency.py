"""Answers that are remembered under idempotency keys."""

from datetime import datetime

from fastapi.responses import Response
from sqlalchemy import delete, select

from api.context import Context
from api.store import RememberedAnswer


def remembered(context: Context, key: str) -> RememberedAnswer | None:
    """The answer that the actor got under a key."""
    return context.db.scalar(select(RememberedAnswer).where(RememberedAnswer.key == key))


def remember(context: Context, key: str, request: str, made: Response) -> None:
    """Keep an answer, in the transaction of what it tells of."""
    row = RememberedAnswer(
        user_id=context.actor.id,
        key=key,
        request=request,
        status=made.status_code,
        body=bytes(made.body).decode(),
        etag=made.headers.get("etag"),
        location=made.headers.get("location"),
    )
    context.db.add(row)
    context.db.flush()


def forget_before(context: Context, moment: datetime) -> None:
    """Forget the actor's answers that are older."""
    context.db.execute(delete(RememberedAnswer).where(RememberedAnswer.created_at < moment))
