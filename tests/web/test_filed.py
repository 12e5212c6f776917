"""The request pattern: one transaction, and the form back with everything typed where it can't be taken."""

import datetime as dt

import pytest
from builders import make_day
from flask import get_flashed_messages
from sqlalchemy import select
from wtforms import StringField
from wtforms.validators import InputRequired

from projects.core.errors import ConflictError, ForbiddenError, InvalidError
from projects.core.text import Text
from projects.extensions import db
from projects.models import Setting
from projects.web import clock
from projects.web.filed import attempted, entered, filed, gone_to
from projects.web.forms import Form


class Note(Form):
    text = StringField(validators=[InputRequired("必填")])


@pytest.fixture
def sent(app):
    """A form that was sent, `text` filled as said; `send` runs the pattern on it and returns form and answer."""

    def send(pattern, write, text="字", **more):
        with app.test_request_context(method="POST", data={"text": text}):
            form = Note(meta={"csrf": False})
            answer = pattern(form, write, lambda written: f"done {written}", lambda: f"again {form.text.data}", **more)
            return form, answer

    with app.app_context():
        make_day()
    return send


def refuse(problem):
    def write():
        db.session.add(Setting(key="half", value="1"))
        db.session.flush()
        raise problem

    return write


def test_what_is_written_is_stored_and_told(app, sent):
    def write():
        db.session.add(Setting(key="whole", value="1"))
        return 7

    assert sent(filed, write)[1] == "done 7"
    with app.app_context():
        assert db.session.scalar(select(Setting.value).where(Setting.key == "whole")) == "1"


def test_a_form_that_lacks_something_reaches_no_operation(sent):
    form, answer = sent(filed, lambda: pytest.fail("written"), text="")
    assert answer == ("again ", 422)
    assert form.text.errors == ["必填"]


def test_where_the_operation_reads_the_fields_nothing_is_checked_before(sent):
    assert sent(entered, lambda: 1, text="")[1] == "done 1"


@pytest.mark.parametrize("pattern", [filed, entered])
def test_a_field_that_can_not_be_taken_comes_back_with_its_reason(app, sent, pattern):
    form, answer = sent(pattern, refuse(InvalidError({"text": Text("太短")})))
    assert answer == ("again 字", 422)
    assert form.text.errors == ["太短"]
    with app.app_context():
        assert db.session.scalar(select(Setting.value).where(Setting.key == "half")) is None


@pytest.mark.parametrize("pattern", [filed, entered])
def test_a_conflict_comes_back_at_the_forms_head(sent, pattern):
    form, answer = sent(pattern, refuse(ConflictError("别人更快")))
    assert answer == ("again 字", 409)
    assert form.form_errors == ["别人更快"]


def test_a_conflict_may_have_a_page_of_its_own(sent):
    form, answer = sent(filed, refuse(ConflictError("别人更快")), clash=lambda said: f"both: {said}")
    assert answer == ("both: 别人更快", 409)
    assert form.form_errors == []


def test_what_nobody_may_do_is_told_on_the_form_only_where_all_problems_are(sent):
    with pytest.raises(ForbiddenError):
        sent(filed, refuse(ForbiddenError("不行")))
    with pytest.raises(ForbiddenError):
        sent(entered, refuse(ForbiddenError("不行")), told=ConflictError)
    form, answer = sent(entered, refuse(ForbiddenError("不行")))
    assert answer == ("again 字", 403)
    assert form.form_errors == ["不行"]


def test_a_page_of_buttons_is_told_the_problem_itself(app):
    with app.test_request_context(method="POST"):
        invalid, conflict = InvalidError({"text": Text("太短")}), ConflictError("别人更快")
        for problem, status in ((invalid, 422), (conflict, 409)):
            found = attempted(refuse(problem), lambda _: pytest.fail("done"), lambda one: f"again {one.text.msgid}")
            assert found == (f"again {problem.text.msgid}", status)
        assert attempted(lambda: 7, lambda written: f"done {written}", lambda _: "again") == "done 7"
        assert db.session.scalar(select(Setting.value).where(Setting.key == "half")) is None


def test_what_was_done_is_said_and_a_later_day_with_it(app):
    with app.app_context():
        make_day()
    with app.test_request_context():
        assert gone_to("/funding", "已登记").location == "/funding"
        assert get_flashed_messages() == ["已登记"]
    with app.test_request_context():
        gone_to("/funding", "已登记", clock.status_date() + dt.timedelta(1))
        said = get_flashed_messages()
        assert said[0] == "已登记"
        assert "把页面上方的日期选到那天才看得到" in said[1]
