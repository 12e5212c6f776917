"""HI-12 and HI-13: the history in words, found by the person concerned, proved whole by a button."""

from __future__ import annotations

import ast
import datetime as dt
import re
from pathlib import Path

import pytest
from builders import make_day, make_project, make_report, make_user, sign_in
from entering import history
from flask import Flask
from pages import words_of
from sqlalchemy import text

from projects.core.permissions import SYSTEM, Actor
from projects.database import transaction
from projects.extensions import db
from projects.history.record.operations import record, safe_of
from projects.history.record.tags import WORDS, Tag, tag_word
from projects.history.record.words import NAMES, OBJECTS, RIGHTS, has_words
from projects.people.tokens.rules import CHOICES
from projects.portfolio.history import views
from projects.portfolio.history.naming import about
from projects.portfolio.history.pages import ACTS, PAGES, page_words

NOW = dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC)
ROOT = Path(__file__).parents[3] / "projects"


@pytest.fixture
def people(app: Flask) -> dict:
    with app.app_context():
        make_day()
        found = {role: make_user(role, name=role) for role in ("auditor", "admin", "security", "manager", "finance")}
        found["wang"] = make_user("leader", name="wang", display_name="王小明")
        make_report(make_project("own", manager=found["manager"]), "2021-10", author=found["manager"])
    return found


def audit(app: Flask, people: dict, query: str = "") -> str:
    return sign_in(app.test_client(), people["auditor"]).get(f"/admin/audit{query}").text


# --- words ------------------------------------------------------------------------------------------------------------


def test_hi12_every_tag_object_page_and_right_has_words(app: Flask):
    assert set(WORDS) == set(Tag)
    assert set(db.metadata.tables) <= set(OBJECTS)
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()} - {"static"}
    assert {one.partition(".")[0] for one in endpoints} <= set(PAGES)
    assert set(ACTS) <= endpoints
    assert {action for _, actions in CHOICES.values() for action in actions} <= set(RIGHTS)
    assert str(page_words("accounts.change_password")) == "修改密码"
    assert str(page_words("gone.away")) == "其他页面"
    assert str(tag_word("gone:away")) == "其他操作"


def test_hi12_whatever_operations_name_instead_of_a_row_has_words():
    """The names that stand in calls of `record`, read from the source."""
    named = set()
    for path in ROOT.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) == "record":
                kinds = {one.value.value for one in call.keywords if one.arg == "kind" and hasattr(one.value, "value")}
                if len(call.args) > 3 and isinstance(call.args[3], ast.Constant) and not kinds:
                    named.add(call.args[3].value)
    assert len(named) > 5
    assert named <= set(NAMES)
    assert not has_words("unheard")  # the control: what nobody gave words to is noticed


def test_hi12_an_object_is_called_by_its_name_else_by_its_number():
    assert str(about("user", "10", "王小明 (wang)")) == "用户 王小明 (wang)"
    assert str(about("ledger_entry", "12", None)) == "资金记录 第 12 号"
    assert str(about("file", "到账.csv", None)) == "文件 到账.csv"
    assert str(about("system", "audit", None)) == "审计记录"
    assert str(about("unheard", "x", None)) == "其他内容"


INSIDE = re.compile(
    r"用户 \d|应答码|\b(accounts|people|audit|reports|treasury)\.\w+|\b(user|project|funding|audit):\w+"
    r"|[a-z]+_[a-z]+|POST |"
    r"\b(302|403|404|422)\b|[0-9a-f]{64}"
)


def table_of(page: str) -> str:
    """The words of the entries' table."""
    return words_of(re.search(r"<table>.*?</table>", page, re.DOTALL)[0])


def test_hi12_nothing_of_the_inside_stands_on_the_page_but_in_the_export(app: Flask, people: dict):
    admin, manager = (sign_in(app.test_client(), people[role]) for role in ("admin", "manager"))
    assert admin.post(f"/admin/users/{people['wang'].id}/stop").status_code == 302
    assert manager.post("/account/password", data={"current": "x"}).status_code == 422
    assert manager.get("/admin/users").status_code == 403
    manager.get("/projects.csv")
    with app.app_context(), transaction():
        record(SYSTEM, NOW, Tag.IMPORT_POSTED, "x", changes={"filename": ["a", "a"], "sha256": [None, "ab" * 32]})
    audit(app, people, "?tag=user:role:changed&concerning=王")
    page = audit(app, people)
    shown = table_of(page)
    for words in (
        "用户 王小明 (wang)",
        "修改密码",
        "原因: 填写有误",
        "“用户和权限”页",
        "原因: 没有权限",
        "操作: 修改权限",
    ):
        assert words in shown, words
    assert INSIDE.findall(shown) == []
    exported = sign_in(app.test_client(), people["auditor"]).get("/admin/audit.csv").text
    for words in ("技术细节", "request=POST /account/password", "page accounts.change_password", "sha256=" + "ab" * 32):
        assert words in exported, words


def test_hi12_a_project_s_readers_see_words_too(app: Flask, people: dict):
    with app.app_context(), transaction():
        project = db.session.execute(text("SELECT id FROM project")).scalar_one()
        changes = {"reverses": [3, 4], "rule": ["F-1", "F-1"], "sha256": [None, "ab" * 32]}
        record(SYSTEM, NOW, Tag.LEDGER_REVERSED, "4", kind="ledger_entry", project_id=project, changes=changes)
        db.session.execute(
            text(
                "INSERT INTO audit_entry (at, actor_name, tag, result, project_id, object_type, object_id, changes) "
                "VALUES ('2026-01-01', 'x', 'project:old:gone', 'done', :id, 'gone', '1', '{\"old_field\": [1, 2]}')"
            ),
            {"id": project},
        )
    client = sign_in(app.test_client(), people["manager"])
    shown = table_of(client.get("/projects/own/history").text)
    assert "冲销的记录: 第 3 号 → 第 4 号" in shown
    assert "其他操作" in shown
    assert "其他内容: 1 → 2" in shown
    assert INSIDE.findall(shown) == []
    assert "其他操作" in words_of(client.get("/projects/own").text)


# --- the person concerned ---------------------------------------------------------------------------------------------


def test_hi12_who_did_what_to_a_person_is_found_by_their_name_then_and_now(app: Flask, people: dict):
    admin = sign_in(app.test_client(), people["admin"])
    for act in ("stop", "resume"):
        assert admin.post(f"/admin/users/{people['wang'].id}/{act}").status_code == 302
    assert admin.post(f"/admin/users/{people['finance'].id}/stop").status_code == 302
    found = table_of(audit(app, people, "?concerning=王小明&tag=user:account:stopped"))
    assert found.count("停用账号") == 1
    assert "示例admin" in found
    with app.app_context(), transaction():
        db.session.execute(text("UPDATE \"user\" SET display_name = '王大明' WHERE username = 'wang'"))
    for name in ("王小明", "王大明", "wang"):
        assert "恢复账号" in table_of(audit(app, people, f"?concerning={name}&tag=user:account:resumed"))
    assert "王小明 (wang)" in table_of(audit(app, people, "?concerning=王大明"))  # as they were called then
    assert "没有符合条件的记录" in audit(app, people, "?concerning=nobody")
    assert "没有符合条件的记录" in audit(app, people, "?concerning=%25")


# --- the proof --------------------------------------------------------------------------------------------------------


def proof(app: Flask, people: dict) -> str:
    client = sign_in(app.test_client(), people["auditor"])
    assert client.post("/admin/audit/verify").status_code == 302
    return words_of(client.get("/admin/audit").text)


def test_hi13_the_history_is_proved_by_a_button_and_that_is_recorded(app: Flask, people: dict):
    with app.app_context():
        safe_of(db.engine).head_file.unlink(missing_ok=True)
        for number in range(5):
            with transaction():
                record(Actor(None, "x", "system"), NOW, Tag.STATUS_REBUILT, "status", changes={"projects": [0, number]})
    assert "还没有校验过" in words_of(audit(app, people))
    page = proof(app, people)
    assert "没有发现被改、被删或插入的记录" in page
    [(_, found)] = history(app, "audit:history:verified")
    assert found["rows"][1] >= 5
    assert (found["left"], found["faults"]) == ([None, 0], [None, []])
    client = sign_in(app.test_client(), people["auditor"])
    assert client.post("/admin/audit/verify").status_code == 409  # not again at once
    assert sign_in(app.test_client(), people["admin"]).post("/admin/audit/verify").status_code == 403


def test_hi13_a_changed_entry_is_named_in_words(app: Flask, people: dict):
    from apps import let_history_go

    with app.app_context():
        safe_of(db.engine).head_file.unlink(missing_ok=True)
        for _ in range(3):
            with transaction():
                record(SYSTEM, NOW, Tag.STATUS_REBUILT, "status")
        with transaction():
            again = let_history_go()
            number = db.session.execute(text("SELECT min(id) + 1 FROM audit_entry")).scalar_one()
            db.session.execute(text("UPDATE audit_entry SET actor_name = 'y' WHERE id = :id"), {"id": number})
            for statement in again:
                db.session.execute(text(statement))
    page = proof(app, people)
    assert "发现问题" in page
    assert f"第 {number} 号: 内容与摘要不符" in page


def test_hi13_a_check_that_takes_too_long_says_how_far_it_came(app: Flask, people: dict, monkeypatch):
    with app.app_context():
        safe_of(db.engine).head_file.unlink(missing_ok=True)
        with transaction():
            for _ in range(1200):
                record(SYSTEM, NOW, Tag.STATUS_REBUILT, "status")
    monkeypatch.setattr(views, "SECONDS", -1)
    page = proof(app, people)
    assert "没有来得及校验" in page
    assert "没有发现被改、被删或插入的记录" in page  # the head beyond its end is no cut tail
    [(_, found)] = history(app, "audit:history:verified")
    assert found["rows"] == [None, 1000]
    assert found["left"][1] >= 200
