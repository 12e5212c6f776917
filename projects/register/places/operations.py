"""Writes of places: the list that ships, a place it lacks, and which place is the office's own."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import insert

from projects.core.acting import Acting
from projects.core.errors import InvalidError
from projects.core.gazetteer.extract import LONGEST, parent_of, shipped_places
from projects.core.gazetteer.queries import HOME, place_names
from projects.core.permissions import Actor, require
from projects.core.tables import Place, Setting
from projects.core.text import N_, Text
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag


def load_places(actor: Actor, now: dt.datetime) -> int:
    """Add the places that ship and are not there yet; how many. What is there keeps its name."""
    require(actor, "place.write")
    shipped, there = shipped_places(), place_names()
    known = shipped | there
    rows = [
        {"code": code, "name": shipped[code], "parent_code": parent_of(code, known)}
        for code in sorted(shipped.keys() - there.keys(), key=lambda one: (one[2:] != "0000", one[4:] != "00", one))
    ]
    if rows:
        db.session.execute(insert(Place), rows)
        record(actor, now, Tag.PLACES_LOADED, "places", changes={"rows": [len(there), len(there) + len(rows)]})
    return len(rows)


def add_place(acting: Acting, code: str, name: str) -> Place:
    """Add a place that the list lacks; InvalidError naming the field that can't be taken."""
    require(acting.actor, "place.write")
    names = place_names()
    problems: dict[str, Text] = {}
    if not (len(code) == 6 and code.isascii() and code.isdigit()) or code[:2] == "00":
        problems["code"] = Text(N_("代码是六位数字, 如 370831"))
    elif code in names:
        problems["code"] = Text(N_("%(code)s 已经是%(name)s"), {"code": code, "name": names[code]})
    elif not code.endswith("0000") and parent_of(code, names) is None:
        problems["code"] = Text(N_("先要有它所在的省: %(code)s"), {"code": f"{code[:2]}0000"})
    if not 0 < len(name) <= LONGEST:
        problems["name"] = Text(N_("名称是 1 至 %(count)s 个字"), {"count": LONGEST})
    if problems:
        raise InvalidError(problems)
    place = Place(code=code, name=name, parent_code=parent_of(code, names))
    db.session.add(place)
    db.session.flush()
    record(acting.actor, acting.now, Tag.PLACE_ADDED, code, kind="place", changes={"name": [None, name]})
    return place


def choose_home(acting: Acting, code: str) -> None:
    """Say which place is the office's own: its level follows from it, and places near it are found first (OF-4)."""
    require(acting.actor, "place.write")
    if db.session.get(Place, code) is None:
        raise InvalidError({"home": Text(N_("没有地区 %(code)s"), {"code": code[:12]})})
    kept = db.session.get(Setting, HOME)
    before = kept.value if kept else None
    if before == code:
        return
    if kept:
        kept.value = code
    else:
        db.session.add(Setting(key=HOME, value=code))
    db.session.flush()
    record(acting.actor, acting.now, Tag.HOME_CHOSEN, code, kind="place", changes={"home_place": [before, code]})
