"""Changes of recorded rows that no entry tells of get one of their own: nothing is written that the log doesn't record."""

from sqlalchemy import event
from sqlalchemy.orm import Session

from api.access import Actor
from api.access.scope import ACTOR
from api.audit_log.entries import append
from api.store import changes
from api.store.database import Database

ACTION = "rows.changed"


def record_the_rest(database: Database) -> None:
    """Let every transaction of a database end with an entry for what none of its entries has recorded."""
    event.listen(database.writers, "before_commit", _record)


def _record(db: Session) -> None:
    db.flush()
    if changes.pending(db):
        actor: Actor | None = db.info.get(ACTOR)
        append(db, ACTION, actor)
