"""What is promised: verbs and nouns of each milestone, and the numbers that belong to them. Rules RD-15 to RD-18."""

from __future__ import annotations

import re
from dataclasses import dataclass

SOFT = frozenset({"accelerate", "unspecified"})
_EARLY = re.compile(r"立项|可研|可行性研究|项目建议书|初步设计|初设|概算批复|环评|报批")
# In this order: where a phrase names two, the later stage on site counts, and preparation before what it prepares.
MILESTONES = (
    ("complete", re.compile(r"具备[^,;]{0,6}条件(?<!开工条件)(?<!建设条件)|达到[^,;]{0,6}(?:投用|使用|开诊|运营)条件")),
    ("full_operation", re.compile(r"整体(?:投入)?(?:运营|运行|投用|启用)|全面(?:运营|投运)|整体投入使用")),
    (
        "in_use",
        re.compile(
            r"启用|投用|投运|投入(?:试?使用|试?运[营行]|营运|临床)|(?:交付|移交)[^,;]{0,4}使用|试?运营(?!管理|机制|模式)|试运行|正式运行"
            r"|试?营业|开业|开诊|接诊|对外开放|正式开放|搬迁入驻|整体入驻|建成(?:并)?使用|完成(?:整体)?搬迁(?=$"
            r"|[,;])|开门|迎诊|全面运行"
        ),
    ),
    ("accept", re.compile(r"验收")),
    ("topped_out", re.compile(r"封顶(?!线|制|机制)|断水")),
    (
        "structure_done",
        re.compile(
            r"主体(?:结构|工程|建筑|建设|施工|楼)*(?:全部|全面|基本)?(?:完工|完成|竣工|建成)"
            r"|(?:完成|完工)[^,;]{0,8}(?:主体(?!装修|育)|土建(?!招|设计))|土建[^,;]{0,4}(?:完工|完成)"
        ),
    ),
    ("fit_out", re.compile(r"(?<!启动)(?<!进入)(?<!开展)(?:装修|装饰|内装|外立面|幕墙)")),
    ("complete", re.compile(r"竣工|完工|落成|交付|收尾|建成(?!果|率|区)|建设完成|完成建设|全部完成|全面完成")),
    (
        "foundation",
        re.compile(
            r"正负零|±0|桩基|基础(?:工程|施工)|(?:基础|地下室)(?:结构|部分)*(?:完成|完工)"
            r"|完成[^,;]{0,4}(?:地下室|(?:地下|基础)(?:工程|施工|结构))"
        ),
    ),
    ("approve", _EARLY),
    (
        "reserve",
        re.compile(
            r"前期|具备[^,;]{0,4}条件|谋划|储备|储库|规划(?:建设|新建|迁建|改扩建|扩建)|筹建|筹设|筹备|筹办|选址|遴选|论证|规划设计"
            r"|方案设计|设计方案|场平|平整|征拆|拆迁|征收|供地|招标|招投标|勘察|施工图|策划|筹划"
        ),
    ),
    ("start", re.compile(r"开工|动工|奠基|破土|开建|启动(?!区|装修|内装|设备|搬迁)")),
    ("apply", re.compile(r"申报|申请|入库|争取[^;]{0,12}(?:资金|支持|纳入|列入|投资|落户|获批)")),
)
_BEGUN = re.compile(r"开工(?!条件)|动工|奠基")
MAIN = re.compile(r"主体(?!装修|育)|土建(?!招|设计)")
_PERCENT = re.compile(
    r"(?P<digits>\d{1,3}(?:\.\d{1,2})?)%|百分之(?P<words>[一二三四五六七八九十百]{1,4})"
    r"|(?P<tenths>[一二三四五六七八九])成(?![立为效果])|(?P<half>过半|一半|半数)|(?P<of>[二三四五])分之(?P<part>[一二三四])"
)
_SUM = re.compile(r"(\d{1,9}(?:,\d{3}){0,3}(?:\.\d{1,4})?)(亿元|万元)")
_INVESTED = re.compile(r"完成(?:年度|总|固定资产|项目)*投资")
_MONEY = re.compile(r"投资|资金|支付率|执行率")
_IMAGE = re.compile(r"形象进度|工程进度|总进度|工程量|建设进度|建设任务|总工程")
DONE = re.compile(r"完成|做完")
PUSHED = re.compile(r"推进|推动|加快|加速|提速|促进|抓好|抓紧|督促|支持|统筹|调度|跟进|力推|助推|力促|推|进度|步伐")
WORKED = re.compile(r"建设|实施|新建|扩建|改建|改造|迁建|续建|重建|打造|提升|继续|迁址|搬迁|组建|建好|建立|布局|设立")
_DIGITS = "一二三四五六七八九"


@dataclass(frozen=True)
class Measure:
    """A target of the vocabulary with its threshold: percent, or 万元 for investment."""

    target: str
    threshold: float | None = None

    @property
    def hard(self) -> bool:
        """Whether it can be tested."""
        return self.target not in SOFT


def percent(text: str) -> float | None:
    """The first share that a text states, in percent."""
    found = _PERCENT.search(text)
    if not found:
        return None
    if found["digits"]:
        return float(found["digits"])
    if found["words"]:
        return _hundredths(found["words"])
    if found["of"]:
        return round(100 * (_DIGITS.index(found["part"]) + 1) / (_DIGITS.index(found["of"]) + 1), 1)
    return 10.0 * (_DIGITS.index(found["tenths"]) + 1) if found["tenths"] else 50.0


def _hundredths(words: str) -> float:
    """The value of 七十五, of 百分之七十五."""
    if words == "百":
        return 100.0
    tens, ten, ones = words.rpartition("十")
    return float((_DIGITS.find(tens[-1:] or "一") + 1) * 10 * bool(ten) + (_DIGITS.find(ones) + 1 if ones else 0))


def without_share(text: str) -> str:
    """A text without the shares that it states."""
    return _PERCENT.sub("", text)


def amount(text: str) -> float | None:
    """The first sum of money that a text states, in 万元."""
    found = _SUM.search(text)
    return float(found[1].replace(",", "")) * (10_000 if found[2] == "亿元" else 1) if found else None


def _numbered(text: str) -> Measure | None:
    """A measure that a number belongs to."""
    share = percent(text)
    if share is not None and MAIN.search(text):
        return Measure("structure_pct", share)
    if _INVESTED.search(text) and (money := amount(text)) is not None:
        return Measure("investment", money)
    if share is not None and (_IMAGE.search(text) or (DONE.search(text) and not _MONEY.search(text))):
        return Measure("progress_pct", share)
    return None


def measure(text: str) -> Measure | None:
    """What a phrase of verbs and nouns promises: a milestone, else that something is pursued or worked at; None where
    it says nothing.
    """
    if number := _numbered(text):
        return number
    if percent(text) is not None and _MONEY.search(text):
        return None
    for target, pattern in MILESTONES:
        if pattern.search(text) and not (target in {"approve", "reserve"} and _BEGUN.search(text)):
            return Measure(target)
    if DONE.search(text):
        return Measure("structure_done" if MAIN.search(text) else "complete")
    if PUSHED.search(text):
        return Measure("accelerate")
    return Measure("unspecified") if WORKED.search(text) else None
