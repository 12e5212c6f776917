"""The page that asks again who one is."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.people.access import credentials
from projects.people.access.door import allowed, current_actor, current_visit, safe_next
from projects.people.proof.forms import ProofForm
from projects.people.sign_in.queries import account_of
from projects.web.i18n import speak

bp = Blueprint("proof", __name__, url_prefix="/account/proof")


@bp.get("")
@allowed(None)
def ask() -> str:
    """Ask for the password or a code; who came from the single sign-on is sent there."""
    return _page(ProofForm())


@bp.post("")
@allowed(None)
def prove() -> tuple[str, int] | Response:
    """Go on where one was stopped, if the password or the code is right."""
    form, visit = ProofForm(), current_visit()
    if form.validate_on_submit():
        password = "" if visit.by_provider else form.password.data or ""
        if credentials.prove_again(current_actor(), visit.session_id, password, form.code.data or ""):
            if request.args.get("again"):
                flash(gettext("已确认是您本人, 请再点一次要办理的事项"))
            return redirect(safe_next(request.args.get("next"), url_for("catalogue.home")))
        form.form_errors.append(speak(credentials.WRONG))
    return _page(form), 422


def _page(form: ProofForm) -> str:
    mine, visit = account_of(current_actor().id), current_visit()
    return render_template(
        "people/proof/proof.html",
        form=form,
        has_code=bool(mine and mine.totp_secret),
        by_provider=visit.by_provider,
        back=safe_next(request.args.get("next"), url_for("catalogue.home")),
        minutes=credentials.policy().proof_minutes,
    )
