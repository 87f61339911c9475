"""The schema held against what the migrations make: tables, columns and, above all, the triggers that make rows unchangeable."""

import re
from collections.abc import Iterator
from functools import cache
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from api.services.verification.finding import Finding
from api.store import Base, migrate
from api.store.database import Database

APPEND_ONLY = (
    "log",
    "gradings",
    "graded_units",
    "publications",
    "rulesets",
    "sign_offs",
    "draft_rulesets",
    "source_scans",
    "audit_revisions",
    "campaign_changes",
    "campaign_snapshots",
    "campaign_outlines",
    "campaign_steps",
    "campaign_visits",
    "campaign_photos",
    "admission_opinions",
    "project_completions",
)
"""Tables whose rows a trigger makes unchangeable."""
REFUSES = "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END"


def compare_schema(db: Session) -> Iterator[Finding]:
    """The parts of the schema that are missing, were put in or were changed."""
    connection = db.connection()
    found = _sqlite(connection) if connection.dialect.name == "sqlite" else _postgresql(connection)
    for name, message in found:
        yield Finding(f"schema:{name}", message)


def _sqlite(connection: Connection) -> Iterator[tuple[str, str]]:
    there, right = _objects(connection), _made()
    for (kind, name), statement in sorted(right.items()):
        if (kind, name) not in there:
            yield name, f"缺少{_KINDS.get(kind, kind)}。"
        elif there[kind, name] != statement:
            yield name, f"{_KINDS.get(kind, kind)}的定义被改动。"
    for kind, name in sorted(there.keys() - right.keys()):
        yield name, f"多出了{_KINDS.get(kind, kind)}，不是本系统建立的。"


_KINDS = {"trigger": "触发器", "table": "表", "index": "索引", "view": "视图"}


def _objects(connection: Connection) -> dict[tuple[str, str], str]:
    # What SQLite makes for its own use (statistics, indices of constraints) has no statement or a name of its own.
    rows = connection.execute(
        text("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    )
    return {(kind, name): _sorted(_folded(statement or ""), kind) for kind, name, statement in rows}


_migrating = Lock()


@cache
def _made() -> dict[tuple[str, str], str]:
    """The schema that the migrations make in an empty database."""
    # Alembic has one context a process.
    with _migrating, TemporaryDirectory(prefix="grading-schema-") as folder:
        database = Database(f"sqlite:///{folder}/empty.db")
        try:
            migrate.migrate(database)
            with database.engine.connect() as connection:
                return _objects(connection)
        finally:
            database.close()


def _sorted(statement: str, kind: str) -> str:
    """A table's definition whatever the order of its constraints, which migrations don't settle."""
    return ", ".join(sorted(re.split(r"[\s,()]+", statement))) if kind == "table" else statement


def _folded(statement: str) -> str:
    return re.sub(r"\s+", " ", statement).strip()


def _postgresql(connection: Connection) -> Iterator[tuple[str, str]]:
    rows = connection.execute(
        text(
            "SELECT t.tgname, c.relname, t.tgenabled::text, p.proname, p.prosrc, t.tgtype"
            " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
        )
    )
    there = {row.tgname: row for row in rows}
    for table in APPEND_ONLY:
        for name, kind in ((f"{table}_append_only", ROW_TRIGGER), (f"{table}_no_truncate", TRUNCATE_TRIGGER)):
            found = there.pop(name, None)
            if found is None or found.relname != table:
                yield name, "缺少触发器。"
            elif found.tgenabled not in ("O", "A"):
                yield name, "触发器被停用。"
            elif found.proname != "refuse_change" or _folded(found.prosrc) != REFUSES or found.tgtype != kind:
                yield name, "触发器的定义被改动。"
    for name in sorted(there):
        yield name, "多出了触发器，不是本系统建立的。"
    context = MigrationContext.configure(connection, opts={"include_object": _is_ours})
    for difference in compare_metadata(context, Base.metadata):
        yield "tables", f"表结构与程序所用的不同：{_described(difference)[:300]}。"


ROW_TRIGGER = 1 | 2 | 8 | 16
"""For each row, before, on delete and on update, as PostgreSQL counts."""
TRUNCATE_TRIGGER = 2 | 32


def _is_ours(_object: Any, name: str | None, kind: str, _reflected: bool, _compare: Any) -> bool:
    return not (kind == "table" and name == "alembic_version")


def _described(difference: Any) -> str:
    if isinstance(difference, tuple) and difference and isinstance(difference[0], str):
        return " ".join(str(getattr(part, "name", part)) for part in difference if part is not None)
    return str(difference)
