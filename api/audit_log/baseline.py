"""Rows recorded as they are: of a database that is older than the recording, or whose tables were changed by a migration."""

from collections.abc import Collection, Iterator

from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

from api.audit_log.entries import append
from api.store import changes
from api.store.recorded import RECORDED, Record, Recorded, key_of, record_of

ACTION = "log.baseline"
AT_ONCE = 1000
"""Rows of one entry."""


def record_everything(connection: Connection, revision: str, tables: Collection[str] = tuple(RECORDED)) -> None:
    """Record all rows of tables as they are at this moment of a migration.

    A migration that gives existing rows other values, or columns that are not null, has to call this for their tables.
    """
    # Later migrations make the tables that are not there yet.
    there = set(inspect(connection).get_table_names())
    with Session(connection) as db:
        for table in (table for table in tables if table in there):
            for rows in _chunks(connection, RECORDED[table]):
                db.info[changes.CHANGES] = {table: rows}
                append(db, ACTION, None, subject=f"schema:{revision}", details={"table": table, "rows": len(rows)})
        # The migration's transaction is committed by who began it.
        db.flush()


def _chunks(connection: Connection, recorded: Recorded) -> Iterator[dict[str, Record | None]]:
    """The rows as the database has them, columns that it hasn't yet left out."""
    table = recorded.model.__tablename__
    there = {column["name"] for column in inspect(connection).get_columns(table)}
    columns = [column.name for column in recorded.columns if column.name in there]
    where = f" WHERE {recorded.where}" if recorded.where else ""
    named = ", ".join(f'"{name}"' for name in columns)
    missing = {column.name: None for column in recorded.columns if column.name not in there}
    found = connection.execute(text(f"SELECT {named} FROM {table}{where}")).mappings()
    while some := found.fetchmany(AT_ONCE):
        records = [{**missing, **row} for row in some]
        keyed = ((record_of(recorded, values), values) for values in records)
        yield {key_of(recorded.table, values): record for record, values in keyed}
