"""What stands between two commas, parted into runs: names that share their verbs. Rules RD-7, RD-8."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from projects.register.reader.dates import WHEN
from projects.register.reader.lexicon import BEHIND, FOREIGN, LEADS, PART, WEAK, residue
from projects.register.reader.lists import Item, items
from projects.register.reader.measures import DONE, MAIN, measure
from projects.register.reader.names import PHASED, Name
from projects.register.reader.nouns import with_nouns
from projects.register.reader.sentences import Stretch

_AIM = re.compile(r"^建设(?:国家级?|省级|区域)[^,;]{0,16}中心")
_REST = re.compile(
    r"^(?:等|[\d一二两三四五六七八九十]{1,3}[个家所大项])[^,;]{0,24}(?:项目|工程|建设|设施|医院|机构|任务|中心"
    r"|院所|进度|改造|提升|扩建)"
)
_SERVICE = re.compile(r"夜间|专病|专家|特需|日间|便民|名医")  # no building: 市医院夜间门诊开诊
LAST = 60  # letters at the end of words about something else in which their verb is looked for
MOST = 4  # letters of a part of a building that need not be known


@dataclass
class Run:
    """Names with the words before and behind them; without names, words alone (`lead`)."""

    lead: str
    start: int
    end: int
    items: list[Item] = field(default_factory=list)
    trail: str = ""

    @property
    def read(self) -> bool:
        """Whether every word behind the names is understood."""
        rest = _AIM.sub("", _REST.sub("", self.trail))
        left = residue(rest)
        if _SERVICE.search(rest):
            return False
        return not left or (len(left) <= MOST and PART.search(rest) is not None)

    @property
    def words(self) -> str:
        """All words that are no names."""
        return f"{self.lead},{self.trail}"


def _milestone(words: str) -> bool:
    found = measure(words)
    return found is not None and found.hard


def _leading(text: str) -> str:
    """The words before a noun that is no health building's."""
    place = 0
    while found := LEADS.match(text, place) or WEAK.match(text, place) or WHEN.match(text, place):
        place = found.end()
    return text[:place]


def _verb(text: str) -> str:
    """The milestone that ends the words about something else, which holds for a whole list; "" where there is none."""
    for found in BEHIND.finditer(text, max(0, len(text) - LAST)):
        rest = text[found.start() :]
        if _milestone(rest) and not residue(rest):
            return rest
    return ""


class _Runs:
    """Gathers the runs of a segment, item by item; `base` is the institution whose further phase may follow."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.lead = ""
        self.now: Run | None = None
        self.made: list[Run] = []

    def take(self, one: Item) -> None:
        """The next item: a name, a further phase, words alone, or something else's name."""
        ahead = len(_leading(one.text))
        if one.name is None and self.base and (phase := PHASED.match(one.text, ahead)):
            name = Name(self.base + phase[0], self.base, ahead, phase.end())
            one = Item(one.text[:ahead], name, one.text[phase.end() :], one.text, one.start, one.joined)
        if one.name is not None:
            self._name(one, one.name)
        elif not residue(one.text):
            self._words(one)
        else:
            self._other(one)

    def _name(self, one: Item, name: Name) -> None:
        if one.lead.strip("的和及与□"):
            self.now, self.lead = None, one.lead
        elif (
            self.now
            and not one.trail.startswith("并")
            and _milestone(one.trail)
            and _milestone(self.lead)
            and not DONE.search(self.lead)
        ):
            self.now, self.lead = None, ""  # 启动甲建设、乙封顶
        if self.now is None:
            self.now = Run(self.lead, one.start, one.end)
            self.made.append(self.now)
        self.now.items.append(one)
        self.now.trail, self.now.end = one.trail, one.end
        self.base = PHASED.sub("", name.text)
        if _milestone(one.trail) or (self.lead and MAIN.search(one.trail)):
            self.now = None

    def _words(self, one: Item) -> None:
        last = self.made[-1] if self.made else None
        if last and _milestone(last.trail) and _milestone(one.text) and WHEN.search(one.text):
            self.made.append(Run(last.lead, one.start, one.end, last.items, one.text))  # 6月封顶、12月竣工
        elif last:
            last.trail += "、" + one.text
            last.end = one.end
        else:
            self.lead += one.text

    def _other(self, one: Item) -> None:
        words, verb = _leading(one.text), _verb(one.text)
        if words:
            self.lead, self.now = words, None
        elif verb and self.now:
            self.now.trail, self.now.end = verb, one.end
            self.now = None
        elif verb and FOREIGN.search(one.text):
            self.lead = ""


def runs(segment: Stretch, base: str = "") -> list[Run]:
    """The runs of a segment; one without names holds all of its words. `base` is the institution spoken of before."""
    gathered = _Runs(base)
    for one in with_nouns(list(items(segment))):
        gathered.take(one)
    return gathered.made or [Run(segment.text, segment.start, segment.end)]
