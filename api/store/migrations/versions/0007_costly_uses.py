"""Count each user's costly requests for all processes together."""

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "costly_uses",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("full_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_costly_uses_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_costly_uses")),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("costly_uses")
