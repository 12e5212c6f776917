"""Commands about money: `projects import-projects|import-allocations|import-receipts|import-payments FILE` and
`projects match`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from flask_babel import force_locale

from projects.commands.parts import command, lang
from projects.core.acting import Acting
from projects.core.errors import InvalidError, ProblemError
from projects.core.money import exact_yuan, plain_yuan
from projects.core.permissions import SYSTEM, Actor
from projects.core.text import N_, Text
from projects.core.vocabulary import IMPORT_KINDS, IMPORT_STATES
from projects.database import transaction
from projects.extensions import db
from projects.money.imports import operations
from projects.money.imports import queries as files
from projects.money.imports.plan import later
from projects.money.imports.reading import CellFault
from projects.money.matching import queries
from projects.money.matching.facts import Candidate
from projects.web.clock import business_day, latest_day, now
from projects.web.i18n import LOCALES, speak

SHOWN_FAULTS = 200
STATES = IMPORT_STATES | {"previewed": N_("只看不入账"), "refused": N_("没有入账"), "unchanged": N_("没有要入账的")}
Command = Callable[..., None]


def _options(run: Command) -> Command:
    for option in (
        click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True)),
        click.option(
            "--place",
            help=(
                "The GB/T 2260 code of the place the file is of; projects whose place is not named or not known go "
                "there."
            ),
        ),
        click.option(
            "--unit",
            type=click.Choice(["元", "万元", "亿元"]),
            help="The unit of amounts where neither heading nor cell names one.",
        ),
        click.option("--dry-run", is_flag=True, help="Only say what it would do."),
        click.option("--json", "as_json", is_flag=True, help="One JSON object."),
        lang,
    ):
        run = option(run)
    return run


def _run(
    kind: str, file: Path, place: str | None, unit: str | None, *, dry_run: bool, as_json: bool, lang: str
) -> None:
    with force_locale(LOCALES[lang]):
        try:
            answer, faults, notes = _import(kind, file, {"place": place or "", "unit": unit or ""}, dry_run=dry_run)
        except InvalidError as problem:
            answer, notes = {"kind": kind, "state": "refused"}, []
            faults = [{"cell": name, "value": "", "why": speak(text)} for name, text in problem.fields.items()]
        except ProblemError as problem:
            raise click.ClickException(speak(problem.text)) from None
        if as_json:
            click.echo(json.dumps(answer | {"faults": faults, "notes": notes}, ensure_ascii=False))
        else:
            _tell(kind, answer, faults, notes)
    if faults:
        sys.exit(1)


def _import(
    kind: str, file: Path, options: dict[str, Any], *, dry_run: bool
) -> tuple[dict[str, Any], list[dict[str, str]], list[dict[str, str]]]:
    """What an import did, or would do; nothing is kept of a dry run or of a file with faults."""
    content = file.read_bytes()
    opened = files.opened(SYSTEM, kind, file.name, content, options, latest_day())
    found, plan = opened.found, opened.plan
    answer: dict[str, Any] = {"kind": kind, "file": file.name, **files.counts(found, plan)}
    faults, notes = ([_spoken(one) for one in some] for some in (plan.faults, plan.notes))
    if plan.faults or dry_run:
        return answer | {"state": "refused" if plan.faults else "previewed"}, faults, notes
    if not plan.new:
        return answer | {"state": "unchanged"}, faults, notes
    acting = Acting(SYSTEM, now(), business_day())
    with transaction():
        batch = operations.preview(acting, opened)
    ready = files.Ready.of(batch, found, plan)
    while batch.state != "posted":
        with transaction():
            batch = operations.post(acting, ready, _progress)
        ready = ready.after(batch)
    told: dict[str, Any] = {"state": "posted", "import": batch.id}
    if after := later(kind, found.rows, acting.day):
        day = acting.day.isoformat()
        told["later"] = {"rows": after.count, "last": after.last.isoformat(), "pages_stand_at": day}
    return answer | told, faults, notes


def _spoken(one: CellFault) -> dict[str, str]:
    return {"cell": f"{one.sheet}!{one.cell}" if one.cell else one.sheet, "value": one.value, "why": speak(one.text)}


def _progress(stage: str, done: int, of: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{stage} {done}/{of} ", nl=done >= of, err=True)


def _tell(kind: str, answer: dict[str, Any], faults: list[dict[str, str]], notes: list[dict[str, str]]) -> None:
    for one in faults[:SHOWN_FAULTS]:
        click.echo(f"✖ {one['cell']} {one['value']}: {one['why']}", err=True)
    for one in notes[:SHOWN_FAULTS]:
        click.echo(f"▲ {one['cell']} {one['value']}: {one['why']}", err=True)
    for some in (faults, notes):
        if len(some) > SHOWN_FAULTS:
            click.echo(f"… +{len(some) - SHOWN_FAULTS}", err=True)
    if "rows" in answer:
        figures = {name: answer[name] for name in ("rows", "new", "existing", "faults")}
        said = Text(
            N_("%(kind)s: %(rows)s 行, 新增 %(new)s, 已登记过 %(existing)s, 不能入账 %(faults)s"),
            {
                "kind": Text(IMPORT_KINDS[kind]),
                **figures,
                "faults": Text(N_("%(count)s 处"), {"count": figures["faults"]}),
            },
        )
        sum_of = Text(N_("%(sum)s 元"), {"sum": exact_yuan(answer["amount_fen"])})
        click.echo(
            speak(said)
            + (f", {speak(sum_of)}" if answer["amount_fen"] else "")
            + f" [{speak(STATES[answer['state']])}]"
        )
    if after := answer.get("later"):
        words = {"rows": after["rows"], "day": after["pages_stand_at"], "last": after["last"]}
        said = Text(
            N_("有 %(rows)s 行的日期在页面状态日 %(day)s 之后, 最晚 %(last)s: 把页面上方的日期选到那天才看得到"), words
        )
        click.echo(speak(said))


def _command(kind: str, words: str) -> click.Command:
    def run(file: Path, place: str | None, unit: str | None, dry_run: bool, as_json: bool, lang: str) -> None:
        _run(kind, file, place, unit, dry_run=dry_run, as_json=as_json, lang=lang)

    return command(f"import-{kind}", words)(_options(run))


import_projects = _command(
    "projects", "Add the projects of FILE (.xlsx or .csv); those that are there already stay as they are."
)
import_allocations = _command(
    "allocations", "Add allocation documents with their lines from FILE; a line's own number is kept."
)
import_receipts = _command("receipts", "Add what the treasury or bank says came in, from FILE; vouchers are kept.")
import_payments = _command("payments", "Add payments of projects from FILE.")


@command("undo-import")
@click.argument("number", type=int)
@click.option("--reason", default="", help="Why; kept in the history.")
def undo_import(number: int, reason: str) -> None:
    """Take a whole import back by its number."""
    try:
        with transaction():
            operations.undo(Acting(SYSTEM, now(), business_day()), number, reason)
    except ProblemError as problem:
        raise click.ClickException(speak(problem.text)) from None
    click.echo(f"import {number} undone")


@command("match")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.option("--place", help="Only receipts of this place and projects in it (GB/T 2260 code).")
@lang
def match(as_json: bool, place: str | None, lang: str) -> None:
    """Propose which allocation lines each receipt pays, with reasons; books nothing."""
    actor = SYSTEM if place is None else queries.in_place(SYSTEM, place)
    with force_locale(LOCALES[lang]):
        rows = _proposals(actor)
        if as_json:
            click.echo(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            parts = ", ".join(f"{one['allocation']} {Decimal(one['amount']):,}" for one in row["lines"]) or "—"
            click.echo(f"{'✔' if row['confident'] else '?'} {row['voucher']:<12} {parts}  {'；'.join(row['reasons'])}")


def _proposals(actor: Actor) -> list[dict[str, Any]]:
    found = queries.proposals(actor, _progress)
    waiting = {str(row.id): row for row in queries.receipts_left(actor)}
    names = queries.externals(
        part.line for one in found.values() for candidate in one.candidates for part in candidate.parts
    )
    db.session.rollback()
    rows = []
    for key, one in found.items():
        best = one.candidates[0]
        others = [_candidate(other, names) for other in one.candidates[1:] if other.parts]
        rows.append(
            {
                "voucher": waiting[key].voucher,
                "confident": one.confident,
                **_candidate(best, names),
                "outside": best.outside,
                "others": others,
            }
        )
    return rows


def _candidate(one: Candidate, names: dict[str, str]) -> dict[str, Any]:
    return {
        "lines": [{"allocation": names[part.line], "amount": plain_yuan(part.amount_fen)} for part in one.parts],
        "sure": round(one.sure, 2),
        "reasons": [speak(text) for text in one.reasons],
    }
