"""R-13: a report against its own earlier texts: rounds folded from what was filed, versions from what is stored."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from builders import TODAY, make_day, make_project, make_report, make_user, sign_in
from flask import Flask
from pages import fields_of, words_of

from projects.portfolio.reports.comparing import folded, moved, since_last_round

AT = dt.datetime(2021, 11, 30, tzinfo=dt.UTC)
FORM = "/projects/north/reports/2021-11"


def test_changes_one_after_the_other_are_one():
    assert folded([{"a": ["1", "2"], "state": [None, "draft"]}, {"a": ["2", "3"], "b": ["", "x"]}]) == {
        "a": ["1", "3"],
        "b": ["", "x"],
    }
    assert folded([{"a": ["1", "2"]}, {"a": ["2", "1"]}]) == {}


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ([(True, {"a": [None, "1"]})], None),
        ([(False, {"a": [None, "1"]}), (True, {"a": ["1", "2"]})], None),
        ([(True, {"a": [None, "1"]}), (True, {})], {}),
        ([(True, {"a": [None, "1"]}), (False, {"a": ["1", "2"]}), (True, {"b": ["", "x"]})], {"a": 1, "b": 1}),
        ([(True, {"a": [None, "1"]}), (True, {"a": ["1", "2"]}), (True, {"b": ["", "x"]})], {"b": 1}),
    ],
)
def test_a_round_is_what_was_filed_since_the_submission_before(entries: Any, found: Any):
    told = since_last_round(entries)
    assert (told if told is None else set(told)) == (found if found is None else set(found))


def test_only_denominators_are_told_and_a_first_value_moves_none():
    assert moved({"finish": ["2022-12-31", "2024-12-31"]}, "甲", AT) is None
    assert moved({"floors": ["", "18"]}, "甲", AT) is None
    assert moved({"floors": ["18", "16"], "consent": [None, "乙"]}, "甲", AT).consent == "乙"
    assert moved({"amount_fen": [100, 200], "source": ["cbi", "cbi"]}, "甲", AT).consent == ""


@pytest.fixture
def clients(app: Flask) -> dict[str, Any]:
    with app.app_context():
        make_day(TODAY)
        people = {role: make_user(role) for role in ("manager", "dispatcher")}
        project = make_project("north", manager=people["manager"])
        make_report(project, "2021-10", author=people["manager"], preparation=100, structure=30)
    return {role: sign_in(app.test_client(), user) for role, user in people.items()}


def filed(client, **typed: str) -> None:
    fields = fields_of(client.get(FORM).text, "report") | {"action": "submit", "in_statistics": "yes"} | typed
    assert client.post(FORM, data=fields).status_code == 302


def reviewed(client, revision: int, step: str) -> None:
    fields = fields_of(client.get(f"{FORM}/{revision}").text) | {"comment": "请核实"}
    assert client.post(f"{FORM}/{revision}/{step}", data=fields).status_code == 302


def test_the_review_compares_with_month_round_and_version(app: Flask, clients):
    manager, dispatcher = clients["manager"], clients["dispatcher"]
    filed(manager, percent_structure="40", narrative="甲", investment="100")
    first = words_of(dispatcher.get(f"{FORM}/1").text)
    assert "与 2021-10 已通过的月报对照" in first
    assert "轮提交的相比" not in first
    reviewed(dispatcher, 1, "return")
    filed(manager, percent_structure="45", narrative="甲", investment="100")
    second = words_of(dispatcher.get(f"{FORM}/1").text)
    assert "与第 1 轮提交的相比 主体结构 (%): 40 → 45" in second
    assert "本月进展: " not in second.partition("轮提交的相比")[2].partition("文字说明")[0]
    reviewed(dispatcher, 1, "approve")
    assert manager.post(f"{FORM}/1/correct", data={"reason": "抄错"}).status_code == 302
    filed(manager, percent_structure="44", narrative="甲乙", investment="100")
    third = words_of(dispatcher.get(f"{FORM}/2").text)
    assert "与第 1 版相比" in third
    assert "主体结构 (%): 45 → 44" in third
    assert "本月进展: 甲 → 甲乙" in third
