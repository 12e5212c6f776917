"""A ledger of projects in a browser: sent, looked at on a desk and a phone, decided by keyboard, taken over."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from journeys.looking import axe, misfits
from playwright.sync_api import Page, expect

sys.path.append(str(Path(__file__).parents[1] / "portfolio" / "ledger"))

from test_posting import ROWS, ledger
from test_promises_and_months import months


def test_a_ledger_is_taken_over_with_the_keyboard(as_role: Callable[..., Page], tmp_path: Path) -> None:
    page = as_role("dispatcher")
    bad = [*ROWS[1]]
    bad[6] = "三亿多"
    path = tmp_path / "台账.xlsx"
    path.write_bytes(ledger(ROWS[0], bad))
    page.goto("/ledgers")
    page.set_input_files("input[name=file]", path)
    page.get_by_role("button", name="上传并预览").press("Enter")
    page.wait_for_selector("#rows")
    assert axe(page) + misfits(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert misfits(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    choice = page.get_by_role("combobox", name=ROWS[0][1])
    choice.focus()
    choice.select_option("new")
    page.get_by_role("button", name="保存这一页的选择").press("Enter")
    page.get_by_role("checkbox", name="先入库其余的").press("Space")
    page.get_by_role("button", name="确认入库").press("Enter")
    page.wait_for_selector("#written")
    assert page.get_by_role("link", name=ROWS[0][1]).is_visible()
    assert axe(page) + misfits(page) == []


def test_past_months_are_approved_by_another(as_role: Callable[..., Page], tmp_path: Path) -> None:
    page = as_role("dispatcher")
    path = tmp_path / "历史.xlsx"
    path.write_bytes(months())
    page.goto("/ledgers")
    page.set_input_files("input[name=file]", path)
    page.get_by_label("地区").fill("济宁市")
    page.get_by_role("button", name="上传并预览").click()
    page.get_by_role("button", name="确认入库 2 个项目").click()
    page.wait_for_selector("#written")
    page.goto(f"{urlsplit(page.url).path}/months")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert axe(page) + misfits(page) == []
    assert page.get_by_role("button", name="通过").count() == 0, "who brought them may not approve them"


def sent(page: Page, path: Path, first: int, count: int) -> None:
    """Send a ledger of so many new projects, and ask for it to be posted."""
    rows = [[n, f"泗水县第{n}卫生室", None, "泗水县", "泗水县卫健局", None, 100] for n in range(first, first + count)]
    path.write_bytes(ledger(*rows))
    page.goto("/ledgers")
    page.set_input_files("input[name=file]", path)
    page.get_by_role("button", name="上传并预览").click()
    page.wait_for_selector("#rows")
    page.get_by_role("button", name="确认入库").click()


def test_a_large_ledger_shows_how_far_it_is_and_then_what_it_wrote(
    as_role: Callable[..., Page], tmp_path: Path
) -> None:
    """LG-14: by itself with scripts; without them the browser looks again, and another page may be read meanwhile."""
    page = as_role("dispatcher")
    sent(page, tmp_path / "一.xlsx", 1, 46)
    progress = page.get_by_role("progressbar", name="台账正在入库")
    expect(progress).to_be_visible()
    assert axe(page) + misfits(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert misfits(page) == []
    expect(page.locator("#written")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("main")).to_contain_text("46 个项目")

    plain = as_role("dispatcher", java_script_enabled=False)
    sent(plain, tmp_path / "二.xlsx", 101, 31)
    where = plain.url
    expect(plain.get_by_role("progressbar")).to_be_visible()
    plain.goto("/projects")  # it goes on
    plain.goto(where)
    expect(plain.locator("#written")).to_be_visible(timeout=60_000)
