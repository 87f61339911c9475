"""A damaged archive restores nothing; everything wrong with it is told at once."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.backup.create import Made
from api.backup.restore import restore
from api.backup.snapshot import BackupError
from tests.api.backup.conftest import files, settings

Parts = dict[str, bytes]
EVIDENCE = "evidence/" + "0" * 64


def refusal(archive: Path, folder: Path) -> str:
    """What is said of an archive; nothing may come of it."""
    place = settings(f"sqlite:///{folder}/grading.db", folder / "data")
    with pytest.raises(BackupError) as refused:
        restore(place, archive)
    assert files(folder) == {archive.name: archive.read_bytes()}
    return "\n".join(refused.value.problems)


def spoilt(made: Made, folder: Path, change: Callable[[Parts], None]) -> Path:
    """A copy of an archive with other members."""
    with zipfile.ZipFile(made.path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(folder / "spoilt.zip", "w") as written:
        for name, content in parts.items():
            written.writestr(name, content)
    return folder / "spoilt.zip"


def manifest(parts: Parts, change: Callable[[dict[str, Any]], None]) -> None:
    """Say something else in the manifest."""
    said = json.loads(parts["manifest.json"])
    change(said)
    parts["manifest.json"] = json.dumps(said).encode()


def evidence_in(parts: Parts) -> str:
    return next(name for name in parts if name.startswith("evidence/"))


def flip(parts: Parts, name: str) -> None:
    parts[name] = bytes([parts[name][0] ^ 1]) + parts[name][1:]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda parts: flip(parts, evidence_in(parts)), "内容与清单中的校验值不符"),
        (lambda parts: flip(parts, "database.sqlite"), "database.sqlite：内容与清单中的校验值不符"),
        (lambda parts: parts.update({evidence_in(parts): b""}), "内容与清单中的校验值不符"),
        (lambda parts: parts.pop(evidence_in(parts)), "缺少这个文件"),
        (lambda parts: parts.pop("database.sqlite"), "database.sqlite：缺少这个文件"),
        (lambda parts: parts.update({"../outside": b"x"}), "../outside：不是备份会有的文件"),
        (lambda parts: parts.update({"exports/a": b"x"}), "exports/a：清单里没有这个文件"),
        (lambda parts: parts.pop("manifest.json"), "缺少可读的清单"),
        (lambda parts: parts.update({"manifest.json": b"{"}), "缺少可读的清单"),
        (lambda parts: manifest(parts, lambda said: said.update(format=2)), "缺少可读的清单"),
        (lambda parts: manifest(parts, lambda said: said["members"].pop("database.sqlite")), "清单里没有这个文件"),
    ],
)
def test_a_changed_archive_is_refused(made: Made, tmp_path: Path, change: Callable[[Parts], None], said: str) -> None:
    assert said in refusal(spoilt(made, tmp_path, change), tmp_path)


def test_evidence_under_the_hash_of_something_else_is_refused(made: Made, tmp_path: Path) -> None:
    def rename(parts: Parts) -> None:
        name = evidence_in(parts)
        parts[EVIDENCE] = parts.pop(name)
        manifest(parts, lambda said: said["members"].update({EVIDENCE: said["members"].pop(name)}))

    assert "内容与文件名中的校验值不符" in refusal(spoilt(made, tmp_path, rename), tmp_path)


def test_everything_wrong_is_told_at_once(made: Made, tmp_path: Path) -> None:
    def break_it(parts: Parts) -> None:
        parts.pop(next(name for name in parts if name.startswith("exports/")))
        flip(parts, evidence_in(parts))
        flip(parts, "database.sqlite")

    assert len(refusal(spoilt(made, tmp_path, break_it), tmp_path).splitlines()) == 3


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_refused(made: Made, tmp_path: Path, kept: float) -> None:
    whole = made.path.read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole[: int(len(whole) * kept)])
    assert "不完整" in refusal(cut, tmp_path)


def test_bytes_that_rotted_on_the_disk_are_found(made: Made, tmp_path: Path) -> None:
    whole = bytearray(made.path.read_bytes())
    with zipfile.ZipFile(made.path) as archive:
        start = archive.getinfo("database.sqlite").header_offset + 200
    whole[start : start + 50] = bytes(50)
    rotten = tmp_path / "rotten.zip"
    rotten.write_bytes(whole)
    assert "database.sqlite：" in refusal(rotten, tmp_path)


def test_a_name_that_comes_twice_is_refused(made: Made, tmp_path: Path) -> None:
    twice = tmp_path / "twice.zip"
    twice.write_bytes(made.path.read_bytes())
    with zipfile.ZipFile(twice, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("database.sqlite", b"another")
    assert "出现了 2 次" in refusal(twice, tmp_path)
