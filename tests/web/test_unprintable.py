"""Letters nobody can see in addresses: every text that any page reads from its query string, and every text of its
path, is a page or a clear refusal, on both databases.
"""

from __future__ import annotations

from typing import ClassVar

import pytest
from builders import make_day, make_place, make_project, make_user, sign_in
from werkzeug.datastructures import ImmutableMultiDict

from projects.core.narrowing import Paged, pages, texts, typed

UNSEEN = "%00", "a%00%1F%7F%C2%85%ED%A0%80%E2%80%AE%EF%BF%BFb"
SKIPPED = {"static"}


class Spy(ImmutableMultiDict):
    """Query values that note which names are asked for."""

    asked: ClassVar[set[str]] = set()

    def get(self, key, *rest, **named):
        Spy.asked.add(key)
        return super().get(key, *rest, **named)

    def __getitem__(self, key):
        Spy.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key):
        Spy.asked.add(key)
        return super().__contains__(key)


def addresses(app):
    """Every page by GET with its arguments filled, and those with a text in the path with letters nobody can
    see there.
    """
    adapter = app.url_map.bind("localhost")
    plain = {
        "slug": "one",
        "kind": "csv",
        "month": "2021-11",
        "key": "x",
        "rule": "F-1",
        "source": "cbi",
        "name": "x",
        "username": "x",
    }
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint in SKIPPED:
            continue
        values = {}
        for name in rule.arguments:
            items = getattr(rule._converters[name], "items", None)
            values[name] = min(items) if items else plain.get(name, 1)
        yield rule.endpoint, adapter.build(rule.endpoint, values)


@pytest.fixture
def people(app):
    with app.app_context():
        make_day()
        make_place()
        make_project("one")
        return [make_user(role) for role in ("finance", "auditor", "security", "dispatcher")]


def test_no_page_breaks_on_letters_nobody_can_see(app, people, monkeypatch):
    monkeypatch.setattr(app.request_class, "parameter_storage_class", Spy)
    broken, reads = [], {}
    for person in people:
        client = sign_in(app.test_client(), person)
        for endpoint, address in addresses(app):
            Spy.asked = set()
            if endpoint in reads or client.get(address).status_code in {403, 302}:
                continue
            reads[endpoint] = set()
            for name in sorted(Spy.asked - {"as_of"}):
                reads[endpoint].add(name)
                for text in UNSEEN:
                    answer = client.get(f"{address}?{name}={text}")
                    if answer.status_code >= 500 or (answer.mimetype == "text/html" and b"\0" in answer.data):
                        broken.append((endpoint, name, text, answer.status_code))
    assert broken == []
    assert {"q", "place", "page"} <= reads["funding.index"]
    assert "person" in reads["audit.search"]
    assert sum(len(names) for names in reads.values()) > 60


def test_no_path_breaks_on_letters_nobody_can_see(app, people):
    client = sign_in(app.test_client(), people[0])
    for path in (
        "/projects/%00",
        "/projects/a%00b/funding",
        "/projects/one/gates/%00",
        "/findings.csv?q=%00",
        "/months/%00",
        "/projects/%ED%A0%80/contracts",
        "/api/v1/projects/%00/transactions",
        "/projects/one/findings/%00/%00",
    ):
        assert client.get(path).status_code < 500, path
    assert client.get("/as-of").status_code == 405
    refused = client.get("/funding?as_of=a%00")
    assert refused.status_code == 422
    assert "“a␀”不是日期" in refused.text


def test_what_is_typed_is_kept_but_for_letters_nobody_can_see():
    args = {"q": " 泗\0水\x1f县\ud800 ", "page": "9" * 30, "per_page": "7"}
    assert typed(args, "q") == "泗水县"
    assert typed({"q": "长" * 100}, "q", 5) == "长长长长长"
    assert texts(args, ("q", "none")) == {"q": "泗水县", "none": ""}
    assert pages(args) == (1, 50, {"page": True, "per_page": True})
    assert pages({"page": "3", "per_page": "100"}) == (3, 100, {"page": False, "per_page": False})
    assert Paged(3, 25).everything() == Paged(1, 0)
