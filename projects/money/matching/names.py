"""Names of units and projects as they are compared: abbreviations written out, places and generic words told apart, the
rest as pairs of characters.

Pairs survive a mistyped or missing character; what is rare among all names weighs more. Rules MT-3 and MT-4 of
docs/rules/matching.md.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from projects.core.text import one_width

# Abbreviation → full words; longer ones first. All are current short names of kinds of health institutions.
SHORT = {
    "疾控中心": "疾病预防控制中心",
    "疾病控制中心": "疾病预防控制中心",
    "疾控": "疾病预防控制中心",
    "CDC": "疾病预防控制中心",
    "妇女儿童医院": "妇女儿童医院",
    "妇幼保健计划生育服务中心": "妇幼保健院",
    "妇幼保健服务中心": "妇幼保健院",
    "妇幼保健所": "妇幼保健院",
    "妇幼保健中心": "妇幼保健院",
    "妇幼院": "妇幼保健院",
    "妇保院": "妇幼保健院",
    "妇保所": "妇幼保健院",
    "妇保": "妇幼保健院",
    "精神病医院": "精神卫生中心",
    "精神病院": "精神卫生中心",
    "精神专科医院": "精神卫生中心",
    "精神卫生医院": "精神卫生中心",
    "精卫中心": "精神卫生中心",
    "精卫": "精神卫生中心",
    "中医医院": "中医医院",
    "中医院": "中医医院",
    "传染病院": "传染病医院",
    "传染院": "传染病医院",
    "卫校": "卫生学校",
    "急救站": "急救中心",
    "血站": "中心血站",
    "公卫中心": "公共卫生中心",
    "公卫楼": "公共卫生楼",
    "感染楼": "感染性疾病楼",
    "感染病楼": "感染性疾病楼",
    "感染科楼": "感染性疾病楼",
    "门诊医技楼": "门诊医技综合楼",
    "医技综合楼": "医技综合楼",
    "内科楼": "内科病房楼",
    "住院楼": "病房楼",
    "异地新建": "易地新建",
    "迁建": "易地新建",
    "改建扩建": "改扩建",
    "扩改建": "改扩建",
}
_WRITTEN_OUT = {"中心血站", "疾病预防控制中心"}
_SHORT = re.compile("|".join(sorted(map(re.escape, set(SHORT) | _WRITTEN_OUT), key=len, reverse=True)))
_NUMBERED = re.compile(r"第?([一二三四五六七八九])(?:院|医院)(?!区)")
_PEOPLES = re.compile(r"(?<=[市区县旗州盟])(?:县|市|区)?医院|(?<![一-鿿])[县市区]医院")
_COUNTY = re.compile(r"(?<=[一-鿿])县医院")
_GENERIC = re.compile(r"建设项目|工程项目|建设工程|项目")
_BRACKETED = re.compile(r"[(\[〔【{〈《<]([^()\[\]〔〕【】{}〈〉《》<>]{0,12})[)\]〕】}〉》>]?")
_UNSEEN = re.compile(r"[\s\u00ad\u180e\u200b-\u200f\u2060\ufeff·•・。.,，、;；:：'\"“”‘’\-—–_/\\|*~!?！？]+")
_PIECE = re.compile(r"\d+|[a-z]+|[^\da-z\W_]+", re.IGNORECASE)
_PLACE = re.compile(
    r"(?:.{2,4}?(?:省|自治区))?(?:.{2,4}?(?:市|自治州|地区|盟))?(?:.{1,4}?(?:自治县|县|区|旗|市|林区))?"
)
_IN_BRACKETS = re.compile(r"\([^()]*+\)")
_PHASE_IN_BRACKETS = re.compile(r"\(([一二三四五])期")
PHASES = {"1": "一", "2": "二", "3": "三", "4": "四", "i": "一", "ii": "二", "iii": "三"}
_PHASE = re.compile(r"(?:第)?([一二三四五1-5]|iii|ii|i)期", re.IGNORECASE)


@lru_cache(maxsize=65536)
def canonical(text: str) -> str:
    """`text` in one width and without spaces or punctuation, its abbreviations written out, generic words left out.

    Brackets stay as ( and ).
    """
    even = _UNSEEN.sub("", one_width(text)).replace("#楼", "号楼")
    even = _BRACKETED.sub(r"(\1)", even)
    even = _PHASE.sub(lambda found: PHASES.get(found[1].lower(), found[1]) + "期", even)
    even = _SHORT.sub(lambda found: SHORT.get(found[0], found[0]), even)
    even = _NUMBERED.sub(r"第\1人民医院", even)
    even = _PEOPLES.sub("人民医院", even)
    even = _COUNTY.sub("人民医院", even)
    return _GENERIC.sub("", even)


@lru_cache(maxsize=65536)
def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a canonical text, whole numbers, and a bracketed phase with its bracket;
    nothing reaches over a bracket.
    """
    found: set[str] = set()
    for part in text.replace("(", ")").split(")"):
        for piece in _PIECE.findall(part):
            if piece.isascii():
                found.add(piece.lower())
            else:
                found.update(piece[place : place + 2] for place in range(len(piece) - 1))
    found.update(f"({phase}期" for phase in _PHASE_IN_BRACKETS.findall(text))
    return frozenset(found)


def place_of(unit: str, given: str = "") -> str:
    """The place that a canonical unit name begins with; `given` where it is known."""
    if given and unit.startswith(given):
        return given
    found = _PLACE.match(unit)
    return found[0] if found and len(found[0]) < len(unit) else ""


@dataclass(frozen=True)
class Parts:
    """A project's name in parts: where, which unit, which works, which phase; each as pairs of characters."""

    place: frozenset[str]
    unit: frozenset[str]
    works: frozenset[str]
    phase: frozenset[str]
    words: str  # what is left of the name beyond place and unit

    @property
    def all(self) -> frozenset[str]:
        """Every pair of the name."""
        return self.place | self.unit | self.works | self.phase


@lru_cache(maxsize=65536)
def parts(project: str, unit: str, place: str = "") -> Parts:
    """A project's name taken apart by its unit's name; both as written."""
    whole, owner = canonical(project), canonical(unit)
    where = place_of(owner, canonical(place) if place else "")
    kind = owner[len(where) :]
    left = whole.replace(owner, "", 1) if owner and owner in whole else whole.removeprefix(where).replace(kind, "", 1)
    works = pairs(left)
    phase = frozenset(pair for pair in works if pair.startswith("("))
    loose = frozenset(f"{pair[1]}期" for pair in phase) - pairs(_IN_BRACKETS.sub("", left))
    return Parts(pairs(where), pairs(kind) - pairs(where), works - phase - loose - pairs(owner), phase | loose, left)


class Lexicon:
    """How rare each pair of characters is among the known names, and which names carry it."""

    def __init__(self, names: Mapping[str, frozenset[str]]) -> None:
        """`names` maps a key to its pairs."""
        counts = Counter(pair for own in names.values() for pair in own)
        total = max(len(names), 2)
        self.weight = {pair: _exact(math.log((total + 1) / (count + 0.5)) + 0.2) for pair, count in counts.items()}
        self._last: tuple[frozenset[str], float] = (frozenset(), 0.0)
        self._holders: dict[str, list[str]] = defaultdict(list)
        for key, own in names.items():
            for pair in own:
                self._holders[pair].append(key)

    def sum(self, wanted: Iterable[str]) -> float:
        """The weight of all pairs that occur in any name."""
        weight = self.weight
        return sum(weight.get(pair, 0.0) for pair in wanted)

    def known(self, wanted: frozenset[str]) -> float:
        """`sum`, remembered for the text asked last."""
        if self._last[0] is not wanted:
            self._last = (wanted, self.sum(wanted))
        return self._last[1]

    def nearest(self, wanted: frozenset[str], most: int = 6, reach: int = 4000) -> list[tuple[str, float]]:
        """The keys whose names share the most weight with `wanted`, best first; the rarest pairs are followed until
        `reach` names were seen.
        """
        found: dict[str, float] = defaultdict(float)
        seen = 0
        for pair in sorted(
            (pair for pair in wanted if pair in self._holders), key=lambda pair: len(self._holders[pair])
        ):
            holders = self._holders[pair]
            seen += len(holders)
            if seen > reach and found:
                break
            for key in holders:
                found[key] += self.weight[pair]
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))[:most]


def _exact(weight: float) -> float:
    """To a millionth, as a binary fraction: a sum is the same in whatever order a set is read."""
    return math.ldexp(round(math.ldexp(weight, 20)), -20)
