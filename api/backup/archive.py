"""The file of a back-up: a ZIP archive that ends with a manifest of everything in it, by digest.

`database.sqlite`, `evidence/<SHA-256>`, `exports/<name>`, `manifest.json`. Whoever has the file has everything that the
service knows of enterprises and people; it is written readable by its owner only.
"""

import hashlib
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from api.backup.snapshot import BackupError

MANIFEST = "manifest.json"
DATABASE = "database.sqlite"
EVIDENCE, EXPORTS = "evidence/", "exports/"
MEMBER = re.compile(r"database\.sqlite|evidence/[0-9a-f]{64}|exports/[0-9A-Za-z][0-9A-Za-z._-]{0,199}")
MAX_MANIFEST = 200_000_000
CHUNK = 1 << 20
STORED, SQUEEZED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


class Member(BaseModel):
    """A file in the archive."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str
    size: int
    """Bytes."""


class Manifest(BaseModel):
    """An archive's description of itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    """Goes up when an archive is made up otherwise."""
    service: str
    """The version of the program that made it."""
    revision: str
    """The revision of the database's schema."""
    source: str
    """`sqlite` or `postgresql`: what it was taken from. It can be restored to either."""
    made_at: datetime
    log_entries: int
    log_head: str
    """The hash of the last entry of the log."""
    head: str | None = None
    """The same, signed, as `grading verify --head` takes it."""
    gradings: int
    lacking: tuple[str, ...]
    """SHA-256 of evidence files that were missing or damaged already when the archive was made."""
    members: dict[str, Member]


class ArchiveWriter:
    """Puts files into a new archive and remembers their digests; a context."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w", STORED, compresslevel=1)
        self.members: dict[str, Member] = {}

    def __enter__(self) -> "ArchiveWriter":
        return self

    def __exit__(self, *_: object) -> None:
        # Unless it was finished nobody will read it, and the disk may be full.
        with suppress(OSError, ValueError):
            self._zip.close()

    def add(self, name: str, content: BinaryIO, method: int = STORED) -> None:
        """Copy a file in under a name."""
        entry = zipfile.ZipInfo(name)
        entry.compress_type = method
        digest, size = hashlib.sha256(), 0
        with self._zip.open(entry, "w", force_zip64=True) as member:
            while chunk := content.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                member.write(chunk)
        self.members[name] = Member(sha256=digest.hexdigest(), size=size)

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest and end the archive; without it no archive is whole."""
        entry = zipfile.ZipInfo(MANIFEST)
        entry.compress_type = SQUEEZED
        self._zip.writestr(entry, manifest.model_dump_json(indent=1))
        self._zip.close()


class Archive:
    """An archive whose every byte has been checked."""

    def __init__(self, opened: zipfile.ZipFile, manifest: Manifest) -> None:
        self._zip, self.manifest = opened, manifest

    def names(self, prefix: str) -> list[str]:
        """The names of members that begin so."""
        return sorted(name for name in self.manifest.members if name.startswith(prefix))

    def extract(self, name: str, target: Path, mode: int = 0o600) -> None:
        """Write a member to a new file; raises FileExistsError."""
        with self._zip.open(name) as member, target.open("xb") as written:
            while chunk := member.read(CHUNK):
                written.write(chunk)
        target.chmod(mode)


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """An archive, read from end to end first; raises BackupError with everything that is wrong with it."""
    try:
        opened = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise BackupError(f"{path} 不是备份文件，或文件不完整（{error}）。") from error
    with opened:
        try:
            manifest = _manifest(opened)
        except (KeyError, ValidationError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            raise BackupError(f"{path} 缺少可读的清单 {MANIFEST}：不是备份文件，或文件不完整、已损坏。") from error
        problems = [*_wrong_names(opened, manifest), *_wrong_content(opened, manifest)]
        if problems:
            raise BackupError(*problems)
        yield Archive(opened, manifest)


def _manifest(opened: zipfile.ZipFile) -> Manifest:
    if opened.getinfo(MANIFEST).file_size > MAX_MANIFEST:
        raise ValueError("the manifest is too large")
    return Manifest.model_validate_json(opened.read(MANIFEST))


def _wrong_names(opened: zipfile.ZipFile, manifest: Manifest) -> Iterator[str]:
    there = Counter(opened.namelist())
    for name in sorted(there.keys() | manifest.members.keys() | {DATABASE}):
        if there[name] > 1:
            yield f"{name}：出现了 {there[name]} 次。"
        if name == MANIFEST:
            continue
        if not MEMBER.fullmatch(name):
            yield f"{name[:200]}：不是备份会有的文件。"
        elif name not in manifest.members:
            yield f"{name}：清单里没有这个文件。"
        elif name not in there:
            yield f"{name}：缺少这个文件。"


def _wrong_content(opened: zipfile.ZipFile, manifest: Manifest) -> Iterator[str]:
    there = set(opened.namelist())
    for name, listed in manifest.members.items():
        if name not in there or not MEMBER.fullmatch(name):
            continue
        digest, size = hashlib.sha256(), 0
        try:
            with opened.open(name) as member:
                while (chunk := member.read(CHUNK)) and size <= listed.size:
                    digest.update(chunk)
                    size += len(chunk)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            yield f"{name}：内容已损坏，读不出来。"
            continue
        if (digest.hexdigest(), size) != (listed.sha256, listed.size):
            yield f"{name}：内容与清单中的校验值不符。"
        elif name.startswith(EVIDENCE) and name.removeprefix(EVIDENCE) != listed.sha256:
            yield f"{name}：内容与文件名中的校验值不符。"
