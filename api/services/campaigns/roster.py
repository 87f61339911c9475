"""Changes of a campaign's roster: who is on it with which target, what is known of a plant; after the freeze with a reason."""

import json
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from api import audit_log
from api.access import unscoped
from api.context import Context
from api.problems import Problem, error_at
from api.services.campaigns.creation import take, unknown_permit
from api.services.campaigns.evaluation import document_of, is_frozen
from api.services.campaigns.published import RegisteredPlant, register_of
from api.services.campaigns.stored import stored_text
from api.services.workflow.states import given_reasons
from api.store import Campaign, CampaignChange, CampaignChangeKind, CampaignPlant
from grading import calendar
from grading.campaign.problems import place_text
from grading.campaign.roster_lines import RosterLine, Wrong
from grading.problems.campaign_codes import CampaignCode
from grading.problems.reason import reason_of

K = CampaignChangeKind


def change_roster(
    context: Context,
    campaign_id: UUID,
    lines: Sequence[tuple[int, RosterLine]],
    wrong: Sequence[Wrong],
    reasons: str = "",
    *,
    remove: Sequence[str] = (),
    version: int | None = None,
    place: str = "第 {} 行 {}",
) -> list[CampaignChange]:
    """Put plants on the roster, change their target, facts or plan, and take plants (`remove`, permits) off it: all or nothing.

    A line replaces what was stated of its plant, but a line without measures leaves the plan as it is. Raises Problem: 403,
    404, 409, 412; 422 `invalid_roster` with every error, `reasons_missing` after the freeze.
    """
    campaign = take(context, campaign_id, version)
    document = document_of(context.service, campaign)
    frozen = is_frozen(document, calendar.day_of(context.at))
    errors = [error_at(place.format(number, place_text(at)).strip(), reason) for number, at, reason in wrong]
    with unscoped(context.db) as db:
        register = register_of(db, campaign.jurisdiction).plants
        found = select(CampaignPlant).where(CampaignPlant.campaign_id == campaign.id).with_for_update()
        known = {row.permit: row for row in db.scalars(found)}
    for number, line in lines:
        if line.permit not in register:
            errors.append(error_at(place.format(number, "permit"), unknown_permit(line.permit)))
    for i, permit in enumerate(remove):
        if permit not in known or known[permit].target is None:
            errors.append(error_at(f"remove[{i}]", reason_of(CampaignCode.PERMIT_NOT_ON_ROSTER, permit=permit)))
    if errors:
        message = f"名单没有改动：有 {len(errors)} 处错误。"
        raise Problem("invalid_roster", message, status=422, errors=errors)
    why = given_reasons(reasons, "名单冻结后改动的") if frozen else reasons.strip() or None
    made = [_put(context, campaign, register[line.permit], known.get(line.permit), line) for _, line in lines]
    made += [_take_off(context, campaign, known[permit]) for permit in dict.fromkeys(remove)]
    changes = [change for change in made if change is not None]
    for change in changes:
        change.after_freeze, change.reasons = frozen, why
        context.db.add(change)
    if changes:
        campaign.version += 1
        context.db.flush()
        entry = {"code": campaign.code, "changes": len(changes), "after_freeze": frozen, "reasons": why or ""}
        subject = f"campaign:{campaign.id}"
        audit_log.append(context.db, "campaign.roster_changed", context.actor, subject=subject, details=entry)
    return changes


def _put(
    context: Context, campaign: Campaign, plant: RegisteredPlant, row: CampaignPlant | None, line: RosterLine
) -> CampaignChange | None:
    facts, measures = stored_text(line.facts), stored_text(line.measures)
    if row is None:
        row = CampaignPlant(
            campaign_id=campaign.id,
            enterprise_id=plant.enterprise_id,
            permit=plant.permit,
            target=line.target,
            facts=facts,
            measures=measures,
            changed_at=context.at,
        )
        context.db.add(row)
        context.db.flush()
        return change_of(context, campaign, row, K.ADDED, {"target": [None, line.target]})
    before = {"target": row.target, "facts": row.facts, "measures": row.measures}
    row.target, row.facts = line.target, facts
    if line.measures:
        row.measures = measures
    after = {"target": row.target, "facts": row.facts, "measures": row.measures}
    changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if not changed:
        return None
    row.version += 1
    row.changed_at = context.at
    kind = K.ADDED if before["target"] is None and row.target is not None else K.CHANGED
    return change_of(context, campaign, row, kind, changed)


def _take_off(context: Context, campaign: Campaign, row: CampaignPlant) -> CampaignChange:
    """Nobody answers for a plant that is off the roster; its plan stays for the case that it comes back."""
    details: dict[str, list[str | None]] = {}
    for name in ("target", "responsible", "due", "expert"):
        before = getattr(row, name)
        if before is not None:
            details[name] = [str(before), None]
            setattr(row, name, None)
    row.version += 1
    row.changed_at = context.at
    return change_of(context, campaign, row, K.REMOVED, details)


def change_of(
    context: Context,
    campaign: Campaign,
    row: CampaignPlant,
    kind: CampaignChangeKind,
    details: dict[str, list[str | None]],
) -> CampaignChange:
    """The record of a change, as yet without the reasons."""
    return CampaignChange(
        campaign_id=campaign.id,
        plant_id=row.id,
        enterprise_id=row.enterprise_id,
        kind=kind,
        after_freeze=False,
        details=json.dumps(details, sort_keys=True, ensure_ascii=False),
        by=context.actor.id,
        at=context.at,
    )
