"""Words that are chosen in a rule and spoken at the edge.

A rule never speaks a language: it returns `Text("截至 %(on)s…", {"on": date})`, and the page, the command or the export
renders it in the reader's language. Message ids are the Chinese sentences themselves; `N_` marks one for the catalogue
without translating it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_PICTURES = {
    code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"
}  # what was typed is repeated with its control characters made visible: NUL is ␀

ONE = frozenset({"1", "-1", "+1"})
_COUNTED = re.compile(
    r"%\((\w+)\)s (?:real )?(?:active |calendar |finished |idle |money |percentage |working )?"
    r"(?:accounts|cells|characters|columns|contracts|days|documents|faults|files|findings|forecasts|gates|groups|hours|limits|lines|minutes|months|passwords|places|points|projects|receipts"
    r"|reports|rows|sheets|tokens)\b"
)


def N_(msgid: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark `msgid` for extraction; returns it unchanged."""
    return msgid


@dataclass(frozen=True)
class Text:
    """A message id with its named values; values may be dates, numbers, strings or further texts."""

    msgid: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return render(self, lambda msgid: msgid)

    def to_json(self) -> dict[str, Any]:
        """A JSON-safe form, read back by `from_json`."""
        return {"m": self.msgid, "p": {name: _pack(value) for name, value in self.params.items()}}


def from_json(packed: Mapping[str, Any]) -> Text:
    """The text that `Text.to_json` packed."""
    return Text(packed["m"], {name: _unpack(value) for name, value in packed["p"].items()})


def render(text: Text, translate: Callable[[str], str]) -> str:
    """`text` in the language that `translate` speaks; dates as 2021-12-31, numbers without idle decimals."""
    words = translate(text.msgid)
    if not text.params:
        return words.replace("%%", "%")  # a name such as “完成 25%” is no pattern
    spoken = {name: _spoken(value, translate) for name, value in text.params.items()}
    return of_one(words, spoken) % spoken


def of_one(words: str, spoken: Mapping[str, str]) -> str:
    """English says 1 day, where the catalogue has days; other languages here count without an ending.

    `words` still have their placeholders.
    """
    if ONE.isdisjoint(spoken.values()):
        return words
    return _COUNTED.sub(lambda found: found[0][:-1] if spoken.get(found[1]) in ONE else found[0], words)


def _spoken(value: object, translate: Callable[[str], str]) -> str:
    match value:
        case Text():
            return render(value, translate)
        case float():
            return (
                f"{value:.1f}".removesuffix(".0").replace("-0", "0")
                if abs(value) < 0.05
                else f"{value:.1f}".removesuffix(".0")
            )
        case dt.date():
            return value.isoformat()
        case _:
            return str(value).translate(_PICTURES)


def _pack(value: object) -> object:
    match value:
        case Text():
            return {"text": value.to_json()}
        case dt.date():
            return {"date": value.isoformat()}
        case _:
            return value


def _unpack(value: Any) -> object:
    match value:
        case {"text": packed}:
            return from_json(packed)
        case {"date": iso}:
            return dt.date.fromisoformat(iso)
        case _:
            return value
