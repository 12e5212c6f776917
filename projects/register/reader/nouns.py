"""A noun that only the last of a list says: 甲镇、乙镇卫生院, 甲医院东、西院区. Rule RD-24."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from projects.register.reader.dates import WHEN
from projects.register.reader.lexicon import FOREIGN, LEADS, WEAK, residue
from projects.register.reader.lists import Item
from projects.register.reader.names import WORK, Name

_MANY = r"(?:[两三四五六七八九十]|\d{1,2})?(?:个|所|家)?"
_CAMPUS = re.compile(
    r"(?P<own>[东南西北中新老]|[一-鿿]{2,4}?)"
    + _MANY
    + r"(?P<noun>院区|分院|校区|(?<=[东南西北])[院区])(?P<rest>[^院]*)"
)
_DIRECTION = re.compile(r"[东南西北中新老]|[一-鿿]{2,4}")
ENDINGS = "镇乡县区市旗"  # of a place
_BARE = re.compile(r"[一-鿿]{1,8}[镇乡县区市旗]|[一-鿿]{2,3}")
_COUNTED = re.compile(r"(?:[两三四五六七八九十]|\d{1,2})(?:个|所|家)$")
_INSTITUTION = re.compile(
    r"(?:(?<=[镇乡])中心|镇|乡|中心)?卫生院|社区卫生服务中心|人民医院|中医医?院|妇幼保健院|疾控中心|急救站|(?<![民医科童心])医院"
)
_REST = re.compile(r"(?:[^、,医院]{0,6}(?:楼|用房|病区))?(?:" + WORK + r"|项目|工程|建设)*+")
_OTHER = re.compile(FOREIGN.pattern + "|[路街道桥园馆场厦塔校楼港站线河湖]$")


def with_nouns(found: Sequence[Item]) -> list[Item]:
    """The items of a list, each with the noun that only its last says."""
    made = list(found)
    for last in range(len(made) - 1, 0, -1):
        _campuses(made, last)
        _institutions(made, last)
    return made


def _campuses(made: list[Item], last: int) -> None:
    """甲医院东、西院区 are 甲医院东院区 and 甲医院西院区."""
    name = made[last].name
    told = _CAMPUS.fullmatch(name.text) if name and not made[last].lead else None
    first = _chain(made, last, lambda one: _DIRECTION.fullmatch(one.text) is not None)
    base = made[first].name
    if name is None or told is None or base is None or first == last or not _DIRECTION.fullmatch(made[first].trail):
        return
    if residue(made[first].trail) != made[first].trail:
        return
    for place in range(first, last + 1):
        one = made[place]
        own = told["own"] if place == last else one.trail if place == first else one.text
        core = base.core + own + told["noun"]
        start, end = (name.start, name.end) if place == last else (base.start if place == first else 0, len(one.text))
        full = Name(core + told["rest"], core, start, end)
        made[place] = replace(one, name=full, trail=one.text[end:])


def _institutions(made: list[Item], last: int) -> None:
    """甲镇、乙镇卫生院 are 甲镇卫生院 and 乙镇卫生院."""
    name = made[last].name
    told = _INSTITUTION.search(name.text) if name and not made[last].lead else None
    if name is None or told is None or not _REST.fullmatch(name.text, told.end()):
        return
    mine = _COUNTED.sub("", name.text[: told.start()])
    if not _BARE.fullmatch(mine):
        return
    ending = mine[-1] in ENDINGS
    noun, rest = told[0], name.text[told.end() :]
    first = last
    while first > 0 and made[first].joined in {"、", "和"} and _alike(made[first - 1], ending):
        first -= 1
        if _lead(made[first].text):
            break
    for place in range(first, last + 1):
        one = made[place]
        start = 0 if place == last else _lead(one.text)
        core = (mine if place == last else one.text[start:]) + noun
        end = name.end if place == last else len(one.text)
        if first < last:
            made[place] = replace(
                one, lead=one.text[:start], name=Name(core + rest, core, start, end), trail=one.text[end:]
            )


def _alike(one: Item, ending: bool) -> bool:
    """Whether an item is the place, or the bare name, that an institution's noun can follow."""
    own = one.text[_lead(one.text) :]
    if one.name is not None or not _BARE.fullmatch(own) or residue(own) != own or _OTHER.search(own):
        return False
    return (own[-1] in ENDINGS) == ending


def _lead(text: str) -> int:
    """Where the words end that lead to a name."""
    place = 0
    while found := LEADS.match(text, place) or WEAK.match(text, place) or WHEN.match(text, place):
        place = found.end()
    return place


def _chain(made: Sequence[Item], last: int, bare: Callable[[Item], bool]) -> int:
    """The item that a chain of bare words before `last` begins with, one with a name."""
    first = last - 1
    while first > 0 and made[first].name is None and made[first].joined == "、" and bare(made[first]):
        first -= 1
    return first if made[last].joined == "、" else last
