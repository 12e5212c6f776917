"""What is done only by somebody who has proved a moment ago who they are (A-19): a session left open at a desk, or a
stolen cookie, gives no rights away, takes nobody's password and opens no closed month.

The one table of such acts; `allowed` asks it, and the tests ask every line of it.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import g, request, url_for

from projects.people.access import kept
from projects.people.sign_in.policy import Policy
from projects.web import clock

FORMS = frozenset(
    {
        "findings.add_limit",
        "findings.set_limit",
        "imports.undo",
        "people.change_role",
        "people.create_user",
        "people.do",
        "requests.change_two_person",
        "requests.decide",
        "rules.adopt",
        "rules.choose",
        "tokens.create",
        "treasury.reopen",
    }
)  # what is typed there is kept meanwhile, and sent by a click
BUTTONS = frozenset(
    {
        "people.confirm_places",
        "people.stop_resting",
        "treasury.close",
    }
)  # whose page is looked at again
SENSITIVE = FORMS | BUTTONS
# pages that are nothing but such a form: asked before it opens
OPENED = frozenset({"people.act", "people.role", "treasury.reopen"})


def is_asked(policy: Policy) -> bool:
    """Whether this request is for a sensitive act, and its person has not proved themselves lately."""
    if request.endpoint not in (OPENED if request.method in clock.READING else SENSITIVE):
        return False
    return g.visit.proved_at is None or clock.now() - g.visit.proved_at > policy.proof


def way_back() -> dict[str, str]:
    """Where to go on after the proof: to the form, to what was typed, else to the page that the button stands on, to
    press it `again`.
    """
    if request.method in clock.READING:
        return {"next": request.full_path.rstrip("?")}
    if request.endpoint in FORMS and kept.keep():
        return {"next": url_for("accounts.unsent")}
    there = urlsplit(request.referrer or "")
    return {"next": f"{there.path}?{there.query}".rstrip("?") if there.netloc == request.host else "", "again": "1"}
