"""Working editions of rulesets, scans of their sources, and their way to a signature."""

import sqlalchemy as sa
from alembic import op

import api.store.base

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: None = None
depends_on: None = None

STATES = ("proposed", "returned", "signed", "withdrawn")


def upgrade() -> None:
    """Make the tables; scans are never changed."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "working_editions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(6), nullable=False),
        sa.Column("ruleset_id", sa.String(120), nullable=False),
        sa.Column("base_id", sa.String(120), nullable=False),
        sa.Column("base_digest", sa.String(71), nullable=False),
        sa.Column("parent_id", sa.String(120), nullable=False),
        sa.Column("jurisdiction", sa.String(6), nullable=False),
        sa.Column("document", sa.String(4000), nullable=False),
        sa.Column("effective", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        _of("working_editions", "base_digest", "rulesets", "digest"),
        _of("working_editions", "made_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_editions")),
    )
    op.create_index(op.f("ix_working_editions_area_id"), "working_editions", ["area", "id"])
    op.create_table(
        "working_fields",
        sa.Column("working_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("field", sa.String(20), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        _of("working_fields", "working_id", "working_editions"),
        _of("working_fields", "changed_by", "users"),
        sa.PrimaryKeyConstraint("working_id", "place", "field", name=op.f("pk_working_fields")),
    )
    op.create_table(
        "source_scans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("working_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", moment, nullable=False),
        _of("source_scans", "working_id", "working_editions"),
        _of("source_scans", "by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_scans")),
    )
    op.create_index(op.f("ix_source_scans_working_id_id"), "source_scans", ["working_id", "id"])
    op.create_index(op.f("ix_source_scans_sha256"), "source_scans", ["sha256"])
    op.create_table(
        "edition_proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(6), nullable=False),
        sa.Column("working_id", sa.Uuid(), nullable=True),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("ruleset_id", sa.String(120), nullable=False),
        sa.Column("jurisdiction", sa.String(6), nullable=False),
        sa.Column("former_id", sa.String(120), nullable=False),
        sa.Column("former_digest", sa.String(71), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", moment, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", _words("proposalstate", *STATES), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attachments", api.store.base.Packed(), nullable=True),
        sa.Column("prepared_at", moment, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("effective", sa.Date(), nullable=True),
        sa.Column("signed_id", sa.String(120), nullable=True),
        sa.Column("signed_digest", sa.String(71), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", moment, nullable=True),
        sa.Column("withdrawal_reasons", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_edition_proposals_decided_by_another")
        ),
        _of("edition_proposals", "working_id", "working_editions"),
        _of("edition_proposals", "draft_id", "draft_rulesets"),
        _of("edition_proposals", "former_digest", "rulesets", "digest"),
        _of("edition_proposals", "signed_digest", "rulesets", "digest"),
        *(_of("edition_proposals", name, "users") for name in ("proposed_by", "decided_by", "withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_proposals")),
        sa.UniqueConstraint("signed_id", name=op.f("uq_edition_proposals_signed_id")),
        sa.UniqueConstraint("signed_digest", name=op.f("uq_edition_proposals_signed_digest")),
    )
    for columns in (["area", "id"], ["state"], ["working_id"]):
        op.create_index(op.f(f"ix_edition_proposals_{'_'.join(columns)}"), "edition_proposals", columns)
    op.create_table(
        "figure_reviews",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("verdict", _words("verdict", "confirmed", "refused"), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=False),
        sa.Column("reviewer_name", sa.String(100), nullable=False),
        sa.Column("reviewed_at", moment, nullable=False),
        sa.CheckConstraint("reviewed_by <> proposed_by", name=op.f("ck_figure_reviews_reviewed_by_another")),
        _of("figure_reviews", "proposal_id", "edition_proposals"),
        _of("figure_reviews", "proposed_by", "users"),
        _of("figure_reviews", "reviewed_by", "users"),
        sa.PrimaryKeyConstraint("proposal_id", "place", name=op.f("pk_figure_reviews")),
    )
    _fix()


def downgrade() -> None:
    """Drop them."""
    for table in ("figure_reviews", "edition_proposals", "source_scans", "working_fields", "working_editions"):
        op.drop_table(table)


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _of(table: str, column: str, other: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=op.f(f"fk_{table}_{column}_{other}"))


def _fix() -> None:
    table = "source_scans"
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
