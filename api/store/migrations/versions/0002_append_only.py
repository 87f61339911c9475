"""Make gradings and log append-only, whoever asks: triggers refuse changes."""

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: None = None
depends_on: None = None

FIXED = ("log", "gradings", "graded_units", "rulesets", "sign_offs")
"""Tables whose rows are made once."""
FROZEN = "audit_revisions"
"""Its rows are fixed as soon as `frozen` is set."""


def upgrade() -> None:
    """Make the triggers and the log's first head."""
    op.execute(f"INSERT INTO log_head (id, seq, hash) VALUES (1, 0, '{'0' * 64}')")
    if op.get_bind().dialect.name == "sqlite":
        for table in FIXED:
            for verb in ("UPDATE", "DELETE"):
                _sqlite(table, verb, "")
        for verb in ("UPDATE", "DELETE"):
            _sqlite(FROZEN, verb, "WHEN OLD.frozen ")
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in FIXED:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        f"CREATE TRIGGER {FROZEN}_append_only BEFORE UPDATE OR DELETE ON {FROZEN}"
        " FOR EACH ROW WHEN (OLD.frozen) EXECUTE FUNCTION refuse_change()"
    )
    for table in (*FIXED, FROZEN):
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Take the triggers away."""
    if op.get_bind().dialect.name == "sqlite":
        for table in (*FIXED, FROZEN):
            for verb in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{verb}")
    else:
        for table in (*FIXED, FROZEN):
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
        op.execute("DROP FUNCTION refuse_change()")
    op.execute("DELETE FROM log_head")


def _sqlite(table: str, verb: str, when: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {when}"
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )
