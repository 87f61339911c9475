"""The workers that the service starts beside itself: processes of their own, so that people are answered while they compute."""

from collections.abc import Callable

from api.server.supervisor import ChildProcesses
from api.settings import Settings

STOP_SECONDS = 5


def worker_processes(settings: Settings, ended: Callable[[int], None] | None = None) -> ChildProcesses:
    """As many as the settings say; `ended` is called with the id of each that is over."""
    return ChildProcesses(settings, ["api.jobs"], settings.working, stop_seconds=STOP_SECONDS, ended=ended)
