"""What is chosen from a list is one of the list, in one place and in one wording."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from projects.core.complaints import choice_complaint
from projects.web.forms import ChoiceField, Form


class Meal(Form):
    dish = ChoiceField("dish", {"soup": "汤", "rice": "米饭"}, "(不选)")
    place = ChoiceField("place", validate_choice=False)


def sent(app, **values):
    with app.test_request_context("/", method="POST"):
        form = Meal(MultiDict(values), meta={"csrf": False})
        form.place.offer([("44", "广东"), ("4418", "清远")])
        form.validate()
        return form.dish.errors, [choice.value for choice in form.place.iter_choices()]


@pytest.mark.parametrize("dish", ["soup", "rice", ""])
def test_a_key_of_the_list_or_none_is_taken(app, dish):
    assert sent(app, dish=dish) == ([], ["44", "4418"])


def test_another_is_refused_in_the_words_of_operations(app):
    errors, _ = sent(app, dish="stone" * 20)
    assert errors == [str(choice_complaint("stone" * 20, ("soup", "rice")))]
    assert errors == [f"请从列表中选择, “{'stone' * 8}”不在其中"]
    assert sent(app)[0] == ["请从列表中选择, “”不在其中"]


def test_what_is_asked_for_elsewhere_is_not_asked_here(app):
    with app.test_request_context("/", method="POST"):
        form = Meal(MultiDict({"dish": "soup", "place": "nowhere"}), meta={"csrf": False})
        assert form.validate()


def test_no_choice_is_asked_for_where_none_can_be_made():
    assert choice_complaint(None, (None, "soup")) is None
    assert choice_complaint("soup", {"soup": "汤"}) is None
