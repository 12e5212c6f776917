"""Requests that nobody means: every address and method, as anybody, with ids beyond all numbers, fields that are
missing, twice or of another kind, days that are none, letters no database keeps. Used by tests/test_fuzz.py.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask
from moves import OBJECTS, World
from races import build
from werkzeug.datastructures import MultiDict
from werkzeug.routing import IntegerConverter, Rule

ROOT = Path(__file__).parent.parent / "projects"
LASTS = 400  # requests that a world sees
ODD = (
    "", " ", "0", "-1", "1", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "9" * 40,
    "1e400", "0.1", "NaN", "Infinity", "-0", "007", "１２", "²", "½", "\0", "a\0b", "\ud800", "\ufffe", "💩", "é" * 400,
    "x" * 5000, "%", "%00", "%s", "'", '"', "\\", "; DROP TABLE x", "<script>", "{{7*7}}", "../../etc/passwd", "one",
    "None", "null", "[]", "{}", "true", "on", "2021-11-30", "2021-13-01", "0000-00-00", "9999-12-31", "10000-01-01",
    "2021-02-29", "2021-10", "2021-00", "-2021-10", "\u202e", "\r\nSet-Cookie: x=1", "万元", "1:1", "1:-5",
    "1:9223372036854775808", "=1+1", "county", "gap", "F-1", "zh", "all", "exempted", "1,1", "1;1",
)  # fmt: skip
QUERIES = (
    "as_of", "q", "page", "per_page", "sort", "order", "place", "programme", "plan", "state", "rule", "source", "kind",
    "year", "month", "by", "show", "contract", "edit", "add", "category", "finding", "light", "unit", "detail", "paper",
    "inline", "until", "since", "user", "tag", "next", "before", "from", "to", "group", "object", "result", "limit",
    "cursor", "after", "revision", "slug", "project", "actor", "text",
)  # fmt: skip
VALUES = {"slug": "one", "month": "2021-09", "rule": "F-18", "source": "county", "key": "gap", "locale": "en"}
METHODS = ("GET", "GET", "GET", "POST", "POST", "POST", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS")
DEAR = (".png", ".pdf", ".svg", ".xlsx")  # what costs most and reads what its page reads; seldom asked for


@dataclass
class Tried:
    """What was asked, and which of it crashed."""

    count: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)


@cache
def names() -> tuple[str, ...]:
    """The names of fields in forms and templates."""
    found: set[str] = set()
    for path in ROOT.rglob("forms.py"):
        found |= set(re.findall(r"^    (\w+) = \w+\(", path.read_text(encoding="utf-8"), re.MULTILINE))
    for path in (ROOT / "templates").rglob("*.html"):
        found |= set(re.findall(r'name="([\w-]+)"', path.read_text(encoding="utf-8")))
    return tuple(sorted(found | {f"{prefix}{name}" for prefix in ("c-", "p-", "w-", "a-") for name in found}))


def value(rng: random.Random) -> str:
    """A value that nobody types, or nearly one that somebody does."""
    if rng.random() < 0.15:
        return "".join(
            chr(rng.choice((rng.randint(1, 127), rng.randint(128, 0xD7FF)))) for _ in range(rng.randint(1, 8))
        )
    return rng.choice(ODD)


def sendable(text: str) -> str:
    """The text without what no client can encode; addresses carry such as bytes."""
    return text.replace("\ud800", "\ufffd")


def address(rule: Rule, rng: random.Random) -> str:
    """The rule's address, its parts right, or one of them odd."""
    parts = []
    odd = rng.random() < 0.35
    for is_dynamic, text in rule._trace:
        if not is_dynamic:
            parts.append(text.lstrip("|"))
            continue
        converter = rule._converters[text]
        items = re.findall(r"[a-z_]{2,}", converter.regex) if type(converter).__name__ == "AnyConverter" else []
        right = (
            "1" if isinstance(converter, IntegerConverter) else rng.choice(items) if items else VALUES.get(text, "one")
        )
        parts.append(quote(value(rng), safe="", errors="surrogatepass") if odd and rng.random() < 0.7 else right)
    return "".join(parts)


def mutated(form: dict[str, Any], rng: random.Random) -> MultiDict[str, Any]:
    """A form with some fields missing, odd, sent twice, or that it doesn't have."""
    typed: MultiDict[str, Any] = MultiDict(form)
    for _ in range(rng.randint(0, 3)):
        name = rng.choice([*typed.keys(), rng.choice(names())])
        match rng.randrange(4):
            case 0:
                typed.poplist(name)
            case 1:
                typed.add(name, sendable(value(rng)))
            case _:
                typed[name] = sendable(value(rng))
    if rng.random() < 0.05:
        typed["file"] = (BytesIO(rng.randbytes(50)), sendable(value(rng)).replace("\0", "") or "a.xlsx")
    return typed


def fuzz(app: Flask, count: int, seed: int) -> Tried:
    """Send `count` requests, the same for the same seed."""
    rng, tried = random.Random(seed), Tried()
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    posts = [rule for rule in rules if "POST" in (rule.methods or ())]
    world: World | None = None
    while tried.count < count:
        if world is None or tried.count % LASTS == 0:
            world = build(app)
        role = rng.choice([*world.clients, None])
        client = world.clients[role][rng.randrange(2)] if role else app.test_client()
        if rng.random() < 0.4:
            with app.app_context():
                asker, path, form = OBJECTS[rng.choice(list(OBJECTS))](world, rng)
            client, method = (world.clients[asker][0], "POST") if rng.random() < 0.9 else (client, "POST")
            data: Any = mutated(form, rng)
        else:
            method = rng.choice(METHODS)
            rule = rng.choice(posts if method == "POST" else rules)
            path = address(rule, rng)
            if path.endswith(DEAR) and rng.random() < 0.9:
                path = path.rpartition(".")[0] + ".csv"
            data = mutated({}, rng) if method not in {"GET", "HEAD", "OPTIONS"} else None
        query = [(rng.choice(QUERIES), value(rng)) for _ in range(rng.choice((0, 0, 1, 2, 4)))]
        asked = "&".join(f"{name}={quote(text, errors='surrogatepass')}" for name, text in query)
        headers = (
            {"Authorization": f"Bearer {quote(value(rng), errors='surrogatepass')}"}
            if "/api/" in path and rng.random() < 0.2
            else {}
        )
        said = f"{method} {path}?{asked} {dict(data.lists()) if data else ''} as {role}"
        tried.count += 1
        try:
            status = client.open(f"{path}?{asked}", method=method, data=data, headers=headers).status_code
        except Exception as error:  # as a crash, with its reason
            status, said = 599, f"{said}: {error!r}"
        tried.answers[status] += 1
        if status >= 500:
            tried.crashes.append(said[:700])
    return tried
