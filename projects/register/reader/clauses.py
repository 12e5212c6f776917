"""The sentences of one clause read in turn. Rules RD-7 to RD-9, RD-19, RD-29."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from projects.core.text import N_, Text
from projects.register.reader import parts
from projects.register.reader.commitment import CARRIED, commitment, hedge
from projects.register.reader.dates import WHEN, due
from projects.register.reader.folding import Folded
from projects.register.reader.found import Found, Unread
from projects.register.reader.groups import (
    BUILT,
    NO_WORKS,
    Group,
    counted,
    counts,
    groups,
    listed,
    own_count,
)
from projects.register.reader.lexicon import FOREIGN, LEADS, PART, residue
from projects.register.reader.lists import RELATIVE, Item, owner_of, with_heads, with_tails
from projects.register.reader.measures import DONE, MAIN, Measure, measure
from projects.register.reader.names import HEALTH
from projects.register.reader.numbering import Piece
from projects.register.reader.segments import Run, runs
from projects.register.reader.sentences import Stretch, parted, sentences
from projects.register.reader.specific import OTHER_PLACE, no_building, specific
from projects.register.reader.spoken import LIMIT, Intro, Spoken

_BUILT = re.compile(r"开工|动工|奠基|封顶|主体|竣工|完工|建成|落成|启用|投用|投入使用|启动建设|改扩建|迁建|装修")
_ALREADY = re.compile(r"(?<!在)已(?:经)?(?:全面|顺利|基本|正式|于)?(?:完成|建成|开工|投用|启用|竣工|封顶|投入|动工)")
_FORBIDDEN = re.compile(r"暂不|不得|不再|不予|严禁|禁止|暂缓|停止|原则上不|不宜|不准")
_UNDONE = re.compile(r"拆除|关停|腾空|暂停|停建|缓建|取消|叫停|严控|严格控制")
_GONE = re.compile(r"^(?:去年|上年|前年|目前|截至)")
_NOW = re.compile(r"今年|明年|下一步|年内|年底")
_HEADS = re.compile(r"(?:项目|工程|类)(?:\([^()]{1,12}\))?$")
_PROMISES = re.compile(r"建成|开工|投用|启用|竣工|完工|封顶")
_BLANK = re.compile(r"\s+")


@dataclass
class ClauseRead:
    """What one clause says, the part in which it ends, and what it leaves to deeper clauses."""

    part: str
    promises: list[Found] = field(default_factory=list)
    reported: list[Found] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    intro: Intro | None = None


@dataclass(frozen=True)
class _Promise:
    """What is common to all that a run promises: by when, how firmly, in which words, and where."""

    due: dt.date | None
    firm: str
    words: str
    start: int
    end: int


class _Clause:
    """Reads one clause; its sentences share what is spoken of."""

    def __init__(self, folded: Folded, piece: Piece, year: int | None, intro: Intro | None, health: bool) -> None:
        self.health = health
        self.folded, self.piece, self.year = folded, piece, year
        self.spoken = Spoken(year)
        self.intro = intro if intro and piece.level > intro.level else None
        self.before: list[Found] = []  # what the clause promised in sentences before
        self.said: list[Found] = []
        self.events: list[Found] = []
        self.unread: list[Unread] = []
        self.past = False
        self.series: tuple[list[Item], str] = ([], "none")  # names whose stages follow each other, and how firmly

    def sentence(self, stretch: Stretch, past: bool) -> list[Found]:
        """What a sentence says, in order; what is only pursued gives way to a milestone of the same sentence."""
        self.said = []
        self.spoken.begin(self.intro)
        gone = past
        for segment in parted(stretch, ",:"):
            gone = past or ((gone or _GONE.match(segment.text) is not None) and not _NOW.search(segment.text))
            self.past = gone or _ALREADY.search(RELATIVE.sub("", segment.text)) is not None
            if self._counted(segment):
                continue
            for run in runs(segment, self.spoken.base):
                if run.items:
                    self._named(run, segment)
                else:
                    self._nameless(segment, segment.end == stretch.end)
        hard = {one.project for one in self.said if Measure(one.target).hard}
        kept: dict[tuple[object, ...], Found] = {}
        for one in self.said:
            if Measure(one.target).hard or one.project not in hard:
                kept.setdefault((one.project, one.target, one.threshold, one.due, one.quantifier), one)
        self.before += kept.values()
        return list(kept.values())

    def _add(self, project: str, said: Measure, how: _Promise, quantifier: str = "project", *members: str) -> None:
        start, end = self.folded.span(how.start, how.end)
        quote = _BLANK.sub("", self.folded.raw[start:end])
        where = (quote, self.piece.locator, start, end, quantifier, members, hedge(how.words))
        found = Found(project, said.target, said.threshold, how.due, how.firm, *where)
        (self.events if self.past else self.said).append(found)

    def _counted(self, segment: Stretch) -> bool:
        """Whether a list counts each of its items (卫生院6所、卫生室45所): groups, or units whose stage comes later."""
        text = segment.text
        if "、" not in text or not own_count(text, 2):
            return False
        units = counts(text, "", self.health)
        if len(units) != len(list(parted(segment, "、"))):
            return False
        if many := self._many(text):
            self._groups(many, self._said(segment))
        else:
            self._await(text)
        return True

    def _await(self, text: str) -> None:
        """What words count waits for a stage, where they name none: 新建发热门诊8处, 10月底前全部完工."""
        said = measure(text)
        self.spoken.topic = text
        if said and not said.hard and not NO_WORKS.search(text):
            self.spoken.counted += counts(text, "")

    def _said(self, segment: Stretch) -> _Promise:
        """By when and how firmly words say something that stand alone."""
        day, firm = due(segment.text, self.year), commitment(segment.text)
        return _Promise(day or self.spoken.due, firm, segment.text, segment.start, segment.end)

    def _groups(self, found: Iterable[Group], how: _Promise) -> None:
        for many in found:
            same = many.sort == self.spoken.topic  # of the same units, by the same day: 启动24家, 完成10家
            self.spoken.units_due = how.due or (self.spoken.units_due if same else None)
            self.spoken.topic = many.sort
            own = replace(how, due=self.spoken.units_due)
            self._add(many.sort, Measure(many.target, many.threshold), own, many.quantifier, *many.members)

    def _named(self, run: Run, segment: Stretch) -> None:
        """A list of names between their verbs."""
        names = with_tails(run.items, with_heads([one.name for one in run.items if one.name], self.spoken.base))
        said = self._measure(run)
        day, firm = self.spoken.when(run.lead, run.trail)
        if firm == "none" and run.items is self.series[0]:  # 甲确保6月封顶、12月竣工
            firm = self.series[1]
        self.series = run.items, firm if firm in CARRIED else "none"
        how = _Promise(day, firm, run.words, run.start, run.end)
        if OTHER_PLACE.search(run.lead) or run.lead.endswith("一批") or _denied(run.lead):
            return
        building = _BUILT.search(run.words) is not None or (said is not None and said.hard)
        kept = [
            self.spoken.full(name.text)
            for one, name in zip(run.items, names, strict=True)
            if not counted(name.text, one.trail, len(names)) and specific(name, building)
        ]
        if kept:
            self.spoken.name(kept)
        else:
            self.spoken.base = owner_of(names[-1].text) or self.spoken.base  # 市医院“五大中心”建设, 住院楼竣工
            own = any(counted(name.text, one.trail, len(names)) for one, name in zip(run.items, names, strict=True))
            if not own and (many := self._many(self.folded.text[run.start : run.end])):
                self._groups(many, how)
                return
        if said is None or not run.read:
            if said and said.hard and kept:
                self._missed(segment)
            return
        days = self._each_day(run.trail, len(names)) or [how.due] * len(names)
        for one, name, day in zip(run.items, (self.spoken.full(one.text) for one in names), days, strict=True):
            if name in kept:
                main = said.target == "complete" and MAIN.search(one.trail)
                self._add(name, Measure("structure_done") if main else said, replace(how, due=day))
            elif counted(name, one.trail, len(names)):
                words = one.text[len(one.lead) : len(one.text) - len(one.trail)] + run.trail
                self._groups(groups(words, run.lead, "", self.health), how)
        if said.hard and (all_of := listed(run.trail, kept, said.target)):
            self._groups([all_of], how)

    def _many(self, text: str) -> list[Group]:
        """The groups that words promise."""
        return groups(text, "", self.spoken.topic, self.health)

    def _each_day(self, trail: str, names: int) -> list[dt.date | None]:
        """The days of so many names that each has its own: 甲、乙分别于6月、10月开工."""
        days = [due(one, self.year) for one in trail.split("、")] if "分别" in trail else []
        return days if len(days) == names and all(days) else []

    def _measure(self, run: Run) -> Measure | None:
        """What a run's words promise: those behind the names before those in front of them, then those of a colon."""
        behind, whole = measure(run.trail), measure(run.words)
        before = measure(self.spoken.words)
        if behind and behind.hard and not (whole and whole.target == "reserve"):
            return behind
        if before and (whole is None or not whole.hard):
            return before
        if DONE.search(run.lead) and MAIN.search(run.trail):
            return Measure("structure_done")
        return whole

    def _nameless(self, segment: Stretch, last: bool) -> None:
        """Words without a name: they say when, or speak of those named before, of a group, or of something else."""
        text, left = segment.text, residue(segment.text)
        said, day, firm = measure(text), due(text, self.year), commitment(text)
        how = self._said(segment)
        if segment.mark == ":" or self._heads(segment, left, said):
            self.spoken.limited = LIMIT.search(text) is not None
            self.intro = self.spoken.opened(text, self.piece.level) or self.intro
        elif not left and (said is None or (not said.hard and day)):
            if last and self.spoken.limited:
                self.before = _dated(self.before, day)
            if last:
                self.said = _dated(self.said, day)
            self.spoken.only_when(day, firm)
        elif said and not self._of_others(text) and self.spoken.carries(text, said, left):
            ahead = self.spoken.firm if LEADS.search(text) or self.spoken.firm != "none" else self.spoken.lead_firm
            self._carried(segment, replace(how, firm=ahead if firm == "none" else firm))
        elif many := self._many(text):
            self._groups(many, how)
        elif said and said.target in BUILT and not left and self.spoken.counted:
            self._groups((Group("count", *one, said.target) for one in self.spoken.counted), how)
        elif FOREIGN.search(text) or (left and said and said.hard and _another(text)):
            self.spoken.forget()
        if HEALTH.search(text):
            self._await(text)
            if said and said.hard and left and _PROMISES.search(text) and not (self.said or no_building(text)):
                self._missed(segment)

    def _of_others(self, text: str) -> bool:
        """Whether words count units that are not those spoken of; 两个项目年底前均要封顶 speaks of the two before."""
        units = counts(text, "", health=True)
        return own_count(text) and [(float(len(self.spoken.names)), "项目")] != units

    def _heads(self, segment: Stretch, left: str, said: Measure | None) -> bool:
        """Whether a line heads a list: 计划竣工项目(2个)."""
        ends = segment.end == len(self.folded.text) or self.folded.text[segment.end] == "\n"
        return bool(
            ends
            and segment.start == self.piece.body
            and said
            and said.hard
            and not left
            and _HEADS.search(segment.text)
        )

    def _carried(self, segment: Stretch, how: _Promise) -> None:
        """What is said of those named before; 6月封顶、12月竣工 are two promises."""
        each = list(parted(segment, "、"))
        timed = [one for one in each if due(one.text, self.year)]
        stretches = timed if len(timed) == len(each) else [segment]
        for one in stretches:
            said = measure(one.text)
            day = due(one.text, self.year) or how.due
            if said and said.threshold is not None and self.said:  # 年内完成投资2亿元,形象进度达到85%
                day = day or self.said[-1].due
            for name in self.spoken.names if said and said.hard else ():
                self._add(name, said or Measure(""), replace(how, due=day, start=one.start, end=one.end))

    def _missed(self, segment: Stretch) -> None:
        why = Text(N_("像是对建设项目的承诺, 但读不懂全部用词"))
        self.unread.append(Unread(*self.folded.span(segment.start, segment.end), why))


def _another(text: str) -> bool:
    """Whether words with a milestone begin with a subject of their own: 电力管廊竣工."""
    return not PART.search(text) and LEADS.match(WHEN.sub("", text)) is None


def _denied(lead: str) -> bool:
    """Whether words before a name forbid or undo it: 不得新建, 拆除."""
    undone = _UNDONE.search(lead)
    return _FORBIDDEN.search(lead) is not None or (undone is not None and measure(lead[undone.end() :]) is None)


def _dated(said: list[Found], day: dt.date | None) -> list[Found]:
    """Promises with a day that was said behind them."""
    return [one if one.due or not Measure(one.target).hard else replace(one, due=day) for one in said]


def read_clause(
    folded: Folded, piece: Piece, part: str, year: int | None, intro: Intro | None, health: bool = False
) -> ClauseRead:
    """What a clause of `part` says; `intro` is what a clause above it said before a colon. What its heading only
    pursues gives way to a milestone of the clause. `health`: the document is of a body of health.
    """
    clause = _Clause(folded, piece, year, intro, health)
    read = ClauseRead(part)
    headed: list[Found] = []
    for stretch in sentences(folded.text, piece.body, piece.end):
        if stretch.start == 0 or folded.text[stretch.start - 1] == "\n":
            if folded.row(stretch.start, stretch.end):
                clause.spoken.forget()
            read.part = parts.turned(stretch.text, read.part, year)
        elif read.part == parts.REVIEW:
            read.part = parts.turned(stretch.text, read.part, year)
        said = clause.sentence(stretch, read.part == parts.REVIEW)
        if stretch.start == piece.body and piece.level >= 0:
            headed = [one for one in said if not Measure(one.target).hard]
            clause.spoken.heading = clause.spoken.names
    hard = {one.project for one in clause.before if Measure(one.target).hard}
    read.promises = [one for one in clause.before if one not in headed or one.project not in hard]
    read.reported = [one for one in clause.events if Measure(one.target).hard]
    read.unread = [] if read.part == parts.REVIEW else clause.unread
    read.intro = clause.intro
    return read
