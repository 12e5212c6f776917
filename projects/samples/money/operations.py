"""Loading the sample money: entries with the documents they came by and the receipts they rest on, contracts, plans,
handled findings, closed months.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from projects.core.month import ALWAYS
from projects.core.tables import Place
from projects.database import inserted
from projects.extensions import db
from projects.money.contracts.tables import Contract, WorkValue
from projects.money.documents.tables import FundingDocument
from projects.money.findings.queries import of_project
from projects.money.findings.tables import FindingStep
from projects.money.imports.extract import opened
from projects.money.imports.tables import ImportBatch
from projects.money.ladder.tables import CompositionRevision, FundingComposition
from projects.money.ledger.tables import LedgerEntry
from projects.money.matching.tables import MatchDecision
from projects.money.receipts.queries import statement_of
from projects.money.receipts.sheet import PlaceChoice
from projects.money.receipts.tables import FundingPeriod, TreasuryReceipt
from projects.people.accounts.tables import Unit, User
from projects.register.projects.tables import Project
from projects.samples.demo import funds
from projects.samples.demo.funds import SampleEntry
from projects.samples.demo.samples import FEN_A_WAN, SampleReport
from projects.samples.money import stories
from projects.samples.money.rows import Row, SampleRows, at_close, year_of


def load_money(
    projects: Mapping[str, int],
    written: Sequence[SampleReport],
    people: Mapping[str, User],
    now: dt.datetime,
    as_of: dt.date,
) -> None:
    """Add the sample money of the projects (slug → id) to the database, every row marked as a sample."""
    loader = _Loader(projects, people["finance"].id, now)
    loader.compositions()
    entries = [one for one in funds.entries(written) if one.project in projects]
    loader.documents(entries)
    allocated = loader.allocated([one for one in entries if one.step == "allocated"])
    loader.plans(entries)
    if stories.CHAIN_SLUG in projects:
        loader.chain(allocated)
    loader.received([one for one in entries if one.step == "received"], allocated)
    contracts = loader.contracts(allocated)
    loader.paid([one for one in entries if one.step == "paid"], contracts)
    loader.strays()
    db.session.flush()
    loader.handled(as_of)
    loader.close()
    db.session.flush()


class _Loader:
    """What the steps of loading share."""

    def __init__(self, projects: Mapping[str, int], by_id: int, now: dt.datetime) -> None:
        self.projects, self.by_id, self.now = projects, by_id, now
        columns = (Project.id, Project.place_code, Unit.name)
        rows = db.session.execute(
            select(*columns).outerjoin(Unit, Unit.id == Project.unit_id).where(Project.id.in_(projects.values()))
        )
        self.places = {key: (code, unit or "示例单位") for key, code, unit in rows}
        self.rows = SampleRows(projects, frozenset(db.session.scalars(select(Place.code))), now)
        self.numbers: dict[str, int] = {}

    def insert(self, model: Any, rows: Sequence[Row]) -> list[int]:
        """The ids of the new rows in their order."""
        return inserted(model, rows)

    def compositions(self) -> None:
        """Approved amounts, with the feasibility estimates of some, and their history."""
        rows: list[Row] = [
            {
                "project_id": self.projects[one.project],
                "source": one.source,
                "estimate_kind": one.kind,
                "amount_fen": one.amount_fen,
                "document_number": one.document_number,
            }
            for one in funds.compositions()
            if one.project in self.projects
        ]
        for slug, percent in stories.FEASIBILITY:
            own = [row for row in rows if row["project_id"] == self.projects.get(slug)]
            rows += [
                row
                | {
                    "estimate_kind": "feasibility_estimate",
                    "amount_fen": row["amount_fen"] * percent // 100,
                    "document_number": "示例发改社会〔2020〕3号",
                }
                for row in own
            ]
        rows = [row | {"since": ALWAYS} for row in rows]
        self.insert(FundingComposition, [row | {"is_sample": True} for row in rows])
        self.insert(
            CompositionRevision,
            [row | {"is_sample": True, "recorded_at": self.now, "by_id": self.by_id} for row in rows],
        )

    def documents(self, entries: Sequence[SampleEntry]) -> None:
        """A document for each number that money was allocated by."""
        first: dict[str, SampleEntry] = {}
        for one in entries:
            if one.step == "allocated":
                first.setdefault(one.document_number, one)
        rows = [
            self.rows.document(
                number,
                stories.KINDS[one.source],
                stories.ISSUERS[one.source],
                one.entry_on,
                self.places[self.projects[one.project]][0],
                source=one.source,
            )
            for number, one in first.items()
        ]
        self.numbers = dict(zip(first, self.insert(FundingDocument, rows), strict=True))

    def allocated(self, entries: Sequence[SampleEntry]) -> dict[tuple[str, str, str], int]:
        """By project, source and document number, the id of the allocated entry."""
        ordered = sorted(entries, key=lambda one: one.entry_on)
        ids = self.insert(
            LedgerEntry, [self.rows.entry(one, document_id=self.numbers[one.document_number]) for one in ordered]
        )
        return {(one.project, one.source, one.document_number): key for one, key in zip(ordered, ids, strict=True)}

    def plans(self, entries: Sequence[SampleEntry]) -> None:
        """Yearly plans at the beginning of the year."""
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for one in entries:
            if one.step == "allocated" and one.entry_on.year == stories.CHAIN_YEAR:
                sums[one.project, one.source] += one.amount_fen
        day = dt.date(stories.CHAIN_YEAR, 2, 8)
        rows = []
        for slug, source, percent in stories.PLANS:
            if sums.get((slug, source)):
                fen = sums[slug, source] * percent // 100 // FEN_A_WAN * FEN_A_WAN
                rows.append(
                    self.rows.entry(
                        SampleEntry(slug, source, "planned", day, fen, "示例发改投资〔2021〕1号", "示例: 年度计划")
                    )
                )
        self.insert(LedgerEntry, rows)

    def chain(self, allocated: dict[tuple[str, str, str], int]) -> None:
        """One line handed on by two documents below; its receipts are drawn on the lowest.

        And a budget passed on late, in part.
        """
        key = next(
            key
            for key in allocated
            if key[:2] == (stories.CHAIN_SLUG, stories.CHAIN_SOURCE) and f"〔{stories.CHAIN_YEAR}〕" in key[2]
        )
        line_id, above = allocated[key], self.numbers[key[2]]
        fen = db.session.get_one(LedgerEntry, line_id).amount_fen
        for number, kind, issuer, day, place in (stories.LOWER, stories.LOWEST):
            (above,) = self.insert(
                FundingDocument,
                [self.rows.document(number, kind, issuer, day, place, parent_id=above, source=stories.CHAIN_SOURCE)],
            )
            one = SampleEntry(stories.CHAIN_SLUG, stories.CHAIN_SOURCE, "allocated", day, fen, number, "示例: 转发分解")
            (line_id,) = self.insert(LedgerEntry, [self.rows.entry(one, document_id=above, allocation_id=line_id)])
        allocated[key] = line_id
        number, kind, issuer, day, place, wan = stories.LATE_BUDGET
        (late,) = self.insert(
            FundingDocument,
            [
                self.rows.document(
                    number, kind, issuer, day, place, total_fen=wan * FEN_A_WAN, received_on=day, source="provincial"
                )
            ],
        )
        number, kind, issuer, day, place, wan = stories.LATE_QUOTA
        self.insert(
            FundingDocument,
            [
                self.rows.document(
                    number, kind, issuer, day, place, total_fen=wan * FEN_A_WAN, parent_id=late, source="provincial"
                )
            ],
        )

    def received(self, entries: Sequence[SampleEntry], allocated: Mapping[tuple[str, str, str], int]) -> None:
        """Receipts of one place stand behind the entries, each matched; elsewhere the entries stand alone."""
        ordered = sorted(entries, key=lambda one: one.entry_on)
        shown = [
            one
            for one in ordered
            if self.places[self.projects[one.project]][0].startswith(stories.HELD)
            and one.entry_on.year == stories.CHAIN_YEAR
        ]
        vouchers = {one: f"示例-{number:05d}" for number, one in enumerate(shown, 1)}
        rows = [
            self.rows.receipt(
                vouchers[one],
                one.entry_on,
                one.amount_fen,
                stories.PAYERS.get(one.source, stories.PAYER),
                self.places[self.projects[one.project]][1],
                f"示例: {one.document_number} 建设资金",
                self.places[self.projects[one.project]][0],
            )
            for one in shown
        ]
        receipts = dict(zip(shown, self.insert(TreasuryReceipt, rows), strict=True))
        paid = {one: allocated.get((one.project, one.source, one.document_number)) for one in ordered}
        decisions: list[Row] = [
            {
                "receipt_id": key,
                "action": "confirm",
                "outside_kind": None,
                "amount_fen": one.amount_fen,
                "undoes_id": None,
                "by_id": self.by_id,
                "at": at_close(one.entry_on),
                "is_sample": True,
                "reasons": {"parts": [[str(paid[one]), one.amount_fen]] if paid[one] else [], "said": []},
            }
            for one, key in receipts.items()
        ]
        decided = dict(zip(receipts, self.insert(MatchDecision, decisions), strict=True))
        self.insert(
            LedgerEntry,
            [
                self.rows.entry(
                    one,
                    allocation_id=paid[one],
                    receipt_id=receipts.get(one),
                    decision_id=decided.get(one),
                    external_id=vouchers.get(one, ""),
                    budget_year=year_of(one.document_number) or one.entry_on.year,
                )
                for one in ordered
            ],
        )

    def contracts(self, allocated: Mapping[tuple[str, str, str], int]) -> dict[tuple[str, str], int]:
        """By project and source, the contract that payments go to."""
        totals: dict[str, int] = defaultdict(int)
        for amount in funds.compositions():
            totals[amount.project] += amount.amount_fen
        found: dict[tuple[str, str], int] = {}
        for place, one in enumerate(stories.CONTRACTS, 1):
            if one.slug not in {slug for slug, _, _ in allocated}:
                continue
            number = f"示例合同-{place:02d}"
            parts = {source: totals[one.slug] * share // 100 // FEN_A_WAN * FEN_A_WAN for source, share in one.shares}
            row = {
                "project_id": self.projects[one.slug],
                "number": number,
                "name": one.name,
                "party": one.party,
                "signed_on": one.signed_on,
            }
            (key,) = self.insert(
                Contract,
                [row | {"kind": one.kind, "retention": one.retention, "recorded_at": self.now, "is_sample": True}],
            )
            worths = [
                SampleEntry(one.slug, source, "contracted", one.signed_on, fen, number, one.name)
                for source, fen in parts.items()
            ]
            self.insert(LedgerEntry, [self.rows.entry(worth, contract_id=key) for worth in worths])
            done = {
                "contract_id": key,
                "confirmed_on": dt.date(2021, 10, 31),
                "amount_fen": sum(parts.values()) * one.confirmed // 100,
                "note": "示例: 监理确认",
            }
            self.insert(WorkValue, [done | {"recorded_at": self.now, "is_sample": True}])
            found |= {(one.slug, source): key for source in parts}
        return found

    def paid(self, entries: Sequence[SampleEntry], contracts: Mapping[tuple[str, str], int]) -> None:
        """Payments, those of a contract's source on the contract."""
        ordered = sorted(entries, key=lambda one: one.entry_on)
        self.insert(
            LedgerEntry, [self.rows.entry(one, contract_id=contracts.get((one.project, one.source))) for one in ordered]
        )

    def strays(self) -> None:
        """Receipts that nobody matched, one of them set outside."""
        place = next((code for code, _ in self.places.values() if code.startswith(stories.HELD)), None)
        if place is None:
            return
        rows = [
            self.rows.receipt(
                f"示例-{number}", one.day, one.wan * FEN_A_WAN + one.fen, one.payer, one.payee, one.memo, place
            )
            for number, one in enumerate(stories.STRAYS, 90_001)
        ]
        batch = self.imported(rows, place)
        for one, row in zip(stories.STRAYS, rows, strict=True):
            (key,) = self.insert(TreasuryReceipt, [row | {"import_id": batch}])
            if one.outside:
                decided = {
                    "action": "outside",
                    "outside_kind": one.outside,
                    "amount_fen": row["amount_fen"],
                    "reasons": [],
                    "by_id": self.by_id,
                }
                self.insert(MatchDecision, [decided | {"receipt_id": key, "at": at_close(one.day), "is_sample": True}])

    def imported(self, rows: Sequence[Row], place: str) -> int:
        """The import that these receipts came by, with its file."""
        batch = self.rows.batch(rows, place, self.by_id)
        parsed = opened(batch["content"], batch["kind"])
        (key,) = self.insert(ImportBatch, [batch | {"parsed": parsed}])
        return key

    def handled(self, as_of: dt.date) -> None:
        """Steps in handling findings, on the amounts that are found."""
        for slug, rule, source, state, owner, note, until in stories.HANDLED:
            rows = of_project(self.projects[slug], as_of) if slug in self.projects else []
            for found in (row.finding for row in rows if (row.finding.rule, row.finding.source) == (rule, source)):
                row = {
                    "project_id": self.projects[slug],
                    "rule": rule,
                    "source": source,
                    "state": state,
                    "owner": owner,
                    "note": note,
                    "until": until,
                }
                self.insert(
                    FindingStep,
                    [
                        row
                        | {
                            "amount_fen": found.amount_fen,
                            "by_id": self.by_id,
                            "at": at_close(dt.date(2021, 11, 25)),
                            "is_sample": True,
                        }
                    ],
                )

    def close(self) -> None:
        """Months closed on the figures of their statements."""
        for month in stories.CLOSED:
            figures = statement_of(PlaceChoice((), "", ""), month).figures
            row = {
                "month": month,
                "place_code": "",
                "figures": figures,
                "locked_at": at_close(month + dt.timedelta(35)),
                "locked_by_id": self.by_id,
            }
            self.insert(FundingPeriod, [row | {"is_sample": True}])
