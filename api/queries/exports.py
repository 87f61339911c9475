"""The documents that were made for the actor."""

from sqlalchemy import select

from api.desk import Desk
from api.export_folder import KEPT
from api.store import Export


def own_exports(desk: Desk) -> list[Export]:
    """Those that are still there, the newest first."""
    rows = select(Export).where(Export.created_at > desk.at - KEPT).order_by(Export.id.desc()).limit(200)
    return list(desk.db.scalars(rows))
