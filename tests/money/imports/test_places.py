"""Places as files write them (OF-3)."""

from __future__ import annotations

import pytest
from builders import NOW, actor_of, make_user
from flask import Flask

from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.money.imports.plan import KnownRows, place_of
from projects.money.imports.reading import SheetRow
from projects.money.recognised.queries import places_near
from projects.register.places.operations import load_places

CITY = "220100"  # 吉林省 长春市, which has a 朝阳区 as 北京市 has


@pytest.fixture
def country(app: Flask) -> Flask:
    with app.app_context(), transaction():
        load_places(SYSTEM, NOW)
    return app


def found(app: Flask, place_code: str | None, **said: str) -> str | None:
    with app.app_context():
        known = KnownRows({}, {}, None, *places_near(actor_of(make_user("dispatcher")), place_code))
        return place_of(SheetRow("表", 2, said, {}), known, place_code)[0]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("泗水县", "370831"), ("济宁市泗水县", "370831"), ("山东省济宁市泗水县", "370831"), ("山东省 济宁市", "370800"),
        ("370831", "370831"), ("北京市朝阳区", "110105"), ("吉林省朝阳区", "220104"),
    ],
)  # fmt: skip
def test_a_place_is_read_by_name_with_or_without_those_around_it(country: Flask, said: str, code: str) -> None:
    assert found(country, None, place=said) == code


def test_a_name_that_two_share_is_the_one_in_the_file_s_place_or_left_open(country: Flask) -> None:
    assert found(country, CITY, place="朝阳区") == "220104"
    assert found(country, None, place="朝阳区") is None


def test_the_beginning_of_a_name_is_a_place_of_the_sender_only(country: Flask) -> None:
    assert found(country, "370800", unit="泗水县人民医院") == "370831"
    assert found(country, "370800", name="东方市场改造") == "370800"
    assert found(country, None, name="东方市人民医院") == "469007"  # the control: by somebody of the whole country
