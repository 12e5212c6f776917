"""A ledger of projects in a browser: sent, looked at on a desk and a phone, decided by keyboard, taken over."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from journeys.looking import axe, misfits
from playwright.sync_api import Page

sys.path.append(str(Path(__file__).parents[1] / "portfolio" / "ledger"))

from test_posting import ROWS, ledger


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
