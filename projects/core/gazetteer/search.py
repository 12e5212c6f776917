"""Finding a place by what somebody types: its name, the names of the places it lies in, in whole or in part, or its
code (OF-2).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from projects.core.permissions import covers
from projects.core.places import upper, within

MOST = 20  # shown at once
_BETWEEN = re.compile(r"[\s,，、/()（）·>-]+")
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")


@dataclass(frozen=True)
class PlaceOption:
    """A place to choose; `path` names it with the places it lies in, greatest first: 山东省 济宁市 泗水县."""

    code: str
    name: str
    path: str

    @property
    def level(self) -> str:
        """`province`, `city` or `county`, as its code says."""
        return ("province", "city", "county")[_depth(self.code)]

    @property
    def words(self) -> str:
        """As a field shows it, and as it finds it again."""
        return f"{self.path} ({self.code})"


def options_of(names: Mapping[str, str], reach: Collection[str] | None = None) -> tuple[PlaceOption, ...]:
    """The places within `reach` (None: all) by code; `names` holds those around them too."""
    held = None if reach is None else frozenset(reach)
    return tuple(
        PlaceOption(code, name, " ".join([*(names[one] for one in upper(code) if one in names), name]))
        for code, name in sorted(names.items())
        if covers(held, code)
    )


def find(options: Iterable[PlaceOption], typed: str, near: str | None = None) -> tuple[PlaceOption, ...]:
    """The places that `typed` may mean, likeliest first; all of the likeliest kind where that is one of these:

    its code; its whole name, with or without the places around it, or with some of them; a part of its name, with parts
    of the names around it; parts of those alone; letters of all these names, in their order. Within one kind those in
    the place `near` come first, then the greater ones.
    """
    there = tuple(options)
    if code := _CODE.search(typed):
        return tuple(one for one in there if one.code == code[0])
    terms = _terms(typed)
    if not terms:
        return ()
    whole = "".join(terms)
    kinds: tuple[Callable[[PlaceOption], bool], ...] = (
        lambda one: whole.endswith(one.name) and one.path.replace(" ", "").endswith(whole),
        lambda one: one.name == terms[-1] and _in_order(terms, one.path),
        lambda one: terms[-1] in one.name and _in_order(terms, one.path),
        lambda one: _in_order(terms, one.path),
        lambda one: whole[-1] in one.name and _in_order(whole, one.path),
    )
    found = next((kind for kind in ([one for one in there if fits(one)] for fits in kinds) if kind), [])
    return tuple(sorted(found, key=lambda one: (not _is_near(one, near), _depth(one.code), one.code)))


def chosen(found: Sequence[PlaceOption], typed: str) -> PlaceOption | None:
    """The place that was meant, where only one can have been: it alone was found, by its code or own name."""
    if len(found) != 1:
        return None
    terms = _terms(typed)
    named = bool(terms) and (terms[-1] in found[0].name or terms[-1].endswith(found[0].name))
    return found[0] if named or found[0].code in typed else None


def _terms(typed: str) -> list[str]:
    return [term for term in _BETWEEN.split(typed) if term]


def _in_order(terms: Iterable[str], path: str) -> bool:
    start = 0
    for term in terms:
        start = path.find(term, start)
        if start < 0:
            return False
        start += len(term)
    return True


def _depth(code: str) -> int:
    return 2 if not code.endswith("00") else int(not code.endswith("0000"))


def _is_near(one: PlaceOption, near: str | None) -> bool:
    return near is not None and (within(one.code, near) or within(near, one.code))
