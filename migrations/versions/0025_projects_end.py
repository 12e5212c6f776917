"""projects end

That a project was dropped or archived, since when and until when; what the works and the data of such a project are.
Stored verdicts stay: none of them speaks of what there was not before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLE = "project_end"
STATUS = "project_status"
STANDING = sa.text("until IS NULL")
FORMER = {
    "works_state": ("stopped", "behind", "not_begun", "no_plan", "on_plan", "ahead", "finished"),
    "data_state": ("none", "silent", "late", "fresh"),
}
NEW = {"works_state": "dropped", "data_state": "ended"}
KNOWN = {
    "works_state": (NEW["works_state"], *FORMER["works_state"]),
    "data_state": (*FORMER["data_state"], NEW["data_state"]),
}


def known(column: str, keys: tuple[str, ...]) -> str:
    """The column holds one of some keys."""
    return f"{column} IN ({', '.join(map(repr, keys))})"


def let_states_be(states: dict[str, tuple[str, ...]]) -> None:
    """Say anew which states there are; the index by severity is made again, since a rebuilt table loses its order."""
    op.drop_index("ix_project_status_severity", STATUS)
    with op.batch_alter_table(STATUS) as batch:
        for column, keys in states.items():
            batch.drop_constraint(op.f(f"ck_{STATUS}_{column}_known"), type_="check")
            batch.create_check_constraint(op.f(f"ck_{STATUS}_{column}_known"), known(column, keys))
    last = " NULLS LAST" if op.get_bind().dialect.name == "postgresql" else ""  # where SQLite puts them in any case
    op.create_index("ix_project_status_severity", STATUS, ["severity", sa.text(f"lag_days DESC{last}"), "project_id"])


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("evidence", sa.String(length=200), nullable=False),
        sa.CheckConstraint(known("kind", ("dropped", "archived")), name=op.f(f"ck_{TABLE}_kind_known")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f(f"fk_{TABLE}_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f(f"ix_{TABLE}_project_id"), TABLE, ["project_id"])
    op.create_index(f"ix_{TABLE}_kind", TABLE, ["kind", "since", "until", "project_id"])
    op.create_index(
        f"ix_{TABLE}_standing",
        TABLE,
        ["project_id", "kind"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    let_states_be(KNOWN)


def downgrade() -> None:
    for column, state in NEW.items():
        for table in (STATUS, "kept_project_status"):
            op.execute(f"DELETE FROM {table} WHERE {column} = '{state}'")
    let_states_be(FORMER)
    op.drop_table(TABLE)
