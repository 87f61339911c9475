"""Answers requests until told to stop, and then finishes those that are being answered."""

import socket
from types import FrameType

import uvicorn
from starlette.concurrency import run_in_threadpool

from api import pages
from api.app import create_app
from api.service import Service
from api.serving import configure_logs
from api.started import StartedProcesses


def answer(
    service: Service, listening: socket.socket | None = None, *, workers: StartedProcesses | None = None
) -> None:
    """Answer requests until SIGINT or SIGTERM; running ones are given `stop_within` seconds to finish.

    On a socket that is bound already, or where the settings say.
    """
    settings = service.settings
    configure_logs(settings)
    config = uvicorn.Config(
        create_app(service),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=settings.stop_within,
    )
    # Before anybody can ask: the first who did would wait for seconds.
    pages.prepare(service)
    _Server(config, service, workers).run(None if listening is None else [listening])


class _Server(uvicorn.Server):
    """Says that it isn't ready any more as soon as it is told to stop."""

    def __init__(self, config: uvicorn.Config, service: Service, workers: StartedProcesses | None) -> None:
        super().__init__(config)
        self.service, self.workers = service, workers

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Told to stop."""
        self.service.stopping.set()
        if self.workers is not None:
            self.workers.tell()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish what people asked for, and see the workers end: the signal that came ends this process right after."""
        await super().shutdown(sockets)
        if self.workers is not None:
            await run_in_threadpool(self.workers.stop)
