"""A ledger of projects by command: `projects import-ledger FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask_babel import force_locale

from projects.commands.parts import command, lang
from projects.core.acting import Acting
from projects.core.errors import InvalidError, ProblemError
from projects.core.permissions import SYSTEM
from projects.core.text import N_, Text
from projects.database import transaction
from projects.money.imports.reading import CellFault
from projects.portfolio.ledger import operations, plan, queries
from projects.portfolio.ledger.plan import Item
from projects.web.clock import business_day, latest_day, now
from projects.web.i18n import LOCALES, speak


@command("import-ledger")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--place", default="", help="The GB/T 2260 code of the place of projects whose row names none.")
@click.option(
    "--unit",
    type=click.Choice(["元", "万元", "亿元"]),
    help="The unit of amounts where neither heading nor cell names one.",
)
@click.option("--month", default="", help="The month (2021-10) of figures without one.")
@click.option("--leave", is_flag=True, help="Take the others over where some wait for a choice or can't be read.")
@click.option("--dry-run", is_flag=True, help="Only say what it would do.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@lang
def import_ledger(file: Path, unit: str | None, as_json: bool, lang: str, **options: Any) -> None:
    """Take the projects of FILE (.xlsx or .csv) over, with all that its columns say of them; promises need a plan
    document, which is chosen on the page.
    """
    is_dry, leave = options.pop("dry_run"), options.pop("leave")
    with force_locale(LOCALES[lang]):
        try:
            answer = _taken_over(file, options | {"unit": unit or ""}, is_dry=is_dry, leave=leave)
        except InvalidError as problem:
            raise click.ClickException("; ".join(f"{k}: {speak(t)}" for k, t in problem.fields.items())) from None
        except ProblemError as problem:
            raise click.ClickException(speak(problem.text)) from None
        click.echo(json.dumps(answer, ensure_ascii=False) if as_json else _told(answer))
    if answer["bad"] + answer["ask"] and not (leave or is_dry):
        sys.exit(1)


def _taken_over(file: Path, options: dict[str, Any], *, is_dry: bool, leave: bool) -> dict[str, Any]:
    """What was taken over, or would be; nothing is kept of a dry run, or where some wait and are not to be left."""
    opened = queries.opened(SYSTEM, file.name, file.read_bytes(), options)
    items = queries.planned(SYSTEM, opened.tables, options, {}, latest_day())
    counts = plan.counts(items)
    unread = [f"{one.name}: {speak(one.why)}" for table in opened.tables for one in table.columns if one.why]
    answer: dict[str, Any] = {"file": file.name, **counts, "unread": unread, "questions": _questions(items)}
    if is_dry or (not leave and counts[plan.ASK] + counts[plan.BAD]) or not counts[plan.NEW] + counts[plan.CHANGED]:
        return answer | {"posted": 0}
    acting = Acting(SYSTEM, now(), business_day())
    with transaction():
        upload = operations.preview(acting, opened)
    ready = operations.Ready.of(queries.ready(SYSTEM, upload.id, latest_day()), leave=leave)
    while ready.items:
        with transaction():
            upload = operations.post(acting, ready)
        ready = ready.after(upload)
    return answer | {"posted": upload.counts["posted"], "upload": upload.id, "months": upload.counts["months"]}


def _questions(items: list[Item]) -> list[str]:
    """What of each project somebody should look at, by cell."""
    cells = [one for item in items for one in (*item.faults, *item.notes)]
    alike = [
        Text(N_("%(row)s: %(name)s 可能就是已登记的 %(other)s"), {
            "row": item.key, "name": item.name, "other": item.likely[0][0].name
        })
        for item in items
        if item.state == plan.ASK
    ]  # fmt: skip
    return [_cell(one) for one in cells] + [speak(one) for one in alike]


def _cell(one: CellFault) -> str:
    return f"{one.sheet}!{one.cell} {one.value}: {speak(one.text)}"


def _told(answer: dict[str, Any]) -> str:
    """The figures in a line, and what should be looked at below."""
    states = ", ".join(f"{speak(plan.STATES[key])} {answer[key]}" for key in plan.STATES if answer[key])
    return "\n".join((f"{answer['file']}: {states} [{answer['posted']}]", *answer["questions"], *answer["unread"]))
