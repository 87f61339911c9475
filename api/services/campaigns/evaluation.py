"""A stored campaign evaluated from what is published in the service; remembered until anything that it rests on changes."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.access import Actor, unscoped
from api.context import Context
from api.problems import ErrorAt, Problem
from api.service import Service
from api.services.campaigns.plants import contract_plants
from api.services.campaigns.published import Register, register_of
from api.services.campaigns.stored import facts_of, measures_of
from api.store import Campaign, CampaignChange, CampaignPlant, LogEntry, Role
from grading import calendar
from grading.campaign.evaluate import Evaluator
from grading.campaign.model import Campaign as Document
from grading.campaign.model import RosterEntry
from grading.campaign.plants import Plant
from grading.campaign.read import check_campaign
from grading.campaign.vocabulary import Vocabulary, vocabulary_of
from grading.jurisdiction import in_area
from reports.campaign.context import CampaignReport, campaign_report

RESTS_ON = (
    "audit.confirmed",
    "audit.published",
    "audit.regraded_in_batch",
    "audit.regrading_taken_back",
    "audit.returned",
    "audit.superseded",
    "audit.withdrawn",
    "demo.created",
    "enterprise.changed",
    "enterprise.created",
    "enterprise.merged",
    "enterprise.state_recorded",
    "rows.changed",
    "site.changed",
    "site.created",
    "unit.changed",
    "unit.created",
    "unit.state_recorded",
)
"""Entries of the log that can change what is registered and published."""
Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class CampaignData:
    """A campaign with everything that it is evaluated from."""

    evaluator: Evaluator
    register: Register
    area: str
    """The jurisdiction, or the part of it that the asker sees."""
    gone: tuple[str, ...] = ()
    """Permits on the roster that no plant of the jurisdiction has any more; told to who sees all of it."""

    @property
    def campaign(self) -> Document:
        """The document, with the roster as it is now."""
        return self.evaluator.campaign


def campaign_data(context: Context, campaign: Campaign) -> CampaignData:
    """The campaign as far as the actor may see its plants."""
    return data_of(context.service, context.db, campaign, seen_area(context.actor, campaign.jurisdiction))


def report_on(context: Context, campaign: Campaign, day: date) -> tuple[CampaignData, CampaignReport]:
    """The campaign on a day with all that its page and its documents show; raises Problem (422) for a day to come."""
    if day > calendar.today() or day < calendar.EARLIEST:
        message = f"日期应为 {calendar.EARLIEST} 至今天（{calendar.today()}）。"
        raise Problem("invalid_day", message, status=422, errors=[ErrorAt("query.on", message)])
    data = campaign_data(context, campaign)
    key = (campaign.id, data.area, stamp(context.db, campaign), day)
    return data, context.service.campaign_reports.get(key, lambda: campaign_report(data.evaluator, day))


def data_of(service: Service, db: Session, campaign: Campaign, area: str) -> CampaignData:
    """The campaign for an area, made anew when anything that it rests on has changed."""
    key = (campaign.id, area, stamp(db, campaign))
    found: CampaignData = service.campaigns.get(key, lambda: _load(service, db, campaign, area))
    return found


def stamp(db: Session, campaign: Campaign) -> Stamp:
    """Goes up with everything that changes an evaluation: what is published, and the campaign's own roster and plans."""
    own = select(func.count()).select_from(CampaignChange).where(CampaignChange.campaign_id == campaign.id)
    with unscoped(db):
        return (_last_published(db), db.scalar(own) or 0, campaign.version)


def _last_published(db: Session) -> int:
    """The last entry of the log that can change what is registered and published."""
    # By action: each is one step in the index, and reading all entries of all actions is not.
    lasts = (select(func.max(LogEntry.seq)).where(LogEntry.action == action) for action in RESTS_ON)
    row = db.execute(select(*(last.scalar_subquery() for last in lasts))).one()
    return max(seq or 0 for seq in row)


def seen_area(actor: Actor, jurisdiction: str) -> str:
    """The part of a jurisdiction whose plants an actor sees: all of it, or the area of a bureau inside."""
    if actor.role is not Role.BUREAU or actor.area is None or in_area(jurisdiction, actor.area):
        return jurisdiction
    return actor.area


def vocabulary(service: Service) -> Vocabulary:
    """The names that campaigns may use."""
    found: Vocabulary = service.vocabularies.get("", lambda: vocabulary_of(service.grader.library))
    return found


def document_of(service: Service, campaign: Campaign) -> Document:
    """The stored document read again; raises ValueError when it can't be."""
    read, checked = check_campaign(campaign.document.encode(), campaign.code, vocabulary(service))
    if read is None:
        raise ValueError("; ".join(map(str, checked.problems)))
    return read


def is_frozen(document: Document, day: date) -> bool:
    """True when a campaign's roster is frozen on a day: from the day after the freeze date."""
    frozen = document.period.roster_frozen
    return frozen is not None and day > frozen


def _load(service: Service, db: Session, campaign: Campaign, area: str) -> CampaignData:
    words = vocabulary(service)
    document = document_of(service, campaign)
    with unscoped(db):
        published = (area, _last_published(db))
        register: Register = service.registers.get(published, lambda: register_of(db, area))
        p = CampaignPlant
        rows = db.execute(
            select(p.permit, p.target, p.facts, p.measures, p.responsible, p.due)
            .where(p.campaign_id == campaign.id)
            .order_by(p.permit)
        ).all()
    gone = tuple(row.permit for row in rows if row.target is not None and row.permit not in register.plants)
    rows = [row for row in rows if row.permit in register.plants]
    roster = tuple(
        RosterEntry.model_construct(
            permit=row.permit,
            target=row.target,
            measures=measures_of(row.measures),
            responsible=row.responsible,
            due=row.due,
        )
        for row in rows
        if row.target is not None
    )
    new = tuple(t for t in document.new if t.county is None or in_area(t.county, area))
    counted = words.industries.ids if document.industries == "all" else words.industries.named(document.industries)
    stated = tuple((row.permit, row.facts) for row in rows if row.facts != "{}")
    # Targets and plans change often, plants and what is stated of them seldom.
    plants: tuple[Plant, ...] = service.registers.get(
        (*published, counted, stated),
        lambda: contract_plants(
            register.plants, {permit: facts_of(text) for permit, text in stated}, counted, words.levels
        ),
    )
    return CampaignData(
        Evaluator(document.model_copy(update={"roster": roster, "new": new}), plants, words),
        register,
        area,
        gone if area == campaign.jurisdiction else (),
    )
