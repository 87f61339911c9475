"""A year of the city's audits, day by day: written, confirmed, published by those whose work it is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from api import audit_log
from api.services import workflow
from api.services.campaigns.snapshots import take_due
from api.services.demo_city.plants import CityPlant
from api.services.demo_city.play import Play
from api.services.demo_city.templates import UNIT, Template
from api.services.enterprises import change_enterprise
from api.store import Assignment, AuditState, Enterprise, Site, Unit
from grading import calendar

WORD = "演示数据：审核内容为虚构。"
FIRST, GROUPS, APART = 385, 3, 7
"""The first audits are so many days ago, in so many groups, so many days apart."""
UPGRADED, TURNS, EVERY = 265, 9, 28
"""Second audits follow from so many days ago on, in turns."""
FELL_BACK, OPEN = 20, 5
CLOSED = 120
"""So many days ago some plants were shut."""


@dataclass(frozen=True)
class Step:
    """An audit of a plant on a day, and how far it comes."""

    plant: CityPlant
    template: str
    day: date
    left_at: AuditState


def register(play: Play, plants: Sequence[CityPlant], found: dict[str, Template], team_id: UUID) -> dict[int, UUID]:
    """Register the plants and assign them to the team; their ids by number."""
    ids: dict[int, UUID] = {}
    with play.service.database.writing() as db:
        for plant in plants:
            made = Enterprise(name=plant.name, uscc=plant.uscc, county=plant.county, permit=plant.permit)
            db.add(made)
            ids[plant.number] = made.id
        db.flush()
        for plant in plants:
            enterprise_id = ids[plant.number]
            site = Site(enterprise_id=enterprise_id, name="主厂区", county=plant.county, permit=plant.permit)
            db.add_all([site, Assignment(team_id=team_id, enterprise_id=enterprise_id, since=date(2020, 1, 1))])
            db.flush()
            ruleset = found[plant.first].ruleset if plant.first else "national-2020/industrial_coating"
            db.add(Unit(enterprise_id=enterprise_id, site_id=site.id, code=UNIT, ruleset_id=ruleset))
        db.flush()
        audit_log.append(db, "demo.city", None, details={"plants": len(plants)})
    return ids


def steps(plants: Sequence[CityPlant], today: date) -> dict[date, list[Step]]:
    """All audits of the year by day."""
    found: dict[date, list[Step]] = defaultdict(list)
    for plant in plants:
        if not plant.first:
            continue
        first = today - timedelta(days=FIRST - plant.number % GROUPS * APART)
        found[first].append(Step(plant, plant.first, first, AuditState.PUBLISHED))
        if plant.later:
            turn = plant.number // 3 % TURNS
            ago = OPEN if turn == TURNS - 1 else UPGRADED - turn * EVERY
            left_at = AuditState.PUBLISHED
            if ago == OPEN:
                left_at = AuditState.SUBMITTED if plant.number % 2 else AuditState.CONFIRMED
            day = today - timedelta(days=ago)
            found[day].append(Step(plant, plant.later, day, left_at))
            if plant.last and ago != OPEN:
                day = today - timedelta(days=FELL_BACK)
                found[day].append(Step(plant, plant.last, day, AuditState.PUBLISHED))
    return found


def happen(play: Play, day: date, done: Sequence[Step], ids: dict[int, UUID], found: dict[str, Template]) -> None:
    """Let the audits of a day happen: one expert writes them, another confirms them, the bureau publishes them."""
    made: list[tuple[Step, UUID]] = []
    with play.on(day, "demo-expert") as context:
        for step in done:
            content = found[step.template].content(step.plant.head, day - timedelta(days=2))
            audit = workflow.create_audit(context, ids[step.plant.number], content)
            workflow.submit(context, audit.id, reasons=WORD)
            made.append((step, audit.id))
    with play.on(day, "demo-expert2", minutes=90) as context:
        for step, audit_id in made:
            if step.left_at is not AuditState.SUBMITTED:
                workflow.confirm(context, audit_id, reasons=WORD)
    with play.on(day, "demo-bureau", minutes=240) as context:
        for step, audit_id in made:
            if step.left_at is AuditState.PUBLISHED:
                workflow.publish(context, audit_id, reasons=WORD)


def shut(play: Play, plants: Iterable[CityPlant], ids: dict[int, UUID], today: date) -> None:
    """Shut some plants down."""
    with play.on(today - timedelta(days=CLOSED), "demo-bureau") as context:
        for plant in plants:
            enterprise = context.find(Enterprise, ids[plant.number])
            change_enterprise(context, enterprise.id, enterprise.version, {"active": False})


def fix_months(play: Play, since: date, until: date) -> None:
    """Let the worker fix the weeks and months from one day to another, when each month was over."""
    day = since
    while day <= until:
        if day.day == 1:
            with calendar.clock_at(calendar.start_of(day)):
                take_due(play.service)
        day += timedelta(days=1)
