"""Importing end to end on both databases: whole or not at all, once, undone whole, within the person's places.
Rule IM-8.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from pathlib import Path

import pytest
from builders import make_place, make_project, make_user, sign_in
from importing import posted, previewed
from sqlalchemy import func, select

from benchmarks.receipts import make, write
from projects.core.acting import Acting
from projects.core.errors import ConflictError, ForbiddenError, InvalidError
from projects.core.permissions import SYSTEM, Actor
from projects.database import transaction
from projects.extensions import db
from projects.models import AuditEntry, FundingDocument, ImportBatch, LedgerEntry, Project, TreasuryReceipt
from projects.money.imports import operations

NOW = dt.datetime(2025, 12, 1, 4, 0, tzinfo=dt.UTC)
TODAY = dt.date(2025, 12, 1)
PROJECTS = (
    "项目代码,项目名称,项目单位,所在地\n2501-370800-84-01-100001,甲县人民医院感染楼项目,甲县人民医院,甲县\n,乙县中医院"
    "改扩建,乙县中医院,济宁市\n"
)
LINES = (
    "明细编号,文号,发文单位,发文日期,项目代码,项目名称,资金来源,金额(万元)\n"
    "L1,财建〔2025〕23号,财政部,2025-03-01,2501-370800-84-01-100001,,中央预算内投资,300\n"
    "L2,财建[2025]23号,财政部,2025年3月1日,,乙县中医院改扩建项目,中央预算内投资,壹佰万元整\n"
    ",,,,,,合计,400\n"
)
RECEIPTS = (
    "凭证号,到账日期,付款单位,收款单位,金额(元),摘要\nV1,2025-05-01,市财政局,甲县人民医院,900000.00,财建〔2025〕23号"
    "\n,2025-05-02,市财政局,甲县人民医院,100,结息\n,2025-05-02,市财政局,甲县人民医院,100,结息\n"
)


def run(kind: str, text: str, actor: Actor = SYSTEM, place: str = "", unit: str = "") -> ImportBatch:
    with transaction():
        batch = previewed(Acting(actor, NOW, TODAY), kind, f"{kind}.csv", text.encode(), {"place": place, "unit": unit})
        return posted(Acting(actor, NOW, TODAY), batch.id)


def standing(model) -> int:
    return db.session.scalar(select(func.coalesce(func.sum(model.amount_fen), 0)))


def test_projects_documents_lines_and_receipts_are_imported_with_their_own_numbers(app):
    with app.app_context():
        make_place()
        run("projects", PROJECTS)
        run("allocations", LINES)
        run("receipts", RECEIPTS)
        places = dict(db.session.execute(select(Project.name, Project.place_code)).all())
        assert places == {"甲县人民医院感染楼项目": operations.NOWHERE, "乙县中医院改扩建": "370800"}
        assert db.session.scalars(select(FundingDocument.number_normal)).all() == ["财建〔2025〕23号"]
        lines = db.session.execute(
            select(LedgerEntry.external_id, LedgerEntry.amount_fen, LedgerEntry.step, LedgerEntry.entry_on).order_by(
                LedgerEntry.id
            )
        ).all()
        assert [tuple(row) for row in lines] == [
            ("L1", 300_000_000, "allocated", dt.date(2025, 3, 1)),
            ("L2", 100_000_000, "allocated", dt.date(2025, 3, 1)),
        ]
        assert db.session.scalars(select(TreasuryReceipt.amount_fen).order_by(TreasuryReceipt.id)).all() == [
            90_000_000,
            10_000,
            10_000,
        ]
        assert db.session.scalars(select(AuditEntry.tag).order_by(AuditEntry.id)).all() == ["funding:import:posted"] * 3


def test_the_same_file_again_and_the_same_line_in_another_file_change_nothing(app):
    """IM-5."""
    with app.app_context():
        for kind, text in (("projects", PROJECTS), ("allocations", LINES), ("receipts", RECEIPTS)):
            run(kind, text)
        sums = standing(LedgerEntry), standing(TreasuryReceipt)
        for kind, text in (("projects", PROJECTS), ("allocations", LINES), ("receipts", RECEIPTS)):
            assert run(kind, text).counts["new"] == 0
        head, first, *_ = RECEIPTS.splitlines()
        assert run("receipts", f"{head}\n{first}\nV9,2025-06-01,市财政局,甲县人民医院,5,\n").counts["new"] == 1
        assert (standing(LedgerEntry), standing(TreasuryReceipt)) == (sums[0], sums[1] + 500)


def test_a_number_that_comes_back_with_another_amount_is_refused(app):
    with app.app_context():
        run("receipts", RECEIPTS)
        with pytest.raises(InvalidError) as caught:
            run("receipts", RECEIPTS.replace("900000.00", "900000.01"))
        assert list(caught.value.fields) == ["CSV!A2"]


def test_one_bad_cell_keeps_the_whole_file_out(app):
    with app.app_context():
        with pytest.raises(InvalidError) as caught:
            run("receipts", RECEIPTS + "V5,2025-02-30,局,院,1.005,\n")
        assert sorted(caught.value.fields) == ["CSV!B5", "CSV!E5"]
        assert standing(TreasuryReceipt) == 0


def test_what_the_ledger_refuses_is_told_by_cell(app):
    with app.app_context(), pytest.raises(InvalidError) as caught:
        run("receipts", RECEIPTS.replace("2025-05-01", "2026-05-01"))
    assert list(caught.value.fields) == ["CSV!B2"]


def test_a_line_of_an_unknown_project_is_told_and_nothing_is_written(app):
    with app.app_context():
        with pytest.raises(InvalidError) as caught:
            run("allocations", LINES)
        assert list(caught.value.fields) == ["CSV!E2", "CSV!F3"]
        assert standing(LedgerEntry) == 0


def test_an_import_is_undone_whole_and_can_be_imported_again(app):
    with app.app_context():
        batches = [
            run(kind, text) for kind, text in (("projects", PROJECTS), ("allocations", LINES), ("receipts", RECEIPTS))
        ]
        with pytest.raises(ConflictError), transaction():
            operations.undo(Acting(SYSTEM, NOW, TODAY), batches[0].id, "")
        for batch in reversed(batches[1:]):
            with transaction():
                operations.undo(Acting(SYSTEM, NOW, TODAY), batch.id, "传错了")
        assert (standing(LedgerEntry), standing(TreasuryReceipt)) == (0, 0)
        with pytest.raises(ConflictError), transaction():
            operations.undo(Acting(SYSTEM, NOW, TODAY), batches[2].id, "")
        assert run("allocations", LINES).counts["new"] == 2
        assert run("receipts", RECEIPTS).counts["new"] == 3


def test_projects_that_nothing_was_entered_on_are_removed_by_undoing(app):
    with app.app_context():
        batch = run("projects", PROJECTS)
        with transaction():
            operations.undo(Acting(SYSTEM, NOW, TODAY), batch.id, "")
        assert db.session.scalar(select(func.count()).select_from(Project)) == 0


def test_payments_are_imported_on_their_projects(app):
    with app.app_context():
        run("projects", PROJECTS)
        text = (
            "支付凭证号,支付日期,项目名称,收款单位,资金来源,支付金额(元),摘要\nP1,2025-07-01,甲县人民医院感染楼,某建筑"
            "公司,中央预算内,1000.50,进度款\n"
        )
        run("payments", text)
        (row,) = db.session.scalars(select(LedgerEntry))
        assert (row.step, row.amount_fen, row.external_id, row.memo) == ("paid", 100_050, "P1", "某建筑公司 进度款")


PAID = "支付凭证号,支付日期,项目名称,资金来源,支付金额(元)\n"


def test_one_voucher_may_pay_from_several_sources_and_never_twice_from_one(app):
    """M-12."""
    with app.app_context():
        run("projects", PROJECTS)
        parts = "P1,2025-07-01,甲县人民医院感染楼,中央预算内,1000\nP1,2025-07-01,甲县人民医院感染楼,县级财政,500\n"
        assert run("payments", PAID + parts).counts["new"] == 2
        assert standing(LedgerEntry) == 150_000
        again = run("payments", PAID + parts + "P2,2025-07-02,甲县人民医院感染楼,县级财政,1\n")
        assert (again.counts["new"], again.counts["existing"]) == (1, 2)
        others = ("中央预算内,1000", "中央预算内,999", "自筹,500")
        for number, other in enumerate(others):
            for day in ("2025-07-01", "2025-07-03"):
                wrong = PAID + (
                    f"Q{number},2025-07-01,甲县人民医院感染楼,中央预算内,1000\nQ{number},{day},甲县人民医院感染楼,"
                    f"{other}\n"
                )
                if (other, day) != ("自筹,500", "2025-07-01"):
                    with pytest.raises(InvalidError):
                        run("payments", wrong)
        with pytest.raises(InvalidError):  # a third source of a voucher that stands
            run("payments", PAID + parts + "P1,2025-07-01,甲县人民医院感染楼,自筹,5\n")
        assert standing(LedgerEntry) == 150_100


def test_who_may_import_what_and_where(app):
    with app.app_context():
        make_place()
        finance = Actor(
            make_user("finance").id, "财务", "finance", places=frozenset({"370800"}), place_projects=frozenset()
        )
        dispatcher = Actor(make_user("dispatcher").id, "调度", "dispatcher")
        for actor, kind in ((finance, "projects"), (dispatcher, "receipts")):
            with pytest.raises(ForbiddenError):
                run(kind, PROJECTS, actor)
        with pytest.raises(InvalidError) as caught:
            run("receipts", RECEIPTS, finance)
        assert "place" in caught.value.fields
        run("receipts", RECEIPTS, finance, "370800")
        assert set(db.session.scalars(select(TreasuryReceipt.place_code))) == {"370800"}
        run("projects", PROJECTS)
        with pytest.raises(InvalidError):
            run("allocations", LINES, finance, "370800")


def test_the_pages_show_the_file_cell_by_cell_then_post_then_undo(app, client):
    with app.app_context():
        make_project(name="甲县人民医院感染楼项目", national_code="2501-370800-84-01-100001")
        make_project(name="乙县中医院改扩建")
        sign_in(client, make_user("finance"))
    empty = client.get("/imports").get_data(as_text=True)
    assert "还没有导入过文件" in empty
    sent = {"kind": "allocations", "unit": "", "place": ""}
    bad = client.post(
        "/imports", data=sent | {"file": (io.BytesIO(LINES.replace("壹佰万元整", "约100").encode()), "下达.csv")}
    )
    page = client.get(bad.location).get_data(as_text=True)
    assert "H3" in page
    assert "约100" in page
    assert "确认入账" not in page
    assert client.post(bad.location + "/post").status_code == 422
    good = client.post("/imports", data=sent | {"file": (io.BytesIO(LINES.encode("gb18030")), "下达.csv")})
    assert "确认入账 2 行" in client.get(good.location).get_data(as_text=True)
    assert client.get(good.location + ".csv").status_code == 200
    assert client.post(good.location + "/post").status_code == 302
    assert client.post(good.location + "/post").status_code == 409
    assert client.post(good.location + "/drop").status_code == 409
    assert "已入账" in client.get("/imports").get_data(as_text=True)
    assert client.post(good.location + "/undo", data={"reason": "传错了"}).status_code == 302
    assert "已撤销" in client.get(good.location).get_data(as_text=True)
    assert client.post(bad.location + "/drop").status_code == 302
    assert client.get(bad.location).status_code == 404


def test_no_file_and_a_file_that_is_none_are_told_at_the_form(app, client):
    with app.app_context():
        sign_in(client, make_user("finance"))
    assert client.post("/imports", data={"kind": "receipts", "unit": "", "place": ""}).status_code == 422
    answer = client.post(
        "/imports",
        data={"kind": "receipts", "unit": "", "place": "", "file": (io.BytesIO(b"\x89PNG\r\n\x1a\n\0\0"), "a.png")},
    )
    assert answer.status_code == 422


def test_the_commands_import_a_treasury_year_and_print_its_proposals(app, tmp_path: Path):
    year = make(11, 40)
    write(year, tmp_path)
    runner = app.test_cli_runner()
    for kind in ("projects", "allocations", "receipts"):
        answer = runner.invoke(args=["projects", f"import-{kind}", str(tmp_path / f"{kind}.csv"), "--json"])
        assert answer.exit_code == 0, (answer.output, answer.exception)
        assert json.loads(answer.stdout)["state"] == "posted"
        again = runner.invoke(args=["projects", f"import-{kind}", str(tmp_path / f"{kind}.csv"), "--json"])
        assert json.loads(again.stdout)["state"] == "unchanged"
    dry = runner.invoke(args=["projects", "import-receipts", str(tmp_path / "receipts.csv"), "--dry-run"])
    assert re.search(r"国库到账: \d+ 行, 新增 0, 已登记过 \d+, 不能入账 0 处 \[只看不入账\]", dry.stdout)
    english = runner.invoke(
        args=["projects", "import-receipts", str(tmp_path / "receipts.csv"), "--dry-run", "--lang", "en"]
    )
    assert re.search(
        r"Treasury receipts: \d+ rows, 0 new, \d+ there already, 0 faults \[not posted: a dry run\]", english.stdout
    )
    printed = json.loads(runner.invoke(args=["projects", "match", "--json"]).stdout)
    assert {one["voucher"] for one in printed} == {one.key for one in year.receipts}
    by_voucher = {one["voucher"]: {(part["allocation"], part["amount"]) for part in one["lines"]} for one in printed}
    right = sum(
        by_voucher[key] == {(part.line, f"{part.amount_fen // 100}.{part.amount_fen % 100:02d}") for part in parts}
        for key, parts in year.truth.items()
    )
    assert right >= 0.95 * len(year.truth)
    assert all(one["reasons"] for one in printed)
    (tmp_path / "bad.csv").write_text("随便\n1\n", encoding="utf-8")
    refused = runner.invoke(args=["projects", "import-receipts", str(tmp_path / "bad.csv")])
    assert refused.exit_code == 1
    with app.app_context():
        number = db.session.scalar(select(ImportBatch.id).where(ImportBatch.kind == "receipts"))
    assert runner.invoke(args=["projects", "undo-import", str(number)]).exit_code == 0
    assert json.loads(runner.invoke(args=["projects", "match", "--json"]).stdout) == []


def test_nobody_reads_the_number_that_an_import_made_up(app, client):
    with app.app_context():
        run("receipts", "到账日期,付款单位,收款单位,金额(元),摘要\n2025-03-05,市财政局,市医院,1234.56,拨款\n")
        finance, (key, stored) = (
            make_user("finance"),
            db.session.execute(select(TreasuryReceipt.id, TreasuryReceipt.voucher)).one(),
        )
    assert stored.startswith("~")
    sign_in(client, finance)
    for page in (
        "/receipts",
        "/receipts.csv",
        f"/receipts/{key}/reverse",
        "/api/v1/receipts",
        f"/funding/matching/{key}",
    ):
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert stored not in answer.text, page
