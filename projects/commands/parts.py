"""What the commands share: how one is made, days, the choice of language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError, ProgrammingError

from projects.core.errors import ConfigError
from projects.core.month import beijing_day, parse_day
from projects.core.settings.queries import DEMO_DATE, setting
from projects.database import patient
from projects.web.clock import now
from projects.web.i18n import LOCALES


@contextmanager
def told() -> Iterator[None]:
    """Say so where a setting is wrong or the database can't be used, instead of showing a trace."""
    try:
        yield
    except ConfigError as problem:
        raise click.ClickException(str(problem)) from None
    except (OperationalError, ProgrammingError) as problem:
        said = str(problem.orig).strip().splitlines()[0]
        raise click.ClickException(
            f"the database can't be used ({said}): `projects init` makes or upgrades it, `projects doctor` says what "
            f"is wrong"
        ) from problem


def command(name: str | None = None, words: str | None = None) -> Callable[[Callable[..., None]], click.Command]:
    """A command on the application, described by `words` or its docstring."""

    def make(run: Callable[..., None]) -> click.Command:
        return click.command(name, help=words)(told()(patient()(with_appcontext(run))))

    return make


class Day(click.ParamType):  # type: ignore[type-arg]  # generic in the stubs, not at run time
    """A day as 2021-11-30."""

    name = "YYYY-MM-DD"

    def convert(self, value: str | dt.date, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """Parse, or say what is wrong."""
        try:
            return value if isinstance(value, dt.date) else parse_day(value)
        except ValueError:
            self.fail(f"{value!r} is no date; write it as 2021-11-30", param, ctx)


def today() -> dt.date:
    """The installation's day: the demo's status date, or today in Beijing."""
    stored = setting(DEMO_DATE)
    return parse_day(stored) if stored else beijing_day(now())


lang = click.option(
    "--lang", type=click.Choice(list(LOCALES)), default="zh", show_default=True, help="Language of words."
)
as_of = click.option("--as-of", type=Day(), help="The day to speak about; default: the installation's status date.")
