"""money

Documents, receipts, decisions on them, contracts, imports, closed months and findings beside the ledger; what is posted can't be changed in the database.
Whoever rebuilds one of the POSTED tables in a later migration on SQLite makes its triggers anew: a rebuilt table forgets them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEPT = {"table_kwargs": {"sqlite_autoincrement": True}}  # what SQLite forgets when it rebuilds a table
POSTED = ("ledger_entry", "treasury_receipt", "match_decision", "composition_revision", "finding_step")
ONCE = {"ledger_entry": "reverses_id", "treasury_receipt": "reverses_id", "match_decision": "undoes_id"}  # taken back by one row at most


def sqlite_triggers(table: str) -> dict[str, str]:
    """What keeps the rows of a table: only samples can be deleted, nothing can be changed or replaced."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    there = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
    if table in ONCE:
        there += f" OR NEW.{ONCE[table]} IS NOT NULL AND EXISTS (SELECT 1 FROM {table} WHERE {ONCE[table]} = NEW.{ONCE[table]})"
    return {
        f"{table}_no_update": f"BEFORE UPDATE ON {table} {refuse}",
        f"{table}_no_delete": f"BEFORE DELETE ON {table} WHEN NOT OLD.is_sample {refuse}",
        # INSERT OR REPLACE deletes without a trigger on connections that lack recursive_triggers
        f"{table}_no_replace": f"BEFORE INSERT ON {table} WHEN {there} {refuse}",
    }


def keep_posted() -> None:
    """Make the triggers."""
    if op.get_bind().dialect.name == "sqlite":
        for table in POSTED:
            for name, what in sqlite_triggers(table).items():
                op.execute(f"CREATE TRIGGER {name} {what}")
        return
    op.execute("CREATE FUNCTION posted_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
               "IF TG_OP = 'DELETE' THEN IF OLD.is_sample THEN RETURN OLD; END IF; END IF; "
               "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $$")
    for table in POSTED:
        op.execute(f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION posted_refuse()")
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION posted_refuse()")
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only")
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate")


def let_posted_go() -> None:
    """Take the triggers away."""
    if op.get_bind().dialect.name == "sqlite":
        for table in POSTED:
            for name in sqlite_triggers(table):
                op.execute(f"DROP TRIGGER IF EXISTS {name}")
        return
    for table in POSTED:
        op.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
        op.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
    op.execute("DROP FUNCTION IF EXISTS posted_refuse()")


def upgrade() -> None:
    op.create_table('funding_limit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('rule', sa.String(length=10), nullable=False),
    sa.Column('programme', sa.String(length=60), server_default='', nullable=False),
    sa.Column('region', sa.String(length=60), server_default='', nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('rate', sa.Integer(), nullable=True),
    sa.Column('amount_fen', sa.BigInteger(), nullable=True),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('law', sa.String(length=200), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('rate BETWEEN 0 AND 10000', name=op.f('ck_funding_limit_rate_range')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_funding_limit')),
    sa.UniqueConstraint('key', name=op.f('uq_funding_limit_key')),
    sqlite_autoincrement=True
    )
    op.create_table('funding_period',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('place_code', sa.String(length=6), server_default='', nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('locked_at', sa.DateTime(), nullable=False),
    sa.Column('locked_by_id', sa.Integer(), nullable=True),
    sa.Column('reopened_at', sa.DateTime(), nullable=True),
    sa.Column('reopened_by_id', sa.Integer(), nullable=True),
    sa.Column('reopen_reason', sa.String(length=200), server_default='', nullable=False),
    sa.Column('is_sample', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['locked_by_id'], ['user.id'], name=op.f('fk_funding_period_locked_by_id_user')),
    sa.ForeignKeyConstraint(['reopened_by_id'], ['user.id'], name=op.f('fk_funding_period_reopened_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_funding_period')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('funding_period', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_funding_period_locked_by_id'), ['locked_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_funding_period_reopened_by_id'), ['reopened_by_id'], unique=False)
        batch_op.create_index('uq_funding_period_standing', ['month', 'place_code'], unique=True, sqlite_where=sa.text('reopened_at IS NULL'), postgresql_where=sa.text('reopened_at IS NULL'))

    op.create_table('import_batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('filename', sa.String(length=200), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('place_code', sa.String(length=6), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('posted_at', sa.DateTime(), nullable=True),
    sa.Column('undone_by_id', sa.Integer(), nullable=True),
    sa.Column('undone_at', sa.DateTime(), nullable=True),
    sa.Column('is_sample', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('projects', 'allocations', 'receipts', 'payments')", name=op.f('ck_import_batch_kind_known')),
    sa.CheckConstraint("state IN ('previewed', 'posted', 'undone')", name=op.f('ck_import_batch_state_known')),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_import_batch_by_id_user')),
    sa.ForeignKeyConstraint(['place_code'], ['place.code'], name=op.f('fk_import_batch_place_code_place')),
    sa.ForeignKeyConstraint(['undone_by_id'], ['user.id'], name=op.f('fk_import_batch_undone_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_batch')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_import_batch_by_id'), ['by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_import_batch_place_code'), ['place_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_import_batch_sha256'), ['sha256'], unique=False)
        batch_op.create_index(batch_op.f('ix_import_batch_undone_by_id'), ['undone_by_id'], unique=False)

    op.create_table('composition_revision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=30), nullable=False),
    sa.Column('estimate_kind', sa.String(length=30), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=True),
    sa.Column('document_number', sa.String(length=80), server_default='', nullable=False),
    sa.Column('approved_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(length=200), server_default='', nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(), nullable=False),
    sa.Column('is_sample', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("estimate_kind IN ('feasibility_estimate', 'approved_estimate', 'construction_budget', 'contract', 'final_account')", name=op.f('ck_composition_revision_estimate_kind_known')),
    sa.CheckConstraint("source IN ('cbi', 'central_special', 'treasury_ultra_long', 'treasury_covid', 'provincial_budget', 'provincial', 'municipal', 'county', 'general_bond', 'special_bond', 'bank_loan', 'world_bank', 'self', 'private', 'donation', 'other')", name=op.f('ck_composition_revision_source_known')),
    sa.CheckConstraint('amount_fen >= 0', name=op.f('ck_composition_revision_amount_positive')),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_composition_revision_by_id_user')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_composition_revision_project_id_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_composition_revision')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('composition_revision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_composition_revision_by_id'), ['by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_composition_revision_project_id'), ['project_id'], unique=False)

    op.create_table('contract',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=80), server_default='', nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('party', sa.String(length=120), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('retention', sa.Integer(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(), nullable=False),
    sa.Column('is_sample', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("kind IN ('works', 'equipment', 'design', 'supervision', 'other')", name=op.f('ck_contract_kind_known')),
    sa.CheckConstraint('retention BETWEEN 0 AND 10000', name=op.f('ck_contract_retention_range')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_contract_project_id_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contract')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('contract', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contract_project_id'), ['project_id'], unique=False)

    op.create_table('funding_document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('number', sa.String(length=80), nullable=False),
    sa.Column('number_normal', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=200), server_default='', nullable=False),
    sa.Column('issuer', sa.String(length=120), server_default='', nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('received_on', sa.Date(), nullable=True),
    sa.Column('source', sa.String(length=30), nullable=True),
    sa.Column('budget_year', sa.Integer(), nullable=True),
    sa.Column('total_fen', sa.BigInteger(), nullable=True),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('place_code', sa.String(length=6), nullable=True),
    sa.Column('import_id', sa.Integer(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(), nullable=False),
    sa.Column('is_sample', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('plan', 'forward', 'budget', 'quota', 'other')", name=op.f('ck_funding_document_kind_known')),
    sa.CheckConstraint("source IN ('cbi', 'central_special', 'treasury_ultra_long', 'treasury_covid', 'provincial_budget', 'provincial', 'municipal', 'county', 'general_bond', 'special_bond', 'bank_loan', 'world_bank', 'self', 'private', 'donation', 'other')", name=op.f('ck_funding_document_source_known')),
    sa.CheckConstraint('parent_id <> id', name=op.f('ck_funding_document_not_its_own_parent')),
    sa.CheckConstraint('total_fen > 0', name=op.f('ck_funding_document_total_positive')),
    sa.ForeignKeyConstraint(['import_id'], ['import_batch.id'], name=op.f('fk_funding_document_import_id_import_batch')),
    sa.ForeignKeyConstraint(['parent_id'], ['funding_document.id'], name=op.f('fk_funding_document_parent_id_funding_document')),
    sa.ForeignKeyConstraint(['place_code'], ['place.code'], name=op.f('fk_funding_document_place_code_place')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_funding_document')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('funding_document', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_funding_document_import_id'), ['import_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_funding_document_issued_on'), ['issued_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_funding_document_number_normal'), ['number_normal'], unique=False)
        batch_op.create_index(batch_op.f('ix_funding_document_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_funding_document_place_code'), ['place_code'], unique=False)

    op.create_table('treasury_receipt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('voucher', sa.String(length=60), server_default='', nullable=False),
    sa.Column('received_on', sa.Date(), nullable=False),
    sa.Column('payer', sa.String(length=120), server_default='', nullable=False),
    sa.Column('payee', sa.String(length=120), server_default='', nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('memo', sa.String(length=300), server_default='', nullable=False),
    sa.Column('source', sa.String(length=30), nullable=True),
    sa.Column('place_code', sa.String(length=6), nullable=True),
    sa.Column('import_id', sa.Integer(), nullable=True),
    sa.Column('reverses_id', sa.Integer(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(), nullable=False),
    sa.Column('is_sample', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("source IN ('cbi', 'central_special', 'treasury_ultra_long', 'treasury_covid', 'provincial_budget', 'provincial', 'municipal', 'county', 'general_bond', 'special_bond', 'bank_loan', 'world_bank', 'self', 'private', 'donation', 'other')", name=op.f('ck_treasury_receipt_source_known')),
    sa.CheckConstraint('amount_fen <> 0', name=op.f('ck_treasury_receipt_amount_not_zero')),
    sa.CheckConstraint('reverses_id IS NOT NULL OR amount_fen > 0', name=op.f('ck_treasury_receipt_only_reversals_negative')),
    sa.ForeignKeyConstraint(['import_id'], ['import_batch.id'], name=op.f('fk_treasury_receipt_import_id_import_batch')),
    sa.ForeignKeyConstraint(['place_code'], ['place.code'], name=op.f('fk_treasury_receipt_place_code_place')),
    sa.ForeignKeyConstraint(['reverses_id'], ['treasury_receipt.id'], name=op.f('fk_treasury_receipt_reverses_id_treasury_receipt')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_treasury_receipt')),
    sa.UniqueConstraint('reverses_id', name=op.f('uq_treasury_receipt_reverses_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('treasury_receipt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_treasury_receipt_import_id'), ['import_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_treasury_receipt_place_code'), ['place_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_treasury_receipt_received_on'), ['received_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_treasury_receipt_voucher'), ['voucher'], unique=False)

    op.create_table('finding_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=True),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('rule', sa.String(length=10), nullable=False),
    sa.Column('source', sa.String(length=40), server_default='', nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('owner', sa.String(length=60), server_default='', nullable=False),
    sa.Column('note', sa.String(length=400), server_default='', nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('is_sample', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("state IN ('open', 'handling', 'exempted', 'closed')", name=op.f('ck_finding_step_state_known')),
    sa.CheckConstraint('(project_id IS NULL) <> (document_id IS NULL)', name=op.f('ck_finding_step_one_subject')),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_finding_step_by_id_user')),
    sa.ForeignKeyConstraint(['document_id'], ['funding_document.id'], name=op.f('fk_finding_step_document_id_funding_document')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_finding_step_project_id_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding_step')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('finding_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_finding_step_by_id'), ['by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_finding_step_document_id'), ['document_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_finding_step_project_id'), ['project_id'], unique=False)

    op.create_table('match_decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('receipt_id', sa.Integer(), nullable=False),
    sa.Column('action', sa.String(length=10), nullable=False),
    sa.Column('outside_kind', sa.String(length=10), nullable=True),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('undoes_id', sa.Integer(), nullable=True),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('note', sa.String(length=200), server_default='', nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('is_sample', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("(action = 'outside') = (outside_kind IS NOT NULL)", name=op.f('ck_match_decision_outside_has_kind')),
    sa.CheckConstraint("(action = 'undo') = (undoes_id IS NOT NULL)", name=op.f('ck_match_decision_undo_names_what')),
    sa.CheckConstraint("action IN ('confirm', 'outside', 'reject', 'undo')", name=op.f('ck_match_decision_action_known')),
    sa.CheckConstraint("outside_kind IN ('interest', 'refund', 'fee', 'other')", name=op.f('ck_match_decision_outside_kind_known')),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_match_decision_by_id_user')),
    sa.ForeignKeyConstraint(['receipt_id'], ['treasury_receipt.id'], name=op.f('fk_match_decision_receipt_id_treasury_receipt')),
    sa.ForeignKeyConstraint(['undoes_id'], ['match_decision.id'], name=op.f('fk_match_decision_undoes_id_match_decision')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_match_decision')),
    sa.UniqueConstraint('undoes_id', name=op.f('uq_match_decision_undoes_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('match_decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_match_decision_by_id'), ['by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_match_decision_receipt_id'), ['receipt_id'], unique=False)

    op.create_table('work_value',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('confirmed_on', sa.Date(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('note', sa.String(length=200), server_default='', nullable=False),
    sa.Column('recorded_at', sa.DateTime(), nullable=False),
    sa.Column('is_sample', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint('amount_fen >= 0', name=op.f('ck_work_value_amount_positive')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_work_value_contract_id_contract'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_work_value')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('work_value', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_work_value_contract_id'), ['contract_id'], unique=False)

    op.create_table('alias',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('place_code', sa.String(length=6), nullable=True),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('text', sa.String(length=200), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('project_id', sa.Integer(), nullable=True),
    sa.Column('decision_id', sa.Integer(), nullable=True),
    sa.Column('learned_at', sa.DateTime(), nullable=False),
    sa.Column('is_sample', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("(kind = 'project') = (project_id IS NOT NULL)", name=op.f('ck_alias_project_named')),
    sa.CheckConstraint("(kind = 'unit') = (unit_id IS NOT NULL)", name=op.f('ck_alias_unit_named')),
    sa.CheckConstraint("kind IN ('unit', 'project')", name=op.f('ck_alias_kind_known')),
    sa.ForeignKeyConstraint(['decision_id'], ['match_decision.id'], name=op.f('fk_alias_decision_id_match_decision')),
    sa.ForeignKeyConstraint(['place_code'], ['place.code'], name=op.f('fk_alias_place_code_place')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_alias_project_id_project'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_alias_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alias')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('alias', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alias_decision_id'), ['decision_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_alias_place_code'), ['place_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_alias_project_id'), ['project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_alias_text'), ['text'], unique=False)
        batch_op.create_index(batch_op.f('ix_alias_unit_id'), ['unit_id'], unique=False)

    with op.batch_alter_table('ledger_entry', **KEPT) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(length=20), server_default='normal', nullable=False))
        batch_op.add_column(sa.Column('budget_year', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('external_id', sa.String(length=60), server_default='', nullable=False))
        batch_op.add_column(sa.Column('document_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('allocation_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('receipt_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('contract_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('import_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('decision_id', sa.Integer(), nullable=True))
        batch_op.drop_index(batch_op.f('ix_ledger_entry_reverses_id'))
        batch_op.create_index(batch_op.f('ix_ledger_entry_reverses_id'), ['reverses_id'], unique=True)
        batch_op.create_index(batch_op.f('ix_ledger_entry_allocation_id'), ['allocation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ledger_entry_contract_id'), ['contract_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ledger_entry_decision_id'), ['decision_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ledger_entry_document_id'), ['document_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ledger_entry_import_id'), ['import_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ledger_entry_receipt_id'), ['receipt_id'], unique=False)
        batch_op.create_index('ix_ledger_entry_step_external_id', ['step', 'external_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_ledger_entry_receipt_id_treasury_receipt'), 'treasury_receipt', ['receipt_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_ledger_entry_allocation_id_ledger_entry'), 'ledger_entry', ['allocation_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_ledger_entry_contract_id_contract'), 'contract', ['contract_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_ledger_entry_decision_id_match_decision'), 'match_decision', ['decision_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_ledger_entry_import_id_import_batch'), 'import_batch', ['import_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_ledger_entry_document_id_funding_document'), 'funding_document', ['document_id'], ['id'])
        batch_op.drop_constraint(batch_op.f('ck_ledger_entry_step_known'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_ledger_entry_step_known'), "step IN ('planned', 'allocated', 'received', 'contracted', 'paid')")
        batch_op.create_check_constraint(batch_op.f('ck_ledger_entry_kind_known'), "kind IN ('normal', 'refund', 'correction')")

    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(f"UPDATE ledger_entry SET budget_year = {'CAST(substr(entry_on, 1, 4) AS INTEGER)' if sqlite else 'EXTRACT(YEAR FROM entry_on)'}")
    # what takes a sample back goes with it
    op.execute("UPDATE ledger_entry SET is_sample = true WHERE reverses_id IN (SELECT id FROM ledger_entry WHERE is_sample)")
    now = "CURRENT_TIMESTAMP" if sqlite else "timezone('utc', now())"
    op.execute("INSERT INTO composition_revision (project_id, source, estimate_kind, amount_fen, document_number, recorded_at, is_sample) "
               f"SELECT project_id, source, estimate_kind, amount_fen, document_number, {now}, is_sample FROM funding_composition")
    keep_posted()


def downgrade() -> None:
    let_posted_go()
    op.execute("DELETE FROM ledger_entry WHERE step IN ('planned', 'contracted')")
    with op.batch_alter_table('ledger_entry', **KEPT) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_ledger_entry_document_id_funding_document'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_ledger_entry_import_id_import_batch'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_ledger_entry_decision_id_match_decision'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_ledger_entry_contract_id_contract'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_ledger_entry_allocation_id_ledger_entry'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_ledger_entry_receipt_id_treasury_receipt'), type_='foreignkey')
        batch_op.drop_index('ix_ledger_entry_step_external_id')
        batch_op.drop_constraint(batch_op.f('ck_ledger_entry_kind_known'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_ledger_entry_step_known'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_ledger_entry_step_known'), "step IN ('allocated', 'received', 'paid')")
        batch_op.drop_index(batch_op.f('ix_ledger_entry_receipt_id'))
        batch_op.drop_index(batch_op.f('ix_ledger_entry_import_id'))
        batch_op.drop_index(batch_op.f('ix_ledger_entry_document_id'))
        batch_op.drop_index(batch_op.f('ix_ledger_entry_decision_id'))
        batch_op.drop_index(batch_op.f('ix_ledger_entry_contract_id'))
        batch_op.drop_index(batch_op.f('ix_ledger_entry_allocation_id'))
        batch_op.drop_index(batch_op.f('ix_ledger_entry_reverses_id'))
        batch_op.create_index(batch_op.f('ix_ledger_entry_reverses_id'), ['reverses_id'], unique=False)
        batch_op.drop_column('decision_id')
        batch_op.drop_column('import_id')
        batch_op.drop_column('contract_id')
        batch_op.drop_column('receipt_id')
        batch_op.drop_column('allocation_id')
        batch_op.drop_column('document_id')
        batch_op.drop_column('external_id')
        batch_op.drop_column('budget_year')
        batch_op.drop_column('kind')

    with op.batch_alter_table('alias', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_alias_unit_id'))
        batch_op.drop_index(batch_op.f('ix_alias_text'))
        batch_op.drop_index(batch_op.f('ix_alias_project_id'))
        batch_op.drop_index(batch_op.f('ix_alias_place_code'))
        batch_op.drop_index(batch_op.f('ix_alias_decision_id'))

    op.drop_table('alias')
    with op.batch_alter_table('work_value', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_work_value_contract_id'))

    op.drop_table('work_value')
    with op.batch_alter_table('match_decision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_match_decision_receipt_id'))
        batch_op.drop_index(batch_op.f('ix_match_decision_by_id'))

    op.drop_table('match_decision')
    with op.batch_alter_table('finding_step', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_finding_step_project_id'))
        batch_op.drop_index(batch_op.f('ix_finding_step_document_id'))
        batch_op.drop_index(batch_op.f('ix_finding_step_by_id'))

    op.drop_table('finding_step')
    with op.batch_alter_table('treasury_receipt', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_treasury_receipt_voucher'))
        batch_op.drop_index(batch_op.f('ix_treasury_receipt_received_on'))
        batch_op.drop_index(batch_op.f('ix_treasury_receipt_place_code'))
        batch_op.drop_index(batch_op.f('ix_treasury_receipt_import_id'))

    op.drop_table('treasury_receipt')
    with op.batch_alter_table('funding_document', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_funding_document_place_code'))
        batch_op.drop_index(batch_op.f('ix_funding_document_parent_id'))
        batch_op.drop_index(batch_op.f('ix_funding_document_number_normal'))
        batch_op.drop_index(batch_op.f('ix_funding_document_issued_on'))
        batch_op.drop_index(batch_op.f('ix_funding_document_import_id'))

    op.drop_table('funding_document')
    with op.batch_alter_table('contract', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contract_project_id'))

    op.drop_table('contract')
    with op.batch_alter_table('composition_revision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_composition_revision_project_id'))
        batch_op.drop_index(batch_op.f('ix_composition_revision_by_id'))

    op.drop_table('composition_revision')
    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_import_batch_undone_by_id'))
        batch_op.drop_index(batch_op.f('ix_import_batch_sha256'))
        batch_op.drop_index(batch_op.f('ix_import_batch_place_code'))
        batch_op.drop_index(batch_op.f('ix_import_batch_by_id'))

    op.drop_table('import_batch')
    with op.batch_alter_table('funding_period', schema=None) as batch_op:
        batch_op.drop_index('uq_funding_period_standing', sqlite_where=sa.text('reopened_at IS NULL'), postgresql_where=sa.text('reopened_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_funding_period_reopened_by_id'))
        batch_op.drop_index(batch_op.f('ix_funding_period_locked_by_id'))

    op.drop_table('funding_period')
    op.drop_table('funding_limit')
