"""Document numbers in running text, near-duplicates, names with abbreviations, and what a memo says."""

from __future__ import annotations

import pytest

from projects.money.documents.citations import cited, known_prefix, near
from projects.money.matching.memo import read
from projects.money.matching.names import canonical, parts

PREFIXES = ("财建", "浙财建", "发改投资", "浙发改投资")


@pytest.mark.parametrize(
    ("memo", "issuer", "key"),
    [
        ("拨财建〔2025〕23号 青川市", "财建", (2025, "23")),
        ("下达浙财建[2025]3号", "浙财建", (2025, "3")),
        ("付 浙财建（2025）3 青川", "浙财建", (2025, "3")),
        ("浙财建 〔2025〕 23 号", "浙财建", (2025, "23")),
        ("财建【2025】第023号文", "财建", (2025, "23")),
        ("财建〔２０２５〕２３号", "财建", (2025, "23")),
        ("财建〔25〕23号", "财建", (2025, "23")),
        ("财建〕2025〔23号", "财建", (2025, "23")),
        ("财建〔2025 23号", "财建", (2025, "23")),
        ("财建〔2O25〕l3号", "财建", (2025, "13")),
        ("财建2025年23号", "财建", (2025, "23")),
        ("财建2025-23号", "财建", (2025, "23")),
        ("财 建 〔 2 0 2 5 〕 2 3 号", "财建", (2025, "23")),
        ("青川市人民医院财建〔2025〕23-2号", "财建", (2025, "23-2")),
        ("2025年23号文 医院", None, (2025, "23")),
        ("財建〔2025〕23號 縣醫院", "财建", (2025, "23")),
        ("财建〔二〇二五〕二十三号", "财建", (2025, "23")),
        ("财建〔二零二五〕第一百二十号", "财建", (2025, "120")),
        ("财建〔二〇二五〕二三号", "财建", (2025, "23")),
        ("拨财 建〔20 25〕 2 3号 云岭 区人 民医 院", "财建", (2025, "23")),
        ("〔2025〕23号", None, (2025, "23")),
    ],
)
def test_a_number_is_found_however_it_is_typed(memo, issuer, key):
    (found,) = cited(memo, PREFIXES)
    assert found.key == key
    assert (known_prefix(found.run, PREFIXES) or (None, False))[0] == issuer


@pytest.mark.parametrize(
    "memo",
    [
        "拨款2025年3月",
        "213号楼",
        "2025年12号楼",
        "第3批",
        "20250305",
        "2025年",
        "拨120万元",
        "财建(2025)120万元",
        "(2025)4321 拨款",
        "2025第33号凭证",
        "",
    ],
)
def test_what_is_no_number_is_not_taken_for_one(memo):
    assert cited(memo, PREFIXES) == []


def test_words_of_another_script_or_torn_apart_name_the_same():
    plain = read("拨财建〔2025〕23号 青川市人民医院门诊综合楼", "市财政局", "青川市人民医院", (), PREFIXES)
    for memo, payee in (
        ("撥財建〔2025〕23號 青川市人民醫院門診綜合樓", "青川市人民醫院"),
        ("拨财建〔二〇二五〕二十三号 青川市人民医院门诊综合楼", "青川市人民医院"),
        ("拨 财建〔20 25〕23号 青 川市 人民 医院 门诊 综合 楼", "青川市 人民医院"),
        ("附言:拨财建〔2025〕23号 青川市人民医院门诊综合楼 第1234号凭证", "青川市人民医院"),
    ):
        found = read(memo, "市财政局", payee, (), PREFIXES)
        assert (found.names, found.payee, [one.key for one in found.citations]) == (
            plain.names,
            plain.payee,
            [(2025, "23")],
        )


def test_two_numbers_in_one_memo_are_both_found():
    assert [(one.run[-3:], one.key) for one in cited("浙财建〔2025〕8号(财建〔2025〕23号)", PREFIXES)] == [
        ("浙财建", (2025, "8")),
        ("财建", (2025, "23")),
    ]


@pytest.mark.parametrize(
    ("one", "other", "is_near"),
    [
        ("财建〔2025〕23号", "浙财建〔2025〕23号", True),
        ("财建〔2025〕23号", "财建〔2025〕32号", True),
        ("财建〔2025〕23号", "财建〔2025〕28号", True),
        ("财建〔2025〕23号", "财建〔2025〕123号", True),
        ("财建〔2025〕23号", "财建〔2024〕23号", True),
        ("财建〔2025〕23号", "财建〔2025 23号", True),
        ("财建〔2025〕23号", "财建[2025]023号文", False),
        ("财建〔2025〕23号", "财建〔2025〕45号", False),
        ("财建〔2025〕3号", "财建〔2025〕4号", False),
        ("财建〔2025〕23号", "发改投资〔2025〕23号", False),
        ("", "财建〔2025〕23号", False),
    ],
)
def test_near_numbers_are_told_from_same_and_from_other_ones(one, other, is_near):
    """MT-1."""
    assert near(one, other) is near(other, one) is is_near


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("青川市疾控中心", "青川市疾病预防控制中心"), ("云岭区妇保院", "云岭区妇幼保健院"),
        ("云岭区二院", "云岭区第二人民医院"), ("精卫中心", "精神卫生中心"),
        ("石门县中医院", "石门县中医医院"), ("县医院改扩建项目", "人民医院改扩建"), ("临泽县医院", "临泽县人民医院"),
        ("市第二医院", "市第二人民医院"),
        ("传染病院", "传染病医院"), ("⼆期⼯程", "二期工程"), ("人民医院(Ⅱ期)", "人民医院(二期)"),
        ("中心血站", "中心血站"), ("卫校", "卫生学校"),
    ],
)  # fmt: skip
def test_abbreviations_are_written_out(short, full):
    assert canonical(short) == full == canonical(full)


def test_a_projects_name_falls_into_place_unit_works_and_phase():
    """MT-4."""
    found = parts("河口区疾控中心实验室能力提升项目(二期)", "河口区疾病预防控制中心")
    assert found.place == {"河口", "口区"}
    assert "控制" in found.unit
    assert "实验" in found.works
    assert "(二期" in found.phase


def test_a_memo_is_read_part_by_part():
    """MT-2."""
    found = read(
        "拨浙财建〔2025〕23号 青川市二院改扩建 第2批 中央预算内投资120万元",
        "县财政国库集中支付核算中心",
        "卫生健康局基建专户",
        (),
        PREFIXES,
    )
    assert [one.key for one in found.citations] == [(2025, "23")]
    assert (found.batch, found.source, found.sums) == (2, "cbi", (120_000_000,))
    assert (found.names, found.stray) == ("青川市第二人民医院改扩建", None)
    assert (found.is_treasury, found.is_outsider, found.is_custodian) == (True, False, True)
