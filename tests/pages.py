"""Reading pages as a browser would: forms, the fields of a form with their values, and the words a person sees."""

from __future__ import annotations

from collections.abc import Collection
from html.parser import HTMLParser
from typing import Any


class _Fields(HTMLParser):
    def __init__(self, form_id: str | None) -> None:
        super().__init__(convert_charrefs=True)
        self.form_id, self.inside, self.open_text = form_id, False, ""
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        if tag == "form":
            self.inside = self.form_id is None or own.get("id") == self.form_id
        name = own.get("name")
        unsent = own.get("type") in {"submit", "button"} or (own.get("type") == "checkbox" and "checked" not in own)
        if self.inside and name and tag == "input" and not unsent:
            self.values[name] = own.get("value") or ""
        if self.inside and name and tag == "textarea":
            self.open_text = name
            self.values[name] = ""

    def handle_data(self, data: str) -> None:
        if self.open_text:
            self.values[self.open_text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.values[self.open_text] = self.values[self.open_text].removeprefix("\r\n").removeprefix("\n")
            self.open_text = ""
        if tag == "form":
            self.inside = False


def fields_of(html: str, form_id: str | None = None) -> dict[str, str]:
    """The fields of the form with `form_id` (or of all forms) as a browser would send them, buttons apart."""
    parser = _Fields(form_id)
    parser.feed(html)
    return parser.values


class _Forms(HTMLParser):
    def __init__(self, choosing: Collection[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.choosing = choosing
        self.found: list[tuple[str, str, dict[str, tuple[str, str]]]] = []
        self.inside, self.select = False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.found.append((own.get("method", "get").lower(), own.get("action", ""), {}))
            self.inside = True
        if not self.inside:
            return
        fields, name = self.found[-1][2], own.get("name", "")
        if tag == "input" and name:
            fields.setdefault(name, (own.get("type", "text"), own.get("value", "")))
        elif tag == "button" and own.get("formaction"):
            self.found.append((self.found[-1][0], own["formaction"], fields))
        elif tag == "button" and own.get("type", "submit") == "submit":
            fields.setdefault(f"{name}={own['value']}" if name in fields else name, ("button", own.get("value", "")))
        elif tag == "textarea" and name:
            fields[name] = ("textarea", "")
        elif tag == "select":
            self.select = name
        elif (
            tag == "option"
            and self.select
            and (
                "selected" in own
                or self.select not in fields
                or (self.select in self.choosing and not fields[self.select][1])
            )
        ):
            fields[self.select] = ("select", own.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        if tag == "form":
            self.inside = False


def forms_in(html: str, choosing: Collection[str] = ()) -> list[tuple[str, str, dict[str, tuple[str, str]]]]:
    """The forms of a page: method, action, and by name each field's kind and value; a further button of one name as
    name=value. In the lists of names `choosing` something is chosen, where the page leaves that open.
    """
    parser = _Forms(choosing)
    parser.feed(html)
    return parser.found


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.hidden += tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


def words_of(html: str) -> str:
    """The text of a page, blanks squeezed."""
    parser = _Words()
    parser.feed(html)
    return " ".join(" ".join(parser.words).split())
