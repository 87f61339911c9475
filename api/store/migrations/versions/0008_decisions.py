"""Store why gradings are not decided, the word of their publication, and units of batches that are taken one by one."""

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: None = None
depends_on: None = None

COUNTED = ("gradings", "graded_units", "batch_audits", "batch_units")
CAUSES = ("missing", "open_figures")


def upgrade() -> None:
    """Make the columns and the table; of gradings that are there already nobody has counted the causes."""
    for table in COUNTED:
        for column in CAUSES:
            op.add_column(table, sa.Column(column, sa.Integer(), nullable=True))
    op.add_column("batch_audits", sa.Column("released_by", sa.Uuid(), nullable=True))
    op.add_column("batch_audits", sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("batch_audits", sa.Column("release_reasons", sa.Text(), nullable=True))
    op.create_table(
        "publications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("grading_id", sa.Uuid(), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("undecided", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_publications_audit_id_audits")),
        sa.ForeignKeyConstraint(["grading_id"], ["gradings.id"], name=op.f("fk_publications_grading_id_gradings")),
        sa.ForeignKeyConstraint(["published_by"], ["users.id"], name=op.f("fk_publications_published_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
    )
    op.create_index(op.f("ix_publications_audit_id"), "publications", ["audit_id"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER publications_no_{verb.lower()} BEFORE {verb} ON publications "
                "BEGIN SELECT RAISE(ABORT, 'publications is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER publications_append_only BEFORE UPDATE OR DELETE ON publications"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER publications_no_truncate BEFORE TRUNCATE ON publications"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("publications")
    for column in ("release_reasons", "released_at", "released_by"):
        op.drop_column("batch_audits", column)
    for table in reversed(COUNTED):
        for column in reversed(CAUSES):
            op.drop_column(table, column)
