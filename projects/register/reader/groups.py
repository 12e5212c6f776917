"""Promises of groups: so many, all, or a share of units that are not named one by one. Rules RD-26, RD-27."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from projects.core.vocabulary import GATE_MEASURES, STAGE_MEASURES
from projects.register.reader.dates import WHEN
from projects.register.reader.lexicon import FOREIGN, LEADS, PART, WEAK, residue
from projects.register.reader.measures import measure, percent, without_share

NOT_OF_GROUPS = frozenset({"reserve", "apply", "approve", "structure_pct", "full_operation"})
BUILT = (STAGE_MEASURES.keys() | GATE_MEASURES.keys()) - NOT_OF_GROUPS  # what a group can be built to
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_COUNT = re.compile(
    r"(?<![第一二三四五六七八九十百\d])(?P<number>\d{1,5}|[一二三四五六七八九两]?十[一二三四五六七八九]?"
    r"|[两二三四五六七八九])余?多?(?P<unit>个|家|所|处|座)"
)
COUNTED = re.compile(
    r"^(?:约|近|至少|不少于|超过|全市|全县|全省)?(?:\d{1,3}%|过半|半数|[一二三四五六七八九十百]{1,2}分之[一二三四五六七八九十]{1,3}|[一二三四五六七八九]成|\d{1,5}万?平方米|(?:\d{1,5}"
    r"|[一二三四五六七八九十两]{1,3})余?多?(?:个|家|所|处|座))"
)
_SORT = re.compile(
    r"[一-鿿]{0,14}?(?:医院|卫生院|卫生服务中心|卫生服务站|卫生室|急救站|急救点|急救中心|发热门诊|疾控中心"
    r"|保健院|医疗中心|服务中心|公共卫生项目|医疗卫生(?:建设)?项目|医疗机构|卫生机构|单位|血站|项目)"
    r"(?:建设)?(?:项目)?(?:\([^()]{1,16}\))?(?:中医馆)?"
)
_AHEAD = re.compile(r"(?P<sort>" + _SORT.pattern + r")(?:不少于|至少|达到?|共|总数|约|超过)?$")
MOST = 4  # letters that need not be known of words that only count
_HEALTH = re.compile(
    r"医院|卫生院|卫生服务|卫生室|医疗(?:卫生)?机构|卫生机构|(?<!应)急救|疾控|保健院|血站|发热门诊|医疗卫生"
    r"|公共卫生项目|卫生健康|卫生项目"
)
_BEHIND = re.compile(r"(?:不少于|至少|达到?|共|约|超过)?(\d{1,5})(?:个|家|所|处|座)(?!项目|工程|重)")
_BARE = frozenset({"单位", "项目", "机构", "中心"})
_UNITS = ("项目", "医院", "卫生院", "中心")
FEWEST = 2  # names that make a group
_WHOLE = re.compile(
    r"^(?:全[市县省区]|所有|全部|各类|各级|各|以?上的|左右的|(?:过半|半数|一半"
    r"|[一二三四五六七八九十百]{1,2}分之[一二三四五六七八九十]{1,3}|[一二三四五六七八九]成)(?:以上|左右)?)++的?"
)
_ALL = re.compile(r"(?:全部|所有|均|都)")
_RATE = re.compile(r"(?P<what>开工|完工|竣工|建成|投用)率")
NO_WORKS = re.compile(
    r"投资完成|完成率|标准(?!化改造|化建设)|评审|等级|达标|创建|签约|考核|培训|卫生(?:县城|乡镇|村)|诊疗设备|信息|互联网|平台|挂牌"
    r"|认证|示范|床"
    r"|胸痛|卒中|创伤|疫苗|接种"
)
_LISTED = re.compile(r"等(?P<number>\d{1,3}|[一二三四五六七八九十两]{1,3})(?:个|家|项|所|大)")


@dataclass(frozen=True)
class Group:
    """A promise of a group: quantifier, threshold (a number of units, or percent), what its units are."""

    quantifier: str
    threshold: float | None
    sort: str
    target: str
    members: tuple[str, ...] = ()


def number(word: str) -> int:
    """The value of 12, 十二 or 两."""
    if word.isdigit():
        return int(word)
    tens, ten, ones = word.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)


def _trimmed(text: str) -> str:
    """The words without what leads to them."""
    start = 0
    while found := LEADS.match(text, start) or WEAK.match(text, start) or WHEN.match(text, start):
        start = found.end()
    return _WHOLE.sub("", text[start:])


def _sort(text: str, before: str, health: bool = False) -> str:
    """What a counted phrase counts: named in it, else spoken of before."""
    for found in _SORT.finditer(text.replace("以上", "%%")):  # 50%以上乡镇卫生院
        if _HEALTH.search(found[0]) or _HEALTH.search(before) or (health and found[0].endswith("项目")):
            return _trimmed(found[0])
    return ""


def _rate(text: str, before: str, health: bool) -> list[Group]:
    """A share of units that reach a stage: 开工率达到90%."""
    found, share = _RATE.search(text), percent(text)
    stage = measure(found["what"]) if found else None
    if not found or stage is None or share is None or not (health or _HEALTH.search(text + before)):
        return []
    return [Group("share", share, _sort(text, before, health) or _sort(before, before, health), stage.target)]


def groups(text: str, lead: str, before: str, health: bool = False) -> list[Group]:
    """The promises of groups that a phrase makes; `lead` are the words before it, `before` what was spoken of. In a
    document of a body of `health` 项目 are projects of health.
    """
    said = measure(without_share(lead + text))
    if said is None or said.target not in BUILT or NO_WORKS.search(text) or NO_WORKS.search(before):
        return []
    if _RATE.search(text):
        return _rate(text, before, health)
    if _COUNT.search(text):
        return [Group("count", many, sort, said.target) for many, sort in counts(text, before, health)]
    sort = _sort(text, before, health)
    left = residue(text.replace(sort, ""))
    if len(left) > (MOST if PART.search(text) else 2):
        return []
    if sort and (share := percent(text)) is not None:
        return [Group("share", share, sort, said.target)]
    return [Group("all", None, sort, said.target)] if sort.endswith(_UNITS) and _ALL.search(text) else []


def counts(text: str, before: str, health: bool = False) -> list[tuple[float, str]]:
    """How many of what a phrase counts; what only the first may leave unsaid was spoken of before."""
    made: list[tuple[float, str]] = []
    for counted in _COUNT.finditer(text):
        sort = _counted_sort(text, counted, "" if made else before)
        if sort and not FOREIGN.search(sort) and (_HEALTH.search(sort + before) or (health and sort.endswith("项目"))):
            made.append((float(number(counted["number"])), sort))
    return made


def _counted_sort(text: str, counted: re.Match[str], before: str) -> str:
    """What a number counts: said behind it (12家卫生院), before it (卫生院不少于12家), else spoken of before."""
    if behind := _SORT.match(text, counted.end()):
        return behind[0]
    if (ahead := _AHEAD.search(text, 0, counted.start())) and (sort := _trimmed(ahead["sort"])) not in _BARE:
        return sort
    unknown = FOREIGN.search(text) or len(residue(text)) > MOST
    return "" if unknown else _sort(before, before) or _trimmed(before)


def own_count(text: str, least: int = 1) -> bool:
    """Whether words count `least` units; one must be named behind its number."""
    found = list(_COUNT.finditer(text))
    return len(found) >= least and (least > 1 or any(_SORT.match(text, one.end()) for one in found))


def counted(name: str, trail: str, names: int) -> bool:
    """Whether a name only says which units are counted: before it (9家县医院) or behind it (中心12个, 健康城4家医院),
    where that is not how many `names` a list has.
    """
    behind = _BEHIND.match(trail)
    return COUNTED.match(name) is not None or (behind is not None and int(behind[1]) != names)


def listed(trail: str, names: Sequence[str], target: str) -> Group | None:
    """The group that a list says it is (等9个项目); `count` where it names only some of its members."""
    found = _LISTED.search(trail)
    if not found or len(names) < FEWEST:
        return None
    many = number(found["number"])
    quantifier = "all" if many == len(names) else "count"
    return Group(quantifier, float(many), f"{names[0]}等{many}个项目", target, tuple(names))
