"""Files of finished projects: the reference class that ships (JSON), and plans with status points (CSV) to back-test
on.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from itertools import zip_longest
from pathlib import Path

from projects.config import DATA
from projects.verdicts.facts.curve import PlanCurve
from projects.verdicts.forecast.backtest import replay
from projects.verdicts.forecast.reference import Finished, Member, Reference, members_of
from projects.verdicts.track_record.scores import Bin, TrackRecord, track_record

FILE = DATA / "reference-class.json"
_PLANNED = re.compile(r"plan_\d+(\.\d+)?")
SOURCE = (
    "Residuals fitted on finished projects of the DSLIB real-project database, OR&S group, Ghent University: "
    "Batselier & Vanhoucke, "
    "Construction and evaluation framework for a real-life project database, International Journal of Project "
    "Management 33(3), 2015."
)


@cache
def packaged_reference() -> Reference:
    """The class that ships with the tracker."""
    return read_reference(FILE)


@cache
def packaged_record() -> TrackRecord:
    """How the forecasts of the class's own projects came true, each made without that project."""
    row = json.loads(FILE.read_text(encoding="utf-8"))["record"]
    return TrackRecord(**{**row, "bins": tuple(Bin(**one) for one in row["bins"])})


def read_reference(file: Path) -> Reference:
    """The class in `file`."""
    content = json.loads(file.read_text(encoding="utf-8"))
    members = tuple(
        Member(row["key"], tuple(row["way"]), tuple(row["finish"]), row["step"]) for row in content["members"]
    )
    return Reference(members, content["name"])


def write_reference(file: Path, projects: Sequence[Finished]) -> Reference:
    """Fit a class on finished projects, and keep its residuals and its record (each project left out in turn) in
    `file`.
    """
    made = Reference(tuple(member for project in projects for member in members_of(project)), f"DSLIB-{len(projects)}")
    replayed = [pair for project in projects for pair in replay(project, made.without(project.key))]
    record = track_record((finish for finish, _ in replayed), (target for _, targets in replayed for target in targets))
    scores = json.dumps(asdict(record), default=float)
    body = ",\n".join(f"  {json.dumps(asdict(member), separators=(',', ':'))}" for member in made.members)
    head = (
        f'{{"name": {json.dumps(made.name)},\n "source": {json.dumps(SOURCE)},\n "record": {scores},\n "members": [\n'
    )
    file.write_text(f"{head}{body}\n]}}\n", encoding="utf-8")
    return made


def read_projects(folder: Path) -> tuple[list[Finished], list[str]]:
    """The projects of `plans.csv` with their points of `status.csv`, and notes on what was set right or left out.

    A ValueError names file, line and field of what can't be read. plans.csv: project, planned_start, planned_finish,
    plan_<percent> … as many dated percents as there are, actual_finish where it is finished; status.csv: project,
    status_date, percent_complete. Columns stand in any order, others are not read; dates are ISO 8601 in any of its
    forms, a time of day is dropped.
    """
    notes: list[str] = []
    points = _points(folder / "status.csv", notes)
    found: dict[str, Finished] = {}
    for place, row in _rows(folder / "plans.csv", ("project", "planned_start", "planned_finish")):
        key = row["project"].strip()
        if key in found:
            raise ValueError(f"{place}: project {key!r} stands here twice")
        start, planned = _day(place, row, "planned_start"), _day(place, row, "planned_finish")
        reports = tuple(sorted(points.pop(key, {}).items()))
        if planned <= start:
            notes.append(f"{place}: planned_finish is not after planned_start; {key} left out")
            continue
        finish = _day(place, row, "actual_finish") if row.get("actual_finish", "").strip() else dt.date.max
        if finish <= start:
            notes.append(f"{place}: actual_finish {finish} is not after planned_start; {key} left out")
            continue
        found[key] = Finished(row["project"], _curve(place, row, start, planned, notes), reports, finish)
    notes += [f"status.csv: no plan of {key} in plans.csv; left out" for key in sorted(points)]
    return list(found.values()), notes


def _points(file: Path, notes: list[str]) -> dict[str, dict[dt.date, float]]:
    """What was reported, by project and day; of two lines about one day the later one counts."""
    points: dict[str, dict[dt.date, float]] = defaultdict(dict)
    low: list[tuple[str, str, dt.date, float]] = []
    for place, row in _rows(file, ("project", "status_date", "percent_complete")):
        if not row["percent_complete"].strip():
            notes.append(f"{place}: nothing reported; left out")
            continue
        key, day, percent = row["project"].strip(), _day(place, row, "status_date"), _percent(place, row, notes)
        if day in points[key]:
            notes.append(
                f"{place}: {key} stands here twice on {day} ({points[key][day]:g} and {percent:g} percent); "
                f"{percent:g} is taken"
            )
        points[key][day] = percent
        if 0 < percent < 1:
            low.append((place, key, day, percent))
    percents = [percent for own in points.values() for percent in own.values()]
    if len(low) > 1 and max(percents) <= 1:
        raise ValueError(
            f"{low[0][0]}: no percent_complete is above 1, as if they were shares; write 35 or 35% for 35 percent, "
            f"not 0.35"
        )
    for place, key, day, percent in low:
        if any(value >= 1 for earlier, value in points[key].items() if earlier < day):
            notes.append(
                f"{place}: {percent:g} comes after higher percents; taken as {percent:g} percent, not as "
                f"{100 * percent:g}"
            )
    return points


def _rows(file: Path, needed: Sequence[str]) -> Iterator[tuple[str, Mapping[str, str]]]:
    if not file.is_file():
        raise ValueError(f"{file}: no such file")
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            names = [name.strip().lower() for name in next(reader, [])]
            _check_heading(file.name, names, needed)
            for cells in reader:
                if any(map(str.strip, cells)):
                    yield _row(f"{file.name}, line {reader.line_num}", names, cells, needed)
    except UnicodeDecodeError:
        content = file.read_bytes()
        if content.startswith(b"PK\x03\x04"):
            raise ValueError(f"{file.name}: an Excel workbook, not a CSV file; save it as CSV UTF-8") from None
        raise ValueError(
            f"{file.name}: not UTF-8 text (line {_first_bad_line(content)}); save the file as CSV UTF-8"
        ) from None
    except csv.Error as problem:
        raise ValueError(f"{file.name}: not a CSV file ({problem} at line {reader.line_num})") from None


def _first_bad_line(content: bytes) -> int:
    """The number of the first line that is not UTF-8."""
    for number, line in enumerate(content.splitlines(), 1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            return number
    return 1


def _check_heading(file: str, names: Sequence[str], needed: Sequence[str]) -> None:
    if not any(names):
        raise ValueError(f"{file}: empty; its first line names the columns {', '.join(needed)} …")
    if names[0].startswith("pk\x03\x04"):
        raise ValueError(f"{file}: an Excel workbook, not a CSV file; save it as CSV UTF-8")
    missing = [name for name in needed if name not in names]
    if missing:
        apart = (
            " (columns are parted by commas)" if len(names) == 1 and any(mark in names[0] for mark in ";\t|") else ""
        )
        raise ValueError(
            f"{file}: the column {missing[0]!r} is missing in line 1, which reads {','.join(names)[:80]!r}{apart}"
        )
    twice = next(
        (
            name
            for name in names
            if name
            and names.count(name) > 1
            and (name in needed or name.startswith("plan_") or name == "actual_finish")
        ),
        "",
    )
    if twice:
        raise ValueError(f"{file}: the column {twice!r} stands in line 1 twice")


def _row(
    place: str, names: Sequence[str], cells: Sequence[str], needed: Sequence[str]
) -> tuple[str, Mapping[str, str]]:
    """A row by its columns' names; cells left out at its end are empty, which those of `needed` may not be
    left to be.
    """
    row = dict(zip_longest(names, cells[: len(names)], fillvalue=""))
    if any(map(str.strip, cells[len(names) :])) or any(names.index(name) >= len(cells) for name in needed):
        raise ValueError(f"{place}: {len(names)} columns are needed, not {len(cells)}")
    if not row["project"].strip():
        raise ValueError(f"{place}: the project is missing")
    return place, row


def _day(place: str, row: Mapping[str, str], name: str) -> dt.date:
    try:
        day = dt.datetime.fromisoformat(row[name].strip()).date()
    except ValueError:
        raise ValueError(f"{place}: {name} {row[name]!r} is no date; write it as 2021-11-30") from None
    if not 1900 <= day.year < 2200:
        raise ValueError(f"{place}: {name} {day} lies outside the years 1900 to 2199")
    return day


def _percent(place: str, row: Mapping[str, str], notes: list[str]) -> float:
    try:
        value = float(row["percent_complete"].strip().removesuffix("%"))
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise ValueError(f"{place}: percent_complete {row['percent_complete']!r} is no percent from 0 to 100")
    if value > 100:
        notes.append(f"{place}: {value:g} percent taken as 100")
    return min(value, 100.0)


def _curve(place: str, row: Mapping[str, str], start: dt.date, finish: dt.date, notes: list[str]) -> PlanCurve:
    """The plan's points as they stand, with steps where two percents share a day; a day out of order is set right and
    noted.
    """
    points = [(start, 0.0)]
    levels = {float(name.removeprefix("plan_")): name for name in row if _PLANNED.fullmatch(name) and row[name].strip()}
    for level, name in sorted(levels.items()):
        written = _day(place, row, name)
        day = min(max(written, points[-1][0]), finish)
        if day != written:
            notes.append(f"{place}: {name} {written} is out of order; taken as {day}")
        if 0 < level < 100:
            points.append((day, level))
    return PlanCurve((*points, (finish, 100.0)), "dated_percentages")
