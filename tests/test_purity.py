"""A file's name says what it may do (docs/architecture.md): everything but the shell files of a feature is pure."""

from __future__ import annotations

import ast
import graphlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "projects"
SHELL = {"views", "forms", "queries", "operations", "extract", "workbook", "render", "storage", "tables"}
GLUE = ("web", "api", "commands", "people.access")  # Flask and command glue without a domain
PURE_OUTSIDE = {"dateutil", "numpy", "__future__", *sys.stdlib_module_names} - {
    "socket",
    "sqlite3",
    "subprocess",
    "urllib.request",
}
MAY_NOT = {
    "views": {"sqlalchemy", "projects.extensions"},
    "forms": {"sqlalchemy", "projects.models", "projects.extensions"},
    "queries": {"flask", "flask_babel", "flask_wtf", "wtforms"},
    "operations": {"flask", "flask_babel", "flask_wtf", "wtforms"},
    "tables": {"flask", "flask_wtf", "wtforms", "projects.models"},
    "extract": {"projects.models", "projects.extensions"},
    "workbook": {"projects.models", "projects.extensions"},
    "render": {"projects.models", "projects.extensions"},
    "storage": {"projects.models", "projects.extensions", "flask"},
}


def name_of(path: Path) -> str:
    """The module's name below `projects`."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def is_glue(name: str) -> bool:
    """Whether `name` lies in a package of glue."""
    return any(name.startswith(f"{glue}.") for glue in GLUE)


FILES = sorted(path for path in ROOT.glob("*/**/*.py") if path.stem != "__init__" and not is_glue(name_of(path)))


def imported(source: str) -> set[str]:
    """Every module that a source imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def is_pure(name: str) -> bool:
    """Whether a pure file may import `name`."""
    first, *parts = name.split(".")
    if first != "projects":
        return first in PURE_OUTSIDE
    if parts[:1] == ["core"]:
        return not {"tables", "settings"} & set(parts)
    return bool(parts) and (ROOT / parts[0]).is_dir() and not is_glue(".".join(parts)) and not SHELL & set(parts)


def faults(path: Path, source: str) -> list[str]:
    """What `path` imports but may not."""
    found = imported(source)
    if path.stem in SHELL:
        return sorted(
            name
            for name in found
            if any(name == barred or name.startswith(f"{barred}.") for barred in MAY_NOT[path.stem])
            or (path.stem in {"queries", "operations"} and {"drawing", "render"} & set(name.split(".")))
        )
    return sorted(name for name in found if not is_pure(name))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_imports_only_what_its_name_allows(path):
    assert faults(path, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("verdicts/assess/assess.py", "from flask import g"),
        ("verdicts/assess/assess.py", "from projects.models import Project"),
        ("verdicts/assess/assess.py", "def rule():\n    from projects.verdicts.status.queries import statuses"),
        ("verdicts/assess/assess.py", "import sqlalchemy"),
        ("portfolio/projects/views.py", "from sqlalchemy import select"),
        ("portfolio/projects/queries.py", "from flask import request"),
        ("portfolio/home/queries.py", "from flask_babel import gettext"),
        ("portfolio/home/queries.py", "from projects.pictures.curves.drawing import draw"),
        ("works/reports/operations.py", "import flask"),
    ],
)
def test_the_check_itself_finds_a_broken_file(name, source):
    assert faults(ROOT / name, source)


def test_no_rule_asks_the_clock():
    asking = [
        path
        for path in FILES
        if path.stem not in SHELL
        and any(word in path.read_text(encoding="utf-8") for word in ("today()", ".now(", "time.time("))
    ]
    assert asking == []


def test_importing_a_rule_loads_no_flask():
    import subprocess

    code = (
        "import sys, projects.verdicts.assess.assess; sys.exit(any(name in sys.modules for name in ('flask', "
        "'sqlalchemy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT.parent, check=False).returncode == 0


def circle(sources: dict[str, str]) -> list[str]:
    """Modules that import each other in a circle, also inside functions; empty where there is none."""
    graph = {
        name: {other for other in imported(source) if other in sources and other != name}
        for name, source in sources.items()
    }
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def test_no_modules_import_each_other_in_a_circle():
    names = {
        ".".join(("projects", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): path
        for path in ROOT.rglob("*.py")
    }
    sources = {
        name: path.read_text(encoding="utf-8") for name, path in names.items() if name != "projects"
    }  # the door, which opens the house late
    assert circle(sources) == []
    sources["projects.register.selection.queries"] += (
        "\n\ndef late():\n    from projects.portfolio.projects.queries import portfolio\n"
    )
    assert set(circle(sources)) >= {"projects.register.selection.queries", "projects.portfolio.projects.queries"}


PAST_THE_SESSION = {
    "commands.history": "gives the database's roles their rights",
    "database": "asks SQLite whether anybody stored anything",
    "history.record.operations": "stores sealed entries as the transaction's last act",
    "history.retention.operations": "archives and removes what is sealed",
    "locks": "asks which database it is",
    "temporary": "fills tables that are gone with the transaction",
}  # `queries.py` only reads; what is written past the session, projects/verdicts/renewal does not notice
WRITING = {f"sqlalchemy.{name}" for name in ("insert", "update", "delete")}


def test_nobody_writes_past_the_session_so_that_what_bears_on_a_verdict_is_noticed():
    sources = {name_of(path): path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py")}
    past = {name for name, source in sources.items() if "session.connection()" in source.partition('"""\n')[2]}
    assert {name for name in past if not name.endswith(".queries")} == set(PAST_THE_SESSION)
    writing = {name for name, source in sources.items() if WRITING & imported(source)}
    assert {name for name in writing & past if name.endswith(".queries")} == set()
    assert "portfolio.projects.queries" in past  # reads there, so the search finds what it looks for
