"""verdicts"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATUS = ("forecast_p10", "forecast_p90")
LIGHTS = "'start', 'progress', 'payment', 'entry'"


def upgrade() -> None:
    op.create_table('rule_set_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=20), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('adopted_on', sa.Date(), nullable=False),
    sa.Column('adopted_at', sa.DateTime(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('is_sample', sa.Boolean(), nullable=False),
    sa.CheckConstraint('number > 0', name=op.f('ck_rule_set_version_number_positive')),
    sa.ForeignKeyConstraint(['author_id'], ['user.id'], name=op.f('fk_rule_set_version_author_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_set_version')),
    sa.UniqueConstraint('key', 'number', name=op.f('uq_rule_set_version_key_number')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_rule_set_version_author_id'), 'rule_set_version', ['author_id'])

    op.create_table('rule_choice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=True),
    sa.Column('key', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('chosen_on', sa.Date(), nullable=False),
    sa.Column('chosen_at', sa.DateTime(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('is_sample', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['user.id'], name=op.f('fk_rule_choice_author_id_user')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_rule_choice_programme_id_programme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_choice')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_rule_choice_author_id'), 'rule_choice', ['author_id'])
    op.create_index(op.f('ix_rule_choice_programme_id'), 'rule_choice', ['programme_id'])

    op.create_table('exemption',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('light', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('requested_by', sa.String(length=120), nullable=False),
    sa.Column('approver_id', sa.Integer(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('approved_at', sa.DateTime(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('is_sample', sa.Boolean(), nullable=False),
    sa.CheckConstraint(f'light IN ({LIGHTS})', name=op.f('ck_exemption_light_known')),
    sa.CheckConstraint('until >= since', name=op.f('ck_exemption_days_in_order')),
    sa.ForeignKeyConstraint(['approver_id'], ['user.id'], name=op.f('fk_exemption_approver_id_user')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_exemption_project_id_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exemption')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_exemption_approver_id'), 'exemption', ['approver_id'])
    op.create_index(op.f('ix_exemption_project_id'), 'exemption', ['project_id'])

    op.create_table('reference_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('members', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reference_version')),
    sa.UniqueConstraint('made_on', name=op.f('uq_reference_version_made_on')),
    sqlite_autoincrement=True
    )

    op.add_column('monthly_report', sa.Column('in_statistics', sa.Boolean(), nullable=True))
    op.add_column('monthly_report', sa.Column('statistics_reason', sa.Text(), server_default='', nullable=False))
    op.add_column('event', sa.Column('effect', sa.String(length=10), server_default='', nullable=False))
    for table in ('project_status', 'target_status'):
        for name in STATUS:
            op.add_column(table, sa.Column(name, sa.Date(), nullable=True))
        op.add_column(table, sa.Column('probability', sa.Integer(), nullable=True))
    op.add_column('project_status', sa.Column('light', sa.String(length=10), server_default='grey', nullable=False))
    op.add_column('project_status', sa.Column('lights', sa.String(length=4), server_default='----', nullable=False))
    op.add_column('project_status', sa.Column('light_reasons', sa.JSON(), server_default='[]', nullable=False))
    op.create_index('ix_project_status_light', 'project_status', ['light'])


def downgrade() -> None:
    op.drop_index('ix_project_status_light', 'project_status')
    for name in ('light_reasons', 'lights', 'light', 'probability', *STATUS):
        op.drop_column('project_status', name)
    for name in ('probability', *STATUS):
        op.drop_column('target_status', name)
    op.drop_column('event', 'effect')
    op.drop_column('monthly_report', 'statistics_reason')
    op.drop_column('monthly_report', 'in_statistics')
    op.drop_table('reference_version')
    for name in ('project_id', 'approver_id'):
        op.drop_index(op.f(f'ix_exemption_{name}'), 'exemption')
    op.drop_table('exemption')
    for name in ('programme_id', 'author_id'):
        op.drop_index(op.f(f'ix_rule_choice_{name}'), 'rule_choice')
    op.drop_table('rule_choice')
    op.drop_index(op.f('ix_rule_set_version_author_id'), 'rule_set_version')
    op.drop_table('rule_set_version')
