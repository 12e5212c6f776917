"""What is remembered of findings is what would be worked out anew, after every kind of change, and whoever asks."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from builders import NOW, TODAY, make_day, make_project
from sqlalchemy import update

from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import Contract, LedgerEntry, Project, ProjectStatus
from projects.money.contracts.operations import ContractValues, add_contract, confirm_work
from projects.money.evidence import queries as evidence
from projects.money.findings import queries
from projects.money.findings.assess import assess
from projects.money.findings.filtering import FindingFilter
from projects.money.findings.operations import set_limit
from projects.money.findings.remembering import FindingMemory, Kept
from projects.money.ladder.operations import Amount, post_entry, reverse_entry, set_composition
from projects.money.ledger.posting import Posting
from projects.works.gates.operations import record_gate

OLD = dt.date(2020, 3, 2)


def said(as_of=TODAY):
    """The findings of everything, as text."""
    rows = queries.finding_page(SYSTEM, FindingFilter(per_page=0), as_of).rows
    return sorted(
        (row.subject.name, row.finding.rule, row.finding.source, row.finding.amount_fen, str(row.finding.text))
        for row in rows
    )


def anew(as_of=TODAY):
    """The same with nothing remembered."""
    evidence.LEDGER.forget()
    queries.MEMORY.forget()
    return said(as_of)


def entry(source, step, fen, day=OLD):
    return post_entry(Acting(SYSTEM, NOW, TODAY), 1, Posting(source, step, day, fen, confirmed=True))


@pytest.fixture
def money(app):
    with app.app_context():
        make_day()
        for key in (1, 2):
            make_project(f"p{key}", id=key, name=f"项目{key}")
        with transaction():
            set_composition(
                Acting(SYSTEM, NOW, TODAY), 1, Amount("cbi", "approved_estimate", 1000, None, approved_on=OLD)
            )
            entry("cbi", "allocated", 1500)
        return app


def contract():
    key = add_contract(
        Acting(SYSTEM, NOW, TODAY), 1, ContractValues("主体", "建工", dt.date(2021, 3, 1), {"cbi": 5000}, retention=7.5)
    ).id
    confirm_work(Acting(SYSTEM, NOW, TODAY), key, TODAY, 1000)


CHANGES = {
    "an entry": lambda: entry("county", "paid", 70),
    "the same sums in other sources": lambda: (entry("county", "received", 9), entry("self", "received", -9 + 18)),
    "a reversal": lambda: reverse_entry(
        Acting(SYSTEM, NOW, TODAY), 1, db.session.query(LedgerEntry.id).first()[0], "错"
    ),
    "an approved amount": lambda: set_composition(
        Acting(SYSTEM, NOW, TODAY), 1, Amount("cbi", "approved_estimate", 900, 1000, approved_on=OLD)
    ),
    "a limit": lambda: set_limit(Acting(SYSTEM, NOW, TODAY), "receipt_months", Decimal(1), "市财政局通知"),
    "a contract": contract,
    "a gate": lambda: record_gate(
        Acting(SYSTEM, NOW, TODAY), 1, "completion_acceptance", None, {}, passed_on=dt.date(2021, 1, 4)
    ),
    "a name": lambda: db.session.execute(update(Project).where(Project.id == 1).values(name="改名")),
    "a category": lambda: (
        entry("self", "received", 5),
        db.session.execute(update(Project).where(Project.id == 1).values(category="cdc")),
    ),
    "a percent": lambda: (
        entry("cbi", "paid", 900),
        db.session.execute(update(ProjectStatus).where(ProjectStatus.project_id == 1).values(percent=1.0)),
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_after_every_change_the_remembered_is_what_would_be_worked_out_anew(money, what):
    with money.app_context():
        before = said()
        with transaction():
            CHANGES[what]()
        after = said()
        assert after == anew()
        assert after != before


def test_another_day_and_a_single_project_say_the_same(money):
    with money.app_context():
        whole = said()
        assert whole
        assert said(OLD) == anew(OLD)
        assert said(dt.date(2019, 1, 1)) == []
        assert said() == whole
        assert [row.finding.rule for row in queries.of_project(1, TODAY)] == [
            rule for name, rule, *_ in whole if name == "项目1"
        ] or len(queries.of_project(1, TODAY)) == len(whole)


def test_what_was_rolled_back_is_not_remembered(money):
    with money.app_context():
        before = said()
        with pytest.raises(RuntimeError), transaction():
            entry("county", "paid", 70)
            assert said() != before
            raise RuntimeError
        assert said() == before == anew()
        with transaction():
            post_entry(Acting(SYSTEM, NOW + dt.timedelta(seconds=1), TODAY), 1, Posting("self", "paid", OLD, 70))
        assert said() == anew()


def test_only_what_changed_is_assessed_again(money):
    with money.app_context():
        facts = evidence.facts_of([], TODAY, queries.limits())
        asked = []

        def rule(one, as_of, limits):
            asked.append(one.project_id)
            return assess(one, as_of, limits)

        memory, limits = FindingMemory(days=2), queries.limits()
        first = [found for _, found in memory.assessed(facts, TODAY, limits, rule)]
        assert [found for _, found in memory.assessed(facts, TODAY, limits, rule)] == first
        assert asked == [1]
        with transaction():
            entry("county", "paid", 70)
        list(memory.assessed(evidence.facts_of([], TODAY, limits), TODAY, limits, rule))
        assert asked == [1, 1]
        for day in (OLD, dt.date(2021, 1, 1)):  # two more days: the first is forgotten
            list(memory.assessed(facts, day, limits, rule))
        list(memory.assessed(facts, TODAY, limits, rule))
        assert len(asked) == 5


def test_no_more_than_the_last_few_answers_are_kept():
    kept: Kept[int] = Kept(2)
    for number in range(3):
        kept.keep(("state", number), number)
    assert [kept.get(("state", number)) for number in range(3)] == [None, 1, 2]


def test_samples_taken_away_are_forgotten(money):
    with money.app_context():
        with transaction():
            db.session.add(
                LedgerEntry(
                    project_id=2,
                    source="county",
                    step="paid",
                    entry_on=OLD,
                    amount_fen=7,
                    recorded_at=NOW,
                    is_sample=True,
                )
            )
        with_sample = said()
        with transaction():
            entry("self", "received", 1)
        said()
        with transaction():
            db.session.query(LedgerEntry).filter_by(is_sample=True).delete()
        assert said() == anew() != with_sample
        assert db.session.query(Contract).count() == 0
