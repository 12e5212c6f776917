"""66 payloads in every text the database holds and in every text field of every form: the pages, parsed and shown by a
real browser, hold none of them as markup.

The samples' texts, all of them, are overwritten with payloads behind the application's back, so that no check on the
way in helps; then every page is read as every role, every form is sent with payloads in all its fields, and every
search asked for them. A browser without a content policy opens one page of each kind.
"""

from __future__ import annotations

import datetime as dt
import html
import itertools
import json
import math
import mimetypes
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode, urljoin, urlsplit

import pytest
from apps import building, make_app
from authz.test_canary import CLOSED
from builders import sign_in
from crawling import crawl
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import ChoiceLoader, DictLoader
from journeys.looking import Watch
from journeys.payloads import PAYLOADS
from journeys.test_pages import PAGES
from pages import forms_in
from playwright.sync_api import Browser, Page, Route
from sqlalchemy import CheckConstraint, String, Table, select
from sqlalchemy import Text as LongText
from werkzeug.exceptions import HTTPException

from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import User
from projects.samples.demo.operations import load_samples
from projects.samples.demo.scenarios import STATUS_DATE
from projects.samples.plans.operations import load_catalogue
from projects.verdicts.status.operations import rebuild
from projects.web.clock import now

ROLES = ("leader", "dispatcher", "manager", "finance", "reviewer", "auditor", "admin", "security")
COMPUTED = {
    "project_status",
    "target_status",
    "setting",
    "alembic_version",
    "place",
    "address_tries",
    "kept_form",
    "audit_checkpoint",
    "login_session",
}
KEYS = re.compile(
    r"(^|_)(slug|key|code|hash|hint|sha256|state|digest|tag|kind|voucher|normal|figures|measure|action|step|light|lights|locale)$"
)
DRAWN = (".pdf", ".png", ".xlsx", ".csv")
TOGETHER = 6  # payloads in a text at least, so that a dozen pages show all of them
SHORT = 20  # columns of so few characters hold words of the program
HOST = "http://payloads.invalid"
SEEN = (  # texts that must have been met in some page with every payload, or the planting has lost its way
    "project.name", "monthly_report.narrative", "monthly_report.problems", "gate.note", "gate.document_number",
    "ledger_entry.memo", "ledger_entry.document_number",
    "report_step.comment", "user.display_name", "user.username", "plan_document.title", "clause.heading",
    "target.wording", "milestone.name", "work_stage.name",
    "unit.name", "programme.name", "event.text", "event.source", "audit_entry.changes", "audit_entry.actor_name",
)  # fmt: skip

# The same signs as in looking.INJECTED, of parsed pages that no script runs in: many in one call.
PARSED = """pages => pages.map(([address, text]) => {
  const page = new DOMParser().parseFromString(text, /^\\s*<(\\?xml|svg)/.test(text) ? 'image/svg+xml' : 'text/html');
  const found = [];
  for (const e of page.querySelectorAll('*')) {
    const name = e.tagName.toUpperCase();
    for (const a of e.attributes) {
      if (/^on/i.test(a.name) || a.name === 'style' || a.name === 'srcdoc') found.push(`${name} ${a.name}`);
      if (/^(href|src|action|formaction|xlink:href|data|content)$/i.test(a.name) && /^[\\s\\x00-\\x20]*(javascript|vbscript|data:text)/i.test(a.value.replace(/[\\t\\n\\r]/g, ''))) found.push(`${name} ${a.name}=${a.value}`);
    }
    if (name === 'SCRIPT' && !((e.getAttribute('src') || '').startsWith('/static/') && !e.textContent)) found.push('SCRIPT');
    if (/^(IFRAME|OBJECT|EMBED|VIDEO|AUDIO|MARQUEE|MATH|BASE|FOREIGNOBJECT|ANIMATE|SET|TEMPLATE|X|ISINDEX|STYLE)$/.test(name) && !(name === 'STYLE' && page.contentType.includes('svg'))) found.push(name);
    if (/^(IMG|IMAGE)$/.test(name) && !(e.getAttribute('src') || e.getAttribute('href') || '').startsWith('/projects/')) found.push(name);
    if (name === 'META' && e.httpEquiv) found.push('META');
    if (name === 'LINK' && !/^(\\/static\\/|data:,)/.test(e.getAttribute('href') || '')) found.push('LINK');
  }
  return found.length ? [address, ...found.slice(0, 5)] : null;
}).filter(one => one)"""


@dataclass
class Planted:
    """What was written where: the number of each written text, and which column and payloads it holds."""

    texts: dict[int, tuple[str, tuple[int, ...]]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def text(self, column: str, payloads: Iterable[int]) -> str:
        """A text of these payloads, with a number to know it by."""
        chosen = tuple(payloads)
        number = next(self.numbers)
        self.texts[number] = (column, chosen)
        return f"{' '.join(PAYLOADS[one] for one in chosen)}‹{number}›"

    def seen(self, pages: Iterable[str]) -> dict[str, set[int]]:
        """By column, the payloads that stand in these pages."""
        found: dict[str, set[int]] = defaultdict(set)
        for page in pages:
            for number in set(re.findall(r"‹(\d+)›", html.unescape(page))):
                column, payloads = self.texts.get(int(number), ("", ()))
                found[column] |= set(payloads)
        return found


def free_texts(table: Table) -> list[str]:
    """The columns of a table that a person's words stand in."""
    checked = " ".join(str(one.sqltext) for one in table.constraints if isinstance(one, CheckConstraint))
    closed = next(
        (names for model, names in CLOSED.items() if db.Model.registry._class_registry[model].__table__ is table), set()
    )
    return [
        one.name
        for one in table.columns
        if isinstance(one.type, String | LongText)
        and not one.foreign_keys
        and one.name not in closed
        and not KEYS.search(one.name)
        and (one.type.length or SHORT + 1) > SHORT
        and f"{one.name} IN" not in checked
    ]


def plant_everywhere() -> Planted:
    """Overwrite every person's text; where a column has fewer rows than there are payloads, each row gets several."""
    planted, connection = Planted(), db.session.connection()
    for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    for table in db.metadata.sorted_tables:
        if table.name in COMPUTED:
            continue
        keys = list(table.primary_key)
        rows = connection.execute(select(*keys).order_by(*keys)).all()
        several = max(math.ceil(len(PAYLOADS) / len(rows)), TOGETHER) if rows else 0
        for position, row in enumerate(rows):
            values: dict[str, object] = {}
            for offset, column in enumerate(free_texts(table)):
                first = position * several + offset
                text = planted.text(
                    f"{table.name}.{column}", ((first + more) % len(PAYLOADS) for more in range(several))
                )
                values[column] = text if isinstance(table.c[column].type, LongText) else text.replace("\n", " ")
            if table.name == "audit_entry":
                values["changes"] = {
                    "narrative": [
                        values["object_id"],
                        planted.text(
                            "audit_entry.changes",
                            ((position * several + one) % len(PAYLOADS) for one in range(several)),
                        ),
                    ]
                }
            if table.name == "event":
                values["happened_on"] = dt.date(2021, 5, 1)  # before the day that the samples stand at
            if values:
                connection.execute(
                    table.update().where(*(key == value for key, value in zip(keys, row, strict=True))).values(**values)
                )
    return planted


@pytest.fixture(scope="module")
def site_of_payloads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Planted, dict[str, User]]]:
    folder = tmp_path_factory.mktemp("payloads")
    app = make_app(f"sqlite:///{folder / 'site.sqlite'}", folder, PROPAGATE_EXCEPTIONS=False)
    with app.app_context():
        upgrade(directory=app.extensions["migrate"].directory)
        with transaction():
            load_catalogue(SYSTEM, now())
            load_samples(SYSTEM, now())
        with building():
            planted = plant_everywhere()
        with transaction():
            rebuild(SYSTEM, now(), STATUS_DATE)
        found = db.session.scalars(select(User).where(User.is_sample).order_by(User.id)).all()
        people = {role: next(user for user in found if user.role == role) for role in ROLES}
        db.session.expunge_all()
    yield app, planted, people
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def answers(site_of_payloads) -> dict[tuple[str, str], str]:
    """Every page that each role reaches by links, by role and address; none may fail."""
    app, _, people = site_of_payloads
    found, broken = {}, []
    for role in ROLES:
        client = sign_in(app.test_client(), people[role])
        most = 300 if role == "leader" else 60
        for address, answer in crawl(client, *starts(app, role), most=most, without=DRAWN):
            if answer.status_code >= 500:
                broken.append((role, address))
            if answer.mimetype in {"text/html", "image/svg+xml"}:
                found[role, address] = answer.text
    assert broken == []
    return found


def starts(app: Flask, role: str) -> list[str]:
    plain = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and not rule.rule.endswith(DRAWN)
    ]
    return [
        *PAGES[role],
        *plain,
        "/projects?per_page=500",
        "/gantt?view=table",
        *(["/gantt.svg"] if role == "leader" else []),
    ]


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.goto("about:blank")
    yield page
    context.close()


def markup(page: Page, texts: dict[str, str]) -> list[list[str]]:
    """The pages among `texts` (by address) that hold markup of a payload's making, as the browser parses them."""
    found: list[list[str]] = []
    batch: list[tuple[str, str]] = []
    for number, pair in enumerate(texts.items(), 1):
        batch.append(pair)
        if sum(len(text) for _, text in batch) > 3_000_000 or number == len(texts):
            found += page.evaluate(PARSED, batch)
            batch = []
    return found


def test_every_text_of_the_database_stays_text_on_every_page(answers, site_of_payloads, reader: Page):
    _, planted, _ = site_of_payloads
    assert len(set(PAYLOADS)) >= 60
    assert markup(reader, {f"{role} {address}": text for (role, address), text in answers.items()}) == []
    seen = planted.seen(answers.values())
    assert {column: len(PAYLOADS) - len(seen[column]) for column in SEEN if len(seen[column]) < len(PAYLOADS)} == {}
    print(
        f"{len(answers)} pages; {len(seen)} columns seen, {sum(len(one) == len(PAYLOADS) for one in seen.values())} "
        f"of them with every payload"
    )


# --- forms ------------------------------------------------------------------------------------------------------------


TYPED = {"text", "search", "textarea", "date", "number", "month", "email", "tel", "url", "password"}
NOT_SENT = {
    "accounts.sign_out",
    "accounts.sign_out_everywhere",
    "accounts.end_session",
}  # nothing is typed there, and the reader would be gone


def forms_of(
    app: Flask, answers: dict[tuple[str, str], str]
) -> dict[tuple[str, ...], tuple[str, str, str, dict[str, tuple[str, str]]]]:
    """One form of each kind, by endpoint and field names: the role that has it, its method, its address and
    its fields.
    """
    adapter, found = app.url_map.bind("localhost"), {}
    for (role, address), text in answers.items():
        for method, action, fields in forms_in(text):
            goal = urlsplit(urljoin(f"http://localhost{address}", action))
            try:
                endpoint, _ = adapter.match(goal.path, method=method.upper())
            except HTTPException:
                continue
            if endpoint not in NOT_SENT:
                kinds = sorted(
                    {re.sub(r"_.*", "", name) for name in fields}
                )  # stages and gates differ by project; one of each will do
                found.setdefault((endpoint, *kinds), (role, method, goal.path, fields))
    return found


def sent(app: Flask, people: dict[str, User], forms) -> tuple[dict[str, str], list[str], int]:
    """Every form sent once a payload, each field with another one; the pages that came back, what failed, and how many
    fields there were.
    """
    texts, broken, fields_seen = {}, [], 0
    clients: dict[str, FlaskClient] = {}
    for (endpoint, *_), (role, method, path, fields) in forms.items():
        typed = [name for name, (kind, _) in fields.items() if kind in TYPED and name not in {"csrf_token", "once"}]
        fields_seen += len(typed)
        for number in range(len(PAYLOADS) if typed else 0):
            if role not in clients:
                clients[role] = sign_in(app.test_client(), people[role])
            client = clients[role]
            values = {name: value for name, (kind, value) in fields.items() if kind not in TYPED}
            values |= {name: PAYLOADS[(number + offset) % len(PAYLOADS)] for offset, name in enumerate(typed)}
            answer = client.get(f"{path}?{urlencode(values)}") if method == "get" else client.post(path, data=values)
            if answer.status_code >= 500:
                broken.append(f"{endpoint}: {values}")
            if answer.mimetype == "text/html" and answer.status_code != 302:
                texts[f"{endpoint} {number}"] = answer.text
            if answer.status_code in {302, 403} and "/sign-in" in (answer.location or ""):
                del clients[role]
    return texts, broken, fields_seen


def test_every_text_field_of_every_form_gives_back_text(answers, site_of_payloads, reader: Page):
    app, _, people = site_of_payloads
    forms = forms_of(app, answers)
    texts, broken, fields_seen = sent(app, people, forms)
    assert broken == []
    assert markup(reader, texts) == []
    asked = {endpoint for endpoint, *_ in forms}
    assert asked >= {
        "reports.file",
        "gates.save",
        "people.create_user",
        "tokens.create",
        "audit.search",
        "catalogue.portfolio",
        "accounts.change_password",
    }
    assert fields_seen > 60
    print(f"{len(forms)} kinds of forms, {fields_seen} text fields, {len(texts)} pages came back")


def test_every_parameter_and_path_gives_back_text(site_of_payloads, reader: Page):
    app, _, people = site_of_payloads
    client, texts = sign_in(app.test_client(), people["leader"]), {}
    names = (
        "q",
        "as_of",
        "month",
        "zoom",
        "group",
        "plan",
        "place",
        "sort",
        "page",
        "state",
        "source",
        "kind",
        "before",
        "next",
        "unfold",
        "programme",
        "category",
    )
    for number, payload in enumerate(PAYLOADS):
        value = quote(payload, safe="")
        for address in ("/projects", "/targets", "/gantt", "/funding", "/reports"):
            for names_here in (names, [names[number % len(names)]]):
                texts[f"{address} {number} {len(names_here)}"] = client.get(
                    f"{address}?" + "&".join(f"{name}={value}" for name in names_here)
                ).text
        for address in (
            "/projects/",
            "/plans/",
            "/projects/jn21-05-huli/reports/",
            "/projects/jn21-05-huli/gates/",
            "/",
        ):
            texts[f"{address} {number}"] = client.get(f"{address}{value}").text
        refused = app.test_client().post(
            f"/sign-in?next={value}", data={"username": payload, "password": payload, "code": payload}
        )
        texts[f"/sign-in {number}"] = refused.text
    assert markup(reader, texts) == []


def test_the_interface_for_programs_answers_in_no_form_a_browser_would_run(site_of_payloads):
    app, _, people = site_of_payloads
    client = sign_in(app.test_client(), people["leader"])
    for address in (
        "/api/v1/projects",
        "/api/v1/targets",
        "/api/v1/projects/jn21-05-huli",
        f"/api/v1/projects/{quote(PAYLOADS[0], safe='')}",
    ):
        answer = client.get(address)
        assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("application/json", "nosniff")
        json.loads(answer.text)


# --- a browser that would run them ------------------------------------------------------------------------------------


def show(browser: Browser, app: Flask, pages: dict[str, str]) -> list[str]:
    """Open each page in a browser without a content policy, our own scripts running; what ran, popped up or was asked
    of others.
    """
    watch, static = Watch(HOST), Path(app.static_folder or "")
    watch.tolerated += ["status of 404", "status of 5"]
    context = browser.new_context(base_url=HOST, bypass_csp=True)
    watch.attach(context)
    current = {"text": ""}

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if route.request.is_navigation_request() and route.request.frame == page.main_frame:
            route.fulfill(body=current["text"], content_type="text/html; charset=utf-8")
        elif path.startswith("/static/") and (static / path.removeprefix("/static/")).is_file():
            file = static / path.removeprefix("/static/")
            route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file)[0] or "text/plain")
        else:
            route.fulfill(status=404, body="")

    context.route("**/*", answer)
    page = context.new_page()
    for address, text in pages.items():
        current["text"] = text
        page.goto("/page", wait_until="load")
        if page.evaluate("window.__pwned !== undefined"):
            watch.note(f"ran: {address}")
    context.close()
    return [one for one in watch.problems if "beforeunload" not in one and "console" not in one]


def richest(app: Flask, answers: dict[tuple[str, str], str]) -> dict[str, str]:
    """Of each kind of page the one with the most planted texts, in each form its address can take."""
    adapter, best = app.url_map.bind("localhost"), {}
    for (role, address), text in answers.items():
        try:
            endpoint, _ = adapter.match(urlsplit(address).path, method="GET")
        except HTTPException:
            continue
        kind = f"{endpoint} {','.join(sorted(re.findall(r'[?&](view|edit|unfold)=', address)))}"
        score = text.count("‹")
        if not address.endswith(".svg") and score > best.get(kind, (-1, "", ""))[0]:
            best[kind] = (score, f"{role} {address}", text)
    return {address: text for _, address, text in best.values()}


def test_one_page_of_each_kind_runs_nothing_in_a_browser_without_a_policy(answers, site_of_payloads, browser: Browser):
    app, _, _ = site_of_payloads
    pages = richest(app, answers)
    assert len(pages) > 20
    assert show(browser, app, pages) == []


# --- the negative controls --------------------------------------------------------------------------------------------


@pytest.fixture
def careless(site_of_payloads) -> Iterator[Callable[[str, str, str], None]]:
    """Changes a template of the application for this test."""
    app, _, _ = site_of_payloads
    loader = app.jinja_env.loader

    def change(name: str, old: str, new: str) -> None:
        source = Path(app.root_path, "templates", name).read_text(encoding="utf-8")
        assert old in source, "the template has changed; choose another place to be careless in"
        app.jinja_env.loader = ChoiceLoader([DictLoader({name: source.replace(old, new)}), app.jinja_loader])
        app.jinja_env.cache.clear()

    yield change
    app.jinja_env.loader = loader
    app.jinja_env.cache.clear()


def test_a_template_that_marks_one_text_as_safe_is_noticed(
    careless, site_of_payloads, answers, reader: Page, browser: Browser
):
    app, _, people = site_of_payloads
    careless(
        "portfolio/reports/show.html",
        "{{ said.narrative or _('未填写') }}",
        "{{ (said.narrative or _('未填写'))|safe }}",
    )
    client = sign_in(app.test_client(), people["leader"])
    shown = [
        address
        for role, address in answers
        if role == "leader" and re.fullmatch(r"/projects/[^/?]+/reports/\d{4}-\d\d/\d+", address)
    ]
    pages = {address: client.get(address).text for address in shown[:80]}
    assert len(markup(reader, pages)) > 20
    assert any("ran" in one or "dialog" in one for one in show(browser, app, dict(list(pages.items())[:12])))


def test_an_attribute_without_quotes_is_noticed(careless, site_of_payloads, reader: Page):
    app, _, people = site_of_payloads
    careless("portfolio/history/search.html", 'value="{{ chosen.person }}"', "value={{ chosen.person }}")
    client = sign_in(app.test_client(), people["auditor"])
    pages = {
        f"/admin/audit {number}": client.get("/admin/audit", query_string={"person": f"x {one}"}).text
        for number, one in enumerate(PAYLOADS)
    }
    assert markup(reader, pages)


def test_each_payload_put_in_as_markup_is_noticed_in_some_place(reader: Page):
    """Whatever is no text anywhere would be seen: as content, in attributes of three kinds, in a textarea, a title, a
    comment or an address.
    """
    places = (
        "<p>{0}</p><i title=\"{0}\"></i><i title='{0}'></i><i title={0}></i><textarea>{0}</textarea><!--{0}--><a "
        'href="{0}">x</a><style>{0}</style>'
    )
    silent = [
        payload
        for payload in PAYLOADS
        if not markup(reader, {"x": f"<!doctype html><title>{payload}</title>" + places.replace("{0}", payload)})
    ]
    assert [one for one in silent if "<" in one or "javascript" in one] == []
    plain = [payload for payload in PAYLOADS if not markup(reader, {"x": f"<!doctype html><p>{payload}</p>"})]
    assert len(plain) < 16, "the others are signs of the place they stand in"
