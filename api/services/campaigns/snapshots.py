"""Snapshots: what a campaign came to on the last day of a week or a month, fixed once that day is over in China."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import audit_log
from api.access import unscoped
from api.service import Service
from api.services.campaigns.evaluation import data_of
from api.store import Campaign, CampaignSnapshot, CampaignState
from api.store.base import now
from grading import calendar
from grading.digest import digest
from grading.language.problems import LanguageError

log = structlog.get_logger("api.campaigns")


def take_due(service: Service) -> int:
    """Take the snapshots that are due of all active campaigns, each in a transaction of its own; how many were taken.

    Done twice, or by two workers at once, it is done once.
    """
    with service.database.reading() as db, unscoped(db):
        active = db.scalars(select(Campaign).where(Campaign.state == CampaignState.ACTIVE).order_by(Campaign.id))
        due = [(row.id, day) for row in active.all() for day in _due(db, row)]
    return sum(_taken(service, campaign_id, day) for campaign_id, day in due)


def _taken(service: Service, campaign_id: UUID, day: date) -> int:
    """Take one snapshot; a campaign that can't be evaluated does not keep the others from theirs."""
    try:
        return _take(service, campaign_id, day)
    except (LanguageError, ValueError) as error:
        log.error("no snapshot", campaign=str(campaign_id), day=day.isoformat(), error=str(error))
        return 0


SUNDAY = 6


def ends_between(first: date, last: date) -> list[date]:
    """The last days of weeks and of months from `first` to `last`, both included."""
    days = (first + timedelta(days=i) for i in range((last - first).days + 1))
    return [day for day in days if day.weekday() == SUNDAY or is_month_end(day)]


def is_month_end(day: date) -> bool:
    """True when a day is the last of its month."""
    return (day + timedelta(days=1)).day == 1


def _due(db: Session, campaign: Campaign) -> list[date]:
    """The ends of weeks and months since the campaign was stored that are over and have no snapshot."""
    rows = select(CampaignSnapshot.day).where(CampaignSnapshot.campaign_id == campaign.id)
    taken = set(db.scalars(rows))
    yesterday = calendar.day_of(now()) - timedelta(days=1)
    ends = ends_between(calendar.day_of(campaign.created_at), yesterday)
    return [day for day in ends if day not in taken]


def _take(service: Service, campaign_id: UUID, day: date) -> int:
    # Evaluated before the write lock is taken: that takes a second for thousands of plants.
    with service.database.reading() as db, unscoped(db):
        campaign = db.get_one(Campaign, campaign_id)
        found = data_of(service, db, campaign, campaign.jurisdiction).evaluator.on(day).as_json()
    document = json.dumps(found, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    with service.database.writing() as db, unscoped(db):
        campaign = db.get_one(Campaign, campaign_id, with_for_update=True)
        mine = (CampaignSnapshot.campaign_id == campaign_id, CampaignSnapshot.day == day)
        if db.scalar(select(CampaignSnapshot.id).where(*mine)) is not None:
            return 0
        made = CampaignSnapshot(
            campaign_id=campaign_id, day=day, document=document, digest=digest(document), made_at=now()
        )
        db.add(made)
        db.flush()
        details = {"day": day.isoformat(), "digest": made.digest}
        audit_log.append(db, "campaign.snapshot", None, subject=f"campaign:{campaign_id}", details=details)
    return 1


@dataclass(frozen=True)
class SnapshotLine:
    """The figures of a snapshot."""

    day: date
    digest: str
    base: int
    a: int
    b: int
    c: int
    d: int
    new: int
    backslid: int
    overdue: int


FIGURES = ("base", "a", "b", "c", "d", "new", "backslid", "overdue")


def line_of(row: CampaignSnapshot) -> SnapshotLine:
    """The figures of a stored snapshot."""
    stored = json.loads(row.document)
    of, base = stored["by_grade"], stored["base"]
    return SnapshotLine(
        day=row.day,
        digest=row.digest,
        base=base["core"] + base["other"],
        a=of["A"] + of["leading"],
        b=of["B"] + of["B-"],
        c=of["C"],
        d=of["D"] + of["non_leading"],
        new=sum(len(county["new"]) for county in stored["new"]),
        backslid=len(stored["moves"]["backslid"]),
        overdue=len({entry["permit"] for entry in stored["overdue"]}),
    )


Compared = tuple[SnapshotLine, dict[str, int]]


def compared(lines: Sequence[SnapshotLine]) -> list[Compared]:
    """Each snapshot with what each figure changed by since the one before; the latest first."""
    found: list[Compared] = []
    for i, line in enumerate(lines):
        before = lines[i - 1] if i else None
        change = {} if before is None else {name: getattr(line, name) - getattr(before, name) for name in FIGURES}
        found.append((line, change))
    return found[::-1]
