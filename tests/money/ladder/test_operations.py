"""Posting, reversing and approving money, on both databases: nothing posted ever changes, everything reconciles to the
fen.
"""

import datetime as dt
import threading
from collections import Counter

import pytest
from builders import NOW, TODAY, actor_of, make_project, make_user
from counting import counted
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from runs import runs
from sqlalchemy import func, select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from projects.core.money import LARGEST_FEN
from projects.core.permissions import SYSTEM
from projects.core.vocabulary import FUNDING_SOURCES, LEDGER_STEPS
from projects.database import transaction
from projects.extensions import db
from projects.models import AuditEntry, FundingComposition, LedgerEntry
from projects.money.ladder import queries
from projects.money.ladder.filtering import FundingFilter
from projects.money.ladder.operations import Amount, Posting, post_entry, reverse_entry, set_composition
from projects.verdicts.status.operations import rebuild

DAY = dt.date(2021, 6, 18)


@pytest.fixture
def project(app):
    with app.app_context():
        return make_project()


def post(
    project, step="allocated", source="cbi", on=DAY, amount_fen=80_000_000_00, actor=SYSTEM, today=TODAY, **values
):
    with transaction():
        return post_entry(Acting(actor, NOW, today), project.id, Posting(source, step, on, amount_fen, **values))


def reverse(project, entry_id, reason="金额登记错误", actor=SYSTEM, today=TODAY):
    with transaction():
        return reverse_entry(Acting(actor, NOW, today), project.id, entry_id, reason)


def approve(project, source="cbi", fen=100_000_000_00, seen=None, kind="approved_estimate", actor=SYSTEM, number=""):
    with transaction():
        set_composition(Acting(actor, NOW, TODAY), project.id, Amount(source, kind, fen, seen, number))


def refusal(project, **values):
    with pytest.raises(InvalidError) as refused:
        post(project, **values)
    return {name: str(text) for name, text in refused.value.fields.items()}


def rows():
    columns = list(LedgerEntry.__table__.columns)
    return [tuple(row) for row in db.session.execute(select(*columns).order_by(LedgerEntry.id))]


def test_an_entry_is_stored_as_typed_and_leaves_a_record(app, project):
    with app.app_context():
        entry = post(project, document_number=" 浙财建[2025] 23号 ", memo="第一批")
        assert (entry.document_number, entry.memo, entry.amount_fen, entry.reverses_id) == (
            "浙财建[2025] 23号",
            "第一批",
            80_000_000_00,
            None,
        )
        (found,) = db.session.scalars(select(AuditEntry))
        assert (found.tag, found.project_id, found.object_id) == ("project:ledger:posted", project.id, str(entry.id))
        assert found.changes["amount_fen"] == [None, 80_000_000_00]


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"source": "lottery"}, "source", "lottery"),
        ({"step": "promised"}, "step", "promised"),
        ({"on": None}, "on", "请填写日期"),
        ({"on": TODAY + dt.timedelta(1)}, "on", "在将来"),
        ({"on": dt.date(1921, 6, 18)}, "on", "核对年份"),
        ({"amount_fen": 0}, "amount", "大于 0"),
        ({"amount_fen": -1}, "amount", "用冲销"),
        ({"amount_fen": LARGEST_FEN + 1}, "amount", "大于 0"),
        ({"document_number": "文" * 81}, "document_number", "最多 80 字"),
        ({"memo": "摘" * 10_000}, "memo", "最多 200 字"),
        ({"memo": "零\0"}, "memo", "控制字符"),
    ],
)
def test_what_cannot_be_taken_is_refused_at_its_field_and_nothing_is_stored(app, project, values, field, words):
    with app.app_context():
        complaints = refusal(project, **values)
        assert list(complaints) == [field]
        assert words in complaints[field]
        assert rows() == []


def test_the_largest_amount_survives_to_the_fen(app, project):
    with app.app_context():
        post(project, amount_fen=LARGEST_FEN)
        post(project, amount_fen=LARGEST_FEN, source="county")
        assert queries.money_of(project.id, TODAY).ladder.total.allocated == 2 * LARGEST_FEN


def test_the_same_entry_twice_is_asked_about_and_stored_when_meant(app, project):
    with app.app_context():
        first = post(project, document_number="财建〔2025〕23号")
        assert f"第 {first.id} 号" in refusal(project, document_number="财建[2025]２３号")["confirmed"]
        post(project, document_number="浙财建〔2025〕23号")  # another issuer, another document
        post(project, document_number="财建〔2025〕23号", confirmed=True)
        assert len(rows()) == 3


def test_an_entry_that_was_taken_back_may_be_posted_again(app, project):
    with app.app_context():
        reverse(project, post(project).id)
        post(project)
        assert queries.money_of(project.id, TODAY).ladder.total.allocated == 80_000_000_00


def test_a_reversal_is_an_opposite_entry_of_today_and_the_first_stays_as_it_was(app, project):
    """M-3."""
    with app.app_context():
        entry = post(project, document_number="财建〔2025〕23号")
        before = rows()
        opposite = reverse(project, entry.id)
        assert rows()[:-1] == before
        assert (opposite.amount_fen, opposite.entry_on, opposite.reverses_id, opposite.memo) == (
            -80_000_000_00,
            TODAY,
            entry.id,
            "金额登记错误",
        )
        assert queries.money_of(project.id, TODAY).ladder.total.allocated == 0
        yesterday = queries.money_of(project.id, TODAY - dt.timedelta(1))
        assert yesterday.ladder.total.allocated == 80_000_000_00
        assert yesterday.entries[0].can_be_reversed
        assert not any(row.can_be_reversed for row in queries.money_of(project.id, TODAY).entries)


def test_an_entry_is_reversed_once_and_a_reversal_never(app, project):
    with app.app_context():
        entry = post(project)
        opposite = reverse(project, entry.id)
        for entry_id in (entry.id, opposite.id):
            with pytest.raises(ConflictError):
                reverse(project, entry_id)
        assert len(rows()) == 2


def test_a_reversal_needs_a_reason_and_an_entry_of_this_project(app, project):
    with app.app_context():
        entry = post(project)
        for reason in ("", "  ", "零\0", "长" * 201):
            with pytest.raises(InvalidError):
                reverse(project, entry.id, reason)
        with pytest.raises(NotFoundError):
            reverse(make_project(), entry.id)
        with pytest.raises(NotFoundError):
            reverse(project, 999_999)


@pytest.mark.parametrize("role", ["manager", "dispatcher", "leader", "admin"])
def test_only_finance_writes_money(app, project, role):
    with app.app_context():
        actor = actor_of(make_user(role), project)
        for write in (
            lambda: post(project, actor=actor),
            lambda: reverse(project, 1, actor=actor),
            lambda: approve(project, actor=actor),
        ):
            with pytest.raises(ForbiddenError):
                write()
        post(project, actor=actor_of(make_user("finance")))


def test_a_rule_broken_is_stored_and_flagged(app, project):
    with app.app_context():
        approve(project)
        post(project, "allocated", amount_fen=110_000_000_00)
        post(project, "received", amount_fen=120_000_000_00)
        post(project, "paid", amount_fen=130_000_000_00)
        assert [one.rule for one in queries.money_of(project.id, TODAY).findings] == ["F-1", "F-2", "F-3"]


# --- approved amounts -------------------------------------------------------------------------------------------------


def test_an_approved_amount_is_set_changed_and_taken_away_with_its_record(app, project):
    """M-8, of revisions."""
    with app.app_context():
        approve(project, fen=1000, number="济发改审〔2021〕5号")
        approve(project, fen=2000, seen=1000)
        assert queries.money_of(project.id, TODAY).ladder.line("cbi").approved == 2000
        approve(project, fen=None, seen=2000)
        assert queries.money_of(project.id, TODAY).ladder.lines == ()
        changes = [
            entry.changes["amount_fen"] for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        ]
        assert changes == [[None, 1000], [1000, 2000], [2000, None]]


def test_the_second_writer_of_an_approved_amount_is_told(app, project):
    with app.app_context():
        approve(project, fen=1000)
        for seen in (None, 999):
            with pytest.raises(ConflictError):
                approve(project, fen=3000, seen=seen)
        approve(project, fen=1000)  # the same again, as a double click sends it
        assert db.session.scalar(select(FundingComposition.amount_fen)) == 1000
        assert len(db.session.scalars(select(AuditEntry)).all()) == 1


def test_an_approved_amount_that_cannot_be_is_refused(app, project):
    with app.app_context():
        for values in (
            {"source": "lottery"},
            {"kind": "guess"},
            {"fen": -1},
            {"fen": LARGEST_FEN + 1},
            {"number": "文" * 81},
        ):
            with pytest.raises(InvalidError):
                approve(project, **values)
        assert db.session.scalars(select(FundingComposition)).all() == []


# --- everything adds up -----------------------------------------------------------------------------------------------

STEPS = st.one_of(
    st.tuples(
        st.just("post"),
        st.sampled_from(list(FUNDING_SOURCES)),
        st.sampled_from(list(LEDGER_STEPS)),
        st.integers(1, LARGEST_FEN),
        st.integers(-200, 0),
    ),
    st.tuples(st.just("reverse"), st.integers(0, 30)),
)


@settings(max_examples=runs(10, 100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(STEPS, max_size=12), min_size=1, max_size=2))
def test_random_posts_and_reversals_reconcile_with_an_independent_sum(app, sequences):
    with app.app_context():
        marker = db.session.scalar(select(func.max(LedgerEntry.id))) or 0
        expected: dict[int, Counter] = {}
        for sequence in sequences:
            project = make_project()
            balance, standing = Counter(), []
            for step in sequence:
                if step[0] == "post":
                    _, source, kind, fen, days = step
                    entry = post(project, kind, source, TODAY + dt.timedelta(days), fen, confirmed=True)
                    standing.append((entry.id, source, kind, fen))
                    balance[source, kind] += fen
                elif standing:
                    entry_id, source, kind, fen = standing.pop(step[1] % len(standing))
                    reverse(project, entry_id)
                    balance[source, kind] -= fen
            expected[project.id] = balance
        everything = Counter()
        for project_id, balance in expected.items():
            found = queries.money_of(project_id, TODAY).ladder
            assert {
                (line.key, kind): getattr(line, kind)
                for line in found.lines
                for kind in LEDGER_STEPS
                if getattr(line, kind)
            } == +balance
            everything.update(balance)
        plain = select(LedgerEntry.source, LedgerEntry.step, LedgerEntry.amount_fen).where(LedgerEntry.id > marker)
        posted = Counter()
        for source, kind, fen in db.session.execute(plain):
            posted[source, kind] += fen
        assert +posted == +everything


def test_the_portfolio_the_projects_and_the_rows_say_the_same(app):
    with app.app_context():
        projects = [make_project() for _ in range(4)]
        for number, project in enumerate(projects, 1):
            approve(project, fen=number * 1000, kind="feasibility_estimate")
            if number % 2:
                approve(project, "county", fen=number * 100)
            for step, part in (("allocated", 900), ("received", 700), ("paid", 300)):
                post(project, step, amount_fen=number * part)
                post(project, step, "county", amount_fen=number * part // 10 + 1, on=TODAY)
        reverse(projects[0], rows()[0][0])
        for as_of in (TODAY, TODAY - dt.timedelta(1), DAY, dt.date(2020, 1, 1)):
            page = queries.portfolio_money(SYSTEM, FundingFilter(per_page=0), as_of)
            own = [queries.money_of(project.id, as_of).ladder for project in projects]
            for step in ("approved", *LEDGER_STEPS):
                assert (getattr(page.ladder.total, step) or 0) == sum(getattr(one.total, step) or 0 for one in own)
            by_slug = {project.slug: one for project, one in zip(projects, own, strict=True)}
            assert all(row.line == by_slug[row.project.slug].line(row.line.key) for row in page.rows)


def test_statements_do_not_grow_with_rows(app):
    with app.app_context():
        costs = []
        for many in (2, 9):
            for _ in range(many):
                project = make_project()
                approve(project)
                for step in LEDGER_STEPS:
                    post(project, step)
            with transaction():
                rebuild(SYSTEM, NOW, TODAY)
            with counted(app) as sent:
                page = queries.portfolio_money(SYSTEM, FundingFilter(), TODAY)
            with counted(app) as single:
                queries.money_of(project.id, TODAY)
            costs.append((len(sent), len(single)))
        assert page.project_count == 11
        assert costs == [(7, 3), (7, 3)]


def test_of_eight_reversals_at_once_exactly_one_wins(app, project):
    with app.app_context():
        entry_id = post(project).id
    outcomes, gate_open = [], threading.Barrier(8)

    def write():
        with app.app_context():
            gate_open.wait()
            try:
                reverse(project, entry_id)
                outcomes.append(True)
            except ConflictError:
                outcomes.append(False)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 7 + [True]
    with app.app_context():
        assert queries.money_of(project.id, TODAY).ladder.total.allocated == 0


def test_a_double_click_posts_once(app, project):
    outcomes, gate_open = [], threading.Barrier(4)

    def write():
        with app.app_context():
            gate_open.wait()
            try:
                post(project)
                outcomes.append(True)
            except InvalidError:
                outcomes.append(False)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 3 + [True]


def test_an_approval_of_a_later_year_can_be_tried_beside_the_demo_and_counts_from_its_day(app):
    """An installation with demo content stands at a former day; what lies after today in Beijing as well is still
    refused.
    """
    later, beijing = dt.date(2025, 3, 1), dt.datetime(2025, 12, 1, 4, 0, tzinfo=dt.UTC)
    with app.app_context():
        project = make_project()
        with transaction():
            set_composition(
                Acting(SYSTEM, beijing, TODAY),
                project.id,
                Amount("cbi", "approved_estimate", 500, None, approved_on=later),
            )
        assert [sum(row.amount_fen for row in queries.composition_of(project.id, day)) for day in (TODAY, later)] == [
            0,
            500,
        ]
        with pytest.raises(InvalidError) as problem, transaction():
            set_composition(
                Acting(SYSTEM, beijing, TODAY),
                project.id,
                Amount("cbi", "approved_estimate", 600, 500, approved_on=dt.date(2025, 12, 2)),
            )
    assert set(problem.value.fields) == {"approved_on"}
