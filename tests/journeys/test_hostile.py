"""Typed text stays text: payloads of many kinds, entered wherever people may type, opened by others in a browser whose
policy is switched off.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from journeys.looking import Watch, injected
from playwright.sync_api import Page, expect

SLUG, MONTH = "jn21-05-huli", "2021-11"
PAYLOADS = (
    "<script>window.__pwned=1;alert(1)</script>",
    "</textarea><script>window.__pwned=1</script>",
    "</title></style><script>alert(2)</script>",
    "<img src=x onerror=window.__pwned=1>",
    "\"><img src=x onerror='window.__pwned=1'>",
    "' autofocus onfocus='window.__pwned=1' x='",
    '" onmouseover="window.__pwned=1" style="position:fixed;inset:0" x="',
    "<svg/onload=window.__pwned=1>",
    "<svg><animate onbegin=window.__pwned=1 attributeName=x></svg>",
    "<math><mtext><style><img title='</style><img src=x onerror=window.__pwned=1>'>",
    "<iframe srcdoc='<script>parent.__pwned=1</script>'></iframe>",
    "<a href=javascript:window.__pwned=1>按此</a>",
    "javascript:window.__pwned=1",
    "<details open ontoggle=window.__pwned=1>",
    "<x contenteditable onblur=window.__pwned=1 tabindex=1>",
    "{{ 7*7 }}{% set x = cycler.__init__ %}${7*7}#{7*7}",
    "&lt;script&gt;window.__pwned=1&lt;/script&gt; &#60;img src=x&#62;",
    "%(name)s %s %d {0} %",
    "＜script＞alert(3)＜/script＞ \u202e<b>txet\u202c a\u200bb \ufeff\U0001f3d7\ufe0f",
    "<!--><img src=x onerror=window.__pwned=1>--> ]]> <![CDATA[ <",
    '=HYPERLINK("javascript:alert(4)","x")|\'!A1',
)
ALL = "\n".join(PAYLOADS)


@pytest.fixture
def naive(as_role: Callable[..., Page], watch: Watch) -> Callable[..., Page]:
    """Pages in a browser that follows no content policy, so that only escaping protects them."""
    watch.tolerated += [f"status of {status}" for status in (404, 422)]

    def person(role: str | None) -> Page:
        return as_role(role, bypass_csp=True)

    return person


def opened(page: Page, path: str) -> Page:
    page.goto(path)
    assert injected(page) == [], path
    return page


def says_literally(page: Page, text: str, *places: str) -> None:
    """Each of `places` shows `text` as it was typed; where lines end is left to the page."""
    for place in places:
        shown = [" ".join(one.split()) for one in page.locator(place).all_inner_texts()]
        assert any(" ".join(text.split()) in one for one in shown), f"{place}: {shown}"


def test_a_report_full_of_scripts_is_only_read(naive: Callable[..., Page]) -> None:
    manager, dispatcher, leader = naive("manager"), naive("dispatcher"), naive("leader")
    form = f"/projects/{SLUG}/reports/{MONTH}"
    opened(manager, form)
    numbers = {name: manager.get_by_label(name).input_value() for name in ("主体结构", "累计完成投资")}

    # Figures that are none come back refused, with what was typed.
    for name in numbers:
        manager.get_by_label(name).fill(PAYLOADS[3])
    for label in ("本月进展", "存在问题", "下月计划", "下调原因"):
        manager.get_by_label(label).fill(ALL)
    expect(manager.locator("#preview")).to_contain_text(PAYLOADS[3])
    assert injected(manager) == []
    manager.get_by_role("button", name="提交审核").click()
    expect(manager.get_by_role("alert")).to_contain_text(PAYLOADS[3])
    assert injected(manager) == []
    for label in ("本月进展", "下调原因"):
        expect(manager.get_by_label(label)).to_have_value(ALL)

    for name, value in numbers.items():
        manager.get_by_label(name).fill(value)
    manager.get_by_role("button", name="提交审核").click()
    expect(manager.locator(".flash")).to_be_visible()

    # The reviewer answers in kind.
    opened(dispatcher, "/reports")
    opened(dispatcher, f"{form}/1")
    for position in range(4):
        assert dispatcher.locator(".texts dd").nth(position).inner_text() == ALL
    dispatcher.get_by_label("意见").fill(ALL[:900])
    dispatcher.get_by_role("button", name="退回修改").click()
    expect(dispatcher.locator(".flash")).to_be_visible()
    for path in ("/", "/reports", form):
        opened(manager, path)
        expect(manager.locator("main")).to_contain_text(PAYLOADS[0])
    assert injected(manager) == []
    manager.get_by_role("button", name="提交审核").click()
    expect(manager.locator(".flash")).to_be_visible()
    opened(dispatcher, f"{form}/1").get_by_role("button", name="通过", exact=True).click()

    # A correction's reason, and a conflict between two windows.
    opened(manager, f"{form}/1").locator("summary").click()
    manager.get_by_label("更正原因").fill(ALL[:900])
    manager.get_by_role("button", name="建立更正稿").click()
    expect(manager.locator(".note")).to_contain_text(PAYLOADS[0])
    assert injected(manager) == []
    for path in (
        "/",
        "/projects",
        f"/projects/{SLUG}",
        f"{form}/1",
        f"{form}/2",
        f"/projects/{SLUG}/gantt",
        "/gantt",
        "/targets",
    ):
        opened(leader, path)
    says_literally(opened(leader, f"{form}/1"), ALL, ".texts dd")


def test_two_windows_with_scripts_in_both_are_compared_as_text(naive: Callable[..., Page], watch: Watch) -> None:
    watch.tolerated.append("status of 409")
    manager = naive("manager")
    form = f"/projects/yc21-03-jikong/reports/{MONTH}"
    opened(manager, form)
    second = opened(manager.context.new_page(), form)
    for window, text in ((second, PAYLOADS[0]), (manager, PAYLOADS[4])):
        window.get_by_label("本月进展").fill(text)
        window.get_by_role("button", name="保存草稿").click()
    expect(manager.locator(".versus")).to_contain_text(PAYLOADS[0])
    expect(manager.locator(".versus")).to_contain_text(PAYLOADS[4])
    assert injected(manager) == []


def agreed(person: Page) -> None:
    """Let somebody else agree to the request that waits, which shows all of it as text."""
    opened(person, "/requests")
    person.locator("#waiting + .scroll tbody a").first.click()
    assert injected(person) == []
    person.get_by_role("button", name="同意并办理").click()
    expect(person.locator(".flash")).to_be_visible()


def test_a_gate_full_of_scripts_is_only_read(naive: Callable[..., Page]) -> None:
    manager, leader, dispatcher = naive("manager"), naive("leader"), naive("dispatcher")
    gates = f"/projects/{SLUG}/gates"
    opened(manager, f"{gates}?edit=topped_out")
    form = manager.locator("#gate-form form")
    fields = {"#document_number": PAYLOADS[3], "#body": PAYLOADS[4], "#note": ALL}
    form.locator("#passed_on").fill("2021-11-20")
    if not form.locator("#backdated_reason").is_visible():  # another journey may have closed the month
        form.locator("summary", has_text="已经结月的月份").click()
    form.locator("#backdated_reason").fill(ALL[:400])
    form.locator("#why").fill(ALL[:400])
    for field, text in fields.items():
        form.locator(field).fill(text)
    form.locator("button[value=record]").click()
    expect(manager.locator(".flash")).to_be_visible()
    assert injected(manager) == []
    agreed(dispatcher)
    opened(manager, f"{gates}?edit=in_use")
    waived = manager.locator("#gate-form form")
    waived.locator("summary", has_text="不办").click()
    waived.locator("#waived_reason").fill(ALL[:450])
    waived.locator("#why").fill(ALL[:400])
    waived.locator("button[value=waive]").click()
    expect(manager.locator(".flash")).to_be_visible()
    agreed(dispatcher)
    for person in (manager, leader):
        opened(person, gates)
        for text in fields.values():
            says_literally(person, text, "#gate-topped_out td")
        says_literally(person, PAYLOADS[0], "#gate-in_use td")
        opened(person, f"/projects/{SLUG}")
        says_literally(person, PAYLOADS[3], "main td")


def test_a_plan_changed_for_scripts_is_only_read(naive: Callable[..., Page]) -> None:
    manager, leader, dispatcher = naive("manager"), naive("leader"), naive("dispatcher")
    plan = f"/projects/{SLUG}/plan"
    opened(manager, plan)
    finish = manager.locator("#finish")
    finish.fill(finish.input_value().replace("-30", "-29"))
    manager.locator("#reason").fill(ALL[:400])
    manager.get_by_role("button", name="保存计划").click()
    expect(manager.locator(".flash")).to_be_visible()
    opened(manager, f"/projects/{SLUG}")  # where it waits beside what is in force
    agreed(dispatcher)
    for person in (manager, leader):
        opened(person, f"/projects/{SLUG}")
        opened(person, f"/projects/{SLUG}/gantt")
    opened(manager, plan)


def test_money_and_people_full_of_scripts_are_only_read(naive: Callable[..., Page]) -> None:
    finance, leader, admin = naive("finance"), naive("leader"), naive("admin")
    money = f"/projects/{SLUG}/funding"
    opened(finance, money)
    finance.locator("#entry-form summary").click()
    form = finance.locator("#entry-form form")
    form.locator("#amount").fill("12.5")
    form.locator("#on").fill("2021-11-20")
    form.locator("#memo").fill(PAYLOADS[1])
    form.locator("#document_number").fill(PAYLOADS[3])
    form.get_by_role("button").click()
    finance.wait_for_load_state()
    if form.locator("#confirmed").count():
        form.locator("#confirmed").check()
        form.get_by_role("button").click()
    expect(finance.locator(".flash")).to_be_visible()
    for person in (finance, leader):
        says_literally(opened(person, money), PAYLOADS[1], "main td")
        opened(person, "/funding")
    opened(admin, "/admin/users")
    admin.locator("#username").fill("hostile")
    admin.locator("#display_name").fill(PAYLOADS[3])
    admin.get_by_role("button", name="新建").click()
    admin.locator("h1", has_text="密码单").wait_for()
    assert injected(admin) == []
    says_literally(admin, PAYLOADS[3], "main dd")
    says_literally(opened(admin, "/admin/users"), PAYLOADS[3], "main td")


@pytest.mark.parametrize(
    "address",
    [
        "/projects?q={}",
        "/gantt?q={}",
        "/gantt?zoom={}",
        "/funding?q={}",
        "/projects?as_of={}",
        "/reports?month={}",
        "/projects/{}",
    ],
)
def test_what_an_address_carries_is_only_read(naive: Callable[..., Page], address: str) -> None:
    leader = naive("leader")
    for payload in PAYLOADS:
        opened(leader, address.format(quote(payload, safe="")))


def test_signing_in_leads_nowhere_else(naive: Callable[..., Page]) -> None:
    stranger = naive(None)
    for goal in (
        "javascript:alert(1)",
        "//elsewhere.invalid/",
        "https://elsewhere.invalid/",
        "/\\elsewhere.invalid",
        PAYLOADS[0],
    ):
        opened(stranger, f"/sign-in?next={quote(goal, safe='')}")
        stranger.locator("#username").fill(PAYLOADS[4])
        stranger.locator("#password").fill("wrong")
        stranger.locator("main button").click()
        expect(stranger.get_by_role("alert")).to_be_visible()
        assert injected(stranger) == []
        expect(stranger.locator("#username")).to_have_value(PAYLOADS[4])


def test_a_payload_put_in_as_markup_is_noticed(naive: Callable[..., Page], watch: Watch) -> None:
    """The control: were one of them not escaped, the checks above would say so."""
    watch.tolerated.append("404")
    page = naive("leader")
    silent = []
    for payload in PAYLOADS[2:15]:
        page.goto("/targets")
        page.evaluate(
            "text => document.querySelector('main').insertAdjacentHTML('beforeend', `<p title=\"${text}\" "
            "class='${text}'>${text}</p>`)",
            payload,
        )
        page.wait_for_timeout(50)
        if not injected(page):
            silent.append(payload)
    assert silent == ["javascript:window.__pwned=1"], "which is harmless outside of an address"
    page.goto("/targets")
    page.evaluate("document.querySelector('h1').innerHTML = '<img src=x onerror=window.__pwned=1;alert(1)>'")
    page.wait_for_function("window.__pwned === 1")
    page.wait_for_timeout(100)
    assert any("dialog" in one for one in watch.problems)
    watch.problems.clear()
