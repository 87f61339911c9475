"""Plants on campaigns' rosters are known by their permits: one that is given another keeps its target and its plan."""

from uuid import UUID

from sqlalchemy import select

from api.access import unscoped
from api.context import Context
from api.store import Campaign, CampaignPlant, Enterprise, Site


def follow_permit(context: Context, enterprise_id: UUID, before: str | None, after: str | None) -> None:
    """Put the new permit on an enterprise's plants of all rosters, unless the enterprise or a site still has the old one."""
    if before is None or after is None or before == after:
        return
    with unscoped(context.db) as db:
        own = select(Enterprise.id).where(Enterprise.id == enterprise_id, Enterprise.permit == before)
        sites = select(Site.id).where(Site.enterprise_id == enterprise_id, Site.permit == before)
        if db.scalar(own) is not None or db.scalar(sites.limit(1)) is not None:
            return
        mine = (CampaignPlant.enterprise_id == enterprise_id, CampaignPlant.permit == before)
        for row in db.scalars(select(CampaignPlant).where(*mine).order_by(CampaignPlant.id)).all():
            put_permit(context, row, after)


def put_permit(context: Context, row: CampaignPlant, permit: str) -> bool:
    """Put another permit on a plant of a roster; False where the roster has a plant with it already."""
    if permit != row.permit:
        same = select(CampaignPlant.id).where(
            CampaignPlant.campaign_id == row.campaign_id, CampaignPlant.permit == permit
        )
        if context.db.scalar(same) is not None:
            return False
        row.permit = permit
    row.version += 1
    context.db.get_one(Campaign, row.campaign_id).version += 1
    context.db.flush()
    return True
