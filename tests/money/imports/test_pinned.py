"""What is read of many made-up sheets, kept whole: rules IM-1 to IM-4, from docs/rules/imports.md.

Headings, remarks, totals, groups and bad cells are shuffled, so that each stands beside each.
"""

from __future__ import annotations

import random

from pins import pinned

from projects.money.imports.fields import FIELDS
from projects.money.imports.layout import Layout, find
from projects.money.imports.reading import Read, SheetRows, read

HEADS: dict[str, list[list[list[object]]]] = {
    "receipts": [
        [["凭证号", "到账日期", "付款单位", "收款单位", "金额(元)", "摘要"]],
        [["凭证号", "到账日期", "付款单位", "收款单位", "金额", "摘要", "借方"]],
        [
            ["凭证号", "到账日期", "往来单位", None, "金额", "摘要"],
            [None, None, "付款单位", "收款单位", "（万元）", None],
        ],
        [
            ["凭证号", "到账日期", "往来情况", None, None, "摘要"],
            [None, None, "单位", None, "资金", None],
            [None, None, "付款单位", "收款单位", "入账金额_元"],
        ],
        [["凭证号", "到账日期", "付款单位", "到账金额", "金额", "摘要"]],
        [["入账日期", "单位名称", "收款人", "付款人", "贷方发生额(元)", "借方发生额(元)"]],
        [["凭证号", "日期", "日期", "收款单位", "金额(元)", "金额(元)"]],
    ],
    "projects": [
        [["项目代码", "项目名称", "项目单位", "所在地"]],
        [["序号", "项目名称", "单位", None, "总投资"], [None, None, "建设单位", "地区", "（万元）"]],
        [["项目", "名称"]],
    ],
    "payments": [
        [["凭证号", "支付日期", "项目名称", "资金来源", "支付金额(万元)", "收入"]],
        [["支付日期", "项目代码", "资金来源", "借方金额", "贷方金额"]],
    ],
}
ABOVE = (["某县明细表"], [], ["填报单位：某局", None, "单位：万元"], ["金额单位：人民币元"], [5, "单位：亿元"])
ROWS: tuple[list[object], ...] = (
    ["V1", "2025-03-05", "市财政局", "县医院", "100", "拨款"],
    ["V2", "2025-03-06", "市财政局", "县医院", 0.5, "拨款", 0],
    ["V3", 45721, "市财政局", "县医院", "12万元"],
    ["2025-03-07", "甲院", "县医院", "局", "", 300.0],
    ["2025-03-07", "甲院", "县级财政", "1,000.50", "0.00"],
    ["P1", "2025-03-07", "甲医院", "中央预算内投资", "1.5", None],
    ["P2", "2025-03-07", "甲医院", "县级", None, "7"],
    ["V4", None, "市财政局", "县医院", "5", "拨款"],
    ["V5", "2025-02-30", "", "", "1.005", "#ERROR!"],
    ["V6", "2025-03-08", "市财政局", "县医院", "-100", "退回"],
    ["合计", None, None, None, "100"],
    [None, "小计", None, None, "100.5", None],
    [None, None, None, "泗水县小计", "1,234.56"],
    ["共3笔", None, None, None, 600],
    ["合计：壹佰元整", None, None, None, "100"],
    ["注：本表数据来自国库"],
    ["制表人：某某", "审核：某"],
    ["第 1 页 共 1 页"],
    ["说明：", "2025-03-05", "a", "b", "1"],
    ["栏次", "1", "2", "3", "4"],
    ["(1)", "(2)", "(3)"],
    ["1", "2"],
    [2, 3, 4],
    ["一、中央资金", None, None, None, "1,234.56"],
    [None, None, None, "其中：中央资金", "1,000.00"],
    ["一", "综合医院", None, None, None],
    ["1", "甲医院综合楼", "甲医院", "甲县", "1000"],
    ["2101-370831-04-01-123456", "乙楼", None, "泗水县"],
    ["二", "中医院", None, None, "2000"],
    ["2", "一号楼"],
    [None, None, None, None, None, None, "旁注"],
    [],
    ["—", "无", None],
)


def spelled(found: Read) -> str:
    rows = " ".join(
        f"{one.number}({','.join(f'{one.cells[key]}={value}' for key, value in one.values.items() if value != '')})"
        for one in found.rows
    )
    faults = " ".join(f"{one.cell}:{str(one.text)[:14]}" for one in found.faults)
    notes = " ".join(f"{one.cell}:{one.value}:{str(one.text)[:9]}" for one in found.notes)
    return f"{rows} | {found.totals} {found.amount_fen if 'place' not in str(found.heads) else ''} | {faults} | {notes}"


def made_up(draw: random.Random, kind: str, name: str) -> SheetRows:
    heads = draw.choice(HEADS[kind])
    rows = [*draw.sample(ABOVE, draw.choice((0, 0, 1, 2))), *heads]
    top = len(rows)
    rows += [draw.choice((*ROWS, heads[-1])) for _ in range(draw.randint(1, 8))]
    rows = [[*row, *[None] * (7 - len(row))] for row in rows]
    merged = [(top, 1, top + 1, 1), (top, 3, top + 2, 3), (top, 4, top + 1, 4)] if draw.random() < 0.3 else []
    hidden = draw.sample(range(len(rows)), 2) if len(rows) > 1 and draw.random() < 0.3 else []
    return SheetRows(name, rows, merged, hidden_rows=hidden, hidden_columns=hidden[:1], from_1904=draw.random() < 0.1)


def test_what_is_read_of_many_sheets_stays_what_it_was():
    draw, lines = random.Random(21), []
    for number in range(120):
        kind = draw.choice(("receipts", "receipts", "payments", "projects"))
        sheets = [made_up(draw, kind, name) for name in draw.choice(("甲", "乙", "甲乙"))]
        lines.append(f"{number} {kind} {spelled(read(sheets, kind, draw.choice((None, '元', '万元'))))}")
    pinned("money_imports_read", lines)


def placed(found: Layout | list[object]) -> str:
    if isinstance(found, list):
        return " ".join(map(str, found))
    columns = " ".join(f"{key}={column}" for key, column in found.columns.items())
    return f"{found.heading}-{found.first} {columns} {found.unit} {found.other_way}"


def test_where_tables_lie_in_many_sheets_stays_what_it_was():
    draw, lines = random.Random(22), []
    strange = ["(元)", "【万元】", "金额(万元)", "（年月日）", "下达", "其他", "余额", "借方", "收入金额", "5"]
    for number in range(250):
        kind = draw.choice(("receipts", "payments", "projects", "allocations"))
        known = [name for field in FIELDS[kind] for name in field.names[:: draw.randint(2, 5)]]
        needed = [draw.choice(field.names) for field in FIELDS[kind] if field.required or draw.random() < 0.3]
        first: list[object] = [*needed, draw.choice(known), draw.choice(strange)]
        draw.shuffle(first)
        first = first[: len(first) - draw.choice((0, 0, 1))]
        rows: list[list[object]] = [
            [
                draw.choice((*strange, *known)) if draw.random() < 0.3 else None
                for _ in range(draw.randint(0, len(first)))
            ]
            for _ in range(draw.randint(0, 3))
        ]
        rows.insert(draw.randint(0, len(rows)), first)
        rows[:0] = draw.sample(ABOVE, draw.choice((0, 0, 1)))
        lines.append(f"{number} {kind} {placed(find(rows, kind))}")
    pinned("money_imports_layout", lines)
