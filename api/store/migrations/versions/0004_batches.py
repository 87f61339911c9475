"""Batches, and editions that were uploaded as drafts."""

import sqlalchemy as sa
from alembic import op

import api.store.base

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "draft_rulesets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ruleset_id", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=4000), nullable=False),
        sa.Column("jurisdiction", sa.String(length=6), nullable=False),
        sa.Column("effective", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.Column("text", api.store.base.Packed(), nullable=False),
        sa.Column("document", api.store.base.Packed(), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.Column("area", sa.String(length=6), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["uploaded_by"], ["users.id"], name=op.f("fk_draft_rulesets_uploaded_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_rulesets")),
    )
    with op.batch_alter_table("draft_rulesets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_rulesets_area_id"), ["area", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_draft_rulesets_digest"), ["digest"], unique=False)

    op.create_table(
        "batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("area", sa.String(length=6), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("within", sa.String(length=6), nullable=False),
        sa.Column("industry", sa.String(length=60), nullable=True),
        sa.Column("edition", sa.String(length=60), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("against", sa.String(length=120), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column(
            "mode",
            sa.Enum("official", "trial", name="mode", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "assessing",
                "concluding",
                "assessed",
                "published",
                "taken_back",
                "stopped",
                "failed",
                "cancelled",
                name="batchstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("problem", api.store.base.Packed(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("created_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.Column("selected_at", api.store.base.Moment(timezone=True), nullable=True),
        sa.Column("impact_at", api.store.base.Moment(timezone=True), nullable=True),
        sa.Column("assessed_at", api.store.base.Moment(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", api.store.base.Moment(timezone=True), nullable=True),
        sa.Column("taken_back_by", sa.Uuid(), nullable=True),
        sa.Column("taken_back_at", api.store.base.Moment(timezone=True), nullable=True),
        sa.CheckConstraint(
            "published_by IS NULL OR published_by <> made_by", name=op.f("ck_batches_published_by_another")
        ),
        sa.ForeignKeyConstraint(["draft_id"], ["draft_rulesets.id"], name=op.f("fk_batches_draft_id_draft_rulesets")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_batches_made_by_users")),
        sa.ForeignKeyConstraint(["published_by"], ["users.id"], name=op.f("fk_batches_published_by_users")),
        sa.ForeignKeyConstraint(["taken_back_by"], ["users.id"], name=op.f("fk_batches_taken_back_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batches_area_id"), ["area", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_batches_state"), ["state"], unique=False)

    op.create_table(
        "batch_chunks",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum("columns", "engine", name="batchphase", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("audits", sa.Integer(), nullable=False),
        sa.Column("done_at", api.store.base.Moment(timezone=True), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_chunks_batch_id_batches")),
        sa.PrimaryKeyConstraint("batch_id", "phase", "number", name=op.f("pk_batch_chunks")),
    )
    op.create_table(
        "batch_frames",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("chunk", sa.Integer(), nullable=False),
        sa.Column("before_digest", sa.String(length=71), nullable=False),
        sa.Column("after_digest", sa.String(length=71), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("after", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_frames_batch_id_batches")),
        sa.PrimaryKeyConstraint("batch_id", "chunk", "before_digest", "after_digest", name=op.f("pk_batch_frames")),
    )
    op.create_table(
        "batch_rulesets",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("industry", sa.String(length=60), nullable=False),
        sa.Column("ruleset_id", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_rulesets_batch_id_batches")),
        sa.PrimaryKeyConstraint("batch_id", "industry", name=op.f("pk_batch_rulesets")),
    )
    op.create_table(
        "batch_audits",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("before_id", sa.Uuid(), nullable=False),
        sa.Column("chunk", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "waiting",
                "unchanged",
                "changed",
                "unreadable",
                name="auditoutcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("engine_chunk", sa.Integer(), nullable=True),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.Column("after_id", sa.Uuid(), nullable=True),
        sa.Column("inputs", sa.String(length=71), nullable=True),
        sa.Column("audit_digest", sa.String(length=71), nullable=True),
        sa.Column("engine", sa.String(length=100), nullable=True),
        sa.Column("grade", sa.String(length=32), nullable=True),
        sa.Column("attainable", sa.String(length=32), nullable=True),
        sa.Column("document", api.store.base.Packed(), nullable=True),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_batch_audits_audit_id_audits")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_audits_batch_id_batches")),
        sa.ForeignKeyConstraint(["before_id"], ["gradings.id"], name=op.f("fk_batch_audits_before_id_gradings")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name=op.f("fk_batch_audits_enterprise_id_enterprises")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["audit_revisions.id"], name=op.f("fk_batch_audits_revision_id_audit_revisions")
        ),
        sa.PrimaryKeyConstraint("batch_id", "audit_id", name=op.f("pk_batch_audits")),
    )
    with op.batch_alter_table("batch_audits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_audits_audit_id"), ["audit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_batch_audits_batch_id_chunk"), ["batch_id", "chunk"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_batch_audits_batch_id_engine_chunk"), ["batch_id", "engine_chunk"], unique=False
        )

    op.create_table(
        "batch_units",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=4000), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("industry", sa.String(length=60), nullable=False),
        sa.Column("regraded", sa.Boolean(), nullable=False),
        sa.Column("before_ruleset", sa.String(length=120), nullable=False),
        sa.Column("before_digest", sa.String(length=71), nullable=False),
        sa.Column("after_ruleset", sa.String(length=120), nullable=False),
        sa.Column("after_digest", sa.String(length=71), nullable=False),
        sa.Column("before", sa.String(length=32), nullable=False),
        sa.Column("before_attainable", sa.String(length=32), nullable=False),
        sa.Column("after", sa.String(length=32), nullable=True),
        sa.Column("after_attainable", sa.String(length=32), nullable=True),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id", "audit_id"],
            ["batch_audits.batch_id", "batch_audits.audit_id"],
            name=op.f("fk_batch_units_batch_id_audit_id_batch_audits"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name=op.f("fk_batch_units_enterprise_id_enterprises")
        ),
        sa.PrimaryKeyConstraint("batch_id", "audit_id", "position", name=op.f("pk_batch_units")),
    )
    with op.batch_alter_table("batch_units", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_batch_units_batch_id_regraded_changed_before_after"),
            ["batch_id", "regraded", "changed", "before", "after"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_batch_units_batch_id_regraded_county"), ["batch_id", "regraded", "county"], unique=False
        )

    _fix("draft_rulesets")


def downgrade() -> None:
    """Drop the tables."""
    with op.batch_alter_table("batch_units", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_batch_units_batch_id_regraded_county"))
        batch_op.drop_index(batch_op.f("ix_batch_units_batch_id_regraded_changed_before_after"))

    op.drop_table("batch_units")
    with op.batch_alter_table("batch_audits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_batch_audits_batch_id_engine_chunk"))
        batch_op.drop_index(batch_op.f("ix_batch_audits_batch_id_chunk"))
        batch_op.drop_index(batch_op.f("ix_batch_audits_audit_id"))

    op.drop_table("batch_audits")
    op.drop_table("batch_rulesets")
    op.drop_table("batch_frames")
    op.drop_table("batch_chunks")
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_batches_state"))
        batch_op.drop_index(batch_op.f("ix_batches_area_id"))

    op.drop_table("batches")
    with op.batch_alter_table("draft_rulesets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_rulesets_digest"))
        batch_op.drop_index(batch_op.f("ix_draft_rulesets_area_id"))

    op.drop_table("draft_rulesets")


def _fix(table: str) -> None:
    """Make the rows of a table unchangeable, as migration 0002 does."""
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
