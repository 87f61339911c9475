"""Answers requests until told to stop, and then finishes those that are being answered."""

import asyncio
import gc
import socket
from collections.abc import Callable
from threading import Thread
from types import FrameType
from typing import Any

import uvicorn
from sqlalchemy.orm import configure_mappers
from starlette.concurrency import run_in_threadpool

from api import pages
from api.server.accept import Acceptor
from api.server.app import create_app
from api.server.supervisor import ChildProcesses
from api.service import Service
from api.startup import configure_logs
from grading.garbage_collection import collect_seldom


def serve(service: Service, listening: socket.socket | None = None, *, workers: ChildProcesses | None = None) -> None:
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
    _prepare(service)
    Thread(target=pages.prepare_rulesets, args=[service], name="rulesets", daemon=True).start()
    _Server(config, service, listening, workers).run()


def _prepare(service: Service) -> None:
    """Load what the first request would wait for, before anybody can send one."""
    collect_seldom()
    configure_mappers()
    pages.prepare(service)
    # What is there by now stays: to look through it for garbage would hold everybody up for a fifth of a second each time.
    gc.collect()
    gc.freeze()


class _Server(uvicorn.Server):
    """Says that it isn't ready any more as soon as it is told to stop."""

    def __init__(
        self,
        config: uvicorn.Config,
        service: Service,
        listening: socket.socket | None,
        workers: ChildProcesses | None,
    ) -> None:
        super().__init__(config)
        self.service, self.listening, self.workers = service, listening, workers

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        if self.listening is None:
            await super().startup(sockets)
            return
        await super().startup([])
        sharing: Any = Acceptor(self.listening, self._protocol, lambda: len(self.server_state.connections))
        # Closed with the server's others.
        self.servers.append(sharing)

    def _protocol(self) -> asyncio.Protocol:
        made: Callable[..., asyncio.Protocol] = self.config.http_protocol_class
        return made(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Told to stop."""
        self.service.stopping.set()
        if self.workers is not None:
            self.workers.ask_to_stop()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish what people asked for, and see the workers end: the signal that came ends this process right after."""
        await super().shutdown(sockets)
        if self.workers is not None:
            await run_in_threadpool(self.workers.stop)
