"""The process of a worker: `grading worker`, or one that the service has started (`python -m api.jobs`)."""

import os
import signal
import sys
from threading import Event
from types import FrameType

from api.jobs.worker import NICENESS, run
from api.service import Service, make_service
from api.settings import load
from api.startup import configure_logs, startup_problem


def work(service: Service) -> None:
    """Work until SIGINT or SIGTERM; ends the process.

    It ends at once, whatever is half done: that is gone on with by others, or when the next worker starts.
    """
    configure_logs(service.settings)
    os.nice(NICENESS)
    stop = Event()

    def on_signal(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    try:
        run(service, stop)
    finally:
        service.close()
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(0)


def main() -> None:
    """A worker with the settings of the environment."""
    service = make_service(load())
    problem = startup_problem(service)
    if problem is not None:
        sys.exit(problem)
    work(service)
