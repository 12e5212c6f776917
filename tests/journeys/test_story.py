"""The whole story of a month, told in a browser: due, filled, foreseen, submitted, returned, mended, approved, and seen
by whoever decides.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import NamedTuple

from journeys.looking import Watch
from playwright.sync_api import Locator, Page, expect

SLUG, NAME = "jn21-03-zhongzheng", "市公共卫生重症医学中心"
OTHER, OTHER_NAME = "yc21-01-beiyuan", "市人民医院北院二期"
MONTH = "2021-11"
COMMENT = "监理月报为 8 层, 请核对"
QUEUE = "h2:has-text('等我审核') + .scroll"
A_DAY = 3  # pixels of the Gantt at a month's zoom
Verdict = tuple[str, int, str]
DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Line(NamedTuple):
    """A project's row of the portfolio."""

    state: str
    slip: int
    percent: float
    forecast: dt.date
    works: str
    data: str


class Bars(NamedTuple):
    """A project's row of the Gantt: its words, and where its forecast bar ends in pixels."""

    words: str
    end: int


def portfolio(page: Page, name: str = NAME) -> Line:
    page.goto("/projects?per_page=500")
    cells = (
        page.locator("table.portfolio tbody tr")
        .filter(has=page.get_by_role("link", name=name, exact=True))
        .locator("td")
        .all_inner_texts()
    )
    headings = page.locator("table.portfolio thead th").all_inner_texts()[1:]
    seen = dict(zip([heading.rstrip(" ▲▼") for heading in headings], cells, strict=True))
    return Line(
        seen["承诺判断"],
        number(seen["偏差 (天)"]),
        float(seen["进度 / 计划 (%)"].partition("/")[0]),
        dt.date.fromisoformat(seen["推算完工"]),
        seen["工程"],
        seen["数据"],
    )


def gantt(page: Page, slug: str = SLUG) -> Bars:
    page.goto("/gantt?zoom=month")
    line = page.locator(".g-line").filter(has=page.locator(f".g-name[href='/projects/{slug}']"))
    path = line.locator("path.g-forecast").get_attribute("d") or ""
    ends = [int(left) + int(width) for left, width in re.findall(r"M(\d+) \d+h(\d+)", path)]
    return Bars(line.locator(".g-sub").inner_text(), max(ends))


def number(text: str) -> int:
    return int(text.replace("−", "-").replace("+", ""))


def foreseen(box: Locator) -> Verdict:
    """The verdict that a preview announces: state, days late, forecast day."""
    facts = dict(
        zip(box.locator("article dt").all_inner_texts(), box.locator("article dd").all_inner_texts(), strict=True)
    )
    found = DAY.search(facts["推算日期"])
    assert found
    return box.locator("article .light").last.inner_text(), number(facts["与期限相差 (天)"]), found[0]


def fill(page: Page, floors: str, investment: str, narrative: str) -> None:
    page.get_by_label("主体结构").fill(floors)
    page.get_by_label("累计完成投资").fill(investment)
    page.get_by_label("本月进展").fill(narrative)


def fills_what_is_due(manager: Page) -> Verdict:
    """Finds the month due, and the form filled with last month's figures; what is typed changes the foreseen verdict
    before anything is sent.
    """
    manager.goto("/")
    due = manager.get_by_role("row").filter(has_text="2021-12-05").filter(has=manager.get_by_role("link", name=NAME))
    expect(due).to_contain_text(MONTH)
    due.get_by_role("link", name=NAME).click()
    for label, value in (("主体结构", "4"), ("前期", "100"), ("累计完成投资", "36358")):
        expect(manager.get_by_label(label)).to_have_value(value)
    preview = manager.locator("#preview")
    expect(preview).to_contain_text("26.00%")
    unchanged = foreseen(preview)
    fill(manager, "6", "39000", "主体结构施工至六层")
    manager.get_by_label("机电与医疗专项").fill("1.5")
    expect(preview).to_contain_text("29.30%")
    expect(preview).to_contain_text("2,642.00")
    manager.get_by_label("机电与医疗专项").fill("0")
    expect(preview).to_contain_text("29.00%")
    first = foreseen(preview)
    assert first[1] < unchanged[1], "two floors more bring the forecast forward"
    manager.get_by_role("button", name="提交审核").click()
    expect(manager.locator(".flash")).to_have_text("月报已提交, 等待审核")
    return first


def returns_it(dispatcher: Page) -> None:
    """Finds it in the queue, and returns it: not without a comment."""
    dispatcher.goto("/")
    dispatcher.get_by_role("link", name="月报", exact=True).click()
    dispatcher.locator(QUEUE).get_by_role("link", name=NAME).click()
    expect(dispatcher.get_by_text("主体结构施工至六层")).to_be_visible()
    dispatcher.get_by_role("button", name="退回修改").click()
    expect(dispatcher.get_by_role("alert")).to_contain_text("意见")
    dispatcher.get_by_label("意见").fill(COMMENT)
    dispatcher.get_by_role("button", name="退回修改").click()
    expect(dispatcher.locator(".flash")).to_have_text("已退回, 填报人可以看到您的意见")


def mends_it(manager: Page) -> Verdict:
    """Reads why, mends it, and submits again."""
    manager.goto("/")
    back = manager.get_by_role("row").filter(has_text=COMMENT)
    expect(back).to_contain_text("已退回")
    back.get_by_role("link", name=NAME).click()
    expect(manager.locator(".returned")).to_contain_text(COMMENT)
    expect(manager.get_by_label("主体结构")).to_have_value("6")
    fill(manager, "8", "39500", "主体结构施工至八层")
    expect(manager.locator("#preview")).to_contain_text("32.00%")
    promised = foreseen(manager.locator("#preview"))
    manager.get_by_role("button", name="提交审核").click()
    expect(manager.locator(".flash")).to_have_text("月报已提交, 等待审核")
    return promised


def approves_it(dispatcher: Page) -> Verdict:
    """Approves the second round."""
    dispatcher.goto("/reports")
    dispatcher.locator(QUEUE).get_by_role("row").filter(has_text="第 1 版第 2 轮").get_by_role(
        "link", name=NAME
    ).click()
    announced = foreseen(dispatcher.locator(".foresee"))
    dispatcher.get_by_role("button", name="通过", exact=True).click()
    expect(dispatcher.locator(".flash")).to_have_text("已通过, 项目的判断已重新计算")
    return announced


def test_a_report_goes_from_the_site_to_the_leaders_chart(as_role: Callable[..., Page], watch: Watch) -> None:
    watch.tolerated.append("status of 422")  # the browser names the page that refuses a return without a comment
    leader, manager, dispatcher = as_role("leader"), as_role("manager"), as_role("dispatcher")
    before, bars_before = portfolio(leader), gantt(leader)
    assert before.data == "◉ 及时, 36 天前"

    first = fills_what_is_due(manager)
    returns_it(dispatcher)
    promised = mends_it(manager)
    assert promised[1] < first[1]
    assert portfolio(leader) == before, "a report counts only once it is approved"
    assert approves_it(dispatcher) == promised, "both were shown the same verdict"

    # The leader sees what was foreseen, in the list and in the chart.
    after, bars_after = portfolio(leader), gantt(leader)
    assert (after.state, after.slip) == promised[:2]
    assert (after.percent, after.data) == (32.0, "◉ 及时, 0 天前")
    assert after.works != before.works
    assert after.slip != before.slip
    assert after.forecast != before.forecast
    assert bars_after.end - bars_before.end == A_DAY * (after.forecast - before.forecast).days
    assert "26%" in bars_before.words
    assert "32%" in bars_after.words
    assert after.state in bars_after.words

    # And goes down from the chart to the project, the promise's clause and the report.
    leader.locator(f".g-name[href='/projects/{SLUG}']").click()
    expect(leader.locator("blockquote").first).to_contain_text("主体工程完工50%以上")
    leader.get_by_role("link", name=MONTH).click()
    expect(leader.get_by_text("主体结构施工至八层", exact=True)).to_be_visible()
    expect(leader.get_by_text(COMMENT)).to_be_visible()


def test_the_form_works_without_scripts(as_role: Callable[..., Page]) -> None:
    leader, manager = as_role("leader"), as_role("manager", java_script_enabled=False)
    before = portfolio(leader, OTHER_NAME)
    manager.goto(f"/projects/{OTHER}/reports/{MONTH}")
    preview = manager.locator("#preview")
    expect(preview).to_contain_text("填写后点“预览”")
    last = int(manager.get_by_label("主体结构").input_value())
    fill(manager, str(last + 1), "35000", "主体结构又完成一层")
    manager.get_by_role("button", name="预览").click()
    expect(preview).to_contain_text("总体形象进度")
    verdict = foreseen(preview)
    expect(manager.get_by_label("本月进展")).to_have_value("主体结构又完成一层")
    manager.get_by_label("主体结构").fill(str(last + 2))
    manager.get_by_role("button", name="预览").click()
    assert foreseen(preview)[1] < verdict[1]
    manager.get_by_role("button", name="提交审核").click()
    expect(manager.locator(".flash")).to_have_text("月报已提交, 等待审核")
    expect(manager.locator("main .lead")).to_contain_text("待审核")
    expect(manager.get_by_text("主体结构又完成一层")).to_be_visible()
    assert portfolio(leader, OTHER_NAME) == before, "a report counts only once it is approved"


def test_a_refused_form_keeps_what_was_typed_and_says_what_to_mend(as_role: Callable[..., Page], watch: Watch) -> None:
    watch.tolerated.append("status of 422")
    manager = as_role("manager")
    manager.goto(f"/projects/yc21-03-jikong/reports/{MONTH}")
    manager.get_by_label("主体结构").fill("四层半")
    manager.get_by_label("下月计划").fill("继续施工")
    manager.get_by_role("button", name="提交审核").click()
    expect(manager.get_by_role("alert")).to_contain_text("四层半")
    expect(manager.get_by_label("主体结构")).to_have_value("四层半")
    expect(manager.get_by_label("下月计划")).to_have_value("继续施工")
    manager.get_by_role("alert").get_by_role("link").first.click()
    expect(manager.get_by_label("主体结构")).to_be_focused()
