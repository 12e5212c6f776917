"""Commands about the record of forecasts: `projects backtest`, `projects fit-reference`, `projects track-record`."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from projects.commands.parts import command
from projects.core.permissions import SYSTEM
from projects.verdicts.forecast.backtest import replay
from projects.verdicts.forecast.extract import packaged_reference, read_projects, write_reference
from projects.verdicts.forecast.reference import Finished
from projects.verdicts.track_record.queries import record_page
from projects.verdicts.track_record.scores import FinishForecast, TargetForecast, TrackRecord, track_record
from projects.web.clock import business_day

folder = click.Path(path_type=Path, file_okay=False, exists=True)


@click.command()
@click.argument("data_dir", type=folder)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder for finish.csv and targets.csv.",
)
@click.option("--json", "as_json", is_flag=True, help="The record of these forecasts as one JSON object.")
def backtest(data_dir: Path, out: Path, as_json: bool) -> None:
    """Forecast the projects of DATA_DIR (plans.csv, status.csv) at each of their status days, as if it were today.

    A forecast sees the plan, what was reported up to that day, and the reference class. A project that is in the class,
    by name or by its residuals, is left out of it for its own forecasts; no other is, and nothing is fitted on
    DATA_DIR.
    """
    projects = _read(data_dir)
    reference = packaged_reference()
    left_out = 0
    finishes: list[FinishForecast] = []
    targets: list[TargetForecast] = []
    with click.progressbar(projects, label=counted(len(projects), "project"), file=sys.stderr) as steps:
        for project in steps:
            others = reference.apart_from(project)
            left_out += others != reference
            for finish, own in replay(project, others):
                finishes.append(finish)
                targets += own
    try:
        out.mkdir(parents=True, exist_ok=True)
        _write(
            out / "finish.csv",
            ("project", "status_date", "p10", "p50", "p90"),
            ((one.project, one.on, one.p10, one.p50, one.p90) for one in finishes),
        )
        rows = ((one.project, one.on, f"{one.percent:g}", one.due, f"{one.probability:.4f}") for one in targets)
        _write(out / "targets.csv", ("project", "status_date", "percent", "due", "probability"), rows)
    except OSError as problem:
        raise click.ClickException(f"{out}: {problem.strerror}") from None
    record = track_record(finishes, targets)
    if as_json:
        click.echo(
            json.dumps(
                {"reference": reference.name, "left_out": left_out, "forecasts": len(finishes), **asdict(record)},
                ensure_ascii=False,
            )
        )
    else:
        said = f"{counted(len(finishes), 'forecast')} of {counted(len(projects), 'project')} → {out}"
        told = f"reference class {reference.name}; " + (
            f"{counted(left_out, 'of the projects is', 'of the projects are')} in it, and left out of it for "
            f"{'its' if left_out == 1 else 'their'} own forecasts"
            if left_out
            else "none of the projects is in it"
        )
        click.echo("\n".join((said, told, *spoken(record))))


@click.command("fit-reference")
@click.argument("data_dir", type=folder)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The JSON file to write.")
def fit_reference(data_dir: Path, out: Path) -> None:
    """Make a reference class from the finished projects of DATA_DIR: their residuals only, no dates."""
    projects = _read(data_dir)
    unfinished = [project.key for project in projects if project.finish == dt.date.max]
    if unfinished:
        raise click.ClickException(
            f"plans.csv: {unfinished[0]} has no actual_finish; a class is made of finished projects"
        )
    click.echo(f"{write_reference(out, projects).name}: {counted(len(projects), 'project')} → {out}")


def _read(data_dir: Path) -> list[Finished]:
    try:
        projects, notes = read_projects(data_dir)
    except (ValueError, OSError) as problem:
        raise click.ClickException(str(problem)) from None
    for note in notes:
        click.echo(note, err=True)
    if not projects:
        raise click.ClickException(f"{data_dir}/plans.csv holds no project")
    return projects


def counted(count: int, one: str, many: str = "") -> str:
    """`1 project`, `2 projects`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def _write(file: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def spoken(record: TrackRecord) -> list[str]:
    """The record in lines for a terminal."""
    if not record.finishes and not record.targets:
        return ["no outcome is known yet, so there is nothing to score"]
    rows = [
        ("plan unchanged", record.plan_error),
        ("earned schedule PF=1", record.plain_error),
        ("forecast", record.error),
    ]
    lines = [f"{'mean error of total duration, %':<32}" + "".join(f"{name:>8}" for name in record.error)]
    lines += [f"{name:<32}" + "".join(f"{value:8.1f}" for value in row.values()) for name, row in rows]
    lines.append("80 % range covers, %            " + "".join(f"{value:8.1f}" for value in record.coverage.values()))
    if record.width is not None:
        lines.append(f"its mean width / planned duration {record.width:.3f}")
    return [
        *lines,
        *(
            f"Brier, due within {name:<8} {value:.4f}  (constant rate {record.base[name]:.4f})"
            for name, value in record.brier.items()
        ),
    ]


@command("track-record")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Closed months before this day; default: the installation's status date.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def track_record_command(as_of: dt.datetime | None, as_json: bool) -> None:
    """Say how well the forecasts of the portfolio's closed months came true."""
    page = record_page(SYSTEM, as_of.date() if as_of else business_day())
    if as_json:
        told = {
            "known": page.known.isoformat(),
            "replayed": page.replayed,
            "looked_at": page.looked_at,
            "total": page.total,
        }
        click.echo(
            json.dumps({**told, "rests_on_sample": page.rests_on_sample, **asdict(page.own)}, ensure_ascii=False)
        )
        return
    click.echo(
        f"{counted(page.replayed, 'forecast')} at month ends up to {page.known}, of {page.looked_at} of "
        f"{counted(page.total, 'project')} with reports"
    )
    click.echo("\n".join(spoken(page.own)))
