"""keeping the register

What is known of a project beside its name (the card), its yearly plans and what it needs by source and year; since when
and until when a promise stands; versions that turn a second writer into a conflict.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

SOURCES = (
    "cbi", "central_special", "treasury_ultra_long", "treasury_covid", "provincial_budget", "provincial",
    "municipal", "county", "general_bond", "special_bond", "bank_loan", "world_bank", "self", "private",
    "donation", "other",
)  # fmt: skip
WORDS = {
    "nature": 20, "industry": 60, "address": 200, "longitude": 12, "latitude": 12, "legal_unit": 120,
    "supervising_unit": 120, "supervisor": 60, "responsible": 60, "responsible_phone": 40, "contact": 60,
    "contact_phone": 40, "major_code": 40, "statistics_code": 40,
}  # fmt: skip
COUNTS = ("area_approved", "area_built", "beds_approved", "beds_built")
MONEY = ("total_fen", "building_fen", "equipment_fen", "other_fen")
PROMISE = {"since": sa.Date(), "ended_on": sa.Date(), "ended_as": sa.String(length=12)}


def of_project(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["project_id"], ["project.id"], name=op.f(f"fk_{table}_project_id_project"), ondelete="CASCADE"
    )


def upgrade() -> None:
    op.create_table(
        "project_card",
        sa.Column("project_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in ("content", "quantities")),
        *(sa.Column(name, sa.String(length=most), server_default="", nullable=False) for name, most in WORDS.items()),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in COUNTS),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in MONEY),
        of_project("project_card"),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_project_card")),
    )
    op.create_table(
        "year_plan",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        of_project("year_plan"),
        sa.PrimaryKeyConstraint("project_id", "year", name=op.f("pk_year_plan")),
    )
    op.create_table(
        "source_need",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=30), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            f"source IN ({', '.join(map(repr, SOURCES))})", name=op.f("ck_source_need_source_known")
        ),
        of_project("source_need"),
        sa.PrimaryKeyConstraint("project_id", "source", "year", name=op.f("pk_source_need")),
    )
    for table in ("plan_document", "programme"):  # in place: no table is rebuilt
        op.add_column(table, sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    for name, kind in PROMISE.items():
        op.add_column("target", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name in PROMISE:
        op.drop_column("target", name)
    for table in ("programme", "plan_document"):
        op.drop_column(table, "version")
    for table in ("source_need", "year_plan", "project_card"):
        op.drop_table(table)
