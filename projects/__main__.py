"""`python -m projects …`: the commands, on the application that the environment describes."""

from __future__ import annotations

import os
import sys

import click

from projects import create_app
from projects.core.errors import ConfigError


def main() -> None:
    """Run a command."""
    os.environ.setdefault("FLASK_RUN_FROM_CLI", "true")
    app = create_app()
    group = app.cli.commands["projects"]
    try:
        with app.app_context():
            group.main(args=sys.argv[1:], prog_name="projects")
    except ConfigError as problem:
        raise click.ClickException(str(problem)) from None


main()
