"""Which names mean one project: rules LG-5 to LG-7, on pairs labelled by hand."""

from __future__ import annotations

import pytest
from labelled_pairs import OTHER, SAME

from projects.core.gazetteer.extract import shipped_places
from projects.core.places import upper
from projects.portfolio.ledger import similar
from projects.portfolio.ledger.extract import simplified, sounded
from projects.portfolio.ledger.similar import Known, alike, sign, where_of

PLACES = shipped_places()


def signed(said: str) -> similar.Signed:
    name, place = said.strip(), "360900"
    if "@" in name:
        before, _, rest = name.partition("@")
        place, name = rest[:6], before + rest[6:]
    name, _, unit = name.partition("|")
    return sign(simplified(name), simplified(unit), where_of(place, PLACES, upper(place)), sounded)


def split(lines: str, mark: str) -> list[tuple[str, str]]:
    return [tuple(line.split(f" {mark} ")) for line in lines.strip().splitlines()]


def figures(judge=alike) -> tuple[list[str], list[str]]:
    """The pairs that are missed, and those that are wrongly found."""
    missed = [f"{one} = {other}" for one, other in split(SAME, "=") if not judge(signed(one), signed(other))]
    wrong = [f"{one} ≠ {other}" for one, other in split(OTHER, "≠") if judge(signed(one), signed(other))]
    return missed, wrong


def test_lg6_of_the_labelled_pairs_nearly_all_are_found_and_none_wrongly():
    missed, wrong = figures()
    same, other = len(split(SAME, "=")), len(split(OTHER, "≠"))
    print(f"recall {same - len(missed)}/{same}, wrong {len(wrong)}/{other}")
    assert same + other >= 120
    assert wrong == []
    assert len(missed) <= same * 0.05, missed


def test_the_labelled_pairs_find_out_a_judge_who_does_not_look_at_phases_and_places(monkeypatch):
    monkeypatch.setattr(similar, "_apart", lambda *_: False)
    assert len(figures()[1]) > 10


@pytest.mark.parametrize("pair", split(SAME, "=") + split(OTHER, "≠"))
def test_lg5_it_does_not_matter_which_is_named_first(pair):
    one, other = map(signed, pair)
    assert (alike(one, other) is None) == (alike(other, one) is None)


def test_lg7_candidates_come_ranked_with_reasons():
    known = Known({"a": signed("宜春市人民医院北院二期项目"), "b": signed("宜春市人民医院北院一期项目")})
    ((key, found),) = known.like(signed("市人民医院北院二期"))
    assert key == "a"
    assert found.sure == 1.0
    assert [str(one) for one in found.reasons] == ["不看“市”“宜春市”, 名称相同", "同为二期"]


def test_what_is_known_is_found_without_comparing_each_with_every_other(monkeypatch):
    count = []
    judge = similar.alike
    monkeypatch.setattr(similar, "alike", lambda *both: count.append(1) or judge(*both))
    known = Known({str(one): signed(f"宜春市第{one}小学卫生室") for one in range(300)})
    known.like(signed("市第7小学卫生室"))
    assert len(count) <= 25
