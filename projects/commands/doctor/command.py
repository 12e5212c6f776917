"""`projects doctor`."""

from __future__ import annotations

import json
import os
import sys

import click
from flask import current_app
from flask_babel import force_locale

from projects.commands.doctor import checks
from projects.commands.doctor.extract import machine_facts, settings_facts
from projects.commands.doctor.queries import database_facts
from projects.commands.parts import command, lang
from projects.core.settings.queries import DEMO_DATE
from projects.web.clock import now
from projects.web.i18n import LOCALES, speak


@command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@lang
def doctor(as_json: bool, lang: str) -> None:
    """Say whether this installation is fit to serve, and how to mend what is not; exits 1 if anything must be."""
    os.umask(0o077)
    settings = current_app.config
    gathered = settings_facts(settings, os.environ, debug=current_app.debug) | machine_facts(settings, now())
    stored = database_facts(current_app.extensions["migrate"].directory, now(), DEMO_DATE)
    found = checks.examine(checks.Facts(**gathered, **stored))
    fit = checks.is_fit(found)
    with force_locale(LOCALES[lang]):
        rows = [
            {"name": one.name, "level": one.level, "text": speak(one.text), "fix": speak(one.fix or "")}
            for one in found
        ]
        if as_json:
            click.echo(json.dumps({"ok": fit, "checks": rows}, ensure_ascii=False))
        else:
            for row in rows:
                click.echo(
                    f"{speak(checks.LEVELS[row['level']])}  {row['text']}"
                    + (f"\n      → {row['fix']}" if row["fix"] else "")
                )
    sys.exit(0 if fit else 1)
