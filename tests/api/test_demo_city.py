"""The demo's city, with few plants: a year that has happened, and a log that tells of all of it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from api.grader import Grader
from api.service import Service
from api.services import demo, demo_city
from api.services.campaigns.evaluation import data_of
from api.services.demo_city import Play, campaigns, plants
from api.services.verification import verify
from api.settings import load
from api.store import Audit, AuditState, Campaign, CampaignSnapshot, CampaignStep, CampaignVisit, Grading
from grading import calendar
from grading.language.load import Library
from tests.api.world import World

PLANTS = 20


def shown() -> dict[str, Any]:
    """The audit of the enterprise whose user there is an account for."""
    found: dict[str, Any] = json.loads((demo.EXAMPLES / "rubber" / "weicheng_tyre.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    from api.store.migrate import migrate
    from tests.api.routes.conftest import make

    folder = tmp_path_factory.mktemp("city")
    service = make(folder)
    demo_city.write_rulesets(None, folder / "rulesets")
    service.grader = Grader(Library(folder / "rulesets"))
    migrate(service.database)
    today = calendar.today()
    secrets = {login: f"an uncommon passphrase {i}" for i, (login, *_) in enumerate(demo.ACCOUNTS)}
    with calendar.clock_at(calendar.start_of(demo_city.start_of_year(today))):
        team_id, _ = demo._people(service, [shown()], secrets)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HELPED", "STEPPED", "ACCOUNTS"):
            patch.setattr(campaigns, name, 2)
        some = {name: plants.INDUSTRIES[name] for name in ("industrial-coating", "concrete")}
        patch.setattr(plants, "INDUSTRIES", some | {"concrete": (30, *some["concrete"][1:])})
        demo_city.begin(Play(service), PLANTS, team_id, today)
    yield World(service, team_id, team_id, {})
    service.close()


def test_everything_of_the_city_is_in_the_log_and_can_be_made_again(city: World) -> None:
    seen = verify(city.service)
    assert (seen.findings, seen.gradings > PLANTS) == ((), True)


def test_each_audit_got_the_grade_that_it_was_made_for(city: World) -> None:
    with city.service.database.reading() as db:
        audits = db.scalars(select(Audit).where(Audit.state == AuditState.PUBLISHED)).all()
        grades = {db.get_one(Grading, audit.published_grading_id).grade for audit in audits}
        first = db.scalars(select(Audit.published_at).order_by(Audit.id)).first()
    assert {"A", "B", "C", "D", "leading", "non_leading"} <= grades
    assert first is not None
    assert calendar.day_of(first) < calendar.today() - timedelta(days=350)


def test_the_citys_campaign_has_moved_and_its_people_have_worked(city: World) -> None:
    with city.service.database.reading() as db:
        (campaign,) = db.scalars(select(Campaign).where(Campaign.code == "demo-city"))
        found = data_of(city.service, db, campaign, campaign.jurisdiction).evaluator.on(calendar.today())
        numbers = [
            db.scalar(select(func.count()).select_from(t)) for t in (CampaignSnapshot, CampaignStep, CampaignVisit)
        ]
    moves = found.moves
    assert all((moves.created_a, moves.increased_b, moves.reduced_c, found.overdue))
    assert all(numbers)


def test_a_demo_whose_making_is_broken_off_leaves_nothing_and_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load(data=tmp_path, database_url=None)

    def broken_off(service: Service, _plants: int) -> None:
        demo._people(service, [shown()], {login: "an uncommon passphrase 1" for login, *_ in demo.ACCOUNTS})
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "prepare", broken_off)
    with pytest.raises(KeyboardInterrupt):
        demo.make(settings)
    assert not (tmp_path / demo.FOLDER).exists()
    left = tmp_path / demo.MAKING / demo.DATABASE
    left.parent.mkdir()
    left.write_text("half a city", encoding="utf-8")
    monkeypatch.setattr(demo, "prepare", lambda _service, _plants: [])
    assert demo.make(settings) == []
    assert demo.make(settings) is None
    assert demo.settings_of(settings).database == f"sqlite:///{tmp_path / demo.FOLDER / demo.DATABASE}"
    assert not left.parent.exists()
