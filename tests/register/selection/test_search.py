"""A search finds a project by what it is called, however that is written; nothing is lost that was found before."""

from __future__ import annotations

import datetime as dt

import pytest
from builders import make_day, make_place, make_project, make_user, sign_in
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import or_, select, update

from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import Project, ProjectSearch, Unit
from projects.register.selection import operations, queries
from projects.register.selection.extract import folded, searched
from projects.register.selection.filtering import PortfolioFilter
from projects.register.selection.queries import conditions

DAY = dt.date(2021, 11, 30)
NORTH, OTHER, ODD = "north", "other", "odd"


@pytest.fixture
def named(app: Flask) -> Flask:
    """Three projects with names that are hard to find."""
    with app.app_context():
        make_day()
        make_place("360000", "江西省")
        make_place("360900", "宜春市")
        with transaction():
            unit = Unit(name="示例妇幼保健院", place_code="360900")
            db.session.add(unit)
            db.session.flush()
        make_project(NORTH, name="宜春市人民医院（北院）AB 楼", place_code="360900", national_code="2020-36-03")
        make_project(OTHER, name="示例中医院住院楼", unit_id=unit.id)
        make_project(ODD, name="示例完成100%的a_b项目—二期")
    return app


def found(app: Flask, asked: str) -> set[str]:
    with app.app_context():
        wanted = conditions(SYSTEM, PortfolioFilter(q=asked), None, DAY)
        return set(db.session.scalars(select(Project.slug).where(*wanted)))


@pytest.mark.parametrize(
    ("asked", "slugs"),
    [
        ("宜春", {NORTH}),
        ("医院北院", {NORTH}),
        ("医院（北院", {NORTH}),
        ("ＡＢ", {NORTH}),
        ("ab楼", {NORTH}),
        ("宜春市人民醫院", {NORTH}),
        ("ycrmyy", {NORTH}),
        ("YCSRMYY", {NORTH}),
        ("jxs", {NORTH}),
        ("江西", {NORTH}),
        ("20203603", {NORTH}),
        ("2020-36-03", {NORTH}),
        ("north", {NORTH}),
        ("醫院", {NORTH, OTHER}),
        ("婦幼", {OTHER}),
        ("fybjy", {OTHER}),
        ("医院 宜春", {NORTH}),
        ("医院　住院", {OTHER}),
        ("医院 宜春 住院", set()),
        ("100%", {ODD}),
        ("1%0", set()),
        ("%", {ODD}),
        ("a_b", {ODD}),
        ("a_", {ODD}),
        ("人_医", set()),
        ("—", {ODD}),
        ("— 二期", {ODD}),
        ("（", {NORTH}),
        ("没有", set()),
    ],
)
def test_a_project_is_found_by_what_it_is_called(named: Flask, asked: str, slugs: set[str]):
    assert found(named, asked) == slugs


def test_pages_that_search_find_it_so(named: Flask):
    with named.app_context():
        user = make_user("leader")
    client = named.test_client()
    sign_in(client, user)
    for page in ("/projects", "/projects.csv", "/gantt", "/funding", "/ladder", "/findings"):
        answer = client.get(page, query_string={"q": "醫院 ycrmyy"})
        assert answer.status_code == 200, page
        if page.startswith("/projects"):
            assert "北院" in answer.text
            assert "住院楼" not in answer.text


def test_a_search_that_forgets_to_fold_is_found_out(named: Flask, monkeypatch: pytest.MonkeyPatch):
    """The negative control: with the letters as they were typed, three of four ways to write it find nothing."""
    monkeypatch.setattr(queries, "folded", lambda word: word)
    assert [found(named, asked) for asked in ("宜春", "醫院", "ＡＢ", "（北院）")] == [{NORTH}, set(), set(), set()]


WRITTEN = st.text(st.sampled_from("宜春市人民醫医院 （）北院AbＡ1１%_-—·项目乾隆臺"), min_size=1, max_size=12)


@given(name=WRITTEN, start=st.integers(0, 11), length=st.integers(1, 12))
def test_what_a_name_contains_is_found_as_before(name: str, start: int, length: int):
    """A search was for a part of the name as typed; each of its words is in the folded text, or is nothing but
    punctuation, which is looked for as it stands.
    """
    part = name[start : start + length]
    text = searched([name])
    assert all(folded(word) in text for word in part.split())


def test_nothing_is_lost_that_was_found_before(named: Flask):
    """Every part of every name, unit and slug, by the search of before and by this one."""
    with named.app_context():
        names = list(db.session.scalars(select(Project.name).union(select(Unit.name))))
    for asked in sorted({name[at : at + size] for name in names for size in (1, 2, 5) for at in range(len(name))}):
        if not asked.strip():
            continue
        with named.app_context():
            units = select(Unit.id).where(Unit.name.contains(asked.strip(), autoescape=True))
            before = or_(Project.name.contains(asked.strip(), autoescape=True), Project.unit_id.in_(units))
            wanted = set(db.session.scalars(select(Project.slug).where(before)))
        assert wanted <= found(named, asked.strip()), asked


def test_a_project_called_otherwise_is_found_by_its_new_name_only(named: Flask):
    with named.app_context():
        with transaction():
            db.session.scalars(select(Project).where(Project.slug == NORTH)).one().name = "示例疗养院"
        with transaction():
            db.session.scalars(select(Unit)).one().name = "示例康复中心"
    assert (found(named, "北院"), found(named, "療養院")) == (set(), {NORTH})
    assert (found(named, "妇幼"), found(named, "kfzx")) == (set(), {OTHER})
    with named.app_context(), transaction():
        db.session.execute(update(Project).where(Project.slug == ODD).values(name="示例传染病楼"))
    assert (found(named, "二期"), found(named, "傳染病")) == (set(), {ODD})


def test_a_place_called_otherwise_renews_what_lies_in_it(named: Flask):
    with named.app_context(), transaction():
        db.session.get(operations.Place, "360000").name = "赣省"
    assert (found(named, "江西"), found(named, "贛")) == (set(), {NORTH})


def test_texts_that_nobody_renews_are_found_out(named: Flask, monkeypatch: pytest.MonkeyPatch):
    """The negative control: a change that is not noticed leaves the old name to be found."""
    monkeypatch.setitem(operations.CALLED, Project, frozenset())
    with named.app_context(), transaction():
        db.session.scalars(select(Project).where(Project.slug == NORTH)).one().name = "示例疗养院"
    assert (found(named, "北院"), found(named, "疗养院")) == ({NORTH}, set())


def test_the_stored_texts_are_those_worked_out_anew(named: Flask):
    with named.app_context():
        stored = dict(db.session.execute(select(ProjectSearch.project_id, ProjectSearch.text)).all())
        with transaction():
            operations.renew(db.session.scalars(select(Project.id)))
        assert dict(db.session.execute(select(ProjectSearch.project_id, ProjectSearch.text)).all()) == stored
        assert len(stored) == 3
