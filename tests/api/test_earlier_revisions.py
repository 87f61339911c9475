"""A database whose gradings an earlier revision of the engine made: upgraded, nothing of it is lost, doubted or in the way.

`tests/api/earlier` holds them, with what made them.
"""

import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import select, text

from api.backup.create import make_backup
from api.backup.restore import restore
from api.context import cookie_name
from api.identity import sessions
from api.identity.tokens import create as create_token
from api.server.app import create_app
from api.services import workflow
from api.services.regrading.publication import publish as publish_batch
from api.services.regrading.publication import take_back
from api.services.regrading.steps import work_off
from api.services.verification import Finding, Verified, verify
from api.store import Audit, AuditState, Batch, BatchState, BatchUnit, Enterprise, Grading, User
from api.store.database import Database
from api.store.migrate import current, migrate, newest
from grading.engine.revision import ENGINE
from grading.model.audit import Audit as DomainAudit
from grading.model.base import Mode
from grading.model.result import UNGRADED, Outcome
from grading.model.result import Grading as Graded
from tests.api.conftest import Backend, service_on
from tests.api.test_verification import tamper
from tests.api.world import PASSWORD, World

ON_SQLITE_ALONE = True

EARLIER = Path(__file__).with_name("earlier")
ENGINES = {
    "before-packing": "grading 0.1.0 / durable-rules 2.0.28",
    "after-packing": "grading 0.1.0 / durable-rules 2.0.28",
    "r3": "r3 / durable-rules 2.0.28",
}
"""The engines that made the gradings of each database."""


@dataclass(frozen=True)
class Upgraded:
    """The tests' world as an earlier revision has left it, on today's schema."""

    world: World
    engine: str
    """The revision that has made its gradings, as they name it."""

    def audit(self, state: AuditState) -> Audit:
        """An audit in a state."""
        with self.world.service.database.reading() as db:
            return db.scalars(select(Audit).where(Audit.state == state).order_by(Audit.id).limit(1)).one()

    def batch(self, name: str) -> Batch:
        """A batch by the end of its name."""
        with self.world.service.database.reading() as db:
            return db.scalars(select(Batch).where(Batch.name == f"收紧人员要求：{name}")).one()

    def engines(self, audit: Audit, mode: Mode = Mode.OFFICIAL) -> list[str]:
        """Who made the gradings of an audit, the earliest first."""
        with self.world.service.database.reading() as db:
            mine = select(Grading.engine).where(Grading.audit_id == audit.id, Grading.mode == mode)
            return list(db.scalars(mine.order_by(Grading.id)))

    def verified(self) -> Verified:
        """What `verify` says."""
        return verify(self.world.service)


@dataclass(frozen=True)
class Migrated:
    """A database of an earlier revision on today's schema, to be copied: its folder, and its URL on a server."""

    folder: Path
    url: str | None
    engine: str


@pytest.fixture(scope="module", params=ENGINES)
def migrated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, backend: Backend
) -> Iterator[Migrated]:
    """Each database, migrated; on PostgreSQL it arrives as a back-up of SQLite."""
    folder = tmp_path_factory.mktemp(request.param)
    with zipfile.ZipFile(EARLIER / f"{request.param}.zip") as archive:
        archive.extractall(folder)
    database = Database(f"sqlite:///{folder / 'service.db'}")
    migrate(database)
    assert current(database) == newest()
    database.close()
    if backend.name == "sqlite":
        yield Migrated(folder, None, ENGINES[request.param])
        return
    service = service_on(f"sqlite:///{folder / 'service.db'}", folder)
    made = make_backup(service, folder / "on-the-way.zip")
    service.close()
    target = backend.new(None)
    place = service.settings.model_copy(update={"database_url": SecretStr(target), "data": folder / "there"})
    restore(place, made.path)
    yield Migrated(place.data, target, ENGINES[request.param])
    backend.drop(target)


@pytest.fixture
def upgraded(migrated: Migrated, tmp_path: Path, backend: Backend) -> Iterator[Upgraded]:
    """Each database with its files, fresh."""
    data = tmp_path / "data"
    shutil.copytree(migrated.folder, data)
    url = f"sqlite:///{data / 'service.db'}" if migrated.url is None else backend.new(migrated.url)
    service = service_on(url, data)
    with service.database.reading() as db:
        tyre, foundry = db.scalars(select(Enterprise.id).order_by(Enterprise.county.desc())).all()
        users = {user.login: user.id for user in db.scalars(select(User))}
    yield Upgraded(World(service, tyre, foundry, users), migrated.engine)
    service.close()
    if migrated.url is not None:
        backend.drop(url)


def engine_note(found: Verified) -> Finding:
    """The one note about gradings of other revisions; another tells since when the log records rows."""
    (note,) = (note for note in found.notes if note.subject == "engine")
    assert len(found.notes) <= 2
    return note


def test_everything_is_in_order_and_the_other_revision_is_one_note(upgraded: Upgraded) -> None:
    found = upgraded.verified()
    assert found.findings == ()
    assert found.gradings == 9
    note = engine_note(found)
    assert f"9 份评级由引擎的其他修订 {upgraded.engine} 作出" in note.message
    assert ENGINE in note.message


def test_a_grading_of_another_revision_that_was_changed_is_still_found(upgraded: Upgraded) -> None:
    tamper(upgraded.world.service.database, "UPDATE gradings SET grade = 'A'")
    messages = {finding.message for finding in upgraded.verified().findings}
    assert "等级、单元或摘要与所存的评级内容不一致：被改动。" in messages


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("state", [AuditState.SUBMITTED, AuditState.CONFIRMED, AuditState.PUBLISHED])
def test_grading_again_makes_a_grading_beside_the_old_one_and_the_second_time_finds_it(
    upgraded: Upgraded, state: AuditState, mode: Mode
) -> None:
    audit = upgraded.audit(state)
    login = "zhao" if audit.enterprise_id == upgraded.world.foundry else "wang"
    before = upgraded.engines(audit, mode)
    made = upgraded.world.do(login, workflow.regrade, audit.id, mode)
    assert upgraded.engines(audit, mode) == [*before, ENGINE]
    assert upgraded.world.do(login, workflow.regrade, audit.id, mode).id == made.id
    assert upgraded.audit(state).published_grading_id == audit.published_grading_id
    assert upgraded.verified().findings == ()


def test_what_was_returned_is_submitted_again_unchanged_and_comes_all_the_way(upgraded: Upgraded) -> None:
    audit, world = upgraded.audit(AuditState.RETURNED), upgraded.world
    world.do("wang", workflow.submit, audit.id)
    assert upgraded.engines(audit) == [upgraded.engine, ENGINE]
    world.do("li", workflow.confirm, audit.id)
    assert upgraded.verified().findings == ()


def test_what_was_confirmed_before_is_published_with_the_grading_that_was_confirmed(upgraded: Upgraded) -> None:
    world = upgraded.world
    with world.service.database.reading() as db:
        audit = db.scalars(select(Audit).where(Audit.state == AuditState.CONFIRMED)).one()
        later = db.scalars(
            select(Audit).where(Audit.state == AuditState.PUBLISHED, Audit.enterprise_id == audit.enterprise_id)
        ).one()
    world.do("city", workflow.withdraw, later.id, "另有核查")
    published = world.do("city", workflow.publish, audit.id)
    with world.at("city", writing=False) as context:
        assert context.find(Grading, published.published_grading_id).engine == upgraded.engine
    assert upgraded.verified().findings == ()


def test_a_batch_that_was_concluded_before_is_published_as_it_was_shown_and_taken_back(upgraded: Upgraded) -> None:
    batch = upgraded.batch("算完")
    published = upgraded.world.do("province", publish_batch, batch.id)
    assert published.state is BatchState.PUBLISHED
    assert upgraded.verified().findings == ()
    upgraded.world.do("province", take_back, batch.id, "有误")
    assert upgraded.verified().findings == ()


def test_a_batch_that_was_left_half_way_goes_on_and_is_published(upgraded: Upgraded) -> None:
    world, batch = upgraded.world, upgraded.batch("算到一半")
    for _ in work_off(world.service, batch.id):
        pass
    assert upgraded.batch("算到一半").state is BatchState.ASSESSED
    world.do("province", publish_batch, batch.id)
    found = upgraded.verified()
    assert found.findings == ()
    assert engine_note(found)


def test_a_batch_that_was_published_before_is_taken_back(upgraded: Upgraded) -> None:
    with upgraded.world.service.database.reading() as db:
        before = db.execute(text("SELECT count(*) FROM gradings")).scalar_one()
    upgraded.world.do("province", take_back, upgraded.batch("公布").id, "有误")
    found = upgraded.verified()
    assert (found.findings, found.gradings) == ((), before)


def test_it_is_saved_and_restored_whole(upgraded: Upgraded, tmp_path: Path) -> None:
    service = upgraded.world.service
    upgraded.world.do("wang", workflow.regrade, upgraded.audit(AuditState.SUBMITTED).id)
    made = make_backup(service, tmp_path / "saved.zip")
    url = SecretStr(f"sqlite:///{tmp_path}/again.db")
    place = service.settings.model_copy(update={"database_url": url, "data": tmp_path / "again"})
    restore(place, made.path)
    again = service_on(url.get_secret_value(), place.data)
    found = verify(again, made.manifest.log_head)
    assert replace(found, notes=()) == replace(upgraded.verified(), notes=())
    assert (found.findings, found.gradings) == ((), 10)
    assert engine_note(found)
    again.close()


@pytest.fixture
def stricter(upgraded: Upgraded, monkeypatch: pytest.MonkeyPatch) -> Upgraded:
    """The same, where today's revision concludes that no foundry is to be graded."""
    grader = upgraded.world.service.grader
    grade = grader.grade

    def otherwise(audit: DomainAudit, *how: Any) -> Graded:
        made = grade(audit, *how)
        outcome = Outcome(UNGRADED, UNGRADED)
        units = tuple(replace(u, outcome=outcome) if "foundry" in u.ruleset else u for u in made.units)
        return replace(made, outcome=outcome if units != made.units else made.outcome, units=units)

    monkeypatch.setattr(grader, "grade", otherwise)
    return upgraded


def test_another_grade_of_this_revision_is_counted_in_the_note_and_never_shown_as_the_one_in_force(
    stricter: Upgraded,
) -> None:
    world = stricter.world
    note = engine_note(stricter.verified())
    assert "等级不同" in note.message
    with world.service.database.reading() as db:
        audit = db.scalars(
            select(Audit).where(Audit.state == AuditState.PUBLISHED, Audit.enterprise_id == world.tyre)
        ).one()
    with world.at("city") as context:
        token = create_token(context.db, world.service.settings, "测试", 1).secret
    cookie = sessions.sign_in(world.service.database, world.service.settings, "city", PASSWORD, "127.0.0.1").cookie
    with TestClient(create_app(world.service)) as client:
        told = client.get(
            f"/v1/gradings/{audit.published_grading_id}/explanation", headers={"Authorization": f"Bearer {token}"}
        )
        assert (told.status_code, told.json()["code"]) == (409, "other_revision")
        client.cookies.set(cookie_name(world.service), cookie)
        for path in (f"/audits/{audit.id}", f"/enterprises/{world.tyre}"):
            page = client.get(path)
            assert page.status_code == 200
            assert "请重新评级" in page.text
            assert "不纳入" not in page.text
        assert client.get(f"/audits/{audit.id}/report.html").status_code == 409


def test_a_batch_says_what_this_revision_changes_in_the_other_units_of_an_audit(stricter: Upgraded) -> None:
    world, batch = stricter.world, stricter.batch("算到一半")
    for _ in work_off(world.service, batch.id):
        pass
    assert stricter.batch("算到一半").state is BatchState.ASSESSED
    with world.service.database.reading() as db:
        units = select(BatchUnit).where(BatchUnit.batch_id == batch.id, BatchUnit.industry == "foundry")
        assert [(u.regraded, u.after, u.changed) for u in db.scalars(units)] == [(False, UNGRADED, True)]
    world.do("province", publish_batch, batch.id)
    assert stricter.verified().findings == ()
