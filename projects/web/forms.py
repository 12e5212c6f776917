"""The base of every form: WTForms with CSRF from Flask-WTF, messages in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import DateInput

from projects.core.complaints import choice_complaint
from projects.core.errors import InvalidError
from projects.core.month import parse_day
from projects.core.text import N_, Text
from projects.web.i18n import speak


class DayField(Field):
    """A day written as 2021-11-30, None where it is empty; what else was typed is kept for the next try."""

    widget = DateInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the day that was typed."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data: dt.date | None = None
        if typed:
            try:
                self.data = parse_day(typed)
            except ValueError:
                raise ValueError(
                    speak(Text(N_("“%(text)s”不是日期, 请写成 2021-11-30 的样子"), {"text": typed[:40]}))
                ) from None


def listed(words: Mapping[str, str]) -> list[SelectChoice]:
    """The choices that a vocabulary offers, its words in the reader's language."""
    return [SelectChoice(key, lazy_gettext(word)) for key, word in words.items()]


class ChoiceField(SelectField):
    """One key of a vocabulary; `none` is what the choice of no key is called, where there is one."""

    choices: list[SelectChoice]

    def __init__(self, label: Any = None, words: Mapping[str, str] | None = None, none: Any = None, **given: Any):
        empty = [] if none is None else [SelectChoice("", none)]
        super().__init__(label, choices=[*empty, *listed(words or {})], **given)

    def offer(self, names: Iterable[tuple[str, str]]) -> None:
        """Offer these too, of which each is a key and what it is called."""
        self.choices = [*self.choices, *(SelectChoice(key, name) for key, name in names)]

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - the signature is WTForms'
        """Refuse what is not in the list, in the words that operations use for it."""
        keys = [self.coerce(choice.value) for choice in self.iter_choices()]
        if self.validate_choice and not self.process_errors and (problem := choice_complaint(self.data, keys)):
            raise ValidationError(speak(problem))


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
