"""Steps wait for a database that is away (restarted, locked by others) instead of failing."""

import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

P = ParamSpec("P")
T = TypeVar("T")
MAX_AWAY_SECONDS = 900
"""The seconds that a database may be away before an operation that needs it fails."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
log = structlog.get_logger("api.jobs")


def retry_while_away(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do work that is one transaction, again while the database is away; raises what it raises otherwise."""
    began, pause = time.monotonic(), FIRST_PAUSE
    while True:
        try:
            return work(*args, **kwargs)
        except DBAPIError as error:
            if not is_away(error) or time.monotonic() - began > MAX_AWAY_SECONDS:
                raise
            log.warning("database away", error=str(error.orig).splitlines()[0] if error.orig else "")
        time.sleep(pause * random.uniform(0.5, 1.0))
        pause = min(pause * 2, LONGEST_PAUSE)


def is_away(error: DBAPIError) -> bool:
    """True when an error is of the connection or of a lock, and not of what was asked."""
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
