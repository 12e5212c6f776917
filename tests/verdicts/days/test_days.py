"""Days that are kept beside the present one: whoever asks for one waits for nobody, what is kept equals what is worked
out, and whatever bears on it lets it be worked out again.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from builders import NOW, TODAY, make_day, make_programme, make_project, make_report, make_user, sign_in
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, update
from verdicts.test_renewal_by_itself import WRITES

from projects.commands import rebuilding
from projects.commands.rebuilding import MADE_BY, rebuild_in_steps
from projects.core.permissions import SYSTEM
from projects.database import patient, transaction
from projects.extensions import db
from projects.models import KeptDay, KeptProjectStatus, KeptTargetStatus, ProgrammeTally, ProjectStatus, Setting, Target
from projects.verdicts.days import operations, queries
from projects.verdicts.days.queries import DayWaitsError, status_tables
from projects.verdicts.renewal import operations as renewal
from projects.verdicts.status import operations as status
from projects.verdicts.status.queries import computed
from projects.web.background import WORKER

PAST = dt.date(2021, 11, 10)
PROMISE = {"measure": "structure_pct", "threshold": 50, "due": dt.date(2021, 12, 31)}
TOMORROW = TODAY + dt.timedelta(days=1)
WAITING = "正在计算"


@pytest.fixture
def many(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Six projects, which are too many to be worked out at once; two of a programme with a promise of its own."""
    monkeypatch.setattr(queries, "MOST_AT_ONCE", 5)
    monkeypatch.setattr(operations, "SIZE", 2)
    with app.app_context():
        make_day(TODAY)
        programme = make_programme()
        with transaction():
            whole = {"measure": "complete", "quantifier": "count", "threshold": 2, "commitment": "must"}
            db.session.add(Target(slug="both", programme_id=programme.id, wording="完工2家", **whole))
        ids = []
        for number in range(6):
            more = {"programme": programme} if number < 2 else {}
            project = make_project(slug=f"m{number}", name=f"示例 {number}", targets=[PROMISE], **more)
            make_report(project, "2021-09", foundation=10 * number, structure=5 * number)
            make_report(project, "2021-10", foundation=100, structure=10 * number)
            ids.append(project.id)
        with transaction():
            status.rebuild(SYSTEM, NOW, TODAY)
        db.session.remove()
    yield ids
    with app.app_context(), transaction():
        db.session.execute(delete(KeptDay))


@pytest.fixture
def leader(app: Flask, many: list[int]) -> FlaskClient:
    with app.app_context():
        return sign_in(app.test_client(), make_user("leader", all_places=True))


def work(app: Flask) -> None:
    """Let be done what waits: no test starts the thread."""
    with app.app_context():
        app.extensions[WORKER].work()


def kept(day: dt.date) -> tuple[dict[int, dict], dict[int, dict]]:
    tables = []
    for model, key in ((KeptProjectStatus, "project_id"), (KeptTargetStatus, "target_id")):
        rows = db.session.connection().execute(select(*model.__table__.columns).where(model.as_of == day)).mappings()
        tables.append({row[key]: dict(row) for row in rows})
    return tables[0], tables[1]


def made(day: dt.date) -> tuple[dict[int, dict], dict[int, dict]]:
    projects, targets = computed(None, day)
    return {row.project_id: vars(row) for row in projects}, {row.target_id: vars(row) for row in targets}


def body(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return re.sub(r'content="[^"]{60,}"|value="[^"]{20,}"|data-seconds="\d+"', "", answer.text)


PAGES = ("/", "/projects", "/targets", "/gantt", "/funding", "/projects/m3", "/projects/m3/gantt")


def test_a_day_that_was_never_worked_out_says_so_and_is_the_same_page_later(app, leader, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(queries, "MOST_AT_ONCE", 100)
        small = {path: body(leader, f"{path}?as_of={PAST}") for path in PAGES}
    answer = leader.get(f"/projects?as_of={PAST}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert WAITING in answer.text
    assert "已算 0 / 6 个项目" in answer.text
    assert 'http-equiv="refresh"' in answer.text
    work(app)
    for path in PAGES:
        assert body(leader, f"{path}?as_of={PAST}").splitlines() == small[path].splitlines(), path


@pytest.mark.parametrize("path", ["/projects/m3", "/projects/m3/gantt", "/projects/m0/forecast"])
def test_a_page_of_one_project_works_out_what_it_shows(leader, path):
    assert leader.get(f"{path}?as_of={PAST}").status_code == 200


def test_the_interface_for_programs_is_told_when_to_ask_again(leader):
    answer = leader.get(f"/projects.csv?as_of={PAST}")
    assert answer.status_code == 503


def test_what_is_kept_is_what_is_worked_out(app, many, leader):
    leader.get(f"/projects?as_of={PAST}")
    work(app)
    with app.app_context():
        assert kept(PAST) == made(PAST)
        assert len(kept(PAST)[0]) == 6
        assert db.session.get_one(KeptDay, PAST).whole_at is not None


def count(app: Flask, write: Callable[[int], None], project: int) -> int:
    with app.app_context(), transaction():
        write(project)
    with app.app_context():
        return db.session.scalar(select(func.count()).where(KeptProjectStatus.as_of == PAST)) or 0


@pytest.mark.parametrize("write", WRITES, ids=lambda one: one.__name__)
def test_a_write_lets_what_it_bears_on_be_worked_out_again(app, many, leader, write):
    leader.get(f"/projects?as_of={PAST}")
    work(app)
    assert count(app, write, many[3]) == 5
    assert leader.get(f"/projects?as_of={PAST}").status_code == 200
    with app.app_context():
        assert kept(PAST) == made(PAST)


def test_with_nothing_let_go_it_would_be_stale(app, many, leader, monkeypatch):
    """The negative control of the test above."""
    leader.get(f"/projects?as_of={PAST}")
    work(app)
    monkeypatch.setattr(renewal, "_let_go", lambda *_: None)
    write = next(one for one in WRITES if one.__name__ == "a_lost_report")
    with app.app_context(), transaction():
        renewal.db.session.execute(update(Target).where(Target.project_id == many[3]).values(due=TOMORROW))
        write(many[3])
    with app.app_context():
        assert kept(PAST) != made(PAST)


def test_a_programmes_count_lets_its_promise_be_worked_out_again(app, many, leader):
    leader.get(f"/projects?as_of={PAST}")
    work(app)
    with app.app_context():
        before = kept(PAST)[1]
        with transaction():
            programme = db.session.scalars(select(Target.programme_id).where(Target.slug == "both")).one()
            tally = ProgrammeTally(programme_id=programme, measure="complete", tallied_on=PAST, reached=2, total=2)
            db.session.add(tally)
    assert leader.get(f"/targets?as_of={PAST}").status_code == 200
    with app.app_context():
        assert kept(PAST) == made(PAST)
        assert kept(PAST)[1] != before


def test_much_that_is_missing_waits_again(app, many, leader, monkeypatch):
    leader.get(f"/projects?as_of={PAST}")
    work(app)
    monkeypatch.setattr(operations, "FEW", 2)
    with app.app_context(), transaction():
        db.session.execute(update(Target).where(Target.project_id.in_(many)).values(due=TOMORROW))
    answer = leader.get(f"/projects?as_of={PAST}")
    assert answer.status_code == 503
    work(app)
    assert leader.get(f"/projects?as_of={PAST}").status_code == 200
    with app.app_context():
        assert kept(PAST) == made(PAST)


def test_one_works_a_day_out_until_its_claim_lapses(app, many):
    with app.app_context():
        with transaction():
            operations.ask_for(PAST, NOW)
        with transaction():
            assert operations.take(PAST, NOW)
        for later, is_free in ((queries.LEASE, False), (queries.LEASE + dt.timedelta(seconds=1), True)):
            with transaction():
                assert queries.next_day(NOW + later) == (PAST if is_free else None)
                assert operations.take(PAST, NOW + later) is is_free


def test_a_work_broken_off_goes_on_where_it_was(app, many, leader, monkeypatch):
    leader.get(f"/projects?as_of={PAST}")
    real, stored = operations.keep_step, []

    def fails(*values: Any) -> None:
        if len(stored) == 2:
            raise KeyboardInterrupt
        stored.append(values)
        real(*values)

    with monkeypatch.context() as patch:
        patch.setattr(operations, "keep_step", fails)
        with pytest.raises(KeyboardInterrupt):
            work(app)
    answer = leader.get(f"/projects?as_of={PAST}")
    assert answer.status_code == 503
    assert "已算 0 / 6 " not in answer.text
    with app.app_context(), transaction():
        db.session.execute(update(KeptDay).values(claimed_at=NOW - dt.timedelta(days=9)))
    work(app)
    with app.app_context():
        assert kept(PAST) == made(PAST)


def test_the_days_asked_for_last_are_kept(app, many, monkeypatch):
    monkeypatch.setattr(queries, "MOST_KEPT", 2)
    days = [PAST - dt.timedelta(days=back) for back in (0, 30, 60)]
    for position, day in enumerate(days):
        with app.app_context(), transaction():
            operations.ask_for(day, NOW + dt.timedelta(hours=position))
        work(app)
    with app.app_context():
        assert set(db.session.scalars(select(KeptDay.as_of))) == set(days[1:])
        assert set(db.session.scalars(select(KeptProjectStatus.as_of))) == set(days[1:])
        assert set(db.session.scalars(select(KeptTargetStatus.as_of))) == set(days[1:])


def test_while_a_new_day_is_worked_out_the_one_before_is_shown_and_named(app, many, leader, monkeypatch):
    before, seen = body(leader, "/projects"), []
    with app.app_context(), transaction():
        db.session.execute(update(queries.KeptDay).values(asked_at=None))

    def between(step: Any, as_of: dt.date) -> Any:
        ahead = status.work_out(step, as_of)
        db.session.rollback()
        seen.append(body(leader, f"/projects?as_of={TOMORROW}"))
        return ahead

    monkeypatch.setattr(rebuilding, "SIZE", 2)
    monkeypatch.setattr(rebuilding, "work_out", between)
    with app.app_context():
        rebuild_in_steps(SYSTEM, NOW, TOMORROW)
    assert len(seen) > 2
    note = f"{TOMORROW} 的状态正在计算, 这里显示的是 {TODAY} 的"
    for page in seen:
        assert note in page
        assert re.findall(r"示例 \d", page) == re.findall(r"示例 \d", before)
    after = body(leader, f"/projects?as_of={TOMORROW}")
    assert WAITING not in after
    with app.app_context():
        assert set(db.session.scalars(select(ProjectStatus.as_of))) == {TOMORROW}
        assert not db.session.scalars(select(KeptDay)).all()


def test_nothing_far_behind_stands_for_a_day(app, many, leader):
    assert leader.get(f"/projects?as_of={TODAY + queries.NEAR}").status_code == 200
    assert leader.get(f"/projects?as_of={TODAY + queries.NEAR + dt.timedelta(days=1)}").status_code == 503


def test_a_command_works_any_day_out(app, many):
    with app.app_context():
        with pytest.raises(DayWaitsError):
            status_tables(PAST)
        db.session.rollback()
        with patient():
            table, _ = status_tables(PAST)
            assert db.session.scalar(select(func.count()).select_from(table)) == 6


def test_what_all_verdicts_rest_on_lets_later_days_go(app, many, leader):
    leader.get(f"/projects?as_of={PAST}")
    work(app)
    for since, left in ((PAST + dt.timedelta(days=1), 6), (PAST, 0)):
        with app.app_context(), transaction():
            status.forget(since)
        with app.app_context():
            assert db.session.scalar(select(func.count()).where(KeptProjectStatus.as_of == PAST)) == left


def test_what_other_programs_worked_out_is_not_kept(app, many, leader):
    with app.app_context():
        rebuild_in_steps(SYSTEM, NOW, TODAY)
    leader.get(f"/projects?as_of={PAST}")
    work(app)
    for made_by, left in (("", 6), ("other programs", 0)):
        with app.app_context():
            if made_by:
                with transaction():
                    db.session.execute(update(Setting).where(Setting.key == MADE_BY).values(value=made_by))
            rebuild_in_steps(SYSTEM, NOW, TODAY)
            assert db.session.scalar(select(func.count()).where(KeptProjectStatus.as_of == PAST)) == left
