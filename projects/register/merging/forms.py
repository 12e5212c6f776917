"""Which project a duplicate is."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from projects.people.requests.forms import PromiseAskForm
from projects.web.named import NamedField


class MergingForm(PromiseAskForm):
    into = NamedField(_l("并入哪个项目"))
