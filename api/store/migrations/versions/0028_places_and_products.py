"""Where a site lies, what a unit makes and how much of it."""

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add the columns in place."""
    op.add_column("sites", sa.Column("coordinates", sa.String(40), nullable=True))
    op.add_column("units", sa.Column("products", sa.String(200), nullable=True))
    op.add_column("units", sa.Column("capacity", sa.String(200), nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("units", "capacity")
    op.drop_column("units", "products")
    op.drop_column("sites", "coordinates")
