"""`projects backup`, `verify-backup`, `restore`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask_babel import force_locale

from projects.commands.backup import keeping, reading, words
from projects.commands.backup.manifest import KEYS, NewerFormatError
from projects.commands.backup.place import Place, place_of
from projects.commands.backup.restoring import restore as put_back
from projects.commands.backup.sealing import read_passphrase
from projects.commands.backup.taking import Wanted, take
from projects.commands.backup.verifying import opened_keys, verify
from projects.commands.parts import command, lang
from projects.core.errors import ProblemError
from projects.core.text import N_, Text
from projects.web.clock import now
from projects.web.i18n import LOCALES, speak

new = click.Path(path_type=Path, dir_okay=False)
passphrase = click.option(
    "--passphrase-file", type=new, help="A file whose first line seals the keys; default: BACKUP_PASSPHRASE_FILE."
)


@contextmanager
def spoken(lang: str) -> Iterator[None]:
    """Words in a language; problems as one line of it and exit status 1."""
    with force_locale(LOCALES[lang]):
        try:
            yield
        except NewerFormatError as problem:
            told = Text(N_("备份由更新的版本 %(there)s 写成, 本程序读不了"), {"there": str(problem)})
            raise click.ClickException(speak(told)) from None
        except ProblemError as problem:
            raise click.ClickException(speak(problem.text)) from None


@contextmanager
def stoppable() -> Iterator[None]:
    """Stopped by a service manager (SIGTERM), end as by Ctrl-C: what was begun is taken back."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def say(texts: Iterable[Text], *, err: bool = False) -> None:
    """A line each."""
    for text in texts:
        click.echo(speak(text), err=err)


@command()
@click.argument("file", type=new)
@click.option("--with-files", is_flag=True, help="Photos and papers too.")
@passphrase
@click.option("--without-key", "left_out", type=click.Choice(KEYS), multiple=True, help="Leave this key out.")
@click.option("--keep", type=click.IntRange(min=1), help="Then remove older ones beside FILE, so that so many remain.")
@lang
def backup(
    file: Path, with_files: bool, passphrase_file: Path | None, left_out: tuple[str, ...], keep: int | None, lang: str
) -> None:
    """Write database, keys and files as of one instant to one new FILE, while others go on working.

    Exits with 1 where anything is missing from it, or was found broken.
    """
    os.umask(0o077)
    with spoken(lang), stoppable():
        place = place_of(current_app)
        wanted = Wanted(with_files, place.passphrase(passphrase_file), frozenset(left_out))
        taken = take(place, file.absolute(), wanted, now)
        complete = taken.manifest.is_complete
        say(words.of_taken(taken), err=not complete)
        if place.copy_out:
            keeping.copy_out(place.copy_out, taken.path)
            say([Text(N_("外送命令已完成"))])
        if keep and complete:
            gone = keeping.prune(taken, keep)
            say(Text(N_("已清理旧备份 %(path)s"), {"path": str(path)}) for path in gone)
    sys.exit(0 if complete else 1)


@command("verify-backup")
@click.argument("file", type=new)
@passphrase
@lang
def verify_backup(file: Path, passphrase_file: Path | None, lang: str) -> None:
    """Say whether FILE is as it was written, byte for byte, and what it holds; exits with 1 if any byte differs.

    With a passphrase, also whether it opens the keys.
    """
    with spoken(lang):
        found = verify(file, reading.known_seal(place_of(current_app).safe))
        say((words.of_fault(one) for one in found.faults), err=True)
        say(words.of_verified(found))
        if passphrase_file and found.manifest and found.is_whole:
            opened = opened_keys(file, found.manifest, read_passphrase(passphrase_file))
            say([Text(N_("口令能打开 %(keys)s"), {"keys": ", ".join(opened) or "—"})])
    sys.exit(0 if found.is_whole else 1)


@command()
@click.argument("file", type=new)
@passphrase
@click.option("--upgrade", is_flag=True, help="Then bring the database up to this version.")
@lang
def restore(file: Path, passphrase_file: Path | None, upgrade: bool, lang: str) -> None:
    """Put FILE into an empty place (INSTANCE_PATH, DATABASE_URL, STORAGE_URL), and check what lies there then.

    Exits with 1 where the copy does not pass; nothing is left where it can't be restored.
    """
    os.umask(0o077)
    with spoken(lang), stoppable():
        place = place_of(current_app)
        found = put_back(place, file, place.passphrase(passphrase_file))
        say(words.of_restored(found, _where(place)), err=not found.is_sound)
        if upgrade and found.pending and found.is_sound:
            from flask_migrate import upgrade as migrate

            migrate(directory=place.migrations)
            say([Text(N_("已升级到 %(revision)s"), {"revision": found.pending[-1]})])
    sys.exit(0 if found.is_sound else 1)


def _where(place: Place) -> str:
    return f"{place.instance}, {place.engine.url.render_as_string()}, {place.storage.root}"
