"""What every form that writes does: one operation in one transaction, and the form back with everything typed where it
can't be.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from werkzeug.wrappers import Response

from projects.core.errors import ConflictError, InvalidError
from projects.database import transaction
from projects.web.forms import Form
from projects.web.i18n import speak

Written = TypeVar("Written")
Page = str | Response | tuple[str, int]


def filed(form: Form, write: Callable[[], Written], done: Callable[[Written], Page], again: Callable[[], str]) -> Page:
    """Check `form`, run `write` in one transaction, and answer with `done` of what it wrote.

    `again` draws the page with the form as it was typed: 422 where a field can't be taken, 409 where others were
    faster.
    """
    if not form.validate_on_submit():
        return again(), 422
    try:
        with transaction():
            written = write()
    except InvalidError as problem:
        form.take_errors(problem)
        return again(), 422
    except ConflictError as problem:
        form.form_errors.append(speak(problem.text))
        return again(), 409
    return done(written)
