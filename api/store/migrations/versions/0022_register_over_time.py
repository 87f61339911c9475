"""Operating states, former names and merged doubles of the register; files of audits taken in as drafts."""

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: None = None
depends_on: None = None

TABLES = ("audit_imports", "imported_audits", "operating_states", "former_names", "enterprise_mergers")


def upgrade() -> None:
    """Make the tables; add the column in place."""
    op.add_column("enterprises", sa.Column("idle_since", sa.Date(), nullable=True))
    op.create_table(
        "audit_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(71), nullable=False),
        sa.Column("audits", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _reference("audit_imports", "team_id", "teams"),
        _reference("audit_imports", "made_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_imports")),
    )
    op.create_index(op.f("ix_audit_imports_team_id_id"), "audit_imports", ["team_id", "id"])
    op.create_table(
        "imported_audits",
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(71), nullable=False),
        _reference("imported_audits", "audit_id", "audits"),
        _reference("imported_audits", "import_id", "audit_imports"),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_imported_audits")),
    )
    op.create_index(op.f("ix_imported_audits_import_id"), "imported_audits", ["import_id"])
    op.create_index(op.f("ix_imported_audits_digest"), "imported_audits", ["digest"])
    op.create_table(
        "operating_states",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("state", _words("operatingstatekind", "operating", "long_idle", "closed"), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("document", sa.String(400), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _reference("operating_states", "enterprise_id", "enterprises"),
        _reference("operating_states", "unit_id", "units"),
        _reference("operating_states", "recorded_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operating_states")),
    )
    op.create_index(op.f("ix_operating_states_enterprise_id_since"), "operating_states", ["enterprise_id", "since"])
    op.create_index(op.f("ix_operating_states_unit_id"), "operating_states", ["unit_id"])
    op.create_table(
        "former_names",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _words("namedby", "name", "uscc", "permit"), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _reference("former_names", "enterprise_id", "enterprises"),
        _reference("former_names", "recorded_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_names")),
    )
    op.create_index(op.f("ix_former_names_enterprise_id"), "former_names", ["enterprise_id"])
    op.create_index(op.f("ix_former_names_value"), "former_names", ["value"])
    op.create_table(
        "enterprise_mergers",
        sa.Column("double_id", sa.Uuid(), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("moved", sa.Text(), nullable=False),
        sa.Column("merged_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _reference("enterprise_mergers", "double_id", "enterprises"),
        _reference("enterprise_mergers", "into_id", "enterprises"),
        _reference("enterprise_mergers", "merged_by", "users"),
        sa.PrimaryKeyConstraint("double_id", name=op.f("pk_enterprise_mergers")),
    )
    op.create_index(op.f("ix_enterprise_mergers_into_id"), "enterprise_mergers", ["into_id"])


def downgrade() -> None:
    """Drop them."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("enterprises", "idle_since")


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _reference(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
