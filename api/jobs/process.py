"""The process of a worker: `grading worker`, or one that the service has started (`python -m api.jobs`)."""

import os
import signal
import sys
from threading import Event
from types import FrameType

from api.jobs.worker import NICENESS, run
from api.service import Service, make_service
from api.serving import configure_logs, not_startable
from api.settings import load


def work(service: Service) -> None:
    """Work until SIGINT or SIGTERM; ends the process.

    It ends at once, whatever is half done: that is gone on with by others, or when the next worker starts.
    """
    configure_logs(service.settings)
    os.nice(NICENESS)
    stop = Event()

    def told(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)
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
    problem = not_startable(service)
    if problem is not None:
        sys.exit(problem)
    work(service)
