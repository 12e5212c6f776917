"""What the columns of a ledger are taken for, by their headings and the group headings above them: LG-2 of
docs/rules/ledger.md.

A column nobody knows is kept by its name, with the reason; a person assigns it or leaves it.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from projects.core.text import N_, Text
from projects.money.imports.layout import squeezed
from projects.money.imports.reading import SOURCES
from projects.portfolio.ledger.fields import (
    BY_KEY,
    ELSEWHERE,
    IGNORED,
    MONTH,
    MONTHLY,
    MOST_PROMISES,
    PROMISED,
    SOURCE,
    SOURCE_LABELS,
    YEAR,
    YEARLY,
)
from projects.portfolio.ledger.headings import ELSEWHERE as ELSEWHERE_NAMES
from projects.portfolio.ledger.headings import KNOWN, SOURCE_GROUPS

_ELSEWHERE = {name: key for key, names in ELSEWHERE_NAMES.items() for name in names}
_KNOWN = {name: key for key, names in reversed(KNOWN.items()) for name in names}
_REMARK = re.compile(r"[(〔【\[][^()〔〕【】\[\]]*[)〕】\]]")
_SHAPE = re.compile(r"(?:20)?x{2,4}[年.\-/].*", re.IGNORECASE)
_YEAR = re.compile(r"(?:截至|截止)?(20\d\d)年?(?:度|底|末)?")
_PART = re.compile(r"其中[:,、]?|[一二三四五六七八九十]{1,3}、|\d{1,3}[.、]")
_MONTH = re.compile(r"(?:(20\d\d)[年.\-/])?(?<!\d)(0?[1-9]|1[0-2])月(?:份|底|末)?")
_SPAN = re.compile(r"\d{1,2}(?:月)?[-~—–至到]\d{1,2}月")
_ORDINAL = re.compile(r"^((?:年度|工作)?(?:承诺|目标)(?:事项|任务)?)([一二三四五1-5])(.*)$")
_ORDINALS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}
_OF_PROMISE = {
    "": "promise",
    "内容": "promise",
    "事项": "promise",
    "期限": "promise_due",
    "时限": "promise_due",
    "完成时间": "promise_due",
    "完成时限": "promise_due",
    "口径": "promise_measure",
    "比例": "promise_threshold",
    "目标值": "promise_threshold",
    "力度": "promise_commitment",
}
_OF_YEAR = re.compile(r"年度|本年|当年|今年|全年")
_PLANNED = (
    (re.compile(r"(?:计划(?:完成)?投资|投资计划)(?:额|金额|数)?"), "amount"),
    (re.compile(r"(?:主要|计划|拟)?建设(?:任务及)?内容(?:及规模)?"), "content"),
)
_THIS_YEAR = re.compile(r"本年|当年|今年|年度|^20\d\d年")
_NOT_DONE = re.compile(r"计划|目标|预计|拟")
_PERCENT = re.compile(r"进度|比例|百分比|%")
_CUMULATIVE = re.compile(r"累计|截至|截止")
_OF_MONTH = re.compile(r"完成投资|投资完成|投资额")
_PAID = re.compile(r"下达|到位|支付|拨付")
_FLOW = re.compile(r"下达|到位|支付|拨付|完成|使用|申请")


@dataclass(frozen=True)
class Column:
    """A column: where it stands (from 0), its headings from the group down, what it is taken for (empty: nothing), the
    unit of its amounts, and why it is not read.
    """

    place: int
    path: tuple[str, ...]
    key: str = IGNORED
    unit: str | None = None
    why: Text | None = None

    @property
    def name(self) -> str:
        """Its headings as one."""
        return " / ".join(self.path)

    @property
    def is_wide(self) -> bool:
        """Whether it counts ten thousands of square metres."""
        return any("万平" in said or "万㎡" in said for said in self.path)


def classify(paths: Mapping[int, tuple[str, ...]], year: int | None) -> list[Column]:
    """The columns of a heading, each with what it is taken for; `year` is that of the sheet where one is named."""
    found = [_column(place, path, year) for place, path in paths.items() if path]
    sources = [one for one in found if one.key.startswith(SOURCE)]
    if len(sources) == 1 and not _under_sources(sources[0]):
        found = [_plain(one) if one is sources[0] else one for one in found]
    return _once(found)


def _column(place: int, path: tuple[str, ...], year: int | None) -> Column:
    unit = next((unit for said in reversed(path) if (unit := squeezed(said)[1])), None)
    names = [_bare(said) for said in path]
    key, why = _meant(names, year)
    return Column(place, path, key, unit, why)


def _bare(said: str) -> str:
    """A heading as it is compared: without its unit, remarks in brackets, and patterns such as 20XX.0X."""
    name = squeezed(said)[0]
    bare = _SHAPE.sub("", _REMARK.sub("", name) if name not in _KNOWN else name)
    return _PART.sub("", bare) or name


def _meant(names: Sequence[str], year: int | None) -> tuple[str, Text | None]:
    own, whole = names[-1], "".join(dict.fromkeys(names))
    above = names[-2] if len(names) > 1 else ""
    if of_a_time := _monthly(whole, year) or _yearly(names, year):
        return of_a_time
    if promise := _numbered(names):
        return promise, None
    for name in (f"{above}{own}", own, _YEAR.sub("", own)):
        if name in _KNOWN:
            return _checked(_KNOWN[name], names)
        if name in _ELSEWHERE:
            return IGNORED, Text(ELSEWHERE[_ELSEWHERE[name]])
    return _of_source(own, names[:-1])


def _of_source(own: str, groups: Sequence[str]) -> tuple[str, Text | None]:
    """What a heading holds that names a source, if it does: its approved sum, unless a group says otherwise."""
    if own in SOURCES and any(_PAID.search(name) for name in groups):
        return IGNORED, Text(ELSEWHERE["money"])
    is_sum = own != "其他" or _is_source_group(groups[-1] if groups else "")
    if own in SOURCES and is_sum and not any(_FLOW.search(name) for name in groups):
        return f"{SOURCE}{SOURCES[own]}", None
    return IGNORED, Text(N_("不认识这一列: 请选它是什么, 或不读"))


def _checked(key: str, names: Sequence[str]) -> tuple[str, Text | None]:
    """A figure of this year only is no cumulative one; an amount under a source is not that of the whole."""
    groups = names[:-1]
    if key in {"invested", "percent"} and any(_THIS_YEAR.search(name) for name in groups):
        return IGNORED, Text(N_("这是本年的数, 不是开工以来的累计"))
    if key == "total" and any(name in SOURCES for name in groups):
        return f"{SOURCE}{next(SOURCES[name] for name in groups if name in SOURCES)}", None
    return key, None


def _monthly(whole: str, year: int | None) -> tuple[str, Text | None] | None:
    """What a heading that names a month holds: percent, cumulative investment, or that of the month."""
    found = _MONTH.search(whole)
    if not found:
        return None
    kind = _kind_of_month(whole)
    if not kind or _NOT_DONE.search(whole):
        return None
    if _SPAN.search(whole):
        return IGNORED, Text(N_("这是几个月合在一起的数, 推不出每个月的累计"))
    said = found[1] or next(iter(_YEAR.findall(whole)), None)
    if not (said or year):
        return IGNORED, Text(N_("没有写明是哪一年的 %(month)s 月: 请在标题或表头写上年份"), {"month": int(found[2])})
    return f"{MONTH}{int(said or year or 0)}-{int(found[2]):02d}.{kind}", None


def _yearly(names: Sequence[str], year: int | None) -> tuple[str, Text | None] | None:
    """What a heading that speaks of a year holds (LG-13), if that is its plan: the investment, or what is to be
    built.
    """
    near = names[-2:]
    said = next((found[1] for name in reversed(names) if (found := _YEAR.search(name))), None)
    if _MONTH.search("".join(near)) or not (said or any(_OF_YEAR.search(name) for name in near)):
        return None
    own = _OF_YEAR.sub("", _YEAR.sub("", near[-1])).removeprefix("度")
    kind = next((kind for pattern, kind in _PLANNED if pattern.fullmatch(own)), "")
    if not kind or any(_PAID.search(name) for name in near):
        return None
    if not (said or year):
        return IGNORED, Text(N_("没有写明是哪一年的计划: 请在标题或表头写上年份"))
    return f"{YEAR}{int(said or year or 0)}.{kind}", None


def _kind_of_month(whole: str) -> str:
    if _PERCENT.search(whole):
        return "percent"
    if "投资" in whole and _CUMULATIVE.search(whole):
        return "invested"
    return "added" if _OF_MONTH.search(whole) else ""


def _numbered(names: Sequence[str]) -> str:
    """The key of one of several promises: 目标1, 目标2 期限, or 期限 below 目标2."""
    for said in ("".join(names[-2:]), names[-1]):
        if found := _ORDINAL.fullmatch(said):
            number = _ORDINALS.get(found[2]) or int(found[2])
            if key := _OF_PROMISE.get(found[3].strip("-—:")):
                return numbered(key, number)
    return ""


def numbered(key: str, number: int) -> str:
    """The key of a column of one of several promises."""
    return key if number == 1 else f"{key}#{number}"


def _is_source_group(name: str) -> bool:
    return any(name.startswith(group) or name.endswith(group) for group in SOURCE_GROUPS)


def _under_sources(one: Column) -> bool:
    return any(_is_source_group(_bare(said)) for said in one.path[:-1])


def _plain(one: Column) -> Column:
    return replace(one, key=IGNORED, why=Text(N_("只有这一列像资金来源, 拿不准是批复、下达还是到位: 请选")))


def _once(found: Iterable[Column]) -> list[Column]:
    """No field is read from two columns."""
    seen: Counter[str] = Counter()
    told = []
    for one in found:
        seen[one.key] += 1
        twice = one.key and seen[one.key] > 1
        why = Text(N_("已有一列是“%(name)s”, 这一列没有读"), {"name": label(one.key)}) if twice else one.why
        told.append(replace(one, key=IGNORED, why=why) if twice else one)
    return told


def label(key: str) -> Text:
    """What a column is taken for, in words."""
    if key == IGNORED:
        return Text(N_("不读"))
    if key.startswith(SOURCE):
        return Text(N_("批复金额: %(source)s"), {"source": Text(SOURCE_LABELS[key])})
    if key.startswith(MONTH):
        month, _, kind = key.removeprefix(MONTH).partition(".")
        return Text(N_("%(month)s %(what)s"), {"month": month, "what": Text(MONTHLY[kind])})
    if key.startswith(YEAR):
        own, _, kind = key.removeprefix(YEAR).partition(".")
        return Text(YEARLY[kind], {"year": own})
    plain, _, number = key.partition("#")
    named = Text(BY_KEY[plain].label)
    return Text(N_("%(what)s (第 %(number)s 项)"), {"what": named, "number": number}) if number else named


def choices() -> dict[str, Text]:
    """Everything that a column can be taken for, but months and years, which their headings name."""
    keys = [*BY_KEY, *SOURCE_LABELS, *(numbered(key, n) for n in range(2, MOST_PROMISES + 1) for key in PROMISED)]
    return {IGNORED: label(IGNORED)} | {key: label(key) for key in keys}


def assigned(columns: Sequence[Column], chosen: Mapping[str, str]) -> list[Column]:
    """The columns as a person assigned them, by place; what is no known field stays as it was."""
    known = choices()
    own = {one.key for one in columns}
    told = []
    for one in columns:
        key = chosen.get(str(one.place))
        if key is None or (key not in known and key not in own):
            told.append(one)
        else:
            told.append(replace(one, key=key, why=None if key else Text(N_("您选了不读"))))
    return _once(told)


def signature(columns: Iterable[Column]) -> str:
    """The same for every file with these headings in this order."""
    spelled = "\x1f".join("\x1e".join(map(_bare, one.path)) for one in columns)
    return hashlib.sha256(spelled.encode()).hexdigest()
