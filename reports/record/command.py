"""`grading record`: the record of an on-site check on paper, from an audit or from the filled-in workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from grading.cli.inputs import STDIN, grade_one, print_notices, read_bytes, report_problems
from grading.cli.terminal import Exit, err, library, stop
from grading.cli.written_file import write_file
from grading.engine.grade import Engine
from grading.forms.findings import FormError
from grading.forms.read import read_form
from grading.intake import AuditError, InputProblem, read_audit
from grading.language.load import Library
from grading.model.audit import Audit
from grading.model.base import Mode

SUFFIXES = (".pdf", ".html")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("record", help="现场核查记录（PDF 或 HTML，A4），供专家和企业签字盖章")(write_record)


def write_record(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="文件", help="审核数据（JSON）或填好的核查表（.xlsx）；- 为标准输入")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="文件", help=".pdf 或 .html；默认为 <文件名>-现场核查记录.pdf"),
    ] = None,
    address: Annotated[str | None, typer.Option("--address", help="生产地址；不给的留空手写，下同")] = None,
    products: Annotated[str | None, typer.Option("--products", help="主要产品")] = None,
    capacity: Annotated[str | None, typer.Option("--capacity", help="生产能力")] = None,
) -> None:
    """Write the record; exit 1 when the file can't be read as an audit."""
    from reports.record.context import Surroundings
    from reports.record.document import record_html, record_pdf
    from reports.typeface import TypefaceError

    stem = "record" if file == STDIN else Path(file).stem
    target = output or Path(f"{stem}-现场核查记录.pdf")
    if target.suffix.lower() not in SUFFIXES:
        stop(f"{target}：不知道写成什么；扩展名可以是 {'、'.join(SUFFIXES)}")
    rulesets = library(context)
    try:
        audit = _read(file, rulesets)
        grading = grade_one(audit, Engine(rulesets), Mode.OFFICIAL)
    except AuditError as error:
        report_problems(file, error, as_json=False)
        raise typer.Exit(Exit.FAILED) from None
    except FormError as error:
        for problem in error.problems:
            err.print(Text(f"{file}: {problem}", style="red"))
        raise typer.Exit(Exit.FAILED) from None
    around = Surroundings(address, capacity, products)
    try:
        if target.suffix.lower() == ".pdf":
            made = record_pdf(audit, rulesets, grading, around)
        else:
            known = {unit.ruleset: rulesets.ruleset(unit.ruleset) for unit in audit.units}
            made = record_html(audit, known, grading, around).encode()
    except TypefaceError as error:
        stop(str(error), Exit.FAILED)
    write_file(target, made)
    err.print(Text(f"已写入 {target}"))


def _read(name: str, rulesets: Library) -> Audit:
    data = read_bytes(name)
    if data.startswith(b"PK"):
        reading = read_form(data, rulesets)
        for warning in reading.warnings:
            err.print(Text(f"{name}: 提示：{warning}", style="yellow"))
        return reading.audit
    notices: list[InputProblem] = []
    audit = read_audit(data, rulesets, notices=notices)
    print_notices(name, notices)
    return audit
