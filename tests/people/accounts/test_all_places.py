"""A-18: what an empty choice of places meant before is written down by the migration, and never given by accident."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from projects.extensions import db

REVISION = Path("migrations/versions/0013_all_places.py")
BEFORE = next(
    line.split('"')[1]
    for line in (Path(__file__).parents[3] / REVISION).read_text(encoding="utf-8").splitlines()
    if line.startswith("down_revision")
)
PEOPLE = {"everywhere": "finance", "placed": "leader", "manager": "manager", "office": "security"}


@pytest.fixture
def former(engine_name: str, tmp_path, request) -> Flask:
    """A database from before, with people who have places, none, or no use for any."""
    from test_database import own_database

    own = own_database(engine_name, tmp_path, request)
    with own.app_context():
        upgrade(directory=own.extensions["migrate"].directory, revision=BEFORE)
        with db.engine.begin() as connection:
            connection.execute(text("INSERT INTO place (code, name) VALUES ('370800', '济宁市')"))
            for name, role in PEOPLE.items():
                connection.execute(
                    text(
                        'INSERT INTO "user" (username, display_name, role, password_hash, locale, is_active, is_sample,'
                        " created_at, version) VALUES (:name, :name, :role, 'x', 'zh', true, false, "
                        "'2026-01-01 00:00:00', 1)"
                    ),
                    {"name": name, "role": role},
                )
            connection.execute(
                text(
                    "INSERT INTO user_place (user_id, place_code) SELECT id, '370800' FROM \"user\" "
                    "WHERE username = 'placed'"
                )
            )
    return own


def flags() -> dict[str, tuple[bool, bool]]:
    with db.engine.connect() as connection:
        rows = connection.execute(text('SELECT username, all_places, places_to_confirm FROM "user"'))
        return {name: (bool(everywhere), bool(open_)) for name, everywhere, open_ in rows}


def test_a18_the_empty_choices_of_before_are_kept_by_name_and_marked(former: Flask):
    with former.app_context():
        upgrade(directory=former.extensions["migrate"].directory)
        assert flags() == {
            "everywhere": (True, True),
            "placed": (False, False),
            "manager": (False, False),
            "office": (False, False),
        }
        db.engine.dispose()


def test_a18_going_back_is_refused_since_an_empty_choice_would_mean_everything_again(former: Flask):
    folder = former.extensions["migrate"].directory
    with former.app_context():
        upgrade(directory=folder)
        with db.engine.begin() as connection:
            connection.execute(text("DELETE FROM user_place"))
        before = flags()
        with pytest.raises(SystemExit):
            downgrade(directory=folder, revision=BEFORE)
        assert flags() == before
        db.engine.dispose()
