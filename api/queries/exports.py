"""The documents that were made for the actor."""

from sqlalchemy import select

from api.context import Context
from api.files.exports import RETENTION
from api.store import Export


def own_exports(context: Context) -> list[Export]:
    """Those that are still there, the newest first."""
    rows = select(Export).where(Export.created_at > context.at - RETENTION).order_by(Export.id.desc()).limit(200)
    return list(context.db.scalars(rows))
