"""The workers that the service starts beside itself: processes of their own, so that people are answered while they compute."""

from collections.abc import Callable

from api.settings import Settings
from api.started import StartedProcesses

STOP_SECONDS = 5


def started_workers(settings: Settings, ended: Callable[[int], None] | None = None) -> StartedProcesses:
    """As many as the settings say; `ended` is called with the id of each that is over."""
    return StartedProcesses(settings, ["api.jobs"], settings.working, stop_seconds=STOP_SECONDS, ended=ended)
