"""Texts chosen in rules and spoken at the edge."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import projects
from projects.core.text import Text, render

CATALOGUE = Path(projects.__file__).parent / "translations" / "en" / "LC_MESSAGES" / "messages.po"


@pytest.mark.parametrize(
    ("days", "said"),
    [(1, "late by 1 day, 1 month to go"), (-1, "late by -1 day, 1 month to go"), (11, "late by 11 days, 1 month to go"), (0, "late by 0 days, 1 month to go")],
)
def test_one_day_is_no_days_in_english(days, said):
    assert render(Text("晚", {"days": days, "months": 1.0}), lambda _: "late by %(days)s days, %(months)s months to go") == said


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
            assert not re.search(r"(?<![\d.])1 (?:\w+ )?(?:days|months|rows|projects|receipts|contracts|files|lines|points|findings)\b", said), message.string
            counted += said != message.string % dict.fromkeys(names, "1")
    assert counted > 40
