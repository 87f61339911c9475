"""Audits from files or stdin, one after another, with a progress bar when people are watching."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import orjson
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from grading.cli.terminal import err
from grading.engine.durable_rules import EngineError
from grading.engine.grade import Engine
from grading.engine.rules import NetworkError
from grading.intake import AuditError, InputProblem, input_problem, read_audit
from grading.language.load import Library
from grading.language.problems import LanguageError, why_unusable
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.result import Grading
from grading.problems.codes import ProblemCode
from grading.problems.unreadable import why_unreadable

STDIN = "-"


def read_bytes(name: str) -> bytes:
    """The bytes of a file, or of stdin for `-`; raises AuditError when it can't be read."""
    try:
        return sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
    except OSError as error:
        raise AuditError([input_problem("", ProblemCode.FILE_UNREADABLE, why=why_unreadable(error))]) from None


def read_one(name: str, library: Library, planned: bool = False) -> Audit:
    """The audit in a file, telling on stderr what of it was mended; raises AuditError.

    A `planned` one may be of a day to come.
    """
    notices: list[InputProblem] = []
    audit = read_audit(read_bytes(name), library, planned=planned, notices=notices)
    print_notices(name, notices)
    return audit


def print_notices(name: str, notices: Iterable[InputProblem]) -> None:
    """Tell on stderr what of an audit was read otherwise than it stands there."""
    for notice in notices:
        err.print(Text(f"{name}: {notice.place}: 提示：{notice.message}", style="yellow"))


def grade_one(audit: Audit, engine: Engine, mode: Mode) -> Grading:
    """The grading of an audit; what is wrong with its ruleset comes as AuditError, with the place that names it."""
    try:
        return engine.grade(audit, mode)
    except (LanguageError, NetworkError, EngineError) as error:
        raise AuditError([input_problem("units", ProblemCode.RULESETS_UNUSABLE, why=why_unusable(error))]) from error


def with_progress(names: Sequence[str], what: str) -> Iterator[str]:
    """The names, with a bar on stderr when there are several and stderr is a terminal."""
    if len(names) < 2 or not err.is_terminal:
        yield from names
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        yield from progress.track(names, description=what)


def report_problems(name: str, error: AuditError, as_json: bool) -> None:
    """Tell what is wrong with an audit: as a line of JSON on stdout, or in words on stderr."""
    if as_json:
        typer.echo(audit_problems(name, error))
    else:
        print_audit_problems(name, error)


def print_audit_problems(name: str, error: AuditError) -> None:
    """Print what is wrong with an audit, each problem with its place."""
    for problem in error.problems:
        place = f"{problem.place}: " if problem.place else ""
        err.print(Text(f"{name}: {place}{problem.message}", style="red"))


def audit_problems(name: str, error: AuditError) -> str:
    """The problems of an audit as one line of JSON."""
    errors = [{"place": p.place, "code": p.code, "message": p.message} for p in error.problems]
    return orjson.dumps({"file": name, "errors": errors}).decode()
