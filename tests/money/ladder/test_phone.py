"""Lists of money on a phone: a row becomes a card that names each figure, so that none is out of sight."""

from __future__ import annotations

import re

import pytest
from builders import NOW, TODAY, make_day, make_place, make_project, make_user, sign_in
from flask import Flask

from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.money.contracts.operations import ContractValues, add_contract
from projects.money.documents.operations import DocumentLine, DocumentValues, add_document, add_lines
from projects.money.ladder.operations import Amount, set_composition
from projects.money.matching.operations import set_outside
from projects.money.receipts.operations import ReceiptValues, add_receipt


@pytest.fixture
def reader(app: Flask):
    with app.app_context():
        make_day()
        make_place()
        project = make_project("one")
        with transaction():
            set_composition(Acting(SYSTEM, NOW, TODAY), project.id, Amount("cbi", "approved_estimate", 1000, None))
            document = add_document(
                Acting(SYSTEM, NOW, TODAY), DocumentValues("plan", "发改投资〔2021〕1号", issued_on=TODAY, source="cbi")
            )
            add_lines(Acting(SYSTEM, NOW, TODAY), document.id, [DocumentLine(project.id, 900)])
            add_contract(Acting(SYSTEM, NOW, TODAY), project.id, ContractValues("主体", "建工", TODAY, {"cbi": 600}))
            receipt = add_receipt(Acting(SYSTEM, NOW, TODAY), ReceiptValues(TODAY, 500, "V1", "财政局", "医院", "结息"))
            set_outside(Acting(SYSTEM, NOW, TODAY), receipt.id, "interest")
        places = {"document": document.id, "receipt": receipt.id}
        user = make_user("finance")
    return sign_in(app.test_client(), user), places


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("/receipts", ["到账日期", "摘要", "金额 (万元)", "已匹配", "列为项目外", "未匹配"]),
        ("/documents", ["类型", "发文日期", "资金来源", "文件总额", "明细合计", "往下分解", "到位", "支付"]),
        ("/documents/{document}", ["资金来源", "金额 (万元)", "往下分解", "到位", "支付", "摘要"]),
        (
            "/projects/one/funding",
            [
                "批复 (万元)",
                "计划 (万元)",
                "下达 (万元)",
                "到位 (万元)",
                "合同 (万元)",
                "支付 (万元)",
                "下达率 (%)",
                "到位率 (%)",
                "支付率 (%)",
            ],
        ),
        (
            "/ladder",
            [
                "批复 (万元)",
                "计划 (万元)",
                "下达 (万元)",
                "到位 (万元)",
                "合同 (万元)",
                "支付 (万元)",
                "下达率 (%)",
                "到位率 (%)",
                "支付率 (%)",
            ],
        ),
        ("/projects/one/funding", ["日期", "环节", "资金来源", "金额 (万元)", "依据", "文号"]),
        (
            "/projects/one/contracts",
            [
                "对方单位",
                "签订日期",
                "合同金额 (万元)",
                "已确认价款 (万元)",
                "支付 (万元)",
                "支付占确认 (%)",
                "质量保证金 (%)",
            ],
        ),
        ("/funding/matching/{receipt}", ["金额 (元)", "谁, 何时"]),
    ],
)
def test_figures_of_a_card_are_named(reader, address: str, names: list[str]):
    client, places = reader
    tables = " ".join(
        re.findall(r'<table class="folds">.*?</table>', client.get(address.format(**places)).text, re.DOTALL)
    )
    assert tables
    assert [name for name in names if f'data-title="{name}"' not in tables] == []
