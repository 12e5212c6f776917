"""The example files import as they are, and fit together."""

from __future__ import annotations

import io

import pytest
from builders import make_place, make_user, sign_in
from sqlalchemy import func, select

from projects.core.permissions import SYSTEM
from projects.extensions import db
from projects.models import LedgerEntry, TreasuryReceipt
from projects.money.imports import samples
from projects.money.imports.fields import FIELDS
from projects.money.matching.queries import proposals


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_every_example_is_imported_as_it_was_downloaded(app, client, ending):
    with app.app_context():
        make_place("370831", "泗水县")
        user, other = make_user("finance"), make_user("dispatcher")
    for kind in ("projects", "allocations", "receipts", "payments"):
        person = sign_in(app.test_client(), other if kind == "projects" else user)
        file = person.get(f"/imports/samples/{kind}.{ending}")
        assert file.status_code == 200
        sent = {"kind": kind, "unit": "", "place": "", "file": (io.BytesIO(file.data), f"示例.{ending}")}
        one = person.post("/imports", data=sent).location
        page = person.get(one)
        assert f"确认入账 {len(samples.ROWS[kind])} 行" in page.text
        assert person.post(one + "/post").status_code == 302
    with app.app_context():
        standing = {
            step: int(fen)
            for step, fen in db.session.execute(
                select(LedgerEntry.step, func.sum(LedgerEntry.amount_fen)).group_by(LedgerEntry.step)
            )
        }
        assert standing == {"allocated": 500_000_050, "paid": 85_000_000}
        found = proposals(SYSTEM)
        best = {
            key: (one.confident, sum(part.amount_fen for part in one.best.parts) if one.best else 0)
            for key, one in found.items()
        }
        keys = {row.voucher: str(row.id) for row in db.session.scalars(select(TreasuryReceipt))}
        assert best[keys["示例-V1"]] == (True, 90_000_000)
        assert best[keys["示例-V2"]] == (True, 120_000_000)
        assert not best[keys["示例-V3"]][0]  # interest
        assert db.session.scalar(select(func.count()).select_from(TreasuryReceipt)) == 3


def test_the_page_offers_what_a_role_may_import(app):
    with app.app_context():
        finance, dispatcher = make_user("finance"), make_user("dispatcher")
    shown = sign_in(app.test_client(), finance).get("/imports").text
    assert "/imports/samples/receipts.xlsx" in shown
    assert "/imports/samples/projects.xlsx" not in shown
    assert "/imports/samples/projects.xlsx" in sign_in(app.test_client(), dispatcher).get("/imports").text


def test_examples_have_a_value_for_every_field_and_say_that_they_are_examples():
    assert samples.ROWS.keys() == samples.TITLES.keys() == FIELDS.keys()
    for kind, rows in samples.ROWS.items():
        assert all(len(row) == len(FIELDS[kind]) for row in rows)
        assert all(any("示例" in str(cell) for cell in row) for row in rows)
        assert samples.TITLES[kind].startswith("示例")
