"""What is the name of a health building: how such names end, and what may follow. Rules RD-20, RD-21."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

HEALTH = re.compile(
    r"医院(?![路街站巷桥]|大道)|医疗|医学|医养|医技|医专|血库|[中藏蒙]医|卫生|卫校|保健|妇保|妇幼|妇女儿童|妇儿|疾控|疾病|(?<!应)急救"
    r"|(?<!应急)救治|血站|血站|血液|血防|公卫|健康(?=服务中心|管理中心|体检|学院|职业|医|城|护理)|护理|疗养"
    r"|养护|心血管|脑科|康复|精神|心理|传染|门诊|感染(?=楼|病|大楼)|病房|病区"
    r"|住院|院区|临床|诊疗|口腔|肿瘤|结核|皮肤病|眼科|职业病|儿研所|核酸|热敏灸|防治"
    r"|[附属大市县省州区旗][一二三四五六七八九十]{1,2}院|[东南西北]院|(?<!创)新院"
    r"|[市县省州区][一二三四五六七八九十]{1,2}医|治疗"
)
KIND = re.compile(
    r"医院(?![路街站巷桥]|大道)|综合体|病院|卫生院|保健院|妇保院|妇幼院|疗养院|护理院|养护院|福利院|防治院|研究院"
    r"|[附属市县省州区旗院大医][一二三四五六七八九十]{1,2}院|院区|(?<!创)[东南西北新老总分]院(?!区)"
    r"|中心(?!医院|城|区|血站|卫生院|妇|人民)|血站|血库|浆站|用房|急救分?站|监督所|防治所|研究所|儿研所|防治站|急救点"
    r"|校区|[市县省州区][一二三四五六七八九十]{1,2}医(?![院学保疗药])|医学部|卫校|医专|学院(?!附)|学校"
    r"|大学(?!附|第|医|[一-鿿]{0,6}医院)|楼(?![盘宇市梯层道])|大厦"
    r"|基地|实验室|健康城(?![市镇乡])|医学城|医疗城|总部|本部|门诊部|病区|病房(?!楼)|[老旧]址"
)
BLOCK = re.compile(
    r"(?:门急诊|门诊|急诊|病房|住院|医技|内科|外科|感染|传染病?|综合|科研|科教|教学|行政|保障|儿科|妇科|妇产|康复|医疗"
    r"|肿瘤|干部|体检|影像|手术|后勤|部|新|老|[一二三四五六七八九]号){1,5}(?:大楼|楼|病区|病房)"
)
PHASE = r"(?:(?:第?[一二三四五六七八九十]|\d{1,2})(?:(?:、|和)[一二三四五六])?期)"
WORK = (
    r"(?:(?:整体|原址|原地|易地|异地|就地|迁址|选址|综合|全面|标准化|标准|功能|提档|提标|提质)?"
    r"(?:新改扩建|改扩建|扩改建|迁扩建|新扩建|改建|扩建|新建|迁建|续建|重建|搬迁|改造|升级|提升|迁址|扩容|提质))"
)
# In brackets they are no part of a name.
_GOAL = r"[:;,]|委|局|公司|集团|政府|单位"
_GOAL += r"|责任|牵头|配合|封顶|竣工|开工|投用|建成|启用|完工|验收|完成|\d月|年底|年内|季度|半年"
TAIL = re.compile(
    r"(?:\((?![^()\n]{0,20}(?:"
    + _GOAL
    + r"))[^()\n]{1,20}\)|和[一-鿿]{2,6}科(?=$|项目|工程|建设)|"
    + PHASE
    + "|"
    + WORK
    + r"|[东南西北]?新院区?|新区|[东南西北]区|新校区|新址|原址|易地|异地|工程|项目|建设)++"
)
MODIFIED = re.compile(
    r"(?!等|项目|工程|建设|[\d一二两三四五六七八九十]{1,3}[个大项所家])[^,、;:()的\n年月日]{1,22}?"
    r"(?:能力(?:综合)?提升|服务能力提升|综合提升|改扩建|扩建|改造|提升|配套|迁建|新建|搬迁|重建|建设)(?:工程"
    r"|项目|建设)*"
)
_ENDINGS = ("项目", "工程", "建设")
_KEPT = ("易地建设", "异地建设", "原址建设")
_BRACKETS = re.compile(r"\([^()\n]{1,40}\)")
PHASED = re.compile(PHASE)


@dataclass(frozen=True)
class Name:
    """A name as it stands: [start, end) of the item; `text` without the words behind it that every project has,
    `core` up to its last noun.
    """

    text: str
    core: str
    start: int
    end: int

    def headed(self, head: str) -> Name:
        """The name with a place before it that the text says elsewhere."""
        return replace(self, text=head + self.text, core=head + self.core)

    def tailed(self, tail: str) -> Name:
        """The name with works behind it that the text says elsewhere."""
        return replace(self, text=self.text + tail)


def plain(name: str) -> str:
    """A name without the words behind it that every project has."""
    while name.endswith(_ENDINGS) and not name.endswith(_KEPT):
        name = name[:-2]
    return name


def outside(item: str) -> str:
    """An item with as many signs in the place of what stands in brackets."""
    return _BRACKETS.sub(lambda found: "□" * len(found[0]), item)


def find(item: str, start: int, most: int) -> Name | None:
    """The longest name of a building that an item of a list holds from `start` on, nothing of it beyond `most`."""
    ends = [found.end() for found in KIND.finditer(outside(item), start, most)]
    if not ends:
        return None
    end = noun = ends[-1]
    tail = TAIL.match(item, end, most)
    if not tail and (more := MODIFIED.match(item, end, most)):
        end = more.end()
        tail = TAIL.match(item, end, most)
    if tail:
        end = tail.end()
    text = plain(item[start:end])
    if text.count("“") != text.count("”"):
        text = text.replace("“", "").replace("”", "")
    return Name(text, item[start:noun], start, end) if HEALTH.search(text) or BLOCK.fullmatch(text) else None
