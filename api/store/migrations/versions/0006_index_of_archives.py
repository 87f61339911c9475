"""Add an index to archives of reports. Archives under way are made anew: they are stored for a day."""

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add the column, instead of the name that is made from it."""
    op.execute("DELETE FROM export_parts")
    with op.batch_alter_table("export_parts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told", sa.Text(), nullable=True))
        batch_op.drop_column("name")


def downgrade() -> None:
    """Take it away again."""
    op.execute("DELETE FROM export_parts")
    with op.batch_alter_table("export_parts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name", sa.String(length=400), nullable=True))
        batch_op.drop_column("told")
