"""Heads of the log that were handed out hold it: whoever rewrites the log as a whole, or takes its end away, is found out."""

import json
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import select, text

from api import audit_log
from api.audit_log.handing_out import hand_out
from api.audit_log.heads import HeadError, current_line, given, signed_line
from api.audit_log.known_head import contradiction, known_head
from api.backup.create import make_backup
from api.service import Service
from api.services import workflow
from api.services.analysis import ReportFormat, report
from api.services.cases import case_of
from api.services.verification import verify_records
from api.store import LogEntry, LogHead
from tests.api.conftest import Backend, service_on
from tests.api.test_verification import tamper
from tests.api.world import Furnished, World


@pytest.fixture
def furnished(backend: Backend, furnished_template: Furnished) -> Iterator[tuple[World, Furnished]]:
    """The furnished world, fresh."""
    origin = furnished_template.world
    service = service_on(backend.new(origin.service.settings.database), origin.service.settings.data)
    yield World(service, origin.tyre, origin.foundry, origin.users), furnished_template
    service.close()
    backend.drop(service.settings.database)


def rewrite(service: Service) -> None:
    """The whole log written anew from its third entry on, in good order."""
    tamper(service.database, "UPDATE log SET subject = 'rewritten' WHERE seq >= 3")
    with service.database.reading() as db:
        entries = db.scalars(select(LogEntry).order_by(LogEntry.seq)).all()
    previous, changes = audit_log.FIRST, []
    for entry in entries:
        entry.previous = previous
        previous = audit_log.hash_of(entry)
        changes.append((entry.seq, entry.previous, previous))
    for seq, before, hash_ in changes:
        tamper(service.database, f"UPDATE log SET previous = '{before}', hash = '{hash_}' WHERE seq = {seq}")
    tamper(service.database, f"UPDATE log_head SET hash = '{previous}'")


def found(service: Service, said: str) -> list[str]:
    with service.database.reading() as db:
        heads = given(said, service.settings.key)
        return [finding.message for finding in verify_records(db, heads).findings]


def test_a_rewritten_log_passes_by_itself_and_not_against_what_was_handed_out(
    furnished: tuple[World, Furnished], tmp_path: Path
) -> None:
    world, made = furnished
    service = world.service
    grading = UUID(made.ids["tyre"]["grading_id"])
    with world.at("city", writing=False) as context:
        pdf = tmp_path / "report.pdf"
        pdf.write_bytes(report(case_of(context, grading), ReportFormat.PDF))
    backup = make_backup(service, tmp_path).path
    noted = tmp_path / "heads.txt"
    with service.database.reading() as db:
        noted.write_text(current_line(db, service.settings.key), encoding="ascii")
        bare = db.scalars(select(LogHead.hash)).one()
    (tmp_path / "bare.txt").write_text(bare + "\n", encoding="ascii")
    files = [str(pdf), str(backup), str(noted), bare, str(tmp_path / "bare.txt")]
    assert [found(service, file) for file in files] == [[]] * 5
    rewrite(service)
    with service.database.reading() as db:
        assert verify_records(db).findings == ()
    assert all("日志被整体改写" in found(service, file)[0] for file in files)


def test_a_log_that_was_cut_is_told_by_a_later_head(furnished: tuple[World, Furnished], tmp_path: Path) -> None:
    service = furnished[0].service
    with service.database.reading() as db:
        line = current_line(db, service.settings.key)
        last = db.scalars(select(LogHead)).one().seq
        before = db.scalars(select(LogEntry.hash).where(LogEntry.seq == last - 1)).one()
    (tmp_path / "head").write_text(line, encoding="ascii")
    tamper(
        service.database,
        f"DELETE FROM log WHERE seq = {last}",
        f"UPDATE log_head SET seq = {last - 1}, hash = '{before}'",
    )
    messages = found(service, str(tmp_path / "head"))
    assert any(f"曾交出第 {last} 条的校验值，日志现在只到第 {last - 1} 条" in message for message in messages)


def test_the_same_grading_has_the_same_head_in_every_report(furnished: tuple[World, Furnished]) -> None:
    world, made = furnished
    grading = UUID(made.ids["tyre"]["grading_id"])
    lines = set()
    for login in ("city", "tyre", "wang"):
        with world.at(login, writing=False) as context:
            lines.add(case_of(context, grading).source)
        world.do("wang", workflow.create_audit, world.tyre)
    assert len(lines) == 1
    assert None not in lines


@pytest.mark.parametrize("said", ["x" * 64, "nowhere.txt", "0123"])
def test_what_is_no_head_is_refused(said: str) -> None:
    with pytest.raises(HeadError, match="既不是"):
        given(said, b"key")


def test_a_head_with_another_signature_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "head"
    file.write_text(signed_line(b"another key", 3, "0" * 64), encoding="ascii")
    with pytest.raises(HeadError, match="签名不符"):
        given(str(file), b"key")
    file.write_text("nothing of the kind, and long enough to be no hash at all", encoding="ascii")
    with pytest.raises(HeadError, match="没有日志校验值"):
        given(str(file), b"key")


def test_heads_are_handed_out_to_a_file_once_each(world: World, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.txt"
    settings = world.service.settings.model_copy(update={"heads": str(file)})
    for _ in range(2):
        hand_out(settings, world.service.database)
    world.do("wang", workflow.create_audit, world.tyre)
    hand_out(settings, world.service.database)
    assert file.read_text(encoding="ascii").count("grading-log:1:") == 2
    assert found(world.service, str(file)) == []


def test_heads_are_handed_out_to_an_address(world: World) -> None:
    got: list[bytes] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    Thread(target=server.handle_request, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/heads"
    hand_out(world.service.settings.model_copy(update={"heads": address}), world.service.database)
    server.server_close()
    assert b"grading-log:1:" in got[0]


def test_a_database_that_lost_its_end_contradicts_the_head_that_was_noted(world: World) -> None:
    service = world.service
    hand_out(service.settings, service.database)
    head = known_head(service.settings)
    assert head is not None
    with service.database.reading() as db:
        assert contradiction(db, head) is None
    tamper(service.database, "DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)")
    with service.database.reading() as db:
        assert "现在只有" in (contradiction(db, head) or "")


def test_a_backups_manifest_has_its_head(world: World, tmp_path: Path) -> None:
    made = make_backup(world.service, tmp_path)
    with zipfile.ZipFile(made.path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    with world.service.database.reading() as db:
        assert manifest["head"] == current_line(db, world.service.settings.key)
        assert db.execute(text("SELECT count(*) FROM log")).scalar() == manifest["log_entries"]
