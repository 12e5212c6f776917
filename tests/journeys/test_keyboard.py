"""The keyboard alone is enough: to sign in, to file a draft, to walk the Gantt; and one always sees where one is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from journeys.looking import Site, focus
from playwright.sync_api import Page, expect

NAME, MONTH = "市疾控中心易地新建", "2021-11"
FORM = f"/projects/yc21-03-jikong/reports/{MONTH}"
ONE = "/projects/jn21-02-yiliao"
MANY = 400


def stops(page: Page) -> Iterator[dict[str, Any]]:
    """What Tab reaches, one after the other, until it leaves the page or comes round."""
    page.evaluate("document.activeElement.blur()")
    page.evaluate("scrollTo(0, 0)")
    first = None
    for _ in range(MANY):
        page.keyboard.press("Tab")
        found = focus(page)
        if found is None or found["html"] == first:
            return
        first = first or found["html"]
        yield found


def tab_to(page: Page, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Press Tab until what is `wanted` has the focus."""
    for _ in range(MANY):
        page.keyboard.press("Tab")
        found = focus(page)
        if found and wanted(found):
            return found
    raise AssertionError("the keyboard never gets there")


def test_signing_in(as_role: Callable[..., Page], site: Site) -> None:
    page = as_role(None)
    tab_to(page, lambda at: at["id"] == "username")
    page.keyboard.type("manager")
    page.keyboard.press("Tab")
    page.keyboard.type(site.passwords["manager"])
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("今天哪些承诺要紧?")
    tab_to(page, lambda at: at["words"] == "退出")
    page.keyboard.press("Enter")
    expect(page.locator("#username")).to_be_visible()


def test_the_first_stop_skips_to_the_text(as_role: Callable[..., Page]) -> None:
    page = as_role("manager")
    page.goto("/projects")
    page.keyboard.press("Tab")
    first = focus(page)
    assert first
    assert (first["words"], first["seen"], first["ring"]) == ("跳到正文", True, True)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_filing_a_draft(as_role: Callable[..., Page]) -> None:
    page = as_role("manager")
    tab_to(page, lambda at: at["words"] == NAME)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(f"{MONTH} 进展到哪一步了?")
    tab_to(page, lambda at: at["name"] == "floors_structure")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("6")
    tab_to(page, lambda at: at["name"] == "narrative")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("已按监理月报核对")
    tab_to(page, lambda at: at["words"] == "保存草稿")
    page.keyboard.press("Enter")
    expect(page.locator(".flash")).to_have_text("草稿已保存, 尚未提交")
    expect(page.get_by_label("主体结构")).to_have_value("6")
    expect(page.get_by_label("本月进展")).to_have_value("已按监理月报核对")


def test_walking_the_gantt(as_role: Callable[..., Page]) -> None:
    page = as_role("leader")
    page.goto("/gantt")
    rows = page.locator("[data-gantt] summary")
    group = tab_to(page, lambda at: at["tag"] == "summary")

    def at() -> int:
        return int(
            page.evaluate("[...document.querySelectorAll('[data-gantt] summary')].indexOf(document.activeElement)")
        )

    def is_open() -> bool:
        return bool(page.evaluate("document.activeElement.parentElement.open"))

    assert (at(), is_open(), group["ring"]) == (0, True, True)
    page.keyboard.press("ArrowDown")
    assert (at(), is_open()) == (1, False)
    page.keyboard.press("ArrowRight")
    assert is_open()
    expect(page.locator("[data-gantt] details[open] .g-body").first).to_be_visible()
    page.keyboard.press("ArrowLeft")
    assert not is_open()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    assert at() > 1, "rows of a closed group are passed over"
    page.keyboard.press("End")
    assert at() == rows.count() - 1
    last = focus(page)
    assert last
    assert last["seen"], "the row is scrolled into view"
    page.keyboard.press("Home")
    assert at() == 0
    page.keyboard.press("ArrowRight")
    tab_to(page, lambda at: at["tag"] == "a" and "/projects/" in at["html"])
    page.keyboard.press("Enter")
    expect(page.locator("#targets")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("manager", FORM), ("manager", f"{ONE}/gates?edit=start"), ("manager", f"{ONE}/plan"),
        ("dispatcher", f"{ONE}/reports/{MONTH}/1"), ("leader", "/"),
        ("leader", "/projects"), ("leader", "/gantt?plan=wuxi-2020&unfold=1"), ("finance", f"{ONE}/funding"),
        ("admin", "/admin/users"),
    ],
)  # fmt: skip
def test_one_sees_where_the_keyboard_is(as_role: Callable[..., Page], role: str, path: str, width: int) -> None:
    page = as_role(role, width=width)
    page.goto(path)
    found = list(stops(page))
    assert len(found) > 5
    ringed = {
        one["html"] for one in found if one["ring"]
    }  # a date's field has stops inside, where the browser draws the ring
    assert {one["html"] for one in found} - ringed == set()
    assert [one["html"] for one in found if not one["seen"]] == []


def test_a_hidden_focus_would_be_noticed(as_role: Callable[..., Page]) -> None:
    page = as_role(None)
    page.evaluate(
        "document.styleSheets[0].insertRule(':focus-visible { outline: none !important }', "
        "document.styleSheets[0].cssRules.length)"
    )
    page.evaluate("document.body.append(Object.assign(document.createElement('dialog'), {id: 'cover', open: true}))")
    page.evaluate(
        "document.styleSheets[0].insertRule('#cover { position: fixed; inset: 0; width: 100%; height: 100% }')"
    )
    found = list(stops(page))
    assert found
    assert not any(one["ring"] or one["seen"] for one in found if one["id"] == "username")
