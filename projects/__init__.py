"""The project tracker. Importing this package, or any rule in it, loads no Flask; `create_app` does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app(**settings: Any) -> Flask:
    """The application; `settings` override the environment (see projects/config.py)."""
    from projects.app import create_app as build  # noqa: PLC0415 - lazy, so that importing a rule loads no Flask

    return build(**settings)
