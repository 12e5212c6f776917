"""What a project's ladder says is wrong.

Rules F-1 to F-4 of docs/rules/money.md; each finding carries its amount, so that it can be summed and sorted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from projects.core.text import N_, Text
from projects.core.vocabulary import FUNDING_SOURCES
from projects.money.findings.rules import RULES
from projects.money.findings.wording import wan as _wan
from projects.money.ladder.sums import Ladder, LadderLine


@dataclass(frozen=True)
class FundingRules:
    """Figures of the findings; a rule set of its own, as no nation-wide figure exists."""

    name: str = "2026-1"
    local_gap_points: float = 20.0  # local receipt rate behind the central one by more percentage points
    basis: Text | None = None


USUAL = FundingRules()


@dataclass(frozen=True)
class MoneyFinding:
    """A rule broken by a source (`local` for F-4): the fen too much, or too little, and the words.

    `source` tells apart what is handled by itself: of F-19 `cbi-2024` is a source and its year, of F-20 `cbi-17` a
    source and its entry. `basis` is what it rests on where that is not its rule's law alone: the limit of the
    installation, the law of this source of money.
    """

    rule: str
    source: str
    amount_fen: int
    text: Text
    basis: Text | None = None

    @property
    def name(self) -> str:
        """What the breach is called, a message id."""
        return RULES[self.rule].name

    @property
    def money(self) -> str | None:
        """The source of money, None where it is of several or of none."""
        key = self.source.partition("-")[0]
        return key if key in FUNDING_SOURCES else None

    @property
    def law(self) -> Text:
        """What it rests on: what was said of this very finding, else its rule's law."""
        return self.basis or Text(RULES[self.rule].law)

    @property
    def is_warning(self) -> bool:
        """Whether it asks for a look and not for a remedy."""
        return RULES[self.rule].is_warning


def findings(ladder: Ladder, rules: FundingRules = USUAL) -> tuple[MoneyFinding, ...]:
    """Everything that a project's ladder says, source by source, the counterpart last."""
    found = [one for line in ladder.lines for one in _of_source(line, known=ladder.total.approved is not None)]
    return (*found, *_counterpart(ladder, rules))


def _of_source(line: LadderLine, *, known: bool) -> Iterator[MoneyFinding]:
    approved = (line.approved or 0) if known else line.allocated
    steps = (
        (
            "F-1",
            line.allocated,
            approved,
            N_("%(source)s: 下达 %(more)s 万元, 超过批复 %(less)s 万元, 多 %(gap)s 万元"),
        ),
        (
            "F-2",
            line.received,
            line.allocated,
            N_("%(source)s: 到位 %(more)s 万元, 超过下达 %(less)s 万元, 多 %(gap)s 万元"),
        ),
        (
            "F-3",
            line.paid,
            line.received,
            N_("%(source)s: 支付 %(more)s 万元, 超过到位 %(less)s 万元, 多 %(gap)s 万元"),
        ),
    )
    for rule, more, less, msgid in steps:
        if more > less:
            words = {
                "source": Text(FUNDING_SOURCES[line.key]),
                "more": _wan(more),
                "less": _wan(less),
                "gap": _wan(more - less),
            }
            yield MoneyFinding(rule, line.key, more - less, Text(msgid, words))


def _counterpart(ladder: Ladder, rules: FundingRules) -> Iterator[MoneyFinding]:
    """Local and other money behind the central money of the same project; nothing allocated of what was approved counts
    as a rate of 0.
    """
    central, local = ladder.central.receipt_rate, ladder.local.receipt_rate
    if central is None or central <= 0:
        return
    if local is None and (ladder.local.approved or 0) > 0:
        missing = ladder.local.approved or 0
        if central > rules.local_gap_points:
            params = {"central": central, "approved": _wan(missing)}
            yield MoneyFinding(
                "F-4",
                "local",
                missing,
                Text(N_("中央资金到位率 %(central)s%%, 地方及其他资金批复 %(approved)s 万元, 还没有下达"), params),
                rules.basis,
            )
    elif local is not None and _points(ladder.central) - _points(ladder.local) > Fraction(
        rules.local_gap_points
    ):  # exactly at the limit is not beyond it
        missing = ladder.local.allocated - ladder.local.received
        params = {"central": central, "local": local, "gap": central - local, "missing": _wan(missing)}
        text = Text(
            N_(
                "中央资金到位率 %(central)s%%, 地方及其他资金 %(local)s%%, 相差 %(gap)s 个百分点, 未到位 %(missing)s "
                "万元"
            ),
            params,
        )
        yield MoneyFinding("F-4", "local", missing, text, rules.basis)


def _points(line: LadderLine) -> Fraction:
    """The receipt rate to the fen: what is one fen over a limit is over it, however large the sums."""
    return Fraction(100 * line.received, line.allocated)
