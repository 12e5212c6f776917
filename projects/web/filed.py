"""What every form that writes does: one operation in one transaction, and the form back with everything typed where it
can't be.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from flask import flash, redirect
from werkzeug.wrappers import Response

from projects.core.errors import ConflictError, InvalidError, ProblemError, UnavailableError
from projects.web.forms import Form
from projects.web.i18n import speak
from projects.web.later import tell_later
from projects.web.once import Page, Written, written

__all__ = ["Page", "attempted", "entered", "filed", "gone_to", "written"]


def filed(
    form: Form,
    write: Callable[..., Written],
    done: Callable[[Written], Page],
    again: Callable[[], str],
    clash: Callable[[str], str] | None = None,
    first: Callable[[], object] | None = None,
) -> Page:
    """Check `form`, run `write` in one transaction, and answer with `done` of what it wrote.

    What takes long is done by `first`, before the transaction, and given to `write`.
    `again` draws the page with the form as it was typed: 422 where a field can't be taken, 409 where others were
    faster. Where such a conflict shows more, `clash` draws it instead, told what it says.
    """
    if not form.validate_on_submit():
        return again(), 422
    return entered(form, write, done, again, told=ConflictError, clash=clash, first=first)


def entered(
    form: Form,
    write: Callable[..., Written],
    done: Callable[[Written], Page],
    again: Callable[[], str],
    *,
    told: type[ProblemError] = ProblemError,
    clash: Callable[[str], str] | None = None,
    first: Callable[[], object] | None = None,
) -> Page:
    """The same for a form whose fields the operation reads itself: nothing is checked before.

    Problems of the kind `told` come back at the form's head; of other kinds, but for fields that can't be taken, the
    error page tells.
    """
    try:
        return written(write, done, first)
    except InvalidError as problem:
        form.take_errors(problem)
        return again(), problem.status
    except (told, UnavailableError) as problem:
        if clash is not None and isinstance(problem, told):
            return clash(speak(problem.text)), problem.status
        form.form_errors.append(speak(problem.text))
        return again(), problem.status


def attempted(
    write: Callable[..., Written],
    done: Callable[[Written], Page],
    again: Callable[[ProblemError], str],
    first: Callable[[], object] | None = None,
) -> Page:
    """The same for a page of buttons, which has no form to give back: `again` draws it with the problem."""
    try:
        return written(write, done, first)
    except (InvalidError, ConflictError, UnavailableError) as problem:
        return again(problem), problem.status


def gone_to(where: str, said: str, day: dt.date | None = None) -> Response:
    """Say what was done, and where it counts from a later `day` than pages speak about, and go to the page `where`."""
    flash(said)
    tell_later(day)
    return redirect(where)
