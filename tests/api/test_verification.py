"""What was changed behind the service's back is found, wherever it was changed, and everything at once."""

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from api.service import Service
from api.services.verification import Verified, verify
from api.store import (
    AuditRevision,
    CampaignPhoto,
    EvidenceFile,
    Grading,
    SourceScan,
    StoredRuleset,
    UnitWaiver,
)
from api.store.database import WRITES, Database
from tests.api.conftest import Backend, service_on
from tests.api.world import Furnished


@pytest.fixture
def service(backend: Backend, furnished_template: Furnished) -> Iterator[Service]:
    """A furnished service, fresh; evidence is not to be changed but in copies."""
    source = furnished_template.world.service.settings
    made = service_on(backend.new(source.database), source.data)
    yield made
    made.close()
    backend.drop(made.settings.database)


def tamper(database: Database, *statements: str, **values: Any) -> None:
    """What somebody with all rights on the database could do, the triggers put back afterwards."""
    with database.engine.connect() as connection:
        if database.is_sqlite:
            # Only outside of a transaction can foreign keys be switched; in PostgreSQL a replica's role does the same.
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.execution_options(**{WRITES: True}).begin():
            tamper_on(connection, *statements, **values)
        if database.is_sqlite:
            connection.connection.cursor().execute("PRAGMA foreign_keys=ON")


def tamper_on(connection: Connection, *statements: str, **values: Any) -> None:
    """The same inside a transaction that is open."""
    triggers: list[tuple[str, str]] = []
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        triggers = [(name, sql) for name, sql in rows]
        for name, _ in triggers:
            connection.execute(text(f"DROP TRIGGER {name}"))
    else:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
    for statement in statements:
        connection.execute(text(statement), values)
    for _, sql in triggers:
        connection.exec_driver_sql(sql)


def found(service: Service) -> list[str]:
    return [f"{finding.subject.partition(':')[0]}: {finding.message}" for finding in verify(service).findings]


def found_by_the_log(service: Service) -> list[str]:
    return [message for message in found(service) if "为止记下的不同" in message]


def found_otherwise(service: Service) -> list[str]:
    """What is found without comparing rows with the log."""
    return [m for m in found(service) if "为止记下的不同" not in m and "日志记有这一行" not in m]


def first(service: Service) -> tuple[Grading, str]:
    """A grading, and its id as the database writes it."""
    with service.database.reading() as db:
        grading = db.scalars(select(Grading).order_by(Grading.id).limit(1)).one()
    return grading, grading.id.hex if service.database.is_sqlite else str(grading.id)


def packed(document: Any) -> bytes:
    return zlib.compress(json.dumps(document, ensure_ascii=False).encode())


def better(document: dict[str, Any]) -> dict[str, Any]:
    """The same grading with grade A wherever a grade is told."""
    units = [{**unit, "grade": "A"} for unit in document["units"]]
    return {**document, "grade": "A", "units": units}


def test_what_nobody_changed_is_in_order(service: Service) -> None:
    seen: list[tuple[int, int]] = []
    verified: Verified = verify(service, progress=lambda done, total: seen.append((done, total)))
    assert (verified.findings, verified.notes) == ((), ())
    assert (verified.gradings, verified.evidence) == (2, 8)
    assert seen == [(1, 2), (2, 2)]


def test_a_grade_that_was_changed_is_found(service: Service) -> None:
    tamper(service.database, "UPDATE gradings SET grade = 'A' WHERE id = :id", id=first(service)[1])
    assert found_otherwise(service) == ["grading: 等级、单元或摘要与所存的评级内容不一致：被改动。"]


def test_a_units_grade_that_was_changed_is_found(service: Service) -> None:
    tamper(service.database, "UPDATE graded_units SET grade = 'A' WHERE grading_id = :id", id=first(service)[1])
    assert found_otherwise(service) == ["grading: 等级、单元或摘要与所存的评级内容不一致：被改动。"]


def test_a_grading_that_was_changed_everywhere_is_found_by_the_log_and_by_grading_again(service: Service) -> None:
    grading, key = first(service)
    document = packed(better(json.loads(grading.document)))
    tamper(service.database, "UPDATE gradings SET grade = 'A', document = :d WHERE id = :id", d=document, id=key)
    tamper(service.database, "UPDATE graded_units SET grade = 'A' WHERE grading_id = :id", id=key)
    assert found_otherwise(service) == [
        "grading: 与日志中记下的不同（result）：评级被改动。",
        "grading: 重新评级的结果与所存的不同：评级、审核内容或规则集被改动。",
    ]


def test_a_trace_that_was_changed_is_found(service: Service) -> None:
    grading, key = first(service)
    document = json.loads(grading.document)
    document["units"][0]["trace"].pop()
    tamper(service.database, "UPDATE gradings SET document = :d WHERE id = :id", d=packed(document), id=key)
    assert len(found(service)) == 2


def test_what_an_audit_says_can_not_be_changed_afterwards(service: Service) -> None:
    grading, _ = first(service)
    with service.database.reading() as db:
        said = json.loads(db.get_one(AuditRevision, grading.revision_id).content)
    key = grading.revision_id.hex if service.database.is_sqlite else str(grading.revision_id)
    content = packed({**said, "assessed_on": "2023-11-01"})
    tamper(service.database, "UPDATE audit_revisions SET content = :c WHERE id = :id", c=content, id=key)
    assert found_otherwise(service) == ["grading: 重新评级的结果与所存的不同：评级、审核内容或规则集被改动。"]


def test_a_ruleset_that_was_changed_is_found(service: Service) -> None:
    with service.database.reading() as db:
        kept = db.scalars(select(StoredRuleset).limit(1)).one()
    document = packed({**json.loads(kept.document), "title": "别的规则"})
    tamper(service.database, "UPDATE rulesets SET document = :d WHERE digest = :id", d=document, id=kept.digest)
    (only,) = found(service)
    assert only.startswith("ruleset: 所存的规则集与其校验值不符")


def test_a_grading_that_was_removed_is_found(service: Service) -> None:
    _, key = first(service)
    tamper(service.database, "UPDATE audits SET published_grading_id = NULL WHERE published_grading_id = :id", id=key)
    for table in ("batch_units", "batch_audits", "publications"):
        tamper(service.database, f"DELETE FROM {table}")
    tamper(service.database, "DELETE FROM graded_units WHERE grading_id = :id", id=key)
    tamper(service.database, "DELETE FROM gradings WHERE id = :id", id=key)
    assert found_otherwise(service) == [
        "grading: 日志记有这次评级，但它已不在库中。",
        "audit: 公布的评级与日志中记下的不同。",
    ]


def test_a_state_that_no_step_led_to_is_found(service: Service) -> None:
    grading, _ = first(service)
    key = grading.audit_id.hex if service.database.is_sqlite else str(grading.audit_id)
    tamper(service.database, "UPDATE audits SET state = 'withdrawn' WHERE id = :id", id=key)
    assert found_otherwise(service) == ["audit: 状态为 withdrawn，日志中最后记下的是 published。"]


def test_a_log_that_was_changed_is_found(service: Service) -> None:
    tamper(service.database, "UPDATE log SET details = 'nothing that can be read' WHERE seq = 3")
    assert "log: 内容与其校验值不符：记录被改动" in found(service)


def test_content_that_can_not_be_read_any_more_is_told_like_everything_else(service: Service) -> None:
    tamper(service.database, "UPDATE gradings SET document = :d", d=b"not packed")
    messages = found(service)
    assert len(messages) == 2
    assert all("不能重现" in message for message in messages)


def test_evidence_that_was_changed_or_lost_is_found(service: Service, tmp_path: Path) -> None:
    with service.database.reading() as db:
        kinds = (EvidenceFile.name, CampaignPhoto.name, SourceScan.name, UnitWaiver.file_name)
        files = [row for name in kinds for row in db.execute(select(name.class_.id, name).where(name.is_not(None)))]
        names = [name for _, name in sorted((str(key), name) for key, name in files)]
    service.evidence.folder = tmp_path / "empty"
    assert found(service) == [f"evidence: 证据文件“{name}”缺失或内容已改变。" for name in names]


def test_everything_is_told_at_once(service: Service, tmp_path: Path) -> None:
    tamper(service.database, "UPDATE gradings SET grade = 'A'")
    tamper(service.database, "UPDATE log SET action = 'x' WHERE seq = 1")
    service.evidence.folder = tmp_path / "empty"
    assert {message.partition(":")[0] for message in found(service)} == {"grading", "log", "evidence"}
    assert len(found_otherwise(service)) == 11
