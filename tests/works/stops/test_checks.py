"""Rule S-14: what a stop, a resumption and the correction of either must say, at the limit itself."""

from __future__ import annotations

import datetime as dt

import pytest

from projects.works.stops.checks import LONGEST, Neighbour, check_correction, check_stop, check_withdrawal

TODAY = dt.date(2021, 11, 30)
STOP = {"effect": "stop", "on": "2021-11-10", "reason": "停工令〔2021〕3号"}
RIGHT = STOP | {"why": "日期抄错"}
FIRST, LAST = Neighbour("resume", dt.date(2021, 11, 5)), Neighbour("resume", dt.date(2021, 11, 20))


def corrected(effect: str = "stop", beside=(None, None), **changes: str):
    return check_correction(RIGHT | changes, effect, beside, TODAY)


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ("", None),
        ("2021-11-11", None),
        ("2021-11-10", "预计复工日应晚于停工日 (2021-11-10)"),
        ("2021-11-09", "预计复工日应晚于停工日 (2021-11-10)"),
        ("2031-11-18", None),
        ("2031-11-19", "超过十年"),
        ("2099-12-31", "超过十年"),
        ("下月", "“下月”不是日期"),
    ],
)
def test_s14_a_stop_may_name_a_later_day_on_which_works_go_on(expected: str, said: str | None):
    """It may be past or to come; 3,660 days after 2021-11-10 are 2031-11-18."""
    for values, wrong in (check_stop(STOP | {"expected": expected}, None, TODAY), corrected(expected=expected)):
        assert list(wrong) == (["expected"] if said else [])
        assert (said or "") in str(wrong.get("expected", ""))
        if not said:
            assert values["expected_on"] == (dt.date.fromisoformat(expected) if expected else None)


def test_s14_a_resumption_names_no_such_day():
    entry = STOP | {"effect": "resume", "expected": "2021-12-31"}
    assert list(check_stop(entry, ("stop", dt.date(2021, 11, 1)), TODAY)[1]) == ["expected"]
    assert list(corrected("resume", expected="2021-12-31")[1]) == ["expected"]
    assert corrected("resume")[1] == {}


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2021-11-04", "不能早于上一条记录 (2021-11-05)"),
        ("2021-11-05", None),
        ("2021-11-20", None),
        ("2021-11-21", "不能晚于下一条记录 (2021-11-20)"),
        ("2021-12-01", "在将来"),
        ("", "请填写日期"),
    ],
)
def test_s14_a_corrected_day_stays_between_the_records_beside_it(on: str, said: str | None):
    wrong = corrected(beside=(FIRST, LAST), on=on)[1]
    assert list(wrong) == (["on"] if said else [])
    assert (said or "") in str(wrong.get("on", ""))


def test_s14_the_last_record_may_be_of_today_and_of_no_later_day():
    assert corrected(beside=(FIRST, None), on="2021-11-30")[1] == {}
    assert list(corrected(beside=(FIRST, None), on="2021-12-01")[1]) == ["on"]


@pytest.mark.parametrize(
    ("why", "is_wrong"), [("", True), (" ", True), ("x", False), ("长" * LONGEST, False), ("长" * (LONGEST + 1), True)]
)
def test_s14_a_correction_and_a_withdrawal_say_why(why: str, is_wrong: bool):
    assert ("why" in corrected(why=why)[1]) == is_wrong
    assert ("why" in check_withdrawal({"why": why}, "stop", (None, None))) == is_wrong


STOPPED, WENT_ON = Neighbour("stop", dt.date(2021, 11, 1)), Neighbour("resume", dt.date(2021, 11, 20))


@pytest.mark.parametrize(
    ("effect", "before", "after", "said"),
    [
        ("stop", None, None, None),
        ("stop", None, WENT_ON, "其后 2021-11-20 的复工会没有停工与之相应"),
        ("stop", WENT_ON, WENT_ON, "其后 2021-11-20 的复工会没有停工与之相应"),
        ("resume", STOPPED, None, None),
        ("resume", STOPPED, STOPPED, "其后 2021-11-01 又停工, 两次停工会重叠"),
        ("stop", STOPPED, WENT_ON, None),  # of two stops in a row one may go
    ],
)
def test_s14_what_a_withdrawal_leaves_still_takes_turns(effect: str, before, after, said: str | None):
    wrong = check_withdrawal({"why": "误登"}, effect, (before, after))
    assert list(wrong) == (["on"] if said else [])
    assert (said or "") in str(wrong.get("on", ""))
