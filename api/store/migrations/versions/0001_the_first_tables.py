"""The first tables"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import api.store.base

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "enterprises",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("permit", sa.String(length=40), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("length(county) = 6", name=op.f("ck_enterprises_county")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprises")),
        sa.UniqueConstraint("uscc", name=op.f("uq_enterprises_uscc")),
    )
    with op.batch_alter_table("enterprises", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enterprises_county_id"), ["county", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_enterprises_name"), ["name"], unique=False)

    op.create_table(
        "failed_sign_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", api.store.base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_sign_ins")),
    )
    with op.batch_alter_table("failed_sign_ins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_failed_sign_ins_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_failed_sign_ins_key_at"), ["key", "at"], unique=False)

    op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_log_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
    )
    op.create_table(
        "rulesets",
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.Column("ruleset_id", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=4000), nullable=False),
        sa.Column("jurisdiction", sa.String(length=6), nullable=False),
        sa.Column("effective", sa.Date(), nullable=False),
        sa.Column("document", api.store.base.Packed(), nullable=False),
        sa.Column("created_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_rulesets")),
    )
    with op.batch_alter_table("rulesets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rulesets_ruleset_id"), ["ruleset_id"], unique=False)

    op.create_table(
        "teams",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("name", name=op.f("uq_teams_name")),
    )
    op.create_table(
        "sites",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("permit", sa.String(length=40), nullable=True),
        sa.Column("address", sa.String(length=400), nullable=True),
        sa.Column("created_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("length(county) = 6", name=op.f("ck_sites_county")),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"], name=op.f("fk_sites_enterprise_id_enterprises")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("enterprise_id", "name", name=op.f("uq_sites_enterprise_id_name")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "assessor",
                "enterprise",
                "bureau",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("enterprise_id", sa.Uuid(), nullable=True),
        sa.Column("area", sa.String(length=6), nullable=True),
        sa.Column("may_review", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(role = 'assessor') = (team_id IS NOT NULL)"
            " AND (role = 'enterprise') = (enterprise_id IS NOT NULL)"
            " AND (role = 'bureau') = (area IS NOT NULL)",
            name=op.f("ck_users_scope_of_role"),
        ),
        sa.CheckConstraint("NOT may_review OR role = 'bureau'", name=op.f("ck_users_reviewer_is_bureau")),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"], name=op.f("fk_users_enterprise_id_enterprises")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_users_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("assigned_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assigned_by"], ["users.id"], name=op.f("fk_assignments_assigned_by_users")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name=op.f("fk_assignments_enterprise_id_enterprises")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_assignments_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint(
            "team_id", "enterprise_id", "since", name=op.f("uq_assignments_team_id_enterprise_id_since")
        ),
    )
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignments_enterprise_id"), ["enterprise_id"], unique=False)

    op.create_table(
        "audits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("expert", "self", name="auditkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "confirmed",
                "published",
                "superseded",
                "withdrawn",
                name="auditstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("submitted_at", api.store.base.Moment(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", api.store.base.Moment(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", api.store.base.Moment(timezone=True), nullable=True),
        sa.Column("published_grading_id", sa.Uuid(), nullable=True),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("created_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.Column("changed_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_audits_author_id_users")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["users.id"], name=op.f("fk_audits_confirmed_by_users")),
        sa.ForeignKeyConstraint(["corrects_id"], ["audits.id"], name=op.f("fk_audits_corrects_id_audits")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name=op.f("fk_audits_enterprise_id_enterprises")
        ),
        sa.ForeignKeyConstraint(["published_by"], ["users.id"], name=op.f("fk_audits_published_by_users")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_audits_site_id_sites")),
        sa.ForeignKeyConstraint(["submitted_by"], ["users.id"], name=op.f("fk_audits_submitted_by_users")),
        sa.ForeignKeyConstraint(["superseded_by"], ["audits.id"], name=op.f("fk_audits_superseded_by_audits")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audits")),
    )
    with op.batch_alter_table("audits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audits_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audits_enterprise_id_state"), ["enterprise_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_audits_state_id"), ["state", "id"], unique=False)

    op.create_table(
        "remembered_answers",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request", sa.String(length=71), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", api.store.base.Packed(), nullable=False),
        sa.Column("etag", sa.String(length=100), nullable=True),
        sa.Column("location", sa.String(length=400), nullable=True),
        sa.Column("created_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_remembered_answers_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_remembered_answers")),
    )
    with op.batch_alter_table("remembered_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_remembered_answers_created_at"), ["created_at"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.Column("created_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("hash", name=op.f("uq_sessions_hash")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sign_offs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ruleset_digest", sa.String(length=71), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_name", sa.String(length=100), nullable=False),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("at", api.store.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["reviewer_id"], ["users.id"], name=op.f("fk_sign_offs_reviewer_id_users")),
        sa.ForeignKeyConstraint(
            ["ruleset_digest"], ["rulesets.digest"], name=op.f("fk_sign_offs_ruleset_digest_rulesets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_offs")),
        sa.UniqueConstraint("ruleset_digest", name=op.f("uq_sign_offs_ruleset_digest")),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=12), nullable=False),
        sa.Column("expires_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.Column("created_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.Column("last_used_at", api.store.base.Moment(timezone=True), nullable=True),
        sa.Column("revoked_at", api.store.base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_tokens_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_tokens_hash")),
    )
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tokens_user_id"), ["user_id"], unique=False)

    op.create_table(
        "units",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("ruleset_id", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"], name=op.f("fk_units_enterprise_id_enterprises")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_units_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("site_id", "code", name=op.f("uq_units_site_id_code")),
    )
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_units_enterprise_id"), ["enterprise_id"], unique=False)

    op.create_table(
        "appeals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "upheld", "rejected", name="appealstate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", api.store.base.Moment(timezone=True), nullable=True),
        sa.Column("created_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["answered_by"], ["users.id"], name=op.f("fk_appeals_answered_by_users")),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_appeals_audit_id_audits")),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name=op.f("fk_appeals_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
    )
    with op.batch_alter_table("appeals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeals_audit_id"), ["audit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appeals_state"), ["state"], unique=False)

    op.create_table(
        "audit_revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", api.store.base.Packed(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("audit_digest", sa.String(length=71), nullable=True),
        sa.Column("conflicts_with", sa.Integer(), nullable=True),
        sa.Column("created_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.Column("changed_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.CheckConstraint(
            "conflicts_with IS NULL OR NOT frozen", name=op.f("ck_audit_revisions_conflicts_are_not_frozen")
        ),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_audit_revisions_audit_id_audits")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_audit_revisions_author_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_revisions")),
        sa.UniqueConstraint("audit_id", "number", name=op.f("uq_audit_revisions_audit_id_number")),
    )
    op.create_table(
        "evidence_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(length=400), nullable=True),
        sa.Column("removed_at", api.store.base.Moment(timezone=True), nullable=True),
        sa.Column("created_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_evidence_files_audit_id_audits")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["users.id"], name=op.f("fk_evidence_files_uploaded_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_files")),
    )
    with op.batch_alter_table("evidence_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_files_audit_id"), ["audit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_files_sha256"), ["sha256"], unique=False)

    op.create_table(
        "log",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", api.store.base.Moment(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("audit_id", sa.Uuid(), nullable=True),
        sa.Column("enterprise_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_log_actor_id_users")),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_log_audit_id_audits")),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"], name=op.f("fk_log_enterprise_id_enterprises")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_log")),
        sa.UniqueConstraint("hash", name=op.f("uq_log_hash")),
    )
    with op.batch_alter_table("log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_log_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_log_audit_id"), ["audit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_log_enterprise_id"), ["enterprise_id"], unique=False)

    op.create_table(
        "gradings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("audit_digest", sa.String(length=71), nullable=False),
        sa.Column("engine", sa.String(length=100), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("official", "trial", name="mode", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("inputs", sa.String(length=71), nullable=False),
        sa.Column("grade", sa.String(length=32), nullable=False),
        sa.Column("attainable", sa.String(length=32), nullable=False),
        sa.Column("document", api.store.base.Packed(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", api.store.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_gradings_audit_id_audits")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_gradings_made_by_users")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["audit_revisions.id"], name=op.f("fk_gradings_revision_id_audit_revisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gradings")),
        sa.UniqueConstraint("revision_id", "inputs", name=op.f("uq_gradings_revision_id_inputs")),
    )
    with op.batch_alter_table("gradings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gradings_audit_id_id"), ["audit_id", "id"], unique=False)

    # Audits and gradings name each other; the second of the two keys is added once both tables are there.
    with op.batch_alter_table("audits", schema=None) as batch_op:
        batch_op.create_foreign_key(
            batch_op.f("fk_audits_published_grading_id_gradings"), "gradings", ["published_grading_id"], ["id"]
        )

    op.create_table(
        "graded_units",
        sa.Column("grading_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=4000), nullable=False),
        sa.Column("ruleset_id", sa.String(length=120), nullable=False),
        sa.Column("ruleset_digest", sa.String(length=71), nullable=False),
        sa.Column("grade", sa.String(length=32), nullable=False),
        sa.Column("attainable", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["grading_id"], ["gradings.id"], name=op.f("fk_graded_units_grading_id_gradings")),
        sa.ForeignKeyConstraint(
            ["ruleset_digest"], ["rulesets.digest"], name=op.f("fk_graded_units_ruleset_digest_rulesets")
        ),
        sa.PrimaryKeyConstraint("grading_id", "position", name=op.f("pk_graded_units")),
    )
    with op.batch_alter_table("graded_units", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_graded_units_ruleset_digest"), ["ruleset_digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_graded_units_ruleset_id_grade"), ["ruleset_id", "grade"], unique=False)


def downgrade() -> None:
    """Undo the change."""
    with op.batch_alter_table("graded_units", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_graded_units_ruleset_id_grade"))
        batch_op.drop_index(batch_op.f("ix_graded_units_ruleset_digest"))

    op.drop_table("graded_units")
    with op.batch_alter_table("gradings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gradings_audit_id_id"))

    with op.batch_alter_table("audits", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_audits_published_grading_id_gradings"), type_="foreignkey")

    op.drop_table("gradings")
    with op.batch_alter_table("log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_log_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_log_audit_id"))
        batch_op.drop_index(batch_op.f("ix_log_action"))

    op.drop_table("log")
    with op.batch_alter_table("evidence_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_files_sha256"))
        batch_op.drop_index(batch_op.f("ix_evidence_files_audit_id"))

    op.drop_table("evidence_files")
    op.drop_table("audit_revisions")
    with op.batch_alter_table("appeals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appeals_state"))
        batch_op.drop_index(batch_op.f("ix_appeals_audit_id"))

    op.drop_table("appeals")
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_units_enterprise_id"))

    op.drop_table("units")
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tokens_user_id"))

    op.drop_table("tokens")
    op.drop_table("sign_offs")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_user_id"))
        batch_op.drop_index(batch_op.f("ix_sessions_expires_at"))

    op.drop_table("sessions")
    with op.batch_alter_table("remembered_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_remembered_answers_created_at"))

    op.drop_table("remembered_answers")
    with op.batch_alter_table("audits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audits_state_id"))
        batch_op.drop_index(batch_op.f("ix_audits_enterprise_id_state"))
        batch_op.drop_index(batch_op.f("ix_audits_author_id"))

    op.drop_table("audits")
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignments_enterprise_id"))

    op.drop_table("assignments")
    op.drop_table("users")
    op.drop_table("sites")
    op.drop_table("teams")
    with op.batch_alter_table("rulesets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rulesets_ruleset_id"))

    op.drop_table("rulesets")
    op.drop_table("log_head")
    with op.batch_alter_table("failed_sign_ins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_failed_sign_ins_key_at"))
        batch_op.drop_index(batch_op.f("ix_failed_sign_ins_at"))

    op.drop_table("failed_sign_ins")
    with op.batch_alter_table("enterprises", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enterprises_name"))
        batch_op.drop_index(batch_op.f("ix_enterprises_county_id"))

    op.drop_table("enterprises")
