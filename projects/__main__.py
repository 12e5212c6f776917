"""`python -m projects …`: the commands, on the application that the environment describes."""

from __future__ import annotations

import os
import sys

from projects import create_app
from projects.commands.group import group

os.environ.setdefault("FLASK_RUN_FROM_CLI", "true")
group.main(args=sys.argv[1:], prog_name="projects", obj=create_app)
