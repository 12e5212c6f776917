"""The commands by name: where each stands, and what `projects --help` says of it.

A command's module, and with it Flask and the database, is imported when the command or its own help is asked for; the
application is made when it runs. So help answers at once, and a served application holds no command.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

COMMANDS = {
    "accept-restored-backup": ("history:accept_restored_backup", "Go on after an older backup was restored."),
    "archive-audit": ("history:archive_audit", "Write the older part of the history to a file."),
    "assess": ("main:assess", "Say of every promise whether it will be kept."),
    "audit-head": ("history:audit_head", "Append the history's newest head to a file."),
    "backup": ("backup.command:backup", "Write database, keys and files to one file."),
    "backtest": ("forecast:backtest", "Forecast the projects of a folder as of its days."),
    "create-user": ("main:create_user_command", "Add an account and print its password once."),
    "demo": ("main:demo", "Load the five plans and sample, or remove them."),
    "doctor": ("doctor.command:doctor", "Say whether this installation is fit to serve."),
    "fit-reference": ("forecast:fit_reference", "Make a reference class from finished projects."),
    "gantt": ("main:gantt", "Draw the portfolio Gantt as PDF or picture."),
    "harden-database": ("history:harden_database", "Let PostgreSQL's role only append to the history."),
    "import-allocations": ("money:import_allocations", "Add allocation documents from a file."),
    "import-ledger": ("ledger:import_ledger", "Take a ledger of projects over from a file."),
    "import-payments": ("money:import_payments", "Add payments of projects from a file."),
    "import-projects": ("money:import_projects", "Add projects from a file."),
    "import-receipts": ("money:import_receipts", "Add receipts of treasury or bank from a file."),
    "init": ("main:init", "Create or upgrade the database; safe to repeat."),
    "match": ("money:match", "Propose which allocation lines receipts pay."),
    "purge-audit": ("history:purge_audit", "Remove from the history what an archive holds."),
    "read-plan": ("reading:read_plan", "Say what a plan document promises."),
    "rebuild-status": ("main:rebuild_status", "Recompute every stored verdict; run it daily."),
    "restore": ("backup.command:restore", "Put a backup into an empty place."),
    "serve": ("main:serve", "Prepare everything and serve until Ctrl-C."),
    "sweep-files": ("main:sweep_files", "Remove stored files that no row refers to."),
    "track-record": ("forecast:track_record_command", "Say how well past forecasts came true."),
    "undo-import": ("money:undo_import", "Take a whole import back by its number."),
    "verify-audit": ("history:verify_audit", "Say whether the history is whole."),
    "verify-backup": ("backup.command:verify_backup", "Say whether a backup is as it was written."),
}  # what help says has 50 columns


class Late(click.Command):
    """A command, or a group, that stands at `module:name` and is imported when it is used."""

    def __init__(self, name: str, place: str, help: str) -> None:  # noqa: A002 - click's word
        super().__init__(name, help=help)
        self.place = place

    def load(self) -> click.Command:
        """The command itself."""
        module, _, name = self.place.partition(":")
        found: click.Command = getattr(import_module(module), name)
        return found

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Leave all to it; under `flask` there is an application, else what the group was handed makes one."""
        from flask.cli import ScriptInfo  # noqa: PLC0415 - help needs no Flask

        if parent and not parent.find_object(ScriptInfo):
            parent.obj = ScriptInfo(create_app=parent.obj)
        return self.load().make_context(info_name, args, parent, **extra)


group = click.Group(
    "projects",
    help="Commands of the project tracker.",
    commands=[Late(name, f"projects.commands.{place}", said) for name, (place, said) in COMMANDS.items()],
)
migrations = Late("db", "flask_migrate.cli:db", "Perform database migrations.")
