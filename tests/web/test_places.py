"""Fields that take places as people write them, without a script."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from projects.core.gazetteer.extract import shipped_places
from projects.core.gazetteer.search import MOST, find, options_of
from projects.web.forms import Form
from projects.web.places import PlaceField, PlacesField

OPTIONS = options_of(shipped_places())


class Where(Form):
    place = PlaceField("地区", none="(不限)")
    places = PlacesField("负责的地区")


def sent(app: Flask, values: list[tuple[str, str]], **reach: Any) -> tuple[Form, bool, str]:
    """The form that was sent, whether it holds, and its field of one place as it comes back."""
    options = options_of(shipped_places(), **reach) if reach else OPTIONS
    with app.test_request_context("/", method="POST"):
        form = Where(MultiDict(values), meta={"csrf": False})
        for name in ("place", "places"):
            form[name].offer(lambda typed: find(options, typed))
        holds = form.validate()
        return form, holds, f"{form.place()}{form.places()}"


@pytest.mark.parametrize("typed", ["泗水县", "济宁 泗水", " 370831 ", "山东省 济宁市 泗水县 (370831)"])
def test_what_means_one_place_becomes_its_code_and_comes_back_as_its_name(app: Flask, typed: str) -> None:
    form, holds, page = sent(app, [("place", typed)])
    assert holds
    assert form.place.data == "370831"
    assert 'value="山东省 济宁市 泗水县 (370831)"' in page


def test_nothing_is_no_place(app: Flask) -> None:
    form, holds, page = sent(app, [("place", "  ")])
    assert holds
    assert form.place.data == ""
    assert 'placeholder="(不限)"' in page


def test_what_means_several_is_asked_about_and_the_one_picked_is_taken(app: Flask) -> None:
    form, holds, page = sent(app, [("place", "朝阳区")])
    assert not holds
    assert "可能是 2 个地区" in form.place.errors[0]
    assert 'value="朝阳区"' in page  # what was typed is kept
    assert page.count('type="radio"') == 2
    assert 'value="110105"> 北京市 朝阳区 (110105)' in page
    form, holds, _ = sent(app, [("place", "朝阳区"), ("place", "220104")])
    assert holds
    assert form.place.data == "220104"


def test_a_pick_that_does_not_go_with_what_is_typed_now_is_none(app: Flask) -> None:
    form, holds, _ = sent(app, [("place", "泗水县"), ("place", "220104")])
    assert holds
    assert form.place.data == "370831"
    assert not sent(app, [("place", "朝阳区"), ("place", "370831")])[1]


def test_what_lies_out_of_reach_is_not_found(app: Flask) -> None:
    form, holds, _ = sent(app, [("place", "北京市")], reach={"370800"})
    assert not holds
    assert "没有找到“北京市”" in form.place.errors[0]
    assert not sent(app, [("place", "370000")], reach={"370800"})[1]
    assert sent(app, [("place", "泗水")], reach={"370800"})[1]


def test_markup_that_was_typed_stays_text(app: Flask) -> None:
    _, holds, page = sent(app, [("place", '"><script>1</script>'), ("places", '"><b>')])
    assert not holds
    assert "<script>" not in page
    assert "<b>" not in page


def test_as_many_are_offered_as_fit_a_phone(app: Flask) -> None:
    _, holds, page = sent(app, [("place", "区")])
    assert not holds
    assert page.count('type="radio"') == MOST


def test_several_places_are_kept_taken_away_and_added_by_name(app: Flask) -> None:
    form, holds, page = sent(app, [("places", "370800"), ("places", "宜春"), ("places", "")])
    assert holds
    assert form.places.data == ["370800", "360900"]
    assert page.count("checked>") == 2
    assert page.count('name="places" ') - page.count('type="checkbox"') == 3  # room for more


def test_one_unclear_place_loses_none_of_the_others(app: Flask) -> None:
    form, holds, page = sent(app, [("places", "370800"), ("places", "朝阳区"), ("places", "泗水县")])
    assert not holds
    assert len(form.places.errors) == 1
    assert page.count("checked>") == 2
    assert page.count('type="checkbox"') == 4
    assert 'value="朝阳区"' in page
    picked = [("places", "370800"), ("places", "370831"), ("places", "110105"), ("places", "")]
    assert sent(app, picked)[0].places.data == ["370800", "370831", "110105"]
