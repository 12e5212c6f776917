"""Errors a person can act on.

::

    ProblemError            says what happened, the likely cause, the next step
    ├── NotFoundError       no such thing, or not yours: 404 either way
    ├── ForbiddenError      yours to see, not to do: 403
    ├── ConflictError       somebody else saved first, or the step is not open now: 409
    │   └── PastDayError    asked for under a past day, which is for reading
    ├── InvalidError        one or more fields can't be taken: 422, fields named
    ├── TooManyError        asked too often for now: 429
    ├── UnavailableError    can't be stored or read just now; nothing is stored by halves: 503
    │   └── FullError       no room on the disk, while reading goes on: 507
    └── ConfigError         the set-up is unsafe or broken: the process does not start
"""

from __future__ import annotations

from projects.core.text import N_, Text


class ProblemError(Exception):
    """Base of all expected errors; `text` is translatable, `status` the HTTP status it maps to."""

    status = 400

    def __init__(self, msgid: str, **params: object) -> None:
        self.text = Text(msgid, params)
        super().__init__(str(self.text))


class NotFoundError(ProblemError):
    """No such thing, or it lies outside the asker's scope."""

    status = 404


class ForbiddenError(ProblemError):
    """The asker may see the thing but not do this to it."""

    status = 403


class ConflictError(ProblemError):
    """The thing changed since it was read, or the step is not open in its present state."""

    status = 409


class PastDayError(ConflictError):
    """Nothing is written under a past day."""


class InvalidError(ProblemError):
    """Fields that can't be taken; `fields` maps each field's name to its message."""

    status = 422

    def __init__(self, fields: dict[str, Text]) -> None:
        self.fields = fields
        super().__init__(N_("有 %(count)s 处需要修改"), count=len(fields))


class TooManyError(ProblemError):
    """Asked too often for now; the message says when to try again."""

    status = 429


class UnavailableError(ProblemError):
    """The database is busy or away for now; the same again may go well."""

    status = 503


class FullError(UnavailableError):
    """There is no room to store anything; what is stored can be read."""

    status = 507


class ConfigError(ProblemError):
    """The set-up is unsafe or broken; the message says how to mend it."""

    status = 500
