"""Outlines of a campaign's counties: given by the bureau as GeoJSON, the last that was given counts."""

from uuid import UUID

from sqlalchemy import select

from api import audit_log
from api.context import Context
from api.problems import Problem, error_at
from api.services.campaigns.creation import take
from api.store import Campaign, CampaignOutlines
from grading.campaign.outlines import Outline, read_outlines
from grading.campaign.problems import place_text
from grading.digest import digest


def give_outlines(context: Context, campaign_id: UUID, text: str) -> CampaignOutlines:
    """Take GeoJSON for a campaign's map; raises Problem (403, 404, 409, 422 with everything that is wrong)."""
    campaign = take(context, campaign_id)
    found, wrong = read_outlines(text.encode(), campaign.jurisdiction)
    if wrong:
        errors = [error_at(place_text(at), reason) for at, reason in wrong]
        raise Problem("invalid_outlines", f"轮廓没有保存：有 {len(errors)} 处错误。", status=422, errors=errors)
    made = CampaignOutlines(
        campaign_id=campaign.id, document=text, digest=digest(text), by=context.actor.id, at=context.at
    )
    context.db.add(made)
    context.db.flush()
    details = {"code": campaign.code, "digest": made.digest, "counties": len(found)}
    subject = f"campaign:{campaign.id}"
    audit_log.append(context.db, "campaign.outlines_given", context.actor, subject=subject, details=details)
    return made


def outlines_of(context: Context, campaign: Campaign) -> tuple[Outline, ...]:
    """The outlines that were last given; none when there are none."""
    c = CampaignOutlines
    last = context.db.scalar(select(c.id).where(c.campaign_id == campaign.id).order_by(c.id.desc()).limit(1))
    if last is None:
        return ()
    found: tuple[Outline, ...] = context.service.campaign_reports.get(
        ("outlines", last), lambda: _read(context, campaign, last)
    )
    return found


def _read(context: Context, campaign: Campaign, outlines_id: UUID) -> tuple[Outline, ...]:
    document = context.find(CampaignOutlines, outlines_id).document
    found, _ = read_outlines(document.encode(), campaign.jurisdiction)
    return found
