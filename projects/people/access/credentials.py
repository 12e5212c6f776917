"""Checking a password at the edge: count the try, check it, settle it.

Counting and settling are short transactions of their own; Argon2 runs between them, so that nobody waits for the
database while somebody guesses. The answer and the time it takes are the same for an unknown name, a locked account and
a wrong password. A try counts for the account, and for the address it comes from unless the person has signed in with
this browser before; from an address with too many nothing is checked at all.
"""

from __future__ import annotations

import datetime as dt

from flask import current_app, request, session

from projects.core.errors import ConflictError, InvalidError, TooManyError
from projects.core.permissions import Actor
from projects.core.text import N_, Text
from projects.database import transacted
from projects.people.access import browsers
from projects.people.accounts.tables import User
from projects.people.factor import operations as factors
from projects.people.factor.operations import opened, step_of, use_code
from projects.people.guessing import operations as guesses
from projects.people.sessions import operations as sessions
from projects.people.sign_in import operations, queries
from projects.people.sign_in.policy import Policy, problems
from projects.people.sign_in.queries import Account
from projects.web import clock

REFUSED = N_("登录名或密码不对, 或账号暂时不能登录; 连续输错会锁定一段时间。已启用动态码的账号还要填写动态码")
WRONG = N_("当前密码或动态码不对, 或输错次数过多; 请稍后再试")
TOO_MANY = N_("从您的网络地址来的错误尝试过多, 请 %(minutes)s 分钟后再试; 用以前登录过的浏览器不受影响")


def policy() -> Policy:
    """The figures of this installation."""
    return current_app.config["ACCOUNT_POLICY"]  # type: ignore[no-any-return]


def prove(account: Account | None, password: str | None, code: str | None, what: str) -> bool:
    """Whether the password (None: not asked for), and the code where one is asked for and due, are this person's; every
    try counts, whatever it is for (`what`).
    """
    now, address = clock.now(), request.remote_addr or ""
    if not (account and browsers.knows(account.id)) and not _may_come(address, account):
        raise TooManyError(TOO_MANY, minutes=policy().lock_window_minutes)

    def count() -> bool:
        usable = account is not None and account.is_active and not guesses.is_expired(account, now, policy(), what)
        return usable and account is not None and guesses.count_attempt(account.id, now, policy())

    counted = transacted(count, vital=True)
    known = account.password_hash if account and counted else None
    fits = counted if password is None else operations.password_fits(known, password)

    def settle() -> bool:
        if account and fits and (code is None or use_code(account, code, now, current_app.config["SECRET_KEY"])):
            guesses.forgive(account.id)
            if not browsers.knows(account.id):
                guesses.forgive_address(address, "password", now)
            return True
        guesses.refuse(account, now, address, counted=counted, what=what, policy=policy())
        return False

    return transacted(settle, vital=True)


def prove_again(actor: Actor, session_id: int, password: str, code: str) -> bool:
    """Whether the password or, of somebody who has them, the code is right; then this session is proved anew."""
    account = queries.account_of(actor.id)
    by_code = bool(code and account and account.totp_secret)
    if not by_code and not password:
        return False
    if not prove(account, None if by_code else password, code if by_code else None, "again"):
        return False
    transacted(lambda: sessions.prove_session(actor, clock.now(), session_id), vital=True)
    return True


def _may_come(address: str, account: Account | None) -> bool:
    """Count a try of this address; False where it has had too many, which is noted."""
    now, window = clock.now(), dt.timedelta(minutes=policy().lock_window_minutes)

    def count() -> bool:
        counted = guesses.count_address(address, "password", now, most=policy().address_attempts, window=window)
        if not counted:
            guesses.turn_away(address, "password", now, account)
        return counted

    return transacted(count, vital=True)


def sign_in(username: str, password: str, code: str) -> bool:
    """Sign in under a fresh cookie; False where the sign-in is refused."""
    account = queries.account_named(username)
    if not prove(account, password, code, "session") or account is None:
        return False
    token = transacted(lambda: _started(account), vital=True)
    if token:
        browsers.remember(account.id)
    return _keep(token, account.id)


def _started(account: Account | None) -> str | None:
    user = sessions.still(account) if account else None
    return _start(user) if user else None


def _start(user: User) -> str:
    return sessions.sign_in(
        user, clock.now(), policy().session_hours, request.remote_addr or "", request.headers.get("User-Agent", "")
    )


def _keep(token: str | None, user_id: int | None) -> bool:
    """Go on under `token`, with nothing of the cookie before but the form token of the same person: forms in their
    other windows stay good.
    """
    if token is None:
        return False
    before, forms = session.get("sid"), session.get("csrf_token")
    session.clear()
    session["sid"] = token
    if before and forms and queries.owner_of_token(before) == user_id:
        session["csrf_token"] = forms
    return True


def change_password(actor: Actor, current: str, new: str) -> None:
    """Take the new password, end all sessions, and go on in a fresh one; InvalidError names what can't be taken."""
    account = queries.account_of(actor.id)
    if account is None or not prove(account, current, None, "password"):
        raise InvalidError({"current": Text(WRONG)})
    found = problems(new, policy(), account.username, account.display_name)
    if not found and operations.is_reused(queries.barred_hashes(account, policy()), new):
        found = [Text(N_("不能与最近 %(count)s 次用过的密码相同"), {"count": policy().password_history})]
    if found:
        raise InvalidError({"new": found[0]})
    hashed = operations.hash_password(new)

    def change() -> str:
        seen = account.password_hash
        return _start(operations.change_password(actor, clock.now(), seen=seen, new=hashed, policy=policy()))

    token = transacted(change)
    browsers.remember(account.id)
    _keep(token, account.id)


def offered(actor: Actor, sealed: str) -> str | None:
    """The secret that was shown to this person a moment ago."""
    return opened(sealed, actor.id, current_app.config["SECRET_KEY"], clock.now())


def add_factor(actor: Actor, sealed: str, code: str) -> bool:
    """Ask for codes from now on and go on in a fresh session; False where the code is not of this secret."""
    now, account = clock.now(), queries.account_of(actor.id)
    secret = offered(actor, sealed)
    step = step_of(secret, code, now) if secret else None
    if step is None or account is None:
        return False

    def add() -> str | None:
        factors.add_factor(actor, now, sealed, step)
        return _started(account)

    return _keep(transacted(add), account.id)


def remove_factor(actor: Actor) -> None:
    """Ask for no more codes and go on in a fresh session; ConflictError where the role must use them."""
    if actor.role in policy().totp_roles:
        raise ConflictError(N_("您的角色必须使用动态码, 不能停用; 换手机请联系系统管理员"))
    account = queries.account_of(actor.id)

    def remove() -> str | None:
        factors.remove_factor(actor, clock.now())
        return _started(account)

    _keep(transacted(remove), actor.id)
