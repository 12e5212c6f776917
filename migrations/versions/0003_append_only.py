"""append only"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQLITE = {
    "audit_entry_no_update": "BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END",
    "audit_entry_no_delete": "BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END",
    # INSERT OR REPLACE deletes without a trigger on connections that lack recursive_triggers
    "audit_entry_no_replace": "BEFORE INSERT ON audit_entry WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id) "
                              "BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, what in SQLITE.items():
            op.execute(f"CREATE TRIGGER {name} {what}")
        return
    op.execute("CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
               "$$ BEGIN RAISE EXCEPTION 'audit_entry is append-only' USING ERRCODE = 'insufficient_privilege'; END $$")
    op.execute("CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry "
               "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()")
    op.execute("ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_append_only")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE:
            op.execute(f"DROP TRIGGER IF EXISTS {name}")
        return
    op.execute("DROP TRIGGER IF EXISTS audit_entry_append_only ON audit_entry")
    op.execute("DROP FUNCTION IF EXISTS audit_entry_refuse()")
