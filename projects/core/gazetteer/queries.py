"""Reads of the places stored."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import select

from projects.core.gazetteer.search import PlaceOption, find, options_of
from projects.core.permissions import covers
from projects.core.settings.queries import setting
from projects.core.tables import Place
from projects.extensions import db

HOME = "home_place"  # the setting that names the place of the office that runs this installation
Finder = Callable[[str], tuple[PlaceOption, ...]]


def place_names() -> dict[str, str]:
    """Names of all places by code; one statement."""
    return {code: name for code, name in db.session.execute(select(Place.code, Place.name))}  # noqa: C416 - typed


def home_place() -> str | None:
    """The code of the place of the office that runs this installation, None until it is said."""
    return setting(HOME)


def home_within(reach: frozenset[str] | None) -> str:
    """The office's own place for who answers for these (None: for all), to fill forms in; "" where it is not theirs."""
    home = home_place()
    return home if home and covers(reach, home) else ""


def finder(reach: Collection[str] | None) -> Finder:
    """What finds places within `reach` (None: all) by what was typed, those near the office first; two statements, at
    the first question.
    """
    kept: list[tuple[tuple[PlaceOption, ...], str | None]] = []

    def found(typed: str) -> tuple[PlaceOption, ...]:
        if not kept:
            kept.append((options_of(place_names(), reach), home_place()))
        options, near = kept[0]
        return find(options, typed, near)

    return found
