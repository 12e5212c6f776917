"""How values are shown: dates as 2021-12-31, money in 万元 with the exact yuan on hover, percentages, words of the
vocabularies.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote_plus

from flask import Flask, g, request, url_for
from flask_babel import ngettext, npgettext
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from projects.core import vocabulary as vocab
from projects.core.addresses import is_official
from projects.core.answers import data_text, works_text
from projects.core.money import exact_yuan, in_unit, shown_wan
from projects.core.month import BEIJING, format_month
from projects.core.text import Text, cut, numbered
from projects.history.record.tags import tag_word
from projects.web.i18n import language, say, say_in, speak

BLANK = "—"
_ANY = "any-project"  # stands for a slug in an address pattern
_PLAIN = re.compile(r"[a-z0-9-]{1,60}", re.ASCII)


def money(fen: int | None) -> Markup | str:
    """`fen` as 万元 with two decimals, the exact yuan in the title."""
    if fen is None:
        return BLANK
    # digits only, written alike in both languages
    return Markup(f'<span title="¥{exact_yuan(fen)}">{shown_wan(fen)}</span>')  # noqa: S704


def percent(value: float | None, places: int = 1) -> str:
    """A percentage without its sign: 48.0."""
    return BLANK if value is None else f"{cut(value, places):.{places}f}"


def day(value: dt.date | None) -> str:
    """A day as 2021-12-31."""
    return BLANK if value is None else value.isoformat()


def month(value: dt.date | None) -> str:
    """A month as 2021-11."""
    return BLANK if value is None else format_month(value)


def instant(value: dt.datetime | None) -> str:
    """An instant in Beijing time, to the minute."""
    return BLANK if value is None else value.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def slip(days: int | None) -> str:
    """Slip with its sign: +17 late, -5 early, 0 on the day."""
    return BLANK if days is None else "0" if days == 0 else f"{days:+d}".replace("-", "−")


def word(key: str, vocabulary: str) -> str:
    """The word for a stored key, such as `word('must', 'COMMITMENTS')`."""
    return say(getattr(vocab, vocabulary)[key])


def words(vocabulary: Mapping[str, str]) -> list[tuple[str, str]]:
    """The keys of a vocabulary with their words, for choices."""
    return [(key, say(text)) for key, text in vocabulary.items()]


def worded(vocabulary: Mapping[str, str]) -> dict[str, str]:
    """The words by key, looked up once for all rows of a long list."""
    return dict(words(vocabulary))


def lit(states: Mapping[str, str]) -> dict[str, Markup]:
    """The marks by state, for all rows of a long list."""
    return {state: light(state) for state in states}


def light(state: str) -> Markup:
    """A verdict's mark: shape, word and colour together."""
    return _light(language(), state)


@cache
def _light(_language: str, state: str) -> Markup:
    colour = vocab.LIGHT_OF[state] if state != "overdue" else "overdue"
    mark = Markup('<span class="light light-{}"><span aria-hidden="true">{}</span> {}</span>')
    return mark.format(colour, vocab.SHAPES[state], say(vocab.STATES[state]))


def lamp(colour: str) -> Markup:
    """One of the five lights that gather the answers (vocabulary LIGHTS): shape, word and colour together."""
    shape = {"red": "■", "yellow": "▲", "green": "●", "grey": "○", "done": "✔"}[colour]
    return Markup('<span class="light light-{}"><span aria-hidden="true">{}</span> {}</span>').format(
        colour, shape, say(vocab.LIGHTS[colour])
    )


def works(state: str, days: int | None) -> Markup:
    """The works against their plan: shape, word and days together."""
    return _works(language(), state, days)


@lru_cache(maxsize=4096)
def _works(_language: str, state: str, days: int | None) -> Markup:
    mark = Markup('<span class="works works-{}"><span aria-hidden="true">{}</span> {}</span>')
    return mark.format(state, vocab.WORKS_SHAPES[state], speak(works_text(state, days)))


def data(state: str, on: dt.date | None, as_of: dt.date) -> Markup:
    """How fresh what is known is: shape, word and age together."""
    return _data(language(), state, on, as_of)


@lru_cache(maxsize=4096)
def _data(_language: str, state: str, on: dt.date | None, as_of: dt.date) -> Markup:
    mark = Markup('<span class="data data-{}"><span aria-hidden="true">{}</span> {}</span>')
    return mark.format(state, vocab.DATA_SHAPES[state], speak(data_text(state, on, as_of)))


def mark(state: str, kind: str) -> Markup:
    """A state of the works or of the data by itself, for counts: shape and word."""
    shapes, words = (
        (vocab.WORKS_SHAPES, vocab.WORKS_STATES) if kind == "works" else (vocab.DATA_SHAPES, vocab.DATA_STATES)
    )
    return Markup('<span class="{0} {0}-{1}"><span aria-hidden="true">{2}</span> {3}</span>').format(
        kind, state, shapes[state], say(words[state])
    )


@pass_context  # or a template's constant would be said once and for all, in the language of whoever asked first
def signal(_context: object, state: str) -> Markup:
    """One of a project's four lights: shape, word and colour together."""
    return _signal(language(), state)


@cache
def _signal(_language: str, state: str) -> Markup:
    mark = Markup('<span class="light light-{}"><span aria-hidden="true">{}</span> {}</span>')
    return mark.format(state, vocab.SIGNAL_SHAPES[state], say(vocab.SIGNALS[state]))


def four(letters: str) -> Markup:
    """A project's four lights in one small mark, each by its shape, with all the words for who can't see them."""
    return _four(language(), letters)


@cache
def _four(_language: str, letters: str) -> Markup:
    states = [vocab.SIGNAL_OF[letter] for letter in letters]
    told = [
        f"{say(word)} {say(vocab.SIGNALS[state])}"
        for word, state in zip(vocab.PROJECT_LIGHTS.values(), states, strict=True)
    ]
    marks = Markup("").join(
        Markup('<span class="light-{}">{}</span>').format(state, vocab.SIGNAL_SHAPES[state]) for state in states
    )
    return Markup('<span class="four" role="img" aria-label="{0}" title="{0}">{1}</span>').format(
        ", ".join(told), marks
    )


def threshold(value: int | None, measure: str, quantifier: str) -> str:
    """A target's threshold in its own unit; empty where the measure is a plain yes or no."""
    if value is None:
        return ""
    if quantifier == "count":
        return f"≥ {value}"
    if measure == "investment":
        return f"≥ {in_unit(value)} {say('万元')}"
    return f"≥ {value / 100:g}%"


def same_page(**changes: Any) -> str:
    """This page's address with some query values changed; None drops one."""
    values = {**request.args.to_dict(), **changes}
    query = "&".join(
        [f"{_quoted(name)}={_quoted(str(value))}" for name, value in values.items() if value not in {None, ""}]
    )
    return f"{request.path}?{query}" if query else request.path


_quoted = lru_cache(maxsize=4096)(quote_plus)


def keep_as_of(endpoint: str, **values: Any) -> str:
    """`url_for`, keeping `?as_of=` of this page; addresses that differ in their project only are built once a page."""
    slug = values.get("slug")
    if len(values) == 1 and isinstance(slug, str) and _PLAIN.fullmatch(slug):
        known: dict[str, str] = g.setdefault("addresses", {})
        if endpoint not in known:
            known[endpoint] = _address(endpoint, {"slug": _ANY})
        return known[endpoint].replace(_ANY, slug)
    return _address(endpoint, values)


def _address(endpoint: str, values: dict[str, Any]) -> str:
    if request.args.get("as_of"):
        values.setdefault("as_of", request.args["as_of"])
    return url_for(endpoint, **values)


def addresses(endpoint: str) -> Callable[[str], str]:
    """The address of `endpoint` by a project's slug."""
    return lambda slug: keep_as_of(endpoint, slug=slug)


@pass_context
def _gettext(context: Context, msgid: str, /, **values: object) -> str:
    """What `_` says in templates, in the form of its number, values escaped."""
    words = say(numbered(msgid, {name: str(value) for name, value in values.items()}))
    # words of the catalogue; what is put in is escaped
    return (Markup(words) if context.eval_ctx.autoescape else words) % values  # noqa: S704


def register(app: Flask) -> None:
    """Give templates these filters and helpers."""
    app.jinja_env.filters.update(
        money=money,
        yuan=exact_yuan,
        pct=percent,
        day=day,
        month=month,
        instant=instant,
        slip=slip,
        word=word,
        words=words,
        light=light,
        lamp=lamp,
        works=works,
        data=data,
        mark=mark,
        signal=signal,
        four=four,
        official=is_official,
        speak=speak,
        threshold=threshold,
    )
    app.jinja_env.install_gettext_callables(say, ngettext, newstyle=True, pgettext=say_in, npgettext=npgettext)  # type: ignore[attr-defined]
    app.jinja_env.globals["gettext"] = _gettext  # what `_` calls
    app.jinja_env.globals.update(
        same_page=same_page,
        link=keep_as_of,
        language=language,
        vocab=vocab,
        tag_word=tag_word,
        MONEY_RULES=vocab.MONEY_RULES,
        Text=Text,
        escape=escape,
    )
