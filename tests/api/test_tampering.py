"""Whoever edits the database by hand, with its triggers taken off, is found out: by `grading log verify` and `grading verify`."""

import zlib
from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.service import Service
from api.services import workflow
from api.services.regrading import publication
from api.services.verification import verify, verify_records
from api.store import EvidenceFile
from api.store.database import WRITES
from tests.api.conftest import Backend, service_on
from tests.api.test_verification import tamper, tamper_on
from tests.api.world import FOUNDRY, Furnished, World, content

AUDIT = "(SELECT min({id}) FROM audits WHERE state = 'published')"
OTHER = "(SELECT max({id}) FROM audits WHERE state = 'published')"
EDITS = {
    "grading given to another audit": "UPDATE gradings SET audit_id = $OTHER WHERE audit_id = $AUDIT",
    "grading's maker": "UPDATE gradings SET made_by = $ROOT WHERE audit_id = $AUDIT",
    "grading's time": "UPDATE gradings SET created_at = '2020-01-01 00:00:00.000000'",
    "grading's revision": "UPDATE gradings SET revision_id = (SELECT id FROM audit_revisions WHERE audit_id = $OTHER)"
    " WHERE audit_id = $AUDIT",
    "grading's grade": "UPDATE gradings SET grade = 'A'",
    "grading's mode": "UPDATE gradings SET mode = 'trial'",
    "grading removed": "DELETE FROM gradings",
    "graded unit's grade": "UPDATE graded_units SET grade = 'A'",
    "graded unit's name": "UPDATE graded_units SET unit = 'another'",
    "graded unit removed": "DELETE FROM graded_units",
    "audit given to another enterprise": "UPDATE audits SET enterprise_id ="
    " (SELECT enterprise_id FROM audits WHERE id = $OTHER) WHERE id = $AUDIT",
    "audit's kind": "UPDATE audits SET kind = 'self' WHERE id = $AUDIT",
    "audit's day": "UPDATE audits SET assessed_on = '2020-01-01' WHERE id = $AUDIT",
    "audit's author": "UPDATE audits SET author_id = $ROOT WHERE id = $AUDIT",
    "audit's submitter": "UPDATE audits SET submitted_by = $ROOT WHERE id = $AUDIT",
    "audit's confirmer": "UPDATE audits SET confirmed_by = $ROOT WHERE id = $AUDIT",
    "audit's publisher": "UPDATE audits SET published_by = $ROOT WHERE id = $AUDIT",
    "audit's publication time": "UPDATE audits SET published_at = '2020-01-01 00:00:00.000000' WHERE id = $AUDIT",
    "audit's reasons": "UPDATE audits SET reasons = 'because' WHERE id = $AUDIT",
    "audit's site": "UPDATE audits SET site_id = (SELECT min($TEXT_ID) FROM sites)$UUID WHERE id = $AUDIT",
    "audit's revision number": "UPDATE audits SET revision = 2 WHERE id = $AUDIT",
    "audit's supersession": "UPDATE audits SET superseded_by = $OTHER WHERE id = $AUDIT",
    "audit's correction": "UPDATE audits SET corrects_id = $OTHER WHERE id = $AUDIT",
    "audit's state": "UPDATE audits SET state = 'withdrawn' WHERE id = $AUDIT",
    "audit's version": "UPDATE audits SET version = 99 WHERE id = $AUDIT",
    "audit's published grading": "UPDATE audits SET published_grading_id = NULL WHERE id = $AUDIT",
    "audit removed": "DELETE FROM audits WHERE id = $AUDIT",
    "draft's content": "UPDATE audit_revisions SET content = (SELECT content FROM audit_revisions WHERE frozen LIMIT 1)"
    " WHERE NOT frozen",
    "draft removed": "DELETE FROM audit_revisions WHERE NOT frozen",
    "revision's author": "UPDATE audit_revisions SET author_id = $ROOT WHERE audit_id = $AUDIT",
    "revision's state": "UPDATE audit_revisions SET frozen = $FALSE WHERE audit_id = $AUDIT",
    "revision's number": "UPDATE audit_revisions SET number = 7 WHERE audit_id = $AUDIT",
    "revision's digest": "UPDATE audit_revisions SET audit_digest = 'sha256:0' WHERE audit_id = $AUDIT",
    "enterprise's name": "UPDATE enterprises SET name = 'another' WHERE county = '610404'",
    "enterprise's credit code": "UPDATE enterprises SET uscc = '91610000MA0000000X' WHERE county = '610404'",
    "enterprise's county": "UPDATE enterprises SET county = '610502' WHERE county = '610404'",
    "two plants swapped": "UPDATE enterprises SET name = (SELECT e.name FROM enterprises e WHERE e.id <> enterprises.id LIMIT 1)",
    "enterprise's permit": "UPDATE enterprises SET permit = NULL",
    "enterprise shut": "UPDATE enterprises SET active = $FALSE",
    "site's county": "UPDATE sites SET county = '110101'",
    "unit's ruleset": "UPDATE units SET ruleset_id = 'national-2020/coking'",
    "unit removed": "DELETE FROM units",
    "appeal's reasons": "UPDATE appeals SET reasons = 'never mind'",
    "appeal's answer": "UPDATE appeals SET answer = 'no', state = 'rejected'",
    "appeal's answerer": "UPDATE appeals SET answered_by = $ROOT",
    "appeal removed": "DELETE FROM appeals",
    "sign-off forged": "INSERT INTO sign_offs (id, ruleset_digest, reviewer_id, reviewer_name, at)"
    " SELECT $NEW, digest, $ROOT, 'nobody', '2026-01-01 00:00:00.000000' FROM rulesets"
    " WHERE digest NOT IN (SELECT ruleset_digest FROM sign_offs) LIMIT 1",
    "sign-off's name": "UPDATE sign_offs SET reviewer_name = 'another'",
    "sign-off removed": "DELETE FROM sign_offs",
    "ruleset removed": "DELETE FROM rulesets",
    "ruleset's jurisdiction": "UPDATE rulesets SET jurisdiction = '110000'",
    "ruleset's day": "UPDATE rulesets SET effective = '2020-01-01'",
    "draft ruleset's text": "UPDATE draft_rulesets SET text = document",
    "evidence given to another audit": "UPDATE evidence_files SET audit_id = $OTHER WHERE audit_id = $AUDIT",
    "evidence re-pointed to another file": "UPDATE evidence_files SET sha256 = '$ZEROS'",
    "evidence renamed": "UPDATE evidence_files SET name = 'another.pdf'",
    "evidence's place": "UPDATE evidence_files SET place = 'units[0].facts.nmhc'",
    "evidence's sender": "UPDATE evidence_files SET uploaded_by = $ROOT",
    "evidence removed": "DELETE FROM evidence_files",
    "user made administrator": "UPDATE users SET role = 'administrator', team_id = NULL WHERE login = 'wang'",
    "user's password hash": "UPDATE users SET password_hash = 'x' WHERE login = 'root'",
    "user's area": "UPDATE users SET area = '610000' WHERE login = 'county'",
    "user may review": "UPDATE users SET may_review = $TRUE WHERE login = 'county'",
    "user let in again": "UPDATE users SET active = $FALSE WHERE login = 'wang'",
    "user's login": "UPDATE users SET login = 'other' WHERE login = 'wang'",
    "user put in": "INSERT INTO users (id, login, name, role, password_hash, may_review, active, version, created_at)"
    " VALUES ($NEW, 'ghost', 'ghost', 'administrator', 'x', $FALSE, $TRUE, 1, '2026-01-01 00:00:00.000000')",
    "assignment's team": "UPDATE assignments SET team_id = (SELECT id FROM teams WHERE name = '评审二组')"
    " WHERE team_id = (SELECT id FROM teams WHERE name = '评审一组')",
    "assignment's end": "UPDATE assignments SET until = '2099-01-01'",
    "team's name": "UPDATE teams SET name = 'another' WHERE name = '评审一组'",
    "token given to another user": "UPDATE tokens SET user_id = $ROOT",
    "token prolonged": "UPDATE tokens SET expires_at = '2099-01-01 00:00:00.000000'",
    "batch's state": "UPDATE batches SET state = 'published'",
    "batch's maker": "UPDATE batches SET made_by = $ROOT",
    "batch's publisher": "UPDATE batches SET published_by = $ROOT",
    "batch's ruleset": "UPDATE batch_rulesets SET digest = 'sha256:0'",
    "entry's action": "UPDATE log SET action = 'x' WHERE seq = 3",
    "entry's actor": "UPDATE log SET actor_id = $ROOT WHERE seq = 3",
    "entry's time without sense": "UPDATE log SET at = '2020-01-01 00:00:00.000000' WHERE seq = 3",
    "entry's rows": "UPDATE log SET rows = NULL WHERE seq = 3",
    "last entry removed": "DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)",
    "whole log removed": "DELETE FROM log",
}


@pytest.fixture(scope="session")
def decided(
    backend: Backend, furnished_template: Furnished, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """The furnished world with a sign-off, an answered appeal, a published batch and a draft; to be copied."""
    service = service_on(backend.new(furnished_template.world.service.settings.database), tmp_path_factory.mktemp("d"))
    service.evidence.folder = furnished_template.world.service.evidence.folder
    origin = furnished_template.world
    world = World(service, origin.tyre, origin.foundry, origin.users)
    world.do("city", workflow.sign_off, "national-2020/rubber")
    for side, login in (("tyre", "city"), ("foundry", "elsewhere")):
        ids = furnished_template.ids[side]
        world.do(login, workflow.answer_appeal, UUID(ids["appeal_id"]), upheld=True, answer="属实")
    world.do("province", publication.publish, UUID(furnished_template.ids["tyre"]["batch_id"]))
    world.do("zhao", workflow.create_audit, world.foundry, content(FOUNDRY))
    yield service
    service.close()
    backend.drop(service.settings.database)


@pytest.fixture
def service(backend: Backend, decided: Service) -> Iterator[Service]:
    """A copy of it."""
    decided.database.close()
    made = service_on(backend.new(decided.settings.database), decided.settings.data)
    made.evidence.folder = decided.evidence.folder
    yield made
    made.close()
    backend.drop(made.settings.database)


def sql(service: Service, statement: str) -> str:
    """A statement with ids and words as the database has them."""
    lite = service.database.is_sqlite
    words = {
        "$AUDIT": AUDIT.format(id="id" if lite else "id::text") + ("" if lite else "::uuid"),
        "$OTHER": OTHER.format(id="id" if lite else "id::text") + ("" if lite else "::uuid"),
        "$ROOT": "(SELECT id FROM users WHERE login = 'root')",
        "$NEW": "'0190000000007000800000000000000f'",
        "$TEXT_ID": "id" if lite else "id::text",
        "$UUID": "" if lite else "::uuid",
        "$ZEROS": "0" * 64,
        "$FALSE": "0" if lite else "false",
        "$TRUE": "1" if lite else "true",
    }
    if not lite:
        statement = statement.replace("'2020-01-01 00:00:00.000000'", "'2020-01-01 00:00:00+00'::timestamptz")
        statement = statement.replace("'2026-01-01 00:00:00.000000'", "'2026-01-01 00:00:00+00'::timestamptz")
        words["$NEW"] += "::uuid"
    for word, said in words.items():
        statement = statement.replace(word, said)
    return statement


def test_what_went_through_the_service_is_in_order(service: Service) -> None:
    verified = verify(service)
    assert (verified.findings, verified.notes) == ((), ())


@pytest.mark.parametrize("edit", EDITS, ids=[name.replace(" ", "_") for name in EDITS])
def test_an_edit_by_hand_is_noticed(decided: Service, edit: str) -> None:
    with Session(decided.database.engine) as db:
        db.connection(execution_options={WRITES: True})
        tamper_on(db.connection(), sql(decided, EDITS[edit]))
        findings = verify_records(db).findings
        db.rollback()
    assert findings


def test_a_finding_names_the_row_what_it_says_and_what_the_log_says(service: Service) -> None:
    tamper(service.database, sql(service, EDITS["audit's kind"]))
    with service.database.reading() as db:
        (finding,) = verify_records(db).findings
    assert finding.subject.startswith("audit:")
    assert "kind 库中为 “self”，日志为 “expert”" in finding.message


@pytest.mark.parametrize(
    "table", ["log", "gradings", "graded_units", "rulesets", "sign_offs", "audit_revisions", "draft_rulesets"]
)
def test_a_trigger_that_is_missing_or_disabled_is_noticed(service: Service, table: str) -> None:
    with service.database.writing() as db:
        if service.database.is_sqlite:
            db.execute(text(f"DROP TRIGGER {table}_no_update"))
        else:
            db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only"))
    with service.database.reading() as db:
        assert [f.subject.partition(":")[0] for f in verify_records(db).findings] == ["schema"]


def test_an_audit_put_in_as_published_without_any_entry_is_a_finding(service: Service) -> None:
    columns = (
        "enterprise_id, kind, author_id, state, version, revision, assessed_on, submitted_at, submitted_by, confirmed_by,"
        " confirmed_at, published_by, published_at, published_grading_id, created_at, changed_at"
    )
    put_in = f"INSERT INTO audits (id, {columns}) SELECT $NEW, {columns} FROM audits WHERE id = $AUDIT"
    tamper(service.database, sql(service, put_in))
    messages = [finding.message for finding in verify(service).findings if finding.subject.startswith("audit:")]
    assert any("日志中没有这一行：不是经本系统写入的" in message for message in messages)
    assert "公布的评级与日志中记下的不同。" in messages


def test_values_that_no_column_should_hold_are_findings_not_failures(service: Service) -> None:
    if not service.database.is_sqlite:
        pytest.skip("PostgreSQL refuses them")
    for nonsense in (
        "UPDATE audits SET created_at = 'yesterday', version = 'x', assessed_on = 'x'",
        "UPDATE users SET active = 5, created_at = 1.5",
        "UPDATE gradings SET id = 'nobody' WHERE audit_id = $AUDIT",
        "UPDATE evidence_files SET sha256 = '../../etc/passwd', size = 'much'",
        "UPDATE log SET at = 'yesterday' WHERE seq = 3",
        "UPDATE log SET rows = x'00' WHERE seq = 4",
        """UPDATE log SET rows = '{"users": {"x": 5, "y": {"name": 1}}}' WHERE seq = 5""",
        """UPDATE log SET rows = '{"users": 5}' WHERE seq = 6""",
        """UPDATE log SET rows = '{"users": [["x", "y"]]}' WHERE seq = 7""",
        """UPDATE log SET rows = '{"users": {"x": {"name": "\\ud800"}}}' WHERE seq = 8""",
        "UPDATE gradings SET id = upper(id) WHERE id <> 'nobody'",
    ):
        tamper(service.database, sql(service, nonsense))
    deep = zlib.compress(b"[" * 100_000)
    tamper(
        service.database, "UPDATE log SET details = :text, rows = :rows WHERE seq = 9", text="[" * 100_000, rows=deep
    )
    assert len(verify(service).findings) > 6


@pytest.mark.parametrize(
    "said", ['{"number": "much"}', '{"number": "1e999999999"}', '{"date": "someday"}', "[" * 100_000]
)
def test_a_ruleset_that_is_stored_with_a_value_that_is_none_is_a_finding(service: Service, said: str) -> None:
    values = {"document": zlib.compress(b'{"id": ' + said.encode() + b"}")}
    tamper(service.database, "UPDATE rulesets SET document = :document", **values)
    assert "ruleset" in {finding.subject.partition(":")[0] for finding in verify(service).findings}


def test_an_id_in_capitals_is_a_finding_of_its_row(service: Service) -> None:
    if not service.database.is_sqlite:
        pytest.skip("PostgreSQL has one form of it")
    tamper(service.database, "UPDATE teams SET id = upper(id)")
    with service.database.reading() as db:
        assert {finding.subject.partition(":")[0] for finding in verify_records(db).findings} == {"team"}


def test_evidence_put_in_without_the_service_is_a_finding(service: Service) -> None:
    columns = ", ".join(column.name for column in EvidenceFile.__table__.columns if column.name != "id")
    put_in = f"INSERT INTO evidence_files (id, {columns}) SELECT $NEW, {columns} FROM evidence_files LIMIT 1"
    tamper(service.database, sql(service, put_in))
    with service.database.reading() as db:
        (finding,) = verify_records(db).findings
    assert finding.subject.startswith("evidence:")
