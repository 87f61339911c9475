"""Reads workbooks in a process apart: what costs too much, or makes the reader fail, is refused like any other wrong form."""

import subprocess
import sys
from collections.abc import Sequence
from threading import Lock, Timer
from typing import Any, cast

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
from grading.batch.whole_audits import WholeAudits
from grading.forms.findings import FormError, FormProblem
from grading.forms.read import FormReading
from grading.language.load import Library

CPU_SECONDS = 20
"""Of a workbook; an ordinary one takes less than one."""
WALL_SECONDS = 180.0
"""After which it is given up whatever it waits for."""
MOST_READ = 200
"""Workbooks after which the process is replaced, so that nothing piles up in it."""
TOO_COSTLY = f"工作簿过于复杂，{CPU_SECONDS} 秒内读不完，不像是核查表；请把答案抄到一份新的核查表"
NOT_READABLE = "工作簿的内部结构不正常，无法读取（{kind}）；请在 Excel 中另存为新文件再交，或把答案抄到一份新的核查表"


class WorkbookReader:
    """Has a process that is started with the first workbook and kept. Safe to use from several threads, one after another."""

    def __init__(self, cpu_seconds: int = CPU_SECONDS) -> None:
        self.cpu_seconds = cpu_seconds
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._read = 0

    def read(self, data: bytes, library: Library) -> FormReading:
        """The audit that a workbook holds; raises FormError as `read_form`, also for a workbook that costs too much."""
        return cast(FormReading, self._ask(Read(data, str(library.root), library.held())))

    def read_ruleset(self, data: bytes, library: Library) -> RulesetRead:
        """The edition that a ruleset's workbook holds; raises FormError, also for a workbook that costs too much."""
        return cast(RulesetRead, self._ask(ReadRuleset(data, str(library.root), library.held())))

    def read_audits(self, files: Sequence[tuple[str, bytes]], ruleset: str | None, library: Library) -> WholeAudits:
        """The audits of files, the units' file first. Raises LayoutError, and FormError for what costs too much."""
        message = ReadAudits(tuple(files), ruleset, str(library.root), library.held())
        return cast(WholeAudits, self._ask(message))

    def mark(self, data: bytes, problems: Sequence[FormProblem]) -> bytes | None:
        """A copy with the problems marked; None when it costs too much to make one."""
        try:
            return cast(bytes, self._ask(Mark(data, tuple(problems))))
        except FormError:
            return None

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _ask(self, message: Read | ReadRuleset | ReadAudits | Mark) -> Any:
        with self._lock:
            process = self._started()
            assert process.stdin is not None
            assert process.stdout is not None
            limit = Timer(WALL_SECONDS, process.kill)
            limit.start()
            try:
                send(process.stdin, message)
                answer = receive(process.stdout)
            except (EOFError, OSError):
                self._end()
                raise _wrong(TOO_COSTLY) from None
            finally:
                limit.cancel()
            self._read += 1
            if self._read >= MOST_READ:
                self._end()
        if isinstance(answer, Refused):
            raise FormError(answer.problems, answer.can_mark)
        if isinstance(answer, LayoutRefused):
            raise LayoutError(answer.problems)
        if isinstance(answer, Failed):
            raise _wrong(TOO_COSTLY if answer.kind == "MemoryError" else NOT_READABLE.format(kind=answer.kind))
        return answer

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "api.uploads", str(self.cpu_seconds)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # A terminal's Ctrl-C is for the one that started it: its input ends then.
                process_group=0,
            )
        return self._process

    def _end(self) -> None:
        process, self._process, self._read = self._process, None, 0
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def _wrong(message: str) -> FormError:
    return FormError([FormProblem("", None, "", message)], can_mark=False)
