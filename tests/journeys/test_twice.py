"""A double click, a step back, a page without scripts: a form that is sent twice books once. Rule A-21."""

from __future__ import annotations

import io
from collections.abc import Callable

from journeys.looking import Watch, axe
from PIL import Image
from playwright.sync_api import Page, Route, expect

BUTTON = "#new button"


def typed(page: Page, voucher: str) -> Page:
    """The form of a receipt, filled."""
    page.goto("/receipts")
    page.locator("#new summary").click()
    for name, value in {"received_on": "2021-11-02", "amount": "12", "voucher": voucher, "payee": "示例医院"}.items():
        page.locator(f"#new [name={name}]").fill(value)
    return page


def booked(page: Page, voucher: str) -> int:
    page.goto(f"/receipts?q={voucher}")
    return page.locator("main table tbody tr").filter(has_text=voucher).count()


def test_a_double_click_books_once_and_says_so(as_role: Callable[..., Page]) -> None:
    page = typed(as_role("finance", bypass_csp=True), "twice-1")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.locator(BUTTON).dblclick()
    expect(page.locator(".flash")).to_contain_text("已登记到账")
    assert len(sent) == 1  # the second click met a resting button
    assert booked(page, "twice-1") == 1


def test_buttons_rest_while_a_form_is_sent_and_wake_if_no_answer_comes(as_role: Callable[..., Page]) -> None:
    page = as_role("finance", bypass_csp=True)
    page.clock.install()
    typed(page, "twice-2")

    def swallow(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=204)  # the page stays, as while it waits
        else:
            route.continue_()

    page.route("**/receipts**", swallow)
    page.locator(BUTTON).click()
    page.clock.run_for(1_000)
    expect(page.locator(BUTTON)).to_be_disabled()
    expect(page.locator("#new form")).to_have_attribute("aria-busy", "true")
    assert axe(page) == []
    expect(page.locator("header form button").first).to_be_enabled()  # other forms are not concerned
    page.clock.run_for(20_000)
    expect(page.locator(BUTTON)).to_be_enabled()
    page.unroute("**/receipts**")
    page.locator(BUTTON).click()
    expect(page.locator(".flash")).to_contain_text("已登记到账")
    page.go_back()
    expect(page.locator("header form button").first).to_be_enabled()
    assert booked(page, "twice-2") == 1


def test_without_scripts_the_second_send_gets_the_first_answer(as_role: Callable[..., Page]) -> None:
    page = typed(as_role("finance", java_script_enabled=False), "twice-3")
    fields = {one.get_attribute("name"): one.input_value() for one in page.locator("#new [name]").all()}
    first, second = (page.request.post("/receipts", form=fields, max_redirects=0) for _ in range(2))
    assert (first.status, second.status) == (302, 302)
    assert first.headers["location"] == second.headers["location"]
    assert booked(page, "twice-3") == 1


def test_other_content_under_the_same_key_is_asked_about(as_role: Callable[..., Page], watch: Watch) -> None:
    """As after a step back in a browser that keeps its pages: the form is the old one, its content is not."""
    watch.tolerated.append("status of 409")
    page = typed(as_role("finance", bypass_csp=True), "twice-4")
    key = page.locator("#new [name=once]").input_value()
    page.locator(BUTTON).click()
    expect(page.locator(".flash")).to_contain_text("已登记到账")
    typed(page, "twice-5").locator("#new [name=once]").evaluate("(field, key) => field.value = key", key)
    page.locator(BUTTON).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("这份表单已经提交过")
    expect(page.locator("main")).to_contain_text("twice-5")
    assert axe(page) == []
    page.get_by_role("button", name="作为另一份提交").click()
    expect(page.locator(".flash")).to_contain_text("已登记到账")
    assert (booked(page, "twice-4"), booked(page, "twice-5")) == (1, 1)


def test_photos_are_added_one_after_another_on_one_page(as_role: Callable[..., Page]) -> None:
    """The page stays, so the script takes the next key from each answer."""
    page = as_role("manager", bypass_csp=True)
    page.goto("/projects/yc21-03-jikong/files")
    pictures = page.locator("#files ul.files li")
    before = pictures.count()
    for number in (1, 2):
        photo = io.BytesIO()
        Image.new("RGB", (64, 48), ("orange", "green")[number - 1]).save(photo, "JPEG")
        page.locator("#files-chosen").set_input_files(
            {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}
        )
        page.locator("#files form[data-files] button").click()
        expect(pictures).to_have_count(before + number)
