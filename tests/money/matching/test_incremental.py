"""A matcher that follows changes says the same as one that works everything out, proposal for proposal, to the last
digit.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from benchmarks.receipts import make
from projects.money.matching import assignment, finding
from projects.money.matching.facts import OpenLine, Proposal, Receipt
from projects.money.matching.matching import Matcher, propose

STEPS = (
    "confirm",
    "confirm",
    "split",
    "outside",
    "reject",
    "undo",
    "arrive",
    "issue",
    "reverse",
    "learn",
    "forget",
    "rename",
    "hand on",
)


@dataclass
class Desk:
    """A desk at which people decide at random."""

    dice: random.Random
    lines: dict[str, OpenLine]
    waiting: dict[str, Receipt]
    later: list[Receipt]
    later_lines: list[OpenLine]
    barred: dict[str, set[tuple[tuple[str, int], ...]]] = field(default_factory=dict)
    aliases: list[tuple[str, str]] = field(default_factory=list)
    done: list[tuple[Receipt, tuple[tuple[str, int], ...]]] = field(default_factory=list)

    def given(self) -> tuple[list[OpenLine], list[Receipt], list[tuple[str, str]]]:
        """The arguments of `propose` as things stand."""
        return (
            list(self.lines.values()),
            sorted(self.waiting.values(), key=lambda one: (one.received_on, one.key)),
            list(self.aliases),
        )

    def step(self, said: dict[str, Proposal]) -> str:
        """One decision, or news."""
        step = self.dice.choice(STEPS)
        key = self.dice.choice(sorted(self.waiting))
        parts = (
            tuple((part.line, part.amount_fen) for part in self.dice.choice(said[key].candidates).parts)
            if key in said
            else ()
        )
        match step:
            case "confirm" if parts:
                self._book(key, parts)
            case "split" if parts:
                self._book(key, tuple((line, fen // 3) for line, fen in parts if fen > 3))
            case "outside":
                self.done.append((self.waiting.pop(key), ()))
            case "reject" if parts:
                self.barred.setdefault(key, set()).add(tuple(sorted(parts)))
            case "undo" if self.done:
                self._undo(*self.done.pop(self.dice.randrange(len(self.done))))
            case "arrive" if self.later:
                self.waiting |= {one.key: one for one in [self.later.pop() for _ in range(min(3, len(self.later)))]}
            case "learn":
                self.aliases.append((self.waiting[key].payee[-5:], self.dice.choice(list(self.lines.values())).unit))
            case "forget" if self.aliases:
                self.aliases.pop(self.dice.randrange(len(self.aliases)))
            case _:
                self._document(step)
        return step

    def _document(self, step: str) -> None:
        line = self.dice.choice(list(self.lines.values()))
        match step:
            case "issue" if self.later_lines:
                self.lines |= {one.key: one for one in [self.later_lines.pop()]}
            case "reverse" if line.open_fen == line.amount_fen and len(self.lines) > 5:
                del self.lines[line.key]
            case "rename" if self.dice.random() < 0.3:
                self.lines |= {
                    key: replace(one, project_name=one.project_name + "改扩建")
                    for key, one in self.lines.items()
                    if one.project == line.project
                }
            case "hand on":
                self.lines[line.key] = replace(
                    line, parents=(*line.parents, self.dice.choice(list(self.lines.values())).document)
                )

    def _book(self, key: str, parts: tuple[tuple[str, int], ...]) -> None:
        receipt = self.waiting.pop(key)
        left = receipt.amount_fen - sum(fen for _, fen in parts)
        self._pay(parts, 1)
        if left:
            self.waiting[key] = replace(receipt, amount_fen=left)
        self.done.append((receipt, parts))

    def _undo(self, receipt: Receipt, parts: tuple[tuple[str, int], ...]) -> None:
        if all(line in self.lines for line, _ in parts):
            left = self.waiting[receipt.key].amount_fen if receipt.key in self.waiting else 0
            self.waiting[receipt.key] = replace(
                receipt, amount_fen=left + (sum(fen for _, fen in parts) or receipt.amount_fen)
            )
            self._pay(parts, -1)

    def _pay(self, parts: tuple[tuple[str, int], ...], sign: int) -> None:
        for line, fen in parts:
            one = self.lines[line]
            self.lines[line] = replace(one, open_fen=one.open_fen - sign * fen, parts=one.parts + sign)


def desk(seed: int, projects: int = 40) -> Desk:
    """A year of which a part came already."""
    year, dice = make(seed, projects, rough=seed % 2 == 0), random.Random(seed)
    receipts, lines = dice.sample(year.receipts, len(year.receipts)), dice.sample(year.lines, len(year.lines))
    cut, end = len(receipts) * 3 // 4, len(lines) * 9 // 10
    return Desk(
        dice,
        {one.key: one for one in lines[:end]},
        {one.key: one for one in receipts[:cut]},
        receipts[cut:],
        lines[end:],
    )


def differing(at: Desk, steps: int) -> Iterator[str]:
    """The steps after which the matcher says anything else than one that starts from nothing."""
    matcher = Matcher()
    said = {one.receipt: one for one in matcher.update(*at.given(), None, at.barred)}
    for _ in range(steps):
        step = at.step(said)
        while (
            at.dice.random() < 0.3 and len(at.waiting) > 10
        ):  # another process decided more before this one was asked again
            step += f", {at.step({})}"
        followed, full = matcher.update(*at.given(), None, at.barred), propose(*at.given(), None, at.barred)
        if followed != full:
            yield step
        said = {one.receipt: one for one in full}


@pytest.mark.parametrize("seed", range(40, 48))
def test_following_changes_is_working_everything_out(seed):
    """MT-11."""
    assert list(differing(desk(seed), 40)) == []


def crowd(seed: int) -> Desk:
    """Few amounts and bare memos: nearly every receipt would take nearly every line."""
    at = desk(seed, 25)
    even = {key: one.amount_fen // 10**8 * 10**8 + 10**8 for key, one in at.lines.items()}
    at.lines = {key: replace(one, amount_fen=even[key], open_fen=even[key]) for key, one in at.lines.items()}
    at.waiting = {
        key: replace(one, amount_fen=10**8 * at.dice.randint(1, 6), memo=at.dice.choice(("拨款", one.memo)))
        for key, one in at.waiting.items()
    }
    return at


@pytest.mark.parametrize("seed", [60, 61])
def test_following_changes_is_working_everything_out_where_many_compete(seed):
    assert list(differing(crowd(seed), 30)) == []


def finished(matcher: Matcher) -> list[list[int]]:
    """How many candidates with lines a receipt has that could only finish what another leaves: while that one waits,
    and after it left.
    """
    line = OpenLine(
        "L1",
        "财建〔2025〕23号",
        dt.date(2025, 3, 1),
        "P1",
        "河口区人民医院外科大楼",
        "河口区人民医院",
        "",
        "cbi",
        300_000_000,
        300_000_000,
    )
    first = Receipt("V1", dt.date(2025, 5, 1), "市财政局", "河口区人民医院", 90_000_000, "财建〔2025〕23号 外科大楼")
    rest = Receipt("V2", dt.date(2025, 6, 1), "市财政局", "卫生健康局基建专户", 210_000_000, "拨款")
    return [
        [sum(bool(one.parts) for one in said.candidates) for said in matcher.update([line], waiting)]
        for waiting in ([first, rest], [rest])
    ]


def test_who_would_finish_a_line_hears_when_the_first_receipt_leaves(monkeypatch):
    assert finished(Matcher()) == [[1, 1], [0]]
    monkeypatch.setattr(finding._Sequels, "change", lambda *given, do=finding._Sequels.change: do(*given) and set())
    assert finished(Matcher()) != [[1, 1], [0]]


@pytest.mark.parametrize(
    ("where", "name", "broken"),
    [
        (finding._Lookers, "of", lambda *_: set()),
        (assignment.Settlement, "_hush", lambda *_: None),
        (assignment.Seen, "any_of", lambda *_: False),
        (finding.Finder, "renamed", lambda *_: []),
    ],
    ids=[
        "the receipts that look at a line",
        "turns that looked at what moved",
        "what a turn looked at",
        "names that read differently",
    ],
)
def test_a_matcher_that_forgets_a_neighbour_is_found_out(monkeypatch, where, name, broken):
    monkeypatch.setattr(where, name, broken)
    with pytest.raises((AssertionError, KeyError)):  # it says something else, or looks for a line that is gone
        for seed in range(60, 66):
            assert list(differing(crowd(seed), 30)) == []
