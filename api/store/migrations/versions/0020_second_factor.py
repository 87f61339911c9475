"""Second factors, passwords that another person set, and what browser a session is of."""

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: None = None
depends_on: None = None

ADDED = (
    ("users", "password_set_by", sa.Uuid()),
    ("users", "second_factor", sa.String(64)),
    ("users", "second_factor_step", sa.Integer()),
    ("sessions", "agent", sa.String(200)),
)


def upgrade() -> None:
    """Add the columns in place."""
    for table, name, kind in ADDED:
        op.add_column(table, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """Drop them."""
    for table, name, _ in reversed(ADDED):
        op.drop_column(table, name)
