"""The emergency list of a campaign's plants: the units of the gradings in force, each with its ruleset."""

from collections import defaultdict
from datetime import date
from uuid import UUID

from sqlalchemy import select

from api.access import unscoped
from api.context import Context
from api.services.campaigns.evaluation import report_on
from api.store import Campaign, GradedUnit
from grading.ruleset_id import industry_of
from reports.campaign.context import STATE
from reports.campaign.emergency import EmergencyUnit, emergency_workbook

AT_ONCE = 500


def emergency_list(context: Context, campaign: Campaign, day: date) -> bytes:
    """The list as a workbook; raises Problem (422) for a day to come."""
    return emergency_workbook(campaign.title, day, emergency_units(context, campaign, day))


def emergency_units(context: Context, campaign: Campaign, day: date) -> list[EmergencyUnit]:
    """The units of the plants that the actor sees, by county and permit; raises Problem (422) for a day to come."""
    data, report = report_on(context, campaign, day)
    plants = [data.register.plants[line.permit] for line in report.plants]
    in_force = {plant.permit: plant.in_force(day) for plant in plants}
    graded = _graded(context, {period.grading_id for periods in in_force.values() for period in periods})
    units = []
    for line in report.plants:
        history = data.evaluator.plants[line.permit]
        counted = {unit.industry for unit in history.units}
        note = STATE.get(history.state(day), "")
        found = [
            EmergencyUnit(
                line.county,
                line.name,
                line.permit,
                unit.unit,
                context.service.grader.ruleset(context.db, unit.ruleset_digest),
                unit.grade,
                unit.attainable,
                period.published,
                note,
            )
            for period in in_force[line.permit]
            for unit in graded[period.grading_id]
            if industry_of(unit.ruleset_id) in counted
        ]
        units += found or [EmergencyUnit(line.county, line.name, line.permit, "—", None, None, None, None, note)]
    return sorted(units, key=lambda unit: (unit.county, unit.permit))


def _graded(context: Context, ids: set[UUID]) -> dict[UUID, list[GradedUnit]]:
    found: dict[UUID, list[GradedUnit]] = defaultdict(list)
    grading_ids = sorted(ids)
    # Of plants that the actor sees.
    with unscoped(context.db) as db:
        for start in range(0, len(grading_ids), AT_ONCE):
            rows = select(GradedUnit).where(GradedUnit.grading_id.in_(grading_ids[start : start + AT_ONCE]))
            for row in db.scalars(rows.order_by(GradedUnit.position)):
                found[row.grading_id].append(row)
    return found
