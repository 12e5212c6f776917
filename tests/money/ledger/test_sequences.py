"""A thousand random sequences of ledger operations (LONG=1: five thousand), beside a model that adds up in another way:
everything reconciles to the fen, nothing is overdrawn.

Each sequence has a project of its own. A round takes one step of every sequence of a batch through one call of the real
operations; the model says beforehand which of them must be refused. Seeds are fixed.
"""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from random import Random

import pytest
from builders import NOW, TODAY, make_place
from runs import runs
from sqlalchemy import func, insert, select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, InvalidError
from projects.core.permissions import SYSTEM
from projects.core.vocabulary import FUNDING_SOURCES
from projects.database import transaction
from projects.extensions import db
from projects.models import FundingPeriod, LedgerEntry, MatchDecision, Project, TreasuryReceipt
from projects.money.documents.operations import DocumentValues, write_document
from projects.money.evidence import queries as evidence
from projects.money.ladder import queries
from projects.money.ladder.filtering import FundingFilter
from projects.money.ledger import posting as ledger_posting
from projects.money.ledger.operations import reverse_entries, write_entries
from projects.money.ledger.posting import Posting
from projects.money.ledger.queries import line_states, receipt_states
from projects.money.receipts.operations import ReceiptValues, take_back, write_receipts

SOURCES = ("cbi", "county", "special_bond")
CLOSED_MONTH = dt.date(2021, 5, 1)
LARGE = 10**14
BATCH, ROUNDS = 250, 10


@dataclass
class Line:
    """An allocated entry of the model."""

    id: int
    source: str
    left: int
    document: int
    stands: bool = True
    drawers: set = field(default_factory=set)


@dataclass
class Sequence:
    """One project with what the model knows of it."""

    project: int
    random: Random
    sums: Counter = field(default_factory=Counter)
    lines: dict = field(default_factory=dict)
    entries: dict = field(default_factory=dict)  # id → (posting, whether it counts), standing ones
    receipts: dict = field(default_factory=dict)  # id → left
    vouchers: set = field(default_factory=set)

    def day(self) -> dt.date:
        day = TODAY - dt.timedelta(self.random.randrange(170))
        return day.replace(month=4) if day.replace(day=1) == CLOSED_MONTH else day

    def next(self, documents: tuple[int, int]) -> tuple[Posting, bool]:  # noqa: PLR0911 - a case for each kind
        """A posting, and whether it must be taken."""
        r, source = self.random, self.random.choice(SOURCES)
        fen = r.choice((1, r.randrange(1, 10_000), r.randrange(1, LARGE)))
        standing = [line for line in self.lines.values() if line.stands]
        match r.choice(
            (
                "allocate",
                "allocate",
                "plain",
                "draw",
                "draw",
                "match",
                "forward",
                "refund",
                "correct",
                "voucher",
                "closed",
                "dead",
                "foreign",
            )
        ):
            case "allocate":
                return Posting(source, "allocated", self.day(), fen, document_id=documents[0]), True
            case "draw" if standing:
                line = r.choice(standing)
                part = r.choice((line.left, max(1, line.left // 3), line.left + 1))
                return Posting(
                    line.source, "received", self.day(), max(1, part), allocation_id=line.id
                ), 0 < part <= line.left
            case "match" if self.receipts:
                key = r.choice(list(self.receipts))
                part = r.choice((self.receipts[key], max(1, self.receipts[key] // 2), self.receipts[key] + 5))
                return Posting(source, "received", self.day(), max(1, part), receipt_id=key), 0 < part <= self.receipts[
                    key
                ]
            case "forward" if standing:
                line = r.choice(standing)
                part = r.choice((line.left, max(1, line.left // 2), line.left + 7))
                right = 0 < part <= line.left and line.document == documents[0]
                return Posting(
                    line.source, "allocated", self.day(), max(1, part), allocation_id=line.id, document_id=documents[1]
                ), right
            case "refund":
                there = self.sums[source, "paid"]
                part = r.choice((there, max(1, there // 2), there + 1))
                return Posting(source, "paid", self.day(), -max(1, part), kind="refund"), 0 < part <= there
            case "correct":
                sign = r.choice((1, -1))
                return Posting(
                    source, r.choice(("planned", "contracted")), self.day(), sign * fen, memo="更正", kind="correction"
                ), True
            case "voucher" if self.vouchers:
                step, number = r.choice(sorted(self.vouchers))
                return Posting(source, step, self.day(), fen, external_id=number), False
            case "closed":
                return Posting(source, "paid", CLOSED_MONTH + dt.timedelta(r.randrange(31)), fen), False
            case "dead" if any(not line.stands for line in self.lines.values()):
                line = r.choice([line for line in self.lines.values() if not line.stands])
                return Posting(line.source, "received", self.day(), 1, allocation_id=line.id), False
            case "foreign" if standing:  # another source than the line's
                line = r.choice(standing)
                return Posting("donation", "received", self.day(), 1, allocation_id=line.id), False
        number = f"P{self.project}-{r.randrange(10**6)}"
        step = r.choice(("planned", "contracted", "paid"))
        return Posting(source, step, self.day(), fen, external_id=number), (step, number) not in self.vouchers

    def took(self, key: int, one: Posting) -> None:
        counts = one.step != "allocated" or one.allocation_id is None
        self.entries[key] = one, counts
        self.sums[one.source, one.step] += one.amount_fen * counts
        if one.external_id:
            self.vouchers.add((one.step, one.external_id))
        if one.step == "allocated":
            self.lines[key] = Line(key, one.source, one.amount_fen, one.document_id)
        if one.allocation_id is not None:
            self.lines[one.allocation_id].left -= one.amount_fen
            self.lines[one.allocation_id].drawers.add(key)
        if one.receipt_id is not None:
            self.receipts[one.receipt_id] -= one.amount_fen

    def reversible(self) -> int | None:
        """An entry that can be taken back without leaving a paid sum below zero."""
        free = [
            key
            for key, (one, _) in self.entries.items()
            if not (key in self.lines and self.lines[key].drawers)
            and (one.step != "paid" or one.amount_fen < 0 or self.sums[one.source, "paid"] >= one.amount_fen)
        ]
        return self.random.choice(free) if free else None

    def reversed(self, key: int) -> None:
        one, counts = self.entries.pop(key)
        self.sums[one.source, one.step] -= one.amount_fen * counts
        if key in self.lines:
            self.lines[key].stands = False
            self.lines[key].left = 0
        if one.external_id:
            self.vouchers.discard((one.step, one.external_id))
        if one.allocation_id is not None:
            self.lines[one.allocation_id].left += one.amount_fen
            self.lines[one.allocation_id].drawers.discard(key)
        if one.receipt_id is not None:
            self.receipts[one.receipt_id] += one.amount_fen


def start(seed: int, count: int) -> tuple[list[Sequence], tuple[int, int]]:
    """Projects with nothing, two documents of which the second hands on the first, and a month that is closed
    for all.
    """
    make_place()
    if not db.session.scalar(select(FundingPeriod.id).limit(1)):
        db.session.add(FundingPeriod(month=CLOSED_MONTH, place_code="", figures={}, locked_at=NOW))
    rows = [
        {"slug": f"s{seed}-{number}", "name": "第一人民医院", "place_code": "370800", "version": 1}
        for number in range(count)
    ]
    projects = db.session.scalars(insert(Project).returning(Project.id, sort_by_parameter_order=True), rows).all()
    upper = write_document(Acting(SYSTEM, NOW, TODAY), DocumentValues("plan", "发改投资〔2021〕1号", confirmed=True))
    lower = write_document(
        Acting(SYSTEM, NOW, TODAY), DocumentValues("budget", "财建〔2021〕2号", parent_id=upper.id, confirmed=True)
    )
    return [Sequence(key, Random(seed * 10_000 + number)) for number, key in enumerate(projects)], (upper.id, lower.id)


def add_receipts(sequences: list[Sequence]) -> None:
    values = [
        ReceiptValues(one.day(), one.random.randrange(1, LARGE), f"V{one.project}", place_code="370800")
        for one in sequences
    ]
    for one, key, value in zip(sequences, write_receipts(Acting(SYSTEM, NOW, TODAY), values), values, strict=True):
        one.receipts[key] = value.amount_fen


def set_outside(sequences: list[Sequence]) -> None:
    """What a decision says is no project's money; every other one is undone again."""
    for one in sequences[::7]:
        for key, left in one.receipts.items():
            part = left // 3
            if part:
                row = MatchDecision(
                    receipt_id=key, action="outside", outside_kind="interest", amount_fen=part, reasons=[], at=NOW
                )
                db.session.add(row)
                db.session.flush()
                if one.project % 2:
                    db.session.add(MatchDecision(receipt_id=key, action="undo", undoes_id=row.id, reasons=[], at=NOW))
                else:
                    one.receipts[key] -= part
    db.session.flush()


def run(seed: int, count: int = BATCH, rounds: int = ROUNDS) -> list[Sequence]:
    """Take `count` sequences through `rounds` steps each, in one transaction."""
    sequences, documents = start(seed, count)
    add_receipts(sequences)
    for number in range(rounds):
        if number == rounds // 2:
            set_outside(sequences)
        steps = [(one, *one.next(documents)) for one in sequences]
        good = [(one, what) for one, what, right in steps if right]
        bad = [position for position, (_, _, right) in enumerate(steps) if not right]
        if bad:
            with pytest.raises(InvalidError) as refused:
                write_entries(Acting(SYSTEM, NOW, TODAY), [(one.project, what) for one, what, _ in steps])
            assert {int(name.partition(".")[0]) for name in refused.value.fields} == set(bad)
        for (one, what), key in zip(
            good, write_entries(Acting(SYSTEM, NOW, TODAY), [(one.project, what) for one, what in good]), strict=True
        ):
            one.took(key, what)
        back = [(one, key) for one in sequences if one.random.random() < 0.3 and (key := one.reversible()) is not None]
        reverse_entries(Acting(SYSTEM, NOW, TODAY), [key for _, key in back], "登记有误")
        for one, key in back:
            one.reversed(key)
    return sequences


def reconcile(sequences: list[Sequence]) -> None:
    """The ladder of each project, the rows of the database, the lines, the receipts: all say what the model says, to
    the fen.
    """
    page = queries.portfolio_money(SYSTEM, FundingFilter(per_page=0), TODAY)
    slugs = dict(db.session.execute(select(Project.slug, Project.id)).all())
    steps = ("planned", "allocated", "received", "contracted", "paid")
    shown: dict[int, Counter] = defaultdict(Counter)
    for row in page.rows:
        for step in steps:
            shown[slugs[row.project.slug]][row.line.key, step] = getattr(row.line, step)
    total: Counter = Counter()
    for one in sequences:
        for key in {*one.sums, *shown[one.project]}:
            assert shown[one.project][key] == one.sums[key], (one.project, key)
        total.update(one.sums)
    for step in steps:
        assert getattr(page.ladder.total, step) == sum(fen for (_, own), fen in total.items() if own == step)
        assert page.ladder.central.__getattribute__(step) == sum(
            fen for (source, own), fen in total.items() if own == step and source == "cbi"
        )
    lines = {key: line for one in sequences for key, line in one.lines.items()}
    for key, state in line_states(lines).items():
        assert state.stands == lines[key].stands
        assert state.left_fen == lines[key].left if state.stands else state.left_fen >= 0
        assert state.left_fen >= 0
    left = {key: fen for one in sequences for key, fen in one.receipts.items()}
    found = receipt_states(left)
    assert {key: state.left_fen for key, state in found.items()} == left
    came = db.session.scalar(select(func.sum(TreasuryReceipt.amount_fen)).where(TreasuryReceipt.id.in_(left)))
    matched = db.session.scalar(select(func.sum(LedgerEntry.amount_fen)).where(LedgerEntry.receipt_id.in_(left))) or 0
    undone = select(MatchDecision.undoes_id).where(MatchDecision.undoes_id.is_not(None))
    outside = db.session.scalar(
        select(func.sum(MatchDecision.amount_fen)).where(
            MatchDecision.receipt_id.in_(left), MatchDecision.action == "outside", MatchDecision.id.not_in(undone)
        )
    )
    assert int(came) == int(matched) + int(outside or 0) + sum(state.left_fen for state in found.values())
    assert all(state.left_fen >= 0 for state in found.values())


@pytest.mark.parametrize("part", range(4))
def test_random_sequences_reconcile_to_the_fen(app, part):
    with app.app_context():
        everything = []
        for seed in range(part * 5, part * 5 + runs(1, 5)):
            with transaction():
                everything += run(seed)
        reconcile(everything)
        assert len(everything) == runs(1, 5) * BATCH


def test_the_sequences_try_every_kind_of_refusal(app):
    """So that what reconciles is not only what was easy."""
    with app.app_context(), transaction():
        sequences, documents = start(77, 60)
        add_receipts(sequences)
        kinds = Counter()
        for _ in range(12):
            for one in sequences:
                what, right = one.next(documents)
                kinds[right, what.step, what.kind, bool(what.allocation_id), bool(what.receipt_id)] += 1
                if right:
                    (key,) = write_entries(Acting(SYSTEM, NOW, TODAY), [(one.project, what)])
                    one.took(key, what)
                elif one.random.random() < 0.2:
                    with pytest.raises(InvalidError):
                        write_entries(Acting(SYSTEM, NOW, TODAY), [(one.project, what)])
        reconcile(sequences)
    assert len({key[1:] for key in kinds if key[0]}) >= 8
    assert len({key[1:] for key in kinds if not key[0]}) >= 5


BROKEN = {
    "forwarded lines count twice": lambda patch: patch.setattr(evidence, "counts_once", lambda: LedgerEntry.id > 0),
    "lines can be overdrawn": lambda patch: patch.setattr(ledger_posting.Book, "_amounts", lambda *_: {}),
    "vouchers can come twice": lambda patch: patch.setattr(ledger_posting.Book, "_voucher", lambda *_: None),
    "closed months take postings": lambda patch: patch.setattr(ledger_posting.Closed, "complaint", lambda *_: None),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_the_sequences_turn_red_where_a_rule_is_broken(app, monkeypatch, broken):
    """The negative controls."""
    BROKEN[broken](monkeypatch)
    with app.app_context(), pytest.raises((AssertionError, pytest.fail.Exception)):
        with transaction():
            sequences = run(3, count=60)
        reconcile(sequences)


def test_a_line_that_is_drawn_on_cannot_be_taken_back_and_a_matched_receipt_neither(app):
    """M-10."""
    with app.app_context(), transaction():
        (one,), documents = start(5, 1)
        add_receipts([one])
        ((receipt, fen),) = one.receipts.items()
        (line,) = write_entries(
            Acting(SYSTEM, NOW, TODAY),
            [(one.project, Posting("cbi", "allocated", TODAY, LARGE, document_id=documents[0]))],
        )
        (drawn,) = write_entries(
            Acting(SYSTEM, NOW, TODAY),
            [(one.project, Posting("cbi", "received", TODAY, fen, allocation_id=line, receipt_id=receipt))],
        )
        with pytest.raises(ConflictError, match="已有到位"):
            reverse_entries(Acting(SYSTEM, NOW, TODAY), [line], "错")
        with pytest.raises(ConflictError, match="先撤销"):
            take_back(Acting(SYSTEM, NOW, TODAY), [receipt], "错")
        reverse_entries(Acting(SYSTEM, NOW, TODAY), [line, drawn], "一起冲销")  # together they can
        take_back(Acting(SYSTEM, NOW, TODAY), [receipt], "重复登记")
        assert db.session.scalar(select(func.sum(TreasuryReceipt.amount_fen))) == 0
        assert db.session.scalar(select(func.sum(LedgerEntry.amount_fen))) == 0
        with pytest.raises(ConflictError, match="已经冲销"):
            take_back(Acting(SYSTEM, NOW, TODAY), [receipt], "再来")


def test_money_of_every_source_is_known():
    assert set(SOURCES) <= set(FUNDING_SOURCES)
