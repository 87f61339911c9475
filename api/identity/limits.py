"""Limits on costly requests of an actor: a bucket that refills, in the database, so that all processes share it."""

import time
from math import ceil
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.dialects import postgresql, sqlite

from api.problems import Problem
from api.store import CostlyUse
from api.store.database import Database

MINUTE = 60.0


class CostlyLimit:
    """A limit of requests a minute and actor; unused ones are saved up to a minute's worth."""

    def __init__(self, database: Database, per_minute: int) -> None:
        self.database, self.per_minute = database, per_minute

    def take(self, actor: UUID) -> None:
        """Count one request; raises Problem (429) with the seconds to wait when there is none left.

        In one statement: of two processes that count at once, each counts what the other did.
        """
        insert = sqlite.insert if self.database.is_sqlite else postgresql.insert
        at, costs = time.time(), MINUTE / self.per_minute
        counted = insert(CostlyUse).values(user_id=actor, full_at=at + costs)
        since = case((CostlyUse.full_at > at, CostlyUse.full_at), else_=at)
        # Half of one is not yet another one: requests are not counted in the order of their clocks.
        left = CostlyUse.full_at <= at + MINUTE - costs / 2
        counted = counted.on_conflict_do_update(index_elements=["user_id"], set_={"full_at": since + costs}, where=left)
        with self.database.writing() as db:
            if db.execute(counted.returning(CostlyUse.user_id)).first() is not None:
                return
            full_at = db.scalar(select(CostlyUse.full_at).where(CostlyUse.user_id == actor)) or at
        wait = max(ceil(full_at - at - MINUTE + costs / 2), 1)
        raise Problem("too_many_requests", f"请求过于频繁，请 {wait} 秒后再试。", status=429, retry_after=wait)
