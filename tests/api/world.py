"""A small world for the tests: enterprises in two cities, two teams, bureaus above, beside and far away, one of each role.

| login | who | sees |
|---|---|---|
| wang, li | assessors of team one | the tyre works (Weicheng, Xianyang) |
| zhao, sun | assessors of team two | the foundry (Chencang, Baoji) |
| tyre, foundry | users of the enterprises | themselves |
| county, city, province | bureaus of Weicheng, Xianyang (may review rulesets), Shaanxi | what lies below |
| elsewhere | bureau of Baoji | the foundry |
| root | administrator | everything |
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy import select

from api.access import Actor, Rule, Via, actor_of, require
from api.context import Context, open_context
from api.identity.tokens import create as create_token
from api.service import Service
from api.services import admission, waivers, webhooks, workflow
from api.services import users as users_service
from api.services.appeals import file_appeal
from api.services.campaigns import progress
from api.services.campaigns.creation import create as begin_campaign
from api.services.editions import proposals, working
from api.services.exports import keep_marked
from api.services.notices import NoticeMaker
from api.services.regrading.lifecycle import Selection, order
from api.services.regrading.steps import work_off
from api.store import (
    AnnouncedAudit,
    Announcement,
    AnnouncementObjection,
    AnnouncementState,
    Assignment,
    CampaignPlant,
    DraftRuleset,
    Enterprise,
    EvidenceFile,
    GradedUnit,
    Notice,
    Role,
    Site,
    Team,
    Unit,
    User,
)
from grading import calendar

P = ParamSpec("P")
T = TypeVar("T")
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
TYRE = EXAMPLES / "rubber" / "weicheng_tyre.json"
FOUNDRY = EXAMPLES / "foundry" / "chencang-gas-aluminium.json"
PERMIT = "91610404MA7D2P8L3F001P"
"""Of the tyre works."""
FIGURE = "dcs_records.A.all[0]"
"""A figure of both sides' rulesets."""
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(32)
NEEDS_A_WORD = (workflow.submit, workflow.confirm, workflow.publish)
WORD = "已逐项核对，属实"
PASSWORD = "correct-horse-battery"


@dataclass(frozen=True)
class World:
    """A service with people in it."""

    service: Service
    tyre: UUID
    foundry: UUID
    users: dict[str, UUID]

    def actor(self, login: str) -> Actor:
        """A user as an actor."""
        with self.service.database.reading() as db:
            return actor_of(db.scalars(select(User).where(User.login == login)).one(), Via.SESSION)

    def at(self, login: str, writing: bool = True) -> AbstractContextManager[Context]:
        """A user's context."""
        return open_context(self.service, self.actor(login), writing=writing)

    def do(self, login: str, step: Callable[Concatenate[Context, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """What a user does in one transaction; steps of an audit that may need a word are given one."""
        if step in NEEDS_A_WORD:
            kwargs.setdefault("reasons", WORD)
        with self.at(login) as context:
            return step(context, *args, **kwargs)


def content(file: Path = TYRE, **changes: Any) -> str:
    """An example's text, with other top-level values."""
    if not changes:
        return file.read_text(encoding="utf-8")
    return json.dumps({**json.loads(file.read_text(encoding="utf-8")), **changes}, ensure_ascii=False)


def campaign_text(jurisdiction: str, permit: str, **others: Any) -> str:
    """A campaign's document with one plant on its roster, and other top-level values."""
    stated: dict[str, Any] = {
        "id": "campaign",
        "title": "创A、增B、减C、清D",
        "jurisdiction": jurisdiction,
        "period": {"start": "2023-03-01", "roster_frozen": "2023-04-15", "deadline": "2023-10-31"},
        "reached": "B",
        "zones": {"core": {"within_km": 25}, "other": {}},
        "shares": [{"zone": "other", "at_least_percent": 40}],
        "new": [{"rest": True, "at_least": 1}],
        "roster": [{"permit": permit, "target": "A"}],
        **others,
    }
    return json.dumps(stated, ensure_ascii=False)


def project(county: str = "610404", audit: Any = None, **changes: Any) -> str:
    """A proposed coating shop 20 km from the urban area, as a file states it."""
    stated = {
        "name": "涂装线",
        "kind": "new",
        "industry": "industrial_coating",
        "emits_to_air": True,
        "county": county,
        "in_urban_area": False,
        "distance_km": 20,
        "distance_method": "fence",
        "accepted_on": "2023-05-10",
        "treatment": ["rto"],
    }
    return json.dumps({"project": stated | changes, "audit": audit}, ensure_ascii=False)


def people_it(service: Service) -> World:
    """Fill an empty database."""
    with service.database.writing() as db:
        enterprises = {}
        for name, file in (("tyre", TYRE), ("foundry", FOUNDRY)):
            said = json.loads(file.read_text(encoding="utf-8"))
            head = said["enterprise"]
            enterprise = Enterprise(name=head["name"], uscc=head["uscc"], county=head["county"], permit=head["permit"])
            site = Site(enterprise_id=enterprise.id, name="厂区", county=head["county"])
            db.add(enterprise)
            db.flush()
            db.add(site)
            db.flush()
            for unit in said["units"]:
                db.add(Unit(enterprise_id=enterprise.id, site_id=site.id, code=unit["id"], ruleset_id=unit["ruleset"]))
            enterprises[name] = enterprise.id
        one, two = Team(name="评审一组"), Team(name="评审二组")
        db.add_all([one, two])
        db.flush()
        db.add(Assignment(team_id=one.id, enterprise_id=enterprises["tyre"], since=date(2023, 1, 1)))
        db.add(Assignment(team_id=two.id, enterprise_id=enterprises["foundry"], since=date(2023, 1, 1)))
        made = [
            ("wang", "王专家", Role.ASSESSOR, {"team_id": one.id}),
            ("li", "李专家", Role.ASSESSOR, {"team_id": one.id}),
            ("zhao", "赵专家", Role.ASSESSOR, {"team_id": two.id}),
            ("sun", "孙专家", Role.ASSESSOR, {"team_id": two.id}),
            ("tyre", "轮胎厂环保科", Role.ENTERPRISE, {"enterprise_id": enterprises["tyre"]}),
            ("foundry", "铸造厂环保科", Role.ENTERPRISE, {"enterprise_id": enterprises["foundry"]}),
            ("county", "渭城分局", Role.BUREAU, {"area": "610404"}),
            ("city", "咸阳市局", Role.BUREAU, {"area": "610400", "may_review": True}),
            ("province", "陕西省厅", Role.BUREAU, {"area": "610000"}),
            ("elsewhere", "宝鸡市局", Role.BUREAU, {"area": "610300", "may_review": True}),
            ("root", "管理员", Role.ADMINISTRATOR, {}),
        ]
        users: dict[str, UUID] = {}
        for login, name, role, scope in made:
            scoped: dict[str, Any] = scope
            users[login] = users_service.create_user(
                db, login=login, name=name, role=role, password=PASSWORD, **scoped
            ).id
    return World(service, enterprises["tyre"], enterprises["foundry"], users)


@dataclass(frozen=True)
class Furnished:
    """The world with something of every kind on each of its two sides."""

    world: World
    tokens: dict[str, str]
    """By login: a token that acts for the user."""
    ids: dict[str, dict[str, str]]
    """By side (`tyre`, `foundry`) and name of a path parameter: an id."""


def furnish(world: World) -> Furnished:
    """A published and appealed audit with evidence on each side, and a token for everybody."""
    tokens = {}
    for login in world.users:
        with world.at(login) as context:
            tokens[login] = create_token(context.db, world.service.settings, "测试", 30)
    sides = {
        "tyre": _side(world, world.tyre, TYRE, ("wang", "li"), "tyre", "city"),
        "foundry": _side(world, world.foundry, FOUNDRY, ("zhao", "sun"), "foundry", "elsewhere"),
    }
    ids = {}
    for side, found in sides.items():
        ids[side] = found | {"token_id": str(tokens[side].token.id), "user_id": str(world.users[side])}
    return Furnished(world, {login: made.secret for login, made in tokens.items()}, ids)


def _side(
    world: World, enterprise_id: UUID, file: Path, assessors: tuple[str, str], enterprise: str, bureau: str
) -> dict[str, str]:
    author, second = assessors
    said = json.loads(file.read_text(encoding="utf-8"))
    with world.at(author) as context:
        audit = workflow.create_audit(context, enterprise_id, content(file))
        kept = context.service.evidence.put(BytesIO(b"%PDF-1.7 evidence"), "报告.pdf")
        proof = EvidenceFile(
            audit_id=audit.id,
            sha256=kept.sha256,
            name=kept.name,
            media_type=kept.media_type,
            size=kept.size,
            uploaded_by=context.actor.id,
        )
        context.db.add(proof)
        workflow.submit(context, audit.id, reasons=WORD)
    world.do(second, workflow.confirm, audit.id)
    shown = world.do(bureau, workflow.publish, audit.id)
    appeal = world.do(enterprise, file_appeal, audit.id, "申请复核", files=[(BytesIO(PICTURE), "现场.png")])
    batch = world.do(bureau, order, "重新评级", Selection(), against=said["units"][0]["ruleset"])
    for _ in work_off(world.service, batch.id):
        pass
    with world.at(bureau) as context:
        area = context.actor.area or ""
        draft = DraftRuleset(
            ruleset_id="draft/rubber",
            title="草案",
            jurisdiction=area,
            effective=date(2026, 1, 1),
            digest=f"sha256:{'0' * 64}",
            text="id: draft/rubber",
            document="{}",
            area=area,
            uploaded_by=context.actor.id,
        )
        require(context.db, Rule.MAKE_BATCHES)
        context.db.add(draft)
        announcement, objection = _announced(context, audit.id, shown.published_grading_id)
    head, base = said["enterprise"], said["units"][0]["ruleset"]
    editor = "county" if bureau == "city" else bureau
    edited = world.do(editor, working.start, base, "edited-2027", "指标表", date(2027, 1, 1))
    world.do(editor, working.save, edited.id, [working.FieldChange(FIGURE, "clause", "第 1 条")])
    scan = world.do(editor, working.add_scan, edited.id, FIGURE.partition(".")[0], BytesIO(PICTURE), "原文.png")
    proposal = world.do(editor, proposals.propose, edited.id)
    campaign = world.do(bureau, begin_campaign, campaign_text(f"{head['county'][:4]}00", head["permit"]))
    with world.at(enterprise) as context:
        plant = context.db.scalars(select(CampaignPlant).where(CampaignPlant.campaign_id == campaign.id)).one()
        photo = progress.add_photo(context, plant.id, BytesIO(PICTURE), "现场.png")
    with world.at(bureau) as context:
        # Of days to come, so that gradings of the tests are as they would be without.
        first = context.db.scalars(select(Unit).where(Unit.enterprise_id == enterprise_id).order_by(Unit.id)).first()
        assert first is not None
        granted = waivers.grant(
            context,
            first.id,
            indicator="env_ledgers",
            authority="市生态环境局",
            reason=WORD,
            document_number="环函〔2026〕1号",
            document_date=date(2035, 1, 1),
            until=date(2036, 1, 1),
            evidence=(BytesIO(PICTURE), "批复.png"),
        )
    hook = world.do(bureau, webhooks.create, "https://93.184.215.14/grading", ["grade.published"])
    opinion = world.do(bureau, admission.give, project(said["enterprise"]["county"]))
    export = world.do(enterprise, keep_marked, b"workbook", "核查表.xlsx", "application/octet-stream")
    NoticeMaker(world.service).make_due()
    with world.at(enterprise) as context:
        notice = context.db.scalars(select(Notice).limit(1)).one()
    with world.at("root") as context:
        site = context.db.scalars(select(Site).where(Site.enterprise_id == enterprise_id)).one()
        unit = context.db.scalars(select(Unit).where(Unit.site_id == site.id).limit(1)).one()
        assignment = context.db.scalars(select(Assignment).where(Assignment.enterprise_id == enterprise_id)).one()
        digest = context.db.scalars(
            select(GradedUnit.ruleset_digest).where(GradedUnit.grading_id == shown.published_grading_id).limit(1)
        ).one()
    return {
        "enterprise_id": str(enterprise_id),
        "site_id": str(site.id),
        "unit_id": str(unit.id),
        "audit_id": str(audit.id),
        "grading_id": str(shown.published_grading_id),
        "evidence_id": str(proof.id),
        "appeal_id": str(appeal.id),
        "export_id": str(export.id),
        "batch_id": str(batch.id),
        "draft_id": str(draft.id),
        "working_id": str(edited.id),
        "scan_id": str(scan.id),
        "proposal_id": str(proposal.id),
        "campaign_id": str(campaign.id),
        "campaign_plant_id": str(plant.id),
        "campaign_photo_id": str(photo.id),
        "waiver_id": str(granted.id),
        "notice_id": str(notice.id),
        "announcement_id": str(announcement),
        "objection_id": str(objection),
        "opinion_id": str(opinion.id),
        "webhook_id": str(hook.id),
        "assignment_id": str(assignment.id),
        "team_id": str(assignment.team_id),
        "ruleset_digest": digest,
    }


def _announced(context: Context, audit_id: UUID, grading_id: UUID | None) -> tuple[UUID, UUID]:
    """An announcement in its publicity period, with an objection."""
    assert grading_id is not None
    today = calendar.day_of(context.at)
    made = Announcement(
        title="第一批结果",
        area=context.actor.area or "",
        made_by=context.actor.id,
        state=AnnouncementState.PUBLICITY,
        publicity_from=today,
        publicity_until=today,
    )
    context.db.add(made)
    context.db.flush()
    context.db.add(AnnouncedAudit(announcement_id=made.id, audit_id=audit_id, grading_id=grading_id))
    said = AnnouncementObjection(
        announcement_id=made.id, objector="邻近居民", received_on=today, text="夜间有异味", recorded_by=context.actor.id
    )
    context.db.add(said)
    context.db.flush()
    return made.id, said.id
