"""LG-14: a ledger of more than a step is posted in the background; it can be left, and is gone on with."""

from __future__ import annotations

import datetime as dt
import io
import sys
from pathlib import Path

import pytest
from builders import NOW, make_user, sign_in
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

sys.path.append(str(Path(__file__).parents[1] / "ledger"))

from test_posting import ledger
from workbooks import places

from projects.core.errors import ConflictError
from projects.database import transaction
from projects.extensions import db
from projects.models import AuditEntry, LedgerUpload, Project, User
from projects.portfolio.ledger import operations as ledgers
from projects.portfolio.posting import operations, queries, views
from projects.portfolio.posting.steps import LEFT, MOST_TRIES, Posting, over, posting_of, stepped
from projects.web.background import WORKER

COUNT = 31  # two steps of 15, and one


def rows(count: int = COUNT) -> list[list[object]]:
    return [[n, f"泗水县第{n}卫生室", None, "泗水县", "泗水县卫健局", None, 100 + n] for n in range(1, count + 1)]


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    with app.app_context():
        places()
        return sign_in(app.test_client(), make_user("dispatcher", name="d1"))


def send(browser: FlaskClient, *lines: object) -> str:
    form = {
        "file": (io.BytesIO(ledger(*lines)), "台账.xlsx"),
        "place": "370800",
        "unit": "",
        "month": "",
        "document": "",
    }
    answer = browser.post("/ledgers", data=form, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.text
    return answer.location.partition("?")[0]


def work(app: Flask) -> None:
    with app.app_context():
        app.extensions[WORKER].work()


def upload_now() -> LedgerUpload:
    return db.session.scalars(select(LedgerUpload)).one()


def projects_now() -> int:
    return db.session.scalar(select(func.count()).select_from(Project)) or 0


@pytest.mark.parametrize(("count", "waits"), [(15, False), (16, True)])
def test_lg14_one_step_is_posted_at_once_and_more_in_the_background(app: Flask, browser, count: int, waits: bool):
    where = send(browser, *rows(count))
    assert browser.post(f"{where}/post").status_code == 302
    with app.app_context():
        assert projects_now() == (0 if waits else count)
        assert (posting_of(upload_now().counts) is not None) == waits
    assert ("台账正在入库" in browser.get(where).text) == waits


def test_lg14_the_page_shows_how_far_it_is_without_scripts_too_and_can_be_left(app: Flask, browser):
    where = send(browser, *rows())
    browser.post(f"{where}/post")
    page = browser.get(where).text
    assert f'<progress max="{COUNT}" value="0"' in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert "确认入库" not in page
    assert "正在入库" in browser.get("/ledgers").text
    work(app)
    page = browser.get(where).text
    assert "这份台账写入了什么" in page
    assert "refresh" not in page
    with app.app_context():
        own = upload_now()
        assert (own.state, own.counts["posted"], own.counts["new"], posting_of(own.counts)) == (
            "posted", COUNT, COUNT, None,
        )  # fmt: skip
        assert projects_now() == COUNT
        user = db.session.scalars(select(User).where(User.username == "d1")).one()
        added = select(AuditEntry.actor_id).where(AuditEntry.tag == "project:project:added").distinct()
        assert db.session.scalars(added).all() == [user.id]  # for whoever asked


def test_lg14_while_it_is_posted_nothing_else_is_done_with_it(app: Flask, browser):
    where = send(browser, *rows())
    browser.post(f"{where}/post")
    with app.app_context():
        version = upload_now().version
    for act in ("post", "columns", "choices", "drop", "undo"):
        answer = browser.post(f"{where}/{act}", data={"version": str(version), "reason": "错"})
        assert answer.status_code == 409, act
        assert "正在入库" in answer.text
    with app.app_context():
        assert projects_now() == 0


def test_lg14_what_a_dead_process_left_is_gone_on_with_where_it_was(app: Flask, browser, monkeypatch):
    where = send(browser, *rows())
    browser.post(f"{where}/post")
    with app.app_context():
        key, calls, real = upload_now().id, [], views.post

        def dies(acting, ready):
            if calls:
                raise SystemExit
            calls.append(ready)
            return real(acting, ready)

        with transaction():
            assert operations.take(key, NOW)
        monkeypatch.setattr(views, "post", dies)
        with pytest.raises(SystemExit):
            views.post_all(key)
        db.session.rollback()
        assert projects_now() == 15
        assert upload_now().counts["posted"] == 15
        monkeypatch.undo()
        beat = posting_of(upload_now().counts).beat
        assert queries.next_posting(beat + LEFT) is None  # the limit: somebody may still be at it
        assert queries.next_posting(beat + LEFT + dt.timedelta(seconds=1)) == key
        with transaction():
            assert operations.take(key, beat + LEFT + dt.timedelta(seconds=1))
        assert views.post_all(key) == []
        assert projects_now() == COUNT
        assert upload_now().counts["posted"] == COUNT


def test_lg14_two_processes_do_not_post_it_twice(app: Flask, browser):
    where = send(browser, *rows())
    browser.post(f"{where}/post")
    with app.app_context(), transaction():
        key = upload_now().id
        assert operations.take(key, NOW)
        assert not operations.take(key, NOW)
        assert queries.next_posting(NOW) is None


def test_lg14_it_is_given_up_after_three_tries_that_posted_nothing(app: Flask, browser):
    where = send(browser, *rows())
    browser.post(f"{where}/post")
    with app.app_context():
        key, at = upload_now().id, NOW
        for _ in range(MOST_TRIES):
            at += LEFT + dt.timedelta(seconds=1)
            with transaction():
                assert operations.take(key, at)
        with transaction():
            assert not operations.take(key, at + LEFT + dt.timedelta(seconds=1))
    page = browser.get(where).text
    assert "试了 3 次都没有做完" in page
    assert "确认入库" in page  # and may be asked for again
    browser.post(f"{where}/post")
    work(app)
    with app.app_context():
        assert projects_now() == COUNT


def test_lg14_what_another_changed_meanwhile_stops_it_and_is_told(app: Flask, browser, monkeypatch):
    where = send(browser, *rows())
    browser.post(f"{where}/post")
    real = ledgers._check_unchanged

    def overtaken(items, stored):
        if any(item.name == "泗水县第20卫生室" for item in items):
            raise ConflictError("“%(name)s”刚被他人改过, 请刷新后再看", name="泗水县第20卫生室")
        real(items, stored)

    monkeypatch.setattr(ledgers, "_check_unchanged", overtaken)
    work(app)
    with app.app_context():
        assert projects_now() == 15  # the step before it stays
    page = browser.get(where).text
    assert "入库没有做完" in page
    assert "“泗水县第20卫生室”刚被他人改过" in page
    assert "确认入库 16 个项目" in page


def test_lg14_nobody_posts_for_a_person_who_may_not_any_more(app: Flask, browser):
    where = send(browser, *rows())
    browser.post(f"{where}/post")
    with app.app_context(), transaction():
        user = db.session.scalars(select(User).where(User.username == "d1")).one()
        user.role = "leader"
    work(app)
    with app.app_context():
        assert projects_now() == 0
        assert upload_now().counts["problem"]


@pytest.mark.parametrize(("seconds", "free"), [(0, False), (120, False), (121, True)])
def test_lg14_a_claim_lapses_two_minutes_after_the_last_step(seconds: int, free: bool):
    begun = Posting(1, 31, leave=True).begun(NOW)
    assert Posting(1, 31, leave=True).is_free(NOW)
    assert begun.is_free(NOW + dt.timedelta(seconds=seconds)) == free
    counts = stepped({"posted": 15, **begun.figures()}, NOW)
    assert posting_of(counts) == Posting(1, 31, True, 0, NOW)
    assert over(counts, []) == {"posted": 15}
