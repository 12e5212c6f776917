"""The product against a second implementation that was written from the prose of docs/rules/slippage.md alone: S-5,
S-7 to S-9, S-11, S-12, S-21 to S-24, S-27.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random
from typing import NamedTuple

import pytest
import second_promises
import second_whole
from runs import runs
from second_portfolios import Case, Group, case, group

from projects.core.vocabulary import DATA_STATES, STATES, WORKS_STATES
from projects.verdicts.assess.assess import assess
from projects.verdicts.assess.programme import assess_programme, assess_project
from projects.verdicts.facts.facts import RuleSet, Verdict
from projects.verdicts.facts.works import concern

PORTFOLIOS = runs(300, 3000)
Said = dict[str, tuple]  # by what was asked


class Portfolio(NamedTuple):
    """Up to three projects, and programmes with what was promised of some."""

    seed: int
    cases: list[Case]
    programmes: list[Group]


def portfolio(seed: int) -> Portfolio:
    random = Random(seed)
    cases = [case(random) for _ in range(random.randint(1, 3))]
    verdicts = [assess(one.targets[0], one.facts, one.as_of, one.rules) for one in cases if one.targets]
    return Portfolio(seed, cases, [group(random, verdicts, cases[0].as_of) for _ in range(6)])


def flat(verdict: Verdict) -> tuple:
    """What both must agree on."""
    days = verdict.slip_days, verdict.met_on, verdict.met_by
    return verdict.state, *days, verdict.forecast_on is not None, verdict.probability is not None


def as_said(answer: second_promises.Answer) -> tuple:
    return *answer[:5], answer.chance is not None


def by_product(one: Case, rules: RuleSet) -> Said:
    verdicts = {target.key: assess(target, one.facts, one.as_of, rules) for target in one.targets}
    whole = assess_project(one.facts, verdicts, one.as_of, rules)
    said: Said = {key: flat(verdict) for key, verdict in verdicts.items()}
    return said | {
        "promise": (whole.state, whole.slip_days),
        "works": (whole.works.state, whole.works.days),
        "data": (whole.data.state,),
        "rank": (concern(whole.state, whole.works, whole.data.state, rules),),
    }


def by_prose(one: Case) -> Said:
    answers = {target.key: second_promises.promise(target, one.facts, one.as_of, one.rules) for target in one.targets}
    promised = second_whole.project(list(answers.values()))
    works = second_whole.works(one.facts, one.as_of, one.rules)
    data = second_promises.expected_state(one.facts, one.as_of, one.rules)
    rank = second_whole.rank(promised[0], works, data, one.rules)
    said: Said = {key: as_said(answer) for key, answer in answers.items()}
    return said | {"promise": promised, "works": tuple(works), "data": (data,), "rank": (rank,)}


def of_programme(one: Group, rules: RuleSet) -> tuple[tuple, tuple]:
    product = assess_programme(one.target, one.members, one.tallies, one.as_of, rules, one.then)
    tallies = [second_whole.Tally(tally.on, tally.reached, tally.total) for tally in one.tallies]
    prose = second_whole.programme(one.target, one.members, tallies, one.as_of, one.rules, one.then)
    return flat(product), as_said(prose)


def apart(portfolios: Iterable[Portfolio], **broken: float) -> Iterator[tuple]:
    """Where the two disagree: seed, project and what was asked, the product's answer, the prose's; `broken` are wrong
    figures of the product's rules.
    """
    for seed, cases, programmes in portfolios:
        for number, one in enumerate(cases):
            product, prose = by_product(one, replace(one.rules, **broken)), by_prose(one)
            yield from ((seed, number, key, product[key], prose[key]) for key in prose if product[key] != prose[key])
        for number, programme in enumerate(programmes):
            product_says, prose_says = of_programme(programme, replace(programme.rules, **broken))
            if product_says != prose_says:
                yield seed, number, "programme", product_says, prose_says


@pytest.fixture(scope="module")
def portfolios() -> list[Portfolio]:
    return [portfolio(seed) for seed in range(PORTFOLIOS)]


def test_s5_to_s24_random_portfolios_get_the_verdicts_of_the_prose(portfolios: list[Portfolio]):
    assert list(apart(portfolios)) == []


def test_the_portfolios_come_to_every_state(portfolios: list[Portfolio]):
    states: Counter[str] = Counter()
    for one in portfolios:
        for said in map(by_prose, one.cases):
            states.update(str(answer[0]) for answer in said.values())
    assert set(STATES) | set(WORKS_STATES) | set(DATA_STATES) <= set(states)
    assert min(states[state] for state in STATES) >= 10


@pytest.mark.parametrize(
    "broken",
    [
        {"early_days": 16}, {"behind_days": 40}, {"fresh_days": 46}, {"silent_days": 91}, {"silent_months": 3},
        {"report_day": 6}, {"works_days": 16}, {"stop_days": 181}, {"leap_points": 25.0}, {"kept_from": 81.0},
        {"risk_from": 50.1}, {"tally_yellow": 80.1}, {"tally_red": 60.1},
    ],
    ids=lambda broken: next(iter(broken)),
)  # fmt: skip
def test_a_moved_limit_is_found(portfolios: list[Portfolio], broken: dict[str, float]):
    by_default = (
        one._replace(
            cases=[a_case for a_case in one.cases if a_case.rules == RuleSet()],
            programmes=[programme._replace(rules=RuleSet()) for programme in one.programmes],
        )
        for one in portfolios
    )
    assert next(apart(by_default, **broken), None) is not None
