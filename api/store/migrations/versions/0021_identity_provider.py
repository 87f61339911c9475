"""Users and sessions of an identity provider."""

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add the columns in place."""
    op.add_column("users", sa.Column("oidc_subject", sa.String(500), nullable=True))
    op.create_index("ix_users_oidc_subject", "users", ["oidc_subject"], unique=True)
    op.add_column("sessions", sa.Column("provider", sa.String(200), nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("sessions", "provider")
    op.drop_index("ix_users_oidc_subject", "users")
    op.drop_column("users", "oidc_subject")
