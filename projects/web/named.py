"""A field that takes the name of something stored as people write it: found on the server among what it was offered, so
that it works without a script; suggested by the browser's own list.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup
from wtforms import StringField, ValidationError

from projects.core.text import N_, Text
from projects.web.i18n import speak

SUGGESTED = 500  # names that a page carries
NEAR = 3


def _even(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


class NamedField(StringField):
    """One of some named rows: `data` is its id once valid, None where nothing is typed.

    A name that is not among them is an error that offers the nearest, unless `new` says that names not known are
    welcome: then `data` is None and `typed` has it.
    """

    def __init__(self, label: Any = None, **given: Any) -> None:
        super().__init__(label, **given)
        self.rows: list[tuple[int, str]] = []
        self.known: dict[str, set[int]] = {}
        self.typed, self.new = "", False

    def offer(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Take these: each an id, a name, and other names that it goes by, if any; "" is none."""
        for key, name, *others in rows:
            self.rows.append((key, name))
            for one in filter(None, (name, *others)):
                self.known.setdefault(_even(one), set()).add(key)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was typed."""
        self.typed = valuelist[0].strip()[:200] if valuelist else ""
        self.data: Any = None

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - the signature is WTForms'
        """Find the row that was meant."""
        if not self.typed:
            return
        found = self.known.get(_even(self.typed), set())
        if len(found) == 1:
            (self.data,) = found
        elif found:
            raise ValidationError(speak(Text(N_("有 %(count)s 个都叫“%(name)s”, 请写全称"), self._said(len(found)))))
        elif not self.new:
            near = difflib.get_close_matches(_even(self.typed), self.known, NEAR, 0.5)
            names = dict(self.rows)
            told = ", ".join(dict.fromkeys(names[key] for one in near for key in sorted(self.known[one])))
            said = N_("没有找到“%(name)s”, 相近的有: %(near)s") if told else N_("没有找到“%(name)s”")
            raise ValidationError(speak(Text(said, self._said(0) | {"near": told})))

    def _said(self, count: int) -> dict[str, Any]:
        return {"count": count, "name": self.typed[:60]}

    def _value(self) -> str:
        return self.typed or dict(self.rows).get(self.data, "")

    def __call__(self, **kwargs: Any) -> Markup:
        """A text input with its list of names."""
        given = {"list": f"{self.id}-list", "maxlength": 200, "autocomplete": "off", **kwargs}
        names = Markup().join(Markup('<option value="{}">').format(name) for _, name in self.rows[:SUGGESTED])
        return Markup('{}<datalist id="{}-list">{}</datalist>').format(super().__call__(**given), self.id, names)
