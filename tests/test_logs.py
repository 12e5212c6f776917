"""What databases say of errors names no value of a row: neither its parameters nor the details of a complaint."""

from __future__ import annotations

import traceback

import pytest
from builders import make_user
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from projects.database import _say_no_values, transaction
from projects.extensions import db

NAME = "王小明的登录名"


def clash() -> str:
    """Everything that a log would hold of an account made twice."""
    make_user("leader", name=NAME)
    with pytest.raises(DBAPIError) as caught:
        make_user("leader", name=NAME)
    return "".join(traceback.format_exception(caught.value))


def told(app: Flask) -> str:
    with app.app_context():
        return clash()


def test_an_error_names_no_value(app: Flask):
    said = told(app)
    assert "unique" in said.lower()
    assert NAME not in said
    assert "argon2" not in said
    assert "hide_parameters" in said


def test_control_as_shipped_by_the_library_it_would(app: Flask):
    with app.app_context():
        engine = db.engine
        engine.hide_parameters = engine.dialect.name == "postgresql"  # there the detail of the complaint alone would do
        event.remove(engine, "handle_error", _say_no_values)
        try:
            assert NAME in clash()
        finally:
            event.listen(engine, "handle_error", _say_no_values)
            engine.hide_parameters = True


def test_what_was_typed_is_no_part_of_a_complaint(app: Flask):
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            return
        with pytest.raises(DBAPIError) as caught, transaction():
            db.session.execute(text("SELECT CAST(:typed AS integer)"), {"typed": NAME})
        said = "".join(traceback.format_exception(caught.value))
    assert "invalid input syntax" in said
    assert NAME not in said
