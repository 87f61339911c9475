"""`grading backup`, `restore` and `verify`: a service saved whole, made again, and held against what it was.

All three end with 0 when everything is in order, 1 when something was found wrong, 2 when nothing was done, 3 when the
database is damaged.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.progress import Progress
from rich.text import Text

from api.cli.log import Head, heads_of, subject_text
from api.cli.opening import Data, ready, service_of, settings_of, tidy_when_terminated, undamaged
from grading.cli.terminal import Exit, err, out, stop

if TYPE_CHECKING:
    from api.backup.archive import Manifest
    from api.service import Service
    from api.settings import Settings

Target = Annotated[Path, typer.Argument(metavar="文件或目录", help="新文件；给出已有目录时按时间命名")]
Source = Annotated[Path, typer.Argument(metavar="备份文件", exists=True, dir_okay=False)]
Check = Annotated[bool, typer.Option("--check", help="只演练：恢复到临时目录并核对，不改动任何数据")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup", help="备份数据库、证据文件和导出文件到一个文件；服务可照常运行")(backup)
    app.command("restore", help="从备份恢复到空的数据库和数据目录，并核对日志、证据和全部评级")(restore)
    app.command("verify", help="核对日志、证据文件，并把全部评级重做一遍与所存的对照")(verify)


def backup(context: typer.Context, target: Target, data: Data = None) -> None:
    """Write an archive."""
    from api.backup.create import make_backup
    from api.backup.snapshot import BackupError

    service = service_of(settings_of(context, data=data))
    try:
        with undamaged(service, must_exist=True, thorough=True), tidy_when_terminated():
            made = make_backup(service, target)
    except BackupError as error:
        _refuse("没有备份", error.problems)
    except OSError as error:
        _refuse("没有备份", [f"无法写入：{error}"])
    finally:
        service.close()
    out.print(Text(f"已备份到 {made.path}（{_megabytes(made.size)}）"))
    _print_manifest(made.manifest)
    if made.manifest.lacking:
        for sha256 in made.manifest.lacking:
            err.print(Text(f"证据文件 {sha256} 缺失或已损坏，不在备份中", style="red"))
        raise typer.Exit(Exit.FAILED)


def restore(context: typer.Context, source: Source, check: Check = False, head: Head = None, data: Data = None) -> None:
    """Put an archive in place and verify what came of it."""
    settings = settings_of(context, data=data)
    with tidy_when_terminated():
        if not check:
            _restore(settings, source, head)
            return
        with tempfile.TemporaryDirectory(prefix="grading-check-") as folder:
            from pydantic import SecretStr

            database = SecretStr(f"sqlite:///{folder}/grading.db")
            _restore(settings.model_copy(update={"data": Path(folder), "database_url": database}), source, head)


def verify(context: typer.Context, head: Head = None, data: Data = None) -> None:
    """Verify a service where it is; it may be running."""
    with ready(context, data, must_exist=True, thorough=True) as service:
        _verify(service, head)


def _restore(settings: Settings, source: Path, head: str | None) -> None:
    from api.audit_log.handing_out import hand_out
    from api.audit_log.known_head import known_head
    from api.backup.restore import NotEmptyError, restore
    from api.backup.snapshot import BackupError

    try:
        made = restore(settings, source)
    except NotEmptyError as error:
        _refuse("没有恢复，只能恢复到空的地方", error.problems, Exit.USAGE)
    except BackupError as error:
        _refuse("没有恢复", error.problems)
    except OSError as error:
        _refuse("没有恢复", [f"无法写入：{error}"])
    out.print(f"已恢复 {made.manifest.made_at.astimezone():%Y-%m-%d %H:%M:%S} 的备份")
    _print_manifest(made.manifest)
    for sha256 in made.manifest.lacking:
        err.print(Text(f"证据文件 {sha256} 在备份时就已缺失或损坏", style="yellow"))
    known = known_head(settings)
    if known is not None and (known.seq or 0) > made.manifest.log_entries:
        lost = f"第 {made.manifest.log_entries + 1} 至 {known.seq} 条"
        err.print(Text(f"备份止于日志第 {made.manifest.log_entries} 条；其后的{lost}不在备份中", style="yellow"))
    settings.known_head_file.unlink(missing_ok=True)
    service = service_of(settings)
    try:
        _verify(service, head)
        hand_out(settings, service.database)
    finally:
        service.close()


def _verify(service: Service, head: str | None) -> None:
    from api.services.verification import verify
    from api.store.recorded import UNRECORDED

    with Progress(console=err, transient=True) as shown:
        task = shown.add_task("重做评级", total=None)
        found = verify(
            service, heads_of(head, service), lambda done, total: shown.update(task, completed=done, total=total)
        )
    for note in found.notes:
        out.print(Text(f"注意 {note.subject}：{note.message}", style="yellow"))
    for finding in found.findings:
        out.print(Text(f"{subject_text(finding.subject)}：{finding.message}", style="red"))
    counted = f"日志 {found.log_entries} 条、评级 {found.gradings} 次、证据文件 {found.evidence} 个"
    if found.findings:
        out.print(f"已核对{counted}，发现 {len(found.findings)} 处问题", style="bold red")
        raise typer.Exit(Exit.FAILED)
    out.print(f"核对无误：{counted}；所记各行、表结构和触发器与日志一致")
    out.print(f"不在核对之列：{'、'.join(dict.fromkeys(UNRECORDED.values()))}")
    out.print(f"日志末尾校验值：{found.log_head}")


def _print_manifest(manifest: Manifest) -> None:
    files = len(manifest.members) - 1
    out.print(
        f"数据库（{manifest.source}）：评级 {manifest.gradings} 次，日志 {manifest.log_entries} 条；文件 {files} 个"
    )
    out.print(f"日志末尾校验值：{manifest.log_head}")


def _refuse(what: str, problems: tuple[str, ...] | list[str], code: Exit = Exit.FAILED) -> NoReturn:
    stop("\n".join([f"{what}：", *(f"  {problem}" for problem in problems)]), code)


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
