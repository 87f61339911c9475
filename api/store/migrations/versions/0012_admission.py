"""Opinions of admission, and when the projects were completed."""

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: None = None
depends_on: None = None

OUTCOMES = ("admitted", "refused", "undecided")
FIXED = ("admission_opinions", "project_completions")
"""Tables whose rows are made once."""


def upgrade() -> None:
    """Make the tables, whose rows can't be changed."""
    op.create_table(
        "admission_opinions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=4000), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("industry", sa.String(length=120), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(*OUTCOMES, name="admissionoutcome", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("required_level", sa.String(length=32), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.Column("rulesets", sa.Text(), nullable=False),
        sa.Column("policies", sa.LargeBinary(), nullable=False),
        sa.Column("engine", sa.String(length=100), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["admission_opinions.id"],
            name=op.f("fk_admission_opinions_supersedes_id_admission_opinions"),
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_admission_opinions_made_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission_opinions")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_admission_opinions_supersedes_id")),
    )
    op.create_index(op.f("ix_admission_opinions_county_id"), "admission_opinions", ["county", "id"])
    op.create_table(
        "project_completions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opinion_id", sa.Uuid(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["opinion_id"], ["admission_opinions.id"], name=op.f("fk_project_completions_opinion_id_admission_opinions")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name=op.f("fk_project_completions_enterprise_id_enterprises")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["users.id"], name=op.f("fk_project_completions_recorded_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_completions")),
    )
    op.create_index(op.f("ix_project_completions_opinion_id"), "project_completions", ["opinion_id"])
    for table in FIXED:
        _fix(table)


def downgrade() -> None:
    """Drop them."""
    for table in reversed(FIXED):
        op.drop_table(table)


def _fix(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
