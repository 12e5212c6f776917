"""Starting loads what serving needs, help what it prints: every start and every `--help` would pay for more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import click
import pytest

from projects.commands import forecast, history, ledger, main, money, reading
from projects.commands.backup import command as backup_command
from projects.commands.doctor import command as doctor_command
from projects.commands.group import COMMANDS, Late, group

ROOT = Path(__file__).parents[2]
LATE = {
    "alembic", "authlib", "flask_migrate", "fontTools", "fsspec", "joserfc", "mako", "matplotlib", "numpy", "obstore",
    "PIL", "python_calamine", "segno", "xlsxwriter", "projects.commands.main", "projects.samples",
}  # fmt: skip
COMMANDED = (backup_command, forecast, history, ledger, main, money, reading, doctor_command)


def loaded(code: str, folder: Path) -> set[str]:
    """The modules loaded after `code`, in a process of its own."""
    told = f"import sys, json\n{code}\nprint(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", told],
        cwd=ROOT,
        env={**os.environ, "INSTANCE_PATH": str(folder), "FLASK_RUN_FROM_CLI": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def help_of(*arguments: str) -> str:
    """Code that asks for help as `python -m projects` would."""
    return (
        f"sys.argv = ['projects', *{arguments!r}, '--help']\ntry:\n    import projects.__main__\n"
        f"except SystemExit as end:\n    assert not end.code"
    )


def test_serving_loads_nothing_that_one_export_or_command_needs(tmp_path: Path):
    found = loaded("import wsgi", tmp_path)
    assert not LATE & found
    assert "sqlalchemy" in found  # the control
    assert "matplotlib" in loaded("import projects.pictures.gantt.render", tmp_path)


def test_help_loads_neither_flask_nor_database_nor_any_command(tmp_path: Path):
    found = {name.partition(".")[0] for name in loaded(help_of(), tmp_path)}
    assert not {"flask", "sqlalchemy", "babel", "yaml"} & found
    assert "projects.app" not in loaded(help_of(), tmp_path)


def test_a_commands_own_help_makes_no_application(tmp_path: Path):
    assert "projects.app" not in loaded(help_of("assess"), tmp_path)


def test_every_command_is_found_by_its_name_and_none_is_left_out():
    own = {one for module in COMMANDED for one in vars(module).values() if isinstance(one, click.Command)}
    found = {name: late.load() for name, late in group.commands.items() if isinstance(late, Late)}
    assert set(found) == set(COMMANDS)
    assert {name for name, one in found.items() if one.name != name} == set()
    assert set(found.values()) == own


@pytest.mark.parametrize("name", COMMANDS)
def test_what_help_says_of_a_command_fits_its_line(name: str):
    said = COMMANDS[name][1]
    assert sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in said) <= 50
    assert said.endswith(".")
    assert said in " ".join(group.get_help(click.Context(group, terminal_width=80)).split())
