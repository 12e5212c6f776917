"""Document numbers cited in running text, and numbers that are nearly the same. Rules MT-1 and MT-2 of
docs/rules/matching.md.

A memo may cite 财建〔2025〕23号 whole, without its issuer (2025年23号文), without 号, with other brackets, a short year
(〔25〕) or a letter for a digit (〔2O25〕).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from projects.core.text import one_width
from projects.money.documents.numbers import DocumentNumber, parse

_DIGITS = "0-9OoQ〇○lIiSBZz"
_LOOKALIKES = str.maketrans("OoQ〇○lIiSBZz", "0000011158" + "22")
_CLOSE = r"[〕\])】］〗}﹞〉>》]"
_ANY = r"[〔\[(【［〖{﹝〈<《〕\])】］〗}﹞〉>》]"
_YEAR = rf"(?:[12Zz][{_DIGITS}]{{3}}|[1-3][0-9])"
_SERIAL = rf"(?P<serial>[{_DIGITS}]{{1,5}}(?:-\d{{1,2}})?)"
_RUN = r"(?:(?P<run>[㐀-鿿](?>(?:\s?[㐀-鿿]){0,9}))\s*+)?"
_TAIL = r"(?P<tail>\s*+号(?:文件|文)?)"
_FORMS = (
    rf"{_ANY}\s*+(?P<year>{_YEAR})\s*+年?\s*+{_ANY}?\s*+第?\s*+{_SERIAL}{_TAIL}?",
    rf"(?P<year>{_YEAR})\s*+年?\s*+{_CLOSE}\s*+第?\s*+{_SERIAL}{_TAIL}?",
    rf"(?P<year>{_YEAR})\s*+(?:(?:年\s*+第?|第|[-/])\s*+|(?<=\s)){_SERIAL}{_TAIL}",
)
_GROUP = re.compile(r"P<([a-z]+)>")
_NUMBERED = [_GROUP.sub(rf"P<\g<1>{place}>", form) for place, form in enumerate(_FORMS, start=1)]
_CITED = re.compile(f"{_RUN}(?:{'|'.join(_NUMBERED)})")
_NOT_SERIAL = re.compile(r"(?<!\s)\s*+(?:[.,]\d|\d|万|元|亿|月|日|年|期|%|号楼|号线)")
_NOT_A_DOCUMENT = re.compile(r"楼|线|室|凭证|凭单|支付|发票|合同|标段")
_SPACES = re.compile(r"\s+")
_SPACED = re.compile(r"\S{1,2}(?:\s+\S{1,2}){4,}")
LONGEST_NUMBER = 80  # letters of a document's number as it is kept
LONGEST = 3  # digits of a serial that needs neither issuer nor 号
_CHINESE = re.compile(
    rf"({_ANY})\s*+(二[〇零]二[〇零一二三四五六七八九])\s*+({_ANY})\s*+"
    r"第?\s*+([〇零一二三四五六七八九十百]{1,6})\s*+号"
)
_NUMERALS = {word: place for place, word in enumerate("〇一二三四五六七八九")} | {"零": 0}
_TRADITIONAL = str.maketrans(
    "醫婦預區縣門診綜療傳實驗設業務發樓應處項資經濟財龍寧雲東衛學級災術檢測體養護腫兒復鄉鎮廳國庫撥達號標準備購維環廢"
    "廠電計劃報辦關於條橋漢蘇魯贛陝遼濱廣灣島陽陰長慶豐興華樂賓聯團債專補轉賬帳餘額總後擴遷開擬給與來遠",
    "医妇预区县门诊综疗传实验设业务发楼应处项资经济财龙宁云东卫学级灾术检测体养护肿儿复乡镇厅国库拨达号标准备购维环废"
    "厂电计划报办关于条桥汉苏鲁赣陕辽滨广湾岛阳阴长庆丰兴华乐宾联团债专补转账账余额总后扩迁开拟给与来远",
)
VERBS = "拨付达据按照收转关于文号件由的及和与款入划下支到金资从见详用依"


@dataclass(frozen=True)
class Citation:
    """A number found in a text: the letters before it (issuer and perhaps more), year, serial."""

    run: str
    year: int
    serial: str
    start: int
    end: int

    @property
    def key(self) -> tuple[int, str]:
        """Year and serial, which are left where the issuer is dropped."""
        return self.year, self.serial


def cited(text: str, prefixes: Iterable[str] = ()) -> list[Citation]:
    """Every document number that `text` cites, in order; `prefixes` are issuers' known prefixes, which tell where a
    number begins.
    """
    even = evened(text)
    known = sorted(set(prefixes), key=lambda one: -len(one))
    found = []
    for one in _CITED.finditer(even):
        form = next(form for form in "123" if one[f"year{form}"])
        if (_NOT_SERIAL if one[f"tail{form}"] is None else _NOT_A_DOCUMENT).match(even, one.end()):
            continue
        if one["run"] is None and one[f"tail{form}"] is None and len(one[f"serial{form}"]) > LONGEST:
            continue  # (2025)4321 with neither issuer nor 号 is a voucher's number
        year, serial = one[f"year{form}"].translate(_LOOKALIKES), one[f"serial{form}"].translate(_LOOKALIKES)
        year = year if len(year) == 4 else f"20{year}"
        if not 1990 <= int(year) <= 2099:
            continue
        letters = [place for place, letter in enumerate(one["run"] or "", one.start()) if not letter.isspace()]
        run = "".join(even[place] for place in letters)
        prefix = next((prefix for prefix in known if run.endswith(prefix)), None)
        kept = len(prefix) if prefix else len(run) if len(run) <= 6 else 0
        start = letters[-kept] if kept else letters[-1] + 1 if letters else one.start()
        found.append(Citation(run=run, year=int(year), serial=serial.lstrip("0") or "0", start=start, end=one.end()))
    return found


def evened(text: str) -> str:
    """`text` in one width and in simplified characters, numbers in figures; where spaces stand between single letters,
    without them.
    """
    even = _CHINESE.sub(_in_figures, one_width(text).strip().translate(_TRADITIONAL))
    spaces = len(_SPACES.findall(even))
    return "".join(even.split()) if _SPACED.fullmatch(even) or 5 * spaces > len(even) - spaces > 15 else even


def _in_figures(found: re.Match[str]) -> str:
    """〔二〇二五〕二十三号 as 〔2025〕23号."""
    return f"{found[1]}{_figures(found[2])}{found[3]}{_figures(found[4])}号"


def _figures(words: str) -> str:
    if not any(word in words for word in "十百"):
        return "".join(str(_NUMERALS[word]) for word in words)
    hundreds, _, rest = words.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    return str(100 * _figure(hundreds, 0) + (10 * _figure(tens, 1) if ten else 0) + _figure(ones, 0))


def _figure(word: str, blank: int) -> int:
    return _NUMERALS[word[-1]] if word else blank


def known_prefix(run: str, prefixes: Iterable[str]) -> tuple[str, bool] | None:
    """The longest known issuer's prefix that `run` ends in, and whether it stands alone: a single strange letter before
    it makes another issuer (浙财建).
    """
    prefix = max((one for one in prefixes if run.endswith(one)), key=len, default=None)
    if prefix is None:
        return None
    before = run[: len(run) - len(prefix)]
    return prefix, before[-1:] in VERBS or before[-2:-1] not in VERBS


def digits_differ(one: str, other: str) -> int:
    """How many digits two serials differ by (a missing, strange, or swapped digit counts one); 9 where it is more than
    one.
    """
    if one == other:
        return 0
    if len(one) == len(other):
        wrong = [place for place in range(len(one)) if one[place] != other[place]]
        swapped = (
            len(wrong) == 2
            and wrong[1] == wrong[0] + 1
            and one[wrong[0]] == other[wrong[1]]
            and one[wrong[1]] == other[wrong[0]]
        )
        return 1 if len(wrong) == 1 or swapped else 9
    shorter, longer = sorted((one, other), key=len)
    return 1 if any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer))) else 9


def near(one: str, other: str) -> bool:
    """Whether two numbers are different but easily taken for each other: another issuer level, another year, one digit,
    or brackets typed wrong.
    """
    first, second = _loose(one), _loose(other)
    if first is None or second is None or (parse(one) is not None and parse(one) == parse(other)):
        return False
    return _are_near(first, second)


def _are_near(first: DocumentNumber, second: DocumentNumber) -> bool:
    if first.prefix == second.prefix and first.year == second.year:
        return first.serial == second.serial or (
            digits_differ(first.serial, second.serial) == 1 and max(len(first.serial), len(second.serial)) > 1
        )
    if first.serial != second.serial:
        return False
    if first.year != second.year:
        return first.prefix == second.prefix and abs(first.year - second.year) == 1
    return first.prefix.endswith(second.prefix) or second.prefix.endswith(first.prefix)


class Nearby:
    """Which of many numbers is near one, without comparing it with each: what is near shares a key with it."""

    def __init__(self, numbers: Iterable[str]) -> None:
        """`numbers` as they are compared; of several that are near, one is told."""
        self._by_key: dict[tuple[object, ...], dict[DocumentNumber, str]] = {}
        for number in numbers:
            if own := _loose(number):
                for key in (*_keys(own), *(("within", *own_end) for own_end in _ends(own))):
                    self._by_key.setdefault(key, {}).setdefault(own, number)

    def to(self, number: str) -> str | None:
        """One of them that is near `number`, which is none of them itself."""
        own = _loose(number) if len(number) <= LONGEST_NUMBER else None
        if own is None:
            return None
        whole = own.year, own.serial, own.prefix
        keys = (*_keys(own), ("within", *whole), *(("whole", *end) for end in _ends(own)))
        others = (other for key in keys for other in self._by_key.get(key, {}).items())
        return next((other for parts, other in others if _are_near(own, parts)), None)


def _keys(own: DocumentNumber) -> Iterator[tuple[object, ...]]:
    """What a number shares with those near it: its serial, or what is left of it without one digit; its serial in any
    year; all of it.
    """
    for serial in (own.serial, *(own.serial[:place] + own.serial[place + 1 :] for place in range(len(own.serial)))):
        yield own.prefix, own.year, serial
    yield own.prefix, own.serial
    yield "whole", own.year, own.serial, own.prefix


def _ends(own: DocumentNumber) -> Iterator[tuple[int, str, str]]:
    """A number of each issuer whose prefix this one's ends in: 浙财建, 财建, 建."""
    return ((own.year, own.serial, own.prefix[place:]) for place in range(len(own.prefix)))


def _loose(text: str) -> DocumentNumber | None:
    """A number however it was typed."""
    found = cited(text)
    return DocumentNumber(found[0].run, found[0].year, found[0].serial) if len(found) == 1 else parse(text)
