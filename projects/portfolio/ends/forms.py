"""What is said of a project that is dropped, and when that was decided."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from projects.people.requests.forms import PromiseAskForm
from projects.web.forms import DayField, Form


class DropForm(PromiseAskForm):
    decided_on = DayField(_l("决定终止的日期"))

    def wanted(self) -> dict[str, str | None]:
        """What was typed, as a request keeps it."""
        decided_on = self.decided_on.data
        return {
            "reason": self.reason.data or "",
            "evidence": self.evidence.data or "",
            "decided_on": decided_on.isoformat() if decided_on else None,
        }


class ReviveForm(PromiseAskForm):
    def wanted(self) -> dict[str, str | None]:
        """What was typed, as a request keeps it."""
        return {"reason": self.reason.data or ""}


class ArchiveForm(Form):
    pass
