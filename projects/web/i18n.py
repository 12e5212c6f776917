"""Language: Chinese by default, English at a switch, kept per user."""

from __future__ import annotations

from functools import lru_cache

from flask import g, has_request_context, session
from flask_babel import force_locale, get_domain, gettext, pgettext

from projects.core.text import MANY, Text, counting, render

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}


def language() -> str:
    """`zh` or `en`: the signed-in person's, else this browser's, else Chinese."""
    if not has_request_context():
        return "zh"
    actor = g.get("actor")
    chosen = actor.locale if actor else session.get("locale")
    return chosen if chosen in LOCALES else "zh"


def select_locale() -> str:
    """What Flask-Babel asks for."""
    return LOCALES[language()]


@lru_cache(maxsize=4096)
def _said(locale: str, msgid: str, context: str, number: int | None) -> str:
    with force_locale(locale):
        return _looked_up(msgid, context, number)


def _looked_up(msgid: str, context: str, number: int | None) -> str:
    if context:
        return str(pgettext(context, msgid))
    if number is None:
        return str(gettext(msgid))
    return str(get_domain().get_translations().ungettext(msgid, msgid, number))


def say(msgid: str, context: str = "") -> str:
    """`gettext`, or `ngettext` for what counts (`core.text.Counted`), remembered by language within requests: looked up
    anew a word costs more than the rest of its table cell, and pages ask for thousands.
    """
    number = getattr(msgid, "number", MANY if counting(msgid) else None)
    if not has_request_context():
        return _looked_up(msgid, context, number)
    return _said(LOCALES[language()], msgid, context, number)


def spellings(msgid: str) -> tuple[str, ...]:
    """`msgid` as it is written in each language."""
    return tuple(_said(locale, msgid, "", None) for locale in LOCALES.values())


def say_in(context: str, msgid: str) -> str:
    """`pgettext`, remembered like `say`."""
    return say(msgid, context)


def speak(text: Text | str) -> str:
    """`text` in the reader's language."""
    if not text:
        return ""  # the empty id is that of the catalogue's header
    return render(text, say) if isinstance(text, Text) else say(text)
