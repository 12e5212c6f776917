"""A large file is not waited for: its page shows how far it is and turns into the preview by itself, with scripts and
without. Rule IM-11.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from journeys.looking import axe
from playwright.sync_api import Page, expect

ROWS = 30_000


def sent(page: Page, mark: str) -> Page:
    """A file that takes longer than a second to read, sent."""
    head = "voucher,received_on,payer,payee,amount_yuan,memo\n"
    rows = (
        f"{mark}{n},2021-05-{n % 28 + 1:02},市财政局,示例医院,{n + 1},拨款 示例财建〔2021〕{n}号\n" for n in range(ROWS)
    )
    page.goto("/imports?kind=receipts")
    file = {"name": "大文件.csv", "mimeType": "text/csv", "buffer": (head + "".join(rows)).encode()}
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main form.stack button").click()
    expect(page.locator("h1")).to_have_text("正在读取这份文件")
    return page


@pytest.mark.parametrize("scripts", [True, False])
def test_the_page_turns_into_the_preview_by_itself(as_role: Callable[..., Page], scripts: bool) -> None:
    page = sent(as_role("finance", bypass_csp=True, java_script_enabled=scripts), f"w{scripts}-")
    if scripts:
        assert axe(page) == []
    expect(page.locator("h1")).to_have_text("这份文件会写入什么?", timeout=60_000)
    page.locator("main form[action*='/drop'] button").click()
    expect(page.locator(".flash")).to_contain_text("已放弃这份预览")


def test_it_can_be_left_and_is_found_again(as_role: Callable[..., Page]) -> None:
    page = sent(as_role("finance"), "left-")
    page.goto("/")
    page.goto("/imports")
    page.locator("table a", has_text="大文件.csv").first.click()
    expect(page.locator("h1")).to_have_text("这份文件会写入什么?", timeout=60_000)
    page.locator("main form[action*='/drop'] button").click()
