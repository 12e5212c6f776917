"""Small example files (示例), one for each kind of import, with the headings that the importer knows.

Nothing in them is on record. They fit together: lines pay projects, receipts pay lines.
"""

from __future__ import annotations

import datetime as dt

from projects.core.text import N_
from projects.money.imports.fields import FIELDS
from projects.sheets.writing.table import Column, Table

CODE, CLINIC, WING = "2101-370831-84-01-900001", "示例县人民医院门诊综合楼项目", "示例县中医院改扩建项目"
NUMBER = "示例财建〔2021〕901号"
TITLES = {
    "projects": N_("示例项目清单"),
    "allocations": N_("示例下达明细"),
    "receipts": N_("示例国库到账"),
    "payments": N_("示例支付明细"),
}
KINDS = {"text": "text", "amount": "money", "day": "date"}
ROWS: dict[str, tuple[tuple[object, ...], ...]] = {
    "projects": ((CODE, CLINIC, "示例县人民医院", "泗水县"), ("", WING, "示例县中医院", "泗水县")),
    "allocations": (
        (
            "示例-L1",
            NUMBER,
            "示例省财政厅",
            dt.date(2021, 3, 1),
            CODE,
            CLINIC,
            "示例县人民医院",
            "中央预算内投资",
            300_000_000,
            "示例",
        ),
        (
            "示例-L2",
            NUMBER,
            "示例省财政厅",
            dt.date(2021, 3, 1),
            "",
            WING,
            "示例县中医院",
            "中央预算内投资",
            120_000_000,
            "示例",
        ),
        (
            "示例-L3",
            "示例县财预〔2021〕12号",
            "示例县财政局",
            dt.date(2021, 3, 15),
            CODE,
            CLINIC,
            "示例县人民医院",
            "县级财政",
            80_000_050,
            "示例",
        ),
    ),
    "receipts": (
        (
            "示例-V1",
            dt.date(2021, 4, 12),
            "示例县财政局国库支付中心",
            "示例县人民医院",
            90_000_000,
            f"示例: {NUMBER} 门诊综合楼 第1批",
            "",
        ),
        (
            "示例-V2",
            dt.date(2021, 5, 20),
            "示例县财政局国库支付中心",
            "示例县中医院",
            120_000_000,
            f"示例: {NUMBER} 改扩建",
            "",
        ),
        ("示例-V3", dt.date(2021, 6, 21), "示例银行", "示例县中医院", 123_456, "示例: 基本户结息", ""),
    ),
    "payments": (
        (
            "示例-P1",
            dt.date(2021, 6, 10),
            CODE,
            CLINIC,
            "示例县人民医院",
            "示例建筑公司",
            "中央预算内投资",
            60_000_000,
            "示例: 进度款",
            "",
        ),
        (
            "示例-P2",
            dt.date(2021, 7, 8),
            "",
            WING,
            "示例县中医院",
            "示例建筑公司",
            "中央预算内投资",
            25_000_000,
            "示例: 预付款",
            "",
        ),
    ),
}


def sample(kind: str, title: str) -> Table:
    """The example of a kind of import, amounts in fen."""
    columns = tuple(
        Column(one.key, f"{one.label}(元)" if one.kind == "amount" else one.label, KINDS[one.kind])
        for one in FIELDS[kind]
    )
    return Table(title, columns, ROWS[kind])
