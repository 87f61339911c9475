"""Runs the service: checks that it may start, logs as structured lines, and answers or has others answer."""

import logging
import sys

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from api.service import Service
from api.services import demo
from api.settings import Settings
from api.store import User, migrate


def startup_problem(service: Service) -> str | None:
    """The reason why the service can't start, in Chinese; None when it can. A local database gets the newest schema here."""
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
    """True when nobody can sign in yet."""
    with service.database.reading() as db:
        return db.scalar(select(User.id).limit(1)) is None


def configure_logs(settings: Settings) -> None:
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
        if settings.production or not sys.stderr.isatty()
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
