"""Reads of places for their own page."""

from __future__ import annotations

from dataclasses import dataclass

from projects.core.gazetteer.extract import shipped_places
from projects.core.gazetteer.queries import finder, home_place, place_names
from projects.core.gazetteer.search import MOST, PlaceOption, options_of


@dataclass(frozen=True)
class PlacesPage:
    """The office's own place, how many places there are, those added here, and what was found of what was asked for."""

    home: PlaceOption | None
    count: int
    added: tuple[PlaceOption, ...]
    found: tuple[PlaceOption, ...]
    more: int


def home_option() -> PlaceOption | None:
    """The place of the office that runs this installation; three statements."""
    code = home_place()
    return next(iter(finder(None)(code)), None) if code else None


def places_page(asked: str) -> PlacesPage:
    """What the page of places shows; `asked` finds some."""
    names, shipped = place_names(), shipped_places()
    found = finder(None)(asked) if asked else ()
    added = tuple(one for one in options_of(names) if one.code not in shipped)
    return PlacesPage(home_option(), len(names), added, found[:MOST], max(0, len(found) - MOST))
