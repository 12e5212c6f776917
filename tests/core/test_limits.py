"""Money, months and places at their edges: rules M-1 and M-2 (docs/rules/money.md), and codes by GB/T 2260."""

from __future__ import annotations

import datetime as dt

import pytest

from projects.core.money import exact_yuan, in_unit, parse_fen, plain_yuan, rate, shown_wan
from projects.core.month import (
    ALWAYS,
    add_months,
    beijing_day,
    latest_day,
    month_end,
    month_of,
    months_before,
    months_between,
    parse_day,
    parse_month,
)
from projects.core.places import prefix, upper, within


@pytest.mark.parametrize(
    ("code", "shared"),
    [
        ("370000", "37"),
        ("370800", "3708"),
        ("370831", "370831"),
        ("371000", "3710"),
        ("370010", "370010"),
        ("370001", "370001"),
        ("110100", "1101"),
        ("990000", "99"),
        ("659001", "659001"),
    ],
)
def test_a_place_holds_all_whose_codes_begin_with_its_own_pairs(code: str, shared: str):
    assert prefix(code) == shared


@pytest.mark.parametrize(
    ("code", "outer", "inside"),
    [
        ("370831", "370000", True),
        ("370831", "370800", True),
        ("370831", "370831", True),
        ("370800", "370831", False),
        ("371000", "370000", True),
        ("380000", "370000", False),
        ("370931", "370800", False),
        ("370100", "370010", False),
    ],
)
def test_whether_a_place_lies_in_another(code: str, outer: str, inside: bool):
    assert within(code, outer) == inside


def test_the_places_above():
    assert upper("370831") == ("370000", "370800")
    assert upper("370800") == ("370000",)
    assert upper("370000") == ()


@pytest.mark.parametrize(
    ("text", "unit", "fen"),
    [
        ("1234.56", "元", 1234_56),
        ("1,234.56", "元", 1234_56),
        ("0.000001", "万元", 1),
        ("0.01", "元", 1),
        ("1", "亿元", 10_000_000_000),
        ("9,999,999,999,999.99", "元", 999_999_999_999_999),
        ("9999999999999.99", "元", 999_999_999_999_999),
        ("999999999.999999", "万元", 999_999_999_999_999),
        ("0", "元", 0),
        ("1.00000000", "元", 100),
        ("-1", "元", -100),
    ],
)
def test_m1_a_plain_decimal_is_read_exactly(text: str, unit: str, fen: int):
    assert parse_fen(text, unit) == fen


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("0.001", "元"),
        ("0.0000001", "万元"),
        ("10,000,000,000,000.00", "元"),
        ("10000000000000", "元"),
        ("-10000000000000", "元"),
        ("1e3", "元"),
        ("12,34", "元"),
        ("１２", "元"),
        ("x", "元"),
        (".5", "元"),
        ("1.", "元"),
        ("1.000000000", "元"),
    ],
)
def test_m1_what_is_finer_longer_or_not_plain_is_refused(text: str, unit: str):
    with pytest.raises(ValueError, match=r"."):
        parse_fen(text, unit)


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (1_234_550, "1.23"),
        (1_235_000, "1.24"),
        (1_234_999, "1.23"),
        (4_999, "0.00"),
        (5_000, "0.01"),
        (-4_999, "0.00"),
        (-5_000, "-0.01"),
        (0, "0.00"),
        (163_300_000_000, "163,300.00"),
        (-1_235_000, "-1.24"),
        (99_000_000, "99.00"),
    ],
)
def test_m2_pages_show_hundredths_of_wan_half_up(fen: int, shown: str):
    assert shown_wan(fen) == shown
    if fen >= 0:
        assert f"{in_unit(fen):,.2f}" == shown


def test_m2_exports_carry_exact_yuan():
    assert [exact_yuan(fen) for fen in (0, 1, 99, 100, -1, 123_456_789)] == [
        "0.00",
        "0.01",
        "0.99",
        "1.00",
        "-0.01",
        "1,234,567.89",
    ]
    assert plain_yuan(123_456_789) == "1234567.89"
    assert (rate(1, 4), rate(0, 4), rate(4, 0)) == (25, 0, None)


@pytest.mark.parametrize(
    ("hour", "minute", "day"), [(15, 59, "2021-03-31"), (16, 0, "2021-04-01"), (17, 0, "2021-04-01")]
)
def test_beijing_begins_its_day_eight_hours_before_utc(hour: int, minute: int, day: str):
    now = dt.datetime(2021, 3, 31, hour, minute, tzinfo=dt.UTC)
    assert beijing_day(now) == dt.date.fromisoformat(day)
    assert latest_day(now, dt.date(2021, 1, 1)) == dt.date.fromisoformat(day)
    assert latest_day(now, dt.date(2022, 1, 1)) == dt.date(2022, 1, 1)


def test_months_begin_on_the_first_and_end_on_the_last():
    assert month_of(dt.date(2021, 11, 30)) == dt.date(2021, 11, 1)
    assert [month_end(dt.date(2021, month, 15)).day for month in (1, 2, 4, 12)] == [31, 28, 30, 31]
    assert month_end(dt.date(2024, 2, 1)) == dt.date(2024, 2, 29)
    assert [add_months(dt.date(2021, 12, 31), count) for count in (-12, 0, 1)] == [
        dt.date(2020, 12, 1),
        dt.date(2021, 12, 1),
        dt.date(2022, 1, 1),
    ]
    assert months_between(dt.date(2020, 12, 31), dt.date(2021, 1, 1)) == 1
    assert months_between(dt.date(2021, 11, 1), dt.date(2021, 11, 30)) == 0
    assert months_between(dt.date(2021, 11, 1), dt.date(2020, 10, 30)) == -13


def test_three_months_from_the_31st_of_august_are_over_on_the_30th_of_november():
    assert months_before(dt.date(2021, 11, 30), 3) == dt.date(2021, 8, 31)
    assert months_before(dt.date(2021, 11, 29), 3) == dt.date(2021, 8, 29)
    assert months_before(dt.date(2021, 12, 1), 3) == dt.date(2021, 9, 1)
    assert months_before(dt.date(2021, 2, 28), 12) == dt.date(2020, 2, 29)


@pytest.mark.parametrize("text", ["2021-11", "1999-01", "2999-12"])
def test_a_month_is_written_with_four_and_two_figures(text: str):
    assert parse_month(text) == dt.date(int(text[:4]), int(text[5:]), 1)


@pytest.mark.parametrize("text", ["2021-00", "2021-13", "0999-01", "3000-01", "2021-1", "2021-11-01", "x2021-11"])
def test_anything_else_is_no_month(text: str):
    with pytest.raises(ValueError, match=r"."):
        parse_month(text)


def test_a_day_is_written_with_four_two_and_two_figures():
    assert parse_day("2021-11-30") == dt.date(2021, 11, 30)
    for text in ("2021-11-31", "20211130", "2021-11-3", "3021-11-30", "0021-11-30"):
        with pytest.raises(ValueError, match=r"."):
            parse_day(text)


def test_no_page_speaks_of_a_day_before_2000():
    assert parse_day("2000-01-01") == ALWAYS
