"""Language: Chinese by default, English at a switch, kept per user."""

from __future__ import annotations

from flask import g, has_request_context, session
from flask_babel import gettext

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


def speak(text: Text | str) -> str:
    """`text` in the reader's language."""
    if not text:
        return ""  # the empty id is that of the catalogue's header
    return render(text, gettext) if isinstance(text, Text) else gettext(text)
