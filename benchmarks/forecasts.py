"""Would the forecast do as well on other projects? The checks behind decision 8, on finished projects and on invented
ones.

    python -m benchmarks.forecasts DATA_DIR
        sensitivity, nested choice, coarse plans, invented families; about five minutes
    python -m benchmarks.forecasts DATA_DIR --only nested one of: sensitivity, nested, coarse, families

DATA_DIR as for `projects backtest`, all projects finished. The same figures every time; nothing here is a test.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.invented import FAMILIES, Drawn, draw  # noqa: E402
from projects.verdicts.facts.curve import STEPS  # noqa: E402
from projects.verdicts.forecast import reference as rules  # noqa: E402
from projects.verdicts.forecast.backtest import finish_row, replay, target_rows  # noqa: E402
from projects.verdicts.forecast.extract import packaged_reference, read_projects  # noqa: E402
from projects.verdicts.forecast.forecast import look_ahead  # noqa: E402
from projects.verdicts.forecast.reference import Finished, Reference, member_of, members_of  # noqa: E402
from projects.verdicts.forecast.residuals import FINISH, WAY, Figures  # noqa: E402
from projects.verdicts.track_record.scores import (  # noqa: E402
    Ended,
    FinishForecast,
    TargetForecast,
    TrackRecord,
    per_project,
    track_record,
)

CHOSEN = {"tail": 0.08, "last": 95.0, "made up": 0.0, "habit off": 1.0, "way made up": 0.8, "way habit off": 0.5}
GRID: dict[str, tuple[float, ...]] = {
    "tail": (0.05, 0.08, 0.12), "last": (90.0, 95.0, 100.0), "made up": (0.0, 0.3, 0.5), "habit off": (0.0, 0.5, 1.0),
    "way made up": (0.4, 0.6, 0.8, 1.0), "way habit off": (0.0, 0.5, 1.0),
}  # fmt: skip
OF_FINISH = ("tail", "last", "made up", "habit off")
OF_WAY = ("way made up", "way habit off")
TYPICAL_BRIER = {"<10%": 0.06, "10-25%": 0.09, "25-60%": 0.16}


class Scored(NamedTuple):
    """Forecasts of one project: their loss for choosing by, finish and way, and what they were."""

    finish: float
    way: dict[str, float]
    finishes: list[FinishForecast]
    targets: list[TargetForecast]


@contextmanager
def figures(values: Mapping[str, float]) -> Iterator[None]:
    """The engine with other figures."""
    way = Figures(values["way made up"], WAY.grain, 0.0, values["way habit off"])
    finish = Figures(values["made up"], FINISH.grain, values["habit off"], values["habit off"])
    with patch.multiple(rules, WAY=way, FINISH=finish, TYPICAL_TAIL=values["tail"], TAIL=values["last"]):
        yield


def scored(project: Finished, reference: Reference) -> Scored:
    """Forecasts of a project at its status days.

    The finish's loss: pinball at P10, P50 and P90, in percent of the actual duration.
    """
    rows = list(replay(project, reference))
    finishes, targets = [one for one, _ in rows], [one for _, found in rows for one in found]
    total = (project.finish - project.curve.start).days
    losses = [
        100 * max(level * late, (level - 1) * late) / total
        for one in finishes
        for level, day in ((0.1, one.p10), (0.5, one.p50), (0.9, one.p90))
        for late in [(project.finish - day).days]
    ]
    return Scored(
        3 * statistics.mean(losses) if losses else 0.0, dict(track_record([], targets).brier), finishes, targets
    )


def record(found: Sequence[Scored]) -> TrackRecord:
    """The record of several projects."""
    return track_record(
        (one for item in found for one in item.finishes), (one for item in found for one in item.targets)
    )


def told(made: TrackRecord) -> str:
    """A record in one line."""
    stages = " ".join(f"{made.error[name]:.1f}" for name in ("early", "mid", "late") if name in made.error)
    brier = " ".join(f"{value:.3f}" for value in made.brier.values())
    return (
        f"error {made.error['all']:.2f} ({stages})  covers {made.coverage['all']:.0f}  width {made.width:.3f}  Brier "
        f"{brier}"
    )


def each_left_out(projects: Sequence[Finished]) -> TrackRecord:
    """Every project forecast by the others."""
    members = {one.key: members_of(one) for one in projects}
    return record(
        [
            scored(one, Reference(tuple(m for key, own in members.items() if key != one.key for m in own), "others"))
            for one in projects
        ]
    )


def sensitivity(projects: Sequence[Finished]) -> None:
    """One figure at a time."""
    print(f"{'chosen':22s} {told(each_left_out(projects))}")
    for name, values in GRID.items():
        for value in values:
            if value != CHOSEN[name]:
                with figures({**CHOSEN, name: value}):
                    print(f"{f'{name} {value:g}':22s} {told(each_left_out(projects))}", flush=True)


# --- nested choice ----------------------------------------------------------------------------------------------------


def without_two(projects: Sequence[Finished]) -> dict[tuple[str, str], Scored]:
    """Each project forecast without itself and without each other one; without itself alone where both are the same."""
    members = {one.key: member_of(one) for one in projects}
    found = {}
    for left, one in product(members, projects):
        others = tuple(member for key, member in members.items() if key not in {left, one.key})
        found[left, one.key] = scored(one, Reference(others, "others"))
    return found


Table = dict[tuple[float, ...], dict[tuple[str, str], Scored]]


def tables(projects: Sequence[Finished], names: Sequence[str]) -> Table:
    """Those of all combinations of some figures, the others as chosen."""
    found: Table = {}
    for values in product(*(GRID[name] for name in names)):
        with figures({**CHOSEN, **dict(zip(names, values, strict=True))}):
            found[values] = without_two(projects)
    return found


def finish_loss(table: Mapping[tuple[str, str], Scored], left: str) -> float:
    """The mean loss of the finish over the projects that are not left out."""
    return statistics.mean(one.finish for (out, key), one in table.items() if out == left != key)


def way_loss(table: Mapping[tuple[str, str], Scored], left: str) -> float:
    """The same for the Brier scores, each beside a typical one."""
    inner = [one.way for (out, key), one in table.items() if out == left != key]
    return sum(
        statistics.mean(way[name] for way in inner if name in way) / typical for name, typical in TYPICAL_BRIER.items()
    )


def nested(projects: Sequence[Finished]) -> None:
    """For each project figures are chosen on the others alone, each of those left out in turn; then it is forecast with
    them.
    """
    finish, way = tables(projects, OF_FINISH), tables(projects, OF_WAY)
    fixed: tuple[tuple[str, ...], ...] = (
        (),
        ("made up",),
        ("made up", "habit off"),
        ("made up", "habit off", "last"),
        OF_FINISH,
        (*OF_FINISH, *OF_WAY),
    )
    for kept in fixed:
        allowed = [
            {
                values: made
                for values, made in table.items()
                if all(values[names.index(name)] == CHOSEN[name] for name in kept if name in names)
            }
            for table, names in ((finish, OF_FINISH), (way, OF_WAY))
        ]
        outer, picks = [], []
        for project in projects:
            best = [
                min(table, key=lambda values, table=table, loss=loss: loss(table[values], project.key))
                for table, loss in zip(allowed, (finish_loss, way_loss), strict=True)
            ]  # type: ignore[misc]
            ends, ways = (table[values][project.key, project.key] for table, values in zip(allowed, best, strict=True))
            outer.append(Scored(0.0, {}, ends.finishes, ways.targets))
            picks.append(dict(zip((*OF_FINISH, *OF_WAY), (*best[0], *best[1]), strict=True)))
        print(f"\nfree: {', '.join(name for name in GRID if name not in kept) or 'nothing'}\n  {told(record(outer))}")
        print("  " + "; ".join(f"{name} {_counted(pick[name] for pick in picks)}" for name in GRID if name not in kept))
        print(f"  {against_plain([one.finishes for one in outer])}", flush=True)


def _counted(values: Iterator[float]) -> str:
    return ", ".join(f"{value:g} ×{count}" for value, count in sorted(Counter(values).items()))


def against_plain(found: Sequence[Sequence[FinishForecast]]) -> str:
    """The difference to earned schedule (PF=1), with a paired bootstrap over projects; and without the project that
    gains most.
    """
    ends = [[Ended(one, one.actual) for one in rows if one.actual] for rows in found if rows]
    gains = sorted(
        statistics.mean(end.off(end.forecast.p50) - end.off(end.forecast.plain) for end in rows) for rows in ends
    )
    parts = []
    for name, values in (("all", gains), ("without the one that gains most", gains[1:])):
        low, high = bootstrap(values)
        parts.append(
            f"{name} {statistics.mean(values):+.2f} ({low:+.1f} to {high:+.1f}), better "
            f"{sum(value < 0 for value in values)} of {len(values)}"
        )
    return "against earned schedule: " + "; ".join(parts)


def bootstrap(values: Sequence[float], times: int = 4000) -> tuple[float, float]:
    """The middle 95 % of means of as many, drawn again with putting back."""
    dice = random.Random(3)
    means = sorted(statistics.mean(dice.choices(values, k=len(values))) for _ in range(times))
    return means[times // 40], means[-times // 40]


# --- coarse plans and invented families -------------------------------------------------------------------------------


def coarse(projects: Sequence[Finished]) -> None:
    """The same projects with fewer dated points; beside it, judged by the class of full plans."""
    fine = {one.key: member_of(one) for one in projects}
    for step in STEPS:
        thin = [replace(one, curve=one.curve.coarser(step)) for one in projects]
        whole = [
            scored(one, Reference(tuple(member for key, member in fine.items() if key != one.key), "full"))
            for one in thin
        ]
        classes = {one.key: members_of(one) for one in projects}
        alike = [
            scored(one, Reference(tuple(m for key, own in classes.items() if key != one.key for m in own), "alike"))
            for one in thin
        ]
        print(
            f"every {step:3d} %  class of full plans: {told(record(whole))}\n{'':13s}class as coarse:     "
            f"{told(record(alike))}",
            flush=True,
        )


def families(_: Sequence[Finished], count: int = 120) -> None:
    """Each family beside earned schedule, by stage."""
    reference = packaged_reference()
    for name, family in FAMILIES.items():
        rows = [row for one in draw(family, count) for row in as_known(one, reference)]
        made = track_record((finish for finish, _ in rows), (target for _, targets in rows for target in targets))
        stages = " ".join(
            f"{made.error[stage]:.1f}/{made.plain_error[stage]:.1f}" for stage in ("early", "mid", "late")
        )
        keyed = {
            key: [finish for finish, _ in rows if finish.project == key]
            for key in {finish.project for finish, _ in rows}
        }
        low, high = bootstrap([_gain(found) for found in keyed.values()], 400)
        above = per_project(
            (finish.project, 100.0 * bool(finish.actual and finish.actual > finish.p90)) for finish, _ in rows
        )
        brier = " ".join(f"{value:.3f}" for value in made.brier.values())
        print(
            f"{name:40s} {made.error['all']:5.1f}/{made.plain_error['all']:.1f} ({low:+.1f} to {high:+.1f})  {stages}  "
            f"covers {made.coverage['all']:.0f}, later {above:.0f}, width {made.width:.2f}  Brier {brier}",
            flush=True,
        )


def _gain(found: Sequence[FinishForecast]) -> float:
    ends = [Ended(one, one.actual) for one in found if one.actual]
    return statistics.mean(end.off(end.forecast.p50) - end.off(end.forecast.plain) for end in ends)


def as_known(one: Drawn, reference: Reference) -> Iterator[tuple[FinishForecast, list[TargetForecast]]]:
    """Forecasts at each report on the plan as it stood then."""
    for index, ((day, percent), plan) in enumerate(zip(one.project.reports, one.plans, strict=True), 1):
        if 0 < percent < 99.9 and plan.start < day < one.project.finish:
            ahead = look_ahead(plan, one.project.reports[:index], day, reference)
            if ahead is not None:
                now = replace(one.project, curve=plan)
                yield finish_row(now, ahead), target_rows(now, ahead)


CHECKS = {"sensitivity": sensitivity, "nested": nested, "coarse": coarse, "families": families}


def main() -> None:
    """Run the checks asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", choices=CHECKS)
    asked = parser.parse_args()
    projects, _ = read_projects(asked.data)
    for name, check in CHECKS.items():
        if asked.only in {None, name}:
            print(f"# {name}", flush=True)
            check(projects)


if __name__ == "__main__":
    main()
