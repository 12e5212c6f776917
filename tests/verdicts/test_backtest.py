"""Rule S-19: back-testing, by function and by command; on the real finished projects where they are at hand."""

from __future__ import annotations

import csv
import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from projects.commands.forecast import backtest, fit_reference
from projects.verdicts.forecast.backtest import replay, was_reached
from projects.verdicts.forecast.extract import packaged_reference, read_projects, read_reference, write_reference
from projects.verdicts.forecast.reference import Finished
from projects.verdicts.track_record.scores import FinishForecast, TargetForecast, reliability, track_record

REAL = Path(__file__).parents[3] / "shared" / "data" / "real-projects"
SCORER = Path(__file__).parents[3] / "shared" / "tools" / "score_forecast.py"
real = pytest.mark.skipif(not REAL.is_dir(), reason="the real finished projects lie in the workplace only")

PLANS = """project,planned_start,planned_finish,actual_start,actual_finish,plan_25,plan_50,plan_75
A,2021-01-01,2021-12-31,2021-01-01,2022-02-28,2021-04-01,2021-07-01,2021-10-01
B,2021-01-01,2021-12-31,,,2021-04-01,2021-07-01,2021-10-01
"""
STATUS = """project,status_date,percent_complete
A,2021-03-31,20
A,2021-06-30,41
A,2021-12-31,88
B,2021-06-30,52
B,2021-03-31,25.5
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "plans.csv").write_text(PLANS, encoding="utf-8")
    (tmp_path / "status.csv").write_text(STATUS, encoding="utf-8")
    return tmp_path


def run(data: Path, *more: str) -> Result:
    return CliRunner().invoke(backtest, [str(data), "--out", str(data / "out"), *more])


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_the_command_writes_what_a_scorer_reads(data: Path):
    done = run(data)
    assert done.exit_code == 0, done.output
    finishes, targets = rows(data / "out" / "finish.csv"), rows(data / "out" / "targets.csv")
    assert list(finishes[0]) == ["project", "status_date", "p10", "p50", "p90"]
    assert list(targets[0]) == ["project", "status_date", "percent", "due", "probability"]
    assert [(row["project"], row["status_date"]) for row in finishes] == [
        ("A", "2021-03-31"),
        ("A", "2021-06-30"),
        ("A", "2021-12-31"),
        ("B", "2021-03-31"),
        ("B", "2021-06-30"),
    ]
    assert all(row["p10"] <= row["p50"] <= row["p90"] for row in finishes)
    assert [(row["percent"], row["due"]) for row in targets[:3]] == [
        ("25", "2021-04-01"),
        ("50", "2021-07-01"),
        ("75", "2021-10-01"),
    ]
    assert all(0 < float(row["probability"]) < 1 for row in targets)


def test_the_record_as_json(data: Path):
    record = json.loads(run(data, "--json").stdout)
    assert record["forecasts"] == 5
    assert record["finishes"] == 3, "B is not finished, so nothing is known of its finish"
    assert set(record["error"]) == {"early", "mid", "late", "all"}
    assert record["reference"] == "DSLIB-14"


def test_a_forecast_does_not_change_when_the_future_does(data: Path):
    run(data)
    before = rows(data / "out" / "finish.csv")[:2]
    for file, old, new in (
        ("plans.csv", "2022-02-28", "2023-08-31"),
        ("status.csv", "A,2021-12-31,88", "A,2021-12-31,47"),
    ):
        path = data / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    run(data)
    assert rows(data / "out" / "finish.csv")[:2] == before


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "plans.csv",
            "2021-07-01,2021-10-01\nB",
            "2021-13-01,2021-10-01\nB",
            "plans.csv, line 2: plan_50 '2021-13-01' is no date",
        ),
        ("plans.csv", "B,2021", "A,2021", "plans.csv, line 3: project 'A' stands here twice"),
        ("plans.csv", "planned_finish", "finish", "plans.csv: the column 'planned_finish' is missing"),
        (
            "status.csv",
            "A,2021-06-30,41",
            "A,2021-06-30,forty",
            "status.csv, line 3: percent_complete 'forty' is no percent",
        ),
        ("status.csv", "A,2021-06-30,41", "A,2021-06-30,-1", "status.csv, line 3: percent_complete '-1' is no percent"),
        (
            "status.csv",
            "A,2021-06-30,41",
            "A,2021-06-30,nan",
            "status.csv, line 3: percent_complete 'nan' is no percent",
        ),
        ("status.csv", "A,2021-06-30,41", "A", "status.csv, line 3: 3 columns are needed"),
    ],
)
def test_what_cannot_be_read_is_named_by_file_and_line(data: Path, file: str, old: str, new: str, said: str):
    path = data / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    done = run(data)
    assert done.exit_code == 1
    assert said in done.output
    assert not (data / "out").exists()


HEADING = "project,status_date,percent_complete\n"


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        (
            "status.csv",
            "",
            "status.csv: empty; its first line names the columns project, status_date, percent_complete",
        ),
        ("plans.csv", b"PK\x03\x04rest", "plans.csv: an Excel workbook, not a CSV file"),
        ("plans.csv", b"PK\x03\x04\xff", "plans.csv: an Excel workbook, not a CSV file"),
        (
            "status.csv",
            (HEADING + "A,2021-01-31,3\n甲,2021-01-31,3\n").encode("gbk"),
            "status.csv: not UTF-8 text (line 3); save the file as CSV UTF-8",
        ),
        (
            "status.csv",
            HEADING.replace(",", ";"),
            "reads 'project;status_date;percent_complete' (columns are parted by commas)",
        ),
        ("status.csv", HEADING + 'A,"2021-01-31,3\n', "status.csv: not a CSV file (unexpected end of data at line 2)"),
        (
            "status.csv",
            HEADING + "A,2999-01-31,3\n",
            "status.csv, line 2: status_date 2999-01-31 lies outside the years 1900 to 2199",
        ),
        (
            "status.csv",
            HEADING + "A,2021-01-31,0.03\nA,2021-06-30,0.35\nB,2021-06-30,1\n",
            "status.csv, line 2: no percent_complete is above 1, as if they were shares",
        ),
        (
            "plans.csv",
            "project,planned_start,planned_finish,plan_25,plan_25\n",
            "plans.csv: the column 'plan_25' stands in line 1 twice",
        ),
    ],
)
def test_files_that_are_something_else_are_called_what_they_are(data: Path, file: str, content: str | bytes, said: str):
    (data / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    done = run(data)
    assert done.exit_code == 1
    assert said in done.output
    assert not (data / "out").exists()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("A,2021-06-30,45\n", "A stands here twice on 2021-06-30 (41 and 45 percent); 45 is taken"),
        ("A,2021-08-31,0.6\n", "0.6 comes after higher percents; taken as 0.6 percent, not as 60"),
    ],
)
def test_lines_that_are_hardly_meant_are_taken_and_named(data: Path, row: str, said: str):
    (data / "status.csv").write_text(STATUS + row, encoding="utf-8")
    done = run(data)
    assert done.exit_code == 0
    assert f"status.csv, line {len(STATUS.splitlines()) + 1}: {said}" in done.stderr
    days = [(one["project"], one["status_date"]) for one in rows(data / "out" / "finish.csv")]
    assert len(days) == len(set(days)), "one forecast a day"


def test_an_early_percent_below_one_is_no_share(data: Path):
    (data / "status.csv").write_text(HEADING + "A,2021-01-31,0.4\nA,2021-06-30,41\n", encoding="utf-8")
    done = run(data)
    assert (done.exit_code, "percent" in done.stderr) == (0, False)


def test_stray_spaces_part_no_project_from_its_reports_and_one_is_one(data: Path):
    (data / "plans.csv").write_text(
        "Project,Planned_Start,Planned_Finish\nA ,2021-01-01,2021-12-31\n", encoding="utf-8"
    )
    (data / "status.csv").write_text(HEADING + " A,2021-06-30,41\n", encoding="utf-8")
    done = run(data)
    assert "1 forecast of 1 project →" in done.output
    assert "none of the projects is in it" in done.output
    assert rows(data / "out" / "finish.csv")[0]["project"] == "A "


def test_a_finish_before_the_start_leaves_the_project_out(data: Path):
    path = data / "plans.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2022-02-28", "2020-02-28"), encoding="utf-8")
    assert "plans.csv, line 2: actual_finish 2020-02-28 is not after planned_start; A left out" in run(data).stderr


def test_missing_and_garbled_files_are_named(data: Path):
    (data / "status.csv").write_bytes(b"project,status_date,percent_complete\nA,\xff,1\n")
    assert "status.csv: not UTF-8 text" in run(data).output
    (data / "status.csv").unlink()
    assert "no such file" in run(data).output
    assert CliRunner().invoke(backtest, [str(data / "none"), "--out", str(data)]).exit_code == 2


def test_what_can_be_set_right_is_noted_and_the_rest_goes_on(data: Path):
    path = data / "plans.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("B,2021-01-01,2021-12-31", "B,2021-01-01,2020-12-31"), encoding="utf-8"
    )
    (data / "status.csv").write_text(STATUS + "C,2021-01-31,3\nA,2022-01-31,104\n", encoding="utf-8")
    done = run(data)
    assert done.exit_code == 0
    for said in ("B left out", "no plan of C", "104 percent taken as 100"):
        assert said in done.stderr
    assert {row["project"] for row in rows(data / "out" / "finish.csv")} == {"A"}


WRITTEN = {
    "other order and more columns": (
        (
            "owner,plan_75,plan_50,plan_25,actual_finish,planned_finish,note,planned_start,project\n"
            "x,2021-10-01,2021-07-01,2021-04-01,2022-02-28,2021-12-31,,2021-01-01,A\n,2021-10-01,2021-07-01,2021-04-01,,"
            "2021-12-31,late,2021-01-01,B\n"
        ),
        "percent_complete,by,project,status_date\n"
        + "".join(
            f"{row.split(',')[2]},me,{row.split(',')[0]},{row.split(',')[1]}\n" for row in STATUS.splitlines()[1:]
        ),
    ),
    "spaces in headings, blank and comma-only lines, commas at the end": (
        PLANS.replace("project,", " project ,").replace("\nB", "\n\n,,,,,,,\nB").replace("-10-01\n", "-10-01,,\n"),
        STATUS.replace("A,2021-06-30", "\n,,\nA,2021-06-30").replace("88", "88,"),
    ),
    "basic and weekly dates, times of day, percent signs": (
        PLANS.replace("2022-02-28", "20220228")
        .replace("2021-07-01", "2021-W26-4")
        .replace("2021-12-31", "2021-12-31T18:00:00+08:00"),
        STATUS.replace("2021-06-30", "2021-06-30 00:00:00").replace("41", " 41.0 %"),
    ),
    "optional values left out at the end of a line": (
        (
            "project,planned_start,planned_finish,plan_25,plan_50,plan_75,actual_finish,actual_start\n"
            "A,2021-01-01,2021-12-31,2021-04-01,2021-07-01,2021-10-01,2022-02-28\nB,2021-01-01,2021-12-31,2021-04-01,"
            "2021-07-01,2021-10-01\n"
        ),
        STATUS + "B,2021-07-31,\n",
    ),
    "tenths of a percent in a heading": (PLANS.replace("plan_25", "plan_25.0").replace("plan_50", "plan_050"), STATUS),
}


@pytest.mark.parametrize("way", WRITTEN)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_same_data_written_in_other_ways_give_the_same_forecasts(data: Path, way: str, ends: str, mark: str):
    run(data)
    before = [(data / "out" / name).read_bytes() for name in ("finish.csv", "targets.csv")]
    for name, text in zip(("plans.csv", "status.csv"), WRITTEN[way], strict=True):
        (data / name).write_bytes((mark + text).replace("\n", ends).encode())
    done = run(data)
    assert done.exit_code == 0, done.output
    assert [(data / "out" / name).read_bytes() for name in ("finish.csv", "targets.csv")] == before


def test_one_project_with_one_status_row_is_forecast_once(data: Path):
    (data / "plans.csv").write_text("project,planned_start,planned_finish\nA,2021-01-01,2021-12-31\n", encoding="utf-8")
    (data / "status.csv").write_text("project,status_date,percent_complete\nA,2021-06-30,41\n", encoding="utf-8")
    assert run(data).exit_code == 0
    (made,) = rows(data / "out" / "finish.csv")
    assert made["p10"] < made["p50"] < made["p90"]
    assert [row["percent"] for row in rows(data / "out" / "targets.csv")] == ["50", "75"]


def test_projects_without_anything_reported_give_empty_files_with_headings(data: Path):
    (data / "status.csv").write_text("project,status_date,percent_complete\n", encoding="utf-8")
    done = run(data)
    assert done.exit_code == 0
    assert "0 forecasts of 2 projects" in done.output
    assert (data / "out" / "finish.csv").read_text(encoding="utf-8") == "project,status_date,p10,p50,p90\n"


def test_percents_that_go_back_are_taken_as_they_were_reported(data: Path):
    (data / "status.csv").write_text(STATUS + "A,2021-07-31,30\nA,2021-08-31,30\n", encoding="utf-8")
    assert run(data).exit_code == 0
    made = {row["status_date"]: row for row in rows(data / "out" / "finish.csv") if row["project"] == "A"}
    assert made["2021-06-30"]["p50"] < made["2021-07-31"]["p50"] < made["2021-08-31"]["p50"]
    assert all(row["p10"] <= row["p50"] <= row["p90"] for row in made.values())


def test_a_project_of_the_class_is_left_out_by_its_name_or_by_its_residuals(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Under another name it gets the same forecasts, so that renamed projects can't be scored on what they taught."""
    (data / "plans.csv").write_text(
        PLANS.replace("B,2021-01-01,2021-12-31,,,", "B,2021-01-01,2021-12-31,,2022-04-30,"), encoding="utf-8"
    )
    fitted = write_reference(tmp_path / "class.json", read_projects(data)[0])
    monkeypatch.setattr("projects.commands.forecast.packaged_reference", lambda: fitted)
    own = json.loads(run(data, "--json").stdout)
    for file in ("plans.csv", "status.csv"):
        (data / file).write_text((data / file).read_text(encoding="utf-8").replace("\nA,", "\nC,"), encoding="utf-8")
    renamed = json.loads(run(data, "--json").stdout)
    assert own["left_out"] == renamed["left_out"] == 2
    assert renamed == own
    (data / "plans.csv").write_text(
        (data / "plans.csv").read_text(encoding="utf-8").replace("2022-02-28", "2022-03-01"), encoding="utf-8"
    )
    other = json.loads(run(data, "--json").stdout)
    assert other["left_out"] == 1, "a project of its own teaches something else"


def test_plan_points_on_one_day_are_a_step(data: Path):
    path = data / "plans.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace(
            "2021-04-01,2021-07-01,2021-10-01\nB", "2021-01-01,2021-01-01,2021-10-01\nB"
        ),
        encoding="utf-8",
    )
    curve = read_projects(data)[0][0].curve
    assert curve.start == dt.date(2021, 1, 1)
    assert curve.day_at(50) == dt.date(2021, 1, 1)
    assert 50 < curve.planned(dt.date(2021, 2, 1)) < 75


def test_a_class_is_fitted_from_finished_projects_only(data: Path, tmp_path: Path):
    refused = CliRunner().invoke(fit_reference, [str(data), "--out", str(tmp_path / "class.json")])
    assert refused.exit_code == 1
    assert "B has no actual_finish" in refused.output
    (data / "plans.csv").write_text(PLANS.splitlines()[0] + "\n" + PLANS.splitlines()[1] + "\n", encoding="utf-8")
    (data / "status.csv").write_text(STATUS.split("B,", maxsplit=1)[0], encoding="utf-8")
    assert CliRunner().invoke(fit_reference, [str(data), "--out", str(tmp_path / "class.json")]).exit_code == 0
    made = read_reference(tmp_path / "class.json")
    assert made.name == "DSLIB-1"
    assert [(member.key, member.step) for member in made.members] == [("A", 25), ("A", 100)]


def test_whether_a_percent_was_reached_is_known_only_between_reports():
    start = dt.date(2021, 1, 1)
    reports = ((dt.date(2021, 2, 1), 20.0), (dt.date(2021, 4, 1), 60.0))
    open_end = Finished("x", packaged_curve(start), reports, dt.date.max)
    assert was_reached(open_end, 40, dt.date(2021, 3, 3)) is True
    assert was_reached(open_end, 45, dt.date(2021, 3, 3)) is False
    assert was_reached(open_end, 70, dt.date(2021, 5, 1)) is None
    assert was_reached(open_end, 10, dt.date(2021, 1, 15)) is None
    ended = Finished("x", open_end.curve, reports, dt.date(2021, 6, 1))
    assert was_reached(ended, 70, dt.date(2021, 5, 1)) is True
    assert was_reached(ended, 100, dt.date(2021, 6, 1)) is True
    assert was_reached(ended, 90, dt.date(2021, 5, 1)) is False


def packaged_curve(start: dt.date):
    from projects.verdicts.facts.curve import PlanCurve

    return PlanCurve(((start, 0.0), (start + dt.timedelta(days=365), 100.0)), "start_finish")


# --- the record -------------------------------------------------------------------------------------------------------


def finish(project: str, percent: float, p10: int, p50: int, p90: int, actual: int | None) -> FinishForecast:
    def day(number: int) -> dt.date:
        return dt.date(2021, 1, 1) + dt.timedelta(days=number)

    return FinishForecast(
        project,
        day(0),
        percent,
        day(0),
        day(100),
        day(p10),
        day(p50),
        day(p90),
        day(100),
        None if actual is None else day(actual),
    )


def target(project: str, probability: float, lead: float, came: bool | None) -> TargetForecast:
    return TargetForecast(project, dt.date(2021, 1, 1), 50, dt.date(2021, 3, 1), probability, lead, came)


def test_s19_worked_numbers_of_error_coverage_width_and_brier():
    record = track_record(
        [
            finish("a", 10, 90, 110, 140, 125),
            finish("a", 80, 110, 120, 124, 125),
            finish("b", 50, 90, 100, 130, 80),
            finish("c", 50, 1, 2, 3, None),
        ],
        [
            target("a", 0.8, 0.05, True),
            target("a", 0.6, 0.05, False),
            target("b", 0.1, 0.05, False),
            target("b", 0.9, 0.7, False),
            target("c", 0.5, 0.2, None),
        ],
    )
    assert (record.finishes, record.finished, record.targets, record.projects) == (3, 2, 3, 2)
    assert record.error == {
        "early": pytest.approx(12.0),
        "late": pytest.approx(4.0),
        "mid": pytest.approx(25.0),
        "all": pytest.approx((8 + 25) / 2),
    }
    assert record.coverage["all"] == pytest.approx((50 + 0) / 2)
    assert record.width == pytest.approx(((0.5 + 0.14) / 2 + 0.4) / 2)
    assert record.brier == {"<10%": pytest.approx(((0.04 + 0.36) / 2 + 0.01) / 2)}


def test_s19_reliability_sets_what_was_said_against_what_came():
    found = reliability(
        [
            target("a", 0.82, 0.1, True),
            target("b", 0.88, 0.1, False),
            target("c", 0.05, 0.1, False),
            target("d", 1.0, 0.1, True),
        ]
    )
    assert [(one.low, one.count, one.came) for one in found] == [(0.0, 1, 0.0), (0.8, 2, 0.5), (0.9, 1, 1.0)]
    assert found[1].said == pytest.approx(0.85)


def test_an_empty_record_says_so():
    record = track_record([], [])
    assert (record.finishes, record.error, record.width, record.bins) == (0, {}, None, ())


# --- the real finished projects ---------------------------------------------------------------------------------------


@real
@pytest.mark.shared
def test_the_packaged_class_is_what_the_command_makes_of_the_real_projects(tmp_path: Path):
    made = CliRunner().invoke(fit_reference, [str(REAL), "--out", str(tmp_path / "class.json")])
    assert made.exit_code == 0
    assert read_reference(tmp_path / "class.json") == packaged_reference()


@real
@pytest.mark.shared
def test_the_bars_of_issue_4_are_met_with_each_project_left_out(tmp_path: Path):
    """Scored by the scorer itself, so that ours can't flatter us; 14 projects, 230 status points."""
    import subprocess
    import sys

    done = CliRunner().invoke(backtest, [str(REAL), "--out", str(tmp_path), "--json"])
    scored = subprocess.run(
        [sys.executable, str(SCORER), str(REAL), str(tmp_path)], capture_output=True, text=True, check=True
    )
    theirs, ours = json.loads(scored.stdout.splitlines()[-1]), json.loads(done.stdout)
    assert theirs["missing_predictions"] == 0
    error, plain = theirs["mape project"], theirs["mape earned schedule PF=1"]
    assert error["all"] <= 11.0
    assert all(error[stage] <= bar for stage, bar in (("early", 13.5), ("mid", 10.5), ("late", 8.5)))
    assert all(error[stage] < plain[stage] for stage in error)
    assert 76 <= theirs["coverage80"]["all"] <= 84
    assert theirs["width80_of_planned"] <= 0.40
    assert theirs["brier"]["<10%"] <= 0.06
    assert theirs["brier"]["10-25%"] <= 0.11
    assert theirs["brier"]["25-60%"] <= 0.17
    assert ours["error"] == pytest.approx(error, abs=0.01)
    assert ours["coverage"] == pytest.approx(theirs["coverage80"], abs=0.06)
    assert ours["brier"] == pytest.approx(theirs["brier"], abs=2e-4)


@real
@pytest.mark.shared
@pytest.mark.parametrize("step", [10, 25, 100])
def test_ranges_of_coarse_plans_cover_about_four_in_five_too(step: int):
    """S-18: the same projects with fewer dated points.

    Negative control: judged by full plans, quarters cover 68 %, start and finish 59 %.
    """
    whole = packaged_reference()
    fine = replace(whole, members=tuple(member for member in whole.members if member.step == 5))
    projects = [replace(one, curve=one.curve.coarser(step)) for one in read_projects(REAL)[0]]
    covered, blind = (
        track_record([finish for one in projects for finish, _ in replay(one, made.without(one.key))], []).coverage[
            "all"
        ]
        for made in (whole, fine)
    )
    assert 74 <= covered <= 86
    assert blind < covered - 3


@real
@pytest.mark.shared
def test_a_project_is_scored_without_its_own_residuals():
    """Negative control: with the project left in the class, the forecasts of it differ."""
    project = next(one for one in read_projects(REAL)[0] if one.key == "C2014-04")
    whole = packaged_reference()
    assert [row for row, _ in replay(project, whole)] != [row for row, _ in replay(project, whole.without(project.key))]
