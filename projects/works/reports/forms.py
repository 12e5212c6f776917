"""The month's form: one field a stage, so its class is made for each project.

All fields are texts; what they mean is read by reports/content.py.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, StringField, TextAreaField

from projects.web.forms import ChoiceField, Form
from projects.works.reports.content import STATISTICS, TEXT_FIELDS, ReportedStage, Sent

KEY = re.compile(r"[0-9a-f]{16}")
NUMBER = {"inputmode": "decimal", "autocomplete": "off", "size": "8", "class": "num"}


class ReportForm(Form):
    version = HiddenField()
    form_key = HiddenField()
    investment = StringField(_l("累计完成投资"), render_kw=NUMBER | {"size": "16"})
    narrative = TextAreaField(_l("本月进展"), render_kw={"rows": 4})
    problems = TextAreaField(_l("存在问题"), render_kw={"rows": 3})
    next_plan = TextAreaField(_l("下月计划"), render_kw={"rows": 3})
    decrease_reason = TextAreaField(_l("下调原因"), render_kw={"rows": 2})
    in_statistics = ChoiceField(_l("是否入统"), STATISTICS, validate_choice=False)
    statistics_reason = TextAreaField(_l("未入统原因"), render_kw={"rows": 2})
    stages: Sequence[ReportedStage] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = [stage_field(stage) for stage in self.stages]
        for name in [
            name for name in self._fields if name not in first
        ]:  # those of the stages first, as they stand on the page
            self._fields[name] = self._fields.pop(name)

    def entry(self) -> dict[str, str]:
        """What was typed, as operations take it."""
        return {
            name: field.data or ""
            for name, field in self._fields.items()
            if name not in {"version", "form_key", "csrf_token"}
        }

    def sent(self) -> Sent:
        """The form as operations take it."""
        key = self.form_key.data or ""
        return Sent(self.entry(), read_version(self.version.data or "0"), key if KEY.fullmatch(key) else "")

    def field_of(self, stage: ReportedStage) -> Field:
        """The field in which `stage` is reported."""
        return self[stage_field(stage)]

    def take_seen(self, version: int) -> None:
        """From now on the form rests on `version`; it is another form than the one that was sent."""
        self.version.data = str(version)
        self.form_key.data = secrets.token_hex(8)


def read_version(text: str) -> int:
    """The version in a hidden field; -1, which fits no report, where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def stage_field(stage: ReportedStage) -> str:
    """The name of the field in which `stage` is reported: floors where they are counted, else a percent."""
    return f"floors_{stage.key}" if stage.floors else f"percent_{stage.key}"


def report_form(stages: Sequence[ReportedStage]) -> type[ReportForm]:
    """The form's class for a project with `stages`."""
    fields = {stage_field(stage): StringField(gettext(stage.name), render_kw=NUMBER) for stage in stages}
    return type("StagedReportForm", (ReportForm,), fields | {"stages": tuple(stages)})


def label_of(name: str, stages: Sequence[ReportedStage]) -> str:
    """The word for a field of the form, for lists of differences."""
    words = {stage_field(stage): gettext(stage.name) for stage in stages} | {
        key: gettext(word) for key, word in TEXT_FIELDS.items()
    }
    words["in_statistics"] = gettext("是否入统")
    return str(words.get(name) or gettext("累计完成投资"))


class ReviewForm(Form):
    version = HiddenField()
    comment = TextAreaField(_l("意见"), render_kw={"rows": 3})

    def seen_version(self) -> int:
        """The version the reviewer has read; -1, which fits no report, where it is none."""
        return read_version(self.version.data or "")


class CorrectionForm(Form):
    reason = TextAreaField(_l("更正原因"), render_kw={"rows": 2})
