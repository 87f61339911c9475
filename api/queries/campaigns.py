"""Queries about campaigns for routes and pages, as far as the actor sees them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.queries.paging import newest_first
from api.store import Campaign, CampaignChange, CampaignPlant, CampaignSnapshot, CampaignState


def campaigns(
    db: Session, state: CampaignState | None, cursor: UUID | None, limit: int
) -> tuple[list[Campaign], UUID | None]:
    """The campaigns, the newest first, and the cursor of the next page."""
    rows = select(Campaign)
    if state is not None:
        rows = rows.where(Campaign.state == state)
    return newest_first(db, rows, Campaign.id, cursor, limit)


def roster(db: Session, campaign_id: UUID) -> list[CampaignPlant]:
    """A campaign's facts about its plants, by permit."""
    rows = select(CampaignPlant).where(CampaignPlant.campaign_id == campaign_id)
    return list(db.scalars(rows.order_by(CampaignPlant.permit)))


def entries(db: Session, campaign_id: UUID, permits: Sequence[str]) -> dict[str, CampaignPlant]:
    """A campaign's facts about some plants, by permit."""
    mine = (CampaignPlant.campaign_id == campaign_id, CampaignPlant.permit.in_(permits))
    return {row.permit: row for row in db.scalars(select(CampaignPlant).where(*mine))}


def permits(db: Session, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The permits of some of a campaign's plants, by id."""
    rows = select(CampaignPlant.id, CampaignPlant.permit).where(CampaignPlant.id.in_(ids))
    return {row.id: row.permit for row in db.execute(rows)}


def plant(db: Session, campaign_id: UUID, permit: str) -> CampaignPlant | None:
    """A campaign's facts about one plant."""
    mine = (CampaignPlant.campaign_id == campaign_id, CampaignPlant.permit == permit)
    return db.scalar(select(CampaignPlant).where(*mine))


def campaigns_of(db: Session, enterprise_id: UUID) -> Sequence[tuple[CampaignPlant, Campaign]]:
    """The campaigns on whose rosters an enterprise's plants are, the newest first."""
    rows = (
        select(CampaignPlant, Campaign)
        .join(Campaign, Campaign.id == CampaignPlant.campaign_id)
        .where(CampaignPlant.enterprise_id == enterprise_id, CampaignPlant.target.is_not(None))
        .order_by(Campaign.id.desc())
    )
    return [(plant_, campaign) for plant_, campaign in db.execute(rows)]


def changes(
    db: Session, campaign_id: UUID, *, plant_id: UUID | None = None, frozen_only: bool = False, most: int = 200
) -> Sequence[CampaignChange]:
    """Changes of a campaign's roster and plans, the newest first."""
    rows = select(CampaignChange).where(CampaignChange.campaign_id == campaign_id)
    if plant_id is not None:
        rows = rows.where(CampaignChange.plant_id == plant_id)
    if frozen_only:
        rows = rows.where(CampaignChange.after_freeze)
    return db.scalars(rows.order_by(CampaignChange.id.desc()).limit(most)).all()


def number_on_roster(db: Session, campaign_id: UUID) -> int:
    """The number of plants that have a target."""
    mine = (CampaignPlant.campaign_id == campaign_id, CampaignPlant.target.is_not(None))
    return db.scalars(select(func.count()).select_from(CampaignPlant).where(*mine)).one()


def snapshots(db: Session, campaign_id: UUID) -> list[CampaignSnapshot]:
    """The snapshots of month ends, the earliest first."""
    rows = select(CampaignSnapshot).where(CampaignSnapshot.campaign_id == campaign_id)
    return list(db.scalars(rows.order_by(CampaignSnapshot.day)))
