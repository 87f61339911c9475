"""Store the ways of graded plants to a campaign's level, worked out by workers."""

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "campaign_ways",
        sa.Column("grading_id", sa.Uuid(), nullable=False),
        sa.Column("goal", sa.String(160), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["grading_id"], ["gradings.id"], name=op.f("fk_campaign_ways_grading_id_gradings")),
        sa.PrimaryKeyConstraint("grading_id", "goal", name=op.f("pk_campaign_ways")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("campaign_ways")
