"""Whom to speak to at an enterprise."""

import sqlalchemy as sa
from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add the column in place."""
    op.add_column("enterprises", sa.Column("contact", sa.String(200), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("enterprises", "contact")
