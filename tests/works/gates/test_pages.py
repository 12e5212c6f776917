"""The gates page for each role: what it shows, what it takes, what it refuses without losing a word."""

import datetime as dt
import re

import pytest
from approving import approved, make_approver
from builders import TODAY, make_day, make_gate, make_project, make_user, sign_in
from counting import counted

from projects.database import transaction
from projects.extensions import db
from projects.models import Event
from projects.works.gates.queries import gate_of


@pytest.fixture
def people(app):
    make_approver(app)
    with app.app_context():
        make_day()
        return {role: make_user(role) for role in ("manager", "finance", "dispatcher", "leader", "admin")}


@pytest.fixture
def project(app, people):
    with app.app_context():
        return make_project("wuda", manager=people["manager"], name="市公共卫生医疗中心")


def send(client, gate="start", follow=True, **form):
    return client.post(
        f"/projects/wuda/gates/{gate}",
        data={"action": "record", "version": "", "why": "补记", **form},
        follow_redirects=follow,
    )


def stored(app, project, key="start"):
    with app.app_context():
        return gate_of(project.id, key)


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def test_the_page_lists_every_gate_with_findings_their_law_and_the_countdown(app, client, people, project):
    with app.app_context():
        make_gate(project, "start", dt.date(2021, 3, 1))
        make_gate(project, "completion_acceptance", dt.date(2021, 11, 20))
    shown = text_of(sign_in(client, people["leader"]).get("/projects/wuda/gates"))
    assert "手续办到哪一步了?" in shown
    assert "未批先建" in shown
    assert "开工 (2021-03-01) 之前没有施工许可的记录, 《建筑法》第 7 条要求先办" in shown
    assert "备案不得晚于 2021-12-05, 还有 5 天" in shown
    assert "整体运营" in shown
    assert "登记" not in re.sub("照实登记|登记为不办", "", shown), "a leader is offered nothing to fill"


def test_as_of_a_past_day_shows_what_was_known_and_offers_no_form(app, client, people, project):
    with app.app_context():
        make_gate(project, "start", dt.date(2021, 3, 1))
    page = sign_in(client, people["manager"]).get("/projects/wuda/gates?as_of=2021-02-01&edit=start")
    assert "未批先建" not in page.text
    assert 'name="passed_on"' not in page.text


def test_a_published_event_is_shown_with_its_source(app, client, people, project):
    with app.app_context(), transaction():
        db.session.add(
            Event(
                project_id=project.id,
                happened_on=dt.date(2021, 11, 30),
                precision="month",
                text="正式开工",
                gate_key="start",
                source="https://example.org/a",
            )
        )
    page = sign_in(client, people["leader"]).get("/projects/wuda/gates")
    assert 'href="https://example.org/a"' in page.text
    assert "见于公开报道" in page.text
    assert "来源页面</a> (媒体或转载))" in page.text


def test_pages_of_the_press_are_named_as_such_and_each_has_its_link(app, client, people, project):
    with app.app_context(), transaction():
        db.session.add(
            Event(
                project_id=project.id,
                happened_on=dt.date(2021, 3, 1),
                precision="day",
                text="开工",
                source="市政府公报 https://www.gov.cn/1 ; http://example.org/2",
            )
        )
    page = sign_in(client, people["leader"]).get("/projects/wuda").text
    told = page[page.index('id="events"') :]
    assert re.findall(r'<a href="(http[^"]+)" rel="noreferrer">[^<]+</a>( \(媒体或转载\))?', told) == [
        ("https://www.gov.cn/1", ""),
        ("http://example.org/2", " (媒体或转载)"),
    ]
    assert "来源: 市政府公报 <a" in told


@pytest.mark.parametrize("role", ["manager", "dispatcher"])
def test_a_gate_is_recorded_without_javascript(app, client, people, project, role):
    sign_in(client, people[role])
    assert 'action="/projects/wuda/gates/start#gate-form"' in client.get("/projects/wuda/gates?edit=start").text
    answer = send(client, passed_on="2021-03-01", document_number="无", body="市住建局")
    assert answer.status_code == 200
    assert "已提出申请, 等另一个人同意后办理" in answer.text
    assert stored(app, project) is None
    assert "待同意" in client.get("/projects/wuda/gates").text
    assert approved(app) == "approved"
    gate = stored(app, project)
    assert (gate.passed_on, gate.body) == (dt.date(2021, 3, 1), "市住建局")


def test_waiving_and_clearing_go_by_their_own_buttons(app, client, people, project):
    sign_in(client, people["manager"])
    assert send(client, "proposal", action="waive", waived_reason="建议书代可研").status_code == 200
    assert approved(app) == "approved"
    assert stored(app, project, "proposal").waived_reason == "建议书代可研"
    assert send(client, "proposal", action="clear", version="1").status_code == 200
    assert approved(app) == "approved"
    assert stored(app, project, "proposal").waived_reason == ""


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"passed_on": ""}, "请填写日期"),
        ({"passed_on": "2021-02-30"}, "“2021-02-30”不是日期"),
        ({"passed_on": "昨天"}, "“昨天”不是日期"),
        ({"passed_on": "2021/3/1"}, "请写成 2021-11-30 的样子"),
        ({"passed_on": "2121-12-01"}, "在将来"),
        ({"passed_on": "2021-03-01", "note": "注" * 10_000}, "最多 2000 字"),
        ({"passed_on": "2021-03-01", "body": "零\0"}, "控制字符"),
        ({"passed_on": "2021-03-01", "version": "1e9"}, "请修改后重新提交"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_is_kept(app, client, people, project, form, words):
    answer = send(sign_in(client, people["manager"]), **{"document_number": "打了字的文号"} | form)
    assert answer.status_code == 422
    assert words in answer.text
    assert "打了字的文号" in answer.text
    assert stored(app, project) is None


def test_the_second_writer_sees_both_texts_and_can_send_again(app, client, people, project):
    with app.app_context():
        make_gate(project, "start", dt.date(2021, 3, 1), body="先到的局")
    sign_in(client, people["manager"])
    answer = send(client, passed_on="2021-03-05", body="后到的局")
    assert answer.status_code == 409
    assert "先到的局" in answer.text
    assert "后到的局" in answer.text
    assert 'name="version" type="hidden" value="1"' in answer.text
    assert stored(app, project).body == "先到的局"
    assert send(client, passed_on="2021-03-05", body="后到的局", version="1").status_code == 200
    assert approved(app) == "approved"
    assert stored(app, project).body == "后到的局"


@pytest.mark.parametrize(
    ("role", "read", "write"), [("finance", 200, 403), ("leader", 200, 403), ("admin", 403, 403), (None, 302, 302)]
)
def test_who_may_read_and_write(app, client, people, project, role, read, write):
    if role:
        sign_in(client, people[role])
    assert client.get("/projects/wuda/gates").status_code == read
    assert client.get("/projects/wuda/gates?edit=start").status_code == (read if read != 200 else 403)
    assert send(client, follow=False, passed_on="2021-03-01").status_code == write
    assert stored(app, project) is None


def test_another_managers_project_does_not_exist(app, client, people, project):
    with app.app_context():
        stranger = make_user("manager")
    sign_in(client, stranger)
    for answer in (
        client.get("/projects/wuda/gates"),
        client.get("/projects/wuda/gates?edit=start"),
        send(client, passed_on="2021-03-01"),
    ):
        assert answer.status_code == 404
        assert "市公共卫生医疗中心" not in answer.text
    assert stored(app, project) is None


def test_an_unknown_gate_is_not_found(client, people, project):
    assert send(sign_in(client, people["manager"]), "ribbon", passed_on="2021-03-01").status_code == 404


def test_extra_fields_change_nothing(app, client, people, project):
    send(sign_in(client, people["manager"]), passed_on="2021-03-01", project_id="999", is_sample="1", key="in_use")
    assert approved(app) == "approved"
    assert stored(app, project).is_sample is False
    assert stored(app, project, "in_use") is None


def test_hostile_text_stays_text(app, client, people, project):
    send(sign_in(client, people["manager"]), passed_on="2021-03-01", note="<script>alert(1)</script>{{ 7*7 }}%(x)s")
    assert "<script>alert" not in client.get("/projects/wuda/gates").text  # while it waits
    assert approved(app) == "approved"
    shown = client.get("/projects/wuda/gates").text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown
    assert "{{ 7*7 }}%(x)s" in shown


def test_the_page_costs_the_same_statements_however_much_is_recorded(app, client, people, project):
    sign_in(client, people["manager"])
    with counted(app) as few:
        client.get("/projects/wuda/gates")
    with app.app_context():
        for key in ("start", "eia", "energy", "in_use", "filing"):
            make_gate(project, key, TODAY)
    with counted(app) as many:
        client.get("/projects/wuda/gates")
    assert len(few) == len(many) <= 9
