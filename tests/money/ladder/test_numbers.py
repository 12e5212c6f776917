"""Document numbers compare as people mean them: brackets, widths and spaces don't count, the issuer's prefix does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.money.documents.numbers import DocumentNumber, normalise, parse, same

ALIKE = [
    ("财建〔2025〕23号", "财建[2025]23号"),
    ("财建〔2025〕23号", "财建［2025］23号"),
    ("财建〔2025〕23号", "财建(2025)23号"),
    ("财建〔2025〕23号", "财建（2025）23号"),
    ("财建〔2025〕23号", "财建【2025】23号"),
    ("财建〔2025〕23号", "财建〖2025〗23号"),
    ("财建〔2025〕23号", "财建﹝2025﹞23号"),
    ("财建〔2025〕23号", "财建[2025〕23号"),
    ("财建〔2025〕23号", "财建〔２０２５〕２３号"),
    ("财建〔2025〕23号", " 财 建〔2025〕 23 号 "),
    ("财建〔2025〕23号", "财建　〔2025〕　23号"),
    ("财建〔2025〕23号", "财建\u200b〔2025〕23号\ufeff"),
    ("财建〔2025〕23号", "财建〔2025〕23号文"),
    ("财建〔2025〕23号", "财建〔2025〕23号文件"),
    ("财建〔2025〕23号", "财建〔2025〕第23号"),
    ("财建〔2025〕23号", "财建〔2025年〕23号"),
    ("财建〔2025〕23号", "财建〔2025〕023号"),
    ("财建〔2025〕23号", "财建〔2025〕23"),
    ("发改投资〔2017〕649号", "发改投资[2017]649号"),
    ("粤发改投资〔2016〕382号", "粤发改投资（2016）３８２号"),
    ("国家发展改革委令第10号", "国家发展改革委令 第１０号"),
    ("ABC-1", "ＡＢＣ－１"),
]
DIFFERENT = [
    ("财建〔2025〕23号", "浙财建〔2025〕23号"),  # the issuer's prefix is part of the number
    ("财建〔2025〕23号", "财建〔2024〕23号"),
    ("财建〔2025〕23号", "财建〔2025〕230号"),
    ("财建〔2025〕23号", "财建〔2025〕2号"),
    ("财建〔2025〕23号", "财社〔2025〕23号"),
    ("财建〔2025〕23号", "财建〔2025〕23-2号"),
    ("财建〔2025〕23号", "〔2025〕23号"),
    ("财建〔2025〕23号", "财建〔二〇二五〕23号"),
    ("财建〔2025〕23号", "财建〔2025〕23号之一"),
    ("粤发改投资〔2016〕382号", "发改投资〔2016〕382号"),
    ("", ""),
    (" ", "　"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_the_same_document_however_it_is_typed(one, other):
    assert same(one, other)
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_documents_stay_different(one, other):
    assert not same(one, other)


def test_a_number_comes_apart_into_prefix_year_and_serial():
    assert parse("浙财建[2025]０２３号文") == DocumentNumber("浙财建", 2025, "23")
    assert str(parse("浙财建[2025]０２３号文")) == "浙财建〔2025〕23号"
    assert parse("国家发展改革委令第10号") is None
    assert parse("") is None


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing_more(text):
    assert normalise(normalise(text)) == normalise(text)


@given(
    st.sampled_from(["财建", "浙财建", "发改投资", "济卫规划字"]),
    st.integers(1990, 2099),
    st.integers(1, 99_999),
    st.sampled_from(["〔〕", "[]", "（）", "【】", "()"]),
)
def test_every_usual_number_is_read_back(prefix, year, serial, brackets):
    assert parse(f"{prefix} {brackets[0]}{year}{brackets[1]}{serial}号") == DocumentNumber(prefix, year, str(serial))
