"""Commands: `projects …` (in .venv/bin after `make install`), or `flask --app wsgi projects …`."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask_babel import force_locale

from projects import config, database
from projects.commands.backup.keeping import before_upgrade
from projects.commands.backup.place import place_of
from projects.commands.missing import work_out_missing
from projects.commands.parts import as_of, command, lang, today
from projects.commands.rebuilding import rebuild_in_steps
from projects.core.answers import works_text
from projects.core.errors import ProblemError
from projects.core.permissions import SYSTEM
from projects.core.text import Text, told
from projects.core.vocabulary import COMMITMENTS, DATA_STATES, MEASURES, ROLES, STATES
from projects.database import transaction
from projects.history.record.extract import make_key as make_audit_key
from projects.money.imports.operations import keep_parsed
from projects.money.waiting.queries import former, reread
from projects.people.sign_in.operations import create_user, generate_password
from projects.people.sign_in.queries import users
from projects.pictures.gantt.choices import GROUPS
from projects.pictures.gantt.paper import KINDS, PAPERS
from projects.portfolio.gantt.queries import portfolio_chart
from projects.portfolio.projects.queries import portfolio
from projects.portfolio.projects.rows import TargetRow
from projects.portfolio.promises.queries import Wanted, promises
from projects.register.places.operations import load_places
from projects.register.selection.filtering import PortfolioFilter
from projects.samples.demo.operations import clear_samples
from projects.samples.pack.operations import LeaningError, Removed, load_pack, remove_pack
from projects.samples.pack.queries import is_there, was_loaded
from projects.samples.plans.extract import read_catalogue
from projects.samples.plans.operations import load_catalogue
from projects.verdicts.assess.words import amount
from projects.verdicts.facts.facts import lights_by_key
from projects.verdicts.rules.operations import load_rule_sets
from projects.verdicts.status.operations import forget, refresh_reference
from projects.web.clock import now
from projects.web.i18n import LOCALES, say, speak
from projects.works.files.operations import sweep
from projects.works.files.storage import open_storage


@command()
@click.option("--without-copy", is_flag=True, help="Upgrade without copying the database first: you have a backup.")
def init(without_copy: bool) -> None:
    """Create or upgrade the database and its keys; safe to repeat. No plan, project or promise is added.

    Before an upgrade the database is copied to INSTANCE_PATH/backups.
    """
    prepare(copy=not without_copy)
    click.echo("database ready")


def prepare(*, copy: bool = True, verdicts: bool = True) -> None:
    """A copy where migrations are about to change the database, keys, migrations, rules, what the five plans say where
    they are loaded; and the verdicts as of today, unless somebody works out later what is `missing` of them.
    """
    from flask_migrate import upgrade

    os.umask(0o077)
    if copy:
        copy_before_upgrade()
    config.make_key(Path(current_app.config["INSTANCE_PATH"]))
    make_audit_key(Path(current_app.config["INSTANCE_PATH"]))
    upgrade(directory=current_app.extensions["migrate"].directory)
    with transaction():
        load_places(SYSTEM, now())
        load_rule_sets(SYSTEM, now())
        if is_there(plans := read_catalogue()):
            loaded = load_catalogue(SYSTEM, now(), plans, today())
            if loaded.added or loaded.changed:
                forget(today())
    for batch_id in former():
        parsed = reread(batch_id)
        with transaction():
            keep_parsed(batch_id, parsed)
    if verdicts:
        rebuild_in_steps(SYSTEM, now(), today())


def copy_before_upgrade() -> None:
    """Copy the database where an upgrade is about to change it, and say where; what can't be copied is not upgraded."""
    try:
        taken = before_upgrade(place_of(current_app), now)
    except ProblemError as problem:
        raise click.ClickException(
            f"{problem}\nnothing was upgraded; with a backup of your own, `projects init --without-copy` upgrades"
        ) from None
    if taken:
        click.echo(f"copied before the upgrade: {taken.path}")
        if not taken.manifest.is_complete:
            raise click.ClickException(
                "it says that the history or the database is broken (`projects verify-backup`), so nothing was "
                "upgraded; `projects init --without-copy` upgrades all the same"
            )


@command()
@click.option("--clear", is_flag=True, help="Remove everything marked 示例 instead; the five plans stay.")
@click.option("--remove", is_flag=True, help="Remove the five plans with their sample instead, after saying what goes.")
@click.option("--yes", is_flag=True, help="Remove without asking.")
def demo(clear: bool, remove: bool, yes: bool) -> None:
    """Load the five plans with their labelled sample (示例) and print the generated sign-ins once.

    What an office has added of its own is never removed: where it rests on the plans, nothing is, and it is named.
    """
    if clear and remove:
        raise click.UsageError("--clear keeps the five plans, --remove does not; give one of them")
    if clear:
        with transaction():
            clear_samples(SYSTEM, now())
        click.echo("samples removed; the five plans stay (`projects demo --remove` removes them too)")
    elif remove:
        remove_whole(asking=not yes)
    elif not add_samples():
        click.echo(
            "samples are loaded already; sign-ins are printed only once (new ones: projects demo --clear, then "
            "projects demo)"
        )


def remove_whole(*, asking: bool) -> None:
    """Remove the pack, having said what goes and asked for a yes."""
    try:
        if asking:
            with suppress(_RehearsedError), transaction():
                _say_removed(remove_pack(SYSTEM, now()), "would remove", "nothing to remove")
                raise _RehearsedError
            click.confirm("Remove all of it?", abort=True)
        with transaction():
            gone = remove_pack(SYSTEM, now())
    except LeaningError as problem:
        raise click.ClickException(str(problem)) from None
    _say_removed(gone, "removed", "nothing was there to remove")


class _RehearsedError(Exception):
    """Takes back what was only tried."""


def _say_removed(gone: Removed, what: str, none: str) -> None:
    rows = ", ".join(f"{number} {table}" for table, number in gone.rows.items())
    click.echo(f"{what}: {rows}" if rows else none)
    for name in gone.kept:
        click.echo(f"  stays, because others belong to it or have described it: {name}")


def add_samples() -> bool:
    """Load the pack where its sample is not there, and print the sample's sign-ins."""
    with transaction():
        credentials = load_pack(SYSTEM, now(), today())
    if credentials is None:
        return False
    click.echo("示例账号 / sample sign-ins, shown only now:")
    for one in credentials.people:
        click.echo(f"  {one.username:<12}{one.password:<18}{ROLES[one.role]}")
    return True


@command()
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="PORT", default=5000, show_default=True)
def serve(host: str, port: int) -> None:
    """Prepare everything, with the five plans and their sample the first time, and serve until Ctrl-C.

    Verdicts of the day that are missing are worked out meanwhile (projects/commands/serving.py).
    """
    prepare(verdicts=False)
    if not users() and not was_loaded():
        add_samples()
    database.dispose()
    click.echo(f"http://{host}:{port}  (Ctrl-C stops)")
    os.environ.pop("FLASK_RUN_FROM_CLI", None)
    gunicorn = Path(sys.executable).with_name("gunicorn")
    settings = [
        "--config",
        str(config.ROOT / "projects" / "commands" / "serving.py"),
        "--bind",
        f"{host}:{port}",
        "--chdir",
        str(config.ROOT),
    ]
    # the point: this process becomes the server
    os.execv(gunicorn, [str(gunicorn), *settings, "wsgi:app"])  # noqa: S606


@command()
@as_of
@click.option("--project", "slug", help="Only this project.")
@click.option("--plan", default="", help="Only this plan document.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@lang
def assess(as_of: dt.date | None, slug: str | None, plan: str, as_json: bool, lang: str) -> None:
    """Say of every promise whether it will be kept, and by how many days it is late; of one project with the
    reasons.
    """
    day = as_of or today()
    rows = [row for row in promises(SYSTEM, day, Wanted(plan=plan)) if slug is None or row.project_slug == slug]
    if slug is not None and not rows:
        raise click.ClickException(f"no promise of a project {slug!r}; `projects assess` lists them all")
    if plan and not rows:
        raise click.ClickException(
            f"no promise of a plan document {plan!r}; its name is the last part of its page's address, such as "
            f"jining-2021"
        )
    lights = (
        {one.slug: lights_by_key(one.lights) for one in portfolio(SYSTEM, PortfolioFilter(per_page=0), day)[0]}
        if as_json
        else {}
    )
    with force_locale(LOCALES[lang]):
        for row in rows:
            told = row.to_json(speak) | {"lights": lights.get(row.project_slug or "")} if as_json else {}
            click.echo(json.dumps(told, ensure_ascii=False) if as_json else _line(row))
            if slug is not None and not as_json:
                click.echo("\n".join(f"    {speak(text)}" for text in row.words))


def _line(row: TargetRow) -> str:
    state, slip = speak(STATES[row.state]), "" if row.slip_days is None else f"{row.slip_days:+d}"
    due = row.due.isoformat() if row.due else "—"
    chance = "" if row.probability is None else f"{told(row.probability, 0)}%"
    works = speak(works_text(row.works_state, row.works_days)) if row.works_state else ""
    news = speak(Text(DATA_STATES[row.data_state])) if row.data_state else ""
    needed = "" if row.facts.threshold is None else f" ≥ {speak(amount(row.facts, row.facts.threshold))}"
    return (
        f"{state:<12}{slip:>6}  {due:<10}{chance:>5}  {speak(COMMITMENTS[row.commitment])} "
        f"{speak(MEASURES[row.measure])}{needed}  {row.subject}  {works} · {news}".rstrip(" ·")
    )


@command()
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="A .pdf, .png or .svg file."
)
@as_of
@click.option("--group", type=click.Choice(list(GROUPS)), default="programme", show_default=True)
@click.option("--paper", type=click.Choice(list(PAPERS)), default="a3", show_default=True, help="Paper of a PDF.")
@click.option("--detail", is_flag=True, help="Work stages too, not only projects.")
@lang
def gantt(out: Path, as_of: dt.date | None, group: str, paper: str, detail: bool, lang: str) -> None:
    """Draw the portfolio Gantt: a wall chart as PDF, or a picture."""
    from projects.pictures.gantt.render import write_gantt

    if out.suffix.lower().lstrip(".") not in KINDS:
        raise click.ClickException(f"{out.name}: the name must end in .{', .'.join(KINDS)}")
    chart = portfolio_chart(SYSTEM, PortfolioFilter(per_page=0), group, as_of or today(), most=None)
    with force_locale(LOCALES[lang]):
        write_gantt(out, chart, translate=say, paper=paper, detail=detail)
    click.echo(str(out))


@command("rebuild-status")
@as_of
@click.option("--missing", is_flag=True, help="Only where they are missing and nobody else is at it.")
def rebuild_status(as_of: dt.date | None, missing: bool) -> None:
    """Recompute every stored verdict; run it once a day, after midnight in Beijing."""
    if missing:
        os.nice(10)  # pages go first
        done = work_out_missing(SYSTEM, now, as_of or today())
        click.echo("nothing to do" if done is None else f"{done} projects")
        return
    with transaction():
        refresh_reference(now(), as_of or today())
    count = rebuild_in_steps(SYSTEM, now(), as_of or today())
    click.echo(f"{count} projects")


@command("sweep-files")
def sweep_files() -> None:
    """Remove stored files that no row refers to for an hour; exits with 1 where files of rows are missing."""
    gone, missing = sweep(now(), open_storage(current_app.config["STORAGE_URL"], current_app.config["INSTANCE_PATH"]))
    click.echo(f"{gone} removed, {missing} missing")
    if missing:
        raise click.ClickException(f"{missing} files of rows are not in the storage; restore them from a backup")


@command("create-user")
@click.argument("username")
@click.option("--role", type=click.Choice(list(ROLES)), required=True)
@click.option("--name", default="", help="The name shown.")
@click.option("--all-places", is_flag=True, help="For finance, dispatcher and leader: every place, not none yet.")
def create_user_command(username: str, role: str, name: str, *, all_places: bool) -> None:
    """Add an account and print its generated password once."""
    password = generate_password()
    values: dict[str, Any] = {"username": username, "display_name": name, "role": role, "all_places": all_places}
    try:
        with transaction():
            create_user(SYSTEM, now(), **values, password=password)
    except ProblemError as problem:
        raise click.ClickException(
            "; ".join(str(text) for text in getattr(problem, "fields", {}).values()) or str(problem)
        ) from None
    click.echo(f"{username} {password}")
