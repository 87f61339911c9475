"""How often an actor may ask for what costs much: a bucket that refills, in this process's memory."""

from threading import Lock
from time import monotonic
from uuid import UUID

from api.problems import Problem

KEPT = 10_000


class CostlyLimit:
    """So many requests a minute and actor; unused ones are saved up to a minute's worth."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._left: dict[UUID, tuple[float, float]] = {}
        self._lock = Lock()

    def take(self, actor: UUID) -> None:
        """Count one request; raises Problem (429) with the seconds to wait when there is none left."""
        at, rate = monotonic(), self.per_minute / 60
        with self._lock:
            left, since = self._left.get(actor, (float(self.per_minute), at))
            left = min(float(self.per_minute), left + (at - since) * rate)
            if left < 1:
                wait = int((1 - left) / rate) + 1
                raise Problem("too_many_requests", f"请求过于频繁，请 {wait} 秒后再试。", status=429, retry_after=wait)
            if len(self._left) >= KEPT:
                self._left.clear()
            self._left[actor] = (left - 1, at)
