"""What a password must be, when it lapses, how guessing is stopped and how long a session lives: rules A-1 to A-8 of
docs/rules/accounts.md.

The defaults follow what is customary under 等保 2.0 (GB/T 22239-2019, identity and sign-in failure); where that differs
from ASVS 5.0 is written down in docs/decisions/0007-password-policy.md. Each figure is a setting of the same name in
capitals, such as `PASSWORD_MIN_LENGTH=12`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from projects.core.errors import ConfigError
from projects.core.permissions import OFFICES
from projects.core.text import N_, Text
from projects.core.vocabulary import ROLES

NO_ROLE = "none"  # TOTP_ROLES=none: codes are each person's choice
MAX_LENGTH = 200  # Argon2 takes more, a form should not
CONTEXT = (
    "projects",
    "tracker",
    "jiankang",
    "weijian",
    "wsjkw",
    "weisheng",
    "health",
    "hospital",
    "xiangmu",
    "jianshe",
)
COMMON = frozenset(
    """
    password passwd passwort passphrase mypassword yourpassword newpassword secret topsecret letmein welcome default
    changeme admin administrator root user guest test testing tester demo login signin access master manager system
    server oracle mysql postgres cisco huawei lenovo windows office qwerty qwertyuiop qwert asdfgh asdfghjkl zxcvbn
    zxcvbnm qazwsx qazwsxedc qweasd qweasdzxc qwerasdf asdfqwer zaqwsx wsxedc iloveyou sunshine princess dragon monkey
    football baseball superman batman shadow michael jordan freedom whatever trustno starwars hello helloworld china
    beijing shanghai guangzhou zhongguo woaini woaiwojia nihao mima wodemima abc abcd abcde abcdef abcdefg abcdefgh
    abcabc aaa aaaa aaaaaa asdf asd qwe zxc zxcv admins rootroot adminadmin adminroot passpass testtest spring summer
    autumn winter january february monday friday
    """.split()  # noqa: SIM905 - a list of words reads as one
)
_LEET = str.maketrans("@4$5!1|03", "aassiiioe")
_ROWS = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "!@#$%^&*()",
)
LIMITS = {  # setting: lowest, highest
    "password_min_length": (8, 64),
    "password_classes": (1, 4),
    "password_history": (0, 24),
    "password_days": (0, 3650),
    "lock_attempts": (1, 10),
    "lock_window_minutes": (5, 1440),
    "lock_minutes": (5, 1440),
    "address_attempts": (10, 1000),
    "first_password_hours": (1, 720),
    "stale_days": (30, 366),
    "idle_minutes": (1, 30),
    "session_hours": (1, 24),
    "proof_minutes": (1, 30),
}


@dataclass(frozen=True)
class Policy:
    """The figures.

    `password_days` 0 means that passwords do not lapse, `password_history` counts the current password, `totp_roles`
    must use codes: the three offices, unless it is said otherwise.
    """

    password_min_length: int = 10
    password_classes: int = 3
    password_history: int = 5
    password_days: int = 90
    lock_attempts: int = 5
    lock_window_minutes: int = 15
    lock_minutes: int = 15
    idle_minutes: int = 30
    session_hours: int = 8
    address_attempts: int = 50
    first_password_hours: int = 72
    stale_days: int = 90
    proof_minutes: int = 10
    totp_roles: frozenset[str] = OFFICES

    @property
    def idle(self) -> dt.timedelta:
        """How long a session may rest."""
        return dt.timedelta(minutes=self.idle_minutes)

    @property
    def absolute(self) -> dt.timedelta:
        """How long a session may last at all."""
        return dt.timedelta(hours=self.session_hours)

    @property
    def proof(self) -> dt.timedelta:
        """How long somebody who proved who they are is not asked again."""
        return dt.timedelta(minutes=self.proof_minutes)

    @property
    def stale(self) -> dt.timedelta:
        """How long an account may go unused before it is listed."""
        return dt.timedelta(days=self.stale_days)


def from_settings(values: Mapping[str, str]) -> Policy:
    """The policy with what `values` (the environment) sets; ConfigError where a figure is no number or out of
    bounds.
    """
    found: dict[str, Any] = {}
    for name, (lowest, highest) in LIMITS.items():
        text = values.get(name.upper(), "").strip()
        if not text:
            continue
        if not (text.isascii() and text.isdigit()) or not lowest <= int(text) <= highest:
            raise ConfigError(
                N_("设置 %(name)s 应为 %(lowest)s 到 %(highest)s 的整数, 现在是 %(text)s"),
                name=name.upper(),
                lowest=lowest,
                highest=highest,
                text=text,
            )
        found[name] = int(text)
    if roles := frozenset(role.strip() for role in values.get("TOTP_ROLES", "").split(",") if role.strip()):
        found["totp_roles"] = roles - {NO_ROLE}
        if roles - ROLES.keys() - {NO_ROLE}:
            told = {"roles": ", ".join(sorted(roles - ROLES.keys())), "known": ", ".join((*ROLES, NO_ROLE))}
            raise ConfigError(N_("设置 TOTP_ROLES 里没有这些角色: %(roles)s; 可写 %(known)s"), **told)
    return Policy(**found)


def problems(password: str, policy: Policy, *names: str) -> list[Text]:
    """Everything that keeps `password` from being taken by the person with these names; empty where it may be taken
    (its history apart).
    """
    found = []
    if len(password) < policy.password_min_length:
        found.append(Text(N_("密码至少 %(count)s 位"), {"count": policy.password_min_length}))
    if len(password) > MAX_LENGTH:
        found.append(Text(N_("密码最多 %(count)s 位"), {"count": MAX_LENGTH}))
    if _classes(password) < policy.password_classes:
        found.append(
            Text(N_("大写字母、小写字母、数字、符号中至少要有 %(count)s 类"), {"count": policy.password_classes})
        )
    if _holds(password, names):
        found.append(Text(N_("不能含有登录名、姓名或本系统的名称")))
    elif _is_common(password):
        found.append(Text(N_("这是常见密码, 容易被猜中, 请换一个")))
    return found


def lapsed(changed_at: dt.datetime | None, now: dt.datetime, policy: Policy) -> bool:
    """Whether a password last changed then must be changed now; one without a date has not been used under this policy
    yet.
    """
    return bool(policy.password_days and changed_at and now - changed_at > dt.timedelta(days=policy.password_days))


def first_lapsed(changed_at: dt.datetime | None, now: dt.datetime, policy: Policy) -> bool:
    """Whether a generated password given then has waited too long for its one sign-in."""
    return bool(changed_at and now - changed_at > dt.timedelta(hours=policy.first_password_hours))


def _classes(password: str) -> int:
    kinds = (str.isupper, str.islower, str.isdigit)
    return sum(any(kind(letter) for letter in password) for kind in kinds) + any(
        not any(kind(letter) for kind in kinds) for letter in password
    )


def _holds(password: str, names: tuple[str, ...]) -> bool:
    plain = password.casefold()
    words = [word for name in names if len(word := name.casefold()) >= 3 or (len(word) >= 2 and not word.isascii())]
    return any(word in text for word in (*words, *CONTEXT) for text in (plain, plain[::-1], plain.translate(_LEET)))


def _is_common(password: str) -> bool:
    """A common word with figures and signs around it, a run along the keyboard, or few different letters."""
    plain = password.casefold()
    cores = {
        "".join(letter for letter in text if letter.isalpha())
        for text in (plain, plain.translate(_LEET), plain.strip("0123456789!@#$%^&*._-").translate(_LEET))
    }
    if cores & COMMON or len(set(plain)) < 5:
        return True
    return _longest_run(plain) * 5 >= len(plain) * 3


def _longest_run(plain: str) -> int:
    """The letters covered by the two longest runs of four or more along an alphabet or a keyboard."""
    lengths, start = [], 0
    rows = (*_ROWS, *(row[::-1] for row in _ROWS))
    while start < len(plain):
        end = start + 1
        while end < len(plain) and any(plain[start : end + 1] in row for row in rows):
            end += 1
        if end - start >= 4:
            lengths.append(end - start)
        start = end
    return sum(sorted(lengths)[-2:])
