"""The Flask extensions, unbound; this module imports nothing of ours but the model base."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_babel import Babel
from flask_compress import Compress
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The declarative base; every constraint gets a name, so that migrations can find it."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
csrf = CSRFProtect()
babel = Babel()
compress = Compress()

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model  # built from Base at run time, with a table name from the class name


@dataclass
class Migrations:
    """What stands for Flask-Migrate in `app.extensions["migrate"]` until a command asks for more than the folder: it
    brings alembic, which serving never needs.
    """

    app: Flask
    directory: str

    def __getattr__(self, name: str) -> Any:
        """Let Flask-Migrate take the place, and answer."""
        from flask_migrate import Migrate

        Migrate(self.app, db, directory=self.directory, compare_type=True)
        return getattr(self.app.extensions["migrate"], name)
