"""Steps, visits and photos of plants in campaigns; notices to people, and where they get them by e-mail."""

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: None = None
depends_on: None = None

APPEND_ONLY = ("campaign_steps", "campaign_visits", "campaign_photos")
STEPS = (
    "rectifying",
    "self_checked",
    "applied",
    "city",
    "province",
    "publicity",
    "rejected",
    "assigned",
    "rectified",
    "verified",
    "reopened",
)
NOTICES = (
    "plan_due",
    "measure_overdue",
    "audit_to_confirm",
    "audit_to_publish",
    "audit_returned",
    "grading_published",
    "rating_ending",
)


def upgrade() -> None:
    """Make the tables, and those that are never changed unchangeable."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "campaign_steps",
        *_head(),
        sa.Column("gap", sa.String(64), nullable=True),
        sa.Column("state", _words("campaignstepstate", *STEPS), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        *_foot("campaign_steps"),
    )
    op.create_table(
        "campaign_visits",
        *_head(),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("gap", sa.String(64), nullable=True),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("next_day", sa.Date(), nullable=True),
        *_foot("campaign_visits"),
    )
    op.create_table(
        "campaign_photos",
        *_head(),
        sa.Column("gap", sa.String(64), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        *_foot("campaign_photos"),
    )
    op.create_index(op.f("ix_campaign_photos_sha256"), "campaign_photos", ["sha256"])
    for table in APPEND_ONLY:
        op.create_index(op.f(f"ix_{table}_plant_id_id"), table, ["plant_id", "id"])
        op.create_index(op.f(f"ix_{table}_campaign_id"), table, ["campaign_id"])
        _make_append_only(table)
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _words("noticekind", *NOTICES), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.Column("link", sa.String(400), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("read_at", moment, nullable=True),
        sa.Column("mail", _words("mailstate", "none", "waiting", "sending", "sent", "failed"), nullable=False),
        sa.Column("mail_attempts", sa.Integer(), nullable=False),
        sa.Column("mail_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notices_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("user_id", "kind", "subject", name=op.f("uq_notices_user_id_kind_subject")),
    )
    op.create_index(op.f("ix_notices_mail"), "notices", ["mail"])
    op.add_column("users", sa.Column("email", sa.String(254), nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("users", "email")
    op.drop_table("notices")
    for table in reversed(APPEND_ONLY):
        op.drop_table(table)


def _head() -> tuple[sa.Column[object], ...]:
    names = ("id", "campaign_id", "plant_id", "enterprise_id")
    return tuple(sa.Column(name, sa.Uuid(), nullable=False) for name in names)


def _foot(table: str) -> tuple[sa.Column[object] | sa.Constraint, ...]:
    return (
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _of(table, "campaign_id", "campaigns"),
        _of(table, "plant_id", "campaign_plants"),
        _of(table, "enterprise_id", "enterprises"),
        _of(table, "by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _make_append_only(table: str) -> None:
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
