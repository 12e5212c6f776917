"""Headings of ledgers in many layouts, and the values of their cells: rules LG-1 to LG-4."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from workbooks import workbook

from projects.core.text import Text
from projects.money.imports.extract import sheets
from projects.money.imports.reading import SheetRows
from projects.portfolio.ledger import measures
from projects.portfolio.ledger.columns import assigned, signature
from projects.portfolio.ledger.layout import Table, find
from projects.portfolio.ledger.rows import by_words, plan_day, read, unread
from projects.sheets.reading.cells import CellRefusedError


def table(rows, merged=(), name="台账") -> Table:
    (sheet,) = sheets(workbook({name: rows}, {name: merged}))
    found = find(sheet)
    assert isinstance(found, Table), found
    found.columns = by_words(found, found.columns)
    return found


def keys(found: Table) -> dict[str, str]:
    return {one.name: one.key for one in found.columns}


def values(found: Table, unit="万元") -> list[dict]:
    rows = read(found, found.columns, unit)
    assert [fault for row in rows for fault in row.faults] == []
    return [row.values for row in rows]


def reserve_plan() -> tuple[list, list]:
    """A plan of reserves (case 11): groups over three rows, the same name under several groups."""
    width = 16
    top = ["", "基本情况", "", "", "投资情况", "", "", "推进情况", "", "资金下达情况", "", "", "", "其他", "", ""]
    middle = [""] * width
    middle[9], middle[11] = "中央预算内投资资金情况", "地方政府专项债券资金情况"
    head = [
        "序号",
        "项目名称",
        "审批监管平台代码",
        "建设地点",
        "总投资\n（万元）",
        "累计完成投资\n（万元）",
        "2022年计划完成投资\n（万元）",
        "开工时间\n20XX.0X",
        "完工时间\n20XX.0X",
        "下达资金",
        "支付资金",
        "下达资金",
        "支付资金",
        "项目业主",
        "负责人及联系电话",
        "备注",
    ]
    rows = [
        ["某市2022年项目储备计划表"],
        top,
        middle,
        head,
        ["合计"],
        ["在建一批"],
        ["一", "卫生健康"],
        ["（一）", "医院", "", 1, 52000, 21000],
        [
            1,
            "示例县第五人民医院迁建项目",
            "2101-370831-84-01-900061",
            "泗水县",
            32000,
            18000,
            6000,
            "2021.03",
            "2022.12",
            3000,
            1800,
            5000,
            2500,
            "示例县第五人民医院",
            "张三 0537-1234567",
            "略",
        ],
    ]
    return rows, ["A1:P1", "B2:D2", "E2:G2", "H2:I2", "J2:M2", "N2:P2", "J3:K3", "L3:M3"]


def test_case_11_nothing_of_a_reserve_plan_is_lost_unnamed():
    found = table(*reserve_plan())
    told = keys(found)
    assert len(found.columns) == 16
    assert told["基本情况 / 审批监管平台代码"] == "code"
    assert told["其他 / 项目业主"] == "unit"
    money = [one for one in found.columns if "下达资金" in one.name and not one.key]
    assert len({one.name for one in money}) == 2  # the two are told apart by their groups
    assert all(one.key or one.why for one in found.columns)
    (row,) = values(found)
    assert row == {
        "name": "示例县第五人民医院迁建项目",
        "code": "2101-370831-84-01-900061",
        "place": "泗水县",
        "total": 32_000_000_000,
        "invested": 18_000_000_000,
        "plan_start": dt.date(2021, 3, 1),
        "plan_finish": dt.date(2022, 12, 31),
        "year.2022.amount": 6_000_000_000,
        "unit": "示例县第五人民医院",
        "responsible": "张三",
        "responsible_phone": "0537-1234567",
        "note": "略",
    }
    assert [cell for cell, _, _ in found.left_out] == ["A5", "A6", "A7", "A8"]


def test_case_12_a_broken_line_in_a_heading_hides_no_place():
    head = [
        "序号",
        "编号",
        "项目名称",
        "项目单位",
        "项目\n所在地",
        "总投资",
        "已完成\n投资",
        "当前进展\n情况",
        "拟支持",
        None,
        "备注",
    ]
    rows = [
        head,
        [None] * 8 + ["金额", "资金\n来源", None],
        [1, "2013", "示例医院门诊楼", "示例医院", "合肥市蜀山区", 285, 10, "1、完成\n2、启动", 3, "省级", None],
    ]
    csv = SheetRows("CSV", [["" if one is None else one for one in row] for row in rows])
    found = find(csv)
    assert isinstance(found, Table)
    (row,) = read(found, found.columns, "万元")
    assert (row.values["place"], row.values["invested"]) == ("合肥市蜀山区", 10_000_000)
    assert row.values["narrative"] == "1、完成\n2、启动"
    assert keys(found)["拟支持 / 金额"] == ""


BASE = {
    "项目名称": "甲医院门诊楼",
    "项目代码": "2101-370831-84-01-900051",
    "建设单位": "甲医院",
    "总投资（万元）": 900,
    "建设性质": "新建",
    "建筑面积（㎡）": 30000,
    "计划竣工时间": "2022年12月",
}
WANTED = {
    "name": "甲医院门诊楼",
    "code": "2101-370831-84-01-900051",
    "unit": "甲医院",
    "total": 900_000_000,
    "nature": "new",
    "area": 30000,
    "plan_finish": dt.date(2022, 12, 31),
}


@pytest.mark.parametrize("order", list(itertools.permutations(range(7)))[::397])
@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("above", [0, 2])
def test_lg1_columns_are_found_in_any_order_under_groups_of_any_depth(order, depth, above):
    names = [list(BASE)[place] for place in order]
    titles = [["某市卫生健康项目台账"], ["填报单位: 某委", None, "单位: 万元"]][:above]
    groups = [["基本情况", *[None] * 6], ["甲", None, None, "乙", *[None] * 3]][: depth - 1]
    rows = [*titles, *groups, names, [BASE[name] for name in names]]
    merged = [f"A{above + 1}:G{above + 1}"] * (depth > 1) + [
        f"A{above + 2}:C{above + 2}",
        f"D{above + 2}:G{above + 2}",
    ] * (depth > 2)
    assert values(table(rows, merged)) == [WANTED]


@pytest.mark.parametrize(
    ("group", "own", "key"),
    [
        ("资金来源", "中央预算内投资", "source.cbi"),
        ("总投资", "其中：县级财政", "source.county"),
        ("资金来源", "其他", "source.other"),
        ("资金来源（万元）", "专项债", "source.special_bond"),
        ("已到位资金", "中央预算内投资", ""),
        ("2021年下达资金", "县级财政", ""),
        ("本年", "累计完成投资", ""),
        ("开工以来", "累计完成投资", "invested"),
        ("负责人", "电话", "responsible_phone"),
        ("联系人", "电话", "contact_phone"),
        ("总投资", "建安工程", "building"),
        ("目标1", "内容", "promise"),
        ("目标2", "期限", "promise_due#2"),
        ("年度目标", "目标三", "promise#3"),
        ("2021年", "3月形象进度", "month.2021-03.percent"),
        ("2021年3月", "完成投资", "month.2021-03.added"),
        ("2021年3月", "累计完成投资", "month.2021-03.invested"),
        ("2021年", "1-3月完成投资", ""),
        ("形象进度", "2021年10月", "month.2021-10.percent"),
        ("2021年", "3月计划完成投资", ""),
        ("2021年", "计划投资", "year.2021.amount"),
        ("2021年", "计划完成投资", "year.2021.amount"),
        ("2021年度", "主要建设内容", "year.2021.content"),
        ("2022年计划", "建设内容", "year.2022.content"),
        ("投资", "2022年度计划投资", "year.2022.amount"),
        ("投资", "年度计划投资", ""),
        ("投资", "计划总投资", "total"),
        ("规模", "建设内容", "content"),
        ("2021年", "已到位资金", ""),
        ("支付资金", "2021年计划投资", ""),
    ],
)
def test_lg2_a_heading_is_what_it_says_together_with_its_group(group, own, key):
    rows = [["项目名称", group, None], [None, own, "省级财政"], ["甲", 1, 2]]
    found = table(rows, ["A1:A2", "B1:C1"])
    assert found.columns[1].key == key
    assert key or found.columns[1].why


def test_lg13_a_years_plan_without_a_year_is_that_of_its_sheet_or_asked_about():
    """LG-13"""
    rows = [["项目名称", "项目单位", "年度计划投资(万元)", "年度建设内容"], ["甲", "乙", 300, "主体封顶"]]
    assert [one.key for one in table(rows).columns[2:]] == ["", ""]
    assert "没有写明是哪一年" in str(table(rows).columns[2].why)
    named = table([["2021年重点项目台账", None, None, None], *rows])
    assert [one.key for one in named.columns[2:]] == ["year.2021.amount", "year.2021.content"]


def test_lg13_paid_money_by_source_is_named_with_the_reason():
    """What has no document and no day can't be held against the treasury's."""
    rows = [["项目名称", "已到位资金", None], [None, "中央预算内投资", "县级财政"], ["甲", 1, 2]]
    found = table(rows, ["A1:A2", "B1:C1"])
    assert [one.key for one in found.columns] == ["name", "", ""]
    assert all("文号和日期" in str(one.why) for one in found.columns[1:])
    assert [(one.name, count) for one, count in unread(found)] == [
        ("已到位资金 / 中央预算内投资", 1), ("已到位资金 / 县级财政", 1),
    ]  # fmt: skip


def test_lg2_a_lone_source_column_is_asked_about():
    found = table([["项目名称", "项目单位", "中央预算内投资"], ["甲", "乙", 3]])
    assert found.columns[2].key == ""
    assert "拿不准" in str(found.columns[2].why)


def test_lg2_a_column_is_assigned_by_hand_and_its_heading_known_again():
    found = table([["项目名称", "项目单位", "某列", "另列"], ["甲", "乙", "丙", 3]])
    own = assigned(found.columns, {"2": "content", "3": "", "1": "nonsense"})
    assert [one.key for one in own] == ["name", "unit", "content", ""]
    assert signature(found.columns) == signature(
        table([["项目名称", "项目单位", "某列", "另列"], ["丁", "戊", "己", 3]]).columns
    )
    assert signature(found.columns) != signature(table([["项目名称", "项目单位", "某列"], ["丁", "戊", "己"]]).columns)


def test_lg2_two_columns_of_one_name_are_told():
    found = table([["项目名称", "备注", "备注"], ["甲", "乙", "丙"]])
    assert [one.key for one in found.columns] == ["name", "note", ""]
    assert "已有一列" in str(found.columns[2].why)


def test_lg3_progress_in_words_is_no_percent():
    found = table([["项目名称", "形象进度", "总投资(万元)"], ["甲", "主体封顶", 3], ["乙", "基础施工", 5]])
    assert found.columns[1].key == "narrative"


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [([35, 100], [3500, 10000]), ([0.35, 1], [3500, 10000]), (["35%", "48.5％"], [3500, 4850]), ([1, 0], [100, 0])],
)
def test_lg3_percents_as_offices_write_them(cells, wanted):
    found = table([["项目名称", "形象进度", "备注"], *(["甲" * n, one, "x"] for n, one in enumerate(cells, 1))])
    assert [row["percent"] for row in values(found)] == wanted


@pytest.mark.parametrize(
    ("value", "at_end", "wanted"),
    [
        ("2021.03", False, dt.date(2021, 3, 1)),
        ("2021年12月", True, dt.date(2021, 12, 31)),
        ("2022年底", True, dt.date(2022, 12, 31)),
        ("2022", False, dt.date(2022, 1, 1)),
        ("2022-6-15", True, dt.date(2022, 6, 15)),
        (2022.0, True, dt.date(2022, 12, 31)),
        (2021.03, False, dt.date(2021, 3, 1)),
        (2021.1, False, None),
        ("2021.13", False, None),
        ("尽快", True, None),
    ],
)
def test_lg3_planned_days(value, at_end, wanted):
    if wanted is None:
        with pytest.raises(CellRefusedError):
            plan_day(value, at_end=at_end)
    else:
        assert plan_day(value, at_end=at_end) == wanted


@pytest.mark.parametrize(
    ("words", "measure", "threshold", "due", "commitment"),
    [
        ("年内主体工程完成50%以上", "structure_pct", 5000, dt.date(2021, 12, 31), "none"),
        ("确保10月底前主体封顶", "topped_out", None, dt.date(2021, 10, 31), "must"),
        ("力争6月开工", "start", None, dt.date(2021, 6, 30), "strive"),
        ("2022年8月15日前投入使用", "in_use", None, dt.date(2022, 8, 15), "none"),
        ("完成投资5000万元", "investment", 5_000_000_000, None, "none"),
        ("年底形象进度达到60%", "progress_pct", 6000, dt.date(2021, 12, 31), "none"),
        ("尽快推进前期工作", "approve", None, None, "soon"),
        ("做好相关工作", "unspecified", None, None, "none"),
        ("竣工验收", "accept", None, None, "none"),
        ("基础完成", "foundation", None, None, "none"),
    ],
)
def test_lg4_promises_in_words(words, measure, threshold, due, commitment):
    found = measures.promised(words, 2021)
    assert (found.measure, found.threshold, found.due, found.commitment) == (measure, threshold, due, commitment)


def test_a_sheet_without_projects_says_so():
    (sheet,) = sheets(workbook({"说明": [["填表说明"], ["一、略"]]}))
    assert isinstance(find(sheet), Text)


def test_sections_name_the_place_of_the_rows_below():
    rows = [
        ["项目名称", "项目单位", "总投资(万元)", "备注"],
        ["泗水县"],
        ["甲医院", "乙", 3, ""],
        ["微山县"],
        ["丙医院", "丁", 5, ""],
    ]
    found = table(rows)
    assert [row.section for row in read(found, found.columns)] == ["泗水县", "微山县"]
