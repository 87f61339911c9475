"""A service to try out: the enterprises of the examples, audits in every state, one account for each role.

It lives in a folder and a database of its own and marks that database in the log, so that no production service ever
starts on it. The folder gets its database last: a demo whose making was broken off is made anew.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import select

from api import audit_log
from api.context import Context
from api.identity import passwords
from api.service import Service, make_service
from api.services import admission, demo_city, users, workflow
from api.services.demo_city import Play
from api.services.workflow.review import has_open_exclusion, outcomes_of
from api.settings import Settings
from api.store import Assignment, Audit, Enterprise, LogEntry, Role, Site, Team, Unit, migrate
from grading import calendar

MARK = "demo.created"
FOLDER, MAKING, DATABASE = "demo", "demo-making", "demo.db"
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
EXAMPLES_IN_WHEEL = Path(__file__).resolve().parents[1] / "_examples"
INDUSTRIES = ("brick", "ceramics", "foundry", "industrial_coating", "lime", "rubber", "steel_long")
"""The industries of the examples: all 39 would keep the first start waiting for their rules."""
SHOWN = "91610404MA7D2P8L3F"
"""The enterprise whose user there is an account for."""
PROJECTS_PLANT = "91610402MA6XG7N518"
"""The enterprise whose audit is the design data of the projects that ask for admission."""
PLANTS = 300
"""Plants of the city that `grading serve --demo` shows."""
PERMIT, PERMIT_DAYS = "holds_permit", 60
"""The fact whose evidence ends, and in how many days from the day that the demo is made."""
WORD = "演示数据，缺失和异常之处未改动。"
PUBLISHED_WORD = "演示数据：指南限值待主管部门核实，先行公布。"
LEFT_AT = ("published", "published", "published", "confirmed", "submitted", "draft", "returned")
"""The states in which the examples' audits are left, in turn."""


@dataclass(frozen=True)
class Account:
    """A demo account at the only time that its password is known."""

    login: str
    password: str
    role: str
    about: str


ACCOUNTS: tuple[tuple[str, str, Role, str], ...] = (
    ("demo-expert", "演示专家甲", Role.ASSESSOR, "评审专家：填写、提交审核"),
    ("demo-expert2", "演示专家乙", Role.ASSESSOR, "评审专家：复核甲的审核"),
    ("demo-enterprise", "演示企业环保科", Role.ENTERPRISE, "企业：看等级与差距、自评、申诉"),
    ("demo-bureau", "演示省厅审定人", Role.BUREAU, "生态环境部门：公布、答复申诉、审定规则集"),
    ("demo-admin", "演示管理员", Role.ADMINISTRATOR, "系统管理员：用户与日志"),
)
ROLES = {
    Role.ASSESSOR: "评审专家",
    Role.ENTERPRISE: "企业",
    Role.BUREAU: "生态环境部门",
    Role.ADMINISTRATOR: "系统管理员",
}


class DemoBusyError(Exception):
    """Another process makes the demo."""


def settings_of(settings: Settings) -> Settings:
    """The settings of the demo beside a local service: its own folder, its own SQLite, its own rulesets."""
    return _settings_in(settings, settings.data.absolute() / FOLDER)


def _settings_in(settings: Settings, folder: Path) -> Settings:
    places = {
        "data": folder,
        "database_url": SecretStr(f"sqlite:///{folder / DATABASE}"),
        "rulesets": folder / "rulesets",
    }
    return settings.model_copy(update=places)


def make(settings: Settings, plants: int = PLANTS) -> Sequence[Account] | None:
    """Make the demo beside a local service, all of it or nothing, and give its accounts; None when it was made before.

    Raises DemoBusyError while another process makes it.
    """
    folder, making = (settings.data.absolute() / name for name in (FOLDER, MAKING))
    if (folder / DATABASE).exists():
        demo_city.write_rulesets(settings.rulesets, folder / "rulesets")
        return None
    making.mkdir(parents=True, exist_ok=True)
    lock = os.open(making, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoBusyError from None
        try:
            accounts = _made_in(_settings_in(settings, making), settings.rulesets, plants)
            shutil.copytree(making, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(f"{DATABASE}*"))
            (making / DATABASE).replace(folder / DATABASE)
        finally:
            shutil.rmtree(making, ignore_errors=True)
    finally:
        os.close(lock)
    return accounts


def _made_in(settings: Settings, rulesets: Path | None, plants: int) -> Sequence[Account] | None:
    """Make it in an empty folder: whatever an earlier making left there goes."""
    for left in settings.data.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    demo_city.write_rulesets(rulesets, settings.data / "rulesets")
    service = make_service(settings)
    try:
        migrate.migrate(service.database)
        return prepare(service, plants)
    finally:
        service.close()


def is_demo(service: Service) -> bool:
    """True when the database was made for a demo."""
    with service.database.reading() as db:
        return db.scalar(select(LogEntry.seq).where(LogEntry.action == MARK).limit(1)) is not None


def prepare(service: Service, plants: int = 0) -> Sequence[Account] | None:
    """Fill an empty demo database and give its accounts; None when it was filled before.

    With `plants` there is a city besides, so many plants with a year behind them.
    """
    if service.settings.production:
        raise ValueError("a production service has no demo")
    if is_demo(service):
        return None
    files = sorted(file for industry in INDUSTRIES for file in (_examples() / industry).glob("*.json"))
    today = calendar.today()
    audits = [_with_an_end(json.loads(file.read_text(encoding="utf-8")), today) for file in files]
    secrets = {login: passwords.generated() for login, *_ in ACCOUNTS}
    began = calendar.start_of(demo_city.start_of_year(today)) if plants else calendar.now()
    with calendar.clock_at(began):
        team_id, enterprises = _people(service, audits, secrets)
    play = Play(service)
    city = demo_city.begin(play, plants, team_id, today) if plants else None
    _audits(play, audits, enterprises)
    if city is not None:
        shown = next(content for content in audits if content["enterprise"]["uscc"] == SHOWN)
        demo_city.finish(play, city, shown["enterprise"]["permit"])
    return [Account(login, secrets[login], ROLES[role], about) for login, _, role, about in ACCOUNTS]


def _people(service: Service, audits: list[dict[str, Any]], secrets: dict[str, str]) -> tuple[UUID, dict[str, UUID]]:
    """The team, the accounts and the enterprises of the examples: the team's id, and the enterprises' by credit code."""
    with service.database.writing() as db:
        audit_log.append(db, MARK, None)
        team = Team(name="演示评审组")
        db.add(team)
        enterprises = {content["enterprise"]["uscc"]: _enterprise(db, content, team.id) for content in audits}
        scopes: dict[Role, dict[str, Any]] = {
            Role.ASSESSOR: {"team_id": team.id},
            Role.ENTERPRISE: {"enterprise_id": enterprises[SHOWN]},
            Role.BUREAU: {"area": "610000", "may_review": True},
            Role.ADMINISTRATOR: {},
        }
        for login, name, role, _ in ACCOUNTS:
            users.create_user(db, login=login, name=name, role=role, password=secrets[login], **scopes[role])
    return team.id, enterprises


def _examples() -> Path:
    return EXAMPLES if EXAMPLES.is_dir() else EXAMPLES_IN_WHEEL


def _enterprise(db: Any, audit: dict[str, Any], team_id: UUID) -> UUID:
    head = audit["enterprise"]
    enterprise = Enterprise(name=head["name"], uscc=head["uscc"], county=head["county"], permit=head.get("permit"))
    db.add(enterprise)
    db.flush()
    site = Site(enterprise_id=enterprise.id, name="主厂区", county=head["county"], permit=head.get("permit"))
    db.add_all([site, Assignment(team_id=team_id, enterprise_id=enterprise.id, since=date(2020, 1, 1))])
    db.flush()
    for unit in audit["units"]:
        db.add(Unit(enterprise_id=enterprise.id, site_id=site.id, code=unit["id"], ruleset_id=unit["ruleset"]))
    db.flush()
    return enterprise.id


def _lacks_gates(context: Context, audit_id: UUID) -> bool:
    """True when an audit can't be published because its gates are unanswered."""
    audit = context.find(Audit, audit_id)
    grading = workflow.latest(context, audit, workflow.revision_of(context, audit))
    return grading is None or has_open_exclusion(outcomes_of(context, grading))


def _take(play: Play, enterprise_id: UUID, content: str, left_at: str) -> UUID:
    """An audit that has come so far."""
    audit: Audit = play("demo-expert", workflow.create_audit, enterprise_id, content)
    if left_at != "draft":
        play("demo-expert", workflow.submit, audit.id, reasons=WORD)
    if left_at == "returned":
        play("demo-expert2", workflow.send_back, audit.id, "请补充除尘设施现场照片，并核对监测报告日期。")
    if left_at in ("confirmed", "published"):
        play("demo-expert2", workflow.confirm, audit.id, reasons=WORD)
    if left_at == "published" and not play("demo-bureau", _lacks_gates, audit.id):
        play("demo-bureau", workflow.publish, audit.id, reasons=PUBLISHED_WORD)
    return audit.id


def _audits(play: Play, audits: list[dict[str, Any]], enterprises: dict[str, UUID]) -> None:
    others = [content for content in audits if content["enterprise"]["uscc"] != SHOWN]
    for content, left_at in zip(others, LEFT_AT * len(others), strict=False):
        _take(play, enterprises[content["enterprise"]["uscc"]], _text(content), left_at)
    shown = next(content for content in audits if content["enterprise"]["uscc"] == SHOWN)
    enterprise_id = enterprises[SHOWN]
    _take(play, enterprise_id, _text(_a_year_before(shown)), "published")
    published = _take(play, enterprise_id, _text(shown), "published")
    own: Audit = play("demo-enterprise", workflow.create_audit, enterprise_id, _text(_as_the_enterprise_sees_it(shown)))
    play("demo-enterprise", workflow.submit, own.id, reasons=WORD)
    play("demo-enterprise", workflow.appeal, published, "硫化工序收集设施已完成改造，申请复核。")
    play("demo-bureau", workflow.sign_off, "national-2020/rubber", statement="演示用，并非真实的审定。")
    _opinions(play, audits)


def _opinions(play: Play, audits: list[dict[str, Any]]) -> None:
    """Projects that are admitted and completed, admitted, refused, and undecided for want of design data or of one fact."""
    designs = {content["enterprise"]["uscc"]: content for content in audits}
    found = designs[PROJECTS_PLANT]
    design = {**found, "enterprise": {**found["enterprise"], "name": "拟建项目（设计资料）"}}
    coating = {"kind": "new", "industry": "industrial_coating", "emits_to_air": True, "county": "610402"}
    near = {"in_urban_area": False, "distance_km": 18, "distance_method": "fence", "treatment": ["rto"]}
    stated: tuple[tuple[dict[str, Any], dict[str, Any] | None], ...] = (
        ({"name": "门窗型材水性涂装线新建项目", "accepted_on": "2023-05-10", **coating, **near}, design),
        ({"name": "金属家具粉末涂装线新建项目", "accepted_on": "2024-03-18", **coating, **near}, design),
        ({"name": "机械零件喷漆线新建项目", "accepted_on": "2024-12-02", **coating, **near}, None),
        (
            {"name": "货架涂装线新建项目", "accepted_on": "2024-12-09", **coating, **near}
            | {"treatment": ["spray_absorption"]},
            design,
        ),
        (
            {"name": "精密铸件扩建项目", "accepted_on": "2024-04-11", **coating, **near}
            | {"kind": "extension", "industry": "foundry"},
            None,
        ),
    )
    made = [
        play("demo-bureau", admission.give, _text({"project": project, "audit": audit})) for project, audit in stated
    ]
    play(
        "demo-bureau", admission.complete, made[0].id, date(2024, 6, 28), "演示：竣工环境保护验收意见。", PROJECTS_PLANT
    )


def _text(audit: dict[str, Any]) -> str:
    return json.dumps(audit, ensure_ascii=False, indent=2)


def _with_an_end(audit: dict[str, Any], today: date) -> dict[str, Any]:
    """An audit whose permits end soon, so that calendars and the list of what ends have something to show."""
    until = (today + timedelta(days=PERMIT_DAYS)).isoformat()

    def ending(facts: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(facts.get(PERMIT), dict):
            return facts
        stated = {**facts[PERMIT], "evidence": [f"排污许可证副本（有效期至 {until}）"], "valid_until": until}
        return {**facts, PERMIT: stated}

    enterprise = audit["enterprise"]
    if "facts" in enterprise:
        enterprise = {**enterprise, "facts": ending(enterprise["facts"])}
    units = [{**unit, "facts": ending(unit["facts"])} if "facts" in unit else unit for unit in audit["units"]]
    return {**audit, "enterprise": enterprise, "units": units}


def _as_the_enterprise_sees_it(audit: dict[str, Any]) -> dict[str, Any]:
    """The enterprise's own answers: a little better than the experts found it, and an outlet less."""
    (unit, *others) = audit["units"]
    facts = unit["facts"] | {
        "calendering_capture": "enclosed_negative",
        "low_voc_adhesive_share": 62,
        "dcs_retention_months": 36,
    }
    groups = {name: rows[:-1] for name, rows in unit["groups"].items()}
    return {**audit, "units": [{**unit, "facts": facts, "groups": groups}, *others]}


def _a_year_before(audit: dict[str, Any]) -> dict[str, Any]:
    """An earlier audit to compare with: a year before, and with fewer of the values known."""
    day = date.fromisoformat(audit["assessed_on"]) - timedelta(days=365)
    units = [{**unit, "facts": dict(list(unit["facts"].items())[: len(unit["facts"]) // 2])} for unit in audit["units"]]
    return {**audit, "assessed_on": day.isoformat(), "units": units}
