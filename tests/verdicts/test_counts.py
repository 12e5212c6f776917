"""A programme's count or share at its limits: rule S-11."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from charts import drawn

from projects.verdicts.assess.programme import CountedTally, assess_programme
from projects.verdicts.facts.facts import GateFact, RuleBook, RuleSet, TargetFacts, Verdict
from projects.verdicts.status.rows import Assessed, ProjectRef, TargetRef, rows

DUE = "2021-06-30"


def iso(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def target(threshold: float = 2, due: str | None = DUE, quantifier: str = "count", measure: str = "start"):
    return TargetFacts("p", measure, quantifier, threshold, iso(due) if due else None, "none")


def tally(on: str, reached: int, total: int | None = None) -> CountedTally:
    return CountedTally(iso(on), reached, total)


def there(on: str, *, exact: bool = True) -> Verdict:
    return Verdict("met_on_time", met_on=iso(on) if exact else None, met_by=iso(on))


def made(asked, members=(), tallies=(), as_of: str = "2021-12-31", then=None) -> Verdict:
    return assess_programme(asked, list(members), list(tallies), iso(as_of), RuleSet(), then)


def words(found: Verdict) -> str:
    return " ".join(str(text) for text in found.reasons)


# --- the greater of projects and tallies, and what a later tally corrects -------------------------------------------


def test_s11_the_greater_of_projects_and_tallies_counts():
    own = [there("2021-03-01"), there("2021-03-02"), Verdict("at_risk")]
    assert made(target(3, "2021-12-31"), own, [tally("2021-05-31", 1)], "2021-06-30").current == 2
    assert made(target(3, "2021-12-31"), own, [tally("2021-05-31", 2)], "2021-06-30").current == 2
    three = made(target(3, "2021-12-31"), own, [tally("2021-05-31", 3)], "2021-06-30")
    assert (three.current, three.met_on) == (3, iso("2021-05-31"))


@pytest.mark.parametrize(
    ("later", "state", "met"),
    [(7, "overdue", None), (8, "met_on_time", "2021-06-30"), (9, "met_on_time", "2021-06-30")],
)
def test_s11_a_later_tally_that_is_lower_corrects_those_before_it(later: int, state: str, met: str | None):
    """10 on 06-30 and 8 on 08-31 are 8 on both days, for a promise of eight by 06-30."""
    found = made(target(8), (), [tally("2021-06-30", 10), tally("2021-08-31", later)])
    assert (found.state, found.met_on and found.met_on.isoformat()) == (state, met)
    before = made(target(8), (), [tally("2021-06-30", 10), tally("2021-08-31", later)], "2021-08-30")
    assert before.state == "met_on_time", "the correction is not seen before its day"


def test_s11_three_tallies_are_corrected_by_the_lowest_that_follows():
    tallies = [tally("2021-03-31", 9), tally("2021-04-30", 12), tally("2021-05-31", 6), tally("2021-12-01", 8)]
    assert made(target(6), (), tallies).met_on == iso("2021-03-31")
    assert (made(target(7), (), tallies).met_on, made(target(7), (), tallies).state) == (iso("2021-12-01"), "met_late")
    assert made(target(9), (), tallies).current == 8


# --- the total --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "tallies", "needed"),
    [
        (5, [], 3),  # half of five is rounded up
        (4, [], 2),
        (5, [tally("2021-03-31", 1, 8)], 4),
        (5, [tally("2021-03-31", 1, 8), tally("2021-04-30", 1)], 4),
        (5, [tally("2021-03-31", 1, 8), tally("2021-04-30", 1, 12)], 6),
        (5, [tally("2021-03-31", 1, 3)], 3),  # at least the registered
        (5, [tally("2021-03-31", 5)], 3),
        (0, [tally("2021-03-31", 1, 7)], 4),
    ],
)
def test_s11_the_total_is_the_newest_tally_s_at_least_the_registered(members: int, tallies, needed: int):
    found = made(target(50, "2021-12-31", "share"), [Verdict("behind")] * members, tallies, "2021-06-30")
    assert f"需要 {needed} 个" in words(found)


@pytest.mark.parametrize(("as_of", "state"), [("2021-06-30", "unknown"), ("2021-07-01", "overdue_no_evidence")])
@pytest.mark.parametrize(("members", "tallies"), [(0, [tally("2021-03-31", 5)]), (2, [tally("2021-03-31", 3)])])
def test_s11_a_share_without_a_total_is_unknown(members: int, tallies, as_of: str, state: str):
    """Five counted of nobody knows how many, or more counted than are registered."""
    found = made(target(50, quantifier="share"), [Verdict("at_risk")] * members, tallies, as_of)
    assert (found.state, found.current, found.slip_days) == (state, None, None)
    assert "按比例承诺, 但不知道项目总数" in words(found)
    known = made(target(50, quantifier="share"), [Verdict("at_risk")] * members, [replace(tallies[0], total=20)], as_of)
    assert known.state != state


# --- how it stood on its day ------------------------------------------------------------------------------------------


def test_s11_what_was_kept_on_its_day_stays_kept_when_members_join_later():
    """Two of two had started on 06-30; three more joined on 09-01, none of which has."""
    two = [there("2021-05-31"), there("2021-06-30")]
    now = [*two, *[Verdict("at_risk")] * 3]
    share = target(100, quantifier="share")
    kept = made(share, now, then=two)
    assert (kept.state, kept.met_on, kept.current) == ("met_on_time", iso("2021-06-30"), 100)
    assert made(share, now).state == "overdue", "had they been there on its day"
    late = [there("2021-05-31"), there("2021-07-01")]
    assert made(share, [*late, *[Verdict("at_risk")] * 3], then=late).state == "overdue"
    after = made(share, [*late, there("2021-10-01")], then=late)
    assert (after.state, after.met_on) == ("met_late", iso("2021-10-01")), "otherwise it is asked as of today"


def test_s11_members_who_left_count_on_its_day_and_a_day_to_come_asks_those_of_today():
    gone = [there("2021-05-31"), there("2021-05-31")]
    assert made(target(2), [], then=gone).state == "met_early"
    assert made(target(2), [], then=[]).state == "overdue_no_evidence"
    assert made(target(2), gone, as_of="2021-06-30", then=[]).state == "met_early", "before its day nobody asks"


@pytest.mark.parametrize(
    ("since", "state"), [("2021-06-30", "overdue"), ("2021-07-01", "met_on_time"), ("2021-09-01", "met_on_time")]
)
def test_s11_s20_who_joined_on_the_due_day_belonged_and_who_joined_the_day_after_did_not(since: str, state: str):
    """Two of the programme had started by 06-30; a third, not begun, joined on a day."""
    base = drawn("2021-01", plan="0 25 50 75 100", reported=". . . . . . 10")
    begun = replace(base, gates={"start": GateFact(iso("2021-06-30"))})
    projects = [ProjectRef(key, "1", 7) for key in (1, 2, 3)]
    share = TargetRef(5, None, 7, target(100, quantifier="share"))
    joined = {3: [(None, None), (iso(since), 7)]}
    known = Assessed(projects, {1: begun, 2: begun, 3: base}, {}, [share], {}, {}, {}, RuleBook(), joined=joined)
    assert rows(known, iso("2021-08-01"))[1][0].state == state
    turned = replace(known, projects=projects[::-1])
    assert rows(turned, iso("2021-08-01"))[1][0].state == state


def test_s11_s20_who_left_after_the_due_day_is_still_counted_on_it():
    base = drawn("2021-01", plan="0 25 50 75 100", reported=". . . . . . 10")
    begun = replace(base, gates={"start": GateFact(iso("2021-06-30"))})
    known = Assessed(
        [ProjectRef(1, "1", 7), ProjectRef(2, "1", 8)], {1: begun, 2: begun}, {},
        [TargetRef(5, None, 7, target(2))], {}, {}, {}, RuleBook(),
        joined={2: [(None, 7), (iso("2021-07-01"), 8)]},
    )  # fmt: skip
    assert rows(known, iso("2021-08-01"))[1][0].state == "met_on_time"
    earlier = replace(known, joined={2: [(None, 7), (iso("2021-06-30"), 8)]})
    assert rows(earlier, iso("2021-08-01"))[1][0].state == "overdue"


# --- not met ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unclear", ["unknown", "overdue_no_evidence", "contradicted"])
@pytest.mark.parametrize(
    ("known", "open_", "state"),
    [(1, 1, "overdue"), (1, 2, "overdue_no_evidence"), (2, 1, "overdue_no_evidence"), (0, 3, "overdue_no_evidence")],
)
def test_s11_past_its_day_unclear_projects_that_could_fill_the_number_are_no_evidence(known, open_, state, unclear):
    members = [there("2021-05-31")] * known + [Verdict(unclear)] * open_ + [Verdict("overdue", 5)]
    found = made(target(3), members, as_of="2021-07-10")
    assert (found.state, found.slip_days) == (state, 10 if state == "overdue" else None)
    tallied = made(target(3), members, [tally("2021-05-31", 1)], "2021-07-10")
    assert (tallied.state, tallied.slip_days) == ("overdue", 10)


@pytest.mark.parametrize(("as_of", "state"), [("2021-06-30", "behind"), ("2021-07-01", "overdue")])
def test_s11_the_due_day_itself_is_not_over(as_of: str, state: str):
    assert made(target(10), (), [tally("2021-05-31", 2)], as_of).state == state


# --- the chance -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chances", "needed", "chance", "state"),
    [
        ((50, 50, 50), 2, 50.0, "at_risk"),
        ((49.9, 50, 50), 2, 49.95, "behind"),
        ((80,), 1, 80.0, "on_track"),
        ((79.99,), 1, 79.99, "at_risk"),
        ((90, 10), 1, 91.0, "on_track"),
        ((50,) * 3, 4, 0.0, "behind"),  # more than there are
    ],
)
def test_s11_the_chance_that_enough_are_there_decides_like_any_chance(chances, needed, chance: float, state: str):
    members = [Verdict("at_risk", probability=float(one)) for one in chances]
    for as_of in ("2020-06-30", "2021-06-30"):
        found = made(target(needed), members, as_of=as_of)
        assert (found.probability, found.state) == (pytest.approx(chance), state)
    said = f"到期达到 {needed} 个的可能性 {int(chance + 1e-6)}%"
    assert said in words(found)


def test_s11_one_there_in_time_is_certain_one_too_late_or_overdue_is_lost():
    half = Verdict("at_risk", probability=50.0)
    early = target(2, "2021-12-31")
    assert made(early, [half, there("2021-12-31", exact=False)], as_of="2021-12-31").probability == 50
    assert made(early, [half, Verdict("overdue")], as_of="2021-06-30").probability == 0
    assert made(early, [half, half, Verdict("unknown")], as_of="2021-06-30").probability is None


# --- pro-rata ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "state"),
    [
        ("2021-06-30", "unknown"),
        ("2021-12-31", "unknown"),
        ("2022-01-01", "unknown"),
        ("2022-01-02", "on_track"),
        ("2022-06-30", "behind"),
    ],
)
def test_s11_a_count_due_in_two_years_is_unknown_until_its_own_year_begins(as_of: str, state: str):
    found = made(target(24, "2022-12-31"), (), [tally("2021-05-31", 2)], as_of)
    assert (found.state, found.current) == (state, 2)
    assert ("期限在以后年度" in words(found)) == (state == "unknown")


@pytest.mark.parametrize(("reached", "state"), [(10, "on_track"), (9, "at_risk"), (8, "at_risk"), (7, "behind")])
def test_s11_the_worked_example_of_pro_rata(reached: int, state: str):
    """9 of 24 × 181/365 = 11.9, which is 75.6 %; 10 are 84, 8 are 67.2, 7 are 58.8."""
    found = made(target(24, "2020-12-31"), (), [tally("2020-06-30", reached)], "2020-06-30")
    assert found.state == state
    assert found.probability is None


def test_s11_a_tally_beside_chances_leaves_them_aside():
    half = Verdict("at_risk", probability=50.0)
    found = made(target(2, "2021-12-31"), [half, half], [tally("2021-06-30", 1)], "2021-07-02")
    assert (found.probability, found.state) == (None, "on_track")
