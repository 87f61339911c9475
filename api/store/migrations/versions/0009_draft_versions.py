"""Store drafts up to each of their versions, and why a plant is graded under an edition of elsewhere."""

import sqlalchemy as sa
from alembic import op

import api.store.base

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Make the table and the column."""
    op.create_table(
        "draft_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", api.store.base.Packed(), nullable=False),
        sa.Column("replaced_by", sa.Uuid(), nullable=False),
        sa.Column("page", sa.String(length=36), nullable=True),
        sa.Column("replaced_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_draft_versions_audit_id_audits")),
        sa.ForeignKeyConstraint(["replaced_by"], ["users.id"], name=op.f("fk_draft_versions_replaced_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_versions")),
        sa.UniqueConstraint("audit_id", "version", name=op.f("uq_draft_versions_audit_id_version")),
    )
    op.add_column("audits", sa.Column("outside_reason", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop both."""
    op.drop_column("audits", "outside_reason")
    op.drop_table("draft_versions")
