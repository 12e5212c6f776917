"""The history on the page: old → new in words, searched by auditors, paged by id; and the commands that hold it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from builders import make_day, make_project, make_user, sign_in
from flask import Flask
from history.record.conftest import NOW, write
from pages import words_of
from sqlalchemy import text

from projects.config import kept_days
from projects.core.errors import ConfigError, InvalidError
from projects.core.permissions import Actor
from projects.database import transaction
from projects.extensions import db
from projects.history.record import filtering
from projects.history.record.operations import record, safe_of
from projects.history.record.tags import Tag
from projects.history.record.words import said, title


@pytest.fixture
def people(app: Flask) -> dict:
    with app.app_context():
        make_day()
        found = {role: make_user(role, name=role) for role in ("manager", "auditor", "finance")}
        own = make_project("own", manager=found["manager"])
        make_project("foreign")
        who = Actor(found["manager"].id, "示例经办", "manager", address="192.0.2.7")
        for number in range(60):
            changes = {
                "state": ["draft", "submitted"],
                "percent_structure": ["40", str(number)],
                "narrative": ["", "<b>封顶</b>"],
                "form": [None, "k"],
            }
            with transaction():
                record(
                    who, NOW + dt.timedelta(hours=number), Tag.REPORT_SUBMITTED, own, project_id=own.id, changes=changes
                )
        with transaction():
            record(who, NOW, Tag.REQUEST_REFUSED, "x", project_id=own.id, result="refused")
            record(
                who,
                NOW,
                Tag.LEDGER_POSTED,
                own,
                project_id=own.id,
                changes={"amount_fen": [None, 1234500], "source": [None, "cbi"], "key": ["start", "start"]},
            )
    return found


def test_a_project_tells_its_changes_in_words_page_by_page(app: Flask, people: dict):
    client = sign_in(app.test_client(), people["manager"])
    answer = client.get("/projects/own/history")
    shown = words_of(answer.text)
    assert "登记资金" in shown
    assert "金额: — → 12345.00 元" in shown
    assert "资金来源: — → 中央预算内投资" in shown
    assert "审批节点: 开工" in shown
    assert "状态: 草稿 → 待审核" in shown
    assert "主体结构 (%): 40 → 59" in shown
    assert "<b>封顶" not in answer.text
    assert "请求被拒" not in shown
    assert answer.text.count("<tr><td") == filtering.PER_PAGE
    before = answer.text.split("before=")[1].split('"')[0]
    older = client.get(f"/projects/own/history?before={before}")
    assert older.text.count("<tr><td") == 61 - filtering.PER_PAGE
    assert client.get("/projects/own/history?before=x").status_code == 422
    assert client.get("/projects/foreign/history").status_code == 404
    assert "主体结构 (%)" in words_of(client.get("/projects/own").text)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("tag=project:ledger:posted", 1),
        ("result=refused", 1),
        ("person=示例经办&until=2021-11-30", 14),
        ("person=manager&since=2021-12-01&until=2021-12-01", 24),
        ("person=nobody", 0),
        ("project=own&tag=project:ledger:posted", 1),
        ("project=foreign", 0),
        ("about=project&tag=project:ledger:posted", 1),
        ("about=system&object=x&result=refused", 1),
        ("person=%25", 0),
    ],
)
def test_auditors_search_by_every_field(app: Flask, people: dict, query: str, count: int):
    client = sign_in(app.test_client(), people["auditor"])
    answer = client.get(f"/admin/audit?{query}")
    assert answer.status_code == 200
    assert answer.text.count('<tr id="e') == count


@pytest.mark.parametrize(
    "query", ["tag=x", "since=2021-02-30", "until=9999-12-31", "since=0001-01-01", "before=1;", "result=x"]
)
def test_a_search_that_cannot_be_is_refused_by_name(app: Flask, people: dict, query: str):
    client = sign_in(app.test_client(), people["auditor"])
    assert client.get(f"/admin/audit?{query}").status_code == 422
    with pytest.raises(InvalidError):
        filtering.read(dict([query.split("=")]))


def test_only_auditors_read_it(app: Flask, people: dict):
    for role in ("manager", "finance"):
        client = sign_in(app.test_client(), people[role])
        assert [
            client.get(address).status_code for address in ("/admin/audit", "/admin/audit.csv", "/admin/audit.xlsx")
        ] == [403] * 3
        assert "/admin/audit" not in client.get("/").text
    assert "/admin/audit" in sign_in(app.test_client(), people["auditor"]).get("/").text


def test_an_export_carries_who_from_where_and_old_to_new(app: Flask, people: dict):
    answer = sign_in(app.test_client(), people["auditor"]).get(
        "/admin/audit.csv?tag=project:report:submitted&person=manager"
    )
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert "示例经办" in answer.text
    assert "状态: 草稿 → 待审核" in answer.text
    assert "192.0.2.7" in answer.text
    assert "2021-11-30T04:00:00.000120+00:00" in answer.text
    assert len(lines) >= 60


def test_a_field_without_a_title_is_something_else_and_odd_values_do_not_crash():
    assert str(title("unheard")) == "其他内容"
    assert said(
        {"a": [1, 2, 3], "b": "x", "role": ["gone", None], "floors_x": [1, 2], "unit.added": [0, 3], "c": [True, False]}
    )


# --- commands and settings --------------------------------------------------------------------------------------------


def test_verify_audit_says_which_row_is_broken_and_why(app: Flask, tmp_path: Path):
    with app.app_context():
        safe_of(db.engine).head_file.unlink(missing_ok=True)
        write(4)
    run = app.test_cli_runner().invoke
    out = tmp_path / "heads"
    assert run(args=["projects", "audit-head", "--out", str(out)]).exit_code == 0
    whole = run(args=["projects", "verify-audit", "--json", "--head", str(out)])
    assert (whole.exit_code, json.loads(whole.output)["whole"]) == (0, True)
    with app.app_context(), transaction():
        record(Actor(None, "later", "system"), NOW, Tag.STATUS_REBUILT, "later")
        safe_of(db.engine).head_file.unlink()
    out.write_text(out.read_text() + "rubbish\n")
    broken = run(args=["projects", "verify-audit", "--head", str(out)])
    assert broken.exit_code == 1
    assert "链头文件" in broken.output


def test_verify_audit_finds_a_cut_tail(app: Flask, tmp_path: Path):
    out = tmp_path / "heads"
    with app.app_context():
        safe_of(db.engine).head_file.unlink(missing_ok=True)
        write(4)
        assert app.test_cli_runner().invoke(args=["projects", "audit-head", "--out", str(out)]).exit_code == 0
        safe_of(db.engine).head_file.unlink()
        from apps import let_history_go

        with transaction():
            again = let_history_go()
            db.session.execute(text("DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry)"))
            for statement in again:
                db.session.execute(text(statement))
    found = app.test_cli_runner().invoke(args=["projects", "verify-audit", "--json", "--head", str(out)])
    assert found.exit_code == 1
    assert [one["why"] for one in json.loads(found.output)["faults"]] == ["cut"]


def test_the_history_is_kept_for_six_months_at_least():
    """HI-7."""
    assert kept_days("184") == 184
    for text_ in ("183", "0", "-1", "", "x"):
        with pytest.raises(ConfigError):
            kept_days(text_)


def test_the_installation_uses_the_key_it_is_given(tmp_path: Path):
    from apps import make_app

    app = make_app("sqlite://", tmp_path, AUDIT_KEY="a key from outside")
    with app.app_context():
        assert safe_of(db.engine).seal.key == b"a key from outside"
    assert not (tmp_path / "audit_key").exists()
