"""Jobs: who does them, and what the archives of reports consist of while they are made."""

import sqlalchemy as sa
from alembic import op

import api.store.base

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.Column("seen_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "export_parts",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["export_id"], ["exports.id"], name=op.f("fk_export_parts_export_id_exports")),
        sa.PrimaryKeyConstraint("export_id", "position", name=op.f("pk_export_parts")),
    )
    with op.batch_alter_table("batch_audits", schema=None) as batch_op:
        batch_op.add_column(sa.Column("result", sa.String(length=71), nullable=True))

    with op.batch_alter_table("exports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wanted", api.store.base.Packed(), nullable=True))
        batch_op.add_column(sa.Column("run", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("exports", schema=None) as batch_op:
        batch_op.alter_column("run", server_default=None)


def downgrade() -> None:
    """Drop the tables."""
    with op.batch_alter_table("exports", schema=None) as batch_op:
        batch_op.drop_column("run")
        batch_op.drop_column("wanted")

    with op.batch_alter_table("batch_audits", schema=None) as batch_op:
        batch_op.drop_column("result")

    op.drop_table("export_parts")
    op.drop_table("workers")
