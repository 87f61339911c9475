"""Two campaigns of the city: begun from documents, with plans from the gaps of the first audits, steps, visits, changes."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from api.context import Context
from api.identity import passwords
from api.service import Service
from api.services.campaigns import creation, plan, roster
from api.services.campaigns import progress as progresses
from api.services.campaigns.batch_edit import Edit, edit_plants, experts
from api.services.campaigns.evaluation import vocabulary
from api.services.campaigns.outlines import give_outlines
from api.services.campaigns.stored import measures_of
from api.services.demo_city.plants import COUNTIES, CityPlant
from api.services.demo_city.play import Play
from api.services.demo_city.templates import Template, templates
from api.services.users import create_user
from api.store import CampaignPlant, CampaignStepState, Role
from grading import calendar
from grading.campaign.model import PlannedMeasure
from grading.campaign.roster_lines import roster_lines
from grading.gaps import TargetError, unit_gaps
from grading.model.gap import GapLine

OUTLINES = Path(__file__).with_name("outlines.json")
BEGAN, FROZEN, PLANS_DUE, DEADLINE = 300, 270, 250, -75
"""The city's campaign, in days before today."""
DISTRICT = "610402"
DISTRICT_BEGAN, DISTRICT_ENDED = 345, 15
SIDE = 11
HELPED, STEPPED, ACCOUNTS = 16, 8, 5
S = CampaignStepState
WAY = (S.RECTIFYING, S.SELF_CHECKED, S.APPLIED, S.CITY, S.PUBLICITY)
PEOPLE = ("张工", "李工", "王工", "赵工", "刘工")
FINDINGS = (
    ("喷漆房送排风不平衡，局部无组织逸散。", "调整风量并补测罩口风速，报告存档。"),
    ("门禁视频保存不足 12 个月，台账缺国六车辆信息。", "扩容存储，补录台账，一个月后复核。"),
    ("活性炭更换记录不全，未附碘值检测报告。", "补齐检测报告，按设计周期更换。"),
    ("料棚卷帘门常开，卸料口雾森未开。", "落实专人管理，接入联动控制。"),
    ("现场与申报一致，未发现新问题。", "按计划推进，具备条件即申报复核。"),
)


class Plans:
    """The plans after the first audits up to each plant's target, worked out once for each kind of audit."""

    def __init__(self, service: Service, plants: Sequence[CityPlant], today: date) -> None:
        self.service, self.plants, self.today = service, plants, today
        self._lines: dict[tuple[str, str], tuple[GapLine, ...]] = {}

    def target(self, plant: CityPlant) -> str | None:
        """A plant's target: nothing more where it has B, A or 引领性 already."""
        level = plant.level
        if level in ("a", "b", "leading", "ungraded"):
            return None
        return "leading" if plant.industry == "concrete" else "B"

    def lines(self, key: str, target: str) -> tuple[GapLine, ...]:
        """The gaps of a kind of audit that are on the cheapest way to a level."""
        if (key, target) not in self._lines:
            self._lines[key, target] = self._gaps(templates()[key], target)
        return self._lines[key, target]

    def _gaps(self, template: Template, target: str) -> tuple[GapLine, ...]:
        grader = self.service.grader
        audit = grader.read(template.content({"name": template.key, "county": DISTRICT}, calendar.today()))
        try:
            lines = unit_gaps(grader.engine, audit, grader.grade(audit), 0, target).lines
        except TargetError:
            return ()
        return tuple(line for line in lines if line.on_cheapest_way)[:8]

    def measures(self, plant: CityPlant, target: str) -> list[dict[str, Any]]:
        """The plan that a plant begins with, nothing of it done."""
        if plant.number % SIDE == 5 or not plant.first:
            return []
        found = []
        for i, line in enumerate(self.lines(plant.first, target)):
            remedy = line.remedy
            ago = plant.number * 3 % 90 + 10 if plant.number % 7 == i % 7 else -30 - 5 * i
            cost = remedy.cost_wan_cny[1] if remedy is not None and remedy.cost_wan_cny is not None else Decimal(2)
            found.append(
                {
                    "gap": line.id,
                    "text": (remedy.text if remedy is not None else f"{line.title}：{line.required}")[:200],
                    "start": (self.today - timedelta(days=PLANS_DUE)).isoformat(),
                    "finish": (self.today - timedelta(days=ago)).isoformat(),
                    "done_percent": 0,
                    "cost_wan": float(cost),
                    "responsible": PEOPLE[(plant.number + i) % len(PEOPLE)],
                }
            )
        return found


def begin(play: Play, plants: Sequence[CityPlant], plans: Plans, today: date) -> tuple[UUID, UUID]:
    """Begin both campaigns, each on its day; what is known of plants comes with the rosters."""
    entries = {plant: plans.target(plant) for plant in plants}
    of_district = [p for p in plants if p.county == DISTRICT and p.industry == "industrial-coating"]
    with play.on(today - timedelta(days=BEGAN), "demo-bureau") as context:
        lines = [_line(plant, target, plans) for plant, target in entries.items()]
        main = creation.create(context, _document(today), "\n".join(lines)).id
        give_outlines(context, main, OUTLINES.read_text(encoding="utf-8"))
        lines = [_line(plant, "A" if plant.level in ("b", "c") else None, plans) for plant in of_district]
        district = creation.create(context, _district_document(today), "\n".join(lines)).id
    return main, district


def progress(play: Play, campaigns: tuple[UUID, UUID], plans: Plans, today: date) -> None:
    """Progress of the plans: measures done, steps taken, plants visited, the roster changed after its freeze."""
    main, _ = campaigns
    with play.service.database.reading() as db:
        rows = select(CampaignPlant.permit, CampaignPlant.id).where(CampaignPlant.campaign_id == main)
        ids = {row.permit: row.id for row in db.execute(rows)}
    planned = [p for p in plans.plants if plans.target(p) is not None and p.number % SIDE != 5 and p.first]
    with play.on(today - timedelta(days=18), "demo-bureau") as context:
        for plant in planned:
            _work(context, plant, ids[plant.permit])
    with play.on(today - timedelta(days=16), "demo-bureau") as context:
        _change_roster(context, main, planned)
        people = experts(context)
        for i, plant_of in enumerate(PEOPLE):
            some = [p.permit for p in planned[:-2] if not p.later and p.number % len(PEOPLE) == i]
            edit = Edit(
                responsible=f"{plant_of[0]}局长", due=today + timedelta(days=30 + 5 * i), expert=people[i % 2][0]
            )
            if some:
                edit_plants(context, main, some, edit, "按包抓分工落实到人。")
    under_way = [p for p in planned[:-2] if not p.later]
    _visits(play, under_way[:HELPED], ids, today)
    _gap_steps(play, under_way[:STEPPED], plans, ids, today)
    _steps(play, under_way[STEPPED : STEPPED + ACCOUNTS], ids, today)


def add_shown(play: Play, main: UUID, permit: str, today: date) -> None:
    """Put the plant of the demo's enterprise on the roster, with a plan that it has begun to work on."""
    line = json.dumps({"permit": permit, "target": "B", "distance_km": 6, "in_urban_area": False} | _point("610404"))
    words = vocabulary(play.service)
    lines, wrong = roster_lines(line.encode(), words)
    play("demo-bureau", roster.change_roster, main, lines, wrong, "企业申请列入，经局务会同意。")
    with play.service.database.reading() as db:
        row = select(CampaignPlant.id).where(CampaignPlant.campaign_id == main, CampaignPlant.permit == permit)
        plant_id = db.scalars(row).one()
    play("demo-enterprise", plan.take_over_gaps, plant_id)
    found, advice = FINDINGS[0]
    play("demo-expert", progresses.record_visit, plant_id, today - timedelta(days=1), found, advice)
    play("demo-enterprise", progresses.take_step, plant_id, S.RECTIFYING)


def _line(plant: CityPlant, target: str | None, plans: Plans) -> str:
    emissions = {"so2": 0.2, "nox": 1 + plant.number % 9, "pm": 0.5, "voc": 2 + plant.number % 30}
    step: dict[str, Any] = {
        "permit": plant.permit,
        "in_urban_area": plant.in_urban_area,
        "distance_km": plant.distance_km,
        "opened": f"{2002 + plant.number % 20}-05-01",
        "head": plant.number % 25 == 0,
        "emissions_t_a": emissions,
        "point": {"lon": plant.point[0], "lat": plant.point[1]},
    }
    if target is not None:
        step |= {"target": target, "measures": plans.measures(plant, target) if target != "A" else []}
    return json.dumps(step, ensure_ascii=False)


def _point(county: str) -> dict[str, Any]:
    _, _, (east, north), _ = COUNTIES[county]
    return {"point": {"lon": east, "lat": north}}


def _document(today: date) -> str:
    new = [{"county": code, "at_least": 1 + share // 4} for code, (_, share, *_) in COUNTIES.items()]
    return json.dumps(
        {
            "id": "demo-city",
            "title": "咸阳市创A、增B、减C、清D行动（演示）",
            "jurisdiction": "610400",
            "industries": "all",
            "period": _period(today, BEGAN, FROZEN, PLANS_DUE, DEADLINE),
            "reached": "B",
            "zones": {"core": {"within_km": 25}, "other": {}},
            "shares": [{"zone": "core", "at_least_percent": 30}, {"zone": "other", "at_least_percent": 20}],
            "new": new,
        },
        ensure_ascii=False,
        indent=1,
    )


def _district_document(today: date) -> str:
    began = DISTRICT_BEGAN - 20
    return json.dumps(
        {
            "id": "demo-district-coating",
            "title": "秦都区涂装行业创A行动（演示）",
            "jurisdiction": DISTRICT,
            "industries": ["industrial_coating"],
            "period": _period(today, began, began - 15, began - 30, DISTRICT_ENDED),
            "reached": "A",
            "new": [{"county": DISTRICT, "at_least": 4}],
        },
        ensure_ascii=False,
        indent=1,
    )


def _period(today: date, *ago: int) -> dict[str, str]:
    names = ("start", "roster_frozen", "plans_due", "deadline")
    days = ((today - timedelta(days=days)).isoformat() for days in ago)
    return dict(zip(names, days, strict=True))


def _work(context: Context, plant: CityPlant, plant_id: UUID) -> None:
    """Report how far the measures of a plant are: all of them done where a later audit found so, some, or none yet."""
    if plant.number % 4 == 1 and not plant.later:
        return
    row = context.find(CampaignPlant, plant_id)
    measures = measures_of(row.measures)
    done = [100] * len(measures) if plant.later else [(plant.number * 37 + i * 45) % 140 for i in range(len(measures))]
    now = [m.model_copy(update={"done_percent": Decimal(min(d, 100))}) for m, d in zip(measures, done, strict=True)]
    if now and plant.number % 5 == 0 and not plant.later:
        now[0] = _hindered(now[0])
    plan.save_plan(context, plant_id, now)


def _hindered(measure: PlannedMeasure) -> PlannedMeasure:
    return measure.model_copy(update={"done_percent": Decimal(20), "obstacle": "设备到货推迟，资金尚未落实"})


def _change_roster(context: Context, main: UUID, planned: Sequence[CityPlant]) -> None:
    """Take two plants off the roster after its freeze."""
    leaving = [plant.permit for plant in planned[-2:]]
    roster.change_roster(context, main, [], [], "企业已签订搬迁协议，经局务会同意移出名单。", remove=leaving)


def _visits(play: Play, plants: Sequence[CityPlant], ids: dict[str, UUID], today: date) -> None:
    for i, plant in enumerate(plants):
        day = today - timedelta(days=40 - i)
        found, advice = FINDINGS[i % len(FINDINGS)]
        with play.on(day, "demo-expert" if i % 3 else "demo-expert2") as context:
            again = day + timedelta(days=30) if i % 2 else None
            progresses.record_visit(context, ids[plant.permit], day, found, advice, next_day=again)


def _gap_steps(play: Play, plants: Sequence[CityPlant], plans: Plans, ids: dict[str, UUID], today: date) -> None:
    """Gaps that were assigned, put right, verified, reopened: each plant a little farther than the one before."""
    ways = ((S.ASSIGNED, "demo-bureau"), (S.RECTIFIED, "demo-bureau"), (S.VERIFIED, "demo-expert"))
    for i, plant in enumerate(plants):
        target = plans.target(plant)
        lines = plans.lines(plant.first, target) if target is not None else ()
        for line in lines[:1]:
            for n, (state, who) in enumerate((*ways, (S.REOPENED, "demo-expert"))[: i % 4 + 1]):
                with play.on(today - timedelta(days=14 - 3 * n), who) as context:
                    note = "回头看：现场已恢复原状。" if state is S.REOPENED else ""
                    progresses.take_step(context, ids[plant.permit], state, line.id, note)


def _steps(play: Play, plants: Sequence[CityPlant], ids: dict[str, UUID], today: date) -> None:
    """Plants on their way to publication, each a step farther than the one before; their own people say what is theirs to say."""
    with play.service.database.writing() as db:
        for i, plant in enumerate(plants):
            row = db.scalars(select(CampaignPlant).where(CampaignPlant.id == ids[plant.permit])).one()
            create_user(
                db,
                login=f"demo-plant{i + 1}",
                name=f"{plant.name[:8]}环保科",
                role=Role.ENTERPRISE,
                password=passwords.generated(),
                enterprise_id=row.enterprise_id,
            )
    play.learn()
    for i, plant in enumerate(plants):
        for n, state in enumerate(WAY[: i % len(WAY) + 1]):
            who = f"demo-plant{i + 1}" if state in WAY[:3] else "demo-bureau"
            with play.on(today - timedelta(days=11 - 2 * n), who) as context:
                progresses.take_step(context, ids[plant.permit], state)
    _reject(play, plants, ids, today)


def _reject(play: Play, plants: Sequence[CityPlant], ids: dict[str, UUID], today: date) -> None:
    """One of those that had applied is refused."""
    for plant in plants[2:3]:
        with play.on(today - timedelta(days=3), "demo-bureau") as context:
            progresses.take_step(
                context, ids[plant.permit], S.REJECTED, note="无组织监控点数据缺一季度，补齐后重新申报。"
            )
