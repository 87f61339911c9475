"""Processes that the service starts beside itself and keeps running: those that answer people, and those that do jobs."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from threading import Event, Thread

import structlog
from pydantic import SecretStr

from api.settings import PREFIX, Settings

LOOK_SECONDS = 0.5
PAUSE_SECONDS = 2.0
"""Before one that ended by itself is started again."""
WORKER_STOP_SECONDS = 5
log = structlog.get_logger("api.server.supervisor")


class ChildProcesses:
    """Keeps so many processes of a Python module running. They end with this one, also when it is killed: their standard
    input ends then.

    `hands_on` are file descriptors that they get, `ended` is called with the id of each that is over, `stop_seconds` is what
    they are given to end when they are told to stop; then they are killed.
    """

    def __init__(
        self,
        settings: Settings,
        arguments: Sequence[str],
        count: int,
        *,
        stop_seconds: float,
        hands_on: Sequence[int] = (),
        ended: Callable[[int], None] | None = None,
    ) -> None:
        self.settings, self.arguments, self.count = settings, tuple(arguments), count
        self.stop_seconds, self.hands_on, self.ended = stop_seconds, tuple(hands_on), ended
        self._stop = Event()
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Start them."""
        for number in range(self.count):
            thread = Thread(target=self._supervise, name=f"{self.arguments[0]}-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def ask_to_stop(self) -> None:
        """Ask them to stop."""
        self._stop.set()

    def stop(self) -> None:
        """Ask them to stop, and wait until they have."""
        self.ask_to_stop()
        for thread in self._threads:
            thread.join(self.stop_seconds + 2)

    def _supervise(self) -> None:
        while not self._stop.is_set():
            process = subprocess.Popen(
                [sys.executable, "-m", *self.arguments],
                stdin=subprocess.PIPE,
                env=os.environ | environment_of(self.settings),
                pass_fds=self.hands_on,
                # A terminal's Ctrl-C is for the one that started them: it tells them.
                process_group=0,
            )
            while process.poll() is None and not self._stop.wait(LOOK_SECONDS):
                pass
            if self._stop.is_set():
                self._end(process)
                return
            if self.ended is not None:
                self.ended(process.pid)
            log.error("process ended", module=self.arguments[0], pid=process.pid, code=process.returncode)
            self._stop.wait(PAUSE_SECONDS)

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        process.terminate()
        try:
            process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin is not None:
            process.stdin.close()


def worker_processes(settings: Settings, ended: Callable[[int], None] | None = None) -> ChildProcesses:
    """The workers that do jobs, as many as the settings say: people are answered while they compute.

    `ended` is called with the id of each that is over.
    """
    return ChildProcesses(settings, ["api.jobs"], settings.working, stop_seconds=WORKER_STOP_SECONDS, ended=ended)


def environment_of(settings: Settings) -> dict[str, str]:
    """Settings as the environment of a process that is to have the same."""
    environment: dict[str, str] = {}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if value is not None:
            text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            environment[f"{PREFIX}{name.upper()}"] = text
    return environment
