"""Passwords, lapses and settings at the limit itself: rules A-1 to A-15, from docs/rules/accounts.md."""

from __future__ import annotations

import datetime as dt

import pytest

from projects.core.errors import ConfigError
from projects.core.permissions import OFFICES
from projects.people.guessing.addresses import network
from projects.people.sign_in.operations import completed, first_half, generate_password
from projects.people.sign_in.policy import Policy, first_lapsed, from_settings, lapsed, problems

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def said(password: str, *names: str, **figures: int) -> str:
    return " ".join(str(text) for text in problems(password, Policy(**figures), *names))


@pytest.mark.parametrize(("password", "taken"), [("Lotus-Ki4", False), ("Lotus-Kie4", True), ("莲花-Kiesel4", True)])
def test_a1_ten_characters_are_enough_and_nine_are_not(password: str, taken: bool):
    assert ("至少 10 位" not in said(password)) == taken


@pytest.mark.parametrize("length", [8, 14, 15, 64])
@pytest.mark.parametrize("classes", [1, 4])
def test_a11_a_generated_password_is_as_long_as_asked_for_whole_and_in_halves(length: int, classes: int):
    policy = Policy(password_min_length=length, password_classes=classes)
    assert problems(generate_password(policy), policy) == []
    first = first_half(policy)
    second = completed(first, policy)
    assert problems(first + second, policy) == []
    assert min(len(first), len(second)) >= 7  # what either person would have to guess


@pytest.mark.parametrize(("length", "taken"), [(199, True), (200, True), (201, False)])
def test_a1_two_hundred_characters_are_the_most(length: int, taken: bool):
    password = ("Tr8-lotus-Kiesel_" * 20)[:length]
    assert ("最多 200 位" not in said(password)) == taken


@pytest.mark.parametrize(
    ("password", "kinds"),
    [("lotuskieselrad", 1), ("lotuskiesel47", 2), ("Lotuskiesel47", 3), ("Lotus-kiesel47", 4), ("莲花池塘边的石头", 1)],
)
def test_a2_it_draws_on_enough_of_four_kinds(password: str, kinds: int):
    for asked in (1, 2, 3, 4):
        assert (f"至少要有 {asked} 类" in said(password, password_classes=asked)) == (kinds < asked)


@pytest.mark.parametrize(
    ("password", "names", "held"),
    [
        ("Lin-kiesel-4711", ("lin",), True),
        ("nil-Kiesel-4711", ("lin",), True),
        ("l1n-Kiesel-4711", ("lin",), True),  # leet: 1 for i
        ("Li-kiesel-4711", ("li",), False),  # two letters are too few to tell
        ("王芳Kiesel-4711", ("王芳",), True),  # but not of Chinese
        ("王Kiesel-4711", ("王",), False),
        ("Lotus-kiesel-47", ("",), False),
        ("Lotus-kiesel-47", ("KIESEL",), True),
    ],
)
def test_a4_it_holds_neither_name_forwards_backwards_or_in_leet(password: str, names: tuple[str, ...], held: bool):
    assert ("不能含有" in said(password, *names)) == held


@pytest.mark.parametrize("word", ["Tracker", "Hospital", "jianKang"])
def test_a4_nor_a_word_of_this_system(word: str):
    assert "不能含有" in said(f"{word}-Lotus-4")
    assert "常见密码" not in said(f"{word}-Lotus-4")


@pytest.mark.parametrize(("password", "common"), [("aB1-aB1-aB1-", True), ("aB1-aB1-aB1-c", False)])
def test_a4_it_has_at_least_five_different_characters(password: str, common: bool):
    """Capitals count with their small letters: a, b, 1 and - are four."""
    assert ("常见密码" in said(password)) == common


@pytest.mark.parametrize(
    ("password", "common"),
    [
        ("qwertyXe-9", True),  # six of ten in one run
        ("qwertXeb-9", False),  # five of ten
        ("ytrewqXe-9", True),  # backwards
        ("qwexrtyb-9Z", False),  # runs of three count for nothing
        ("abcdX7890z", True),  # two runs of four cover eight of ten
        ("abcdXz-kU9", False),  # one covers four
        ("abcdx7890yasdf-Zw1.", False),  # of three runs the two longest count: eight of nineteen
        ("abcdxasdfz7890", False),  # eight of fourteen are below three fifths
        ("abcdxasdf7890", True),  # eight of thirteen are above
        ("abcdxy7890mno", True),
    ],
)
def test_a4_it_is_no_run_along_the_keyboard(password: str, common: bool):
    assert ("常见密码" in said(password)) == common


@pytest.mark.parametrize(
    "password",
    ["Welcome#2021", "w3lc0me!!2021", "Dr@g0n-9876", "1Q2-Summer-2021", "2021Dragon!", "Wel2+2come", "7Dra-22-gon7"],
)
def test_a4_it_is_no_common_word_with_figures_around_it(password: str):
    assert ("常见密码" in said(password)) == (password != "1Q2-Summer-2021")


@pytest.mark.parametrize(("seconds", "over"), [(-1, False), (0, False), (1, True)])
def test_a4_a11_ninety_days_and_seventy_two_hours_are_over_a_second_later(seconds: int, over: bool):
    spare = dt.timedelta(seconds=seconds)
    assert lapsed(NOW - dt.timedelta(days=90) - spare, NOW, Policy()) == over
    assert first_lapsed(NOW - dt.timedelta(hours=72) - spare, NOW, Policy()) == over
    assert lapsed(NOW - dt.timedelta(days=1) - spare, NOW, Policy(password_days=1)) == over


def test_a4_never_is_never_and_without_a_day_nothing_lapses():
    assert not lapsed(dt.datetime(1990, 1, 1, tzinfo=dt.UTC), NOW, Policy(password_days=0))
    assert not first_lapsed(None, NOW, Policy())


@pytest.mark.parametrize(
    ("name", "lowest", "highest", "default"),
    [  # as the table of docs/rules/accounts.md has them
        ("PASSWORD_MIN_LENGTH", 8, 64, 10),
        ("PASSWORD_CLASSES", 1, 4, 3),
        ("PASSWORD_HISTORY", 0, 24, 5),
        ("PASSWORD_DAYS", 0, 3650, 90),
        ("LOCK_ATTEMPTS", 1, 10, 5),
        ("LOCK_WINDOW_MINUTES", 5, 1440, 15),
        ("LOCK_MINUTES", 5, 1440, 15),
        ("IDLE_MINUTES", 1, 30, 30),
        ("SESSION_HOURS", 1, 24, 8),
        ("FIRST_PASSWORD_HOURS", 1, 720, 72),
        ("ADDRESS_ATTEMPTS", 10, 1000, 50),
        ("STALE_DAYS", 30, 366, 90),
    ],
)
def test_each_figure_has_its_default_and_its_bounds(name: str, lowest: int, highest: int, default: int):
    field = name.lower()
    assert getattr(from_settings({}), field) == default
    for value in (lowest, highest):
        assert getattr(from_settings({name: str(value)}), field) == value
    for value in (lowest - 1, highest + 1, "x", "²", "1.5"):
        with pytest.raises(ConfigError, match=name):
            from_settings({name: str(value)})
    assert getattr(from_settings({name: " "}), field) == default


def test_a10_roles_that_must_use_codes_are_known_ones():
    assert from_settings({"TOTP_ROLES": "admin, security,"}).totp_roles == {"admin", "security"}
    assert from_settings({}).totp_roles == OFFICES  # unless it is said otherwise
    assert from_settings({"TOTP_ROLES": "none"}).totp_roles == frozenset()
    with pytest.raises(ConfigError, match="nobody"):
        from_settings({"TOTP_ROLES": "admin,nobody"})


def test_a7_a8_a15_figures_are_minutes_hours_and_days():
    policy = Policy(idle_minutes=7, session_hours=2, stale_days=31)
    assert policy.idle == dt.timedelta(minutes=7)
    assert policy.absolute == dt.timedelta(hours=2)
    assert policy.stale == dt.timedelta(days=31)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.0.0.1", "10.0.0.1"),
        (" 10.0.0.2 ", "10.0.0.2"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        (" unknown ", "unknown"),
        ("x" * 61, "x" * 60),
    ],
)
def test_a14_an_ipv6_network_of_64_is_one_address(address: str, counted: str):
    assert network(address) == counted
