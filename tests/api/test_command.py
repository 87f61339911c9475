"""The service from the command line: started, stopped, refused; users made; the log verified."""

import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from typer.testing import CliRunner, Result

from api import audit_log, startup
from api.queries.admission import Filter, opinions
from api.service import make_service
from api.services import demo, forecasts
from api.services.admission import Regrading
from api.services.cases import explained
from api.settings import Settings, load
from api.store import AdmissionOutcome, Audit, AuditState, Grading, Role, migrate
from api.store.database import Database
from grading import calendar
from grading.cli.main import app
from tests.api.conftest import GRADER
from tests.api.world import World

ROOT = Path(__file__).resolve().parents[2]
ADMIN = ("user", "add", "root", "--name", "管理员", "--role", "administrator")


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("MODE", "DATABASE_URL", "SECRET_KEY", "PUBLIC_URL", "DATA"):
        monkeypatch.delenv(f"GRADING_{name}", raising=False)
    monkeypatch.chdir(tmp_path)


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=given)


def production(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """Everything set that production needs, on SQLite."""
    monkeypatch.setenv("GRADING_MODE", "production")
    monkeypatch.setenv("GRADING_DATABASE_URL", f"sqlite:///{tmp_path}/production.db")
    monkeypatch.setenv("GRADING_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("GRADING_PUBLIC_URL", "https://grading.example.gov.cn")
    monkeypatch.setenv("GRADING_DATA", str(tmp_path / "data"))
    return load()


# Serving


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def answer(port: int, path: str) -> str:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
                said: bytes = response.read()
                return said.decode()
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the service does not answer")


def test_a_service_starts_with_nothing_else_running_and_stops_when_told(tmp_path: Path) -> None:
    port = free_port()
    command = [
        sys.executable,
        "-c",
        "from grading.cli.main import main; main()",
        "serve",
        "--port",
        str(port),
        "--data",
        str(tmp_path / "data"),
    ]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as running:
        try:
            assert '"status":"ready"' in answer(port, "/readyz")
        finally:
            running.send_signal(signal.SIGTERM)
        _, said = running.communicate(timeout=120)
    assert running.returncode in (0, -signal.SIGTERM)
    assert "还没有用户。请先运行：grading user add" in said
    assert "Application shutdown complete" in said
    assert (tmp_path / "data" / "grading.db").is_file()


# Production


def test_production_refuses_to_start_and_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADING_MODE", "production")
    for command in (
        ("serve",),
        ("serve", "--demo"),
        ("migrate",),
        ADMIN,
        ("log", "verify"),
        ("verify",),
        ("backup", "a.zip"),
    ):
        refused = run(*command)
        assert refused.exit_code == 2
        for name in ("DATABASE_URL", "SECRET_KEY", "PUBLIC_URL", "DATA"):
            assert f"请设置 GRADING_{name}：" in refused.stderr


def test_production_has_no_demo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = production(monkeypatch, tmp_path)
    refused = run("serve", "--demo")
    assert refused.exit_code == 2
    assert "不能使用演示数据" in refused.stderr
    service = make_service(settings)
    with pytest.raises(ValueError, match="no demo"):
        demo.prepare(service)
    service.close()


def test_production_does_not_start_on_a_demos_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    service = make_service(production(monkeypatch, tmp_path))
    migrate.migrate(service.database)
    with service.database.writing() as db:
        audit_log.append(db, demo.MARK, None)
    assert startup.startup_problem(service) == ("数据库中有演示数据和演示账号，不能在生产模式下使用；请换一个数据库。")
    service.close()


def test_production_is_migrated_by_hand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    production(monkeypatch, tmp_path)
    refused = run("serve")
    assert (refused.exit_code, "请先运行 grading migrate" in refused.stderr) == (2, True)
    assert "空 → " in run("migrate").stdout
    assert "已是最新" in run("migrate").stdout
    assert run(*ADMIN).exit_code == 0


def test_a_database_that_is_not_there_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADING_DATABASE_URL", "postgresql+psycopg://grading:a-secret@127.0.0.1:1/grading")
    refused = run(*ADMIN)
    assert refused.exit_code == 2
    assert "数据库无法使用" in refused.stderr
    assert "a-secret" not in refused.stderr
    monkeypatch.setenv("GRADING_DATABASE_URL", "paper://drawer")
    assert "GRADING_DATABASE_URL 无法识别" in run(*ADMIN).stderr


# Users


def test_a_first_administrator_is_made_with_a_password_that_is_shown_once() -> None:
    made = run(*ADMIN)
    assert made.exit_code == 0
    assert re.search(r"密码（只显示这一次）：(\w{4}-){4}\w{4}", made.stdout)
    again = run(*ADMIN)
    assert (again.exit_code, "“root”已被使用" in again.stderr) == (1, True)


def test_a_given_password_is_not_shown() -> None:
    made = run(*ADMIN, "--password-stdin", given="a-good-password\n")
    assert made.exit_code == 0
    assert "password" not in made.stdout
    weak = run("user", "add", "x1", "--name", "x", "--role", "administrator", "--password-stdin", given="short\n")
    assert (weak.exit_code, "密码应为" in weak.stderr) == (1, True)


def test_what_is_wrong_about_a_user_is_said() -> None:
    wrong = run("user", "add", "x1", "--name", "x", "--role", "emperor")
    assert (wrong.exit_code, "没有角色“emperor”" in wrong.stderr) == (2, True)
    wrong = run("user", "add", "x1", "--name", "x", "--role", "bureau")
    assert (wrong.exit_code, "辖区" in wrong.stderr) == (1, True)
    wrong = run("user", "add", "x1", "--name", "x", "--role", "enterprise", "--uscc", "91610404MA7D2P8L3F")
    assert (wrong.exit_code, "没有统一社会信用代码为" in wrong.stderr) == (1, True)
    assert run("user", "add", "wang", "--name", "王", "--role", "assessor", "--team", "一组").exit_code == 0
    assert run("user", "add", "li", "--name", "李", "--role", "assessor", "--team", "一组").exit_code == 0


# The log


def test_the_log_is_verified_from_the_command_line(tmp_path: Path) -> None:
    run(*ADMIN)
    verified = run("log", "verify")
    assert verified.exit_code == 0
    assert "日志完好，共 1 条" in verified.stdout
    head = verified.stdout.rsplit("：", 1)[1].strip()
    assert run("log", "verify", "--head", head).exit_code == 0
    database = Database(f"sqlite:///{tmp_path}/grading-data/grading.db")
    with database.writing() as db:
        db.execute(text("DROP TRIGGER log_no_update"))
        db.execute(text("UPDATE log SET action = 'nothing'"))
    database.close()
    spoilt = run("log", "verify")
    assert spoilt.exit_code == 1
    assert "第 1 条：内容与其校验值不符：记录被改动" in spoilt.stdout


# Users, later


def test_users_are_listed_shut_out_let_in_and_given_new_passwords() -> None:
    run(*ADMIN)
    run("user", "add", "wang", "--name", "王", "--role", "assessor", "--team", "一组")
    assert run("user", "deactivate", "wang").exit_code == 0
    listed = run("user", "list").stdout
    assert re.search(r"wang\s.*王\s.*评审专家\s.*一组\s.*已停用", listed)
    assert re.search(r"root\s.*系统管理员\s.*启用", listed)
    run("user", "add", "odd", "--name", "[/x]", "--role", "assessor", "--team", "[red]组")
    assert re.search(r"odd\s.*\[/x\]\s.*\[red\]组", run("user", "list").stdout)
    assert run("user", "activate", "wang").exit_code == 0
    reset = run("user", "password", "wang")
    assert re.search(r"密码（只显示这一次）：(\w{4}-){4}\w{4}", reset.stdout)
    assert "密码（" not in run("user", "password", "wang", "--password-stdin", given="a-good-password\n").stdout
    for command in ("deactivate", "activate", "password"):
        nobody = run("user", command, "nobody")
        assert (nobody.exit_code, "没有用户“nobody”" in nobody.stderr) == (1, True)


# Back-up


def test_a_service_is_saved_restored_and_verified_from_the_command_line(tmp_path: Path) -> None:
    run(*ADMIN)
    (tmp_path / "archives").mkdir()
    made = run("backup", "archives")
    assert made.exit_code == 0
    head = made.stdout.rsplit("：", 1)[1].strip()
    (archive,) = (tmp_path / "archives").iterdir()
    assert str(archive.name) in made.stdout
    assert run("backup", str(archive)).exit_code == 1

    in_the_way = run("restore", str(archive))
    assert (in_the_way.exit_code, "grading.db 已存在" in in_the_way.stderr) == (2, True)
    checked = run("restore", "--check", str(archive), "--head", head)
    assert (checked.exit_code, "核对无误：日志 1 条" in checked.stdout) == (0, True)
    elsewhere = run("restore", str(archive), "--data", "elsewhere")
    assert (elsewhere.exit_code, "已恢复" in elsewhere.stdout) == (0, True)
    verified = run("verify", "--data", "elsewhere", "--head", head)
    assert (verified.exit_code, "核对无误" in verified.stdout) == (0, True)
    assert run("verify", "--data", "elsewhere", "--head", "0" * 64).exit_code == 1


def test_a_damaged_archive_is_told_apart_from_a_place_that_is_taken(tmp_path: Path) -> None:
    (tmp_path / "archive.zip").write_bytes(b"not an archive")
    damaged = run("restore", "archive.zip", "--data", "elsewhere")
    assert (damaged.exit_code, "不是备份文件" in damaged.stderr) == (1, True)
    assert run("restore", "nothing.zip").exit_code == 2
    nothing = run("backup", "archive2.zip", "--data", "nowhere")
    assert (nothing.exit_code, "没有任何记录" in nothing.stderr) == (3, True)


# The demo


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, list[demo.Account]]]:
    """The demo's service and its accounts."""
    folder = tmp_path_factory.mktemp("demo")
    service = make_service(demo.settings_of(load(data=folder, database_url=None)))
    service.grader = GRADER
    assert startup.startup_problem(service) is None
    accounts = demo.prepare(service)
    assert accounts is not None
    yield World(service, uuid4(), uuid4(), {}), list(accounts)
    service.close()


def test_a_demo_has_an_account_for_each_role(demonstration: tuple[World, list[demo.Account]]) -> None:
    world, accounts = demonstration
    assert {world.actor(account.login).role for account in accounts} == set(Role)
    assert len({account.password for account in accounts}) == len(accounts)


def test_a_demo_shows_audits_in_every_state(demonstration: tuple[World, list[demo.Account]]) -> None:
    world, _ = demonstration
    with world.at("demo-admin") as context:
        states = set(context.db.scalars(select(Audit.state)))
        assert states >= set(AuditState) - {AuditState.WITHDRAWN}
    with world.service.database.reading() as db:
        assert audit_log.verify(db).findings == ()


def test_a_grade_of_a_demo_ends_soon(demonstration: tuple[World, list[demo.Account]]) -> None:
    world, _ = demonstration
    with world.at("demo-enterprise") as context:
        published = select(Grading).join(Audit, Audit.published_grading_id == Grading.id)
        grading = context.db.scalars(published.where(Audit.state == AuditState.PUBLISHED)).one()
        case, _ = explained(context, grading)
        assert case is not None
        ahead = forecasts.forecast_of(context, grading.id, case)
    changes = [stretch for stretch in ahead.stretches if stretch.since > calendar.today()]
    assert changes
    assert changes[0].since <= calendar.today() + timedelta(days=90)
    assert [end.kind for end in changes[0].because] == ["evidence"]


def test_a_demo_has_opinions_of_every_outcome_and_a_grade_that_is_due(
    demonstration: tuple[World, list[demo.Account]],
) -> None:
    world, _ = demonstration
    with world.at("demo-bureau") as context:
        found, _ = opinions(context.db, Filter(), None, 50)
        assert {listed.opinion.outcome for listed in found} == set(AdmissionOutcome)
        assert {listed.regrading for listed in found} >= {Regrading.AWAITING_COMPLETION, Regrading.DUE}


def test_a_demo_is_filled_once(demonstration: tuple[World, list[demo.Account]]) -> None:
    world, _ = demonstration
    assert demo.prepare(world.service) is None


def test_a_demo_lies_beside_the_local_service_not_in_it(tmp_path: Path) -> None:
    settings = demo.settings_of(load())
    assert settings.data == tmp_path / "grading-data" / "demo"
    assert settings.database == f"sqlite:///{tmp_path}/grading-data/demo/demo.db"
