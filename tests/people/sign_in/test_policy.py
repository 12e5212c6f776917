"""A-1 to A-4 of docs/rules/accounts.md: what a password must be."""

from __future__ import annotations

import datetime as dt

import pytest

from projects.core.errors import ConfigError
from projects.people.sign_in.operations import generate_password
from projects.people.sign_in.policy import Policy, from_settings, lapsed, problems

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "password", ["Lotus-Kiesel-47", "korrekt Pferd 7", "短语很长的密码Ab1", "x7Kq-m29-PfWz", "T" * 3 + "rQ8-" * 40]
)
def test_a_strong_password_is_taken(password):
    assert problems(password, Policy(), "leader", "示例领导") == []


@pytest.mark.parametrize(
    ("password", "part"),
    [
        ("Ab1-Ab2-x", "至少 10 位"),
        ("lotus-kiesel-rad", "至少要有 3 类"),
        ("LOTUSKIESEL47", "至少要有 3 类"),
        ("T" * 3 + "rQ8-" * 60, "最多 200 位"),
        ("Leader-kiesel-47", "不能含有"),
        ("redaeL-kiesel-47", "不能含有"),
        ("示例领导Kiesel47", "不能含有"),
        ("Weijian-Lotus-47", "不能含有"),
        ("Pr0jects-Lotus-4", "不能含有"),
        ("Password123!", "常见密码"),
        ("P@ssw0rd2021", "常见密码"),
        ("Admin@123456", "常见密码"),
        ("Huawei@12345", "常见密码"),
        ("1qaz@WSX3edc", "常见密码"),
        ("Qwer1234!@#$", "常见密码"),
        ("Abcd1234567", "常见密码"),
        ("Woaini1314520!", "常见密码"),
        ("Aa1!Aa1!Aa1!", "常见密码"),
    ],
)
def test_a_weak_password_is_named_so(password, part):
    assert [text for text in problems(password, Policy(), "leader", "示例领导") if part in str(text)]


def test_every_generated_password_meets_the_policy():
    assert all(
        problems(generate_password(policy), policy) == []
        for policy in (Policy(), Policy(password_classes=4, password_min_length=20))
        for _ in range(200)
    )


def test_a_password_lapses_after_ninety_days_unless_the_setting_says_never():
    assert not lapsed(NOW - dt.timedelta(days=90), NOW, Policy())
    assert lapsed(NOW - dt.timedelta(days=90, seconds=1), NOW, Policy())
    assert not lapsed(NOW - dt.timedelta(days=9000), NOW, Policy(password_days=0))
    assert not lapsed(None, NOW, Policy())


def test_each_figure_is_a_setting():
    assert from_settings({}) == Policy(10, 3, 5, 90, 5, 15, 15, 30, 8)
    assert from_settings(
        {"PASSWORD_MIN_LENGTH": "15", "PASSWORD_CLASSES": "1", "PASSWORD_DAYS": "0", "IDLE_MINUTES": "10"}
    ) == Policy(password_min_length=15, password_classes=1, password_days=0, idle_minutes=10)


@pytest.mark.parametrize(
    "setting",
    [
        {"PASSWORD_MIN_LENGTH": "7"},
        {"IDLE_MINUTES": "31"},
        {"LOCK_MINUTES": "4"},
        {"LOCK_ATTEMPTS": "0"},
        {"SESSION_HOURS": "many"},
    ],
)
def test_a_figure_out_of_bounds_stops_the_start(setting):
    with pytest.raises(ConfigError, match=next(iter(setting))):
        from_settings(setting)
