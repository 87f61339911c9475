"""`grading report`: gap reports as PDF or HTML. Loads what makes them only when it is asked for one."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from grading.cli.gaps import no_such_level
from grading.cli.inputs import STDIN, grade_one, print_audit_problems, read_bytes, read_one, with_progress
from grading.cli.ruleset import app as ruleset_commands
from grading.cli.terminal import Exit, err, library, stop
from grading.intake import AuditError
from grading.model.base import Mode
from reports.admission import command as admission
from reports.campaign import command as campaign
from reports.orders import Item, Order
from reports.record import command as record
from reports.rulebook import command as rulebook

if TYPE_CHECKING:
    from grading.engine.grade import Engine

SUFFIXES = (".pdf", ".html")
TRIAL = "-试算"
"""Ends the name of every file made in trial mode."""


def register(app: typer.Typer) -> None:
    """Add the commands of this package."""
    admission.register(app)
    campaign.register(app)
    record.register(app)
    rulebook.register(ruleset_commands)
    app.command("report", help="生成差距报告（PDF/A-3，附评级结果；或 HTML）")(report)


def report(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="审核文件…", help="审核数据（JSON）；- 为标准输入")],
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", help="目录，或单个报告的文件名；- 为标准输出；默认为当前目录"),
    ] = None,
    target: Annotated[str | None, typer.Option("--target", help="目标等级，如 B；默认为高一级")] = None,
    trial: Annotated[bool, typer.Option("--trial", help="试算：暂定数值视同已核实，报告不得公布")] = False,
    html: Annotated[bool, typer.Option("--html", help="生成网页，不生成 PDF")] = False,
    archive: Annotated[Path | None, typer.Option("--zip", help="全部报告与目录写入一个压缩包")] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=64, help="与 --zip 合用：同时使用的进程数")] = 1,
) -> None:
    """Make a report of every audit and print the names of the files; exit 1 if one could not be made."""
    from grading.engine.grade import Engine
    from reports.typeface import TypefaceError

    if archive is not None:
        if output is not None:
            stop("--zip 与 -o 不能同时使用")
        root: Path | None = context.find_root().obj
        _archive(files, archive, jobs, Order(Mode.TRIAL if trial else Mode.OFFICIAL, target, html, root))
        return
    if jobs > 1:
        stop("--jobs 须与 --zip 合用")
    html = html or (output is not None and output.endswith(".html"))
    places = _places(files, output, html, trial)
    engine = Engine(library(context))
    failed = False
    for name, place in zip(with_progress(files, "生成报告"), places, strict=True):
        try:
            _write(place, _made(engine, name, target, trial, html))
        except AuditError as error:
            failed = True
            print_audit_problems(name, error)
        except TypefaceError as error:
            stop(str(error), Exit.FAILED)
        except OSError as error:
            failed = True
            err.print(Text(f"{name}：不能写入 {place}：{error.strerror}", style="red"))
    if failed:
        raise typer.Exit(Exit.FAILED)


def _archive(files: Sequence[str], place: Path, jobs: int, order: Order) -> None:
    """Put the reports of all audits into an archive; what could not be made is told here and in the archive."""
    from concurrent.futures.process import BrokenProcessPool

    from reports.archive import Archive
    from reports.bulk import make_many
    from reports.typeface import TypefaceError

    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with Archive(place, order.ending) as archive:
            parts = make_many(_items(files), order, jobs)
            for name, part in zip(with_progress(files, "生成报告"), parts, strict=True):
                archive.add(part)
                for where, message in part.problems:
                    err.print(Text(f"{name}: {where}: {message}" if where else f"{name}: {message}", style="red"))
    except TypefaceError as error:
        stop(str(error), Exit.FAILED)
    except BrokenProcessPool:
        stop("一个进程被终止（可能内存不足），压缩包未写入", Exit.FAILED)
    except OSError as error:
        stop(f"不能写入 {place}：{error.strerror}", Exit.FAILED)
    typer.echo(
        f"{place}：{archive.count - archive.failed} 份报告" + f"，{archive.failed} 份未生成" * bool(archive.failed)
    )
    if archive.failed:
        raise typer.Exit(Exit.FAILED)


def _items(files: Sequence[str]) -> Iterator[Item]:
    """The audits, each read when its turn comes; what can't be read is an item with its problem."""
    for name in files:
        try:
            yield Item(name, read_bytes(name))
        except AuditError as error:
            yield Item(name, b"", tuple((p.place, p.message) for p in error.problems))


def _made(engine: Engine, name: str, target: str | None, trial: bool, html: bool) -> bytes:
    """One report; raises AuditError when the audit can't be read, graded or measured against the target."""
    from grading.forecast.words import validity_of
    from grading.gaps import enterprise_plan
    from grading.gaps.opened import Opened
    from grading.gaps.unit import NoSuchLevelError
    from reports.gap_report import gap_report_html, gap_report_pdf
    from reports.targets import gaps_to

    audit = read_one(name, engine.library)
    grading = grade_one(audit, engine, Mode.TRIAL if trial else Mode.OFFICIAL)
    opened = Opened(engine, audit, grading)
    try:
        gaps = gaps_to(engine, audit, grading, target, opened)
    except NoSuchLevelError as error:
        raise AuditError([no_such_level("", error)]) from None
    rulesets = {unit.ruleset: engine.library.ruleset(unit.ruleset) for unit in audit.units}
    joint = enterprise_plan(engine, audit, grading, target, opened)
    validity = validity_of(engine, audit, grading)
    if html:
        return gap_report_html(audit, grading, rulesets, gaps, joint=joint, validity=validity).encode()
    return gap_report_pdf(audit, grading, rulesets, gaps, joint=joint, validity=validity)


def _places(files: Sequence[str], output: str | None, html: bool, trial: bool) -> list[Path | None]:
    """The path of each report; None for stdout. Ends the command when several reports are to go into one file."""
    one_file = output == STDIN or (output is not None and output.endswith(SUFFIXES) and not Path(output).is_dir())
    if one_file:
        if len(files) > 1:
            stop("几份报告不能写进一个文件；请用 -o 指定目录")
        return [None if output == STDIN else Path(str(output))]
    folder = Path(output or ".")
    if folder.exists() and not folder.is_dir():
        stop(f"“{folder}”不是目录；单个报告的文件名须以 .pdf 或 .html 结尾")
    suffix = (TRIAL if trial else "") + (".html" if html else ".pdf")
    return [folder / f"{stem}{suffix}" for stem in _stems(files)]


def _stems(files: Sequence[str]) -> list[str]:
    """A name for each file: its own, with its folder's where two have the same, and a number where that is not enough."""
    own = ["report" if name == STDIN else Path(name).stem for name in files]
    longer = [
        stem if own.count(stem) == 1 or name == STDIN else f"{Path(name).resolve().parent.name}-{stem}"
        for name, stem in zip(files, own, strict=True)
    ]
    seen: dict[str, int] = {}
    stems = []
    for stem in longer:
        seen[stem] = seen.get(stem, 0) + 1
        stems.append(stem if seen[stem] == 1 else f"{stem}-{seen[stem]}")
    return stems


def _write(place: Path | None, content: bytes) -> None:
    if place is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    typer.echo(str(place))
