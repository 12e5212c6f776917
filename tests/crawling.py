"""Walking an application as a browser would: every link and every GET form, and all the text that an answer carries,
whatever its format.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

NOT_FOLLOWED = ("/static/", "/sign-in")
DRAWN = (".pdf", ".svg")  # half a second each: one of each address without its query
PICTURES = ".png"  # whose words no test can read
LIKE = 1  # addresses with the same path and the same kind of choice


class _Ways(HTMLParser):
    """The addresses that a page leads to by links, pictures and GET forms."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.form: str | None = None
        self.fixed: dict[str, str] = {}
        self.choices: list[tuple[str, str]] = []
        self.name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {key: value or "" for key, value in attrs}
        self.found += [own[name] for name in ("href", "src", "data-src") if own.get(name)]
        if tag == "form" and own.get("method", "get").lower() == "get":
            self.form, self.fixed, self.choices = own.get("action", ""), {}, []
        if self.form is None:
            return
        if tag == "input" and own.get("name"):
            self.fixed[own["name"]] = own.get("value", "")
        if tag == "select":
            self.name = own.get("name", "")
        if tag == "option" and self.name and own.get("value"):
            self.choices.append((self.name, own["value"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.name = ""
        if tag == "form" and self.form is not None:
            for choice in [None, *self.choices]:
                values = self.fixed | (dict([choice]) if choice else {})
                self.found.append(f"{self.form}?{urlencode({key: value for key, value in values.items() if value})}")
            self.form = None


def ways(address: str, html: str) -> list[str]:
    """The addresses of this application that the page at `address` leads to."""
    parser = _Ways()
    parser.feed(html)
    found = []
    for way in parser.found:
        parts = urlsplit(urljoin(f"http://localhost{address}", way))
        if parts.scheme == "http" and parts.netloc == "localhost":
            path = (
                parts.path
                if parts.path.endswith(DRAWN)
                else f"{parts.path}?{urlencode(sorted(parse_qsl(parts.query)))}".rstrip("?")
            )
            found.append(path)
    return found


def crawl(
    client: FlaskClient, *starts: str, most: int = 0, without: tuple[str, ...] = ()
) -> Iterator[tuple[str, TestResponse]]:
    """Every answer within reach of `starts`, each address once, of one path each kind of choice LIKE times; `most`
    answers if given.

    Addresses ending as in `without` are left out.
    """
    waiting, seen = deque(starts or ("/",)), set(starts or ("/",))
    tried: dict[str, Counter[str]] = defaultdict(Counter)
    while waiting and (not most or len(seen) - len(waiting) < most):
        address = waiting.popleft()
        answer = client.get(address)
        yield address, answer
        if answer.mimetype != "text/html":
            continue
        for way in ways(address, answer.text):
            parts = urlsplit(way)
            if way in seen or parts.path.startswith(NOT_FOLLOWED) or parts.path.endswith((PICTURES, *without)):
                continue
            choices = {key for key, _ in parse_qsl(parts.query)} or {""}
            if all(tried[parts.path][key] >= LIKE for key in choices):
                continue
            seen.add(way)
            tried[parts.path].update(choices)
            waiting.append(way)


def said(answer: TestResponse) -> str:
    """Everything an answer says, headers too: workbooks unpacked, PDFs read, percent signs undone."""
    content = answer.data
    heads = unquote(" ".join(f"{name}: {value}" for name, value in answer.headers if name != "Set-Cookie"))
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"\n".join([packed.read(name) for name in packed.namelist()])
    elif content[:4] == b"%PDF":
        from pypdf import PdfReader

        reader = PdfReader(io.BytesIO(content))
        content = "\n".join([*(page.extract_text() for page in reader.pages), str(reader.metadata)]).encode()
    return f"{heads}\n{content.decode('utf-8', 'replace')}"
