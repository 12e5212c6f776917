"""projects go, units are described

The history names a project by its number and no longer holds its row: so a pack of examples can be removed whole
although somebody looked at it, while the entries that tell of it stay as they were sealed. Their triggers are made
again around the table, which SQLite has to rebuild. A unit has a short name, a kind, and a version that turns a second
writer into a conflict.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

UNIT = {"short_name": (sa.String(length=60), ""), "kind": (sa.String(length=20), "other"), "version": (sa.Integer(), "1")}
HELD = "fk_audit_entry_project_id_project"
TRIGGERS = {
    "audit_entry_no_update": "BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END",
    "audit_entry_no_delete": "BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END",
    "audit_entry_no_replace": "BEFORE INSERT ON audit_entry WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id) "
                              "BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END",
}


def rebuild(change: str, *what: object, **how: object) -> None:
    """One change of the constraints of the history's table, which keeps its counter of numbers and its triggers."""
    if op.get_bind().dialect.name != "sqlite":
        getattr(op, change)(*what[:1], "audit_entry", *what[1:], **how)
        return
    counter = sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'audit_entry'")
    given = op.get_bind().execute(counter).scalar()
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
    with op.batch_alter_table("audit_entry", recreate="always", table_kwargs={"sqlite_autoincrement": True}) as batch:
        getattr(batch, change)(*what, **how)
    for name, when in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {when}")
    if given is not None:
        if op.get_bind().execute(counter).scalar() is None:
            op.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('audit_entry', 0)")
        op.execute(f"UPDATE sqlite_sequence SET seq = {int(given)} WHERE name = 'audit_entry'")


def upgrade() -> None:
    rebuild("drop_constraint", op.f(HELD), type_="foreignkey")
    for name, (kind, usual) in UNIT.items():  # in place: the table is not rebuilt
        op.add_column("unit", sa.Column(name, kind, server_default=usual, nullable=False))


def downgrade() -> None:
    """Refused by the database where an entry tells of a project that is gone."""
    for name in UNIT:
        op.drop_column("unit", name)
    rebuild("create_foreign_key", op.f(HELD), "project", ["project_id"], ["id"])
