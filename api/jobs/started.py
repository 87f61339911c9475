"""The workers that the service starts beside itself: processes of their own, so that people are answered while they compute."""

import os
import subprocess
import sys
from threading import Event, Thread

import structlog
from pydantic import SecretStr

from api.settings import PREFIX, Settings

MOST = 4
"""How many are started if nothing is said and there are that many processors."""
LOOK_SECONDS = 0.5
PAUSE_SECONDS = 2.0
"""Before one that ended by itself is started again."""
STOP_SECONDS = 5
log = structlog.get_logger("api.jobs")


class StartedWorkers:
    """Keeps so many workers running. They end with this process, also when it is killed: their standard input ends then."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.count = settings.workers if settings.workers is not None else min(MOST, os.cpu_count() or 1)
        self._stop = Event()
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Start them."""
        for number in range(self.count):
            thread = Thread(target=self._keep, name=f"worker-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def tell(self) -> None:
        """Tell them to stop."""
        self._stop.set()

    def stop(self) -> None:
        """Tell them to stop, and wait until they have."""
        self.tell()
        for thread in self._threads:
            thread.join(STOP_SECONDS + 2)

    def _keep(self) -> None:
        while not self._stop.is_set():
            process = subprocess.Popen(
                [sys.executable, "-m", "api.jobs"],
                stdin=subprocess.PIPE,
                env=os.environ | environment_of(self.settings),
            )
            while process.poll() is None and not self._stop.wait(LOOK_SECONDS):
                pass
            if self._stop.is_set():
                _end(process)
                return
            log.error("worker ended", pid=process.pid, code=process.returncode)
            self._stop.wait(PAUSE_SECONDS)


def environment_of(settings: Settings) -> dict[str, str]:
    """Settings as the environment of a process that is to have the same."""
    told: dict[str, str] = {}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if value is not None:
            said = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            told[f"{PREFIX}{name.upper()}"] = said
    return told


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin is not None:
        process.stdin.close()
