"""A back-up: whole, of one moment, while others write, or not there at all."""

import json
import signal
import stat
import subprocess
import sys
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest

from api.backup import create
from api.backup.archive import ArchiveWriter
from api.backup.create import Made, make_backup
from api.backup.restore import restore
from api.backup.snapshot import BackupError
from api.backup.work_folder import PREFIX
from api.identity import sessions
from api.services import workflow
from api.services.attachments import attach, detach
from api.services.verification import verify
from api.store.migrate import migrate
from tests.api.backup.conftest import Place, serve, settings
from tests.api.world import PASSWORD, Furnished, World, content

ROOT = Path(__file__).resolve().parents[3]
SLOW = """
import time
from api.backup.archive import ArchiveWriter
from grading.cli.main import main
finish = ArchiveWriter.finish
def slowly(self, manifest):
    print("writing", flush=True)
    time.sleep(60)
ArchiveWriter.finish = slowly
main()
"""


def test_a_backup_is_one_file_of_its_owner_with_everything_by_digest(made: Made, furnished: Furnished) -> None:
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert [file.name for file in made.path.parent.iterdir()] == [made.path.name]
    with zipfile.ZipFile(made.path) as archive:
        names = archive.namelist()
        manifest = json.loads(archive.read("manifest.json"))
    assert sorted([*manifest["members"], "manifest.json"]) == sorted(names)
    exports = {furnished.ids[side]["export_id"] for side in ("tyre", "foundry")}
    assert {name.removeprefix("exports/") for name in names if name.startswith("exports/")} == exports
    assert len([name for name in names if name.startswith("evidence/")]) == 2
    assert manifest["gradings"] == 2


def test_a_backup_in_a_folder_is_named_by_its_time(made: Made) -> None:
    assert made.path.name == f"grading-{made.manifest.made_at:%Y%m%dT%H%M%S}Z.zip"


def test_a_backup_overwrites_nothing(made: Made, furnished: Furnished, tmp_path: Path) -> None:
    before = made.path.read_bytes()
    with pytest.raises(BackupError, match="已存在，不覆盖"):
        make_backup(furnished.world.service, made.path)
    assert made.path.read_bytes() == before
    with pytest.raises(BackupError, match="没有目录"):
        make_backup(furnished.world.service, tmp_path / "nowhere" / "a.zip")


def test_a_backup_holds_one_moment_while_others_go_on_writing(world: World, empty_place: Place, tmp_path: Path) -> None:
    over = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        while not over.is_set():
            audit = world.do("wang", workflow.create_audit, world.tyre, content())
            world.do("wang", workflow.submit, audit.id)
            written += 1

    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(write)
        try:
            while written < 3 and not writer.done():
                time.sleep(0.01)
            archives = [make_backup(world.service, tmp_path / f"{number}.zip") for number in range(3)]
        finally:
            over.set()
        writer.result()
    assert archives[0].manifest.gradings >= 3
    for archive in archives:
        place = empty_place()
        restore(place, archive.path)
        service = serve(place)
        found = verify(service)
        service.close()
        assert (found.findings, found.gradings) == ((), archive.manifest.gradings)
        assert found.log_head == archive.manifest.log_head


def test_who_was_signed_in_is_not_in_a_backup(world: World, empty_place: Place, tmp_path: Path) -> None:
    service = world.service
    cookie = sessions.sign_in(service.database, service.settings, "wang", PASSWORD, "10.0.0.1").cookie
    place = empty_place()
    restore(place, make_backup(service, tmp_path).path)
    restored = serve(place)
    with restored.database.reading() as db:
        assert sessions.of_cookie(db, place, cookie) is None
    assert sessions.sign_in(restored.database, place, "wang", PASSWORD, "10.0.0.1")
    restored.close()


def test_evidence_that_is_lost_is_named_and_keeps_nothing_else_from_being_saved(world: World, tmp_path: Path) -> None:
    audit = world.do("wang", workflow.create_audit, world.tyre)
    kept, lost, spoilt = (
        world.do("wang", attach, audit.id, BytesIO(b"%PDF-1.7 " + name.encode()), f"{name}.pdf").sha256
        for name in ("kept", "lost", "spoilt")
    )
    world.service.evidence.path(lost).unlink()
    world.service.evidence.path(spoilt).chmod(0o600)
    world.service.evidence.path(spoilt).write_bytes(b"something else")
    made = make_backup(world.service, tmp_path / "a.zip")
    assert set(made.manifest.lacking) == {lost, spoilt}
    assert f"evidence/{kept}" in made.manifest.members


def test_a_database_of_another_schema_is_not_backed_up(
    furnished: Furnished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.store.migrate.newest", lambda: "9999")
    with pytest.raises(BackupError, match="grading migrate"):
        make_backup(furnished.world.service, tmp_path)
    assert list(tmp_path.iterdir()) == []


# What is interrupted


def test_a_backup_that_fails_leaves_nothing(
    furnished: Furnished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ArchiveWriter, "finish", full)
    with pytest.raises(OSError, match="No space"):
        make_backup(furnished.world.service, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_backup_that_is_killed_leaves_nothing_that_looks_like_one(
    tmp_path: Path, sign: signal.Signals, code: int
) -> None:
    target, data = tmp_path / "archives", tmp_path / "data"
    target.mkdir()
    service = serve(settings(f"sqlite:///{data}/grading.db", data))
    migrate(service.database)
    slow = [sys.executable, "-c", SLOW, "backup", "--data", str(data), str(target)]
    with subprocess.Popen(slow, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "writing\n"
        running.send_signal(sign)
        running.wait(timeout=120)
    assert running.returncode == code
    assert [file for file in target.iterdir() if not file.name.startswith(PREFIX)] == []
    made = make_backup(service, target)
    assert list(target.iterdir()) == [made.path]
    service.close()


def test_a_file_taken_off_a_draft_meanwhile_is_no_loss(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit = world.do("wang", workflow.create_audit, world.tyre)
    file = world.do("wang", attach, audit.id, BytesIO(b"%PDF-1.7 wrong one"), "a.pdf")
    take = create.snapshot.take
    taken = 0

    def take_and_detach(*said: object) -> None:
        nonlocal taken
        take(*said)  # type: ignore[arg-type]
        taken += 1
        if taken == 1:
            world.do("wang", detach, file.id)
            world.service.evidence.path(file.sha256).unlink(missing_ok=True)

    monkeypatch.setattr(create.snapshot, "take", take_and_detach)
    made = make_backup(world.service, tmp_path / "a.zip")
    assert (made.manifest.lacking, taken) == ((), 2)
    assert not [name for name in made.manifest.members if name.startswith("evidence/")]
