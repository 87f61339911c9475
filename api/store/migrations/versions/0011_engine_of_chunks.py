"""Store the engine's revision of each chunk of a batch; of chunks that are done already nobody has noted it."""

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("batch_chunks", sa.Column("engine", sa.String(length=100), nullable=True))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("batch_chunks", "engine")
