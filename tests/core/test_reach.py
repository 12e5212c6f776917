"""Who may do what, what lists may be asked, what is typed and how it is spoken: the core's edges."""

from __future__ import annotations

import datetime as dt
import gc
import importlib
from dataclasses import dataclass
from typing import ClassVar

import pytest

from projects.core import errors, vocabulary
from projects.core.bulk import uncollected
from projects.core.complaints import choice_complaint, day_complaint, text_complaint
from projects.core.errors import ForbiddenError, InvalidError
from projects.core.narrowing import PAGE_SIZES, Narrowed, Paged, is_number, is_place, is_year, pages, refuse, typed
from projects.core.permissions import SYSTEM, Actor, covers, may, places_for, projects_for, require, scope
from projects.core.text import Text, from_json, render
from projects.core.touched import forget_touched, touched, waiting

TODAY = dt.date(2021, 11, 30)


def actor(role: str, **values: object) -> Actor:
    return Actor(1, "甲", role, **values)


def test_a_role_reaches_all_its_place_its_unit_its_own_or_nothing():
    own = {"own_projects": frozenset({1}), "place_projects": frozenset({1, 2}), "unit_projects": frozenset({3})}
    places = {"places": frozenset({"370800"})}
    assert projects_for(actor("manager", **own), "project.read") == {1}
    assert projects_for(actor("reviewer", **own), "project.read") == {3}
    assert projects_for(actor("leader", **own), "project.read") == {1, 2}
    assert projects_for(actor("admin", **own), "project.read") == frozenset()
    assert projects_for(SYSTEM, "project.read") is None
    assert places_for(actor("leader", **places), "project.read") == {"370800"}
    assert places_for(actor("manager", **places), "project.read") == frozenset()
    assert places_for(SYSTEM, "project.read") is None
    assert places_for(actor("leader"), "project.read") is None


def test_one_may_do_what_one_s_role_reaches_and_a_token_no_more_than_it_was_given():
    manager = actor("manager", own_projects=frozenset({1}))
    assert [may(manager, "report.write", project) for project in (None, 1, 2)] == [True, True, False]
    assert not may(manager, "report.review")
    assert may(actor("leader"), "project.read", 9)
    token = actor("manager", own_projects=frozenset({1}), actions=frozenset({"project.read"}))
    assert (may(token, "project.read", 1), may(token, "report.write", 1)) == (True, False)
    assert scope(token, "report.write") is None
    with pytest.raises(KeyError):
        scope(manager, "unheard")
    require(manager, "report.write", 1)
    with pytest.raises(ForbiddenError):
        require(manager, "report.write", 2)


def test_places_hold_what_lies_in_them_and_everywhere_holds_what_lies_nowhere():
    assert covers(None, None)
    assert covers(frozenset({"370800"}), "370831")
    assert not covers(frozenset({"370800"}), "370900")
    assert not covers(frozenset({"370800"}), None)
    assert not covers(frozenset(), "370831")


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({}, (1, 50, set())),
        ({"page": "100000", "per_page": "25"}, (100_000, 25, set())),
        ({"page": "100001"}, (1, 50, {"page"})),
        ({"page": "0"}, (1, 50, {"page"})),
        ({"page": "0000001"}, (1, 50, {"page"})),
        ({"page": "000001"}, (1, 50, set())),
        ({"per_page": "500"}, (1, 500, set())),
        ({"per_page": "501"}, (1, 50, {"per_page"})),
        ({"per_page": "050"}, (1, 50, {"per_page"})),
    ],
)
def test_pages_run_from_1_to_100000_in_four_sizes(args: dict[str, str], expected: tuple[int, int, set[str]]):
    page, size, wrong = pages(args)
    assert (page, size, {name for name, is_wrong in wrong.items() if is_wrong}) == expected


def test_numbers_places_and_years_have_their_lengths():
    assert [is_number(text, 2) for text in ("", "1", "12", "123", "²", "a")] == [False, True, True, False, False, False]
    assert [is_place(text) for text in ("37083", "370831", "3708310")] == [False, True, False]
    assert [is_year(text) for text in ("202", "2021", "20211")] == [False, True, False]


def test_what_is_typed_loses_what_nobody_sees_and_what_is_too_long():
    assert typed({"q": " a\x00b\ud800 "}, "q") == "ab"
    assert typed({}, "q") == ""
    assert typed({"q": "x" * 61}, "q") == "x" * 60
    assert typed({"q": "x" * 9}, "q", 8) == "x" * 8


def test_refusals_name_what_is_wrong_and_nothing_else():
    refuse({}, {"page": False})
    with pytest.raises(InvalidError) as raised:
        refuse({"page": "x" * 41, "odd": "y"}, {"page": True, "odd": True, "year": False})
    assert {name: str(text) for name, text in raised.value.fields.items()} == {
        "page": f"筛选条件 页码 不认识“{'x' * 40}”",
        "odd": "筛选条件 odd 不认识“y”",
    }


def test_an_export_has_everything_on_one_page():
    assert Paged(3, 25).everything() == Paged(1, 0)
    assert Paged() == Paged(1, 50)
    assert not Paged().is_narrow
    assert Paged().query() == {}


@pytest.mark.parametrize(("length", "fits"), [(4, True), (5, True), (6, False)])
def test_texts_are_counted_as_they_are_kept(length: int, fits: bool):
    assert (text_complaint(" " + "字" * length + "\r\n", 5) is None) == fits
    assert "现有 6 字" in str(text_complaint("a\r\nb\rcd\r\n", 5))
    assert "控制字符" in str(text_complaint("a\x00", 5))
    assert text_complaint("a\tb\nc", 5) is None


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (None, "请填写日期"),
        (dt.date(2021, 12, 1), "在将来"),
        (dt.date(2021, 11, 30), None),
        (dt.date(2000, 1, 1), None),
        (dt.date(1999, 12, 31), "早于 2000-01-01"),
    ],
)
def test_what_happened_happened_from_2000_to_today(day: dt.date | None, said: str | None):
    found = day_complaint(day, TODAY)
    assert found is None if said is None else said in str(found)


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        (1.0, "1"),
        (1.25, "1.2"),
        (0.1, "0.1"),  # figures are cut, not rounded (S-25)
        (0.0999, "0"),
        (0.04, "0"),
        (-0.04, "0"),
        (-0.0999, "0"),
        (-0.1, "-0.1"),
        (99.97, "99.9"),
        (12.34, "12.3"),
        (7, "7"),
        ("a\x00b\tc", "a␀b\tc"),
        ("a\x1f b\x7f\n", "a␟ b\x7f\n"),
        (dt.date(2021, 11, 30), "2021-11-30"),
        (Text("完成 25%"), "完成 25%"),
    ],
)
def test_values_are_spoken_without_idle_decimals_and_with_visible_controls(value: object, spoken: str):
    assert str(Text("%(x)s", {"x": value})) == spoken


@pytest.mark.parametrize(
    ("value", "number"), [(0, 0), (1, 1), (-1, 1), (2, 2), ("+1", 1), (1.0, 1), (1.5, 2), (11, 11)]
)
def test_the_number_before_a_measure_word_chooses_the_form(value: object, number: int):
    asked: list[int] = []

    def translate(msgid: str) -> str:
        asked.append(getattr(msgid, "number", -1))
        return msgid

    render(Text("%(days)s 天", {"days": value}), translate)
    render(Text("第 %(days)s 行", {"days": value}), translate)
    assert asked == [number, -1]


def test_a_text_is_packed_and_read_back():
    text = Text("a %(b)s %(c)s %(d)s", {"b": Text("x"), "c": TODAY, "d": 5})
    assert from_json(text.to_json()) == text
    assert str(Text("100%%")) == "100%"


def test_what_was_touched_waits_with_the_newest_day():
    forget_touched()
    touched([1], dt.date(2021, 11, 1))
    touched([2], programmes=[7])
    touched([3], dt.date(2021, 10, 1))
    assert (waiting().projects, waiting().programmes, waiting().day) == ({1, 2, 3}, {7}, dt.date(2021, 11, 1))
    touched([], dt.date(2021, 12, 1))
    assert forget_touched().day == dt.date(2021, 12, 1)
    assert (waiting().projects, waiting().day) == (set(), None)
    forget_touched()


def test_garbage_is_collected_again_only_where_it_was_before():
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.ProblemError, 400),
        (errors.NotFoundError, 404),
        (errors.ForbiddenError, 403),
        (errors.ConflictError, 409),
        (errors.PastDayError, 409),
        (errors.InvalidError, 422),
        (errors.TooManyError, 429),
        (errors.ConfigError, 500),
    ],
)
def test_an_expected_error_has_its_status(error: type[errors.ProblemError], status: int):
    made = error({}) if error is errors.InvalidError else error("x")
    assert made.status == status


def test_a_choice_is_one_of_those_offered_and_a_refusal_shows_forty_letters_of_it():
    assert choice_complaint("a", ["a", "b"]) is None
    assert choice_complaint(None, [None]) is None
    assert str(choice_complaint("c" * 41, ["a"])) == f"请从列表中选择, “{'c' * 40}”不在其中"
    assert str(choice_complaint(None, ["a"])) == "请从列表中选择, “”不在其中"


@dataclass(frozen=True)
class Shelf(Narrowed):
    """A list that two fields narrow."""

    NAMED: ClassVar[tuple[str, ...]] = ("kind", "year")
    kind: str = ""
    year: str = ""


def test_a_list_is_led_back_to_by_what_narrows_it():
    assert (Shelf().is_narrow, Shelf().query()) == (False, {})
    assert (Shelf(year="2021").is_narrow, Shelf(year="2021").query()) == (True, {"year": "2021"})


def test_lists_have_pages_of_five_sizes():
    assert PAGE_SIZES == (25, 50, 100, 200, 500)
    assert [pages({"per_page": str(size)})[1] for size in PAGE_SIZES] == [25, 50, 100, 200, 500]


def test_a_promise_of_a_stage_is_met_at_all_of_it_or_at_its_own_percent():
    read_anew = importlib.reload(vocabulary)  # by this test, so that it is known as one that runs through it
    assert read_anew.STAGE_MEASURES == {
        "foundation": ("foundation", 100.0),
        "structure_pct": ("structure", None),
        "topped_out": ("structure", 100.0),
        "structure_done": ("structure", 100.0),
        "fit_out": ("fit_out", 100.0),
    }
