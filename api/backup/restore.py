"""A service made again from an archive, in a place where there is nothing yet."""

import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from api.backup import snapshot
from api.backup.archive import DATABASE, EVIDENCE, EXPORTS, Archive, Manifest, open_archive
from api.backup.snapshot import BackupError
from api.backup.work_folder import work_folder
from api.files.evidence import EvidenceFolder
from api.settings import Settings
from api.store.database import Database


class NotEmptyError(BackupError):
    """There is something already where the archive should go."""


@dataclass(frozen=True)
class Restored:
    """The parts of an archive that were put in place."""

    manifest: Manifest
    evidence: int
    exports: int


def restore(settings: Settings, path: Path) -> Restored:
    """Put an archive in the place that the settings name; nothing is written before every digest has been checked.

    If anything goes wrong on the way, what was put in place is taken away again. Raises NotEmptyError when a database,
    evidence or exports are there already, BackupError when the archive is damaged or from a later version, OSError when the
    disk doesn't take it.
    """
    database = Database(settings.database)
    try:
        _refuse_what_is_there(settings, database)
        with open_archive(path) as archive, ExitStack() as undo:
            settings.data.mkdir(parents=True, exist_ok=True)
            work = undo.enter_context(work_folder(settings.data))
            file = work / DATABASE
            archive.extract(DATABASE, file)
            snapshot.renew(file)
            evidence = _unpack_evidence(archive, work / "evidence")
            exports = _unpack_exports(archive, work / "exports")
            on_failure = undo.enter_context(ExitStack())
            for folder in (settings.evidence_folder, settings.exports_folder):
                on_failure.callback(shutil.rmtree, folder, ignore_errors=True)
                # There may be empty folders in it.
                shutil.rmtree(folder, ignore_errors=True)
                (work / folder.name).replace(folder)
            # Last, so that there is no database whose files aren't there.
            _put_database(file, database)
            on_failure.pop_all()
        return Restored(archive.manifest, evidence, exports)
    finally:
        database.close()


def _refuse_what_is_there(settings: Settings, database: Database) -> None:
    problems = []
    if database.is_sqlite:
        file = _file_of(database)
        # A journal left beside a database that is gone would be read into the new one.
        journals = [file.with_name(file.name + ending) for ending in ("-wal", "-shm", "-journal")]
        problems += [f"数据库文件 {found} 已存在。" for found in (file, *journals) if found.exists()]
    else:
        try:
            tables = inspect(database.engine).get_table_names()
        except DBAPIError as error:
            raise BackupError(f"数据库无法使用：{str(error.orig).splitlines()[0]}") from error
        if tables:
            problems.append(f"数据库 {database.url.database} 中已有 {len(tables)} 张表。")
    for folder, what in ((settings.evidence_folder, "证据"), (settings.exports_folder, "导出")):
        if any(found.is_file() for found in folder.rglob("*")):
            problems.append(f"{what}目录 {folder} 中已有文件。")
    if problems:
        raise NotEmptyError(*problems)


def _unpack_evidence(archive: Archive, folder: Path) -> int:
    evidence = EvidenceFolder(folder, max_bytes=0)
    folder.mkdir()
    names = archive.names(EVIDENCE)
    for name in names:
        target = evidence.path(name.removeprefix(EVIDENCE))
        target.parent.mkdir(parents=True, exist_ok=True)
        archive.extract(name, target, mode=0o440)
    return len(names)


def _unpack_exports(archive: Archive, folder: Path) -> int:
    folder.mkdir()
    names = archive.names(EXPORTS)
    for name in names:
        archive.extract(name, folder / name.removeprefix(EXPORTS))
    return len(names)


def _put_database(file: Path, database: Database) -> None:
    if not database.is_sqlite:
        snapshot.put_back(file, database)
        return
    target = _file_of(database)
    target.parent.mkdir(parents=True, exist_ok=True)
    with work_folder(target.parent) as beside:
        # The database may lie on another disk than the other files.
        shutil.copyfile(file, beside / DATABASE)
        (beside / DATABASE).replace(target)


def _file_of(database: Database) -> Path:
    path = database.url.database
    if not path or path == ":memory:":
        raise BackupError("内存中的数据库不能恢复；请在 GRADING_DATABASE_URL 中给出文件。")
    return Path(path)
