"""people places and history"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

ROLES = ("manager", "reviewer", "finance", "dispatcher", "leader", "admin", "security", "auditor")
OLD_ROLES = ("manager", "finance", "dispatcher", "leader", "admin")


def _known(column: str, keys: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(key) for key in keys)})"


KEPT = {"table_kwargs": {"sqlite_autoincrement": True}}  # what SQLite forgets when it rebuilds a table


def upgrade() -> None:
    op.create_table('api_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('hint', sa.String(length=12), nullable=False),
    sa.Column('actions', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('last_used_at', sa.DateTime(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_api_token_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_api_token_token_hash')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_api_token_user_id'), ['user_id'], unique=False)

    op.create_table('password_history',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('replaced_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_password_history_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_password_history')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('password_history', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_password_history_user_id'), ['user_id'], unique=False)

    op.create_table('user_place',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('place_code', sa.String(length=6), nullable=False),
    sa.ForeignKeyConstraint(['place_code'], ['place.code'], name=op.f('fk_user_place_place_code_place')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_user_place_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'place_code', name=op.f('pk_user_place'))
    )
    with op.batch_alter_table('user_place', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_user_place_place_code'), ['place_code'], unique=False)

    op.create_table('attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('report_id', sa.Integer(), nullable=True),
    sa.Column('gate_id', sa.Integer(), nullable=True),
    sa.Column('filename', sa.String(length=200), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('storage_key', sa.String(length=80), nullable=False),
    sa.Column('thumbnail_key', sa.String(length=80), nullable=True),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(), nullable=False),
    sa.Column('removed_at', sa.DateTime(), nullable=True),
    sa.CheckConstraint('size >= 0', name=op.f('ck_attachment_size_positive')),
    sa.ForeignKeyConstraint(['gate_id'], ['gate.id'], name=op.f('fk_attachment_gate_id_gate')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_attachment_project_id_project')),
    sa.ForeignKeyConstraint(['report_id'], ['monthly_report.id'], name=op.f('fk_attachment_report_id_monthly_report')),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['user.id'], name=op.f('fk_attachment_uploaded_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment')),
    sa.UniqueConstraint('storage_key', name=op.f('uq_attachment_storage_key')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attachment_gate_id'), ['gate_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_project_id'), ['project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_report_id'), ['report_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_uploaded_by_id'), ['uploaded_by_id'], unique=False)

    with op.batch_alter_table('audit_entry', **KEPT) as batch_op:
        batch_op.add_column(sa.Column('actor_name', sa.String(length=60), server_default='', nullable=False))
        batch_op.add_column(sa.Column('address', sa.String(length=60), server_default='', nullable=False))
        batch_op.add_column(sa.Column('result', sa.String(length=10), server_default='done', nullable=False))
        batch_op.add_column(sa.Column('digest', sa.String(length=64), server_default='', nullable=False))
        batch_op.create_check_constraint(batch_op.f('ck_audit_entry_result_known'), _known('result', ('done', 'refused')))
        batch_op.create_index(batch_op.f('ix_audit_entry_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_tag'), ['tag'], unique=False)

    with op.batch_alter_table('login_session', **KEPT) as batch_op:
        batch_op.add_column(sa.Column('last_seen_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('address', sa.String(length=60), server_default='', nullable=False))
        batch_op.add_column(sa.Column('agent', sa.String(length=200), server_default='', nullable=False))

    with op.batch_alter_table('user', **KEPT) as batch_op:
        batch_op.add_column(sa.Column('unit_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('must_change_password', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('password_changed_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('failed_sign_ins', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('locked_until', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('totp_secret', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('totp_last_step', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('last_sign_in_at', sa.DateTime(), nullable=True))
        batch_op.create_index(batch_op.f('ix_user_unit_id'), ['unit_id'], unique=False)
        batch_op.drop_constraint(batch_op.f('ck_user_role_known'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_user_role_known'), _known('role', ROLES))
        batch_op.create_foreign_key(batch_op.f('fk_user_unit_id_unit'), 'unit', ['unit_id'], ['id'])



def downgrade() -> None:
    user = sa.table('user', sa.column('role'), sa.column('is_active'))
    op.execute(user.update().where(user.c.role.in_(['reviewer', 'security', 'auditor'])).values(role='leader', is_active=sa.false()))
    with op.batch_alter_table('user', **KEPT) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_user_role_known'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_user_role_known'), _known('role', OLD_ROLES))
        batch_op.drop_constraint(batch_op.f('fk_user_unit_id_unit'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_user_unit_id'))
        batch_op.drop_column('last_sign_in_at')
        batch_op.drop_column('totp_last_step')
        batch_op.drop_column('totp_secret')
        batch_op.drop_column('locked_until')
        batch_op.drop_column('failed_sign_ins')
        batch_op.drop_column('password_changed_at')
        batch_op.drop_column('must_change_password')
        batch_op.drop_column('unit_id')

    with op.batch_alter_table('login_session', **KEPT) as batch_op:
        batch_op.drop_column('agent')
        batch_op.drop_column('address')
        batch_op.drop_column('last_seen_at')

    with op.batch_alter_table('audit_entry', **KEPT) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_audit_entry_result_known'), type_='check')
        batch_op.drop_index(batch_op.f('ix_audit_entry_tag'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_at'))
        batch_op.drop_column('digest')
        batch_op.drop_column('result')
        batch_op.drop_column('address')
        batch_op.drop_column('actor_name')

    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attachment_uploaded_by_id'))
        batch_op.drop_index(batch_op.f('ix_attachment_report_id'))
        batch_op.drop_index(batch_op.f('ix_attachment_project_id'))
        batch_op.drop_index(batch_op.f('ix_attachment_gate_id'))

    op.drop_table('attachment')
    with op.batch_alter_table('user_place', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_user_place_place_code'))

    op.drop_table('user_place')
    with op.batch_alter_table('password_history', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_password_history_user_id'))

    op.drop_table('password_history')
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_api_token_user_id'))

    op.drop_table('api_token')
