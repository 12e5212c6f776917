"""What is measured without a server, in this process: statements per page, verdicts renewed, and the portfolio page
against its limit.
"""

from __future__ import annotations

import datetime as dt
import html
import re
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import Environment
from markupsafe import Markup
from sqlalchemy import event, select

from benchmarks.measuring import median_ms
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import Project, User
from projects.people.sessions.operations import sign_in
from projects.verdicts.renewal.operations import recompute
from projects.verdicts.status.operations import rebuild
from projects.verdicts.status.queries import computed

_BOOKKEEPING = ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")
Sent = tuple[str, Any]


def signed_in(app: Flask, username: str) -> FlaskClient:
    """A client of `app` in a session of `username`."""
    with app.app_context(), transaction():
        user = db.session.scalars(select(User).where(User.username == username)).one()
        token = sign_in(user, dt.datetime.now(dt.UTC), 8)
    client = app.test_client()
    with client.session_transaction() as session:
        session["sid"] = token
    return client


@contextmanager
def watched(app: Flask) -> Iterator[list[Sent]]:
    """The statements sent while the block runs, with their parameters."""
    sent: list[Sent] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(_BOOKKEEPING):
            sent.append((statement, parameters))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def statements(app: Flask, client: FlaskClient, paths: Sequence[str]) -> dict[str, int]:
    """How many statements each page sends."""
    found = {}
    for path in paths:
        client.get(path)
        with watched(app) as sent:
            status = client.get(path).status_code
        if status == 200:
            found[path] = len(sent)
    return found


def verdicts(app: Flask, as_of: dt.date, n: int) -> dict[str, float]:
    """Milliseconds to work out all verdicts, to renew all stored ones, and to renew those of one project (as an
    approval does); durable.
    """
    now = dt.datetime.now(dt.UTC)

    def renew(step: Any) -> None:
        with transaction():
            step()

    with app.app_context():
        project_id = db.session.scalars(select(Project.id).order_by(Project.id.desc()).limit(1)).one()
        return {
            "work out all": median_ms(lambda: computed(None, as_of), n),
            "rebuild all": median_ms(lambda: renew(lambda: rebuild(SYSTEM, now, as_of)), n),
            "renew one": median_ms(lambda: renew(lambda: recompute([project_id], as_of)), 3 * n),
        }


# --- against the limit ------------------------------------------------------------------------------------------------


class Limit(NamedTuple):
    """A page of `rows` projects beside what can't be left out: its rows by bare SQL, and its bytes from a ready
    template.
    """

    rows: int
    page_ms: float
    sql_ms: float
    template_ms: float
    size: int

    @property
    def ratio(self) -> float:
        """How many times the limit the page takes."""
        return self.page_ms / (self.sql_ms + self.template_ms)


def against_limit(app: Flask, client: FlaskClient, path: str, rows: int, n: int) -> Limit:
    """The page and its limit by turns in this process: medians of n rounds, in processor time."""
    for _ in range(3):
        client.get(path)
    with watched(app) as sent:
        page = client.get(path).get_data(as_text=True)
    statement, parameters = next(
        (one, values) for one, values in sent if "LIMIT" in one and "project.slug" in one and "plan_finish" in one
    )
    render, values = _template(page)
    if render(values) != page or len(values) != rows:
        raise SystemExit(
            f"{path}: the template does not give the page's bytes, or {len(values)} rows instead of {rows}"
        )
    times: dict[str, list[float]] = {"page": [], "sql": [], "template": []}
    with app.app_context():
        connection = db.engine.raw_connection()
    try:
        for _ in range(n):
            times["page"].append(_ms(lambda: client.get(path).get_data()))
            times["sql"].append(_ms(lambda: _fetch(connection, statement, parameters)))
            times["template"].append(_ms(lambda: render(values).encode()))
    finally:
        connection.close()
    page_ms, sql_ms, template_ms = (statistics.median(times[name]) for name in ("page", "sql", "template"))
    return Limit(rows, page_ms, sql_ms, template_ms, len(page.encode()))


def _ms(work: Any) -> float:
    """Processor time: on a busy machine long work is interrupted more often than short work, which would spoil the
    ratio.
    """
    began = time.process_time()
    work()
    return 1000 * (time.process_time() - began)


def _fetch(connection: Any, statement: str, parameters: Any) -> list[Any]:
    cursor = connection.cursor()
    try:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
    finally:
        cursor.close()


_ROW = re.compile(r'<tr class="project-row">.*?</tr>', re.DOTALL)
_VALUE = re.compile(r'(?<==")[^"<>]*(?=")|(?<=>)[^<>]+(?=<)')  # what an attribute holds, or a text between tags


def _template(page: str) -> tuple[Any, list[tuple[int, list[str]]]]:
    """A compiled template that writes `page` again from its rows' values, and those values with the kind of each row.

    Rows of one kind have the same markup; of its values those that differ between rows are put in (escaped anew), the
    others stand in the template.
    """
    found = list(_ROW.finditer(page))
    head, between, tail = page[: found[0].start()], page[found[0].end() : found[1].start()], page[found[-1].end() :]
    kinds: dict[str, list[list[str]]] = {}
    values = [_VALUE.findall(match[0]) for match in found]
    markup = [_VALUE.sub("\0", match[0]) for match in found]
    for bones, own in zip(markup, values, strict=True):
        kinds.setdefault(bones, []).append(own)
    order = list(kinds)
    written, varying = [], {}
    for number, (bones, rows) in enumerate(kinds.items()):
        varying[number] = [index for index, column in enumerate(zip(*rows, strict=True)) if len(set(column)) > 1]
        places = {index: f"{{{{ row[1][{place}] }}}}" for place, index in enumerate(varying[number])}
        pieces = bones.split("\0")
        filled = (
            "".join(piece + places.get(index, rows[0][index]) for index, piece in enumerate(pieces[:-1])) + pieces[-1]
        )
        written.append(f"{{% {'if' if number == 0 else 'elif'} row[0] == {number} %}}{filled}")
    between_rows = "{% if not loop.last %}{{ between }}{% endif %}"
    source = (
        "{{ head }}{% for row in rows %}" + "".join(written) + "{% endif %}" + between_rows + "{% endfor %}{{ tail }}"
    )
    ready = Environment(autoescape=True).from_string(source)
    fixed = {"head": Markup(head), "tail": Markup(tail), "between": Markup(between)}
    told = [
        (order.index(bones), [html.unescape(own[index]) for index in varying[order.index(bones)]])
        for bones, own in zip(markup, values, strict=True)
    ]
    return lambda rows: ready.render(rows=rows, **fixed), told
