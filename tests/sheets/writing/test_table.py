"""What a table takes, and how it keeps hostile text harmless."""

import datetime as dt
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.sheets.writing.table import LONGEST_CELL, SPELLED, Column, cut, inert, of_objects, showable


def test_a_column_of_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="no such kind"):
        Column("amount", "金额", "float")


@pytest.mark.parametrize(
    ("kind", "value"),
    [("money", 1.5), ("money", True), ("money", "12"), ("text", 7), ("date", "2021-11-30"), ("integer", 3.5)],
)
def test_a_value_that_does_not_fit_its_column_is_refused(kind, value):
    with pytest.raises(TypeError):
        SPELLED[kind](value)


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        ("text", "市妇保院二期", "市妇保院二期"),
        ("date", dt.date(2021, 11, 30), "2021-11-30"),
        ("month", dt.date(2021, 11, 30), "2021-11"),
        ("money", 123456789, "1234567.89"),
        ("money", -5, "-0.05"),
        ("money", 0, "0.00"),
        ("percent", 48.5, "48.50"),
        ("percent", -3, "-3.00"),
        ("percent", 99.9999, "99.99"),
        ("percent", -0.006, "0.00"),
        ("percent", 33.34, "33.34"),
        ("integer", 0, "0"),
        ("integer", None, ""),
    ],
)
def test_values_are_written_plainly_and_a_zero_is_not_a_blank(kind, value, written):
    assert SPELLED[kind](value) == written


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"])
def test_text_that_a_spreadsheet_would_run_starts_with_an_apostrophe(start):
    assert inert(f"{start}cmd|' /C calc'!A0").startswith("'")


def test_plain_text_is_left_as_it_is():
    assert inert("济卫规划字〔2021〕1号 = 甲 + 乙") == "济卫规划字〔2021〕1号 = 甲 + 乙"
    assert showable("两行\n第二行\t列") == "两行\n第二行\t列"


def test_control_characters_become_visible_pictures():
    assert showable("a\0b\x0bc\x7f") == "a␀b␋c␡"
    assert showable("半个\ud800字") == "半个�字"


@given(st.text(max_size=200))
def test_whatever_is_typed_can_be_stored_in_a_file(text):
    shown = showable(text)
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert not any(ord(letter) < 32 and letter not in "\t\n\r" for letter in shown)


def test_a_text_longer_than_a_cell_is_cut_and_says_so():
    for text in ("长" * 40_000, "😀" * 20_000):
        kept, was_cut = cut(text)
        assert was_cut
        assert kept.endswith("…（已截断）")
        assert len(kept.encode("utf-16-le")) // 2 <= LONGEST_CELL


def test_a_text_that_just_fits_is_kept_whole():
    assert cut("长" * LONGEST_CELL) == ("长" * LONGEST_CELL, False)
    assert cut("😀" * (LONGEST_CELL // 2)) == ("😀" * (LONGEST_CELL // 2), False)


def test_rows_are_read_off_objects_by_the_columns_keys():
    @dataclass
    class Project:
        name: str
        percent: float

    assert of_objects([Project("甲", 40.0)], [Column("percent", "进度", "percent"), Column("name", "名称")]) == [
        (40.0, "甲")
    ]
