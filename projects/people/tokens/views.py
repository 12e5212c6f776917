"""A person's own tokens: the list, a new one shown once, taking one back."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask_babel import gettext

from projects.people.access.door import acting, allowed, current_actor
from projects.people.tokens import operations, queries, rules
from projects.people.tokens.forms import TokenForm
from projects.web import clock
from projects.web.filed import Page, filed, gone_to, written

bp = Blueprint("tokens", __name__)


@bp.get("/tokens")
@allowed("token.write")
def index() -> str:
    """One's own tokens, and the form for a new one."""
    return _page(TokenForm(current_actor().role))


@bp.post("/tokens")
@allowed("token.write")
def create() -> Page:
    """Make a token; it is shown this once."""
    form = TokenForm(current_actor().role)

    def write() -> str:
        return operations.create(acting(), name=form.name.data, chosen=form.chosen.data, days=form.days.data)

    def done(token: str) -> str:
        return _page(TokenForm(current_actor().role, formdata=None), token)

    return filed(form, write, done, lambda: _page(form))


@bp.post("/tokens/<int:token_id>/revoke")
@allowed("token.write")
def revoke(token_id: int) -> Page:
    """Take a token back."""
    return written(
        lambda: operations.revoke(acting(), token_id),
        lambda name: gone_to(
            url_for("tokens.index"), gettext("已撤销令牌“%(name)s”, 使用它的程序从现在起读不到数据", name=name)
        ),
    )


def _page(form: TokenForm, shown: str = "") -> str:
    return render_template(
        "people/tokens/index.html",
        tokens=queries.tokens_of(current_actor().id),
        form=form,
        shown=shown,
        rules=rules,
        now=clock.now(),
    )
