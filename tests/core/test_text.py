"""Texts chosen in rules and spoken at the edge."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import render_template_string, session

import projects
from projects.core.text import Counted, Text, counting, from_json, numbered, render

CATALOGUE = Path(projects.__file__).parent / "translations" / "en" / "LC_MESSAGES" / "messages.po"


MEASURED = "%(days)s 天, 还有 %(months)s 个月"


def english(msgid: str) -> str:
    """What a catalogue with two forms says of one text, and of its number."""
    number = getattr(msgid, "number", None)
    return f"{'one' if number == 1 else 'many'} ({number}): %(days)s, %(months)s"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, "one (1): 1, 2"),
        (-1, "one (1): -1, 2"),
        ("+1", "one (1): +1, 2"),
        (1.0, "one (1): 1, 2"),
        (11, "many (11): 11, 2"),
        (0, "many (0): 0, 2"),
        (1.5, "many (2): 1.5, 2"),
        (Text("若干"), "many (2): many (None): %(days)s, %(months)s, 2"),
    ],
)
def test_a_translator_is_told_the_first_number_as_it_is_said(days, said):
    assert render(Text(MEASURED, {"days": days, "months": 2}), english) == said
    assert str(Text(MEASURED, {"days": days, "months": 2})).endswith("天, 还有 2 个月")


@pytest.mark.parametrize(
    ("msgid", "name"),
    [
        (MEASURED, "days"),
        ("%(looked)s / %(total)s 个有月报的项目", "total"),
        ("确认入账 %(count)s 行", "count"),
        ("%(sum)s 万元", None),
        ("%(on)s 为 %(percent)s%%", None),
        ("%(day)s 天津", "day"),  # what stands before a place that begins with a measure word: two equal forms
        ("第 %(row)s 行来源", None),
        ("1 天", None),
    ],
)
def test_what_stands_before_a_measure_word_counts(msgid, name):
    assert counting(msgid) == name


def test_a_number_does_not_change_what_an_id_is():
    assert Counted("%(days)s 天", "1") == "%(days)s 天"
    assert {"%(days)s 天": "known"}[Counted("%(days)s 天", "5")] == "known"
    assert numbered("%(days)s 天", {}) == "%(days)s 天"


def test_texts_stored_before_messages_had_forms_are_read_and_count():
    text = from_json({"m": "%(words)s; %(days)s 天", "p": {"days": 1, "words": {"text": {"m": "好", "p": {}}}}})
    assert render(text, lambda msgid: f"{getattr(msgid, 'number', '-')} %(days)s" if "%" in msgid else "-") == "1 1"


def test_every_english_text_counts_one_as_one():
    """No form for one says days, and every pair of forms differs in its count only."""
    with CATALOGUE.open("rb") as file:
        pairs = [message.string for message in read_po(file) if message.id and isinstance(message.string, tuple)]
    plural = r"%\((\w+)\)s (?:\w+ ){0,2}(\w+)s\b"
    differ = [(one, many) for one, many in pairs if one != many]
    assert len(differ) > 100
    for one, many in differ:
        counted = [f"%({name})s" for name, _ in re.findall(plural, many)]
        assert counted, many
        assert len(one) < len(many), one
    for one, many in pairs:
        if one == many:
            assert not re.search(
                r"%\((?:count|rows|days|months|num)\)s (?:days|months|rows|projects|receipts|contracts|files|lines)\b",
                one,
            ), one


@pytest.mark.parametrize(("count", "said"), [(1, "1 contract"), (2, "2 contracts"), (0, "0 contracts")])
def test_pages_count_one_as_one_like_reasons_do(app, count, said):
    with app.test_request_context():
        session["locale"] = "en"
        assert render_template_string("{{ _('共 %(count)s 份合同', count=count) }}", count=count) == said


def test_what_pages_put_into_words_is_escaped_and_a_percent_sign_stays_one(app):
    with app.test_request_context():
        assert render_template_string("{{ _('否决第 %(number)s 个建议', number='<b>') }}") == "否决第 &lt;b&gt; 个建议"
        assert render_template_string("{{ _('下达率 (%%)') }}") == "下达率 (%)"


def test_pages_agree_with_one_of_anything():
    """A verb after what is counted would not agree with one: 1 row are."""
    with CATALOGUE.open("rb") as file:
        forms = [message.string for message in read_po(file) if message.id]
    messages = [words for said in forms for words in ([said] if isinstance(said, str) else said[1:])]
    assert [
        words for words in messages if re.search(r"%\((?:count|rows|num)\)s \w+s (?:are|were|have|stop|go)\b", words)
    ] == []
