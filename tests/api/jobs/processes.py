"""Workers as processes that the tests may kill. They are forked from one that has imported everything already."""

import multiprocessing
import os
import signal
from multiprocessing.context import ForkServerProcess

from api.server.supervisor import environment_of
from api.settings import Settings

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.api.jobs.processes", "api.jobs.process"])


def start(settings: Settings) -> ForkServerProcess:
    """A worker of a service with these settings."""
    process = CONTEXT.Process(target=_work, args=(environment_of(settings),), daemon=True)
    process.start()
    return process


def kill(process: ForkServerProcess) -> None:
    """End a process as the kernel does when memory runs out: at once, wherever it is."""
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()


def _work(environment: dict[str, str]) -> None:
    from api.jobs.process import work
    from api.service import make_service
    from api.settings import load

    os.environ |= environment
    work(make_service(load()))
