"""What the page of the track record shows: figures by stage, by lead and by probability, for the portfolio and for the
real finished projects. Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from projects.core.text import N_, Text
from projects.verdicts.track_record.scores import TrackRecord

STAGES = {"early": N_("早期 (30% 以下)"), "mid": N_("中期 (30%–70%)"), "late": N_("后期 (70% 以上)"), "all": N_("全部")}
LEADS = {"<10%": N_("距期限不足计划工期的 10%"), "10-25%": N_("10%–25%"), "25-60%": N_("25%–60%")}
SETS = {"own": N_("本单位项目"), "real": N_("真实完工项目")}
FEW = 10  # finished projects; below it a figure says little


@dataclass(frozen=True)
class RecordFigure:
    """One figure: of which set of projects, what, for which part, and its value."""

    group: str
    what: str
    part: str
    value: float
    unit: str


@dataclass(frozen=True)
class RecordPage:
    """The record up to the end of a closed month: the portfolio's own, made from `replayed` forecasts of `looked_at` of
    `total` projects, and the class's.
    """

    known: dt.date
    own: TrackRecord
    replayed: int
    looked_at: int
    total: int
    rests_on_sample: bool
    real: TrackRecord
    reference: str

    @property
    def records(self) -> dict[str, TrackRecord]:
        """The records that hold anything, by set: the portfolio's own first."""
        return {
            key: record for key, record in (("own", self.own), ("real", self.real)) if record.finishes or record.targets
        }

    @property
    def is_thin(self) -> bool:
        """Whether the portfolio's own record is too small to go by."""
        return self.own.finished < FEW

    def summary(self) -> Text:
        """What 80 % means here, in one sentence."""
        own = self.own.coverage.get("all")
        if own is not None and not self.is_thin:
            return Text(
                N_("推算给出的 80%% 区间, 在 %(count)s 个本单位已完工项目上实际包含了 %(share)s%% 的完工日期。"),
                {"count": self.own.finished, "share": own},
            )
        return Text(
            N_(
                "推算给出的 80%% 区间, 在 %(count)s 个真实完工项目上 (推算某项目时不用该项目) 实际包含了 %(share)s%% "
                "的完工日期。"
            ),
            {"count": self.real.projects, "share": self.real.coverage["all"]},
        )


def figures(page: RecordPage) -> Iterator[RecordFigure]:
    """Every figure of the page, for its exports."""
    for key, record in page.records.items():
        group = SETS[key]
        errors = (
            (N_("计划不变的误差"), record.plan_error),
            (N_("挣得进度 (PF=1) 的误差"), record.plain_error),
            (N_("推算的误差"), record.error),
        )
        for what, row in (*errors, (N_("80% 区间覆盖率"), record.coverage)):
            yield from (RecordFigure(group, what, STAGES[part], value, "%") for part, value in row.items())
        if record.width is not None:
            yield RecordFigure(group, N_("80% 区间宽度 (占计划工期)"), STAGES["all"], 100 * record.width, "%")
        for what, row in ((N_("Brier 分数"), record.brier), (N_("固定概率的 Brier 分数"), record.base)):
            yield from (RecordFigure(group, what, LEADS[part], value, "") for part, value in row.items())
        for one in record.bins:
            part = f"{100 * one.low:.0f}%–{100 * one.high:.0f}%"
            yield RecordFigure(group, N_("平均推算概率"), part, 100 * one.said, "%")
            yield RecordFigure(group, N_("实际达到比例"), part, 100 * one.came, "%")
            yield RecordFigure(group, N_("推算次数"), part, one.count, "")
