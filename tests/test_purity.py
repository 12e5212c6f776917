"""A file's name says what it may do (docs/architecture.md): everything but the shell files of a feature is pure."""

from __future__ import annotations

import ast
import graphlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "projects"
SHELL = {"views", "forms", "queries", "operations", "extract", "workbook", "render", "tables"}
GLUE = {"web", "api"}  # packages of Flask glue without a domain
PURE_OUTSIDE = {"dateutil", "numpy", "__future__", *sys.stdlib_module_names} - {"socket", "sqlite3", "subprocess", "urllib.request"}
MAY_NOT = {
    "views": {"sqlalchemy", "projects.extensions"},
    "forms": {"sqlalchemy", "projects.models", "projects.extensions"},
    "queries": {"flask", "flask_wtf", "wtforms"},
    "operations": {"flask", "flask_wtf", "wtforms"},
    "tables": {"flask", "flask_wtf", "wtforms", "projects.models"},
    "extract": {"projects.models", "projects.extensions"},
    "workbook": {"projects.models", "projects.extensions"},
    "render": {"projects.models", "projects.extensions"},
}
FILES = sorted(path for path in ROOT.glob("*/*.py") if path.stem != "__init__" and path.parent.name not in GLUE)


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
    parts = name.split(".")
    if parts[0] != "projects":
        return parts[0] in PURE_OUTSIDE
    return (len(parts) >= 3 and parts[1] not in GLUE and parts[2] not in SHELL) or parts[1] == "core" or (name.count(".") == 1 and (ROOT / parts[1]).is_dir())


def faults(path: Path, source: str) -> list[str]:
    """What `path` imports but may not."""
    found = imported(source)
    if path.stem in SHELL:
        return sorted(name for name in found if any(name == barred or name.startswith(f"{barred}.") for barred in MAY_NOT[path.stem]))
    return sorted(name for name in found if not is_pure(name))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_imports_only_what_its_name_allows(path):
    assert faults(path, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("slippage/assess.py", "from flask import g"),
        ("slippage/assess.py", "from projects.models import Project"),
        ("slippage/assess.py", "def rule():\n    from projects.slippage.queries import statuses"),
        ("slippage/assess.py", "import sqlalchemy"),
        ("catalogue/views.py", "from sqlalchemy import select"),
        ("catalogue/queries.py", "from flask import request"),
        ("reports/operations.py", "import flask"),
    ],
)
def test_the_check_itself_finds_a_broken_file(name, source):
    assert faults(ROOT / name, source)


def test_no_rule_asks_the_clock():
    asking = [path for path in FILES if path.stem not in SHELL and any(word in path.read_text(encoding="utf-8") for word in ("today()", ".now(", "time.time("))]
    assert asking == []


def test_importing_a_rule_loads_no_flask():
    import subprocess

    code = "import sys, projects.slippage.assess; sys.exit(any(name in sys.modules for name in ('flask', 'sqlalchemy')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT.parent, check=False).returncode == 0


def circle(sources: dict[str, str]) -> list[str]:
    """Modules that import each other in a circle, also inside functions; empty where there is none."""
    graph = {name: {other for other in imported(source) if other in sources and other != name} for name, source in sources.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def test_no_modules_import_each_other_in_a_circle():
    names = {".".join(("projects", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): path for path in ROOT.rglob("*.py")}
    sources = {name: path.read_text(encoding="utf-8") for name, path in names.items() if name != "projects"}  # the door, which opens the house late
    assert circle(sources) == []
    sources["projects.choosing.queries"] += "\n\ndef late():\n    from projects.catalogue.queries import portfolio\n"
    assert set(circle(sources)) >= {"projects.choosing.queries", "projects.catalogue.queries"}
