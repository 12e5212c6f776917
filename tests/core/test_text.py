"""Texts chosen in rules and spoken at the edge."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import render_template_string, session

import projects
from projects.core.text import Text, render

CATALOGUE = Path(projects.__file__).parent / "translations" / "en" / "LC_MESSAGES" / "messages.po"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, "late by 1 day, 1 month to go"),
        (-1, "late by -1 day, 1 month to go"),
        (11, "late by 11 days, 1 month to go"),
        (0, "late by 0 days, 1 month to go"),
    ],
)
def test_one_day_is_no_days_in_english(days, said):
    assert (
        render(Text("晚", {"days": days, "months": 1.0}), lambda _: "late by %(days)s days, %(months)s months to go")
        == said
    )


def test_a_name_that_is_a_figure_is_left_alone():
    assert render(Text("名", {"name": "1"}), lambda _: "%(name)s daysheets and 1 days") == "1 daysheets and 1 days"


def test_every_english_text_counts_one_as_one():
    with CATALOGUE.open("rb") as file:
        messages = [message for message in read_po(file) if isinstance(message.string, str) and message.id]
    counted = 0
    for message in messages:
        names = re.findall(r"%\((\w+)\)s", message.string)
        if names and len(names) == len(re.findall(r"%\(", message.string)):
            said = render(Text(message.id, dict.fromkeys(names, 1)), lambda _, words=message.string: words)
            assert not re.search(
                r"(?<![\d.])1 (?:\w+ )?(?:days|months|rows|projects|receipts|contracts|files|lines|points|findings)\b",
                said,
            ), message.string
            counted += said != message.string % dict.fromkeys(names, "1")
    assert counted > 40


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
        messages = [message.string for message in read_po(file) if isinstance(message.string, str) and message.id]
    assert [
        words for words in messages if re.search(r"%\((?:count|rows|num)\)s \w+s (?:are|were|have|stop|go)\b", words)
    ] == []
