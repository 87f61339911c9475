"""`grading form` and `grading read`: the audit form as a workbook, out and back in."""

import re
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.text import Text

from grading import calendar
from grading.audit_json import dump_audit
from grading.cli.inputs import STDIN, print_audit_problems, read_bytes, read_one, with_progress
from grading.cli.terminal import Exit, err, library, one_ruleset, print_json, print_problems, stop
from grading.cli.written_file import write_file
from grading.forms.findings import FormError
from grading.forms.json_schema import audit_schema
from grading.forms.mark import mark_problems
from grading.forms.read import FormReading, read_form
from grading.forms.write import SPARE_ROWS, blank_form, filled_form
from grading.intake import MAX_ROWS, AuditError
from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.last_time import begun_from
from grading.model.ruleset import Ruleset
from grading.workbook.cell_text import TooLongError
from grading.xlsform.read import Submission, read_submissions
from grading.xlsform.sources import is_workbook
from grading.xlsform.write import xlsform

SUFFIX = ".xlsx"
MARKED = ".errors"
_NUMBERED_COPY = re.compile(rf"(.+){re.escape(MARKED)}(?:-[0-9]+)?")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("form", help="生成现场核查表（Excel），或审核数据的 JSON Schema")(form)
    app.command("read", help="把填好的核查表，或 ODK、Kobo 的提交，读成审核数据（JSON）；有错时在核查表的副本中标出")(
        read
    )


def form(
    context: typer.Context,
    rulesets: Annotated[
        list[str] | None,
        typer.Argument(metavar="[规则集]…", help="每个核查单元一个规则集，如 national-2020/rubber；可重复"),
    ] = None,
    output: Annotated[str | None, typer.Option("--output", "-o", metavar="文件", help="写到哪里；- 为标准输出")] = None,
    audit: Annotated[
        str | None, typer.Option("--audit", metavar="审核文件", help="用这份审核数据（JSON）预先填写；- 为标准输入")
    ] = None,
    last: Annotated[
        str | None,
        typer.Option(
            "--last", metavar="审核文件", help="从上次的审核数据（JSON）开始：每项旁列出上次的填报，逐项确认或重填"
        ),
    ] = None,
    rows: Annotated[int, typer.Option("--rows", min=0, max=MAX_ROWS, help="每张表格预留的空行数")] = SPARE_ROWS,
    odk: Annotated[
        bool, typer.Option("--xlsform", help="生成 ODK、Kobo 用的 XLSForm（手机离线填写、拍照取证），不生成核查表")
    ] = False,
    schema: Annotated[bool, typer.Option("--json-schema", help="输出审核数据的 JSON Schema，不生成核查表")] = False,
    force: Annotated[bool, typer.Option("--force", help="覆盖已有的核查表")] = False,
) -> None:
    """Write the workbook, empty or filled in, or the JSON Schema."""
    known = library(context)
    if [bool(rulesets), audit is not None, last is not None].count(True) != 1:
        stop("请给出规则集（每个核查单元一个），或用 --audit（预先填写）、--last（从上次开始）给出审核文件，三者取一")
    if schema:
        if not rulesets:
            stop("--json-schema 只需规则集，不需要 --audit 或 --last")
        document = audit_schema(list({r.id: r for r in _rulesets(known, rulesets or [])}.values()))
        if output in (None, STDIN):
            print_json(document)
        else:
            write_file(
                Path(str(output)), orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
            )
        return
    if odk and not rulesets:
        stop("--xlsform 只需规则集，不需要 --audit 或 --last：手机上的表单不能预先填写")
    if output is None:
        stop("请用 -o 指定核查表文件，如 -o form.xlsx")
    target = None if output == STDIN else Path(output)
    if target is not None and target.suffix.lower() != SUFFIX:
        stop(f"核查表是 Excel 工作簿，文件名应以 {SUFFIX} 结尾：{output}")
    if target is not None and target.exists() and not force:
        stop(f"{output} 已存在，可能已填有内容；确要覆盖请加 --force")
    try:
        if odk:
            book = xlsform(_rulesets(known, rulesets or []))
        else:
            begun = last if last is not None else audit
            book = (
                blank_form(_rulesets(known, rulesets or []), rows)
                if begun is None
                else _filled(begun, known, rows, from_last=last is not None)
            )
    except TooLongError as error:
        stop(str(error), Exit.FAILED)
    if target is None:
        typer.echo(book, nl=False)
        return
    write_file(target, book)
    err.print(Text(f"已写入 {output}"))


def read(
    context: typer.Context,
    forms: Annotated[list[str], typer.Argument(metavar="核查表…", help="填好的核查表（.xlsx）；- 为标准输入")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="文件", help="审核数据写到哪里，默认标准输出；几份核查表时为目录"),
    ] = None,
    errors: Annotated[
        Path | None,
        typer.Option("--errors", metavar="文件", help="标出错误的副本写到哪里，默认在核查表旁；几份核查表时为目录"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="错误和提示以 JSON 输出")] = False,
) -> None:
    """Read forms; one with errors yields no audit but a marked copy, and exit status 1."""
    known = library(context)
    many = len(forms) > 1
    if many:
        if output is None:
            stop("几份核查表要用 -o 指定一个目录")
        for folder in (output, errors):
            if folder is not None and folder.exists() and not folder.is_dir():
                stop(f"{folder} 不是目录；几份核查表时 -o 和 --errors 都是目录")
        stems = [Path(name).stem for name in forms]
        doubled = sorted({stem for stem in stems if stems.count(stem) > 1})
        if doubled:
            stop(f"几份核查表同名（{'、'.join(doubled)}），结果会互相覆盖；请分开读取")
    failed = False
    for name in with_progress(forms, "读取核查表"):
        stem = "form" if name == STDIN else Path(name).stem
        audit_file = output / f"{stem}.json" if many and output is not None else output
        marked = errors / f"{stem}{MARKED}{SUFFIX}" if many and errors is not None else errors
        failed = not _read(name, known, audit_file, marked, as_json) or failed
    if failed:
        raise typer.Exit(Exit.FAILED)


def _read(name: str, known: Library, output: Path | None, errors: Path | None, as_json: bool) -> bool:
    """Read one form, or the submissions of an export; false when there is no audit in it."""
    try:
        data = read_bytes(name)
        if not is_workbook(data):
            return _read_submissions(name, read_submissions(data, known), known, output, as_json)
        reading = read_form(data, known)
    except AuditError as error:
        print_audit_problems(name, error)
        return False
    except FormError as error:
        marked = None
        if error.can_mark:
            marked = free_path(errors or marked_path(name))
            write_file(marked, mark_problems(data, error.problems))
        _print_problems(name, error, marked, as_json)
        return False
    _write_audit(name, reading, known, output, as_json)
    return True


def _read_submissions(
    name: str, found: tuple[Submission, ...], known: Library, output: Path | None, as_json: bool
) -> bool:
    """Write the audit of each submission, several ones numbered in a folder; false when one has none."""
    if len(found) > 1 and (output is None or (output.exists() and not output.is_dir())):
        stop(f"{name} 中有 {len(found)} 份提交，请用 -o 指定一个目录")
    for number, submission in enumerate(found, start=1):
        if submission.reading is None:
            _print_problems(name, FormError(submission.problems, can_mark=False), None, as_json)
            continue
        stem = "submission" if name == STDIN else Path(name).stem
        one = output if len(found) == 1 or output is None else output / f"{stem}-{number}.json"
        _write_audit(name, submission.reading, known, one, as_json)
    refused = sum(submission.reading is None for submission in found)
    if refused and not as_json:
        err.print(Text(f"{name}：{len(found)} 份提交中 {refused} 份有错，没有生成审核数据", style="red"))
    return not refused


def _write_audit(name: str, reading: FormReading, known: Library, output: Path | None, as_json: bool) -> None:
    _print_warnings(name, reading, as_json)
    text = dump_audit(reading.audit, known)
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_file(output, text.encode())


def marked_path(name: str) -> Path:
    """Beside the form; a marked copy that is read again has the same name, and gets the next number."""
    if name == STDIN:
        return Path(f"form{MARKED}{SUFFIX}")
    path = Path(name)
    marked = _NUMBERED_COPY.fullmatch(path.stem)
    stem = marked[1] if marked else path.stem
    return path.with_name(f"{stem}{MARKED}{SUFFIX}")


def free_path(path: Path) -> Path:
    """The path, or the next one with a number that nothing stands at: somebody may be mending the copy that stands there."""
    free, number = path, 1
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free


def _print_problems(name: str, error: FormError, marked: Path | None, as_json: bool) -> None:
    if as_json:
        listed = [
            {
                "place": problem.place,
                "code": problem.code,
                "sheet": problem.spot.sheet if problem.spot else None,
                "cell": problem.spot.cell if problem.spot else None,
                "label": problem.spot.label if problem.spot else None,
                "given": problem.given,
                "message": problem.message,
            }
            for problem in error.problems
        ]
        failure = {"file": name, "errors": listed, "marked": str(marked) if marked else None}
        typer.echo(orjson.dumps(failure).decode(), err=True)
        return
    for problem in error.problems:
        err.print(Text(f"{name}: {problem}", style="red"))
    if marked is not None:
        err.print(Text(f"共 {len(error.problems)} 处错误，已在副本中标出：{marked}；原件未改动，没有生成审核数据"))


def _print_warnings(name: str, reading: FormReading, as_json: bool) -> None:
    if as_json and reading.warnings:
        typer.echo(orjson.dumps({"file": name, "warnings": list(reading.warnings)}).decode(), err=True)
    elif not as_json:
        for warning in reading.warnings:
            err.print(Text(f"{name}: 提示：{warning}", style="yellow"))


def _rulesets(known: Library, names: list[str]) -> list[Ruleset]:
    """One ruleset for each name, in their order; ends the command when a name means none or several."""
    found = []
    for name in names:
        try:
            found.append(known.ruleset(one_ruleset(known, name)))
        except LanguageError as error:
            print_problems(error.problems, err)
            raise typer.Exit(Exit.FAILED) from None
    return found


def _filled(name: str, known: Library, rows: int, *, from_last: bool) -> bytes:
    try:
        audit = read_one(name, known)
        return filled_form(begun_from(audit, calendar.today()) if from_last else audit, known, rows)
    except AuditError as error:
        print_audit_problems(name, error)
        raise typer.Exit(Exit.FAILED) from None
