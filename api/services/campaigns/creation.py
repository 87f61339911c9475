"""Campaigns begun from a document and a roster file, and closed: whole, or with everything that is wrong at once."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from api import audit_log
from api.access import Rule, in_area, require, unscoped
from api.context import Context
from api.problems import ErrorAt, Problem, error_at, not_found
from api.services.campaigns.evaluation import data_of, vocabulary
from api.services.campaigns.published import Register, register_of
from api.services.campaigns.stored import stored_text
from api.services.workflow.states import given_reasons
from api.store import Campaign, CampaignChange, CampaignChangeKind, CampaignPlant, CampaignState
from grading import calendar
from grading.campaign.counts import Reached
from grading.campaign.model import Campaign as Document
from grading.campaign.model import PlannedMeasure, RosterEntry
from grading.campaign.plants import PlantFacts
from grading.campaign.problems import place_text
from grading.campaign.read import CampaignDocument, check_campaign
from grading.campaign.roster_lines import RosterLine, roster_lines
from grading.digest import digest
from grading.problems.campaign_codes import CampaignCode
from grading.problems.reason import Reason, reason_of
from grading.regions import is_place

DOCUMENT, ROSTER_FILE = "行动方案", "企业名单"


def create(context: Context, text: str, roster_file: str = "", *, below_reached: bool = False) -> Campaign:
    """Begin a campaign; `below_reached` puts every plant that has not reached the level on the roster, with that target.

    Raises Problem: 403; 409 `campaign_exists`; 422 `invalid_campaign` with every error of document and roster file, each with
    its line and place.
    """
    actor = require(context.db, Rule.RUN_CAMPAIGNS)
    words = vocabulary(context.service)
    read, document = check_campaign(text.encode(), DOCUMENT, words)
    lines, wrong = roster_lines(roster_file.encode(), words)
    errors = [error_at(_at(DOCUMENT, p.line, p.place), p.reason) for p in sorted(set(document.problems))]
    errors += [error_at(_at(ROSTER_FILE, number, place_text(at)), reason) for number, at, reason in wrong]
    jurisdiction = _stated(document, "jurisdiction")
    if is_place(jurisdiction) and not in_area(jurisdiction, actor.area or ""):
        elsewhere = reason_of(CampaignCode.AREA_NOT_YOURS, area=jurisdiction, own=str(actor.area))
        errors.append(error_at(_in_document(document, "jurisdiction"), elsewhere))
    elif is_place(jurisdiction):
        with unscoped(context.db) as db:
            register = register_of(db, jurisdiction)
            same = (Campaign.jurisdiction == jurisdiction, Campaign.code == _stated(document, "id"))
            if db.scalar(select(Campaign.id).where(*same)) is not None:
                exists = reason_of(CampaignCode.CAMPAIGN_EXISTS, id=_stated(document, "id"))
                errors.append(error_at(_in_document(document, "id"), exists))
        errors += _unknown(document, lines, register)
    if errors or read is None:
        raise _invalid(errors)
    made = Campaign(
        code=read.id,
        title=read.title,
        jurisdiction=read.jurisdiction,
        digest=digest(read),
        document=text,
        made_by=actor.id,
        created_at=context.at,
    )
    context.db.add(made)
    context.db.flush()
    entries = _entries(read, lines)
    if below_reached:
        _add_below(context, made, read, entries)
    stated = {entry.permit: entry for entry in read.roster}
    for permit, (target, facts, measures) in sorted(entries.items()):
        enterprise_id = register.plants[permit].enterprise_id
        _add(context, made, enterprise_id, permit, target, facts, measures, stated.get(permit))
    context.db.flush()
    details = {"code": made.code, "digest": made.digest, "plants": len(entries)}
    audit_log.append(context.db, "campaign.created", actor, subject=f"campaign:{made.id}", details=details)
    return made


def close(context: Context, campaign_id: UUID, reasons: str, version: int | None = None) -> Campaign:
    """Close a campaign: from then on it is read-only. Raises Problem (403, 404, 409, 412, 422)."""
    campaign = take(context, campaign_id, version)
    campaign.reasons = given_reasons(reasons, "结束行动的")
    campaign.state, campaign.closed_by, campaign.closed_at = CampaignState.CLOSED, context.actor.id, context.at
    campaign.version += 1
    context.db.flush()
    details = {"code": campaign.code, "version": campaign.version}
    audit_log.append(context.db, "campaign.closed", context.actor, subject=f"campaign:{campaign.id}", details=details)
    return campaign


def take(context: Context, campaign_id: UUID, version: int | None = None) -> Campaign:
    """An active campaign of the actor's area, locked; raises Problem (403, 404, 409 when it is closed, 412)."""
    actor = require(context.db, Rule.RUN_CAMPAIGNS)
    campaign = context.db.scalar(select(Campaign).where(Campaign.id == campaign_id).with_for_update())
    if campaign is None:
        raise not_found()
    if not in_area(campaign.jurisdiction, actor.area or ""):
        message = f"行动的范围 {campaign.jurisdiction} 不全在您的辖区（{actor.area}），由上级部门管理。"
        raise Problem("not_in_charge", message, status=403)
    if campaign.state is CampaignState.CLOSED:
        raise Problem("campaign_closed", "行动已结束，只能查看。")
    if version is not None and version != campaign.version:
        raise Problem("stale", "行动已被他人修改，请刷新后再操作。", status=412, more={"version": campaign.version})
    return campaign


Entry = tuple[str | None, PlantFacts, tuple[PlannedMeasure, ...]]


def _entries(read: Document, lines: Sequence[tuple[int, RosterLine]]) -> dict[str, Entry]:
    entries: dict[str, Entry] = {e.permit: (e.target, PlantFacts(), e.measures) for e in read.roster}
    for _, line in lines:
        target, _, measures = entries.get(line.permit, (None, None, ()))
        entries[line.permit] = (line.target or target, line.facts, line.measures or measures)
    return entries


def _unknown(document: CampaignDocument, lines: Sequence[tuple[int, RosterLine]], register: Register) -> list[ErrorAt]:
    """Permits that no plant has, and plants that document and file both put on the roster."""
    errors, stated = [], set()
    raw = document.source.data.get("roster")
    for i, entry in enumerate(raw if isinstance(raw, list) else ()):
        permit = entry.get("permit") if isinstance(entry, dict) else None
        if isinstance(permit, str) and permit:
            stated.add(permit)
            if permit not in register.plants:
                errors.append(error_at(_in_document(document, "roster", i, "permit"), unknown_permit(permit)))
    for number, line in lines:
        if line.permit not in register.plants:
            errors.append(error_at(_at(ROSTER_FILE, number, "permit"), unknown_permit(line.permit)))
        elif line.permit in stated and line.target is not None:
            stated_twice = reason_of(CampaignCode.TARGET_IN_DOCUMENT, permit=line.permit)
            errors.append(error_at(_at(ROSTER_FILE, number, "target"), stated_twice))
    return errors


def unknown_permit(permit: str) -> Reason:
    """The problem of a permit that no plant of the campaign's area has."""
    return reason_of(CampaignCode.PERMIT_UNKNOWN, permit=permit)


def _stated(document: CampaignDocument, key: str) -> str:
    """A text of the document's top level, empty where there is none."""
    data = document.source.data
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, str) else ""


def _in_document(document: CampaignDocument, *path: str | int) -> str:
    return _at(DOCUMENT, document.source.line(path), place_text(path))


def _add_below(context: Context, made: Campaign, read: Document, entries: dict[str, Entry]) -> None:
    """Put the plants that have not reached the level today on the roster."""
    data = data_of(context.service, context.db, made, made.jurisdiction)
    evaluator, today = data.evaluator, calendar.day_of(context.at)
    reached = Reached(evaluator.levels, evaluator.levels.threshold(read.reached))
    for permit, plant in evaluator.plants.items():
        target, facts, measures = entries.get(permit, (None, PlantFacts(), ()))
        if target is None and evaluator.counts_on(plant, today) and not reached.by(plant.on(today).grade):
            entries[permit] = (read.reached, facts, measures)


def _add(
    context: Context,
    campaign: Campaign,
    enterprise_id: UUID,
    permit: str,
    target: str | None,
    facts: PlantFacts,
    measures: tuple[PlannedMeasure, ...],
    stated: RosterEntry | None,
) -> None:
    plant = CampaignPlant(
        campaign_id=campaign.id,
        enterprise_id=enterprise_id,
        permit=permit,
        target=target,
        facts=stored_text(facts),
        measures=stored_text(measures),
        responsible=None if stated is None else stated.responsible,
        due=None if stated is None else stated.due,
        changed_at=context.at,
    )
    context.db.add(plant)
    context.db.flush()
    change = CampaignChange(
        campaign_id=campaign.id,
        plant_id=plant.id,
        enterprise_id=enterprise_id,
        kind=CampaignChangeKind.ADDED,
        after_freeze=False,
        reasons="建立行动时列入",
        by=context.actor.id,
        at=context.at,
    )
    context.db.add(change)


def _at(file: str, line: int, place: str) -> str:
    return " ".join(part for part in (file, f"第 {line} 行" if line else "", place) if part)


def _invalid(errors: Sequence[ErrorAt]) -> Problem:
    message = f"行动没有建立：有 {len(errors)} 处错误。"
    return Problem("invalid_campaign", message, status=422, errors=errors)
