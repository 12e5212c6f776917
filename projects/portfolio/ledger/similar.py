"""Whether two names mean one project: LG-5 to LG-7 of docs/rules/ledger.md.

A name is taken apart: where (place, 市/县 before the institution), which phase, which campus, which number, what kind
of works, and its core. Two names are alike where none of these contradict and the cores say the same; nothing here
merges anything, a person decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from projects.core.places import within
from projects.core.text import N_, Text
from projects.money.matching.names import Lexicon, canonical, pairs

MOST = 5  # candidates that are shown of a row
SHORTEST = 8  # letters of a core of which one may be missing
_HEADED = re.compile(r"^[省市县区州旗](?=[^镇乡医])")
_PHASE = re.compile(r"\(?第?((?<![一二三四五六])[一二三四五六](?:[、和及]?[一二三四五六]){0,3})期(?:工程)?\)?")
_NUMBER = re.compile(r"第([一二三四五六七八九十]+)(?=人民|附属|中医|医院|妇幼|精神|中学|医疗)")
_ATTACHED = re.compile(r"([一二三四五六])附院")
_SIDE = re.compile(
    r"\(?(新城|高新|城[东西南北]|江[东西南北]|[东西南北中新老旧本总])(?:院区|分院|院(?!士|内|前|感|校))\)?"
)
_CAMPUS = re.compile(r"\(?([^()院]{2,3})(?:院区|分院)\)?")
_COUNTED = re.compile(r"[a-z]?\d+|(?<![a-z])[a-z](?=[座区栋楼])", re.IGNORECASE)
_WORKS = {  # what is done; classes that name other works of one institution exclude each other
    "易地新建": "new",
    "整体易地新建": "new",
    "整体搬迁": "new",
    "搬迁": "new",
    "新建": "new",
    "改扩建": "extension",
    "扩建": "extension",
    "维修改造": "renovation",
    "装修改造": "renovation",
    "改造": "renovation",
    "修缮": "renovation",
    "装修": "renovation",
    "改建": "renovation",
    "服务能力提升": "capacity",
    "能力提升": "capacity",
    "能力建设": "capacity",
    "提升": "capacity",
    "设备购置": "equipment",
    "设备采购": "equipment",
    "信息化": "it",
}
_WORK = re.compile("|".join(sorted(_WORKS, key=len, reverse=True)))
_TAIL = re.compile(
    r"epc|ppp|工程总承包|总承包|施工|勘察设计|可行性研究报告|及(?:附属)?配套(?:基础)?(?:设施|工程)?|附属设施|配套(?:设施|工程)?"
    r"|建设项目|建设工程|工程项目|建设|工程|项目|拟建|续建|在建|[()、和及与的]",
    re.IGNORECASE,
)
_SOFT = re.compile(r"综合|医疗|业务|大(?=楼)|服务|整体|标准化|规范化")
_TOWN = re.compile(r"(?:镇|乡|街道办事处|街道)(?=中心卫生院|卫生院|社区)")
_TOWN_CENTRE = re.compile(r"中心(?=卫生院)")
_EMPTY = re.compile(r"(?:人民)?(?:医院|中心|卫生院|楼)?")
_OWNER = re.compile(r"医院|卫生院|保健院|中心|卫生学校|学院|血站|卫生室|服务站|研究院|公司|卫生健康委|委员会|局")


@dataclass(frozen=True)
class Signed:
    """A name taken apart. `core` is what is left; `sound` how that is read; `rest` the core without soft words."""

    name: str
    place: str | None
    levels: frozenset[str]
    phases: frozenset[str]
    numbers: frozenset[str]
    sides: frozenset[str]
    counted: frozenset[str]
    works: frozenset[str]
    core: str
    rest: str
    sound: str = ""
    dropped: tuple[str, ...] = ()
    whole: str = ""

    @property
    def letters(self) -> frozenset[str]:
        """The pairs of letters by which it is looked up."""
        return pairs(self.rest) | pairs(self.core) or frozenset({self.core})


@dataclass(frozen=True)
class Likeness:
    """How surely (0 to 1) two names mean one project, and why."""

    sure: float
    reasons: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Where:
    """A place: its code, and the names of the places around it and its own by code, greatest first."""

    code: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)


def sign(name: str, unit: str = "", where: Where | None = None, read: Callable[[str], str] = str) -> Signed:
    """A project's name taken apart; `name` and `unit` in simplified letters of one width, `read` says how letters
    sound.
    """
    where = where or Where()
    text, owner = _even(name), _even(unit)
    dropped: list[str] = []
    text, levels = _without_place(text, where, dropped)
    owner, of_owner = _without_place(owner, where, [])
    if owner and not _OWNER.search(text):  # a name such as 门诊楼 is that of its unit
        text = owner + text
        dropped.append(owner)
    elif owner and owner in text:
        text = owner + text.replace(owner, "", 1)
    levels = levels or of_owner
    phases, text = _taken(_PHASE, text)
    sides, text = _taken(_SIDE, text)
    more, text = _taken(_CAMPUS, text)
    numbers = frozenset(_NUMBER.findall(text))
    works = frozenset(_WORKS[said] for said in _WORK.findall(text))
    counted = frozenset(said.lower() for said in _COUNTED.findall(text))
    text = _WORK.sub("", text)
    if tails := "".join(_TAIL.findall(text)):
        dropped.append(tails)
    core = _TAIL.sub("", text).lower() or text
    rest = _TOWN_CENTRE.sub("", _TOWN.sub("", _SOFT.sub("", core))) or core
    return Signed(
        name,
        where.code,
        levels,
        frozenset("".join(phases)) - set("、和及"),
        numbers,
        sides | more,
        counted,
        works,
        core,
        rest,
        read(rest),
        tuple(dropped),
        canonical(name),
    )


def _even(text: str) -> str:
    return _ATTACHED.sub(r"第\1附属医院", canonical(text))


@lru_cache(maxsize=4096)
def _short(name: str) -> str:
    """A place's name as people shorten it: 泗水县 is 泗水; one of two letters stays."""
    return name[:-1] if len(name) > 2 and name[-1] in "省市县区州旗盟" else name


def _without_place(text: str, where: Where, dropped: list[str]) -> tuple[str, frozenset[str]]:
    """The text without the places that it begins with, and the codes of those that its last place may be."""
    levels: frozenset[str] = frozenset()
    for code, name in where.names.items():
        for said in (name, _short(name)):
            left = text.removeprefix(said)
            if left != text and len(left) > 1 and not _EMPTY.fullmatch(left if left != "医院" else ""):
                if said != name and (left[0] in "省市县区州旗" and left[0] != name[-1]):
                    continue
                text, levels = left, frozenset({code})
                dropped.append(said)
                break
    if head := _HEADED.match(text):
        meant = {code for code, name in where.names.items() if name.endswith(head[0])}
        levels = levels & meant or frozenset(meant) or levels
        text = text[1:]
        dropped.append(head[0])
    return text, levels


def _taken(pattern: re.Pattern[str], text: str) -> tuple[frozenset[str], str]:
    """What a pattern names in a text, and the text without it; a campus leaves its 院."""
    return frozenset(pattern.findall(text)), pattern.sub("", text)


def alike(one: Signed, other: Signed) -> Likeness | None:
    """Whether two names may mean one project; None where something contradicts, or too little speaks for it."""
    if _apart(one, other):
        return None
    same = one.works == other.works
    if one.core == other.core:
        sure = 1.0 if same else 0.9
        return Likeness(sure, _reasons(one, other))
    if one.rest == other.rest and len(one.rest) > 2:
        reasons = (*_reasons(one, other), Text(N_("只差“综合”“医疗”一类的字")))
        return Likeness(0.85 if same else 0.75, reasons)
    if one.sound and one.sound == other.sound and len(one.core) > 3:
        return Likeness(0.8, (*_reasons(one, other)[1:], Text(N_("读音相同, 个别字不同"))))
    short, long = sorted((one.core, other.core), key=len)
    if len(short) >= SHORTEST and (letter := _missing(short, long)):
        return Likeness(0.7, (*_reasons(one, other)[1:], Text(N_("只差一个“%(letter)s”字"), {"letter": letter})))
    return None


def _missing(short: str, long: str) -> str:
    """The letter that `long` has more than `short`; empty where they differ in more than that."""
    if len(long) != len(short) + 1:
        return ""
    place = next((place for place, letter in enumerate(short) if long[place] != letter), len(short))
    return long[place] if long[:place] + long[place + 1 :] == short else ""


def _apart(one: Signed, other: Signed) -> bool:
    """Whether two names can't mean one project: other places, phases, campuses, numbers, buildings or works."""
    if one.place and other.place and not (within(one.place, other.place) or within(other.place, one.place)):
        return True
    if one.levels and other.levels and not one.levels & other.levels:
        return True
    if (one.phases, one.numbers, one.counted) != (other.phases, other.numbers, other.counted):
        return True
    if one.sides != other.sides:
        return True
    return bool(one.works and other.works and not one.works & other.works)


def _reasons(one: Signed, other: Signed) -> tuple[Text, ...]:
    if one.whole == other.whole:
        return (Text(N_("去掉空格和标点后名称相同")),)
    found = []
    left = [said for said in (*one.dropped, *other.dropped) if (said in one.dropped) != (said in other.dropped)]
    if left:
        found.append(Text(N_("不看“%(words)s”, 名称相同"), {"words": "”“".join(dict.fromkeys(left))}))
    else:
        found.append(Text(N_("按简称写全后名称相同")))
    if one.works != other.works:
        found.append(Text(N_("一个写明了建设方式, 另一个没有")))
    if one.phases:
        found.append(Text(N_("同为%(phase)s期"), {"phase": "、".join(sorted(one.phases))}))
    return tuple(found)


class Known:
    """Names among which alike ones are looked for, without comparing each with every other."""

    def __init__(self, names: Mapping[str, Signed]) -> None:
        self.names = names
        self._cores: dict[str, list[str]] = defaultdict(list)
        self._sounds: dict[str, list[str]] = defaultdict(list)
        for key, one in names.items():
            for core in {one.core, one.rest}:
                self._cores[core].append(key)
            if one.sound:
                self._sounds[one.sound].append(key)
        self._lexicon = Lexicon({key: one.letters for key, one in names.items()})

    def like(self, wanted: Signed, most: int = MOST) -> list[tuple[str, Likeness]]:
        """The keys of the names most like `wanted`, the surest first."""
        near = dict.fromkeys(self._cores.get(wanted.core, ()))
        near |= dict.fromkeys(self._cores.get(wanted.rest, ())) | dict.fromkeys(self._sounds.get(wanted.sound, ()))
        if len(wanted.core) >= SHORTEST:
            near |= dict.fromkeys(key for key, _ in self._lexicon.nearest(wanted.letters, 20))
        found = [(key, one) for key in near if (one := alike(wanted, self.names[key]))]
        found.sort(key=lambda pair: (-pair[1].sure, self._away(wanted, pair[0])))
        return list(islice(found, most))

    def _away(self, wanted: Signed, key: str) -> tuple[bool, str]:
        return self.names[key].place != wanted.place, self.names[key].name


def where_of(code: str | None, names: Mapping[str, str], around: Sequence[str]) -> Where:
    """A place with the places `around` it (codes, greatest first) that have names."""
    if code is None:
        return Where()
    return Where(code, {one: names[one] for one in (*around, code) if one in names})
