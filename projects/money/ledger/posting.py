"""What may be posted, and what it draws on. Rules M-3 and M-9 to M-13 of docs/rules/money.md.

A `Book` is the part of the ledger that a batch of postings touches: what is left of each line and receipt, which
vouchers are taken, which months are closed. Every posting is checked against the book and then taken from it, so that a
batch can't overdraw what its entries could not overdraw one by one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from projects.core.complaints import choice_complaint, day_complaint, text_complaint
from projects.core.money import LARGEST_FEN, exact_yuan
from projects.core.text import N_, Text
from projects.core.vocabulary import FUNDING_SOURCES, LEDGER_KINDS, LEDGER_STEPS
from projects.money.ledger.closing import Closed
from projects.money.ledger.numbers import Number, numbered, taken_text

NUMBER_LIMIT, MEMO_LIMIT, EXTERNAL_LIMIT = 80, 200, 60
MADE_UP = "~"  # begins what an import made up of a row's content where the file has no number of its own
YEARS = range(1990, 2101)
DRAWING = ("received", "paid", "allocated")  # steps whose entry may name the line it draws on
CONTRACTUAL = ("contracted", "paid")


@dataclass(frozen=True)
class Posting:
    """What is to be posted; `confirmed` says that an entry like one already there is meant to be another.

    A refund (`kind`) carries a negative amount, a correction any but zero and its reason as memo. The ids name what it
    belongs to or draws on.
    """

    source: str
    step: str
    on: dt.date | None
    amount_fen: int
    document_number: str = ""
    memo: str = ""
    confirmed: bool = False
    kind: str = "normal"
    budget_year: int | None = None
    external_id: str = ""
    document_id: int | None = None
    allocation_id: int | None = None
    receipt_id: int | None = None
    contract_id: int | None = None
    import_id: int | None = None
    decision_id: int | None = None


@dataclass
class LineState:
    """An allocated entry as it can be drawn on: what is left of it, and what of it was not yet handed to a document
    below or received.
    """

    project_id: int
    source: str
    left_fen: int
    document_id: int | None
    budget_year: int | None
    is_sample: bool
    stands: bool


@dataclass
class ReceiptState:
    """A receipt as it can be matched: what of it is neither matched nor set outside."""

    left_fen: int
    is_sample: bool
    stands: bool


@dataclass(frozen=True)
class DocumentState:
    """A document as its lines need it."""

    parent_id: int | None
    budget_year: int | None
    number: str
    is_sample: bool


@dataclass
class Book:
    """What a batch touches; `places` has the code of each project's place, `units` the id of its unit, `taken` the
    numbers that stand, `sums` the posted fen by (project, source, step) where refunds ask for them.
    """

    today: dt.date
    closed: Closed
    places: Mapping[int, str]
    units: Mapping[int, int | None] = field(default_factory=dict)
    lines: dict[int, LineState] = field(default_factory=dict)
    receipts: dict[int, ReceiptState] = field(default_factory=dict)
    documents: Mapping[int, DocumentState] = field(default_factory=dict)
    contracts: Mapping[int, tuple[int, bool]] = field(default_factory=dict)
    taken: set[Number] = field(default_factory=set)
    vouchers: dict[Number, list[tuple[int, Posting]]] = field(default_factory=dict)  # those of this batch
    sums: dict[tuple[int, str, str], int] = field(default_factory=dict)

    def complaints(self, project_id: int, posting: Posting) -> dict[str, Text]:
        """Why `posting` can't be taken, by field; nothing where it can."""
        found: dict[str, Text | None] = {
            "source": choice_complaint(posting.source, FUNDING_SOURCES),
            "step": choice_complaint(posting.step, LEDGER_STEPS),
            "kind": choice_complaint(posting.kind, LEDGER_KINDS),
            "on": day_complaint(posting.on, self.today),
            "amount": _amount(posting),
            "document_number": text_complaint(posting.document_number, NUMBER_LIMIT),
            "external_id": text_complaint(posting.external_id, EXTERNAL_LIMIT),
            "memo": text_complaint(posting.memo, MEMO_LIMIT) or _reason(posting),
            "budget_year": None
            if posting.budget_year is None or posting.budget_year in YEARS
            else Text(N_("预算年度请写四位年份, 如 2025")),
        }
        wrong = {name: problem for name, problem in found.items() if problem}
        if wrong or posting.on is None:
            return wrong
        found = {
            "on": self.closed.complaint(self.places[project_id], posting.on),
            "external_id": self._voucher(project_id, posting),
            "document_id": _missing()
            if posting.document_id is not None and posting.document_id not in self.documents
            else None,
            "contract_id": self._contract(project_id, posting),
            "receipt_id": self._receipt(posting),
            "allocation_id": self._line(project_id, posting),
        }
        wrong = {name: problem for name, problem in found.items() if problem}
        return wrong or self._amounts(project_id, posting)

    def _voucher(self, project_id: int, posting: Posting) -> Text | None:
        """A number that stands already; a payment from several sources is one voucher, posted at once with an entry for
        each.
        """
        key = self._number(project_id, posting)
        if key is None:
            return None
        others = self.vouchers.get(key, [])
        is_part = posting.step == "paid" and all(
            one == project_id and it.on == posting.on and it.source != posting.source for one, it in others
        )
        is_taken = key in self.taken or (bool(others) and not is_part)
        return taken_text(key) if is_taken else None

    def _number(self, project_id: int, posting: Posting) -> Number | None:
        """The number of a posting in its books; None where it has none."""
        number, day = posting.external_id.strip(), posting.on
        owner = self.units.get(project_id), self.places[project_id]
        return numbered(posting.step, owner, day, number) if number and day else None

    def _contract(self, project_id: int, posting: Posting) -> Text | None:
        if posting.contract_id is None:
            return None
        owner = self.contracts.get(posting.contract_id)
        return _missing() if owner is None or owner[0] != project_id or posting.step not in CONTRACTUAL else None

    def _receipt(self, posting: Posting) -> Text | None:
        if posting.receipt_id is None:
            return None
        receipt = self.receipts.get(posting.receipt_id)
        return _missing() if receipt is None or not receipt.stands or posting.step != "received" else None

    def _line(self, project_id: int, posting: Posting) -> Text | None:
        if posting.allocation_id is None:
            return None
        line = self.lines.get(posting.allocation_id)
        if (
            line is None
            or not line.stands
            or line.project_id != project_id
            or line.source != posting.source
            or posting.step not in DRAWING
        ):
            return _missing()
        if posting.step == "allocated":
            document = self.documents.get(posting.document_id or 0)
            return (
                None
                if document and document.parent_id is not None and document.parent_id == line.document_id
                else _missing()
            )
        return None

    def _amounts(self, project_id: int, posting: Posting) -> dict[str, Text]:
        """More than is left of a line or a receipt, or a refund of more than there was."""
        line = self.lines.get(posting.allocation_id or 0) if posting.step in {"received", "allocated"} else None
        receipt = self.receipts.get(posting.receipt_id or 0)
        if line is not None and posting.amount_fen > line.left_fen:
            return {"amount": Text(N_("超过余额: 这笔下达只剩 %(left)s 元"), {"left": exact_yuan(line.left_fen)})}
        if receipt is not None and posting.amount_fen > receipt.left_fen:
            return {"amount": Text(N_("超过余额: 这笔到账只剩 %(left)s 元"), {"left": exact_yuan(receipt.left_fen)})}
        there = self.sums.get((project_id, posting.source, posting.step), 0)
        if posting.kind == "refund" and there + posting.amount_fen < 0:
            return {"amount": Text(N_("退回的比登记的多: 这个来源和环节只有 %(sum)s 元"), {"sum": exact_yuan(there)})}
        return {}

    def take(self, project_id: int, posting: Posting) -> bool:
        """Note that `posting` is posted; whether it rests on a sample."""
        rests = []
        if number := self._number(project_id, posting):
            self.vouchers.setdefault(number, []).append((project_id, posting))
        if posting.allocation_id is not None:
            line = self.lines[posting.allocation_id]
            line.left_fen -= posting.amount_fen if posting.step in {"received", "allocated"} else 0
            rests.append(line.is_sample)
        if posting.receipt_id is not None:
            receipt = self.receipts[posting.receipt_id]
            receipt.left_fen -= posting.amount_fen
            rests.append(receipt.is_sample)
        if posting.document_id is not None:
            rests.append(self.documents[posting.document_id].is_sample)
        if posting.contract_id is not None:
            rests.append(self.contracts[posting.contract_id][1])
        key = project_id, posting.source, posting.step
        self.sums[key] = self.sums.get(key, 0) + posting.amount_fen
        return any(rests)

    def year(self, posting: Posting) -> int | None:
        """The year of the money's budget: as typed, else that of the line drawn on, of the document, of the day."""
        line = self.lines.get(posting.allocation_id or 0)
        document = self.documents.get(posting.document_id or 0)
        known = (posting.budget_year, line.budget_year if line else None, document.budget_year if document else None)
        return next((year for year in known if year is not None), posting.on.year if posting.on else None)


def _amount(posting: Posting) -> Text | None:
    fen = posting.amount_fen
    if posting.kind == "correction":
        return None if 0 < abs(fen) <= LARGEST_FEN else Text(N_("更正金额不能为 0"))
    if posting.kind == "refund":
        return None if -LARGEST_FEN <= fen < 0 else Text(N_("退回的金额记为负数"))
    if not fen:
        return Text(N_("请填写大于 0 的金额"))
    return (
        None
        if 0 < fen <= LARGEST_FEN
        else Text(N_("金额须大于 0; 要改正已登记的一笔, 请用冲销, 退回或更正请在性质里选"))
    )


def _reason(posting: Posting) -> Text | None:
    return Text(N_("更正要在摘要里写明原因")) if posting.kind == "correction" and not posting.memo.strip() else None


def _missing() -> Text:
    return Text(N_("找不到可以对应的记录: 可能已冲销, 或属于别的项目、来源或环节"))
