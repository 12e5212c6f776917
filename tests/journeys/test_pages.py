"""Every page, for everybody, in both languages, on a desk, on a phone and zoomed to 400 %: it answers, axe finds
nothing, it fits, no browser complains.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from journeys.conftest import sign_in, speak
from journeys.looking import Site, Watch, axe, misfits
from playwright.sync_api import Browser, Page

from projects import create_app
from projects.portfolio.book.workbook import to_xlsx
from projects.sheets.writing.views import MIME

sys.path.append(str(Path(__file__).parents[1] / "portfolio" / "ledger"))

from test_posting import ROWS, ledger

OWN_PLAN = Path(__file__).parent / "own_office.txt"
ONE = "/projects/jn21-02-yiliao"
READERS = [
    "/",
    "/projects",
    "/projects?q=没有这样的项目",
    "/targets",
    "/plans",
    "/plans/jining-2021",
    "/reports",
    "/reports?month=2021-05",
    "/gantt",
    "/gantt?view=table&plan=wuxi-2020",
    "/gantt?q=没有这样的项目",
    "/funding",
    "/funding?q=没有这样的项目",
    ONE,
    f"{ONE}?as_of=2020-01-01",
    f"{ONE}/gates",
    f"{ONE}/funding",
    f"{ONE}/gantt",
    "/track-record",
    "/track-record?as_of=2019-01-01",
    f"{ONE}/history",
    f"{ONE}/files",
    f"{ONE}/gates/start/files",
    f"{ONE}/lights",
    f"{ONE}/forecast",
    f"{ONE}/gantt?view=table",
    f"{ONE}/reports/2021-11/1",
    f"{ONE}/reports/2021-10/1",
]
CHOICES = ["zoom=month", "zoom=quarter", "zoom=year", "group=place", "group=plan", "group=none", "unfold=1"]
VARIANTS = ["/projects?per_page=500", "/gantt?view=table", *(f"/gantt?plan=jining-2021&{choice}" for choice in CHOICES)]
RULES = ["/rules", "/rules/gap"]
DESK = ["/imports", "/imports?kind=allocations", "/funding/matching", "/funding/matching?show=sure&q=没有这样的到账"]
MONEY = [
    "/ladder",
    "/ladder?by=document",
    "/ladder?by=year&place=999999",
    "/findings",
    "/findings?rule=F-4&state=open",
    "/findings?rule=F-23",
    "/projects?columns=money",
    "/findings?q=没有这样的项目",
    f"{ONE}/findings",
    f"{ONE}/contracts",
    f"{ONE}/money",
]
TREASURY = [
    "/documents",
    "/documents?q=没有这样的文件",
    "/documents/1",
    "/receipts",
    "/receipts?q=没有这样的到账",
    "/months",
    "/months/2021-09",
    "/months/2021-10",
    "/years/2021",
    "/years/2030",
    "/findings/limits",
]
LISTS = [
    "/",
    "/projects",
    "/targets",
    "/plans",
    "/reports",
    "/gantt",
    "/gantt?view=table",
    "/funding",
]  # empty for one without a unit
REVIEWED = "/projects/jn21-11-yutai-eryuan"  # the sample reviewer's unit builds it
ACCOUNT = dict.fromkeys(
    ["/account", "/account/password", "/account/totp", "/account/unsent", "/account/proof", "/tokens"], 200
)
ERRORS = {"/nowhere": 404, "/projects?as_of=yesterday": 422, "/projects/nothing": 404}
FORM = "/projects/yc21-03-jikong/reports/2021-11"
GATE = f"{ONE}/gates?edit=start"
PLAN = f"{ONE}/plan"
REVERSE = f"{ONE}/funding/193/reverse"
SHORT = "/projects/jn21-08-sishui-eryuan"  # whose local money is behind, and which has a contract
HANDLING = [
    f"{SHORT}/findings",
    f"{SHORT}/findings/F-4/local",
    f"{SHORT}/contracts?contract=2",
    "/months/2021-09/reopen",
    "/findings/limits?edit=idle_months",
    "/findings/limits?add=cap_east",
    "/receipts/1/reverse",
    "/documents/156",
    "/documents/156/findings/F-15",
]
GROUP = "/programmes/jn21-wuda-zhongxin"
PROMISED = "/promises/jn21-02-yiliao-structure"
CLAUSE = "/plans/jining-2021/clauses/{number}"
REGISTER = [
    "/plans/new",
    "/plans/jining-2021/edit",
    "/plans/readings",
    "/programmes",
    GROUP,
    f"{GROUP}?q=医院",
    f"{GROUP}/promises/new",
    "/projects/new",
    "/projects/hand-over",
    "/projects/hand-over?q=示例",
    f"{ONE}/identity",
    f"{ONE}/card",
    f"{ONE}/merge",
    f"{ONE}/drop",
    f"{ONE}/revive",
    "/projects/archive",
    f"{ONE}/promises/new",
    f"{PROMISED}/correct",
    f"{PROMISED}/move",
    f"{PROMISED}/end",
    CLAUSE,
    "/units",
    "/units/1",
    "/ledgers",
    "/register",
]
UNITS = ("全称", "text", ()), ("类别", "words", ()), ("所在地", "place", ()), ("附注", "text", ())
REGISTER_OF_UNITS = to_xlsx(  # a unit that would be added, and one that can't be
    "登记簿", [("单位", UNITS, [["示例新医院", "医院", "370800", "甲"], ["乙", "学校", "370800"]])], ("说明", [])
)
MADE = {  # pages of what the fixture hands in first: their addresses as it leaves them
    "reading": "/plans/readings/{number}",
    "proposal": "/plans/readings/{number}/proposals/{number}",
    "ledger": "/ledgers/{number}",
    CLAUSE: CLAUSE,
    "register": "/register/{number}",
}
REQUEST = "/requests/1"
PAGES: dict[str | None, dict[str, int]] = {
    None: {"/sign-in": 200, "/nowhere": 404},
    "manager": dict.fromkeys(
        [*READERS, *MONEY, FORM, GATE, PLAN, f"{ONE}/weights", f"{ONE}/baseline", f"{ONE}/card", GROUP], 200
    )
    | ACCOUNT
    | ERRORS
    | {"/projects/jn21-01-jianyan": 404, "/admin/users": 403},
    "finance": dict.fromkeys(
        [*READERS, *MONEY, *TREASURY, *HANDLING, *DESK, REVERSE, f"{ONE}/funding?source=cbi&kind=estimate"], 200
    )
    | ERRORS
    | {FORM: 403, GATE: 403, PLAN: 403, "/imports/999": 404, "/funding/matching/999": 404},
    "dispatcher": dict.fromkeys([*READERS, *RULES, *MONEY, *TREASURY, *REGISTER, *MADE, FORM, GATE, PLAN], 200)
    | ERRORS
    | {REVERSE: 403, "/ledgers/999": 404},
    "leader": dict.fromkeys([*READERS, *VARIANTS, *RULES, *MONEY, *TREASURY], 200)
    | ERRORS
    | {FORM: 403, GATE: 403, PLAN: 403},
    "reviewer": dict.fromkeys([*LISTS, REVIEWED, f"{REVIEWED}/reports/2021-11/1"], 200) | {ONE: 404},
    "newcomer": dict.fromkeys(LISTS, 200) | {ONE: 404},
    "admin": {"/": 200, "/admin/users": 200, "/projects": 403, "/nowhere": 404}
    | dict.fromkeys(["/admin/places", "/admin/places?q=济宁"], 200)
    | dict.fromkeys([f"/admin/users/{number}/password" for number in (4, 6)], 200)
    | ACCOUNT
    | {"/tokens": 403, "/requests": 200, "/requests/two-person": 200},
    "security": {
        "/": 200,
        "/admin/resting": 200,
        "/admin/roles": 200,
        "/admin/roles/1": 200,
        "/admin/roles/999": 404,
        "/admin/users": 403,
        "/requests": 200,
        REQUEST: 200,
        "/requests/two-person": 200,
    },
    "auditor": {
        "/": 200,
        "/requests": 200,
        REQUEST: 200,
        "/admin/audit": 200,
        "/admin/audit?q=没有这样的记录": 200,
        "/projects": 403,
    },
}
LINKED = [
    "/",
    "/account",
    "/projects",
    "/targets",
    "/reports",
    "/plans",
    "/gantt",
    "/funding",
    "/track-record",
    ONE,
    f"{ONE}/gates",
    f"{ONE}/funding",
    f"{ONE}/gantt",
    f"{ONE}/files",
]
FILES = {
    "contracts.file",
    "documents.file",
    "documents.lines_file",
    "findings.file",
    "findings.limits_file",
    "money.groups_file",
    "money.groups_picture",
    "money.works_file",
    "money.works_picture",
    "treasury.file",
    "treasury.month_file",
    "treasury.reported_file",
    "treasury.year_file",
    "catalogue.portfolio_file",
    "catalogue.targets_file",
    "funding.file",
    "funding.project_file",
    "imports.file",
    "imports.sample",
    "book.export",
    "book.template",
    "ledgers.export",
    "ledgers.template",
    "matching.file",
    "gantt.portfolio_table",
    "gantt.portfolio_file",
    "gantt.project_file",
    "charts.picture",
    "charts.values",
    "record.file",
    "audit.export",
    "accounts.session_left",
    "files.download",
    "files.scan",
    "files.thumbnail",
    "places.find",
    "static",
    "imports.show",  # test_money looks at it
    "matching.show",  # likewise
    "taken.show",  # test_ledger looks at it
}


def look(page: Page, path: str, status: int, *, elements: bool = True) -> list[str]:
    """Everything wrong with one page: on a desk, on a phone, and on a desk zoomed to 400 %, which leaves 320 px (WCAG
    1.4.10); `elements`: by axe too.
    """
    page.set_viewport_size({"width": 1280, "height": 900})
    answer = page.goto(path)
    assert answer
    found = [] if answer.status == status else [f"answered {answer.status}, not {status}"]
    found += (axe(page) if elements else []) + misfits(page)
    page.set_viewport_size({"width": 390, "height": 844})
    found += [f"at 390 px: {one}" for one in misfits(page)]
    page.set_viewport_size({"width": 320, "height": 256})
    found += [f"at 320 px: {one}" for one in misfits(page, smallest=0)]
    return [f"{path}: {one}" for one in found]


def links(page: Page) -> list[str]:
    """The addresses of our own that the page shows."""
    found = page.evaluate("[...document.querySelectorAll('a[href]')].map(one => one.getAttribute('href'))")
    return [one.partition("#")[0] for one in found if one.startswith("/")]


@pytest.mark.parametrize("role", ["manager", "finance", "dispatcher", "leader"])
def test_no_link_leads_to_a_refusal(as_role: Callable[..., Page], role: str) -> None:
    page = as_role(role)
    routes = create_app(SECRET_KEY="k" * 40).url_map.bind("localhost")
    kinds: dict[tuple[str, str], str] = {}
    empty = [] if role == "manager" else ["/projects/jdz21-07-weixiao"]  # where others' projects don't exist
    for path in (*LINKED, *empty):
        page.goto(path)
        for address in links(page):
            bare, _, query = address.partition("?")
            kinds.setdefault((routes.match(bare)[0], query.partition("=")[0]), address)
    answers = {address: page.request.get(address).status for address in kinds.values()}
    assert len(answers) > 20
    assert {address: status for address, status in answers.items() if status >= 400} == {}


@contextmanager
def desk_of(browser: Browser, site: Site, role: str) -> Iterator[Page]:
    """A page of somebody who has just signed in."""
    with browser.new_context(base_url=site.url, locale="zh-CN") as context:
        page = context.new_page()
        page.goto("/sign-in")
        sign_in(page, role, site.passwords[role])
        yield page


@pytest.fixture(scope="module")
def made(browser: Browser, site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The pages of a plan that was read, of a ledger and of a register, by their names in MADE."""
    folder = tmp_path_factory.mktemp("handed-in")
    sheet, text = folder / "台账.xlsx", folder / "plan.txt"
    sheet.write_bytes(ledger(ROWS[0]))
    text.write_text(OWN_PLAN.read_text(encoding="utf-8"), encoding="utf-8")
    with desk_of(browser, site, "dispatcher") as page:
        speak(page, "zh")
        page.goto("/plans/readings")
        page.set_input_files("input[name=file]", text)
        page.get_by_label("所在地").fill("济宁市")
        page.get_by_role("button", name="读这份文件").click()
        page.get_by_role("button", name="文件无误, 登记").click()
        page.wait_for_url("**/plans/readings/*")
        reading = urlsplit(page.url).path
        proposal = page.locator(f"main a[href^='{reading}/proposals/']").first.get_attribute("href") or ""
        page.goto("/ledgers")
        page.set_input_files("input[name=file]", sheet)
        page.get_by_role("button", name="上传并预览").click()
        page.wait_for_selector("#rows")
        own = urlsplit(page.url).path
        page.goto("/register")
        page.set_input_files(
            "input[name=file]", {"name": "r.xlsx", "mimeType": MIME["xlsx"], "buffer": REGISTER_OF_UNITS}
        )
        page.get_by_role("button", name="上传并预览").click()
        page.wait_for_selector("#rows")
        register = urlsplit(page.url).path
        page.goto("/plans/jining-2021/edit")
        clause = page.locator("main a[href*='/clauses/']").first.get_attribute("href") or ""
    made = {"reading": reading, "proposal": urlsplit(proposal).path, CLAUSE: urlsplit(clause).path}
    return made | {"ledger": own, "register": register}


@pytest.fixture(scope="module")
def asked(browser: Browser, site: Site) -> None:
    """Somebody has asked for what two people must want."""
    with desk_of(browser, site, "security") as page:
        page.goto("/requests/two-person")
        box = page.locator("main .ticks input").first
        box.set_checked(not box.is_checked())
        page.get_by_label("理由").fill("试行三个月")
        page.get_by_label("依据").fill("示例纪要 1 号")
        page.get_by_role("button", name="提出申请").click()
        page.wait_for_url("**/requests/*")


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("role", list(PAGES))
def test_every_page_is_sound(
    as_role: Callable[..., Page], made: dict[str, str], watch: Watch, role: str | None, lang: str
) -> None:
    watch.tolerated += [
        f"status of {status}" for status in (403, 404, 422)
    ]  # the browser names the error pages that are asked for here
    page = as_role(role, lang)
    elements = lang == "zh" or role in {
        None,
        "leader",
    }  # the other language has the same elements; only words and widths differ
    pages = [(made.get(path, path), status) for path, status in PAGES[role].items()]
    found = [one for path, status in pages for one in look(page, path, status, elements=elements)]
    assert not found, "\n".join(found)


def test_no_page_is_left_out() -> None:
    app = create_app(SECRET_KEY="k" * 40)
    adapter = app.url_map.bind("localhost")
    shown = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.endpoint.startswith("api.")
    } - FILES
    paths = {path for pages in PAGES.values() for path, status in pages.items() if status == 200}
    looked_at = {adapter.match(MADE.get(path, path).format(number=1).partition("?")[0])[0] for path in paths}
    assert looked_at >= shown


def test_axe_finds_a_planted_missing_label(as_role: Callable[..., Page]) -> None:
    page = as_role(None)
    assert axe(page) == []
    page.evaluate("document.querySelector('main label').remove()")
    assert any("axe label" in one for one in axe(page))


def test_the_ruler_finds_what_is_too_wide_and_too_small(as_role: Callable[..., Page]) -> None:
    page = as_role(None, width=390)
    assert misfits(page) == []
    page.evaluate(
        "document.querySelector('h1').insertAdjacentHTML('afterend', '<p><svg width=\"2000\" height=\"9\"><text "
        'font-size="7" y="8">x</text></svg></p>\')'
    )
    assert len(misfits(page)) == 2


def test_the_watch_hears_a_policy_violation_a_foreign_request_and_a_script_error(
    as_role: Callable[..., Page], watch: Watch
) -> None:
    page = as_role("leader")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'alert(1)'}))")
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://elsewhere.invalid/x.png'}))")
    page.evaluate("setTimeout(() => { throw new Error('planted') })")
    page.wait_for_timeout(300)
    heard = "\n".join(watch.problems)
    watch.problems.clear()
    assert "script-src" in heard
    assert "elsewhere.invalid" in heard
    assert "planted" in heard
