"""people"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = "audit_checkpoint"
SQLITE = {
    "audit_checkpoint_no_update": "BEFORE UPDATE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is append-only'); END",
    "audit_checkpoint_no_delete": "BEFORE DELETE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is append-only'); END",
    "audit_checkpoint_no_replace": "BEFORE INSERT ON audit_checkpoint WHEN EXISTS (SELECT 1 FROM audit_checkpoint WHERE id = NEW.id OR last_id = NEW.last_id) "
                                   "BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is append-only'); END",
}


def upgrade() -> None:
    op.create_table(
        "address_tries",
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("guessed", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("turned_away", sa.Integer(), server_default="0", nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.CheckConstraint("guessed IN ('password', 'token')", name=op.f("ck_address_tries_guessed_known")),
        sa.CheckConstraint("tries >= 0 AND turned_away >= 0", name=op.f("ck_address_tries_counts_positive")),
        sa.PrimaryKeyConstraint("address", "guessed", name=op.f("pk_address_tries")),
    )
    op.create_index(op.f("ix_address_tries_until"), "address_tries", ["until"])
    op.create_table(
        "kept_form",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_kept_form_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_kept_form")),
    )
    op.create_index(op.f("ix_kept_form_kept_at"), "kept_form", ["kept_at"])
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checkpoint")),
        sa.UniqueConstraint("last_id", name=op.f("uq_audit_checkpoint_last_id")),
        sqlite_autoincrement=True,
    )
    op.add_column("login_session", sa.Column("by_provider", sa.Boolean(), server_default=sa.false(), nullable=False))
    if op.get_bind().dialect.name == "sqlite":
        for name, what in SQLITE.items():
            op.execute(f"CREATE TRIGGER {name} {what}")
        return
    op.execute(f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()")
    op.execute(f"ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER {TABLE}_append_only")


def downgrade() -> None:
    removed = op.get_bind().execute(sa.text("SELECT count(*) FROM audit_checkpoint")).scalar()
    if removed:
        raise RuntimeError("part of the history was archived and removed: without its checkpoints the rest could not be verified; restore a backup instead")
    with op.batch_alter_table("login_session", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_column("by_provider")
    op.drop_table(TABLE)
    op.drop_index(op.f("ix_kept_form_kept_at"), "kept_form")
    op.drop_table("kept_form")
    op.drop_index(op.f("ix_address_tries_until"), "address_tries")
    op.drop_table("address_tries")
