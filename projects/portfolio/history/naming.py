"""What an entry is about, as a person calls it: a report by its month, a file by its name, a person by theirs."""

from __future__ import annotations

from projects.core.text import N_, Text
from projects.history.record.words import NAMES, OBJECTS, OTHER, Words
from projects.portfolio.history.pages import page_words


def about(kind: str, key: str, name: str | None) -> Words:
    """What an entry with this kind and id of object is about; `name` is what the object is called, else its number
    stands there.
    """
    if kind == "page":
        return page_words(key)
    if kind == "system":
        return Text(NAMES[key]) if key in NAMES else OTHER
    word = Text(OBJECTS[kind]) if kind in OBJECTS else OTHER
    if name or kind == "file":
        return Text(N_("%(kind)s %(name)s"), {"kind": word, "name": name or key})
    return Text(N_("%(kind)s 第 %(id)s 号"), {"kind": word, "id": key}) if key.isdecimal() else word
