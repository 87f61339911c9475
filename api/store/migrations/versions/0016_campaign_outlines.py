"""Outlines of a campaign's counties, for its map; who answers for a plant, until when, and who helps it."""

import sqlalchemy as sa
from alembic import op

import api.store.base

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: None = None
depends_on: None = None

TABLE = "campaign_outlines"
UUID = {"sqlite": "CHAR(32)", "postgresql": "UUID"}


def upgrade() -> None:
    """Make the table, whose rows are never changed, and the columns."""
    op.add_column("campaign_plants", sa.Column("responsible", sa.String(200), nullable=True))
    op.add_column("campaign_plants", sa.Column("due", sa.Date(), nullable=True))
    # In place: rows of other tables refer to plants, so that SQLite's way of making the table anew is refused.
    op.execute(
        f"ALTER TABLE campaign_plants ADD COLUMN expert {UUID[op.get_bind().dialect.name]} "
        "CONSTRAINT fk_campaign_plants_expert_users REFERENCES users (id)"
    )
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("document", api.store.base.Packed(), nullable=False),
        sa.Column("digest", sa.String(71), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f(f"fk_{TABLE}_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name=op.f(f"fk_{TABLE}_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(op.f(f"ix_{TABLE}_campaign_id_id"), TABLE, ["campaign_id", "id"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table(TABLE)
    for name in ("responsible", "due", "expert"):
        op.drop_column("campaign_plants", name)
