"""Entries of the log say what became of rows; what is there already is recorded as it is now."""

import sqlalchemy as sa
from alembic import op

import api.store.base
from api.audit_log.baseline import record_everything

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add the column, and record what is there."""
    # Not by a new table in place of the old one: that would lose its triggers.
    op.add_column("log", sa.Column("rows", api.store.base.Packed(), nullable=True))
    record_everything(op.get_bind(), revision)


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("log", "rows")
