"""Waivers that bureaus grant to units, and those by which a grading was made; how a unit's edition was chosen."""

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: None = None
depends_on: None = None

TABLE = "unit_waivers"


def upgrade() -> None:
    """Make the table and the columns."""
    op.add_column("gradings", sa.Column("waivers", sa.Text(), nullable=True))
    op.add_column("units", sa.Column("industry", sa.String(200), nullable=True))
    op.add_column("units", sa.Column("ruleset_reason", sa.Text(), nullable=True))
    op.create_table(
        TABLE,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "enterprise_id", "unit_id")),
        sa.Column("indicator", sa.String(64), nullable=False),
        sa.Column("authority", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_number", sa.String(200), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("document_date", "begins", "until")),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("file_name", sa.String(200), nullable=True),
        sa.Column("media_type", sa.String(100), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{TABLE}_{column}_{other}"))
            for column, other in (
                ("enterprise_id", "enterprises"),
                ("unit_id", "units"),
                ("granted_by", "users"),
                ("ended_by", "users"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    for column in ("enterprise_id", "unit_id", "until", "sha256"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column])


def downgrade() -> None:
    """Drop them."""
    op.drop_table(TABLE)
    for table, column in (("units", "ruleset_reason"), ("units", "industry"), ("gradings", "waivers")):
        op.drop_column(table, column)
