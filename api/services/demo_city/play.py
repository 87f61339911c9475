"""Acts for the demo's people, each step with the rights of who takes it, on any day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from api.access import Actor, Via, actor_of
from api.context import Context, open_context
from api.service import Service
from api.store import User
from grading import calendar

MORNING = timedelta(hours=9)


class Play:
    """Acts through the services, so that everything is checked and logged as it would be."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.actors: dict[str, Actor] = {}
        self.learn()

    def learn(self) -> None:
        """Learn who there is to act."""
        with self.service.database.reading() as db:
            self.actors = {user.login: actor_of(user, Via.COMMAND) for user in db.scalars(select(User))}

    def __call__(self, login: str, step: Any, *args: Any, **kwargs: Any) -> Any:
        """Take one step in a transaction of its own."""
        with open_context(self.service, self.actors[login]) as context:
            return step(context, *args, **kwargs)

    @contextmanager
    def on(self, day: date, login: str, minutes: int = 0) -> Iterator[Context]:
        """Act as somebody on the morning of a day, in one transaction."""
        with (
            calendar.clock_at(calendar.start_of(day) + MORNING + timedelta(minutes=minutes)),
            open_context(self.service, self.actors[login]) as context,
        ):
            yield context
