"""Store the forecasts of published gradings, worked out by workers."""

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "grading_forecasts",
        sa.Column("grading_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.String(80), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("first_end", sa.Date(), nullable=True),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["grading_id"], ["gradings.id"], name=op.f("fk_grading_forecasts_grading_id_gradings")),
        sa.PrimaryKeyConstraint("grading_id", name=op.f("pk_grading_forecasts")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("grading_forecasts")
