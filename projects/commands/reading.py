"""Reading a plan document: `projects read-plan FILE`. Opens no database."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

import click
from flask_babel import force_locale

from projects.commands.parts import command, lang
from projects.core.errors import InvalidError
from projects.core.vocabulary import COMMITMENTS, MEASURES
from projects.register.reader.extract import MOST_BYTES, Extracted, text_of
from projects.register.reader.found import Found, Reading
from projects.register.reader.reading import read
from projects.web.i18n import LOCALES, speak


@command("read-plan")
@click.argument("file", type=click.File("rb"))
@click.option("--year", type=click.IntRange(1990, 2100), help="The plan's year; default: what its head says.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array of the promises.")
@click.option("--groups", is_flag=True, help="With --json: promises of groups, too; `quantifier` tells them apart.")
@lang
def read_plan(file: BinaryIO, year: int | None, as_json: bool, groups: bool, lang: str) -> None:
    """Say what a plan document promises; FILE is .docx, .pdf, a web page or text, or - for stdin."""
    with force_locale(LOCALES[lang]):
        try:
            found = text_of(file.read(MOST_BYTES + 1), file.name)
        except InvalidError as problem:
            raise click.ClickException("; ".join(map(speak, problem.fields.values()))) from None
        reading = read(found.text, year)
        if as_json:
            kept = [one for one in reading.promises if groups or one.quantifier == "project"]
            click.echo(json.dumps([_entry(one) for one in kept], ensure_ascii=False, indent=1))
        else:
            _tell(found, reading)


def _entry(one: Found) -> dict[str, Any]:
    """A promise in the vocabulary of plans; a group's says which quantifier it has and whom it names."""
    entry = {
        "project": one.project,
        "target": one.target,
        "threshold": one.threshold,
        "due": one.due.isoformat() if one.due else None,
        "commitment": one.commitment,
        "quote": one.quote,
        "locator": one.locator,
    }
    return entry if one.quantifier == "project" else entry | {"quantifier": one.quantifier, "members": one.members}


def _tell(found: Extracted, reading: Reading) -> None:
    """A line for each promise, then what could not be read."""
    for note in found.notes:
        click.echo(f"▲ {speak(note)}", err=True)
    for one in reading.promises:
        threshold = "" if one.threshold is None else f" {one.threshold:g}"
        group = "" if one.quantifier == "project" else f" [{one.quantifier}]"
        parts = (
            one.locator,
            one.project + group,
            speak(MEASURES[one.target]) + threshold,
            str(one.due or "—"),
            speak(COMMITMENTS[one.commitment]),
        )
        click.echo("  ".join(part for part in parts if part))
    for left in reading.unread:
        click.echo(f"? {found.text[left.start : left.end].strip()}: {speak(left.why)}", err=True)
