"""Answers that are remembered under idempotency keys."""

from datetime import datetime

from fastapi.responses import Response
from sqlalchemy import delete, select

from api.desk import Desk
from api.store import RememberedAnswer


def remembered(desk: Desk, key: str) -> RememberedAnswer | None:
    """What was answered to the actor under a key."""
    return desk.db.scalar(select(RememberedAnswer).where(RememberedAnswer.key == key))


def remember(desk: Desk, key: str, request: str, made: Response) -> None:
    """Keep an answer, in the transaction of what it tells of."""
    row = RememberedAnswer(
        user_id=desk.actor.id,
        key=key,
        request=request,
        status=made.status_code,
        body=bytes(made.body).decode(),
        etag=made.headers.get("etag"),
        location=made.headers.get("location"),
    )
    desk.db.add(row)
    desk.db.flush()


def forget_before(desk: Desk, moment: datetime) -> None:
    """Forget the actor's answers that are older."""
    desk.db.execute(delete(RememberedAnswer).where(RememberedAnswer.created_at < moment))
