"""The process that reads workbooks: one after another from its standard input, until that ends or a limit is reached."""

import os
import resource
import sys
import traceback
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from api.uploads.messages import (
    Failed,
    LayoutRefused,
    Mark,
    Read,
    ReadAudits,
    ReadRuleset,
    Refused,
    RulesetRead,
    receive,
    send,
)
from grading.batch.layout import LayoutError
from grading.batch.submitted_audits import is_submissions, submitted_audits
from grading.batch.whole_audits import WholeAudits, whole_audits
from grading.forms.findings import FormError
from grading.forms.mark import mark_problems
from grading.forms.read import read_form
from grading.language.load import Library
from grading.model.ruleset import Ruleset
from grading.ruleset_workbook.read import read as read_ruleset

MEMORY = 1_500_000_000
"""Bytes of address space."""


def main(cpu_seconds: int) -> None:
    """Answer each message with a reading, a refusal, a marked copy, or what went wrong."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # What is printed by mistake must not get among the messages.
    stdout = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while True:
        try:
            message = receive(sys.stdin.buffer)
        except EOFError:
            return
        _allow(cpu_seconds)
        send(stdout, _answer(message))


def _answer(message: Any) -> Any:
    try:
        match message:
            case Read(data, rulesets, held):
                return read_form(data, _with(_library(rulesets), held))
            case ReadRuleset(data, rulesets, held):
                found = read_ruleset(data, _with(_library(rulesets), held))
                text = None if found.edition is None else found.edition.text
                return RulesetRead(found.base.id, text, found.notices)
            case ReadAudits(files, ruleset, rulesets, held):
                return _audits(files, ruleset, _with(_library(rulesets), held))
            case Mark(data, problems):
                return mark_problems(data, problems)
            case _:
                raise TypeError(f"no such message: {type(message).__name__}")
    except FormError as error:
        return Refused(error.problems, error.can_mark)
    except LayoutError as error:
        return LayoutRefused(error.problems)
    except Exception as error:  # noqa: BLE001  whatever a workbook brings about is told, and the process goes on
        traceback.print_exc()
        return Failed(type(error).__name__)


def _audits(files: tuple[tuple[str, bytes], ...], ruleset: str | None, library: Library) -> WholeAudits:
    if is_submissions(files):
        return submitted_audits(library, files)
    with TemporaryDirectory() as folder:
        root = Path(folder, "files")
        root.mkdir()
        for name, data in files:
            (root / name).write_bytes(data)
        return whole_audits(library, root / files[0][0], Path(folder, "work"), ruleset)


def _allow(seconds: int) -> None:
    """Let the system end this process when it has worked so many seconds more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _with(library: Library, held: tuple[Ruleset, ...]) -> Library:
    """The library with these rulesets that are no files, and no others."""
    for id_ in {one.id for one in library.held()} - {one.id for one in held}:
        library.let_go(id_)
    for one in held:
        library.hold(one, offered=True)
    return library


@cache
def _library(root: str) -> Library:
    return Library(Path(root))


if __name__ == "__main__":
    main(int(sys.argv[1]))
