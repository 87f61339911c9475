"""`grading ruleset workbook` and `grading ruleset read`: a ruleset as a workbook, and its way back to an edition."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import typer
from rich.text import Text

from grading.cli.forms import free_path, marked_path
from grading.cli.inputs import print_audit_problems, with_progress
from grading.cli.terminal import Exit, ending_on_unusable_rulesets, err, out, stop
from grading.cli.written_file import write_file
from grading.edition_diff.changes import changes
from grading.engine.durable_rules import EngineError
from grading.engine.grade import Engine
from grading.engine.rules import NetworkError
from grading.forms.findings import FormProblem
from grading.intake import AuditError, check_audit, parse_json
from grading.language.load import Library
from grading.model.audit import Audit
from grading.problems.unreadable import why_unreadable
from grading.ruleset_workbook.decisive import case_audits, hanging
from grading.ruleset_workbook.findings import RulesetWorkbookError
from grading.ruleset_workbook.read import Reading, mark, read
from grading.ruleset_workbook.write import NOT_COUNTED, write
from grading.workbook.cell_text import TooLongError

SUFFIX = ".xlsx"
LINES = (".jsonl", ".ndjson")
AUDITS = (".json", *LINES)


def write_workbook(rulesets: Library, ruleset_id: str, to: Path, audits: Path | None, count: bool, force: bool) -> None:
    """Write the workbook of a ruleset."""
    if to.suffix.lower() != SUFFIX:
        stop(f"规则工作簿是 Excel 工作簿，文件名应以 {SUFFIX} 结尾：{to}")
    if to.exists() and not force:
        stop(f"{to} 已存在，可能已有改动；确要覆盖请加 --force")
    with ending_on_unusable_rulesets():
        ruleset = rulesets.ruleset(ruleset_id)
        counts, counted = {}, NOT_COUNTED
        if audits is not None or count:
            listed = _audits(audits, rulesets) if audits is not None else case_audits(rulesets, ruleset_id)
            try:
                found, units = hanging(Engine(rulesets), ruleset, listed)
            except AuditError as error:
                print_audit_problems(str(audits or f"{ruleset_id}.cases.yaml"), error)
                raise typer.Exit(Exit.FAILED) from None
            except (NetworkError, EngineError) as error:
                stop(str(error), Exit.FAILED)
            of = f"{audits.name} 中的 {units} 个单元" if audits is not None else f"本规则集的 {units} 个用例"
            counts, counted = dict(found), f"按{of}排列：“影响评级”是数值若是另一结果，等级就会改变的个数（试算）"
    try:
        book = write(ruleset, counts, counted)
    except TooLongError as error:
        stop(str(error), Exit.FAILED)
    write_file(to, book)
    err.print(Text(f"已写入 {to}"))


def read_workbook(
    rulesets: Library,
    name: Path,
    to: Path,
    local: bool,
    new_id: str | None,
    errors: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Read a workbook; one with mistakes yields no edition but a marked copy, and exit status 1."""
    try:
        data = name.read_bytes()
    except OSError as error:
        stop(f"不能读取 {name}：{why_unreadable(error)}", Exit.FAILED)
    try:
        reading = read(data, rulesets, local=local, new_id=new_id)
    except RulesetWorkbookError as error:
        marked = None
        if error.can_mark:
            marked = free_path(errors or marked_path(str(name)))
            write_file(marked, mark(data, error))
        _print_problems(name, error, marked, as_json)
        raise typer.Exit(Exit.FAILED) from None
    files = dict(reading.edition.files) if reading.edition is not None else {}
    _refuse_overwriting(to, files, force)
    for path, content in files.items():
        write_file(to / path, content)
    _print_reading(name, reading, to, as_json)


def _audits(file: Path, rulesets: Library) -> Iterator[Audit]:
    """The audits of a file: one, a list of them, or one a line."""
    if file.suffix.lower() not in AUDITS:
        stop(f"{file.name}：--audits 可以是 {'、'.join(AUDITS)}")
    try:
        text = file.read_bytes()
    except OSError as error:
        stop(f"不能读取 {file}：{why_unreadable(error)}", Exit.FAILED)
    if file.suffix.lower() in LINES:
        documents = [parse_json(line) for line in text.splitlines() if line.strip()]
    else:
        whole = parse_json(text)
        documents = whole if isinstance(whole, list) else [whole]
    for number, document in zip(
        with_progress([str(i) for i in range(len(documents))], "统计影响"), documents, strict=True
    ):
        del number
        yield check_audit(document, rulesets)


def _refuse_overwriting(to: Path, files: dict[str, bytes], force: bool) -> None:
    """Refuse to overwrite a file of the folder that differs, unless forced."""
    if force:
        return
    other = [path for path, content in files.items() if (to / path).exists() and (to / path).read_bytes() != content]
    if other:
        stop(f"{to} 中已有内容不同的 {'、'.join(other)}；请换一个目录，确要覆盖请加 --force")


def _print_problems(name: Path, error: RulesetWorkbookError, marked: Path | None, as_json: bool) -> None:
    if as_json:
        document = {
            "file": str(name),
            "errors": [_problem(problem) for problem in error.problems],
            "marked": str(marked) if marked else None,
        }
        typer.echo(orjson.dumps(document).decode())
        return
    for problem in error.problems:
        err.print(Text(f"{name}: {problem}", style="red"))
    if marked is not None:
        err.print(Text(f"共 {len(error.problems)} 处错误，已在副本中标出：{marked}；原件未改动，没有写出版本"))


def _problem(problem: FormProblem) -> dict[str, str | None]:
    spot = problem.spot
    return {
        "place": problem.place,
        "code": problem.code,
        "sheet": spot.sheet if spot else None,
        "cell": spot.cell if spot else None,
        "label": spot.label if spot else None,
        "given": problem.given,
        "message": problem.message,
    }


def _print_reading(name: Path, reading: Reading, to: Path, as_json: bool) -> None:
    edition = reading.edition
    if as_json:
        document = {
            "file": str(name),
            "base": reading.base.id,
            "ruleset": None if edition is None else edition.ruleset.id,
            "digest": None if edition is None else edition.digest,
            "files": [] if edition is None else sorted(edition.files),
            "notices": list(reading.notices),
        }
        typer.echo(orjson.dumps(document).decode())
        return
    for notice in reading.notices:
        err.print(Text(f"{name}: 提示：{notice}", style="yellow"))
    if edition is None:
        err.print(Text(f"与规则集 {reading.base.id} 没有不同，什么都没有写"))
        return
    differing = changes(reading.base, edition.ruleset)
    out.print(Text(f"{edition.ruleset.title}（{edition.ruleset.id}）：与 {reading.base.id} 有 {len(differing)} 处不同"))
    for change in differing:
        out.print(Text(f"  {change.title}：{'，'.join(part.name for part in change.parts) or '编号'}"))
    out.print(Text(f"已写入 {to}；`grading --rulesets {to} ruleset check` 检查，`ruleset diff --old-from` 逐项比较"))
