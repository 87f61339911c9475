"""Submissions of ODK and Kobo become drafts with their photos as evidence: all of an export, or nothing of it."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from api.services.verification import verify
from api.store import EvidenceFile, ImportedAudit
from grading.intake import read_audit
from tests.api.test_audit_import import HereReader, audits, errors, upload
from tests.api.world import TYRE, World
from tests.shipped import LIBRARY
from tests.xlsform.phone import Sent, central_json, central_zip, filled_in, kobo_json, survey
from tests.xlsform.test_round_trip import as_asked

ON_SQLITE_ALONE = True
RUBBER = "national-2020/rubber"
JPEG = b"\xff\xd8\xff\xe0" + bytes(32)
OTHER = JPEG + b"2"


@pytest.fixture
def world(world: World, tmp_path: Path) -> World:
    world.service.workbooks = HereReader(tmp_path / "uploads")
    return world


def sent(**changes: Any) -> Sent:
    """The tyre works as a phone would send it, with a photo of its permit and one of an outlet's report."""
    said = json.loads(TYRE.read_text(encoding="utf-8")) | {"assessed_on": "2024-05-10"}
    found = filled_in(as_asked(read_audit(json.dumps(said).encode(), LIBRARY)))
    found.values |= {"u1_holds_permit__photo": "permit 1.jpg"} | changes
    more = {"fact": "nmhc", "row": "DA001", "photo": "report.jpg"}
    found.rows["u1__more"].append(Sent({f"u1__more_{name}": text for name, text in more.items()}))
    return found


def form() -> tuple[dict[str, str], ...]:
    return survey((RUBBER,))


def media(*files: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


PHOTOS = media(("wang/attachments/f/1/permit_1.jpg", JPEG), ("wang/attachments/f/1/report.jpg", OTHER))


def attached(world: World) -> list[tuple[str | None, str]]:
    with world.service.database.reading() as db:
        rows = db.execute(select(EvidenceFile.place, EvidenceFile.name).order_by(EvidenceFile.id))
        return [(place, name) for place, name in rows]


@pytest.mark.parametrize("export", [kobo_json, central_json])
def test_a_submission_becomes_a_draft_with_its_photos_at_their_values(world: World, export: Any) -> None:
    files = (("照片.zip", PHOTOS), ("submissions.json", export(sent(), form())))
    done = upload(world, *files)
    assert (done.made, done.repeated) == (1, 0)
    assert attached(world) == [
        ("units[0].facts.holds_permit", "permit 1.jpg"),
        ('units[0].groups.outlets["DA001"].nmhc', "report.jpg"),
    ]
    again = upload(world, *files)
    assert (again.made, again.repeated, len(attached(world))) == (0, 1, 2)
    assert verify(world.service).findings == ()


def test_a_zip_of_central_has_the_answers_and_the_photos_together(world: World) -> None:
    buffer = io.BytesIO(central_zip(sent(), form()))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("media/permit 1.jpg", JPEG)
        archive.writestr("media/report.jpg", OTHER)
    done = upload(world, ("form.zip", buffer.getvalue()))
    assert done.made == 1
    assert len(attached(world)) == 2
    assert any("没有提交提到这些文件，没有保存：a.jpg" in said for said in done.notices)


def two(*changes: dict[str, Any]) -> bytes:
    """An export of several submissions."""
    listed = [json.loads(central_json(sent(**one), form()))["value"][0] for one in changes]
    for number, one in enumerate(listed, start=1):
        one["__id"] = one["meta"]["instanceID"] = f"uuid:{number}"
    return json.dumps({"value": listed}, ensure_ascii=False).encode()


def test_everything_wrong_is_told_at_once_and_nothing_is_made(world: World) -> None:
    wrong = two(
        {"u1_holds_permit": "perhaps", "u1_boundary_pm": "-3", "u1_env_staff__photo": "lost.jpg"},
        {"u1_holds_permit__photo": "gone.jpg", "assessed_on": "2024-05-11"},
        {"enterprise_uscc": "91350100M000100Y43", "enterprise_permit": None, "assessed_on": "2024-05-12"},
        {"u1_holds_permit__photo": "note.exe", "assessed_on": "2024-05-13"},
    )
    photos = media(("permit 1.jpg", JPEG), ("report.jpg", OTHER), ("note.exe", b"MZ\x00\x00"))
    said = errors(world, ("a.json", wrong), ("media.zip", photos))
    shown = "\n".join(said)
    for part in (
        "a.json 第 1 份提交：持有有效的排污许可证",
        "a.json 第 1 份提交：厂界",
        "文件“lost.jpg”不在上传的照片、压缩包里",
        "a.json 第 2 份提交：",
        "文件“gone.jpg”不在上传的照片、压缩包里",
        "a.json 第 3 份提交：名录里没有统一社会信用代码",
        "“note.exe”：不接受这种类型的文件",
    ):
        assert part in shown, (part, shown)
    assert attached(world) == []
    with world.service.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(ImportedAudit)) == 0


def test_photos_of_one_name_are_told_apart_by_the_folders_of_their_submissions(world: World) -> None:
    export = two({}, {"assessed_on": "2024-05-11"})
    folders = media(
        *(
            (f"{number}/{name}", content + str(number).encode())
            for number in (1, 2)
            for name, content in (("permit 1.jpg", JPEG), ("report.jpg", OTHER))
        )
    )
    assert upload(world, ("a.json", export), ("media.zip", folders)).made == 2
    with world.service.database.reading() as db:
        counted = db.execute(select(EvidenceFile.audit_id, func.count()).group_by(EvidenceFile.audit_id)).all()
        assert sorted(count for _, count in counted) == [2, 2]
        assert db.scalar(select(func.count(EvidenceFile.sha256.distinct()))) == 4
    loose = media(("a/permit 1.jpg", JPEG), ("b/permit 1.jpg", OTHER), ("report.jpg", OTHER))
    third = two({"assessed_on": "2024-06-01"})
    assert "2 个不同的“permit 1.jpg”" in errors(world, ("a.json", third), ("media.zip", loose))[0]


def test_a_bureau_takes_them_in_for_a_team_and_photos_alone_are_refused(world: World) -> None:
    export = kobo_json(sent(), form())
    team = world.actor("wang").team_id
    assert upload(world, ("a.json", export), ("photos.zip", PHOTOS), login="city", team_id=team).made == 1
    for files, said in (
        ((("photos.zip", PHOTOS),), "只有照片不行"),
        ((("a.json", export), ("b.json", export)), "一次只能上传一份导出"),
        ((("a.json", b"{}"),), "不是 .xlsx 工作簿，也不是"),
        ((("a.json", export), ("photos.zip", b"PK\x03\x04broken")), "不能读取"),
    ):
        assert said in errors(world, *files)[0]
    assert audits(world) == 1
