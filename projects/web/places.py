"""Fields that take places as people write them: found by name on the server, so that they work without a script, and
suggested as one types where there is one.

A field is given what it may find by `offer`; its `data` is a code, or a list of codes, once it is valid.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup
from wtforms import Field, ValidationError
from wtforms.widgets import html_params

from projects.core.gazetteer.queries import Finder
from projects.core.gazetteer.search import MOST, PlaceOption, chosen
from projects.core.text import N_, Text
from projects.web.i18n import speak

LONGEST = 120  # letters of what is typed
BLANKS = 3  # places that can be added at once


def _nothing(_typed: str) -> tuple[PlaceOption, ...]:
    return ()


def _html(escaped: str) -> Markup:
    return Markup(escaped)  # noqa: S704 - html_params escapes


class _PlaceWidget:
    """A text input with suggestions, and boxes for what could be meant or is chosen already."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        shared = {"name": field.name, "data-places": url_for("places.find"), "list": f"{field.id}-list"}
        shared |= {"type": "text", "maxlength": LONGEST, "autocomplete": "off", **kwargs}
        shared.setdefault("placeholder", field.none or gettext("名称或代码, 如: 济宁 泗水"))
        texts = field.texts()
        if len(texts) > 1:
            shared["aria-label"] = str(field.label.text)
        inputs = [
            _html(f"<input {html_params(id=f'{field.id}-{number}' if number else field.id, value=text, **shared)}>")
            for number, text in enumerate(texts)
        ]
        boxes = [
            Markup('<label><input type="{}" name="{}" value="{}"{}> {}</label>').format(
                field.box, field.name, one.code, Markup(" checked") if ticked else "", one.words
            )
            for one, ticked in field.boxes()
        ]
        offered = Markup('<span class="choices">{}</span>').format(Markup().join(boxes)) if boxes else ""
        return Markup('{}{}<datalist id="{}-list"></datalist>').format(offered, Markup().join(inputs), field.id)


class PlaceField(Field):
    """One place; "" where nothing is typed, which is called `none` where it has a meaning."""

    widget = _PlaceWidget()
    box = "radio"
    data: Any

    def __init__(self, label: Any = None, none: Any = None, **given: Any) -> None:
        super().__init__(label, **given)
        self.none = none
        self.find: Finder = _nothing
        self.offered: tuple[PlaceOption, ...] = ()
        self.typed, self.picked = "", list[str]()

    def offer(self, find: Finder) -> None:
        """Let it find these places."""
        self.find = find

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was typed, and which of those offered was picked."""
        self.typed, self.picked = (valuelist[0].strip() if valuelist else ""), valuelist[1:]
        self.data = self.typed

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - the signature is WTForms'
        """Find the place that was meant; ValidationError, with what could be meant offered, where it is not one."""
        if not self.typed:
            return
        found = self.find(self.typed)
        picked = [one for one in found if one.code in self.picked]
        one = picked[0] if len(picked) == 1 else chosen(found, self.typed)
        if one is None:
            self.offered = found[:MOST]
            raise ValidationError(_unclear(self.typed, len(found)))
        self.data = one.code

    def texts(self) -> list[str]:
        """What its inputs hold."""
        return [_words(self.find, self.data)]

    def boxes(self) -> Iterable[tuple[PlaceOption, bool]]:
        """What can be picked, and whether it is."""
        return [(one, False) for one in self.offered]


class PlacesField(PlaceField):
    """Several places: those it has, each with a box to take it away, and inputs for more."""

    box = "checkbox"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was typed and ticked."""
        self.typed = ""
        self.data = list(dict.fromkeys(text for value in valuelist if (text := value.strip()[:LONGEST])))

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002
        """Find each; ValidationError for the first that is unclear, the others kept."""
        codes, problem = [], ""
        for text in self.data or []:
            found = self.find(text)
            if one := chosen(found, text):
                codes.append(one.code)
            else:
                self.offered += found[:MOST]
                problem = problem or _unclear(text, len(found))
                codes.append(text)
        self.data = list(dict.fromkeys(codes))
        if problem:
            raise ValidationError(problem)

    def texts(self) -> list[str]:
        """What was typed and not found, and room for more."""
        unclear = [text for text in self.data or [] if not chosen(self.find(text), text)]
        return [*unclear, *[""] * BLANKS][: max(BLANKS, len(unclear))]

    def boxes(self) -> Iterable[tuple[PlaceOption, bool]]:
        """Those it has, ticked, and what could be meant besides."""
        had = [one for text in self.data or [] if (one := chosen(self.find(text), text))]
        return [*((one, True) for one in had), *((one, False) for one in self.offered if one not in had)]


def _words(find: Finder, text: str | None) -> str:
    one = chosen(find(text), text) if text and text.isdigit() else None
    return one.words if one else text or ""


def _unclear(text: str, count: int) -> str:
    if count:
        said = N_("“%(text)s”可能是 %(count)s 个地区, 请选一个, 或写上它的上级, 如: 济宁 泗水")
        return speak(Text(said, {"text": text[:40], "count": count}))
    return speak(
        Text(N_("没有找到“%(text)s”: 请写您负责范围内地区的名称或六位代码, 如: 济宁 泗水"), {"text": text[:40]})
    )
