"""A back-up: the database at one moment, then the files that it speaks of, into one archive."""

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from api.audit_log.heads import signed_line
from api.backup import snapshot
from api.backup.archive import DATABASE, EVIDENCE, EXPORTS, SQUEEZED, ArchiveWriter, Manifest
from api.backup.snapshot import BackupError
from api.backup.work_folder import work_folder
from api.service import Service
from api.store import AppealFile, CampaignPhoto, EvidenceFile, SourceScan, UnitWaiver, migrate
from api.store.base import now
from grading import __version__

ATTEMPTS = 3


@dataclass(frozen=True)
class Made:
    """A finished back-up."""

    path: Path
    manifest: Manifest
    size: int
    """Bytes of the archive."""


def make_backup(service: Service, target: Path) -> Made:
    """Write an archive while the service runs; `target` is a new file, or a folder in which it gets a name by the time.

    The archive appears whole or not at all. Evidence that is missing or damaged is named in the manifest (`lacking`) and
    keeps nothing else from being saved. Raises BackupError, or OSError when the disk doesn't take it.
    """
    at = now()
    path = target / f"grading-{at:%Y%m%dT%H%M%SZ}.zip" if target.is_dir() else target
    if path.exists():
        raise BackupError(f"{path} 已存在，不覆盖。")
    if not path.parent.is_dir():
        raise BackupError(f"没有目录 {path.parent}。")
    with work_folder(path.parent) as work:
        database = work / DATABASE
        lacking = _snapshot_with_files(service, database)
        unfinished = work / "archive"
        with unfinished.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            with ArchiveWriter(file) as archive:
                manifest = _write(service, at, database, lacking, archive)
            file.flush()
            os.fsync(file.fileno())
        # Unlike renaming, this never takes another file's place.
        os.link(unfinished, path)
    return Made(path, manifest, path.stat().st_size)


def _snapshot_with_files(service: Service, database: Path) -> list[str]:
    """Take the snapshot; gives the hashes of evidence that is not there as it should be.

    A file that was taken off a draft and deleted since is no loss: then an older snapshot is thrown away for a newer one.
    """
    for attempt in range(1, ATTEMPTS + 1):
        database.unlink(missing_ok=True)
        snapshot.take(service.database, database)
        lacking = [sha256 for sha256 in _evidence_in(database) if not service.evidence.is_intact(sha256)]
        if attempt == ATTEMPTS or not lacking or set(lacking) <= _evidence_now(service):
            break
    return lacking


def _write(service: Service, at: datetime, database: Path, lacking: list[str], archive: ArchiveWriter) -> Manifest:
    with database.open("rb") as content:
        archive.add(DATABASE, content, SQUEEZED)
    for sha256 in _evidence_in(database):
        if sha256 in lacking:
            continue
        try:
            with service.evidence.path(sha256).open("rb") as content:
                archive.add(EVIDENCE + sha256, content)
        except FileNotFoundError:
            lacking.append(sha256)
    for path in service.exports.files():
        # A day after it was made a document is removed, maybe this moment.
        with suppress(FileNotFoundError), path.open("rb") as content:
            archive.add(EXPORTS + path.name, content)
    with closing(sqlite3.connect(database)) as copy:
        entries, head = copy.execute("SELECT seq, hash FROM log_head").fetchone()
        (gradings,) = copy.execute("SELECT count(*) FROM gradings").fetchone()
    manifest = Manifest(
        service=__version__,
        revision=migrate.newest() or "",
        source="sqlite" if service.database.is_sqlite else "postgresql",
        made_at=at,
        log_entries=entries,
        log_head=head,
        head=signed_line(service.settings.key, entries, head),
        gradings=gradings,
        lacking=tuple(lacking),
        members=archive.members,
    )
    archive.finish(manifest)
    return manifest


def _evidence_in(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as copy:
        rows = copy.execute(
            "SELECT sha256 FROM evidence_files UNION SELECT sha256 FROM campaign_photos"
            " UNION SELECT sha256 FROM source_scans UNION SELECT sha256 FROM appeal_files"
            " UNION SELECT sha256 FROM unit_waivers WHERE sha256 IS NOT NULL ORDER BY sha256"
        )
        return [row[0] for row in rows]


def _evidence_now(service: Service) -> set[str]:
    with service.database.reading() as db:
        granted = select(UnitWaiver.sha256).where(UnitWaiver.sha256.is_not(None))
        others = (select(CampaignPhoto.sha256), select(SourceScan.sha256), select(AppealFile.sha256), granted)
        return set(db.scalars(select(EvidenceFile.sha256).union(*others)))
