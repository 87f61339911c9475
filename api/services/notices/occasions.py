"""Occasions for notices on a day: campaigns' plans, audits on their way, ratings about to end."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from api.service import Service
from api.services.campaigns.evaluation import document_of
from api.services.campaigns.stored import measures_of
from api.services.forecasts import stored_forecasts
from api.services.notices.recipients import Recipients
from api.services.waivers import indicator_title
from api.store import (
    Audit,
    AuditKind,
    AuditState,
    Campaign,
    CampaignPlant,
    CampaignState,
    Enterprise,
    GradedUnit,
    NoticeKind,
    Unit,
    UnitWaiver,
)
from grading import calendar
from grading.campaign.model import Campaign as Document
from grading.forecast.words import changes
from grading.language.decision_text import level_label

K, S = NoticeKind, AuditState
IN_OPERATION = and_(Enterprise.active, Enterprise.idle_since.is_(None))
"""Nothing is asked of plants that are closed or long idle."""
DAYS_BEFORE_PLAN = 7
DAYS_BEFORE_END = 60
DAYS_BEFORE_WAIVER_ENDS = 30
DAYS_BEFORE_GRADE_ENDS = 30
DAYS_PUBLISHED = 14
"""Gradings that were published longer ago are no news: a service that is upgraded does not tell of them."""


@dataclass(frozen=True)
class Occasion:
    """One thing to tell some people; `subject` makes it the same or another."""

    kind: NoticeKind
    subject: str
    text: str
    link: str
    to: tuple[UUID, ...]
    due: date | None = None


def occasions(service: Service, db: Session, people: Recipients, today: date) -> list[Occasion]:
    """Everything that there is to tell on a day; the session must see all of it."""
    return [
        *_of_campaigns(service, db, people, today),
        *_of_audits(db, people, today),
        *_endings(service, db, people, today),
        *_waivers(service, db, people, today),
        *_grades(service, db, people, today),
    ]


def _grades(service: Service, db: Session, people: Recipients, today: date) -> Iterator[Occasion]:
    """Grades that will be others soon because evidence ends or a requirement changes; of waivers it is told apart."""
    rows = (
        select(Audit.id, Audit.published_grading_id, Audit.enterprise_id, Enterprise.name, Enterprise.county)
        .join(Enterprise, Enterprise.id == Audit.enterprise_id)
        .where(Audit.state == S.PUBLISHED, Audit.published_grading_id.is_not(None))
        .order_by(Audit.id)
    )
    published = db.execute(rows).all()
    soonest = today + timedelta(days=DAYS_BEFORE_GRADE_ENDS)
    forecasts = stored_forecasts(db, [row[1] for row in published if row[1] is not None], soonest)
    scales = service.grader.library.frame().scales.values()
    for audit_id, grading_id, enterprise_id, name, county in published:
        found = None if grading_id is None else forecasts.get(grading_id)
        for change in () if found is None else changes(found, lambda level: level_label(scales, level), today):
            if change.day <= soonest and any(end.kind != "waiver" for end in change.because):
                to = (*people.of_enterprise.get(enterprise_id, ()), *people.bureau(county))
                link = f"/enterprises/{enterprise_id}#calendar"
                yield Occasion(
                    K.RATING_ENDING, f"{audit_id}/{change.day}/grade", f"{name}：{change.text}。", link, to, change.day
                )


def _waivers(service: Service, db: Session, people: Recipients, today: date) -> Iterator[Occasion]:
    """Waivers that end soon: what was graded by them has to be graded again."""
    soon = today + timedelta(days=DAYS_BEFORE_WAIVER_ENDS)
    rows = (
        select(UnitWaiver, Enterprise.name, Enterprise.county, Unit)
        .join(Enterprise, Enterprise.id == UnitWaiver.enterprise_id)
        .join(Unit, Unit.id == UnitWaiver.unit_id)
        .where(UnitWaiver.ended_on.is_(None), UnitWaiver.until.between(today, soon), IN_OPERATION)
        .order_by(UnitWaiver.id)
    )
    for row, name, county, unit in db.execute(rows):
        to = (*people.of_enterprise.get(row.enterprise_id, ()), *people.bureau(county))
        title = indicator_title(service.grader.library, unit, row.indicator)
        text = f"{name} {unit.code}：“{title}”的豁免（{row.document_number}）于 {row.until} 到期，此后不再计入等级。"
        link = f"/enterprises/{row.enterprise_id}#waivers"
        yield Occasion(K.RATING_ENDING, f"{row.id}/{row.until}", text, link, to, row.until)


def _of_campaigns(service: Service, db: Session, people: Recipients, today: date) -> Iterator[Occasion]:
    for campaign in db.scalars(select(Campaign).where(Campaign.state == CampaignState.ACTIVE).order_by(Campaign.id)):
        try:
            document = document_of(service, campaign)
        except ValueError:
            # A document that the rulesets of today no longer allow is told of where it is asked for.
            continue
        rows = (
            select(CampaignPlant.id, CampaignPlant.enterprise_id, CampaignPlant.measures)
            .join(Enterprise, Enterprise.id == CampaignPlant.enterprise_id)
            .where(CampaignPlant.campaign_id == campaign.id, CampaignPlant.target.is_not(None), IN_OPERATION)
        )
        for plant_id, enterprise_id, measures in db.execute(rows.order_by(CampaignPlant.id)):
            if to := tuple(people.of_enterprise.get(enterprise_id, ())):
                yield from _of_plan(document, plant_id, measures, to, today)


def _of_plan(document: Document, plant_id: UUID, stored: str, to: tuple[UUID, ...], today: date) -> Iterator[Occasion]:
    link, due = f"/campaign-plants/{plant_id}", document.period.plans_due
    if stored == "[]":
        if due is not None and today > due:
            text = f"“{document.title}”：改造计划应于 {due} 前填报，已逾期。"
            yield Occasion(K.PLAN_DUE, f"{plant_id}/{due}/late", text, link, to, due)
        elif due is not None and today >= due - timedelta(days=DAYS_BEFORE_PLAN):
            text = f"“{document.title}”：请于 {due} 前填报改造计划。"
            yield Occasion(K.PLAN_DUE, f"{plant_id}/{due}", text, link, to, due)
        return
    late: dict[date, int] = defaultdict(int)
    for measure in measures_of(stored):
        if measure.finish < today and measure.done_percent < 100:
            late[measure.finish] += 1
    for day, number in sorted(late.items()):
        text = f"“{document.title}”：{number} 项改造措施应于 {day} 完成，已逾期。"
        yield Occasion(K.MEASURE_OVERDUE, f"{plant_id}/{day}", text, link, to, day)


def _of_audits(db: Session, people: Recipients, today: date) -> Iterator[Occasion]:
    since = calendar.start_of(today - timedelta(days=DAYS_PUBLISHED))
    moving = Audit.state.in_((S.SUBMITTED, S.RETURNED, S.CONFIRMED))
    news = (Audit.state == S.PUBLISHED) & (Audit.published_at >= since)
    rows = (
        select(Audit, Enterprise.name, Enterprise.county)
        .join(Enterprise, Enterprise.id == Audit.enterprise_id)
        .where(moving | news)
        .order_by(Audit.id)
    )
    for audit, name, county in db.execute(rows):
        link, subject = f"/audits/{audit.id}", f"{audit.id}/{audit.revision}"
        if audit.state is S.RETURNED:
            yield Occasion(
                K.AUDIT_RETURNED, subject, f"{name}：审核已退回，请修改后重新提交。", link, (audit.author_id,)
            )
        elif audit.kind is not AuditKind.EXPERT:
            continue
        elif audit.state is S.SUBMITTED:
            wrote = {audit.author_id, audit.submitted_by}
            to = tuple(user for user in people.assessors.get(audit.enterprise_id, ()) if user not in wrote)
            yield Occasion(K.AUDIT_TO_CONFIRM, subject, f"{name}：审核已提交，等待复核。", link, to)
        elif audit.state is S.CONFIRMED:
            yield Occasion(
                K.AUDIT_TO_PUBLISH, subject, f"{name}：审核已复核，等待公布。", link, tuple(people.bureau(county))
            )
        else:
            to = tuple(people.of_enterprise.get(audit.enterprise_id, ()))
            subject = str(audit.published_grading_id)
            yield Occasion(K.GRADING_PUBLISHED, subject, f"{name}：等级已公布。", link, to)


def _endings(service: Service, db: Session, people: Recipients, today: date) -> Iterator[Occasion]:
    """Ratings in force whose edition is soon superseded."""
    ends = dict(_ending(service, db, today))
    if not ends:
        return
    rows = (
        select(Audit.id, Audit.enterprise_id, Enterprise.name, Enterprise.county, GradedUnit.ruleset_id)
        .join(Enterprise, Enterprise.id == Audit.enterprise_id)
        .join(GradedUnit, GradedUnit.grading_id == Audit.published_grading_id)
        .where(Audit.state == S.PUBLISHED, GradedUnit.ruleset_id.in_(sorted(ends)), IN_OPERATION)
        .order_by(Audit.id)
    )
    for audit_id, enterprise_id, name, county, ruleset in db.execute(rows):
        end, title = ends[ruleset], service.grader.library.title(ruleset)
        to = (*people.of_enterprise.get(enterprise_id, ()), *people.bureau(county))
        text = f"{name}：评级所依据的“{title}”（{ruleset}）自 {end} 起被新版取代，应重新评级。"
        yield Occasion(K.RATING_ENDING, f"{audit_id}/{end}", text, f"/audits/{audit_id}", to, end)


def _ending(service: Service, db: Session, today: date) -> Iterable[tuple[str, date]]:
    published = select(Audit.published_grading_id).where(Audit.state == S.PUBLISHED)
    used = select(GradedUnit.ruleset_id).where(GradedUnit.grading_id.in_(published)).distinct()
    known = set(service.grader.library.ids())
    for ruleset in db.scalars(used.order_by(GradedUnit.ruleset_id)):
        end = service.grader.library.ruleset(ruleset).edition.superseded if ruleset in known else None
        if end is not None and today < end <= today + timedelta(days=DAYS_BEFORE_END):
            yield ruleset, end
