"""What the matching desk shows: receipts with what is left of them, decisions, and sums that must agree to the fen.

Rule MT-9 of docs/rules/matching.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from projects.core.errors import InvalidError
from projects.core.narrowing import pages, typed
from projects.core.text import N_, Text
from projects.core.vocabulary import FUNDING_SOURCES
from projects.money.ledger.posting import MADE_UP
from projects.money.matching.facts import Candidate, OpenLine, Proposal

SHOWN = ("sure", "unsure", "none", "all")
SHOWN_NAMES = {"all": N_("全部待办"), "sure": N_("有把握"), "unsure": N_("要看一看"), "none": N_("没有建议")}
PAGE = 50
Parts = tuple[tuple[str, int], ...]  # (line, fen)


@dataclass(frozen=True)
class DeskReceipt:
    """A standing receipt; what of it is matched, outside, and left."""

    id: int
    voucher: str
    received_on: dt.date
    payer: str
    payee: str
    amount_fen: int
    memo: str
    source: str | None
    place_code: str | None
    place: str | None
    matched_fen: int
    outside_fen: int
    is_sample: bool

    @property
    def left_fen(self) -> int:
        """What is neither matched nor outside."""
        return self.amount_fen - self.matched_fen - self.outside_fen

    @property
    def number(self) -> str:
        """The treasury's own number; empty where the import made one up."""
        return "" if self.voucher.startswith(MADE_UP) else self.voucher


@dataclass(frozen=True)
class DecisionRow:
    """A decision as the page shows it; `parts` are the lines it booked or turned down."""

    id: int
    action: str
    outside_kind: str | None
    amount_fen: int
    note: str
    by: str | None
    at: dt.datetime
    is_undone: bool
    parts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class SourceSum:
    """What came in of one source ('' where neither receipt nor line names it); `in` is the sum of the three."""

    source: str
    matched_fen: int
    outside_fen: int
    unmatched_fen: int

    @property
    def in_fen(self) -> int:
        """Everything that came in."""
        return self.matched_fen + self.outside_fen + self.unmatched_fen


@dataclass(frozen=True)
class Queue:
    """The sums by source and the receipts with something left; refuses to exist if the sums are not what came in."""

    sums: tuple[SourceSum, ...]
    rows: tuple[DeskReceipt, ...]
    in_fen: int

    def __post_init__(self) -> None:
        if (
            sum(one.in_fen for one in self.sums) != self.in_fen
            or sum(row.left_fen for row in self.rows) != self.unmatched_fen
        ):
            raise ValueError("what came in is not what was matched, set outside, and left")

    @property
    def matched_fen(self) -> int:
        """What pays lines."""
        return sum(one.matched_fen for one in self.sums)

    @property
    def outside_fen(self) -> int:
        """What is none of the projects'."""
        return sum(one.outside_fen for one in self.sums)

    @property
    def unmatched_fen(self) -> int:
        """What waits."""
        return sum(one.unmatched_fen for one in self.sums)


@dataclass(frozen=True)
class DeskStanding:
    """The desk at one moment: the queue, the open lines by their keys, and the proposals by receipt.

    Shared by requests; not to be changed.
    """

    queue: Queue
    lines: Mapping[str, OpenLine]
    proposals: Mapping[str, Proposal]

    def said(self, receipt: str, parts: Parts) -> tuple[Text, ...]:
        """The reasons of a booking that is proposed now; none for another one."""
        found = self.proposals[receipt].candidates if receipt in self.proposals else ()
        return next(
            (one.reasons for one in found if tuple((part.line, part.amount_fen) for part in one.parts) == parts), ()
        )


@dataclass(frozen=True)
class DeskFilter:
    """What the desk is narrowed to."""

    show: str = "all"
    source: str = ""
    q: str = ""
    page: int = 1

    def query(self) -> dict[str, str]:
        """The query values that lead back here, without the page's number."""
        return {
            name: value
            for name, value in (
                ("show", self.show if self.show != "all" else ""),
                ("source", self.source),
                ("q", self.q),
            )
            if value
        }


def read(args: Mapping[str, str]) -> DeskFilter:
    """The filter of a query string; InvalidError names what is none."""
    show, source = args.get("show", "all") or "all", args.get("source", "")
    page, _, refused = pages(args)
    wrong = {
        name: Text(N_("筛选条件 %(name)s 不认识“%(value)s”"), {"name": name, "value": args.get(name, "")[:40]})
        for name, is_wrong in (
            ("show", show not in SHOWN),
            ("source", source != "" and source not in FUNDING_SOURCES),
            ("page", refused["page"]),
        )
        if is_wrong
    }
    if wrong:
        raise InvalidError(wrong)
    return DeskFilter(show, source, typed(args, "q"), page)


@dataclass(frozen=True)
class DeskItem:
    """A receipt in the queue with its proposal."""

    receipt: DeskReceipt
    proposal: Proposal | None

    @property
    def show(self) -> str:
        """Which part of the queue it stands in."""
        if self.proposal is None or self.proposal.best is None or not self.proposal.best.parts:
            return "none"
        return "sure" if self.proposal.confident else "unsure"


def items(rows: Sequence[DeskReceipt], proposals: Mapping[str, Proposal]) -> list[DeskItem]:
    """The queue."""
    return [DeskItem(row, proposals.get(str(row.id))) for row in rows]


def narrowed(found: Sequence[DeskItem], chosen: DeskFilter, lines: Mapping[str, OpenLine]) -> list[DeskItem]:
    """What `chosen` leaves. A receipt's source is its own, else that of its proposal."""

    def source(item: DeskItem) -> str:
        if item.receipt.source:
            return item.receipt.source
        best = item.proposal.best if item.proposal else None
        return lines[best.parts[0].line].source if best and best.parts else ""

    return [
        item
        for item in found
        if (chosen.show in ("all", item.show))
        and (not chosen.source or source(item) == chosen.source)
        and (
            not chosen.q
            or chosen.q in f"{item.receipt.voucher} {item.receipt.payer} {item.receipt.payee} {item.receipt.memo}"
        )
    ]


def parse_parts(text: str) -> tuple[tuple[str, int], ...]:
    """Lines and fen from a hidden field, such as `12:3000,15:200`; ValueError where it is none."""
    found = []
    for part in filter(None, text.split(",")):
        line, _, fen = part.partition(":")
        if not (
            line.isascii() and line.isdigit() and fen.isascii() and fen.isdigit() and len(fen) <= 16 and len(line) <= 18
        ):
            raise ValueError(text)
        found.append((line, int(fen)))
    return tuple(found)


def spell_parts(parts: Sequence[tuple[str, int]]) -> str:
    """The hidden field that `parse_parts` reads."""
    return ",".join(f"{line}:{fen}" for line, fen in parts)


Do = Callable[[], object]


def spelled(candidate: Candidate) -> str:
    """The hidden field of a candidate's parts."""
    return spell_parts([(part.line, part.amount_fen) for part in candidate.parts])


def spell_all(items: Sequence[DeskItem]) -> str:
    """The hidden field of many receipts, each as its best proposal says."""
    return ";".join(
        f"{item.receipt.id}={spelled(item.proposal.best)}" for item in items if item.proposal and item.proposal.best
    )


def beside(
    lines: Sequence[OpenLine], receipt: DeskReceipt, proposal: Proposal | None, most: int = 12
) -> list[OpenLine]:
    """Lines to split a receipt on: those of its candidates, then others of the same projects, then of the payee."""
    named = {part.line for one in (proposal.candidates if proposal else ()) for part in one.parts}
    projects = {line.project for line in lines if line.key in named}
    ranked = sorted(
        lines,
        key=lambda line: (
            line.key not in named,
            line.project not in projects,
            line.unit != receipt.payee,
            line.issued_on,
        ),
    )
    return [line for line in ranked if line.key in named or line.project in projects or line.unit == receipt.payee][
        :most
    ]


def searched(lines: Sequence[OpenLine], words: str, most: int = 30) -> list[OpenLine]:
    """Lines whose document, project or unit carry every word."""
    wanted = words.split()
    return [one for one in lines if all(word in f"{one.document} {one.project_name} {one.unit}" for word in wanted)][
        :most
    ]
