"""What a name is searched by, however it is written: full-width or not, traditional or simplified, with spaces and
brackets or without, or by the first letters of how it is read.

Every character is folded by itself, so that what a name contains its folded form contains, too. Characters are turned
into simplified ones by OpenCC, read by pypinyin (docs/decisions/0019-search.md).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

LITERAL = frozenset("%_")  # meant when typed, though they are punctuation
OFTEN_LEFT_OUT = str.maketrans("", "", "省市县区")  # when people shorten the name of a place


def folded(text: str) -> str:
    """`text` in the letters that are searched: NFKC, small, simplified, without spaces and punctuation."""
    return "".join(map(_folded, text))


@lru_cache(maxsize=8192)
def _folded(letter: str) -> str:
    plain = unicodedata.normalize("NFKC", letter).casefold()
    kept = "".join(one for one in plain if one in LITERAL or unicodedata.category(one)[0] not in "ZPC")
    return kept if kept.isascii() else str(_simplifier().convert(kept))


@cache
def _simplifier() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def searched(names: Iterable[str | None]) -> str:
    """The text by which somebody called `names` is found: each of them folded, then its initials; between them a space,
    which no search contains.
    """
    found: dict[str, None] = {}
    plain = [folded(name) for name in names if name]
    for one in plain:
        found[one] = None
    for one in plain:
        found |= dict.fromkeys((initials(one), initials(one.translate(OFTEN_LEFT_OUT))))
    return " ".join(filter(None, found))


@lru_cache(maxsize=2048)  # units and places are shared by many
def initials(text: str) -> str:
    """The first letters of how a Chinese text is read, other letters as they are; empty for one without Chinese."""
    if text.isascii():
        return ""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()
