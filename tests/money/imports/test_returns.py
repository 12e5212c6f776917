"""Money that came back: negative rows of a treasury's file (IM-9 of docs/rules/imports.md)."""

from __future__ import annotations

import datetime as dt

import pytest
from importing import opened, posted, previewed
from sqlalchemy import func, select

from projects.core.acting import Acting
from projects.core.errors import InvalidError
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import ImportBatch, TreasuryReceipt
from projects.money.imports import operations, workbook
from projects.money.imports.reading import SheetRows, read
from projects.sheets.reading import cells

NOW = dt.datetime(2025, 12, 1, 4, 0, tzinfo=dt.UTC)
TODAY = dt.date(2025, 12, 1)
HEAD = "凭证号,到账日期,付款单位,收款单位,金额(元),摘要\n"
CAME = "V1,2025-05-01,市财政局,甲县人民医院,900000.00,财建〔2025〕23号\n"
AGAIN = "V3,2025-05-09,市财政局,甲县人民医院,900000.00,重拨\n"
REST = "V4,2025-05-10,市财政局,甲县人民医院,1234.56,工程款\n"


def back(
    amount: str = "-900000.00",
    day: str = "2025-05-03",
    payer: str = "市财政局",
    payee: str = "甲县人民医院",
    memo: str = "退汇",
) -> str:
    return f'V2,{day},{payer},{payee},"{amount}",{memo}\n'


def run(text: str) -> ImportBatch:
    with transaction():
        batch = previewed(Acting(SYSTEM, NOW, TODAY), "receipts", "receipts.csv", text.encode(), {})
        return posted(Acting(SYSTEM, NOW, TODAY), batch.id)


def standing() -> int:
    return db.session.scalar(select(func.coalesce(func.sum(TreasuryReceipt.amount_fen), 0)))


def vouchers() -> list[str]:
    return list(db.session.scalars(select(TreasuryReceipt.voucher).order_by(TreasuryReceipt.id)))


@pytest.mark.parametrize(
    "amount", ["-900000.00", "－900,000", "−900000", "(900,000.00)", "900000-", "-¥900000", "-90万元"]
)
def test_a_receipt_and_its_return_cancel_each_other_and_both_are_named(app, amount):
    with app.app_context():
        batch = run(HEAD + CAME + back(amount) + AGAIN + REST)
        assert vouchers() == ["V3", "V4"]
        assert batch.counts["notes"] == 2
        assert batch.counts["amount_fen"] == standing() == 90_000_000 + 123_456


@pytest.mark.parametrize(
    "return_", [back(payer="甲县人民医院", payee="市财政局"), back(day="2025-05-01"), back(payee="甲县 人民医院")]
)
def test_a_return_names_the_unit_on_either_side(app, return_):
    with app.app_context():
        run(HEAD + CAME + return_ + REST)
        assert vouchers() == ["V4"]


def test_the_newest_earlier_receipt_is_the_one_that_came_back(app):
    with app.app_context():
        run(HEAD + CAME + CAME.replace("V1", "V5").replace("05-01", "05-02") + back() + AGAIN)
        assert vouchers() == ["V1", "V3"]


@pytest.mark.parametrize(
    "return_",
    [
        back("-900000.01"),
        back(day="2025-04-30"),
        back(payee="乙县中医院", payer="市财政局"),
        back() + back().replace("V2", "V6"),
    ],
    ids=["another amount", "earlier", "another unit", "twice"],
)
def test_a_return_of_nothing_in_the_file_keeps_the_file_out(app, return_):
    with app.app_context():
        with pytest.raises(InvalidError):
            run(HEAD + CAME + return_ + REST)
        assert vouchers() == []


def test_a_return_of_what_was_imported_before_is_left_to_a_person(app):
    with app.app_context():
        run(HEAD + CAME)
        with pytest.raises(InvalidError):
            run(HEAD + CAME + back() + REST)
        assert vouchers() == ["V1"]


def test_the_same_file_again_changes_nothing_and_undoing_takes_all_back(app):
    with app.app_context():
        file = HEAD + CAME + back() + AGAIN + REST
        batch = run(file)
        found, plan = opened(SYSTEM, "receipts", file.encode(), {})
        assert (len(found.rows), len(plan.new), plan.existing, plan.faults) == (4, 0, 2, [])
        with app.test_request_context():
            assert [row[-1] for row in workbook.rows("receipts", "f.csv", found, plan).rows][:2] == [
                "退回相抵, 未读入"
            ] * 2
        with transaction():
            operations.undo(Acting(SYSTEM, NOW, TODAY), batch.id, "")
        assert standing() == 0


def test_negative_figures_of_other_kinds_stay_refused():
    rows = [
        ["凭证号", "支付日期", "项目名称", "资金来源", "金额(元)"],
        ["P1", "2025-05-01", "甲县人民医院", "市级财政", "-5"],
    ]
    assert [fault.cell for fault in read([SheetRows("表", rows)], "payments").faults] == ["E2"]


@pytest.mark.parametrize("letter", ["\u00ad", "\u200b", "\u200c", "\u200d", "\u200e", "\u2060", "\ufeff"])
def test_letters_of_no_width_are_nobodys_words(letter):
    assert cells.text_of(f"甲县{letter}人民医院{letter}") == "甲县人民医院"
    rows = [
        ["凭证号", "到账日期", "付款单位", "收款单位", "金额(元)", "摘要"],
        ["V1", "2025-05-01", "市财政局", f"甲县{letter}人民医院", "5", f"工程{letter}款"],
    ]
    found = read([SheetRows("表", rows)], "receipts")
    assert not found.faults
    assert (found.rows[0].text("payee"), found.rows[0].text("memo")) == ("甲县人民医院", "工程款")
