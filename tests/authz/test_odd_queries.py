"""Every GET address with what nobody types: days that are none, pages and ids beyond all numbers, letters that no
database keeps. Nothing answers with a crash.
"""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import quote

import pytest
from builders import NOW, TODAY, make_day, make_gate, make_programme, make_project, make_report, make_user, sign_in
from flask import Flask, url_for
from werkzeug.routing import IntegerConverter

from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.money.documents.operations import DocumentLine, DocumentValues, add_lines, write_document
from projects.money.ladder.operations import Amount, post_entry, set_composition
from projects.money.ledger.posting import Posting
from projects.money.receipts.operations import ReceiptValues, add_receipt
from projects.verdicts.status.operations import rebuild

WORDS = ("", "\0", "%'\"\\", "x" * 3000, "💩\ud7ff", "=1+1", "9" * 30, "９", "²", "-1", "{{7*7}}", "$\\frac{")
NAMES = (
    "q", "page", "per_page", "sort", "order", "place", "programme", "plan", "state", "rule", "source", "kind", "year",
    "month", "by", "show", "contract", "edit",
    "category", "finding", "light", "unit", "detail", "paper", "inline", "until", "since", "user", "tag",
)  # fmt: skip
DAYS = ("bad", "2100-12-31", "2000-01-01", "2021-02-29", "2024-02-29", "9999-12-31", "0001-01-01", "2021-11-30\0", "")
VALUES = {
    "slug": "one",
    "month": "2021-10",
    "year": 2021,
    "rule": "F-1",
    "source": "county",
    "key": "gap",
    "receipt_id": 1,
    "document_id": 1,
    "entry_id": 1,
}
DRAWN = (".png", ".pdf", ".svg")


def addresses(app: Flask) -> list[str]:
    """One address of each route that is read, its files of one kind."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint != "static":
            values = {}
            for name in rule.arguments:
                kinds = (
                    re.findall(r"[a-z_]{2,}", rule._converters[name].regex)
                    if type(rule._converters[name]).__name__ == "AnyConverter"
                    else []
                )
                number = isinstance(rule._converters[name], IntegerConverter)
                values[name] = kinds[0] if kinds else VALUES.get(name, 1 if number else "one")
            with app.test_request_context():
                found.append(url_for(rule.endpoint, **values))
    return sorted(set(found))


@pytest.fixture
def office(app: Flask) -> Flask:
    """A project with a bit of everything."""
    with app.app_context():
        make_day()
        project = make_project(
            "one", programme_id=make_programme().id, targets=[{"threshold": 50, "due": dt.date(2021, 12, 31)}]
        )
        make_report(project, "2021-09", structure=40, author=make_user("manager"))
        make_gate(project)
        with transaction():
            set_composition(Acting(SYSTEM, NOW, TODAY), project.id, Amount("county", "approved_estimate", 100, None))
            document = write_document(
                Acting(SYSTEM, NOW, TODAY),
                DocumentValues("plan", "财建〔2021〕1号", issued_on=dt.date(2021, 3, 1), source="county"),
            ).id
            add_lines(Acting(SYSTEM, NOW, TODAY), document, [DocumentLine(project.id, 500)])
            add_receipt(Acting(SYSTEM, NOW, TODAY), ReceiptValues(dt.date(2021, 5, 1), 300, payer="市财政局"))
            post_entry(Acting(SYSTEM, NOW, TODAY), project.id, Posting("county", "paid", dt.date(2021, 6, 1), 900))
            rebuild(SYSTEM, NOW, TODAY)
    return app


def test_nothing_typed_into_an_address_is_a_crash(office: Flask):
    """As finance, who reach most; each address has some of the words, turn by turn, and all of the names at once."""
    with office.app_context():
        person = make_user("finance")
    client, crashed, count = sign_in(office.test_client(), person), [], 0
    for number, address in enumerate(addresses(office)):
        if client.get(address).status_code >= 400:
            continue
        few = address.endswith(DRAWN)
        days = [f"as_of={quote(DAYS[(number + step) % len(DAYS)])}" for step in range(1 if few else 3)]
        every = "&".join(f"{name}={quote(WORDS[(place + number) % len(WORDS)])}" for place, name in enumerate(NAMES))
        alone = [
            f"{NAMES[(number + step) % 14]}={quote(WORDS[(number * 5 + step) % len(WORDS)])}"
            for step in range(0 if few else 3)
        ]
        for query in (*days, every, *alone):
            count += 1
            if client.get(f"{address}?{query}").status_code >= 500:
                crashed.append(f"{address}?{query}"[:200])
    assert crashed == []
    assert count > 100
