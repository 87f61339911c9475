"""Evidence files in a folder, each under the hash of its content; what a file is, its first bytes say."""

import hashlib
import os
import re
import tempfile
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO

from api.media_types import PDF, XLSX
from api.problems import ErrorAt, Problem

CHUNK = 1 << 20
SHA256 = re.compile(r"[0-9a-f]{64}")
MAX_NAME = 200
TEXT_SAMPLE = 8192
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
VIDEO_BRANDS = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"qt  "})
PICTURE_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
"""Of HEIF, pictures compressed as HEVC: what iPhones take."""
ANY_PICTURE = frozenset({b"mif1", b"msf1"})
OFFICE = {
    "OFD.xml": "application/ofd",
    "xl/workbook.xml": XLSX,
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
ENDINGS = {
    PDF: (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/tiff": (".tif", ".tiff"),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    "video/mp4": (".mp4", ".m4v", ".mov"),
    "text/plain": (".txt", ".csv"),
    OFFICE["xl/workbook.xml"]: (".xlsx",),
    OFFICE["word/document.xml"]: (".docx",),
    OFFICE["OFD.xml"]: (".ofd",),
}
"""The types that are taken and how the names of such files end."""


@dataclass(frozen=True)
class StoredFile:
    """A file that is in the folder now; `name` is safe to show and to offer as a download's name."""

    sha256: str
    name: str
    media_type: str
    size: int


class EvidenceFolder:
    """Files by content: the same content is kept once, and no name from outside ever becomes a path."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.folder, self.max_bytes = folder, max_bytes

    def put(self, content: BinaryIO, name: str) -> StoredFile:
        """Take a file in.

        Raises Problem: 413 when it is too large, 415 when it is of no type that is taken, 422 when it is empty or its name
        claims another type than it has.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        shown = safe_name(name)
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".incoming-", delete=True) as incoming:
            size, sha256 = self._copy(content, incoming.file)
            media_type = _true_type(incoming.file)
            shown = _named_by_content(shown, media_type)
            _refuse_disguise(shown, media_type)
            target = self.path(sha256)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.fchmod(incoming.fileno(), 0o440)
            os.fsync(incoming.fileno())
            # Whoever was first with the same content has put the same file there.
            with suppress(FileExistsError):
                os.link(incoming.name, target)
        return StoredFile(sha256, shown, media_type, size)

    def refusal(self, content: bytes, name: str) -> str | None:
        """The reason why `put` would refuse a file; None for one that it takes."""
        if len(content) > self.max_bytes:
            return f"文件超过 {self.max_bytes // 1_000_000} MB 的上限。"
        if not content:
            return "文件是空的。"
        try:
            media_type = _true_type(BytesIO(content))
            _refuse_disguise(_named_by_content(safe_name(name), media_type), media_type)
        except Problem as problem:
            return problem.detail
        return None

    def path(self, sha256: str) -> Path:
        """The path of the content with this hash; raises ValueError for anything that is not a hash."""
        if not SHA256.fullmatch(sha256):
            raise ValueError("not a SHA-256 in hex")
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def delete(self, sha256: str) -> None:
        """Remove the content with this hash, if it is there."""
        self.path(sha256).unlink(missing_ok=True)

    def is_intact(self, sha256: str) -> bool:
        """True when the content is there and still has its hash."""
        path = self.path(sha256)
        if not path.is_file():
            return False
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest() == sha256

    def is_writable(self) -> bool:
        """True when files can be taken in."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return os.access(self.folder, os.W_OK | os.X_OK)

    def _copy(self, content: BinaryIO, incoming: IO[bytes]) -> tuple[int, str]:
        size, digest = 0, hashlib.sha256()
        while chunk := content.read(CHUNK):
            size += len(chunk)
            if size > self.max_bytes:
                limit = self.max_bytes // 1_000_000
                raise Problem("file_too_large", f"文件超过 {limit} MB 的上限。", status=413)
            digest.update(chunk)
            incoming.write(chunk)
        if size == 0:
            raise Problem("file_empty", "文件是空的。", status=422, errors=[ErrorAt("file", "文件是空的。")])
        incoming.flush()
        return size, digest.hexdigest()


def safe_name(name: str) -> str:
    """A name without folders, control characters and characters that mean something to a shell or a header."""
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = "".join(c for c in last if c.isprintable() and c not in "<>:\"|?*;%'`$").strip(" .")
    stem, dot, ending = printable.rpartition(".")
    if len(printable) > MAX_NAME:
        printable = (
            stem[: MAX_NAME - len(ending) - 1] + dot + ending if dot and len(ending) <= 10 else printable[:MAX_NAME]
        )
    return printable or "未命名"


def _true_type(content: IO[bytes]) -> str:
    """The media type by content; raises Problem (415)."""
    content.seek(0)
    start = content.read(TEXT_SAMPLE)
    for signature, media_type in SIGNATURES:
        if start.startswith(signature):
            return media_type
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    if start[4:8] == b"ftyp":
        if _is_heic(start):
            return "image/heic"
        if start[8:12] in VIDEO_BRANDS:
            return "video/mp4"
    if start.startswith(b"PK\x03\x04") and (office := _office_type(content)):
        return office
    if _is_text(start):
        return "text/plain"
    taken = "、".join(ending for endings in ENDINGS.values() for ending in endings[:1])
    raise Problem("file_type", f"不接受这种类型的文件；可上传 {taken}。", status=415)


def _is_heic(start: bytes) -> bool:
    """True when an ISO media file is such a picture, by its brands, the major one first."""
    end = int.from_bytes(start[:4], "big")
    if len(start) < end:
        return False
    major, compatible = start[8:12], {start[at : at + 4] for at in range(16, end - 3, 4)}
    return major in PICTURE_BRANDS or (major in ANY_PICTURE and not PICTURE_BRANDS.isdisjoint(compatible))


def _office_type(content: IO[bytes]) -> str | None:
    """By the list of an archive's members alone: nothing is unpacked. A document with macros is none that is taken."""
    try:
        with zipfile.ZipFile(content) as archive:
            members = set(archive.namelist())
    except zipfile.BadZipFile:
        return None
    if any(member.endswith("vbaProject.bin") for member in members):
        return None
    return next((media_type for member, media_type in OFFICE.items() if member in members), None)


def _is_text(start: bytes) -> bool:
    if b"\x00" in start:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            # The sample may end inside a character: what is left of it doesn't count.
            text = start.decode(encoding) if len(start) < TEXT_SAMPLE else start[:-4].decode(encoding, "ignore")
        except UnicodeDecodeError:
            continue
        lowered = text.lstrip("\ufeff \t\r\n")[:512].lower()
        return not lowered.startswith("<") and all(c.isprintable() or c in "\t\r\n" for c in text)
    return False


def _named_by_content(name: str, media_type: str) -> str:
    """A picture's name with the ending of what it is: phones and messengers call pictures of every kind `.jpg`."""
    path = Path(name)
    pictures = {ending for kind, endings in ENDINGS.items() if kind.startswith("image/") for ending in endings}
    right = ENDINGS[media_type]
    if path.suffix.lower() in right or path.suffix.lower() not in pictures or not media_type.startswith("image/"):
        return name
    return f"{path.stem}{right[0]}"


def _refuse_disguise(name: str, media_type: str) -> None:
    ending = Path(name).suffix.lower()
    if ending not in ENDINGS[media_type]:
        right = "、".join(ENDINGS[media_type])
        ending_text = f"文件名以“{ending}”结尾" if ending else "文件名没有扩展名"
        message = f"{ending_text}，但内容是 {media_type}（{right}）。"
        raise Problem("file_disguised", message, status=422, errors=[ErrorAt("file", message)])
