"""What stands between two commas, parted into runs: names that share their verbs. Rules RD-7 to RD-9."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from projects.register.reader.dates import WHEN
from projects.register.reader.lexicon import BEHIND, FOREIGN, LEADS, PART, WEAK, residue
from projects.register.reader.lists import Item, items
from projects.register.reader.measures import MAIN, measure
from projects.register.reader.names import PHASED, Name
from projects.register.reader.sentences import Stretch

_AIM = re.compile(r"^建设(?:国家级?|省级|区域)[^,;]{0,16}中心")
_REST = re.compile(r"^等[^,;]{0,24}(?:项目|工程|建设|设施|医院|机构|任务|中心|院所|进度|改造|提升|扩建)")
MOST = 4  # letters of a part of a building that need not be known
_PHASE = re.compile(r"^[一二三四五六七八九十\d]{1,2}期[^,;、]{0,6}?(?:病房楼|综合楼|门诊楼|大楼|楼|工程|项目)?(?=$|[^一-鿿]|[一-鿿])")


@dataclass
class Run:
    """Names with the words before and behind them. `own` says that it has words of its own before them."""

    lead: str
    own: bool
    start: int
    end: int = 0
    items: list[Item] = field(default_factory=list)
    trail: str = ""

    @property
    def read(self) -> bool:
        """Whether every word behind the names is understood."""
        rest = _AIM.sub("", _REST.sub("", self.trail))
        return not residue(rest) or (len(residue(rest)) <= MOST and PART.search(rest) is not None)


def _predicate(trail: str) -> bool:
    """Whether a milestone behind a name ends its list."""
    found = measure(trail)
    return found is not None and found.hard


def _leading(text: str) -> str:
    """The words before a noun that is no health building's."""
    place = 0
    while found := LEADS.match(text, place) or WEAK.match(text, place) or WHEN.match(text, place):
        place = found.end()
    return text[:place]


def _verb(text: str) -> str:
    """The milestone that ends the words about something else, which holds for a whole list; "" where there is none."""
    for found in BEHIND.finditer(text):
        rest = text[found.start() :]
        if _predicate(rest) and not residue(rest):
            return rest
    return ""


def runs(segment: Stretch, base: str = "") -> list[Run]:
    """The runs of a segment; one without names holds all of its words as its lead. `base` is the institution that was
    spoken of before, whose further phase may follow.
    """
    made: list[Run] = []
    lead, own = "", False
    now: Run | None = None
    for one in items(segment):
        named = one
        if one.name is None and base and (phase := PHASED.match(one.text)):
            name = Name(base + phase[0], base, 0, phase.end())
            named = Item("", name, one.text[phase.end() :], one.text, one.start, one.joined)
        if named.name is not None:
            if named.lead.strip("的和及与") :
                if now and now.items:
                    now = None
                lead, own = named.lead, True
            if now is None:
                now = Run(lead, own, one.start)
                made.append(now)
            now.items.append(named)
            now.trail, now.end = named.trail, one.end
            base = PHASED.sub("", named.name.text)
            if _predicate(named.trail) or (lead and MAIN.search(named.trail)):
                now = None
            continue
        words = _leading(one.text)
        if not residue(one.text):
            last = now or (made[-1] if made else None)
            if last and last.items:
                last.trail += "、" + one.text
                last.end = one.end
            else:
                lead, own = lead + one.text, True
        elif words:
            lead, own, now = words, True, None
        elif now and now.items and (verb := _verb(one.text)):
            now.trail, now.end = verb, one.end
            now = None
        elif FOREIGN.search(one.text) and _verb(one.text):
            lead, own = "", False
    if not made:
        made.append(Run(segment.text, True, segment.start, segment.end))
    return made
