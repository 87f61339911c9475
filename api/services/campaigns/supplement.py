"""Parts of a campaign's documents beside the evaluation: outlook, shared gaps, visits, steps, decisive indicators."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import select

from api.access import unscoped
from api.context import Context
from api.services.campaigns.evaluation import CampaignData
from api.services.campaigns.outlook import outlook_on
from api.services.campaigns.steps import GAP_NAMES, PLANT_NAMES, plant_state
from api.services.users import names_of
from api.store import Campaign, CampaignPlant, CampaignStep, CampaignVisit, GradedUnit, Grading
from grading import calendar
from grading.campaign.changes import Span, grade_changes
from grading.campaign.counts import Reached
from grading.campaign.history import History
from grading.campaign.shared_gaps import shared_gaps
from grading.model.base import Status
from reports.campaign.supplement import StepTaken, Supplement, Visit

MOST_EXPLAINED = 400
"""Of so many plants whose grade is another a document says what it turned on."""
MOST_TITLES = 4


Titles = dict[tuple[str, str], str]
"""Titles by unit and id."""


class Decisive(NamedTuple):
    """What the grade of a grading rests on: indicators that keep its units from the level above, gates that are met."""

    boards: Titles
    gates: Titles


def supplement(context: Context, campaign: Campaign, data: CampaignData, day: date, span: Span) -> Supplement:
    """Everything of it, as far as the actor sees the plants."""
    found = outlook_on(context, campaign, day)
    plants = context.db.scalars(select(CampaignPlant).where(CampaignPlant.campaign_id == campaign.id)).all()
    permits = {row.id: row.permit for row in plants if row.permit in data.evaluator.plants}
    steps = [row for row in _steps(context, campaign) if row.plant_id in permits]
    visits = context.db.scalars(
        select(CampaignVisit).where(CampaignVisit.campaign_id == campaign.id).order_by(CampaignVisit.id)
    ).all()
    people = names_of(context.db, [visit.by for visit in visits])
    return Supplement(
        outlook=found.outlook,
        waiting=found.waiting,
        shared=shared_gaps(found.outlook.candidates),
        visits=tuple(
            Visit(v.day, permits[v.plant_id], people.get(v.by, "—"), v.findings, v.advice, v.next_day)
            for v in visits
            if v.plant_id in permits
        ),
        steps=tuple(
            StepTaken(
                calendar.day_of(row.at),
                permits[row.plant_id],
                row.gap,
                (GAP_NAMES if row.gap else PLANT_NAMES)[row.state],
                row.note or "",
            )
            for row in steps
        ),
        states=_states(data, plants, steps, day),
        deciding=_deciding(context, data, span),
        address=context.service.settings.public_url,
    )


def _steps(context: Context, campaign: Campaign) -> Sequence[CampaignStep]:
    rows = select(CampaignStep).where(CampaignStep.campaign_id == campaign.id)
    return context.db.scalars(rows.order_by(CampaignStep.id)).all()


def _states(
    data: CampaignData, plants: Iterable[CampaignPlant], steps: Iterable[CampaignStep], day: date
) -> Mapping[str, str]:
    """The state of each plant of the roster on a day, by its grade in force and what was said of it."""
    evaluator = data.evaluator
    of_plant: dict[UUID, list[CampaignStep]] = defaultdict(list)
    for step in steps:
        if step.gap is None and calendar.day_of(step.at) <= day:
            of_plant[step.plant_id].append(step)
    found = {}
    for row in plants:
        entry, history = evaluator.roster.get(row.permit), evaluator.plants.get(row.permit)
        if entry is None or history is None:
            continue
        levels, now = evaluator.levels, history.on(day)
        reached = Reached(levels, levels.threshold(entry.target)).by(now.grade)
        published = None if now.grade is None else calendar.start_of(now.since)
        state = plant_state(of_plant[row.id], planned=bool(entry.measures), reached=reached, published=published)
        found[row.permit] = PLANT_NAMES[state]
    return found


def _deciding(context: Context, data: CampaignData, span: Span) -> Mapping[str, str]:
    """By permit the indicators and gates that a change of grade turned on."""
    evaluator = data.evaluator
    changes = [change for change in grade_changes(evaluator, span) if change.is_up is not None][:MOST_EXPLAINED]
    pairs = {
        change.permit: (
            _grading(evaluator.plants[change.permit], span.before, data),
            _grading(evaluator.plants[change.permit], span.last, data),
            change.is_up,
        )
        for change in changes
    }
    decisive = _decisive(context, {id_ for before, after, _ in pairs.values() for id_ in (before, after) if id_})
    found = {}
    for permit, (before, after, is_up) in pairs.items():
        was, is_ = decisive.get(before or "", Decisive({}, {})), decisive.get(after or "", Decisive({}, {}))
        if text := turned_on(was, is_, is_up=bool(is_up)):
            found[permit] = text
    return found


def turned_on(before: Decisive, after: Decisive, *, is_up: bool) -> str:
    """What made a grade better or worse: indicators made good or falling short, gates that are gone or have come."""
    was, is_ = before.boards, after.boards
    boards = [title for key, title in was.items() if key not in is_] if is_up else list(is_.values())
    first, second = (before.gates, after.gates) if is_up else (after.gates, before.gates)
    gates = [title for key, title in first.items() if key not in second]
    parts = (("已补齐" if is_up else "短板", boards), ("不再适用否决项" if is_up else "否决项", gates))
    return "；".join(f"{name}：{_listed(titles)}" for name, titles in parts if titles)


def _listed(titles: Sequence[str]) -> str:
    more = f" 等 {len(titles)} 项" if len(titles) > MOST_TITLES else ""
    return "、".join(dict.fromkeys(titles[:MOST_TITLES])) + more


def _grading(plant: History, day: date, data: CampaignData) -> str | None:
    grading = plant.deciding(day, data.evaluator.levels)
    return None if grading is None else grading.id


def _decisive(context: Context, ids: Iterable[str]) -> Mapping[str, Decisive]:
    """By grading the indicators that keep its units from the level above, and the gates that are met."""
    found: dict[str, Decisive] = {}
    grading_ids = sorted(UUID(id_) for id_ in ids)
    service = context.service
    # Of plants that the actor sees; what was in force of them before is told as well.
    with unscoped(context.db) as db:
        for start in range(0, len(grading_ids), 50):
            part = grading_ids[start : start + 50]
            digests = {
                (row.grading_id, row.unit): row.ruleset_digest
                for row in db.execute(
                    select(GradedUnit.grading_id, GradedUnit.unit, GradedUnit.ruleset_digest).where(
                        GradedUnit.grading_id.in_(part)
                    )
                )
            }
            for grading_id, document in db.execute(select(Grading.id, Grading.document).where(Grading.id.in_(part))):
                boards, gates = found.setdefault(str(grading_id), Decisive({}, {}))
                for unit in orjson.loads(document)["units"]:
                    ruleset = service.grader.ruleset(db, digests[grading_id, unit["id"]])
                    titles = {indicator.id: indicator.title for indicator in ruleset.indicators}
                    for indicator in unit.get("short_boards", ()):
                        boards[unit["id"], indicator] = titles.get(indicator, indicator)
                    named = {gate.id: gate.title or gate.text for gate in ruleset.gates}
                    for gate in unit.get("gates", ()):
                        if gate["status"] == Status.MET:
                            gates[unit["id"], gate["id"]] = named.get(gate["id"], gate["id"])
    return found
