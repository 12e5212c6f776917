"""A sum split by source, a fen to each side of the whole: rule M-17, from docs/rules/money.md."""

from __future__ import annotations

import pytest

from projects.core.errors import InvalidError
from projects.core.vocabulary import FUNDING_SOURCES
from projects.money.contracts.forms import ContractSplitForm
from projects.money.contracts.split import ROWS, spelled, split


def wrong(total: int | None, *rows: tuple[str, str], unit: str = "元") -> dict[str, str]:
    with pytest.raises(InvalidError) as raised:
        split(total, rows, unit)
    return {name: str(text) for name, text in raised.value.fields.items()}


def test_m17_a_thousand_is_six_hundred_and_four_hundred():
    assert split(1_000_00, [("cbi", "600"), ("county", "400")], "元") == {"cbi": 600_00, "county": 400_00}
    assert split(1_000_00, [("cbi", "0.06"), ("county", "0.04")], "万元") == {"cbi": 600_00, "county": 400_00}
    assert split(1_000_00, [("cbi", "600"), (" ", ""), ("county", " 400 ")], "元") == {"cbi": 600_00, "county": 400_00}


@pytest.mark.parametrize(("part", "gap"), [("399.99", "0.01"), ("400.01", "0.01"), ("401", "1.00")])
def test_m17_a_fen_that_is_missing_or_too_much_is_told(part: str, gap: str):
    said = wrong(1_000_00, ("cbi", "600"), ("county", part))
    assert set(said) == {"amount"}
    assert f"相差 {gap} 元" in said["amount"]


def test_m17_one_row_without_an_amount_is_the_whole_and_of_two_each_needs_its_own():
    assert split(1_000_00, [("cbi", "")], "元") == {"cbi": 1_000_00}
    assert split(1_000_00, [("", ""), ("cbi", "")], "元") == {"cbi": 1_000_00}
    assert wrong(1_000_00, ("cbi", ""), ("county", "400")) == {"part_1": "第 1 行: 请填写金额"}
    assert set(wrong(1_000_00, ("cbi", "999.99"))) == {"amount"}


@pytest.mark.parametrize("part", ["0", "-1", "x", "0.001"])
def test_m17_a_row_that_can_t_be_read_or_is_nothing_is_refused_by_its_number(part: str):
    said = wrong(1_000_00, ("cbi", "600"), ("county", part))
    assert set(said) == {"part_2"}
    assert f"第 2 行: “{part}”不是可用的金额" in said["part_2"]
    assert f"“{'9' * 40}”" in wrong(1_000_00, ("cbi", "9" * 41))["part_1"]


def test_m17_a_source_is_named_once_and_known():
    assert wrong(1_000_00, ("", "600"), ("county", "400")) == {"source_1": "第 1 行: 请选择资金来源"}
    assert set(wrong(1_000_00, ("cbi", "600"), ("cbi", "400"))) == {"source_2"}
    assert "1" in wrong(1_000_00, ("cbi", "600"), ("cbi", "400"))["source_2"]
    unknown = wrong(1_000_00, ("x" * 41, "600"), ("county", "400"))
    assert set(unknown) == {"source_1"}
    assert f"“{'x' * 40}”" in unknown["source_1"]
    assert wrong(1_000_00) == {"source_1": "请至少填写一行资金来源"}


@pytest.mark.parametrize("total", [None, 0, -1])
def test_m17_the_whole_is_more_than_nothing(total: int | None):
    assert "须大于 0" in wrong(total, ("cbi", "600"))["amount"]
    assert split(1, [("cbi", "")], "元") == {"cbi": 1}
    assert split(1, [("cbi", "0.01")], "元") == {"cbi": 1}


def test_m17_a_form_has_eight_rows():
    rows = [(source, "0.01") for source in list(FUNDING_SOURCES)[:ROWS]]
    assert list(split(8, rows, "元").values()) == [1] * 8
    assert [hasattr(ContractSplitForm, f"part_{number}") for number in (0, 1, 8, 9)] == [False, True, True, False]


def test_m17_what_a_reader_saw_is_spelled_without_the_sources_that_have_nothing():
    assert spelled({"county": 50, "cbi": 100, "self": 0}) == "cbi:100,county:50"
    assert spelled({"cbi": 1, "county": -1}) == "cbi:1,county:-1"
    assert spelled({}) == ""
