"""Announcements of grades, with a publicity period and its objections."""

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: None = None
depends_on: None = None

STATES = ("draft", "publicity", "published", "cancelled")
TABLES = ("announcements", "announced_audits", "announcement_objections")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "announcements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("area", sa.String(6), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="announcementstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("publicity_from", sa.Date(), nullable=True),
        sa.Column("publicity_until", sa.Date(), nullable=True),
        sa.Column("number", sa.String(100), nullable=True),
        sa.Column("announced_on", sa.Date(), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _reference("announcements", "made_by", "users"),
        _reference("announcements", "published_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_index(op.f("ix_announcements_area_id"), "announcements", ["area", "id"])
    op.create_table(
        "announced_audits",
        sa.Column("announcement_id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("grading_id", sa.Uuid(), nullable=False),
        sa.Column("left_out", sa.Text(), nullable=True),
        sa.Column("refused", sa.Text(), nullable=True),
        _reference("announced_audits", "announcement_id", "announcements"),
        _reference("announced_audits", "audit_id", "audits"),
        _reference("announced_audits", "grading_id", "gradings"),
        sa.PrimaryKeyConstraint("announcement_id", "audit_id", name=op.f("pk_announced_audits")),
    )
    op.create_index(op.f("ix_announced_audits_audit_id"), "announced_audits", ["audit_id"])
    op.create_table(
        "announcement_objections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("announcement_id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=True),
        sa.Column("objector", sa.String(200), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _reference("announcement_objections", "announcement_id", "announcements"),
        _reference("announcement_objections", "audit_id", "audits"),
        _reference("announcement_objections", "recorded_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_objections")),
    )
    op.create_index(op.f("ix_announcement_objections_announcement_id"), "announcement_objections", ["announcement_id"])


def downgrade() -> None:
    """Drop them."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _reference(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
