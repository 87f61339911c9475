"""Announcements as they are listed, shown and printed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from api.context import Context
from api.queries.paging import newest_first
from api.schemas.decisions import stored_decision
from api.services.announcements.steps import STATE_NAMES, refusal
from api.services.users import names_of
from api.store import (
    AnnouncedAudit,
    Announcement,
    AnnouncementObjection,
    AnnouncementState,
    Audit,
    AuditState,
    Enterprise,
    GradedUnit,
    Grading,
)
from grading import calendar
from grading.language.decision_text import decision_text
from grading.model.decision import Decision
from reports.announcement.report import AnnexLine, AnnouncementContext
from reports.context.words import jurisdiction_text, region_text

MOST_OPEN = 20
MOST_CANDIDATES = 300
"""More are announced by the interface, or once these are."""


@dataclass(frozen=True)
class Brief:
    """An announcement in the list."""

    row: Announcement
    state: str
    audits: int
    may_publish: bool = False
    """Its publicity period is over, and it is not published yet."""


@dataclass(frozen=True)
class Item:
    """An audit of an announcement, or one that could be on one."""

    audit: Audit
    enterprise: Enterprise
    decision: Decision | None
    rulesets: tuple[str, ...]
    left_out: str | None = None
    refused: str | None = None


@dataclass(frozen=True)
class Objection:
    """An objection with the plant that it is about and the name of who registered it."""

    row: AnnouncementObjection
    plant: str | None
    recorded_by: str | None


def announcements(context: Context, cursor: UUID | None, limit: int) -> tuple[list[Brief], UUID | None]:
    """A page of announcements, the newest first."""
    rows, after = newest_first(context.db, select(Announcement), Announcement.id, cursor, limit)
    return _briefs(context, rows), after


def open_announcements(context: Context) -> list[Brief]:
    """Announcements that are neither published nor cancelled, the oldest first."""
    rows = select(Announcement).where(Announcement.state.in_((AnnouncementState.DRAFT, AnnouncementState.PUBLICITY)))
    return _briefs(context, context.db.scalars(rows.order_by(Announcement.id).limit(MOST_OPEN)).all())


def _briefs(context: Context, rows: Sequence[Announcement]) -> list[Brief]:
    today = calendar.day_of(context.at)
    counted = (
        select(AnnouncedAudit.announcement_id, func.count())
        .where(AnnouncedAudit.announcement_id.in_([row.id for row in rows]), AnnouncedAudit.left_out.is_(None))
        .group_by(AnnouncedAudit.announcement_id)
    )
    counts = {row[0]: row[1] for row in context.db.execute(counted)}
    return [Brief(row, STATE_NAMES[row.state], counts.get(row.id, 0), _is_over(row, today)) for row in rows]


def _is_over(row: Announcement, today: date) -> bool:
    until = row.publicity_until
    return row.state is AnnouncementState.PUBLICITY and until is not None and until < today


def announced_audits(context: Context, announcement_id: UUID) -> list[AnnouncedAudit]:
    """The audits of an announcement as they are stored, those left out and refused too."""
    rows = select(AnnouncedAudit).where(AnnouncedAudit.announcement_id == announcement_id)
    return list(context.db.scalars(rows.order_by(AnnouncedAudit.audit_id)))


def items(context: Context, announcement_id: UUID) -> list[Item]:
    """The audits of an announcement, those left out and refused too, by county and name."""
    rows = (
        select(AnnouncedAudit, Audit, Enterprise, Grading)
        .join(Audit, Audit.id == AnnouncedAudit.audit_id)
        .join(Enterprise, Enterprise.id == Audit.enterprise_id)
        .join(Grading, Grading.id == AnnouncedAudit.grading_id)
        .where(AnnouncedAudit.announcement_id == announcement_id)
        .order_by(Enterprise.county, Enterprise.name, Audit.id)
    )
    found = context.db.execute(rows).all()
    rulesets = _rulesets(context, [grading.id for *_, grading in found])
    return [
        Item(audit, enterprise, _decision(grading), rulesets.get(grading.id, ()), item.left_out, item.refused)
        for item, audit, enterprise, grading in found
    ]


def candidates(context: Context) -> list[Item]:
    """The first confirmed audits in scope, with the reason of each that can't be announced."""
    rows = (
        select(Audit, Enterprise)
        .join(Enterprise, Enterprise.id == Audit.enterprise_id)
        .where(Audit.state == AuditState.CONFIRMED)
        .order_by(Enterprise.county, Enterprise.name, Audit.id)
        .limit(MOST_CANDIDATES)
    )
    judged = [(audit, enterprise, *refusal(context, audit)) for audit, enterprise in context.db.execute(rows)]
    rulesets = _rulesets(context, [grading.id for _, _, grading, _ in judged if grading is not None])
    return [
        Item(
            audit,
            enterprise,
            None if grading is None else _decision(grading),
            () if grading is None else rulesets.get(grading.id, ()),
            refused=why,
        )
        for audit, enterprise, grading, why in judged
    ]


def objections(context: Context, announcement_id: UUID) -> list[Objection]:
    """The objections to an announcement, in the order they were received."""
    o = AnnouncementObjection
    rows = (
        select(o, Enterprise.name)
        .outerjoin(Audit, Audit.id == o.audit_id)
        .outerjoin(Enterprise, Enterprise.id == Audit.enterprise_id)
        .where(o.announcement_id == announcement_id)
        .order_by(o.received_on, o.id)
    )
    found = context.db.execute(rows).all()
    names = names_of(context.db, [row.recorded_by for row, _ in found])
    return [Objection(row, plant, names.get(row.recorded_by)) for row, plant in found]


def printed(
    context: Context, row: Announcement, listed: Sequence[Item], labels: Mapping[str, str], titles: Mapping[str, str]
) -> AnnouncementContext:
    """An announcement as it is printed, with all that is announced: a preview until it is published."""
    shown = [item for item in listed if item.left_out is None and item.refused is None]

    def grade(item: Item) -> str:
        if item.decision is None:
            return ""
        return decision_text(item.decision, lambda level: labels.get(level, level), with_causes=False)

    counts = Counter(grade(item) for item in shown)
    order = {label: place for place, label in enumerate(labels.values())}
    return AnnouncementContext(
        title=row.title,
        issuer=f"{jurisdiction_text(row.area)}生态环境主管部门",
        number=row.number,
        day=row.announced_on or calendar.day_of(context.at),
        publicity=(row.publicity_from, row.publicity_until)
        if row.publicity_from is not None and row.publicity_until is not None
        else None,
        lines=tuple(
            AnnexLine(
                name=item.enterprise.name,
                uscc=item.enterprise.uscc,
                county=region_text(item.enterprise.county),
                industry="；".join(titles.get(known, known) for known in item.rulesets),
                grade=grade(item),
                assessed_on=item.audit.assessed_on.isoformat() if item.audit.assessed_on else "",
            )
            for item in shown
        ),
        counts=tuple(sorted(counts.items(), key=lambda one: (order.get(one[0], len(order)), one[0]))),
        is_draft=row.state is not AnnouncementState.PUBLISHED,
    )


def _decision(grading: Grading) -> Decision:
    return stored_decision(grading.grade, grading.attainable, grading.mode, grading.missing, grading.open_figures)


def _rulesets(context: Context, grading_ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The rulesets of gradings, each once."""
    found: dict[UUID, dict[str, None]] = {}
    units = select(GradedUnit.grading_id, GradedUnit.ruleset_id).order_by(GradedUnit.position)
    for start in range(0, len(grading_ids), 500):
        portion = grading_ids[start : start + 500]
        for grading_id, ruleset_id in context.db.execute(units.where(GradedUnit.grading_id.in_(portion))):
            found.setdefault(grading_id, {})[ruleset_id] = None
    return {grading_id: tuple(known) for grading_id, known in found.items()}
