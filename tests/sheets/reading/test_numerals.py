"""Chinese numerals at the edge: amounts (IM-2) and dates (IM-3) of docs/rules/imports.md, read one way or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from projects.sheets.reading.numerals import plain, year, yuan

ZEROS = "零〇○"


@pytest.mark.parametrize(
    ("letters", "value"),
    [
        ("零〇○Ｏ", 0), ("一壹弌", 1), ("二贰貳弍两兩", 2), ("三叁参參弎叄", 3), ("四肆", 4), ("五伍", 5),
        ("六陆陸", 6),
        ("七柒", 7), ("八捌", 8), ("九玖", 9), ("十拾", 10),
    ],
)  # fmt: skip
def test_im2_each_letter_is_its_figure(letters: str, value: int):
    assert [plain(letter) for letter in letters] == [value] * len(letters)


@pytest.mark.parametrize(
    ("units", "value"), [("十拾", 10), ("百佰", 100), ("千仟", 1000), ("万萬", 10_000), ("亿億", 100_000_000)]
)
def test_im2_each_unit_is_its_power_of_ten(units: str, value: int):
    assert [plain(f"二{unit}") for unit in units] == [2 * value] * len(units)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十一", 11), ("十二", 12), ("一十", 10), ("一十二", 12), ("二十一", 21), ("九十九", 99), ("一百零一", 101),
        ("一百一十", 110), ("一百一十一", 111), ("一百二十三", 123), ("一千零一", 1001), ("一千零一十", 1010),
        ("一千一百", 1100), ("一千一百一十一", 1111), ("九千九百九十九", 9999), ("十万", 100_000), ("十二万", 120_000),
        ("一万零五", 10_005), ("一万零五十", 10_050), ("一万五千", 15_000), ("一万十", 10_010),
        ("一百二十万", 1_200_000),
        ("二千零一十万零三百", 20_100_300), ("一亿零一", 100_000_001), ("一亿二千万", 120_000_000),
        ("一亿零五十万", 100_500_000), ("十亿", 1_000_000_000), ("一千二百亿三千万四千", 120_030_004_000),
        ("九千九百九十九亿九千九百九十九万九千九百九十九", 999_999_999_999),
    ],
)  # fmt: skip
def test_im2_a_whole_number_is_read(text: str, value: int):
    assert plain(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "一x", "十零", "一百〇", "二十○", "零零", "百", "千", "万", "亿", "零万", "零十", "一零十", "十十",
        "二十三十",
        "一十百", "一百二百", "一百一千", "一百十", "一千百", "一二", "二三十", "一万二万", "一万亿", "一亿二亿",
        "一亿万", "一亿零万",
    ],
)  # fmt: skip
def test_im2_what_is_no_whole_number_is_refused(text: str):
    with pytest.raises(ValueError, match=rf"^{text}$"):
        plain(text)


@pytest.mark.parametrize("unit", "百佰千仟万萬亿億")
def test_im2_a_figure_right_behind_a_unit_from_a_hundred_on_has_two_readings(unit: str):
    """一百二 is 102 or 120; behind 零 it is the former, behind 十 it has one reading."""
    with pytest.raises(ValueError, match=unit):
        plain(f"一{unit}二")
    assert plain(f"一{unit}零二") == plain(f"一{unit}") + 2
    assert plain(f"一{unit}一十二") == plain(f"一{unit}") + 12


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("壹元", "1"), ("零元", "0"), ("壹元整", "1"), ("壹圆正", "1"), ("贰圓", "2"), ("人民币壹元", "1"),
        ("人民币:壹元整", "1"), ("壹元伍角", "1.5"), ("壹元伍角整", "1.5"), ("壹元零伍分", "1.05"),
        ("壹元伍分", "1.05"),
        ("壹元伍角零伍分", "1.55"), ("壹元零壹角贰分", "1.12"), ("玖元玖角玖分", "9.99"), ("元伍角", "0.5"),
        ("零元壹分", "0.01"), ("元壹分", "0.01"), ("壹拾万元零叁角", "100000.3"),
    ],
)  # fmt: skip
def test_im2_an_amount_as_on_cheques_is_read_to_the_fen(text: str, value: str):
    assert yuan(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "壹", "伍角", "元", "元整", "壹元伍", "壹元角", "壹元零角", "壹元分", "壹元零分", "壹元壹贰角", "壹元十角",
        "壹元x角", "壹元伍角伍",
        "壹元伍分伍角", "壹元壹元", "一百二元", "壹元整整", "壹元○角",
    ],
)  # fmt: skip
def test_im2_what_is_no_whole_amount_is_refused(text: str):
    with pytest.raises(ValueError, match=r"."):
        yuan(text)


def test_im3_a_year_has_four_figures():
    assert [year(text) for text in ("二〇二五", "一九九九", "二零二零")] == [2025, 1999, 2020]
    for text in ("二〇二", "二〇二五五", "", "二千二五", "二〇二x"):
        with pytest.raises(ValueError, match=rf"^{text}$"):
            year(text)
