"""scans and titles of requests

What came with a request may belong to no project: a programme's promise, a plan document's day. What a request is about
is kept in words that can be said in another language.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

BELONGS = "ck_attachment_belongs"


def upgrade() -> None:
    op.add_column("consent_request", sa.Column("title", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("attachment", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.alter_column("project_id", existing_type=sa.Integer(), nullable=True)
        batch.create_check_constraint(op.f(BELONGS), "project_id IS NOT NULL OR request_id IS NOT NULL")


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM attachment WHERE project_id IS NULL"))
    with op.batch_alter_table("attachment", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.drop_constraint(op.f(BELONGS), type_="check")
        batch.alter_column("project_id", existing_type=sa.Integer(), nullable=False)
    op.drop_column("consent_request", "title")
