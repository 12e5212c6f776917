"""requests

Acts that one person asks for and another decides, and until when a person has read what others changed of their access.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE = "consent_request"
STATES = ("waiting", "emergency", "approved", "returned", "withdrawn", "overtaken")
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("evidence", sa.String(length=200), server_default="", nullable=False),
        sa.Column("place_code", sa.String(length=6), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("proposer_id", sa.Integer(), nullable=False),
        sa.Column("proposer_role", sa.String(length=20), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("is_emergency", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("decider_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("words", sa.String(length=400), server_default="", nullable=False),
        sa.Column("is_sample", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(f"state IN ({', '.join(map(repr, STATES))})", name=op.f(f"ck_{TABLE}_state_known")),
        sa.CheckConstraint("decider_id IS NULL OR decider_id <> proposer_id", name=op.f(f"ck_{TABLE}_two_people")),
        *(
            sa.ForeignKeyConstraint([column], ["user.id"], name=op.f(f"fk_{TABLE}_{column}_user"))
            for column in ("person_id", "proposer_id", "decider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sqlite_autoincrement=True,
    )
    for column in ("person_id", "proposer_id", "decider_id", "state"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column])
    op.create_index(
        f"uq_{TABLE}_waiting", TABLE, ["kind", "subject"], unique=True, sqlite_where=WAITING, postgresql_where=WAITING
    )
    op.add_column("user", sa.Column("told_at", sa.DateTime(), nullable=True))  # in place: the table is not rebuilt


def downgrade() -> None:
    op.drop_column("user", "told_at")
    op.drop_table(TABLE)
