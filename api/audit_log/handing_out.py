"""Heads of the log handed out while the service runs: noted beside the database, and wherever the operator wants them."""

from pathlib import Path
from threading import Event, Thread
from urllib.request import Request, urlopen

import structlog
from sqlalchemy.exc import SQLAlchemyError

from api.audit_log.known_head import note_head
from api.settings import Settings
from api.store.base import now
from api.store.database import Database

EVERY_SECONDS = 60
TIMEOUT_SECONDS = 10
logger = structlog.get_logger("api.audit_log")


class HeadsHandedOut:
    """Hands the head out every minute in which there is another one, and once at the end."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._stop = Event()
        self._thread = Thread(target=self._run, name="log-heads", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Hand the last one out, and end."""
        self._stop.set()
        self._thread.join(TIMEOUT_SECONDS + 5)

    def _run(self) -> None:
        database = Database(self.settings.database, self.settings.answering)
        try:
            while True:
                stopping = self._stop.wait(EVERY_SECONDS)
                _hand_out(self.settings, database)
                if stopping:
                    return
        finally:
            database.close()


def hand_out(settings: Settings, database: Database) -> None:
    """Hand the present head out if it is another one than the last time; raises OSError."""
    with database.reading() as db:
        line = note_head(settings, db)
    if line is None or settings.heads is None:
        return
    dated = f"{now().isoformat(timespec='seconds')} {line}\n"
    if settings.heads.startswith(("http://", "https://")):
        headers = {"Content-Type": "text/plain; charset=us-ascii"}
        with urlopen(Request(settings.heads, dated.encode(), headers), timeout=TIMEOUT_SECONDS):
            return
    with Path(settings.heads).open("a", encoding="ascii") as file:
        file.write(dated)


def _hand_out(settings: Settings, database: Database) -> None:
    try:
        hand_out(settings, database)
    except (OSError, SQLAlchemyError) as error:
        # Tried again with the next one: the service goes on.
        logger.error("head not handed out", to=settings.heads, error=str(error).splitlines()[0])
