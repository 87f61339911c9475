"""The moment and the place at which a file of evidence was taken on site."""

import sqlalchemy as sa
from alembic import op

from api.store.base import Moment

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: None = None
depends_on: None = None

ADDED = (("taken_at", Moment()), ("taken_where", sa.String(60)))


def upgrade() -> None:
    """Add the columns in place."""
    for name, kind in ADDED:
        op.add_column("evidence_files", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """Drop them."""
    for name, _ in reversed(ADDED):
        op.drop_column("evidence_files", name)
