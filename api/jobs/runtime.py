"""DBOS in this process: where it keeps its records, and what it must not do (call anybody, unpickle anything)."""

import json
import logging
from typing import Any

from dbos import DBOS, DBOSConfig, Serializer
from sqlalchemy import make_url

from api.jobs.flows import JOBS, PARTS, bench
from api.service import Service

VERSION = "1"
"""Of the workflows' order of steps. Jobs that were begun are gone on with by workers of the same version only."""
SCHEMA = "jobs"
FILE = "jobs.db"
POLL_SECONDS = 0.25
AHEAD = 2
"""The parts that a process takes at once: one that is computed and one that waits for its turn."""


class JobError(Exception):
    """A part of a job failed, in this process or in another; the message says how."""


class PlainJson(Serializer):
    """Inputs and results of workflows as JSON: reading a record can't run anything."""

    def serialize(self, data: Any) -> str:
        """A plain value, or an exception as its message. Raises TypeError for what JSON can't hold."""
        if isinstance(data, BaseException):
            return json.dumps({"raised": f"{type(data).__name__}: {data}"}, ensure_ascii=False)
        return json.dumps(data, ensure_ascii=False)

    def deserialize(self, serialized_data: str) -> Any:
        """The inverse of `serialize`; exceptions come as JobError."""
        data = json.loads(serialized_data)
        if isinstance(data, dict) and data.keys() == {"raised"}:
            return JobError(data["raised"])
        return data

    def name(self) -> str:
        """The name of the format that records carry."""
        return "grading_json"


def launch(service: Service, executor: str) -> None:
    """Begin to take jobs in this process; `executor` names it, and no other process ever. Raises what the database raises."""
    logging.getLogger("dbos").setLevel(logging.WARNING)
    config: DBOSConfig = {
        "name": "grading",
        "system_database_url": records_of(service),
        "dbos_system_schema": SCHEMA,
        "application_version": VERSION,
        "executor_id": executor,
        "serializer": PlainJson(),
        "enable_otlp": False,
        "log_level": "WARNING",
        "sys_db_pool_size": 10,
        "use_listen_notify": False,
    }
    bench.service = service
    DBOS(config=config)
    try:
        DBOS.launch()
        for name, limit in ((JOBS, None), (PARTS, AHEAD)):
            DBOS.register_queue(
                name, worker_concurrency=limit, polling_interval_sec=POLL_SECONDS, on_conflict="always_update"
            )
    except Exception:
        # The database may be away: then it is tried again from the beginning.
        DBOS.destroy()
        raise


def leave() -> None:
    """Take no more jobs in this process."""
    DBOS.destroy()


def records_of(service: Service) -> str:
    """The URL of the database that DBOS keeps its records in."""
    if service.database.is_sqlite:
        return f"sqlite:///{(service.settings.data / FILE).absolute()}"
    url = make_url(service.settings.database).set(drivername="postgresql+psycopg")
    return url.render_as_string(hide_password=False)
