"""Evidence files: by content, of types that are taken, and never outside their folder."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from api.files.evidence import EvidenceFolder, safe_name
from api.problems import Problem

PDF = b"%PDF-1.7\n1 0 obj"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 20
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 "
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(20)
HEIF = b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1heicmiaf" + bytes(20)
AVIF = b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf" + bytes(20)
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00"


@pytest.fixture
def folder(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(tmp_path / "evidence", 1000)


def refused(code: str) -> Any:
    """Expects a Problem with this code."""
    return pytest.raises(Problem, match=f"^{code}:")


def put(folder: EvidenceFolder, content: bytes, name: str) -> str:
    return folder.put(io.BytesIO(content), name).media_type


def archive(*members: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        for member in members:
            made.writestr(member, "<x/>")
    return written.getvalue()


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (PDF, "监测报告.pdf", "application/pdf"),
        (PNG, "现场.PNG", "image/png"),
        (JPEG, "现场.jpeg", "image/jpeg"),
        (WEBP, "现场.webp", "image/webp"),
        (MP4, "巡查.mp4", "video/mp4"),
        (HEIC, "IMG_0001.HEIC", "image/heic"),
        (HEIF, "IMG_0002.heif", "image/heic"),
        (archive("OFD.xml", "Doc_0/Document.xml"), "批文.ofd", "application/ofd"),
        ("日期,数值\n2023-01-01,3.5\n".encode(), "台账.csv", "text/plain"),
        ("日期,数值\n".encode("gb18030"), "台账.csv", "text/plain"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "台账.xlsx", "application/vnd.openxmlformats"),
        (archive("[Content_Types].xml", "word/document.xml"), "说明.docx", "application/vnd.openxmlformats"),
    ],
)
def test_what_a_file_is_its_content_says(folder: EvidenceFolder, content: bytes, name: str, media_type: str) -> None:
    assert put(folder, content, name).startswith(media_type)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00\x03\x00", "setup.exe"),
        (b"\x7fELF\x02\x01\x01", "run"),
        (b"<html><script>alert(1)</script>", "page.html"),
        (b"\n  <svg xmlns='http://www.w3.org/2000/svg'/>", "image.svg"),
        (b"<?xml version='1.0'?>", "data.txt"),
        (archive("a.txt"), "files.zip"),
        (archive("xl/workbook.xml", "xl/vbaProject.bin"), "macros.xlsx"),
        (b"PK\x03\x04 and nothing more", "broken.xlsx"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "photo.mp4"),
        (AVIF, "photo.heic"),
    ],
)
def test_other_types_are_refused(folder: EvidenceFolder, content: bytes, name: str) -> None:
    with refused("file_type"):
        put(folder, content, name)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PDF, "photo.png"),
        (b"plain text", "report.pdf"),
        (PNG, "run.exe"),
        (HEIC, "photo.mp4"),
        (PDF, "report"),
        (PDF, "report.pdf.html"),
    ],
)
def test_a_name_that_claims_another_type_is_refused(folder: EvidenceFolder, content: bytes, name: str) -> None:
    with refused("file_disguised"):
        put(folder, content, name)


@pytest.mark.parametrize(
    ("content", "name", "kept"),
    [
        (WEBP, "图片.jpg", "图片.webp"),
        (HEIC, "IMG.JPG", "IMG.heic"),
        (JPEG, "a.b.png", "a.b.jpg"),
        (PNG, "x.PNG", "x.PNG"),
    ],
)
def test_a_picture_of_another_kind_than_its_name_says_is_taken_under_the_right_ending(
    folder: EvidenceFolder, content: bytes, name: str, kept: str
) -> None:
    assert folder.put(io.BytesIO(content), name).name == kept


def test_too_much_and_nothing_are_refused_and_leave_nothing_behind(folder: EvidenceFolder) -> None:
    with refused("file_too_large"):
        put(folder, PDF + b" " * 1000, "a.pdf")
    with refused("file_empty"):
        put(folder, b"", "a.pdf")
    assert files_below(folder.folder) == []


def test_the_same_content_is_kept_once_under_its_hash(folder: EvidenceFolder) -> None:
    first, second = (folder.put(io.BytesIO(PDF), name) for name in ("a.pdf", "b.pdf"))
    assert first.sha256 == second.sha256
    (file,) = files_below(folder.folder)
    assert file == folder.path(first.sha256)
    assert file.read_bytes() == PDF


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.pdf", "..\\..\\boot.pdf", "/etc/cron.d/x.pdf", "a\x00b.pdf", "con\n.pdf", "....//x.pdf"]
)
def test_no_name_leads_out_of_the_folder(folder: EvidenceFolder, name: str) -> None:
    stored = folder.put(io.BytesIO(PDF), name)
    assert not set(stored.name) & set("/\\\x00\n")
    assert all(file.is_relative_to(folder.folder / stored.sha256[:2]) for file in files_below(folder.folder))


@pytest.mark.parametrize("sha256", ["../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n", ""])
def test_only_a_hash_is_a_place_in_the_folder(folder: EvidenceFolder, sha256: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        folder.path(sha256)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("报告 2023.pdf", "报告 2023.pdf"),
        ("C:\\Users\\王\\报告.pdf", "报告.pdf"),
        ('a"; filename="b.pdf', "a filename=b.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("", "未命名"),
        ("...", "未命名"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_a_shown_name_has_nothing_in_it_that_means_something(given: str, shown: str) -> None:
    assert safe_name(given) == shown


def test_a_file_that_was_changed_on_disk_is_found(folder: EvidenceFolder) -> None:
    sha256 = folder.put(io.BytesIO(PDF), "a.pdf").sha256
    assert folder.is_intact(sha256)
    path = folder.path(sha256)
    path.chmod(0o600)
    path.write_bytes(b"changed")
    assert not folder.is_intact(sha256)
    path.unlink()
    assert not folder.is_intact(sha256)
