"""approved changes

Requests that belong to a project, with what they do to each verdict; two who agree one after the other; why a gate's
day lies in a month that was closed; weights of stages and baselines that were changed, with what they were before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLE = "consent_request"
REFERRING = {"project_id": ("project", "CASCADE"), "first_id": ("user", None)}
CHECKS = {
    "first_is_another": "first_id IS NULL OR first_id <> proposer_id",
    "second_is_another": "first_id IS NULL OR decider_id IS NULL OR first_id <> decider_id",
}
PLAIN = {
    "effects": (sa.JSON(), "[]"),
    "steps": (sa.Integer(), "1"),
    "first_words": (sa.String(length=400), ""),
}

FORMER = {
    "former_baseline": ("milestone_id", "milestone"),
    "former_weight": ("stage_id", "work_stage"),
}


def upgrade() -> None:
    with op.batch_alter_table(TABLE, table_kwargs={"sqlite_autoincrement": True}) as batch:
        for name, (other, deleted) in REFERRING.items():
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
            batch.create_foreign_key(op.f(f"fk_{TABLE}_{name}_{other}"), other, [name], ["id"], ondelete=deleted)
        batch.add_column(sa.Column("first_at", sa.DateTime(), nullable=True))
        for name, (kind, usual) in PLAIN.items():
            batch.add_column(sa.Column(name, kind, server_default=usual, nullable=False))
        for name, holds in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_{TABLE}_{name}"), holds)
        batch.create_index(op.f(f"ix_{TABLE}_project_id"), ["project_id"])
    op.add_column("gate", sa.Column("backdated_reason", sa.Text(), server_default="", nullable=False))
    op.add_column("milestone", sa.Column("baseline_since", sa.Date(), nullable=True))
    op.add_column("work_stage", sa.Column("weight_since", sa.Date(), nullable=True))
    with op.batch_alter_table("attachment", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.add_column(sa.Column("request_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_attachment_request_id_consent_request"), TABLE, ["request_id"], ["id"])
        batch.create_index(op.f("ix_attachment_request_id"), ["request_id"])
    for table, (of, other) in FORMER.items():
        value = {
            "former_baseline": [sa.Column("baseline_on", sa.Date(), nullable=True)],
            "former_weight": [
                sa.Column("weight", sa.Integer(), nullable=False),
                sa.CheckConstraint("weight BETWEEN 0 AND 10000", name=op.f("ck_former_weight_weight_range")),
            ],
        }[table]
        op.create_table(
            table,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("project_id", sa.Integer(), nullable=False),
            sa.Column(of, sa.Integer(), nullable=False),
            *value,
            sa.Column("since", sa.Date(), nullable=True),
            sa.Column("is_sample", sa.Boolean(), nullable=False),
            sa.ForeignKeyConstraint(
                ["project_id"], ["project.id"], name=op.f(f"fk_{table}_project_id_project"), ondelete="CASCADE"
            ),
            sa.ForeignKeyConstraint([of], [f"{other}.id"], name=op.f(f"fk_{table}_{of}_{other}"), ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            sqlite_autoincrement=True,
        )
        for name in ("project_id", of):
            op.create_index(op.f(f"ix_{table}_{name}"), table, [name])


def downgrade() -> None:
    for table in reversed(FORMER):
        op.drop_table(table)
    with op.batch_alter_table("attachment", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.drop_index(op.f("ix_attachment_request_id"))
        batch.drop_constraint(op.f("fk_attachment_request_id_consent_request"), type_="foreignkey")
        batch.drop_column("request_id")
    op.drop_column("work_stage", "weight_since")
    op.drop_column("milestone", "baseline_since")
    op.drop_column("gate", "backdated_reason")
    with op.batch_alter_table(TABLE, table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.drop_index(op.f(f"ix_{TABLE}_project_id"))
        for name in CHECKS:
            batch.drop_constraint(op.f(f"ck_{TABLE}_{name}"), type_="check")
        for name, (other, _) in REFERRING.items():
            batch.drop_constraint(op.f(f"fk_{TABLE}_{name}_{other}"), type_="foreignkey")
        for name in (*PLAIN, "first_at", *REFERRING):
            batch.drop_column(name)
