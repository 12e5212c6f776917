"""The sentences of one clause read in turn: who is spoken of, what is said, and what carries on to the next words.

Rules RD-8, RD-9, RD-12, RD-14.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace

from projects.core.text import N_, Text
from projects.register.reader import parts
from projects.register.reader.commitment import CARRIED, commitment, hedge
from projects.register.reader.dates import due
from projects.register.reader.folding import Folded
from projects.register.reader.found import Found, Unread
from projects.register.reader.groups import COUNTED, LISTED, group, number
from projects.register.reader.lexicon import FOREIGN, LEADS, PART, residue
from projects.register.reader.lists import with_heads, with_tails
from projects.register.reader.measures import DONE, MAIN, Measure, measure
from projects.register.reader.names import HEALTH, PHASED
from projects.register.reader.numbering import Piece
from projects.register.reader.segments import Run, runs
from projects.register.reader.sentences import Stretch, parted, sentences
from projects.register.reader.specific import OTHER_PLACE, specific

_BUILT = re.compile(r"开工|动工|奠基|封顶|主体|竣工|完工|建成|落成|启用|投用|投入使用|启动建设|改扩建|迁建|装修")
_ALREADY = re.compile(r"(?<!在)已(?:经)?(?:全面|顺利|基本|正式|于)?(?:完成|建成|开工|投用|启用|竣工|封顶|投入|动工)")
_PROMISES = re.compile(r"建成|开工|投用|启用|竣工|完工|封顶")
_OPENS = re.compile(r"件|实事|项目|工程|开工|竣工|完工|建成|投用")
_SORT = re.compile(r"\d{1,5}(?:个|家|所|处|座)(?:$|以上|[、(])")
SHORT = 30  # letters of what stands before a colon and counts for what follows


@dataclass(frozen=True)
class Intro:
    """What stands before a colon and counts for all that follows, here or in deeper clauses."""

    level: int
    lead: str
    due: dt.date | None
    firm: str


@dataclass
class Spoken:
    """Who and what is spoken of as a clause goes on."""

    names: list[str] = field(default_factory=list)
    base: str = ""
    topic: str = ""  # the last words that no name was read from
    lead: str = ""  # before a colon
    due: dt.date | None = None  # of a phrase that only says when
    firm: str = "none"
    lead_due: dt.date | None = None  # of the words before the last list, which reach what follows without its own
    lead_firm: str = "none"


@dataclass
class ClauseRead:
    """What one clause says."""

    promises: list[Found] = field(default_factory=list)
    reported: list[Found] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    intro: Intro | None = None
    part: str = parts.PLAN  # in which it ends


class _Clause:
    """Reads one clause; its sentences share what is spoken of."""

    def __init__(self, folded: Folded, piece: Piece, year: int | None, intro: Intro | None) -> None:
        self.folded, self.piece, self.year = folded, piece, year
        self.spoken = Spoken()
        self.intro = intro if intro and piece.level > intro.level else None
        self.left: Intro | None = self.intro
        self.said: list[Found] = []
        self.past = False
        self.events: list[Found] = []
        self.unread: list[Unread] = []

    def sentence(self, stretch: Stretch, past: bool) -> list[Found]:
        """What a sentence says, in order; what is only pursued gives way to a milestone of the same sentence."""
        self.said, here = [], self.spoken
        here.topic = ""
        here.due, here.firm, here.lead_due, here.lead_firm = None, "none", None, "none"
        here.lead = self.intro.lead if self.intro else ""
        if self.intro:
            here.due, here.firm = self.intro.due, self.intro.firm
        for segment in parted(stretch, ",:"):
            self.past = past or _ALREADY.search(segment.text) is not None
            own = Stretch(segment.text, segment.start, segment.mark)
            for run in runs(own, here.base):
                if run.items:
                    self._named(run, own)
                else:
                    self._nameless(run, own, segment.end == stretch.end)
        hard = {one.project for one in self.said if Measure(one.target).hard}
        kept: dict[tuple[object, ...], Found] = {}
        for one in self.said:
            if Measure(one.target).hard or one.project not in hard:
                kept.setdefault((one.project, one.target, one.threshold, one.due, one.quantifier), one)
        return list(kept.values())

    def _found(self, project: str, said: Measure, words: str, span: tuple[int, int], **more: object) -> None:
        start, end = self.folded.span(*span)
        quote = self.folded.text[span[0] : span[1]]
        one = Found(
            project, said.target, said.threshold, None, "none", quote, self.piece.locator, start, end, hedge=hedge(words)
        )
        (self.events if self.past else self.said).append(replace(one, **more))  # type: ignore[arg-type]

    def _named(self, run: Run, segment: Stretch) -> None:
        here = self.spoken
        names = with_tails(run.items, with_heads([one.name for one in run.items if one.name]))
        verbs = LEADS.search(run.lead) is not None
        words = run.lead + "," + run.trail
        said = self._measure(run)
        span = run.start, run.end
        own_due = due(run.trail, self.year) or due(run.lead, self.year)
        firm = commitment(words)
        when = own_due or here.due or (None if verbs else here.lead_due)
        if firm == "none":
            firm = here.firm if verbs or here.firm != "none" else here.lead_firm
        if verbs or own_due:
            here.lead_due = due(run.lead, self.year)
            lead = commitment(run.lead)
            here.lead_firm = lead if lead in CARRIED else "none"
        building = _BUILT.search(words) is not None or bool(said and said.hard)
        kept = [one.text for one in names if not COUNTED.match(one.text) and specific(one, building)]
        if _SORT.match(run.trail):  # 中心12个 are a sort
            kept = kept[:-1]
        away = OTHER_PLACE.search(run.lead) is not None
        if kept and not away:
            here.names, here.base = kept, PHASED.sub("", kept[-1])
        if said is None or away or not run.read:
            if said and said.hard and kept and not away:
                self._missed(segment)
            return
        for place, name in enumerate(one.text for one in names):
            if name not in kept:
                self._counted(name, run, said, when, firm, span)
                continue
            main = said.target == "complete" and MAIN.search(run.items[place].trail)
            mine = Measure("structure_done") if main else said
            self._found(name, mine, words, span, due=when, commitment=firm)
        self._listed(kept, run, said, when, firm, span)

    def _measure(self, run: Run) -> Measure | None:
        """What a run's words promise: those behind the names before those in front of them."""
        behind = measure(run.trail)
        whole = measure(run.lead + "," + run.trail)
        if behind and behind.hard and not (whole and whole.target == "reserve"):
            return behind
        if whole is None and self.spoken.lead:
            return measure(self.spoken.lead)
        if whole and not whole.hard and self.spoken.lead and (led := measure(self.spoken.lead)) and led.hard:
            return led
        if DONE.search(run.lead) and MAIN.search(run.trail):
            return measure(run.lead.replace(",", "") + run.trail)
        return whole

    def _counted(self, name: str, run: Run, said: Measure, when: dt.date | None, firm: str, span: tuple[int, int]) -> None:
        if COUNTED.match(name) and (many := group(name + run.trail, run.lead, "")):
            self._found(many.sort, Measure(many.target, many.threshold), run.trail, span, due=when, commitment=firm, quantifier=many.quantifier)

    def _listed(self, kept: list[str], run: Run, said: Measure, when: dt.date | None, firm: str, span: tuple[int, int]) -> None:
        """A list that says how many it has: the group beside its members, and a word where they are not all there."""
        found = LISTED.search(run.trail)
        if not found or not said.hard or len(kept) < 2:  # noqa: PLR2004 - a group
            return
        many = number(found["number"])
        self._found(
            f"{kept[0]}等{many}个项目", Measure(said.target, float(many)), run.trail, span, due=when, commitment=firm,
            quantifier="all" if many == len(kept) else "count", members=tuple(kept),
        )

    def _nameless(self, run: Run, segment: Stretch, last: bool) -> None:
        here, text = self.spoken, run.lead
        said, when, firm = measure(text), due(text, self.year), commitment(text)
        span = segment.start, segment.end
        rest = residue(text)
        if segment.mark == ":":
            self._opened(text, said, when)
        elif not rest and (said is None or (not said.hard and when)):
            if when and last and self.said:
                self.said = [one if one.due else replace(one, due=when) for one in self.said]
            here.due = when or here.due
            here.firm = firm if firm in CARRIED else here.firm
        elif said and said.hard and here.names and self._carries(text, rest):
            if firm == "none":
                firm = here.firm
            for name in here.names:
                self._found(name, said, text, span, due=when or here.due, commitment=firm)
        elif many := group(text, "", here.topic):
            self._found(
                many.sort, Measure(many.target, many.threshold), text, span, due=when or here.due,
                commitment=firm, quantifier=many.quantifier,
            )
        elif FOREIGN.search(text):
            here.names, here.base = [], ""
        if HEALTH.search(text):
            here.topic = text
        if said and said.hard and rest and HEALTH.search(text) and _PROMISES.search(text) and not self.said:
            self._missed(segment)

    def _carries(self, text: str, rest: str) -> bool:
        """Whether words without a name speak of those named before."""
        if FOREIGN.search(text) or "率" in text:
            return False
        if not rest:
            return not re_task(text)
        return len(rest) <= 4 and PART.search(text) is not None and len(self.spoken.names) == 1  # noqa: PLR2004

    def _opened(self, text: str, said: Measure | None, when: dt.date | None) -> None:
        """What stands before a colon."""
        if len(text) > SHORT or not _OPENS.search(text):
            return
        self.spoken.lead = text if said and said.hard else self.spoken.lead
        self.spoken.due = when or self.spoken.due
        if (firm := commitment(text)) in CARRIED:
            self.spoken.firm = firm
        self.left = Intro(self.piece.level, self.spoken.lead, self.spoken.due, self.spoken.firm)

    def _missed(self, segment: Stretch) -> None:
        why = Text(N_("像是对建设项目的承诺, 但读不懂全部用词"))
        self.unread.append(Unread(*self.folded.span(segment.start, segment.end), why))


_TASK = re.compile(r"任务|目标(?!岗)|指标|规划|计划")


def re_task(text: str) -> bool:
    """Whether words speak of a year's tasks, not of a building."""
    return _TASK.search(text) is not None


def read_clause(folded: Folded, piece: Piece, part: str, year: int | None, intro: Intro | None) -> ClauseRead:
    """What a clause of `part` says; `intro` is what a clause above it said before a colon."""
    clause = _Clause(folded, piece, year, intro)
    read = ClauseRead(part=part)
    headed: list[Found] = []
    for stretch in sentences(folded.text, piece.body, piece.end):
        if stretch.start == 0 or folded.text[stretch.start - 1] == "\n":
            read.part = parts.turned(stretch.text, read.part, year)
        said = clause.sentence(stretch, read.part == parts.REVIEW)
        if stretch.start == piece.body and piece.level >= 0:
            headed = said
        read.promises += said
    hard = {one.project for one in read.promises if Measure(one.target).hard}
    read.promises = [one for one in read.promises if one not in headed or Measure(one.target).hard or one.project not in hard]
    read.reported = [one for one in clause.events if Measure(one.target).hard]
    read.unread = [] if read.part == parts.REVIEW else clause.unread
    read.intro = clause.left
    return read
