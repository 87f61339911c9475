"""Makes the notices that are due: each occasion is told to each person once, however often and by however many it is made."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api import audit_log
from api.access import unscoped
from api.service import Service
from api.services.notices.occasions import Occasion, occasions
from api.services.notices.recipients import Recipients, recipients
from api.store import LogEntry, MailState, Notice
from grading import calendar

AT_ONCE = 500
QUIET = ("notice.made", "notice.read", "campaign.snapshot")
"""Entries of the log after which there is nothing new to tell."""


class NoticeMaker:
    """Looks for what there is to tell when a day begins and when anything has happened."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._seen: tuple[date, int] | None = None

    def make_due(self) -> int:
        """Make what is due; how many notices were made."""
        today = calendar.today()
        with self.service.database.reading() as db, unscoped(db):
            happened = db.scalar(select(func.max(LogEntry.seq)).where(LogEntry.action.not_in(QUIET))) or 0
            if self._seen == (today, happened):
                return 0
            people = recipients(db, today)
            found = occasions(self.service, db, people, today)
            new = _new(db, found, people, mailing=self.service.settings.smtp_host is not None)
        made = sum(_keep(self.service, part) for part in _parts(new))
        self._seen = (today, happened)
        return made


def _parts(new: list[Notice]) -> list[list[Notice]]:
    return [new[i : i + AT_ONCE] for i in range(0, len(new), AT_ONCE)]


def _new(db: Session, found: list[Occasion], people: Recipients, *, mailing: bool) -> list[Notice]:
    known: set[tuple[object, ...]] = set()
    subjects = sorted({occasion.subject for occasion in found})
    for i in range(0, len(subjects), AT_ONCE):
        rows = select(Notice.user_id, Notice.kind, Notice.subject)
        known |= {tuple(row) for row in db.execute(rows.where(Notice.subject.in_(subjects[i : i + AT_ONCE])))}
    new = []
    for occasion in found:
        for user_id in dict.fromkeys(occasion.to):
            key = (user_id, occasion.kind, occasion.subject)
            if key in known:
                continue
            known.add(key)
            mail = MailState.WAITING if mailing and user_id in people.mailed else MailState.NONE
            new.append(
                Notice(
                    user_id=user_id,
                    kind=occasion.kind,
                    subject=occasion.subject,
                    text=occasion.text[:1000],
                    link=occasion.link,
                    due=occasion.due,
                    mail=mail,
                )
            )
    return new


def _keep(service: Service, new: list[Notice]) -> int:
    """Add notices; none when another worker was quicker: what is left is made at the next look."""
    try:
        with service.database.writing() as db, unscoped(db):
            db.add_all(new)
            db.flush()
            audit_log.append(db, "notice.made", None, details={"number": len(new)})
    except IntegrityError:
        return 0
    return len(new)
