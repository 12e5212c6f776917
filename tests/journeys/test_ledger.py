"""A ledger of projects in a browser: sent, looked at on a desk and a phone, decided by keyboard, taken over."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from journeys.looking import axe, misfits
from playwright.sync_api import Page

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
