"""How well a receipt's words fit a line: document, place, unit, works, phase, source, date. Rules MT-2 to MT-5 of
docs/rules/matching.md.

Scores are natural logarithms, added up: a difference of 5 means that one line is 150 times likelier than the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from projects.money.documents.citations import Citation, digits_differ, known_prefix
from projects.money.documents.numbers import DocumentNumber, parse
from projects.money.matching.facts import OpenLine, Receipt
from projects.money.matching.memo import Reading, stray_outside
from projects.money.matching.names import Lexicon, Parts, canonical, pairs, parts

DOCUMENT = {"full": 5.5, "bare": 3.5, "strange": 0.5, "near": 0.0, "other": -5.0, "silent": 0.0}
PLACE, UNIT, WORKS, PHASE = 3.0, 3.0, 4.5, 2.0
NAMED_IN_FULL = PLACE + UNIT + WORKS + PHASE + 1e-6  # no name fits better
UNEXPLAINED, SPAN = 5.0, 5.0
SOURCE_SAME, SOURCE_OTHER = 1.0, -2.5
LATE = ((160, 0.0), (300, -0.7), (500, -1.5), (800, -2.5))
SIBLINGS = {
    frozenset(pair)
    for pair in (("provincial_budget", "provincial"), ("cbi", "central_special"), ("special_bond", "general_bond"))
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A receipt with what its words say, made ready for comparing."""

    receipt: Receipt
    reading: Reading
    pairs: frozenset[str]
    memo_pairs: frozenset[str]
    payee_pairs: frozenset[str]
    documents: tuple[tuple[Citation, str | None, bool], ...]  # citation, known issuer's prefix, whether it stands alone


def ask(receipt: Receipt, reading: Reading, prefixes: Sequence[str]) -> Asked:
    """Make a receipt ready for comparing."""
    memo = pairs(reading.names)
    payee = frozenset() if reading.is_custodian else pairs(reading.payee)
    documents = []
    for one in reading.citations:
        found = known_prefix(one.run, prefixes)
        documents.append((one, found[0] if found else None, bool(found and found[1])))
    return Asked(
        receipt=receipt,
        reading=reading,
        pairs=memo | payee,
        memo_pairs=memo,
        payee_pairs=payee,
        documents=tuple(documents),
    )


def document_level(asked: Asked, number: DocumentNumber | None, parents: Sequence[DocumentNumber | None] = ()) -> str:
    """How the receipt cites a document: `full`, `bare` (without its issuer), `strange` (another issuer's letters),
    `near`, `other`, or `silent`.
    """
    if not asked.documents:
        return "silent"
    if number is None:
        return "other"
    levels = [_level(citation, prefix, number, alone=alone) for citation, prefix, alone in asked.documents]
    for parent in parents:
        if parent is not None:
            levels += [
                "bare"
                for citation, prefix, alone in asked.documents
                if _level(citation, prefix, parent, alone=alone) == "full"
            ]
    return max(levels, key=DOCUMENT.__getitem__)


def _level(citation: Citation, prefix: str | None, number: DocumentNumber, *, alone: bool) -> str:
    if citation.key == (number.year, number.serial):
        if prefix == number.prefix:
            return "full" if alone else "strange"
        if prefix is None:
            return "bare"
        return "other"
    if prefix in (number.prefix, None) and (
        citation.year == number.year and digits_differ(citation.serial, number.serial) == 1
    ):
        return "near"
    if prefix == number.prefix and citation.serial == number.serial and abs(citation.year - number.year) == 1:
        return "near"
    return "other"


@dataclass(frozen=True, slots=True)
class NameFit:
    """How much of a project's name the receipt says, each from 0 to 1, and how much of what it says is of another name;
    and the score of it all.
    """

    place: float
    unit: float
    works: float
    phase: float
    strange: float
    score: float


class Names:
    """The names of all projects with open lines, made ready for comparing."""

    def __init__(self, lines: Sequence[OpenLine]) -> None:
        self.parts: dict[str, Parts] = {}
        for line in lines:
            if line.project not in self.parts:
                self.parts[line.project] = parts(line.project_name, line.unit, line.place)
        self.lexicon = Lexicon({key: own.all for key, own in self.parts.items()})
        self._sums = {
            key: tuple(max(self.lexicon.sum(part), 0.01) for part in (own.place, own.unit, own.works))
            for key, own in self.parts.items()
        }
        self._whole = {key: own.all for key, own in self.parts.items()}
        self.units = Lexicon({unit: pairs(unit) for unit in {canonical(line.unit) for line in lines}})

    def fit(self, asked: Asked, project: str) -> NameFit:
        """How well the receipt's words fit the project's name."""
        own, sums, weight = self.parts[project], self._sums[project], self.lexicon.weight
        said = asked.pairs & self._whole[project]
        place = sum([weight[pair] for pair in said & own.place]) / sums[0] if own.place else 0.5
        unit = sum([weight[pair] for pair in said & own.unit]) / sums[1] if own.unit else 0.5
        works = sum([weight[pair] for pair in said & own.works]) / sums[2] if own.works else 0.5
        phase = 0.0
        if own.phase:
            phase = 1.0 if not own.phase.isdisjoint(said) else -1.0 if works > 0.5 else 0.0
        strange = self.lexicon.known(asked.pairs) - sum([weight[pair] for pair in said])
        score = PLACE * place + UNIT * unit + WORKS * works + PHASE * phase - UNEXPLAINED * min(2.0, strange / SPAN)
        return NameFit(place=place, unit=unit, works=works, phase=phase, strange=strange, score=score)

    def relief(self, asked: Asked, best: NameFit, projects: Sequence[str]) -> float:
        """What the words of the other `projects` should not have cost the `best` named one, where all of them are paid
        at once.
        """
        said = asked.pairs & frozenset().union(*(self._whole[project] for project in projects))
        strange = self.lexicon.known(asked.pairs) - sum([self.lexicon.weight[pair] for pair in said])
        return UNEXPLAINED * (min(2.0, best.strange / SPAN) - min(2.0, strange / SPAN))


def date_score(received: dt.date, issued: dt.date) -> float:
    """Money comes after its document, mostly within months."""
    days = (received - issued).days
    if days < 0:
        return -5.0 if days < -15 else -3.0
    return next((score for most, score in LATE if days <= most), -4.0)


def source_score(said: str | None, source: str) -> float:
    """Whether the memo names the line's source."""
    if said is None:
        return 0.0
    if said == source:
        return SOURCE_SAME
    return 0.0 if frozenset((said, source)) in SIBLINGS else SOURCE_OTHER


def outside_score(asked: Asked, names: str) -> float:
    """How likely it is that a receipt belongs to no allocation, on the same scale; `names` is the best fitting
    project's name.
    """
    reading = asked.reading
    score = 5.0
    if stray_outside(reading, names):
        score += 7.0
    if reading.is_outsider:
        score += 3.0
    if not reading.is_treasury:
        score += 1.0
    if reading.citations:
        score -= 3.0
    return score


@lru_cache(maxsize=65536)
def number(text: str) -> DocumentNumber | None:
    """A document's number, taken apart once."""
    return parse(text)
