"""Every form that writes has one effect, however often it is sent at the same moment: the forms are those of the pages,
their addresses those of the application, on both databases.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import sys
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest

sys.path.append(str(Path(__file__).parent))

from builders import make_user, sign_in
from crawling import ways
from filling import CHOSEN, SEVERAL, filled, turn
from flask import Flask
from flask.testing import FlaskClient
from pages import forms_in
from sqlalchemy import delete, func, select, update

import projects
from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.models import AuditEntry, SentForm, User, UserPlace
from projects.people.accounts.operations import sealed_slip
from projects.people.requests.kinds import Means
from projects.people.requests.operations import ask
from projects.people.requests.rules import Asked
from projects.people.sign_in.policy import Policy
from projects.people.sign_in.queries import actor_of
from projects.samples.demo.operations import load_samples
from projects.samples.demo.scenarios import STATUS_DATE
from projects.samples.plans.operations import load_catalogue
from projects.verdicts.rules.operations import load_rule_sets
from projects.verdicts.status.operations import rebuild
from projects.web.clock import now
from projects.web.once import FIELD, once_key

AT_ONCE = 20
OTHER = "another dispatcher"
WITHOUT = {  # forms that claim no key, and why a second send does no harm
    "accounts.sign_in_now": "nobody is signed in yet; the second time starts one more session of the same person",
    "accounts.sign_out": "the session that sends it ends",
    "accounts.sign_out_everywhere": "the session that sends it ends",
    "accounts.change_password": "asks for the password, which is another one afterwards, and ends the session",
    "accounts.choose_language": "sets what is set already",
    "accounts.choose_status_date": "sets what is set already, in the cookie",
    "accounts.extend": "sent by a script; sets what is set already",
    "accounts.drop_unsent": "drops what is gone already",
    "audit.verify": "checks at most once a minute; whoever comes meanwhile is told so",
    "proof.prove": "asks who it is, and sets what is set already",
    "totp.start": "stores nothing",
    "totp.confirm": "a code is taken once, and the session ends with it",
    "totp.remove": "a code is taken once, and the session ends with it",
    "reports.preview": "stores nothing",
    "rules.renew": "goes on with what is left to be renewed, whoever sends it; nothing is typed",
}
ROLES = ("finance", "dispatcher", OTHER, "manager", "reviewer", "leader", "admin", "security", "auditor")
DRAWN = (".pdf", ".svg", ".png", ".xlsx", ".csv")
EACH = 4  # pages of a kind
CHOICES = {"edit", "add", "work", "pay", "worth", "month", "place", "contract", "project"}  # that open a form
WITHOUT_FORMS = ("gantt.", "api.", "audit.", "record.", "money.", "static")


class Form(NamedTuple):
    """A form of a page: who has it, where it goes, and what it holds once it is filled."""

    role: str
    address: str
    fields: dict[str, Any]


class Site:
    """The application with its samples, and twenty browsers of each person."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            with transaction():
                load_catalogue(SYSTEM, now())
                load_rule_sets(SYSTEM, now())
                load_samples(SYSTEM, now())
            with transaction():
                rebuild(SYSTEM, now(), STATUS_DATE)
            people = db.session.scalars(select(User).where(User.is_sample).order_by(User.id)).all()
            with transaction():  # a dispatcher of all places may change rules; somebody has a code to be taken away
                db.session.execute(
                    delete(UserPlace).where(UserPlace.user_id.in_(select(User.id).filter_by(role="dispatcher")))
                )
                all_places = {"all_places": True, "places_to_confirm": True}
                db.session.execute(update(User).filter_by(role="dispatcher").values(all_places))
                people[-1].totp_secret = "sealed"
                for one in people:
                    one.totp_secret = "sealed" if one.role == "auditor" else one.totp_secret
            roles = {role: next(one for one in people if one.role == role) for role in ROLES if role != OTHER}
            self.people = roles | {OTHER: make_user("dispatcher")}
            with transaction():
                self._concern_an_office()
            db.session.expunge_all()
        self.browsers = {role: self.windows(user) for role, user in self.people.items()}

    def _concern_an_office(self) -> None:
        """One request to be decided, one to be withdrawn, and news of one's own account."""
        admin, auditor = self.people["admin"], self.people["auditor"]
        acting = Acting(actor_of(admin), now(), STATUS_DATE)
        half, _ = sealed_slip(str(auditor.id), Means(self.app.config["SECRET_KEY"], Policy()))
        ask(acting, "account.factor", str(auditor.id), {}, Asked("手机遗失"))
        ask(acting, "account.password", str(auditor.id), half, Asked("忘记密码"))
        record(SYSTEM, now(), Tag.ACCOUNT_RESUMED, auditor, changes={"is_active": [False, True]})

    def windows(self, user: User) -> list[FlaskClient]:
        """Twenty windows of one session, beside another session of the same person."""
        sign_in(self.app.test_client(), user)
        first, *others = (self.app.test_client() for _ in range(AT_ONCE))
        with sign_in(first, user).session_transaction() as session:
            own = dict(session)
        for one in others:
            with one.session_transaction() as session:
                session.update(own)
        return [first, *others]

    def written(self) -> tuple[int, int]:
        """How many forms are stored as sent, and the last entry of the history."""
        with self.app.app_context():
            return (
                db.session.scalar(select(func.count()).select_from(SentForm)) or 0,
                db.session.scalar(select(func.max(AuditEntry.id))) or 0,
            )

    def instants(self, after: int) -> set[dt.datetime]:
        """When the entries after one were written: each request has its own instant."""
        with self.app.app_context():
            return set(db.session.scalars(select(AuditEntry.at).where(AuditEntry.id > after)))

    def send(self, form: Form, times: int, key: str) -> list[tuple[int, str, str]]:
        """The answers to a form that is sent so often at the same moment: status, address, page and words said."""
        start = threading.Barrier(times)

        def once(browser: FlaskClient) -> tuple[int, str, str]:
            data = {
                name: (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value
                for name, value in form.fields.items()
            }
            with browser.session_transaction() as session:
                session.pop("_flashes", None)
            start.wait()
            answer = browser.post(form.address, data=data | ({FIELD: key} if key else {}))
            with browser.session_transaction() as session:
                said = json.dumps(session.pop("_flashes", []), ensure_ascii=False)
            return answer.status_code, answer.headers.get("Location", ""), f"{said} {answer.text}"

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(once, self.browsers[form.role][:times]))

    def pages(self, role: str, starts: set[str]) -> Iterator[tuple[str, str]]:
        """The pages `starts` and those below them, or without any a few of each endpoint, with each kind of choice,
        that a role reaches by links.
        """
        adapter, client = self.app.url_map.bind("localhost"), self.browsers[role][0]
        waiting, seen, met = deque(sorted(starts) or ["/"]), {"/"}, Counter[Any]()
        while waiting:
            address = waiting.popleft()
            answer = client.get(address)
            if answer.mimetype != "text/html":
                continue
            yield address, answer.text
            for way in ways(address, answer.text):
                parts = urlsplit(way)
                if starts and not any(parts.path.startswith(f"{urlsplit(start).path}/") for start in starts):
                    continue
                if way in seen or parts.path.startswith("/static/") or parts.path.endswith(DRAWN):
                    continue
                kind = adapter.match(parts.path, method="GET")[0], frozenset(key for key, _ in parse_qsl(parts.query))
                if met[kind] < EACH and kind[1] <= CHOICES and not kind[0].startswith(WITHOUT_FORMS):
                    met[kind] += 1
                    seen.add(way)
                    waiting.append(way)

    def forms(self, starts: Mapping[str, set[str]]) -> dict[str, list[Form]]:
        """Some forms of each endpoint, as the pages hold them that each role starts at."""
        adapter, found = self.app.url_map.bind("localhost"), defaultdict(list)
        for role, own in starts.items():
            for address, text in self.pages(role, own):
                for method, action, fields in forms_in(text, CHOSEN):
                    goal = urlsplit(urljoin(f"http://localhost{address}", action))
                    if method != "post":
                        continue
                    endpoint, _ = adapter.match(goal.path, method="POST")
                    assert FIELD in fields or endpoint in WITHOUT, f"{address}: a form of {endpoint} has no key"
                    where = goal.path + (f"?{goal.query}" if goal.query else "")
                    found[endpoint] += [Form(role, where, values) for values in filled(endpoint, fields)]
        return found


OF_PEOPLE = ("people.", "accounts.")


@pytest.fixture
def site(app: Flask) -> Site:
    return Site(app)


def writing(app: Flask) -> set[str]:
    """Every endpoint that takes what is posted."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}


def test_every_form_has_one_effect_though_it_is_sent_twenty_times(site: Site) -> None:
    everything = writing(site.app) - set(WITHOUT)
    people = {endpoint for endpoint in everything if endpoint.startswith(OF_PEOPLE)}
    left, wrong = send_all(
        site, everything - people, {role: {"/requests"} if role == OTHER else set() for role in ROLES}
    )
    more, others = send_all(site, people, {role: set() for role in ("admin", "security")})  # somebody may be out then
    assert (wrong + others, sorted(left | more)) == ([], [])


def send_all(site: Site, todo: set[str], starts: Mapping[str, set[str]]) -> tuple[set[str], list[tuple[Any, ...]]]:
    """Send a form of each endpoint twenty times at once; which had no effect at all, and which not just one."""
    wrong = []
    while todo and starts:
        went, done = set(), set()
        for endpoint, forms in sorted(site.forms(starts).items(), key=turn):
            for form in forms if endpoint in todo else ():
                (stored, last), answers = site.written(), site.send(form, AT_ONCE, once_key())
                effects, instants, told = site.written()[0] - stored, len(site.instants(last)), set(answers)
                if not effects:
                    continue  # refused
                went.add(answers[0][1].partition("#")[0] or form.address)
                done.add(endpoint)
                if (effects, instants, len(told)) != (1, 1, 1):
                    wrong.append((endpoint, effects, instants, sorted(one[:2] for one in told)))
                if endpoint not in SEVERAL:
                    break
        todo = todo - done
        starts = dict.fromkeys(starts, went) if went else {}  # what was done leads to what anybody may do next
    return todo, wrong


def test_without_a_key_every_send_counts(site: Site) -> None:
    """Negative control: the same senders, the same moment, no key."""
    photo = site.forms({"dispatcher": {"/projects/yc21-03-jikong/files"}})["files.add"][0]
    _, last = site.written()
    assert {answer[0] for answer in site.send(photo, 5, "")} == {302}
    assert len(site.instants(last)) == 5


POSTED = re.compile(r'<form\b[^>]*\bmethod="post".*?</form>', re.DOTALL)


def keyless(template: str) -> list[str]:
    """The forms of a template that are posted and do not draw what the macro draws."""
    return [form for form in POSTED.findall(re.sub(r"{%.*?%}", "", template)) if "csrf(" not in form]


def test_every_template_draws_the_key_of_its_forms() -> None:
    """Those of the page's head choose the reader's own view or sign out, and need none."""
    files = sorted((Path(projects.__file__).parent / "templates").rglob("*.html"))
    texts = {str(path): path.read_text(encoding="utf-8") for path in files}
    assert {name: forms for name, text in texts.items() if (forms := keyless(text))} == {}
    assert [Path(name).name for name, text in texts.items() if "keyed=False" in text] == ["base.html"]
    assert sum(len(POSTED.findall(text)) for text in texts.values()) > 50


def test_a_form_that_forgot_its_key_is_found() -> None:
    """Negative control."""
    assert keyless('<form method="post" action="{{ x }}"><button>x</button></form>')
    assert not keyless('<form method="post">{{ csrf() }}<button>x</button></form>')
