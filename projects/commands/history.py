"""Commands on the history: is it whole, keep its head elsewhere, archive and remove its older part, go on after a
restored backup, bind the database's roles.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask_babel import force_locale
from sqlalchemy.exc import ProgrammingError

from projects.commands.parts import Day, command, lang
from projects.core.errors import ProblemError
from projects.core.permissions import SYSTEM
from projects.core.text import N_, Text
from projects.database import transaction
from projects.extensions import db
from projects.history.record.chain import FAULTS, ChainFault, ChainHead, ChainVerdict
from projects.history.record.extract import read_heads
from projects.history.record.operations import safe_of
from projects.history.record.queries import newest_head, verdict
from projects.history.retention import operations
from projects.history.retention.archive import BrokenArchiveError
from projects.web.clock import now
from projects.web.i18n import LOCALES, speak

existing = click.Path(path_type=Path, dir_okay=False, exists=True)
new = click.Path(path_type=Path, dir_okay=False)


@contextmanager
def told() -> Iterator[None]:
    """Problems as one line and exit status 1."""
    try:
        yield
    except ProblemError as problem:
        raise click.ClickException(str(problem)) from None
    except BrokenArchiveError as problem:
        raise click.ClickException(f"{speak(FAULTS['archive'])} ({problem})") from None
    except ProgrammingError as problem:
        raise click.ClickException(
            f"{str(problem.orig).splitlines()[0]}; run this as the owner of the tables"
        ) from None


@command("verify-audit")
@click.option("--head", type=existing, help="Also hold the chain against heads kept elsewhere (audit-head).")
@click.option(
    "--archive",
    "archives",
    type=existing,
    multiple=True,
    help="Also verify the archives of what was removed; name all of them.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@lang
def verify_audit(head: Path | None, archives: tuple[Path, ...], as_json: bool, lang: str) -> None:
    """Say whether the history is whole: no row changed, removed, inserted, reordered, and no tail cut."""
    more = read_heads(head) if head else ([], 0)
    with db.engine.connect() as connection:
        found = verdict(connection, safe_of(connection), more)
        faults = [*found.faults, *_archive_faults(archives, found, more[0])]
    with force_locale(LOCALES[lang]):
        broken = [{"row": one.row, "why": one.why, "words": speak(FAULTS[one.why])} for one in faults]
        said = [
            speak(
                Text(
                    N_("%(rows)s 条记录, 其中 %(unsealed)s 条早于摘要链"),
                    {"rows": found.rows, "unsealed": found.unsealed},
                )
            )
        ]
        if found.archived.last_id:
            said.append(speak(Text(N_("编号 %(id)s 及以前的记录已归档清除"), {"id": found.archived.last_id})))
    if as_json:
        figures = {
            "rows": found.rows,
            "unsealed": found.unsealed,
            "archived_until": found.archived.last_id,
            "whole": not faults,
            "faults": broken,
        }
        click.echo(json.dumps(figures, ensure_ascii=False))
    else:
        click.echo("\n".join(said))
        for one in broken[:10]:
            click.echo(f"{one['row'] or '—'}: {one['words']}", err=True)
    sys.exit(1 if faults else 0)


def _archive_faults(paths: tuple[Path, ...], found: ChainVerdict, heads: list[ChainHead]) -> list[ChainFault]:
    safe = safe_of(db.engine)
    try:
        held = [operations.check_archive(safe, path, heads) for path in paths]
    except (BrokenArchiveError, ProblemError):
        return [ChainFault(None, "archive")]
    return (
        [ChainFault(found.archived.last_id or None, "archive")]
        if held and operations.missing_links(held, found.archived)
        else []
    )


@command("audit-head")
@click.option("--out", type=new, required=True, help="The file to append the newest head to.")
def audit_head(out: Path) -> None:
    """Append the history's newest head to a file, once a day: kept where this installation cannot write, it shows a cut
    tail.
    """
    head = newest_head()
    if head is None:
        raise click.ClickException("nothing is recorded yet")
    with out.open("a", encoding="ascii") as file:
        file.write(head.line())
    click.echo(head.line().strip())


@command("archive-audit")
@click.option("--before", type=Day(), required=True, help="Archive what was recorded before this Beijing day.")
@click.option("--out", type=new, required=True, help="The new file; compressed where it ends in .gz.")
def archive_audit(before: dt.date, out: Path) -> None:
    """Write the older part of the history to a sealed file; nothing is removed."""
    with told(), transaction():
        found = operations.archive_history(SYSTEM, now(), before, out)
    click.echo(f"{found.rows} entries up to {found.last_id}; sha256 {found.sha256}")


@command("purge-audit")
@click.option(
    "--archive", type=existing, required=True, help="The archive of what is to go; keep it, it is the only copy then."
)
@click.option("--yes", is_flag=True, help="Remove; without it, only say what would go.")
def purge_audit(archive: Path, yes: bool) -> None:
    """Remove what an archive holds, once it is older than AUDIT_KEEP_DAYS; the rest stays chained to it.

    Run by the owner of the tables.
    """
    with told():
        if not yes:
            found = operations.check_archive(safe_of(db.engine), archive)
            click.echo(
                f"would remove {found.rows} entries up to {found.last_id}; repeat with --yes, and keep {archive.name} "
                f"for good"
            )
            return
        with transaction():
            found = operations.purge_history(SYSTEM, now(), archive, current_app.config["AUDIT_KEEP_DAYS"])
    click.echo(f"{found.rows} entries up to {found.last_id} removed; keep {archive.name} for good")


@command("accept-restored-backup")
@click.option("--reason", required=True, help="Why an older state was restored; it stands in the history.")
@click.option(
    "--head", type=existing, help="Heads kept elsewhere (audit-head), where the disk took the own ones along."
)
def accept_restored_backup(reason: str, head: Path | None) -> None:
    """After restoring an older backup: say in the history which entries were lost, and go on."""
    with told(), transaction():
        lost, aside = operations.accept_restored(SYSTEM, now(), reason, read_heads(head)[0] if head else ())
    click.echo(f"{lost} entries lost; the heads from before lie in {aside.name}")


@command("harden-database")
@click.option("--app-role", required=True, help="The PostgreSQL role that the application signs in with.")
def harden_database(app_role: str) -> None:
    """PostgreSQL, run as the owner of the tables: let the application's role append to the history, but not change it.

    Repeat after each upgrade.
    """
    with told(), transaction():
        operations.harden(db.session.connection(), app_role)
    click.echo(
        f"{app_role} may read and append to {', '.join(operations.APPEND_ONLY[:1])}, read "
        f"{operations.APPEND_ONLY[1]}, and use the other tables"
    )
