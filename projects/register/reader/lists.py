"""Lists of names: their items, and heads and tails that stand once for all of them. Rules RD-23 to RD-25."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from projects.register.reader.dates import WHEN
from projects.register.reader.groups import COUNTED
from projects.register.reader.lexicon import BEHIND, FOREIGN, LEADS, OF, WEAK
from projects.register.reader.names import BLOCK, KIND, PHASED, TAIL, Name, find, outside
from projects.register.reader.sentences import Stretch, parted

FURTHEST = 200  # letters of an item in which 和 may part it
AND = frozenset({"和", "及", "与", "以及"})
RELATIVE = re.compile(r"(?:由|已经?|去年|上年|前年|总?投资|位于|占地|正在|在建)[^,、的]{0,24}的")
_AND = re.compile(r"以及|和|及|与|并")
_PLACE = re.compile(r"小学|中学|幼儿园|[馆场城园桥路厦街塔校楼]")
_HEAD = re.compile(r"[^市县区省州旗院]{0,8}?(?:自治区|自治州|自治县|[市县省州旗]|(?<![社城小院])区)(?![级域属直医])")
_GENERIC = re.compile(
    r"(?:第?[一二三四五六七八九十]++|人民|中心|儿童|妇幼|妇女|妇产|产科|保健|计划生育|中医|中西医|结合|[藏蒙]医"
    r"|精神|卫生|传染|病|肿瘤|口腔|老年|康复|医疗|医学|公共|急救|紧急|救援|疾病|预防|控制|疾控"
    r"|血液|职业|防治|皮肤|胸科|眼科?|骨科|疗养|重症|检验|检测|应急|健康|护理|临床|综合|服务|院|医院|所|站|血站|社区)++"
)
_HOSPITAL = re.compile(r"[^、,]{1,30}?(?:医院|卫生院|保健院|中心|[一二三四五六七八九十]院)(?!区)(?:[^、,]{0,10}院区)?")
_CAMPUS = re.compile(r"(?:[东南西北中新老](?:院区|院|区)|[^院市县区]{1,5}院区)(?:[^院]{0,6}楼)?")
_OWN_CAMPUS = re.compile(r"(?<=院)[^院]{1,10}院区$")
_INSTITUTIONS = ("院", "中心", "站", "所", "学校")
_SHARED = re.compile(
    r"(?:(?:原址|原地|易地|异地|就地|迁址|整体)(?:新改扩建|改扩建|新建|扩建|改建|迁建|重建|搬迁|改造|建设)?"
    r"|新改扩建|改扩建|扩改建|迁建|扩建|改建|改造提升|改造|新建|搬迁|新院区|新院|新址"
    r")$"
)


@dataclass(frozen=True)
class Item:
    """An item of a list: what leads to its name, the name if it has one, what stands behind it; `joined` is the sign or
    word before it.
    """

    lead: str
    name: Name | None
    trail: str
    text: str
    start: int
    joined: str

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


def _begin(text: str, first: int) -> int:
    """Where the name begins whose first noun stands at `first`."""
    start = 0
    for found in LEADS.finditer(text, 0, first):
        start = found.end()
    if (owned := OF.match(text, start)) and owned.end() <= first:
        start = owned.end()
    while weak := WEAK.match(text, start, first) or WHEN.match(text, start, first) or LEADS.match(text, start, first):
        start = weak.end()
    if COUNTED.match(text[start:first]):
        return start
    return max(start, text.rfind("的", start, first) + 1)  # 市城投代建的 …


def item(stretch: Stretch, joined: str = "") -> Item:
    """An item parted into what leads, the name, and what stands behind."""
    text = stretch.text
    noun = KIND.search(outside(text))
    if noun and (start := _begin(text, noun.start())) <= noun.start():
        behind = BEHIND.search(outside(text), noun.end())
        if name := find(text, start, behind.start() if behind else len(text)):
            lead = RELATIVE.sub(lambda told: "□" * len(told[0]), text[:start])
            return Item(lead, name, text[name.end :], text, stretch.start, joined)
    return Item("", None, text, text, stretch.start, joined)


def _ends_a_name(text: str) -> bool:
    """Whether a name, or a name and its verb, ends here."""
    noun: re.Match[str] | None = None
    for noun in KIND.finditer(text):  # noqa: B007 - the last one counts
        pass
    if noun is None:
        return bool(FOREIGN.search(text))
    if text.endswith(("工程", "项目")):
        return True
    tail = TAIL.match(text, noun.end())
    end = tail.end() if tail else noun.end()
    return end == len(text) or BEHIND.search(text, end) is not None


def _begins_a_name(text: str) -> bool:
    return (
        KIND.search(text) is not None
        or text[:1].isdigit()
        or PHASED.match(text) is not None
        or _PLACE.search(text) is not None
    )


def items(segment: Stretch) -> Iterator[Item]:
    """The items of what stands between two commas."""
    joined = ""
    for part in parted(segment, "、"):
        rest = part
        place = 0
        while found := _AND.search(rest.text, place, FURTHEST):
            left, right = rest.text[: found.start()], rest.text[found.end() :]
            opened = left.count("(") > left.count(")")
            wanted = LEADS.match(right) is not None if found[0] == "并" else True
            if not opened and wanted and _ends_a_name(left) and _begins_a_name(right):
                yield item(Stretch(left, rest.start), joined)
                joined = found[0]
                rest = Stretch(right, rest.start + found.end())
                place = 0
            else:
                place = found.end()
        yield item(rest, joined)
        joined = "、"


def _head(name: str) -> str:
    """The place that a name begins with: 市, 甲县."""
    found = _HEAD.match(name)
    return found[0] if found else ""


def owner_of(name: str) -> str:
    """The institution that a name begins with; "" where it names none."""
    found = _HOSPITAL.match(name)
    return found[0] if found else ""


def with_heads(names: Sequence[Name], base: str = "") -> list[Name]:
    """Names with the place, or the hospital, that only one before them says; `base` was spoken of before the list."""
    made: list[Name] = []
    head, hospital = "", owner_of(base)
    for name in names:
        own = _head(name.text)
        if hospital and BLOCK.fullmatch(name.core):
            made.append(name.headed(hospital))
            continue
        if hospital and _CAMPUS.fullmatch(name.core):
            made.append(name.headed(_OWN_CAMPUS.sub("", hospital)))
            continue
        head = own or head
        made.append(name.headed(head) if not own and _GENERIC.fullmatch(name.core) else name)
        hospital = owner_of(made[-1].core)
    return made


def with_tails(found: Sequence[Item], names: Sequence[Name]) -> list[Name]:
    """Names with the works that only the last of them says; 和 before the last 、 parts two lists (C和D、E改扩建)."""
    tail = _SHARED.search(names[-1].text)
    made = list(names)
    if not tail or not names[-1].text[: tail.start()].endswith(_INSTITUTIONS):
        return made
    last = len(names) - 1
    reach = next((place for place in range(last - 1, 0, -1) if found[place].joined in AND), 0)
    before = names[reach:last]
    if any(name.text != name.core or not name.core.endswith(_INSTITUTIONS) for name in before):
        return made
    return made[:reach] + [name.tailed(tail[0]) for name in before] + made[last:]
