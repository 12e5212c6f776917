"""Alembic's environment: the application's own engine, foreign keys off while SQLite tables are rebuilt, checked before
the commit; no step down that would lose data.
"""

from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection, TypeDecorator

from projects.commands.downgrading import guarded

db = current_app.extensions["migrate"].db


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | bool:
    """Write our own column types as what they are stored as, so that old migrations never import today's code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def run(connection: Connection) -> None:
    """Migrate over `connection` in one transaction, as far as the database allows."""
    sqlite = connection.dialect.name == "sqlite"
    raw: Any = connection.connection.dbapi_connection
    if sqlite:  # rebuilding a table with foreign keys on would delete its children through ON DELETE CASCADE
        raw.execute("PRAGMA foreign_keys=OFF")
    try:
        how = {"render_as_batch": sqlite, "compare_type": True, "render_item": render_item, "transactional_ddl": True}
        context.configure(connection=connection, target_metadata=db.metadata, **how)
        for one in context.script.walk_revisions():
            one.module.downgrade = guarded(one.revision, one.module.downgrade, connection)
        with context.begin_transaction():
            context.run_migrations()
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all() if sqlite else []
            if broken:
                raise RuntimeError(f"migration would leave {len(broken)} orphaned rows, first {broken[0]}")
    finally:
        if sqlite:
            raw.execute("PRAGMA foreign_keys=ON")


if context.is_offline_mode():
    raise SystemExit("offline migrations are not supported: run `projects init` against the database")
with db.engine.connect() as connection:
    run(connection)
