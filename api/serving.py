"""Runs the service: checks that it may start, logs as structured lines, stops gracefully."""

import logging
import socket
import sys
from types import FrameType

import structlog
import uvicorn
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from api import demo
from api.app import create_app
from api.jobs.started import StartedWorkers
from api.service import Service
from api.store import User, migrate


class _Server(uvicorn.Server):
    """Says that it isn't ready any more as soon as it is told to stop."""

    def __init__(self, config: uvicorn.Config, service: Service, workers: StartedWorkers) -> None:
        super().__init__(config)
        self.service, self.workers = service, workers

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Told to stop."""
        self.service.stopping.set()
        self.workers.tell()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish what people asked for, and see the workers end: the signal that came ends this process right after."""
        await super().shutdown(sockets)
        await run_in_threadpool(self.workers.stop)


def not_startable(service: Service) -> str | None:
    """Why the service can't start, in Chinese; None when it can. A local database is brought to the newest schema here."""
    try:
        if not service.settings.production:
            migrate.migrate(service.database)
        elif migrate.current(service.database) != migrate.newest():
            return "数据库表结构不是当前版本，请先运行 grading migrate。"
        if service.settings.production and demo.is_demo(service):
            return "数据库中有演示数据和演示账号，不能在生产模式下使用；请换一个数据库。"
    except SQLAlchemyError as error:
        # The driver's message names hosts and files, not passwords.
        return f"数据库无法使用：{str(error.__cause__ or error).splitlines()[0]}"
    return None


def has_no_users(service: Service) -> bool:
    """Whether nobody can sign in yet."""
    with service.database.reading() as db:
        return db.scalar(select(User.id).limit(1)) is None


def run(service: Service) -> None:
    """Serve until SIGINT or SIGTERM; running requests are given `stop_within` seconds to finish."""
    settings = service.settings
    configure_logs(settings.log_level, as_json=settings.production or not sys.stderr.isatty())
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
    workers = StartedWorkers(settings)
    workers.start()
    _Server(config, service, workers).run()


def configure_logs(level: str, *, as_json: bool) -> None:
    """One line an event on stderr, the library's own and the server's alike: JSON for machines, text for a terminal."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
