"""What a list of projects may be narrowed by, at the edges: unknown values are refused by name."""

from __future__ import annotations

import pytest

from projects.core.errors import InvalidError
from projects.register.selection.filtering import PortfolioFilter, read


def wrong(**args: str) -> set[str]:
    with pytest.raises(InvalidError) as raised:
        read(args)
    return set(raised.value.fields)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("category", "hospital"),
        ("state", "overdue"),
        ("light", "red"),
        ("signal", "red"),
        ("money", "any"),
        ("money", "F-1"),
        ("columns", "money"),
        ("place", "370800"),
        ("sort", "-slip"),
        ("sort", "probability"),
        ("page", "1"),
        ("page", "100000"),
        ("per_page", "500"),
    ],
)
def test_known_values_narrow_and_unknown_ones_are_refused_by_name(name: str, known: str):
    assert str(getattr(read({name: known}), name)) == known
    assert wrong(**{name: "unheard"}) == {name}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"),
        ("page", "100001"),
        ("page", "0000001"),
        ("page", "-1"),
        ("per_page", "51"),
        ("per_page", "0"),
        ("place", "37080"),
        ("place", "3708000"),
        ("sort", "--slip"),
        ("sort", ""),
    ],
)
def test_what_lies_beside_the_limit_is_refused(name: str, value: str):
    assert wrong(**{name: value}) == {name}


def test_the_first_page_has_fifty_rows_sorted_by_state():
    made = read({})
    assert (made.page, made.per_page, made.sort, made.is_narrow, made.query()) == (1, 50, "state", False, {})
    assert PortfolioFilter() == made
    assert read({"page": "3", "per_page": "25"}).everything() == PortfolioFilter(page=1, per_page=0)


@pytest.mark.parametrize("name", ["q", "place", "programme", "plan", "category", "state", "light", "signal", "money"])
def test_each_field_narrows_the_list_and_leads_back_to_it(name: str):
    value = {"place": "370800", "category": "hospital", "state": "overdue", "light": "red", "signal": "red"}.get(
        name, "any"
    )
    made = read({name: value, "page": "2"})
    assert made.is_narrow
    assert made.query() == {name: value}


def test_columns_and_sort_lead_back_and_narrow_nothing():
    made = read({"columns": "money", "sort": "name"})
    assert not made.is_narrow
    assert made.query() == {"columns": "money", "sort": "name"}
    assert read({"q": "x" * 61}).q == "x" * 60
