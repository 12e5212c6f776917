"""The base of every form: WTForms with CSRF from Flask-WTF, messages in the reader's language."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import Field

from projects.core.errors import InvalidError
from projects.web.i18n import speak


class Form(FlaskForm):
    """A form whose fields can take an operation's field errors, so that nothing typed is lost."""

    def take_errors(self, problem: InvalidError) -> None:
        """Show `problem` beside the fields it names; what names no field stands at the form's head."""
        for name, text in problem.fields.items():
            field: Field | None = self._fields.get(name)
            if field is None:
                self.form_errors.append(speak(text))
            else:
                field.errors = [*field.errors, speak(text)]
