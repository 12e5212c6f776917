"""Mess that a treasury's year brings beside the usual: rules MT-12 and MT-13 of docs/rules/matching.md, on single
cases.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from projects.money.matching.amounts import relation
from projects.money.matching.doubts import is_slip
from projects.money.matching.facts import OpenLine, Proposal, Receipt
from projects.money.matching.matching import Matcher, propose

WAN = 1_000_000
MAY = dt.date(2025, 5, 1)


def line(
    key: str,
    number: str = "财建〔2025〕23号",
    works: str = "感染性疾病楼",
    unit: str = "河口区人民医院",
    fen: int = 300 * WAN,
    **more,
) -> OpenLine:
    return OpenLine(
        key,
        number,
        dt.date(2025, 3, 1),
        f"P-{unit}{works}",
        unit + works,
        unit,
        "",
        more.pop("source", "cbi"),
        fen,
        more.pop("left", fen),
        **more,
    )


def receipt(key: str, fen: int, memo: str, payee: str = "河口区人民医院", day: dt.date = MAY) -> Receipt:
    return Receipt(key, day, "市财政局", payee, fen, memo)


def booked(one: Proposal) -> list[tuple[str, int]]:
    return sorted((part.line, part.amount_fen) for part in one.candidates[0].parts)


def said(one: Proposal) -> str:
    return " ".join(map(str, one.candidates[0].reasons))


OTHERS = [
    line(f"X{place}", f"财建〔2025〕{place}号", "外科大楼", f"{town}中医医院", 771 * WAN + place)
    for place, town in enumerate(("龙潭县", "双塔区", "凤台县"), 30)
]


def test_one_receipt_pays_lines_of_two_cited_documents_and_two_projects():
    lines = [
        line("L1"),
        line("L2", "湘财建〔2025〕8号", "外科大楼", fen=77 * WAN),
        line("L3", "湘财建〔2025〕9号", "门诊楼", fen=77 * WAN),
        *OTHERS,
    ]
    found = propose(lines, [receipt("V1", 377 * WAN, "财建〔2025〕23号 湘财建〔2025〕8号 感染性疾病楼、外科大楼")])[0]
    assert (booked(found), found.confident) == ([("L1", 300 * WAN), ("L2", 77 * WAN)], True)
    silent = propose(lines, [receipt("V1", 377 * WAN, "项目资金")])[0]
    assert not silent.confident


def test_a_countys_finance_bureau_receives_a_documents_lines_of_the_county():
    clinic = line("L2", works="门诊楼", unit="河口区妇幼保健院", fen=120 * WAN)
    lines = [line("L1"), clinic, line("L3", works="门诊楼", unit="龙潭县人民医院", fen=90 * WAN), *OTHERS]
    memo = "财建〔2025〕23号 河口区卫生项目"
    found = propose(lines, [receipt("V1", 420 * WAN, memo, payee="河口区财政局")])[0]
    assert (booked(found), found.confident) == ([("L1", 300 * WAN), ("L2", 120 * WAN)], True)
    assert "收款方代管资金" in said(found)
    assert booked(propose(lines, [receipt("V1", 420 * WAN, memo)])[0]) != booked(found), (
        "a hospital does not receive another one's money"
    )


def test_half_of_each_of_a_projects_two_lines_is_not_a_part_of_one_of_them():
    lines = [
        line("L1", fen=875 * WAN),
        line("L2", "湘财建〔2025〕8号", fen=735 * WAN, source="provincial_budget"),
        *OTHERS,
    ]
    found = propose(lines, [receipt("V1", 805 * WAN, "财建〔2025〕23号 湘财建〔2025〕8号 感染性疾病楼按50%拨付")])[0]
    assert booked(found) == [("L1", 437 * WAN + WAN // 2), ("L2", 367 * WAN + WAN // 2)]
    assert found.confident
    assert "是 2 笔下达各 50" in said(found)


def test_the_same_share_of_two_projects_lines_is_proposed_and_not_sure():
    lines = [
        line("L1", works="医养结合中心", fen=450 * WAN),
        line("L2", works="全科医生培训基地", fen=490 * WAN),
        *OTHERS,
    ]
    found = propose(lines, [receipt("V1", 470 * WAN, "财建〔2025〕23号 河口区人民医院")])[0]
    assert (booked(found), found.confident) == ([("L1", 225 * WAN), ("L2", 245 * WAN)], False)
    assert "按同一比例付几个项目" in said(found)


@pytest.mark.parametrize(
    "words",
    ["感染性疾病楼防水维修", "感染性疾病楼修缮", "感染性疾病楼设备维保", "感染性疾病楼耗材", "感染性疾病楼运维"],
)
def test_upkeep_of_a_building_is_not_its_building(words):
    assert not propose([line("L1"), *OTHERS], [receipt("V1", 300 * WAN, f"拨河口区人民医院{words}")])[0].confident
    own = line("L2", works="病房楼维修改造", fen=80 * WAN)
    assert propose([own, *OTHERS], [receipt("V1", 80 * WAN, "财建〔2025〕23号 河口区人民医院病房楼维修改造")])[
        0
    ].confident


def test_a_part_of_one_line_is_not_sure_where_another_cited_document_has_a_line_too():
    lines = [line("L1"), line("L2", "湘财建〔2025〕8号", "外科大楼", fen=500 * WAN), *OTHERS]
    alone = propose(lines, [receipt("V1", 170 * WAN, "财建〔2025〕23号 感染性疾病楼")])[0]
    both = propose(lines, [receipt("V1", 170 * WAN, "财建〔2025〕23号 湘财建〔2025〕8号 感染性疾病楼")])[0]
    assert (booked(alone), alone.confident) == ([("L1", 170 * WAN)], True)
    assert (booked(both), both.confident) == ([("L1", 170 * WAN)], False)
    assert "摘要还写有文号 湘财建〔2025〕8号" in said(both)


def test_several_lines_are_not_sure_where_one_is_of_another_document_than_the_cited():
    lines = [line("L1"), line("L2", "湘财建〔2025〕9号", fen=77 * WAN), *OTHERS]
    found = propose(lines, [receipt("V1", 377 * WAN, "财建〔2025〕23号 湘财建〔2025〕30号 感染性疾病楼")])[0]
    assert not found.confident


def test_several_lines_of_a_round_sum_are_not_sure_where_only_the_unit_is_named():
    lines = [
        line("L1", works="污水处理站", fen=350 * WAN),
        line("L2", "湘财建〔2025〕9号", works="污水处理站", fen=140 * WAN),
        *OTHERS,
    ]
    assert not propose(lines, [receipt("V1", 490 * WAN, "河口区人民医院")])[0].confident
    assert propose(lines, [receipt("V1", 490 * WAN, "河口区人民医院污水处理站")])[0].confident


@pytest.mark.parametrize(
    ("fen", "why"), [(30_000, "万分之一"), (9_000, "万分之一"), (12_345, "百分之一"), (299 * WAN // 100, "百分之一")]
)
def test_ten_thousands_typed_as_yuan_are_never_booked_unseen(fen, why):
    found = propose([line("L1"), *OTHERS], [receipt("V1", fen, "财建〔2025〕23号 河口区人民医院感染性疾病楼")])[0]
    assert not found.confident
    assert why in said(found)


def test_a_small_rest_of_a_line_is_sure():
    found = propose(
        [line("L1", left=WAN), *OTHERS], [receipt("V1", WAN, "财建〔2025〕23号 河口区人民医院感染性疾病楼")]
    )[0]
    assert (booked(found), found.confident) == ([("L1", WAN)], True)


def test_a_slip_is_the_ten_thousandth_cut_or_rounded():
    assert is_slip(39_176, 391_764_285)
    assert is_slip(39_177, 391_764_285)
    assert is_slip(15_670, 391_764_285)
    assert not is_slip(39_300, 391_764_285)


MEMO = "拨财建〔2025〕23号 河口区人民医院感染性疾病楼"


@pytest.mark.parametrize(
    ("second", "days"), [(MEMO, 0), (MEMO.replace(" ", ""), 1), ("退汇重拨 " + MEMO, 12), ("退汇", 3), (MEMO, 21)]
)
@pytest.mark.parametrize("fen", [300 * WAN, 90 * WAN])
def test_money_that_came_twice_or_came_back_is_not_sure(second, days, fen):
    first, again = receipt("V1", fen, MEMO), receipt("V2", fen, second, day=MAY + dt.timedelta(days=days))
    found = propose([line("L1"), *OTHERS], [first, again])
    assert [one.confident for one in found] == [False, False]
    best = [one for one in found if one.candidates[0].parts]
    assert best
    assert all("金额和收款单位相同" in said(one) for one in best)


@pytest.mark.parametrize(
    "other",
    [
        receipt("V2", 90 * WAN, MEMO, day=MAY + dt.timedelta(days=40)),
        receipt("V2", 90 * WAN, MEMO, payee="龙潭县中医医院"),
        receipt("V2", 90 * WAN + 1, MEMO),
        receipt("V2", 90 * WAN, "湘财建〔2025〕8号 河口区人民医院外科大楼"),
    ],
    ids=["later", "another payee", "another amount", "another line"],
)
def test_what_is_told_apart_is_no_echo(other):
    lines = [line("L1"), line("L2", "湘财建〔2025〕8号", "外科大楼"), *OTHERS]
    assert propose(lines, [receipt("V1", 90 * WAN, MEMO), other])[0].confident


def test_two_batches_by_their_numbers_are_no_echo():
    found = propose(
        [line("L1"), *OTHERS],
        [
            receipt("V1", 150 * WAN, MEMO + "第1批"),
            receipt("V2", 150 * WAN, MEMO + "第2批", day=MAY + dt.timedelta(days=9)),
        ],
    )
    assert [one.confident for one in found] == [True, True]


def test_what_was_confirmed_three_weeks_ago_is_remembered_by_its_line():
    before = ((MAY - dt.timedelta(days=10), 90 * WAN),)
    again = receipt("V2", 90 * WAN, MEMO)
    found = propose([line("L1", left=210 * WAN, parts=1, paid=before), *OTHERS], [again])[0]
    assert (booked(found), found.confident) == ([("L1", 90 * WAN)], False)
    assert "已登记过同样金额" in said(found)
    later = replace(again, received_on=MAY + dt.timedelta(days=30))
    assert propose([line("L1", left=210 * WAN, parts=1, paid=before), *OTHERS], [later])[0].confident


def test_an_echo_that_arrives_or_leaves_changes_what_was_sure():
    lines, one, two = (
        [line("L1"), *OTHERS],
        receipt("V1", 90 * WAN, MEMO),
        receipt("V2", 90 * WAN, "退汇", day=MAY + dt.timedelta(days=2)),
    )
    matcher = Matcher()
    sure = [
        [proposal.confident for proposal in matcher.update(lines, waiting)] for waiting in ([one], [one, two], [one])
    ]
    assert sure == [[True], [False, False], [True]]


def test_a_bank_fee_leaves_the_amount_near_its_line():
    fen = 391_764_285
    assert relation(fen - 1_550, fen, fen).kind == "net"
    assert relation(fen - 50_000, fen, fen).kind == "part"
    lines = [line("L1", fen=fen), line("L2", works="外科大楼", fen=900 * WAN), *OTHERS]
    found = propose(lines, [receipt("V1", fen - 1_550, "感染性疾病楼")])[0]
    assert (booked(found), found.confident) == ([("L1", fen - 1_550)], True)
    assert "可能扣了手续费" in said(found)
    assert not propose(lines, [receipt("V1", fen - 1_550, "拨款")])[0].confident


def test_a_part_is_not_sure_where_the_memo_names_another_source():
    lines = [line("L1"), *OTHERS]
    assert propose(lines, [receipt("V1", 170 * WAN, "财建〔2025〕23号 感染性疾病楼 中央预算内投资")])[0].confident
    other = propose(lines, [receipt("V1", 170 * WAN, "财建〔2025〕23号 感染性疾病楼 及市级配套")])[0]
    assert not other.confident
    assert "资金来源与该笔下达不同" in said(other)
