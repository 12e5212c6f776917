"""A finance person's hour in a browser: import a treasury file, confirm the sure, split one, leave one unmatched, and
see the findings change.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from journeys.looking import axe, misfits
from playwright.sync_api import Page, expect

SLUG, NAME = "jdz21-04-chanke", "景德镇市妇幼保健院产科服务能力提升"
OTHER, OTHER_NAME = "jdz21-07-weixiao", "景德镇市卫生学校产教融合实训基地建设"
LATE = "地方配套滞后"
LINES = f"""景德镇市2021年中央预算内投资下达明细表,,,,
单位：万元,,,,
文号,下达日期,项目名称,资金来源,下达金额
发改投资〔2021〕88号,2021年6月1日,{NAME},中央预算内投资,壹仟万元整
景财预〔2021〕9号,2021.6.1,{NAME},市级财政,500
发改投资〔2021〕88号,20210601,{OTHER_NAME},中央预算内投资,600
合计,,,,2100
"""
RECEIPTS = """凭证号,到账日期,付款单位,收款单位,金额（元）,摘要
JDZ-1,2021-11-05,市财政局国库支付中心,景德镇市妇保院,"10,000,000.00",拨发改投资[2021]88号 市妇保院产科服务能力提升
JDZ-2,2021/11/9,市财政局国库支付中心,市卫生健康委员会基建专户,8000000,建设资金
JDZ-3,2021年11月12日,市财政局,景德镇市妇幼保健院,12345.67,往来款
"""


def upload(page: Page, kind: str, path: Path) -> None:
    """Choose a file, look at what it would do, and confirm."""
    page.goto(f"/imports?kind={kind}")
    page.get_by_label("要导入的文件").set_input_files(path)
    page.get_by_role("button", name="上传并预览").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("这份文件会写入什么?")
    sound(page)
    page.get_by_role("button", name=re.compile("确认入账 3 行")).click()
    expect(page.locator("main")).to_contain_text("已入账 3 行")


def unmatched(page: Page) -> Decimal:
    """The exact yuan that wait."""
    page.goto("/funding/matching")
    tile = page.locator(".tile", has_text="未匹配").locator("b span")
    return Decimal((tile.get_attribute("title") or "").lstrip("¥").replace(",", "")) if tile.count() else Decimal(0)


def sound(page: Page) -> None:
    """Nothing wrong with the page as it stands, on a desk and on a phone."""
    assert axe(page) + misfits(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert misfits(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})


def findings(page: Page) -> str:
    page.goto(f"/projects/{SLUG}/funding")
    return page.locator("main").inner_text()


def test_a_treasury_file_is_matched_in_an_hours_work_and_the_findings_change(
    as_role: Callable[..., Page], tmp_path: Path
) -> None:
    page = as_role("finance")
    before = unmatched(page)
    (tmp_path / "lines.csv").write_bytes(LINES.encode("gb18030"))
    (tmp_path / "receipts.csv").write_text(RECEIPTS, encoding="utf-8-sig")
    upload(page, "allocations", tmp_path / "lines.csv")
    assert LATE not in findings(page)
    upload(page, "receipts", tmp_path / "receipts.csv")
    assert unmatched(page) - before == Decimal("18012345.67")

    page.goto("/funding/matching?q=JDZ-1")
    sound(page)
    expect(page.get_by_role("checkbox", name="确认")).to_be_checked()
    page.get_by_role("button", name="确认勾选的到账").click()
    expect(page.locator(".flash")).to_have_text("已确认 1 笔到账")
    assert LATE in findings(page)

    page.goto("/funding/matching?q=JDZ-2")
    page.get_by_role("link", name="JDZ-2").click()
    sound(page)
    page.get_by_label("查找下达").fill("景德镇")
    page.get_by_role("button", name="查找").click()
    page.get_by_label(f"记到{OTHER_NAME} 发改投资〔2021〕88号").fill("5000000")
    page.get_by_label(f"记到{NAME} 景财预〔2021〕9号").fill("3000000.00")
    page.get_by_role("button", name="按填写的金额确认").click()
    expect(page.locator(".flash")).to_have_text("已按填写的金额确认")
    assert LATE in findings(page)

    page.goto("/funding/matching")
    expect(page.get_by_role("link", name="JDZ-3")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("JDZ-2")
    assert unmatched(page) - before == Decimal("12345.67")
