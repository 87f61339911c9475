"""Outlines of a campaign's counties, for its map; who answers for a plant, until when, and who helps it."""

import sqlalchemy as sa
from alembic import op

import api.store.base

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: None = None
depends_on: None = None

TABLE = "campaign_outlines"


def upgrade() -> None:
    """Make the table, whose rows are never changed, and the columns."""
    with op.batch_alter_table("campaign_plants") as batch_op:
        batch_op.add_column(sa.Column("responsible", sa.String(200), nullable=True))
        batch_op.add_column(sa.Column("due", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("expert", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_campaign_plants_expert_users"), "users", ["expert"], ["id"])
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
    with op.batch_alter_table("campaign_plants") as batch_op:
        batch_op.drop_constraint(op.f("fk_campaign_plants_expert_users"), type_="foreignkey")
        for name in ("responsible", "due", "expert"):
            batch_op.drop_column(name)
