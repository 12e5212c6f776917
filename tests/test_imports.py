"""Every module of the product can be loaded by the Python at hand, and complains of nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOAD = """
import importlib, pkgutil, sys
import projects
found = pkgutil.walk_packages(projects.__path__, "projects.")
names = [one.name for one in found if not one.name.endswith(".__main__")]
for name in names: importlib.import_module(name)
print(len(names))
"""


def test_every_module_loads_without_a_warning():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LOAD], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert int(done.stdout) > 100
