"""What carries on from words to words: who is spoken of, by when, how firmly. Rules RD-9, RD-12, RD-14, RD-28."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from projects.register.reader.commitment import CARRIED, commitment
from projects.register.reader.dates import due
from projects.register.reader.lexicon import FOREIGN, LEADS, PART
from projects.register.reader.measures import Measure, measure
from projects.register.reader.names import PHASED

LONGEST = 30  # letters of what stands before a colon and counts for what follows
SHORTEST = 3  # letters of the end of a name that stands for it
MOST = 4  # letters of a part of a building that need not be known
_OPENS = re.compile(r"件|实事|项目|工程|开工|竣工|完工|建成|投用")
LIMIT = re.compile(r"(?:时限|期限|时间|时间节点)$")
_TASK = re.compile(r"任务|目标|指标|规划|计划(?!完成|投资|开工|竣工|投用|封顶|于|\d|年|今年|上半年|下半年)|率")


@dataclass(frozen=True)
class Intro:
    """What stands before a colon and counts for all that follows, here and in deeper clauses than `level`."""

    level: int
    words: str
    due: dt.date | None
    firm: str


@dataclass
class Spoken:
    """Who and what is spoken of as the sentences of a clause go on, in a plan for `year`."""

    year: int | None
    names: list[str] = field(default_factory=list)
    heading: list[str] = field(default_factory=list)  # names of the clause's heading
    age: int = 0  # sentences since `names` were said
    known: list[str] = field(default_factory=list)  # all names of the clause so far
    base: str = ""  # the institution whose further phases may follow
    topic: str = ""  # the last words of the sentence that no name was read from
    counted: list[tuple[float, str]] = field(default_factory=list)  # how many of what, without a stage so far
    units_due: dt.date | None = None  # by when the last group is promised
    words: str = ""  # before a colon
    limited: bool = False  # 完成时限: what follows dates what the clause said before
    due: dt.date | None = None  # of words that say when, and nothing else
    firm: str = "none"
    lead_due: dt.date | None = None  # of words before the last list: they reach what follows without a verb before it
    lead_firm: str = "none"

    def begin(self, intro: Intro | None) -> None:
        """A sentence begins: names go on into the next, those of the heading through the clause."""
        self.age += 1
        if self.age > 1 and self.names != self.heading:
            self.names, self.base = self.heading, self.heading[-1] if self.heading else ""
        self.topic, self.lead_due, self.lead_firm, self.limited = "", None, "none", False
        self.counted, self.units_due = [], None
        self.words = intro.words if intro else ""
        self.due = intro.due if intro else None
        self.firm = intro.firm if intro else "none"

    def name(self, names: list[str]) -> None:
        """Buildings are spoken of from now on."""
        self.names, self.base = names, PHASED.sub("", names[-1])
        self.known += names
        self.counted = []
        self.age = 0

    def full(self, name: str) -> str:
        """A name that is the end of one spoken of before, whole: 东院区 of 甲医院东院区."""
        return next((one for one in self.known if one.endswith(name) and len(name) >= SHORTEST), name)

    def forget(self) -> None:
        """Something else is spoken of."""
        self.names, self.base = [], ""

    def when(self, lead: str, trail: str) -> tuple[dt.date | None, str]:
        """By when, and how firmly, a list is promised that stands between `lead` and `trail`."""
        ahead, behind = due(lead, self.year), due(trail, self.year)
        verbs = LEADS.search(lead) is not None
        day = behind or ahead or self.due or (None if verbs else self.lead_due)
        firm = commitment(f"{lead},{trail}")
        if firm == "none":
            firm = self.firm if verbs or self.firm != "none" else self.lead_firm
        if verbs or ahead or behind:
            own = commitment(lead)
            self.lead_due, self.lead_firm = ahead, own if own in CARRIED else "none"
        return day, firm

    def only_when(self, day: dt.date | None, firm: str) -> None:
        """Words that say when, and nothing else, hold for the rest of the sentence."""
        self.due = day or self.due
        self.firm = firm if firm in CARRIED else self.firm

    def opened(self, text: str, level: int) -> Intro | None:
        """What stands before a colon, in a clause of `level`; None where it counts for nothing."""
        if len(text) > LONGEST or not _OPENS.search(text):
            return None
        said = measure(text)
        self.words = text if said and said.hard else self.words
        self.only_when(due(text, self.year), commitment(text))
        return Intro(level, self.words, self.due, self.firm)

    def carries(self, text: str, said: Measure | None, left: str) -> bool:
        """Whether words without a name, of which `left` is not understood, speak of those named before."""
        if not self.names or said is None or not said.hard or FOREIGN.search(text) or _TASK.search(text):
            return False
        return not left or (len(left) <= MOST and PART.search(text) is not None and len(self.names) == 1)
