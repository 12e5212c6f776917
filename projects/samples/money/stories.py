"""What the sample money tells beyond its entries. Nothing here is on record: every number begins with 示例."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

KINDS = {
    "cbi": "plan",
    "special_bond": "budget",
    "provincial": "budget",
    "municipal": "budget",
    "county": "budget",
    "private": "other",
}
ISSUERS = {
    "cbi": "示例省发展改革委",
    "special_bond": "示例市财政局",
    "provincial": "示例省财政厅",
    "municipal": "示例市财政局",
    "county": "示例县财政局",
    "private": "示例投资方",
}
PAYERS = {"cbi": "示例市财政局国库支付中心", "special_bond": "示例市财政局", "county": "示例县财政国库集中支付核算中心"}
PAYER = "示例财政零余额账户"
HELD = "3708"  # the prefix of the place whose receipts are shown

# A chain of three documents: the one above hands on what the one below breaks down. (number, kind, issuer, issued,
# received, place, whether above the lines)
CHAIN_SLUG, CHAIN_SOURCE, CHAIN_YEAR = "jn21-07-sishui-zhongyi", "cbi", 2021
LOWER = ("示例省财建〔2021〕31号", "budget", "示例省财政厅", dt.date(2021, 5, 6), "370000")
LOWEST = ("示例市财建〔2021〕58号", "quota", "示例市财政局", dt.date(2021, 6, 2), "370800")
# A budget that should have been passed on in 30 days and was passed on in part, late.
LATE_BUDGET = ("示例省财社〔2021〕88号", "budget", "示例省财政厅", dt.date(2021, 6, 1), "370000", 2_400)
LATE_QUOTA = ("示例市财社〔2021〕120号", "quota", "示例市财政局", dt.date(2021, 8, 20), "370800", 1_500)


IMPORTED = "示例: 11月国库到账.csv"  # the file that the strays came by


@dataclass(frozen=True)
class Stray:
    """A receipt that nobody has matched; `outside` is the kind where it was set outside."""

    day: dt.date
    wan: int
    fen: int
    payer: str
    payee: str
    memo: str
    outside: str = ""


STRAYS = (
    Stray(dt.date(2021, 6, 21), 0, 1_234_56, "示例银行", "泗水县中医院", "示例: 基本户结息", "interest"),
    Stray(dt.date(2021, 9, 21), 0, 1_873_20, "示例银行", "泗水县中医院", "示例: 基本户结息"),
    Stray(dt.date(2021, 10, 14), 30, 0, "示例市财政局", "汶上县人民医院", "示例: 退回投标保证金"),
    Stray(dt.date(2021, 11, 16), 650, 0, "示例市财政局国库支付中心", "金乡县中医院", "示例: 建设资金"),
    Stray(
        dt.date(2021, 11, 23),
        120,
        50_00,
        "示例县财政国库集中支付核算中心",
        "鱼台县妇幼保健院",
        "示例: 拨 县财建〔2021〕9号 工程款",
    ),
    Stray(
        dt.date(2021, 11, 17),
        261,
        0,
        "示例县财政局国库支付中心",
        "泗水县二院",
        "示例: 拨示例县财建[2021]07号 泗水县二院传染病房综合楼 第2批",
    ),
    Stray(
        dt.date(2021, 11, 19),
        139,
        2_000_00,
        "示例县财政局国库支付中心",
        "泗水县第二人民医院",
        "示例: 传染病房综合楼 专项债券",
    ),
)


@dataclass(frozen=True)
class SampleContract:
    """A contract: its sources with their percent of the approved total, percent of its value confirmed, percent held
    back.
    """

    slug: str
    name: str
    kind: str
    party: str
    signed_on: dt.date
    shares: tuple[tuple[str, int], ...]
    confirmed: int
    retention: float


CONTRACTS = (
    SampleContract(
        "jn21-07-sishui-zhongyi",
        "示例: 主体施工合同",
        "works",
        "示例建设集团",
        dt.date(2020, 7, 20),
        (("special_bond", 36),),
        80,
        3.0,
    ),
    SampleContract(
        "jn21-07-sishui-zhongyi",
        "示例: 医疗设备采购合同",
        "equipment",
        "示例医疗器械公司",
        dt.date(2020, 11, 9),
        (("cbi", 22), ("county", 16)),
        96,
        3.0,
    ),
    SampleContract(
        "jn21-08-sishui-eryuan",
        "示例: 主体施工合同",
        "works",
        "示例第二建筑公司",
        dt.date(2020, 9, 28),
        (("special_bond", 34),),
        55,
        5.0,
    ),
    SampleContract(
        "yc21-02-zhongyi",
        "示例: 主体施工合同",
        "works",
        "示例建工",
        dt.date(2020, 10, 12),
        (("special_bond", 33),),
        70,
        3.0,
    ),
)
# Yearly plans: (project, source, percent of what was allocated in that year); below 100 is more allocated than planned.
PLANS = (
    ("jn21-07-sishui-zhongyi", "cbi", 100),
    ("jn21-07-sishui-zhongyi", "special_bond", 100),
    ("jn21-08-sishui-eryuan", "cbi", 100),
    ("jn21-11-yutai-eryuan", "cbi", 100),
    ("jn21-11-yutai-eryuan", "county", 80),
    ("yc21-01-beiyuan", "cbi", 100),
)
# An approved estimate that exceeds that of the feasibility study (percent of the approved one): over a tenth, and
# within it.
FEASIBILITY = (("jn21-13-jiaxiang", 86), ("jn21-14-wenshang", 95))
CLOSED = (dt.date(2021, 8, 1), dt.date(2021, 9, 1))
# Steps in handling findings: (project, rule, source, state, owner, note, until)
HANDLED = (
    (
        "jn21-08-sishui-eryuan",
        "F-4",
        "local",
        "handling",
        "示例县财政局",
        "示例: 已发函催办, 县财政承诺年底前拨付",
        None,
    ),
    (
        "wx20-03-ertong",
        "F-8",
        "special_bond",
        "exempted",
        "示例市财政局",
        "示例: 项目暂缓开工, 市政府同意资金结转",
        dt.date(2022, 6, 30),
    ),
)
