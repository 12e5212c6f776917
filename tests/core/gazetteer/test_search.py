"""Places: the list that ships (OF-1), and finding one by what somebody types (OF-2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from projects.config import DATA
from projects.core.gazetteer.extract import NAME, parent_of, shipped_places
from projects.core.gazetteer.search import MOST, chosen, find, options_of
from projects.core.places import upper
from projects.samples.plans.extract import read_catalogue

OPTIONS = options_of(shipped_places())


def codes(typed: str, near: str | None = None) -> list[str]:
    return [one.code for one in find(OPTIONS, typed, near)]


def meant(typed: str) -> str | None:
    one = chosen(find(OPTIONS, typed), typed)
    return one.code if one else None


# --- the list ---------------------------------------------------------------------------------------------------------


def test_all_places_to_the_county_ship_and_the_head_says_from_where() -> None:
    places = shipped_places()
    provinces = [code for code in places if code.endswith("0000")]
    cities = [code for code in places if code.endswith("00") and not code.endswith("0000")]
    assert (len(provinces), len(cities), len(places)) == (34, 333, 3214)
    head = [line for line in (DATA / NAME).read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    assert all(word in " ".join(head) for word in ("GB/T 2260", "2025-12-31", "CC BY 4.0", "34", "333", "2847"))


def test_every_place_lies_in_a_place_above_it() -> None:
    places = shipped_places()
    parents = {code: parent_of(code, places) for code in places}
    assert {code for code, parent in parents.items() if parent is None} == {
        code for code in places if code.endswith("0000")
    }
    assert parents["370831"] == "370800"
    assert parents["429004"] == "420000"  # a county-level city right under its province
    assert parents["110101"] == "110000"


def test_the_places_of_the_five_plans_are_among_them_with_those_around() -> None:
    facts = {one.code: one for one in read_catalogue().places}
    assert facts["370831"].name == "泗水县"
    assert facts["370831"].parent == "370800"
    assert all(above in facts for code in facts for above in upper(code))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("37083\t泗水县", "expected six digits"),
        ("370831 泗水县", "expected six digits"),
        ("370831\t", "is no name"),
        ("370831\t泗水县 ", "is no name"),
        ("370800\t济宁市", "is there already"),
    ],
)
def test_a_line_that_cannot_be_true_is_named(tmp_path: Path, line: str, problem: str) -> None:
    tmp_path.joinpath(NAME).write_text(f"370000\t山东省\n370800\t济宁市\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=rf"line 3: .*{problem}"):
        shipped_places(tmp_path)


# --- finding one ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("370831", "370831"),
        ("泗水县", "370831"),
        ("泗水", "370831"),
        ("济宁市泗水县", "370831"),
        ("山东省济宁市泗水县", "370831"),
        ("山东 济宁 泗水", "370831"),
        ("济宁,泗水县", "370831"),
        ("山东省 济宁市 泗水县 (370831)", "370831"),
        ("济宁", "370800"),
        ("山东", "370000"),
        ("北京市", "110000"),
        ("北京 朝阳", "110105"),
        ("北京市朝阳区", "110105"),
        ("吉林市", "220200"),
        ("仙桃", "429004"),
    ],
)
def test_what_can_mean_one_place_is_that_place(typed: str, code: str) -> None:
    assert meant(typed) == code


@pytest.mark.parametrize(
    "typed", ["朝阳区", "市中区", "城区", "省", "不存在县", "999999", "", " ", "%", "济", "山东济宁泗水"]
)
def test_what_can_mean_several_or_none_is_asked_about(typed: str) -> None:
    assert meant(typed) is None


def test_several_are_offered_with_those_near_the_office_first_and_greater_before_smaller() -> None:
    assert codes("朝阳区") == ["110105", "220104"]
    assert codes("朝阳区", near="220000") == ["220104", "110105"]
    assert codes("朝阳") == ["211300", "110105", "211321", "220104"]
    assert len(codes("城区")) == 3  # 东城区 is another name
    assert codes("山东济宁泗水") == ["370831"]  # letters in their order are a guess, so it is only offered


def test_every_place_is_found_by_its_own_words_and_by_its_path() -> None:
    """The whole list: what a field shows is found again, and nobody has to know a code."""
    lost = [one for one in OPTIONS if meant(one.words) != one.code]
    by_path = [one for one in OPTIONS if one not in find(OPTIONS, one.path)[:MOST]]
    assert lost == []
    assert by_path == []
    unclear = [one.path for one in OPTIONS if meant(one.path) != one.code]
    assert unclear == []


def test_only_what_lies_within_reach_is_found_by_the_names_around_it_too() -> None:
    near = options_of(shipped_places(), {"370800"})
    assert [one.code for one in find(near, "泗水")] == ["370831"]
    assert find(near, "朝阳区") == ()
    one = options_of(shipped_places(), {"370831"})
    assert [place.path for place in one] == ["山东省 济宁市 泗水县"]
    assert chosen(find(one, "济宁"), "济宁") is None  # offered, but it is not what was said
    assert [place.code for place in find(one, "济宁")] == ["370831"]


def test_a_level_follows_from_the_code() -> None:
    levels = {one.code: one.level for one in OPTIONS}
    assert [levels[code] for code in ("370000", "370800", "370831", "429004")] == [
        "province",
        "city",
        "county",
        "county",
    ]
