"""Audits begun from the last one, opinions of second experts, appeals by indicator with files and deadlines."""

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: None = None
depends_on: None = None

ADDED = (
    ("audits", "begun_from_id", sa.Uuid()),
    ("audits", "opinion", sa.Text()),
    ("appeals", "points", sa.Text()),
    ("appeals", "late_reason", sa.Text()),
    ("appeals", "answer_due", sa.Date()),
)


def upgrade() -> None:
    """Add the columns in place, and the table of the files."""
    for table, name, kind in ADDED:
        op.add_column(table, sa.Column(name, kind, nullable=True))
    op.create_table(
        "appeal_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_appeal_files_appeal_id_appeals")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["users.id"], name=op.f("fk_appeal_files_uploaded_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_files")),
    )
    op.create_index(op.f("ix_appeal_files_appeal_id"), "appeal_files", ["appeal_id"])
    op.create_index(op.f("ix_appeal_files_sha256"), "appeal_files", ["sha256"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("appeal_files")
    for table, name, _ in reversed(ADDED):
        op.drop_column(table, name)
