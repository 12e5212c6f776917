"""Adding, showing, handing out and removing files, on both databases and both storages. Rules
FI-6 and FI-7.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path

import pytest
from builders import NOW, TODAY, actor_of, make_day, make_gate, make_project, make_report, make_user, sign_in
from pages import fields_of, words_of
from pictures import exif, jpeg, pdf, png, post
from PIL import Image
from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, ForbiddenError
from projects.database import transaction
from projects.extensions import db
from projects.models import Attachment, AuditEntry, MonthlyReport
from projects.works.files import operations, queries
from projects.works.files.checks import MAX_BODY, MAX_FILES
from projects.works.files.storage import new_key, open_storage

HOME = "/projects/mine/files"
REPORT = "/projects/mine/reports/2021-10/1/files"


@pytest.fixture
def world(app, tmp_path, request):
    """A manager with a project, a draft report and a gate; somebody else's project with a file."""
    was = app.config["STORAGE_URL"], app.config["INSTANCE_PATH"]
    app.config["INSTANCE_PATH"] = str(tmp_path)
    if "s3_url" in request.fixturenames:
        app.config["STORAGE_URL"] = request.getfixturevalue("s3_url")
    with app.app_context():
        make_day()
        people = {
            role: make_user(role, name=role)
            for role in ("manager", "leader", "dispatcher", "finance", "admin", "auditor", "reviewer")
        }
        mine = make_project("mine", manager=people["manager"])
        make_report(mine, "2021-10", author=people["manager"], state="draft")
        make_report(mine, "2021-09", author=people["manager"])
        make_gate(mine, "start")
        other = make_user("manager", name="other")
        make_project("foreign", manager=other)
    client = sign_in(app.test_client(), people["manager"])
    yield {
        "client": client,
        "people": people,
        "other": sign_in(app.test_client(), other),
        "store": lambda: open_storage(app.config["STORAGE_URL"], str(tmp_path)),
    }
    app.config["STORAGE_URL"], app.config["INSTANCE_PATH"] = was


def send(client, address=HOME, *files, **fields):
    """Post `files`, each (name, bytes); one small photo where none is named."""
    return post(client, address, files or [("现场.jpg", jpeg())], **fields)


def rows(app):
    with app.app_context():
        return list(db.session.scalars(select(Attachment).order_by(Attachment.id)))


def audits(app):
    with app.app_context():
        return list(
            db.session.scalars(select(AuditEntry).where(AuditEntry.tag.like("project:file:%")).order_by(AuditEntry.id))
        )


def test_a_photo_is_added_shown_handed_out_and_recorded(app, world):
    client = world["client"]
    answer = send(client, REPORT, ("济宁 主体封顶.jpg", jpeg((800, 600), exif=exif(6))))
    assert answer.status_code == 302
    assert answer.location.endswith("/projects/mine/reports/2021-10/1#files")
    [row] = rows(app)
    assert (row.filename, row.media_type, row.report_id is not None, row.gate_id) == (
        "济宁 主体封顶.jpg",
        "image/jpeg",
        True,
        None,
    )
    assert row.size == len(world["store"]().get(row.storage_key))
    assert world["store"]().names() == sorted([row.storage_key, row.thumbnail_key])
    assert "济宁" not in row.storage_key
    for page in ("/projects/mine/reports/2021-10", "/projects/mine/reports/2021-10/1", HOME, "/projects/mine"):
        text = client.get(page).text
        assert "济宁 主体封顶.jpg" in text, page
        assert f"{HOME}/{row.id}/thumbnail" in text, page
    got = client.get(f"{HOME}/{row.id}")
    assert Image.open(io.BytesIO(got.data)).size == (600, 800)
    assert b"Exif" not in got.data
    tags = [(one.tag, one.project_id, one.actor_id) for one in audits(app)]
    assert tags == [
        (tag, row.project_id, row.uploaded_by_id) for tag in ("project:file:added", "project:file:downloaded")
    ]


def test_a_file_is_handed_out_to_be_saved_in_a_sandbox(app, world):
    send(world["client"], HOME, ("施工许可证 “正本”.pdf", pdf(b"% /JS (app.alert(1))\n")), ("a.png", png()))
    paper, photo = rows(app)
    for row, kind in ((paper, "application/pdf"), (photo, "image/png")):
        answer = world["client"].get(f"{HOME}/{row.id}")
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.mimetype == kind
    small = world["client"].get(f"{HOME}/{photo.id}/thumbnail")
    assert (small.mimetype, small.headers["Content-Security-Policy"]) == ("image/jpeg", "sandbox; default-src 'none'")
    assert world["client"].get(f"{HOME}/{paper.id}/thumbnail").status_code == 404
    told = world["client"].get(f"{HOME}/{paper.id}").headers["Content-Disposition"]
    from urllib.parse import unquote

    assert unquote(re.search(r"filename\*=UTF-8''([^;]+)", told)[1]) == paper.filename == "施工许可证 “正本”.pdf"
    assert told.isascii()


def test_papers_lie_at_their_gate_and_at_the_project(app, world):
    assert send(world["client"], "/projects/mine/gates/start/files", ("许可.pdf", pdf())).location.endswith(
        "/projects/mine/gates/start/files"
    )
    send(world["client"], HOME, ("合同.pdf", pdf(b"% two\n")))
    assert "许可.pdf" in world["client"].get("/projects/mine/gates/start/files").text
    assert "合同.pdf" not in world["client"].get("/projects/mine/gates/start/files").text
    page = words_of(world["client"].get(HOME).text)
    assert page.index("合同.pdf") < page.index("许可.pdf")
    assert "文件 1" in words_of(world["client"].get("/projects/mine/gates").text)


def test_what_cannot_be_kept_is_named_and_the_rest_is_kept(app, world):
    answer = send(world["client"], REPORT, ("好.jpg", jpeg()), ("坏.jpg", b"<svg onload=alert(1)>"), ("空.jpg", b""))
    assert answer.status_code == 422
    page = words_of(answer.text)
    assert "坏.jpg" in page
    assert "网页或矢量图" in page
    assert "空.jpg" in page
    assert "其余 1 个已保存" in page
    assert [row.filename for row in rows(app)] == ["好.jpg"]


def test_nothing_chosen_is_said_and_nothing_happens(app, world):
    assert "请先选择照片或文件" in send(world["client"], HOME, ("", b"")).text
    assert world["client"].post(HOME).status_code == 422
    assert rows(app) == []


def test_nine_fit_and_a_tenth_is_refused_leaving_nothing_behind(app, world):
    photos = [(f"{number}.jpg", jpeg((40 + number, 40))) for number in range(MAX_FILES)]
    assert send(world["client"], REPORT, *photos).status_code == 302
    before = world["store"]().names()
    answer = send(world["client"], REPORT, ("十.jpg", jpeg((90, 90))))
    assert answer.status_code == 422
    assert "最多放 9 个" in words_of(answer.text)
    assert len(rows(app)) == 9
    assert world["store"]().names() == before


def test_ten_at_once_keep_the_first_nine_and_name_the_tenth(app, world):
    answer = send(world["client"], HOME, *[(f"n{number}.jpg", jpeg((40 + number, 40))) for number in range(10)])
    assert answer.status_code == 422
    assert "n9.jpg" in answer.text
    assert len(rows(app)) == 9


def test_the_same_photo_sent_twice_lies_there_once(app, world):
    for _ in range(3):
        assert send(world["client"], REPORT).status_code == 302
    assert len(rows(app)) == 1
    assert len(world["store"]().names()) == 2
    send(world["client"], HOME)
    assert len(rows(app)) == 2  # elsewhere it is another one


def test_a_removed_file_is_gone_from_pages_but_kept_for_the_history(app, world):
    send(world["client"], REPORT)
    [row] = rows(app)
    for _ in range(2):
        answer = world["client"].post(f"{HOME}/{row.id}/remove", data={"next": "/projects/mine/reports/2021-10#files"})
    assert answer.status_code == 404  # the second time there is none
    [row] = rows(app)
    assert row.removed_at is not None
    assert world["store"]().get(row.storage_key)
    assert "现场.jpg" not in world["client"].get("/projects/mine/reports/2021-10").text
    for address in (f"{HOME}/{row.id}", f"{HOME}/{row.id}/thumbnail"):
        assert world["client"].get(address).status_code == 404
    assert [one.tag for one in audits(app)] == ["project:file:added", "project:file:removed"]
    assert send(world["client"], REPORT).status_code == 302
    assert len(rows(app)) == 2


def test_a_report_that_was_submitted_keeps_its_photos_as_they_are(app, world):
    send(world["client"], REPORT)
    with app.app_context(), transaction():
        db.session.scalars(select(MonthlyReport).where(MonthlyReport.state == "draft")).one().state = "submitted"
    [row] = rows(app)
    assert send(world["client"], REPORT, ("b.jpg", jpeg((99, 99)))).status_code == 409
    assert world["client"].post(f"{HOME}/{row.id}/remove").status_code == 409
    page = world["client"].get("/projects/mine/reports/2021-10/1").text
    assert "现场.jpg" in page
    assert "/remove" not in page
    assert 'type="file"' not in page
    assert rows(app)[0].removed_at is None
    assert len(world["store"]().names()) == 2


def test_another_project_and_its_files_are_not_found(app, world):
    send(world["other"], "/projects/foreign/files", ("机密.jpg", jpeg()))
    [row] = rows(app)
    for address in (
        f"/projects/foreign/files/{row.id}",
        "/projects/foreign/files",
        f"{HOME}/{row.id}",
        f"{HOME}/{row.id}/thumbnail",
        "/projects/foreign/gates/start/files",
    ):
        answer = world["client"].get(address)
        assert answer.status_code == 404, address
        assert "机密" not in answer.text, address
    for address in (f"{HOME}/{row.id}/remove", f"/projects/foreign/files/{row.id}/remove"):
        assert world["client"].post(address).status_code == 404
    for address in (
        "/projects/foreign/files",
        "/projects/mine/reports/2021-10/7/files",
        "/projects/mine/reports/1999-13/1/files",
        "/projects/mine/gates/none/files",
    ):
        assert send(world["client"], address).status_code == 404, address
    assert rows(app)[0].removed_at is None
    assert len(rows(app)) == 1


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        ("leader", 200, 403),
        ("finance", 200, 403),
        ("dispatcher", 200, 302),
        ("reviewer", 404, 403),
        ("admin", 403, 403),
        ("auditor", 403, 403),
    ],
)
def test_each_role_reads_and_writes_as_the_policy_says(app, world, role, reads, writes):
    send(world["client"], HOME)
    [row] = rows(app)
    client = sign_in(app.test_client(), world["people"][role])
    assert client.get(f"{HOME}/{row.id}").status_code == client.get(HOME).status_code == reads
    if reads == 200:
        assert ('type="file"' in client.get(HOME).text) == (writes == 302)
    assert send(client, HOME, ("b.jpg", jpeg((77, 77)))).status_code == writes
    assert client.post(f"{HOME}/{row.id}/remove").status_code == writes
    assert app.test_client().get(f"{HOME}/{row.id}").status_code == 302


def test_operations_themselves_refuse_whoever_may_not(app, world, tmp_path):
    store = world["store"]()
    with app.app_context():
        owner = queries.owner(actor_of(world["people"]["leader"]), "mine")
        for who in (actor_of(world["people"]["leader"]), actor_of(world["people"]["manager"])):
            with pytest.raises(ForbiddenError):
                operations.store(Acting(who, NOW, TODAY), store, owner, [("a.jpg", jpeg())])
            with pytest.raises(ForbiddenError), transaction():
                operations.attach(Acting(who, NOW, TODAY), owner, [])
        frozen = queries.owner(actor_of(world["people"]["dispatcher"]), "mine", month=dt.date(2021, 9, 1), revision=1)
        with pytest.raises(ConflictError), transaction():
            operations.attach(Acting(actor_of(world["people"]["dispatcher"]), NOW, TODAY), frozen, [])
    assert store.names() == []


def test_a_row_that_cannot_be_written_takes_its_file_with_it(app, world, monkeypatch):
    def failing(*_args, **_more):
        raise RuntimeError("the database is gone")

    monkeypatch.setattr(operations, "attach", failing)
    with pytest.raises(RuntimeError, match="gone"):
        send(world["client"], HOME)
    assert world["store"]().names() == []
    assert rows(app) == []


def test_a_body_of_nine_photos_is_taken_and_more_is_a_page_that_says_so(app, world):
    answer = world["client"].post(
        HOME,
        data=b"x" * 100,
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(MAX_BODY + 1)},
    )
    assert answer.status_code == 413
    assert "一次最多 9 个文件" in answer.text
    large = ("large.jpg", jpeg() + bytes(9_400_000))  # more than the body of any other form may be
    assert send(world["client"], HOME, large).status_code == 302
    assert (
        send(app.test_client(), HOME, large).status_code == 302
    )  # people unknown are sent to sign in, and their body is left unread
    assert len(rows(app)) == 1


def test_the_form_that_a_browser_shows_goes_where_it_should(app, world):
    page = world["client"].get("/projects/mine/reports/2021-10").text
    assert f'action="{REPORT}"' in page
    assert 'enctype="multipart/form-data"' in page
    assert 'capture="environment"' in page
    assert "files" in fields_of(page)
    assert page.index("</form>", page.index('id="report"')) < page.index(f'action="{REPORT}"')
    back = send(world["client"], REPORT, next="/projects/mine/reports/2021-10#files")
    assert back.location == "/projects/mine/reports/2021-10#files"
    assert send(world["client"], REPORT, ("c.jpg", jpeg((81, 81))), next="https://evil.example/").location.startswith(
        "/projects/mine/"
    )


def test_before_there_is_a_draft_the_page_says_what_to_do(world):
    assert "先保存草稿" in world["client"].get("/projects/mine/reports/2021-11").text
    assert "还没有直接放在项目下的照片或文件" in world["client"].get(HOME).text


def test_an_approved_report_of_a_later_day_keeps_its_photos_from_an_earlier_view(app, world):
    send(world["client"], REPORT)
    assert "现场.jpg" in world["client"].get(f"{HOME}?as_of=2021-11-30").text
    assert "现场.jpg" not in world["client"].get(f"{HOME}?as_of=2021-10-01").text


def test_a_file_that_is_missing_or_altered_is_told_and_not_handed_out(app, world):
    send(world["client"], HOME)
    [row] = rows(app)
    world["store"]().put(row.storage_key, b"something else")
    answer = world["client"].get(f"{HOME}/{row.id}")
    assert answer.status_code == 400
    assert "校验值" in answer.text
    world["store"]().remove(row.storage_key)
    assert "不在存储中" in world["client"].get(f"{HOME}/{row.id}").text
    assert [one.tag for one in audits(app)] == ["project:file:added"]


@pytest.mark.parametrize("kind", ["folder", "s3"])
def test_what_no_row_refers_to_is_swept_after_an_hour_and_nothing_else(app, tmp_path, request, kind, world):
    store = open_storage(request.getfixturevalue("s3_url") if kind == "s3" else "", str(tmp_path))
    app.config["STORAGE_URL"] = request.getfixturevalue("s3_url") if kind == "s3" else ""
    send(world["client"], HOME)
    send(world["client"], HOME, ("b.jpg", jpeg((70, 70))))
    kept = store.names()
    world["client"].post(f"{HOME}/{rows(app)[0].id}/remove")
    now = dt.datetime.now(dt.UTC)
    old, young = new_key(now - dt.timedelta(hours=2)), new_key(now - dt.timedelta(minutes=30))
    store.put(old, b"x")
    store.put(young, b"x")
    result = app.test_cli_runner().invoke(args=["projects", "sweep-files"])
    assert (result.exit_code, result.output) == (0, "1 removed, 0 missing\n")
    assert store.names() == sorted([*kept, young])
    store.remove(rows(app)[1].storage_key)
    result = app.test_cli_runner().invoke(args=["projects", "sweep-files"])
    assert result.exit_code == 1
    assert "0 removed, 1 missing" in result.output


def test_everything_works_with_an_s3_store_too(app, s3_url, world, tmp_path):
    send(world["client"], REPORT, ("s3.jpg", jpeg()))
    [row] = rows(app)
    assert (
        world["client"].get(f"{HOME}/{row.id}").status_code
        == world["client"].get(f"{HOME}/{row.id}/thumbnail").status_code
        == 200
    )
    assert len(world["store"]().names()) == 2
    assert not Path(tmp_path, "uploads").exists()


def test_the_page_costs_the_same_for_any_number_of_files(app, world):
    from counting import counted

    found = []
    for number in (1, 8):
        send(world["client"], HOME, *[(f"{number}-{one}.jpg", jpeg((50 + number, 30 + one))) for one in range(number)])
        with counted(app) as sent:
            assert world["client"].get(HOME).status_code == 200
        found.append(len(sent))
    assert found[0] == found[1] < 20


def test_samples_can_be_cleared_after_people_attached_photos_to_them(app, world):
    from projects.core.permissions import SYSTEM
    from projects.samples.demo.operations import clear_samples

    send(world["client"], REPORT)
    send(world["client"], HOME, ("own.jpg", jpeg((80, 80))))
    with app.app_context():
        with transaction():
            db.session.scalars(select(MonthlyReport).where(MonthlyReport.state == "draft")).one().is_sample = True
        with transaction():
            clear_samples(SYSTEM, NOW)
    assert [row.filename for row in rows(app)] == ["own.jpg"]
