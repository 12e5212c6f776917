"""What was read in a file is kept whole and never read again: rules IM-6 and IM-8 of docs/rules/imports.md."""

from __future__ import annotations

import datetime as dt

import pytest
from builders import make_place, make_user, sign_in
from importing import previewed
from sqlalchemy import select, update

from projects.core.acting import Acting
from projects.core.errors import ConflictError, InvalidError
from projects.core.permissions import SYSTEM
from projects.core.text import Text
from projects.database import transaction
from projects.extensions import db
from projects.models import ImportBatch
from projects.money.imports import extract, kept, queries
from projects.money.imports.reading import CellFault, Read, SheetRow
from projects.money.waiting.queries import former, reread

NOW = dt.datetime(2025, 12, 1, 4, 0, tzinfo=dt.UTC)
TODAY = dt.date(2025, 12, 1)
FILE = (
    "凭证号,到账日期,付款单位,收款单位,金额(元),摘要\nV1,2025-05-01,市财政局,甲县人民医院,900000.00,财建〔2025〕23号\n"
)


def test_what_is_kept_is_what_was_read():
    values = {"voucher": "V1", "received": dt.date(2025, 5, 1), "amount": -5, "memo": "a\x1fb“”"}
    fault = CellFault("表", "B7", "x", Text("“%(value)s”不是金额", {"value": Text("内"), "on": dt.date(2025, 5, 1)}))
    found = Read([SheetRow("表", 7, values, {"amount": "B7"})], [fault], [fault], 3, {"表": {"amount": "金额"}})
    assert kept.unpacked(kept.packed(found)) == found


def test_too_much_of_it_is_refused(monkeypatch):
    found = Read([SheetRow("表", 7, {"memo": "x" * 100}, {})])
    whole = len(kept.zlib.decompress(kept.packed(found)))
    monkeypatch.setattr(kept, "MOST_KEPT", whole)
    assert kept.packed(found)
    monkeypatch.setattr(kept, "MOST_KEPT", whole - 1)
    with pytest.raises(InvalidError):
        kept.packed(found)


def keep() -> int:
    make_place()
    with transaction():
        return previewed(Acting(SYSTEM, NOW, TODAY), "receipts", "a.csv", FILE.encode(), {}).id


def test_no_page_of_an_import_reads_its_file_again(app, monkeypatch):
    with app.app_context():
        batch_id = keep()
        finance = make_user("finance", name="finance")

    def fails(*_: object) -> bytes:
        raise AssertionError("read again")

    monkeypatch.setattr(extract, "opened", fails)
    client = sign_in(app.test_client(), finance)
    for ending in ("", ".csv", ".xlsx"):
        assert client.get(f"/imports/{batch_id}{ending}").status_code == 200
    assert "已入账" in client.post(f"/imports/{batch_id}/post", follow_redirects=True).get_data(as_text=True)


def test_an_import_of_a_former_version_says_what_is_to_be_done_until_init_reads_it(app):
    with app.app_context():
        batch_id = keep()
        was = db.session.scalar(select(ImportBatch.parsed))
        with transaction():
            db.session.execute(update(ImportBatch).values(parsed=None))
        with pytest.raises(ConflictError, match="init"):
            queries.shown(SYSTEM, batch_id, TODAY)
        assert former() == [batch_id]
        assert reread(batch_id) == was
