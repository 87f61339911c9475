"""Campaigns: documents, plants with their plans, changes of rosters, snapshots of month ends."""

import sqlalchemy as sa
from alembic import op

import api.store.base

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: None = None
depends_on: None = None

APPEND_ONLY = ("campaign_changes", "campaign_snapshots")


def upgrade() -> None:
    """Make the tables, and those that are never changed unchangeable."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("title", sa.String(4000), nullable=False),
        sa.Column("jurisdiction", sa.String(6), nullable=False),
        sa.Column("digest", sa.String(71), nullable=False),
        sa.Column("document", api.store.base.Packed(), nullable=False),
        sa.Column("state", _words("campaignstate", "active", "closed"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_campaigns_made_by_users")),
        sa.ForeignKeyConstraint(["closed_by"], ["users.id"], name=op.f("fk_campaigns_closed_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("jurisdiction", "code", name=op.f("uq_campaigns_jurisdiction_code")),
    )
    op.create_index(op.f("ix_campaigns_state"), "campaigns", ["state"])
    op.create_table(
        "campaign_plants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("permit", sa.String(64), nullable=False),
        sa.Column("target", sa.String(32), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        *_of_campaign("campaign_plants"),
        _of("campaign_plants", "enterprise_id", "enterprises"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_plants")),
        sa.UniqueConstraint("campaign_id", "permit", name=op.f("uq_campaign_plants_campaign_id_permit")),
    )
    op.create_index(op.f("ix_campaign_plants_enterprise_id"), "campaign_plants", ["enterprise_id"])
    op.create_table(
        "campaign_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("plant_id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _words("campaignchangekind", "added", "changed", "removed", "planned"), nullable=False),
        sa.Column("after_freeze", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", moment, nullable=False),
        *_of_campaign("campaign_changes"),
        _of("campaign_changes", "plant_id", "campaign_plants"),
        _of("campaign_changes", "enterprise_id", "enterprises"),
        _of("campaign_changes", "by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_changes")),
    )
    op.create_index(op.f("ix_campaign_changes_campaign_id_id"), "campaign_changes", ["campaign_id", "id"])
    op.create_index(op.f("ix_campaign_changes_plant_id"), "campaign_changes", ["plant_id"])
    op.create_table(
        "campaign_snapshots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("document", api.store.base.Packed(), nullable=False),
        sa.Column("digest", sa.String(71), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        *_of_campaign("campaign_snapshots"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_snapshots")),
        sa.UniqueConstraint("campaign_id", "day", name=op.f("uq_campaign_snapshots_campaign_id_day")),
    )
    for table in APPEND_ONLY:
        _make_append_only(table)


def downgrade() -> None:
    """Drop them."""
    for table in ("campaign_snapshots", "campaign_changes", "campaign_plants", "campaigns"):
        op.drop_table(table)


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _of_campaign(table: str) -> tuple[sa.ForeignKeyConstraint, ...]:
    return (_of(table, "campaign_id", "campaigns"),)


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
