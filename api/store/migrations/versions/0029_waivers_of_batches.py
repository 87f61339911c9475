"""The waivers by which a batch grades each of its audits."""

import sqlalchemy as sa
from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add the column in place; what earlier batches graded was by the waivers of the grading before."""
    op.add_column("batch_audits", sa.Column("waivers", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("batch_audits", "waivers")
