"""Language: Chinese by default, English at a switch, kept per user."""

from __future__ import annotations

from functools import lru_cache

from flask import g, has_request_context, session
from flask_babel import force_locale, gettext, pgettext

from projects.core.text import Text, render

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
def _said(locale: str, msgid: str, context: str) -> str:
    with force_locale(locale):
        return str(pgettext(context, msgid) if context else gettext(msgid))


def say(msgid: str, context: str = "") -> str:
    """`gettext`, remembered by language within requests: looked up anew a word costs more than the rest of its table
    cell, and pages ask for thousands.
    """
    if not has_request_context():
        return str(pgettext(context, msgid) if context else gettext(msgid))
    return _said(LOCALES[language()], msgid, context)


def say_in(context: str, msgid: str) -> str:
    """`pgettext`, remembered like `say`."""
    return say(msgid, context)


def speak(text: Text | str) -> str:
    """`text` in the reader's language."""
    if not text:
        return ""  # the empty id is that of the catalogue's header
    return render(text, say) if isinstance(text, Text) else say(text)
