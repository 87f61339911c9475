"""The service as several processes that answer on one socket: one can't use more than one processor.

This one answers nobody. It holds the socket, starts the others and the workers, starts those again that end by themselves,
and ends them when it is told to stop. What they have in common is in the database, in the data folder and, of what they
count, in a folder of files that lasts as long as they do.
"""

import os
import signal
import socket
from tempfile import TemporaryDirectory
from threading import Event
from types import FrameType

import uvicorn
from prometheus_client.multiprocess import mark_process_dead

from api.metrics import FOLDER
from api.server.supervisor import ChildProcesses, worker_processes
from api.settings import Settings

MORE_SECONDS = 5
"""The seconds that a process gets beyond the time for running requests, to close what it has open."""


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; running requests are given `stop_within` seconds to finish."""
    stop = Event()

    def on_signal(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    listening = _socket(settings)
    with TemporaryDirectory(prefix="grading-counted-") as counted:
        os.environ[FOLDER] = counted

        def ended(pid: int) -> None:
            mark_process_dead(pid, counted)  # type: ignore[no-untyped-call]

        answering = ChildProcesses(
            settings,
            ["api.server", str(listening.fileno())],
            settings.answering,
            stop_seconds=settings.stop_within + MORE_SECONDS,
            hands_on=[listening.fileno()],
            ended=ended,
        )
        workers = worker_processes(settings, ended)
        answering.start()
        workers.start()
        stop.wait()
        answering.ask_to_stop()
        workers.ask_to_stop()
        # Whoever comes now is refused at once, as soon as the others have closed it too.
        listening.close()
        answering.stop()
        workers.stop()


def _socket(settings: Settings) -> socket.socket:
    """Bound, and not listened on: that begins with the first process that can answer."""
    return uvicorn.Config("", host=settings.host, port=settings.port, log_config=None).bind_socket()
