"""As of any day: what was stored on a day is what is worked out for that day later, whatever was entered since.

Rules P-5, M-18 and S-20.
"""

from __future__ import annotations

import ast
import datetime as dt
import random
from contextlib import suppress
from pathlib import Path

import pytest
from apps import building
from builders import (
    NOW,
    make_day,
    make_place,
    make_programme,
    make_project,
    make_report,
    make_target,
    make_user,
    sign_in,
)
from flask import Flask
from pages import fields_of
from sqlalchemy import delete, select, update

import projects.money.ladder.operations as funding
import projects.works.schedule.operations as schedule
from projects.core.acting import Acting
from projects.core.errors import InvalidError
from projects.core.month import add_months, month_of
from projects.core.permissions import SYSTEM
from projects.core.vocabulary import PROJECT_LIGHTS
from projects.extensions import db
from projects.models import (
    Clause,
    Event,
    Exemption,
    FormerPlan,
    FormerProgramme,
    FundingComposition,
    Gate,
    Milestone,
    MonthlyReport,
    PlanDocument,
    Programme,
    Project,
    ProjectStatus,
    RuleChoice,
    RuleSetVersion,
    Target,
    TargetStatus,
)
from projects.money.ladder.queries import composition_of, money_of
from projects.money.ledger.operations import write_entries
from projects.money.ledger.posting import Posting
from projects.portfolio.forecast.queries import chart_page
from projects.samples.plans.facts import Catalogue, DocumentFact, PlanFacts, ProgrammeFact, ProjectFact
from projects.samples.plans.operations import load_catalogue
from projects.verdicts.status.operations import rebuild
from projects.verdicts.status.queries import computed
from projects.verdicts.track_record.queries import histories_of
from projects.works.gates.operations import record_gate, waive_gate
from projects.works.schedule.checks import NAMES, PlanChange, ProjectPlan
from projects.works.schedule.queries import milestones_on, plan_of

FIRST = dt.date(2021, 3, 1)
ENDS = {
    "start": dt.date(2021, 1, 1),
    "p25": dt.date(2021, 4, 1),
    "p50": dt.date(2021, 7, 1),
    "p75": dt.date(2021, 10, 1),
    "finish": dt.date(2021, 12, 31),
}


def day(number: int) -> dt.date:
    """The days of these stories lie eleven days apart."""
    return FIRST + dt.timedelta(days=11 * number)


def save(project_id: int, today: dt.date, since: dt.date | None = None, **days) -> None:
    with building():
        version = db.session.scalar(select(Project.version).where(Project.id == project_id))
        plan = ProjectPlan(dict(plan_of(project_id).days) | days)
        schedule.save_plan(Acting(SYSTEM, NOW, today), (project_id, version), PlanChange(plan, "汛期停工", since))


def approve(
    project_id: int, today: dt.date, fen: int | None, approved_on: dt.date | None = None, source: str = "cbi"
) -> None:
    seen = {row.source: row.amount_fen for row in composition_of(project_id)}.get(source)
    with building():
        funding.set_composition(
            Acting(SYSTEM, NOW, today),
            project_id,
            funding.Amount(source, "approved_estimate", fen, seen, approved_on=approved_on),
        )


def belong(today: dt.date, programme: Programme, *slugs: str) -> None:
    """Let the catalogue say on a day that projects, new ones among them, belong to a programme."""
    stored = {one.slug: one for one in db.session.scalars(select(Project).where(Project.slug.in_(slugs)))}
    projects = tuple(
        ProjectFact(
            slug, stored[slug].name if slug in stored else slug, "other", None, programme.place_code, programme.slug, ""
        )
        for slug in slugs
    )
    document = DocumentFact("groups", "示例", None, "示例", programme.place_code, None, 2021, "示例")
    group = ProgrammeFact(programme.slug, programme.name, programme.place_code, "")
    with building():
        load_catalogue(
            SYSTEM, NOW, Catalogue((), (), (PlanFacts(document, {}, (), (group,), projects, (), ()),)), today
        )


def planned_on(project_id: int, on: dt.date) -> dict[float | None, dt.date | None]:
    return {one.percent: plan_on for one, plan_on, _, _ in milestones_on(project_id, on)}


def approved_on(project_id: int, on: dt.date) -> dict[str, int]:
    return {row.source: row.amount_fen for row in composition_of(project_id, on)}


@pytest.fixture
def project(app: Flask) -> int:
    with app.app_context():
        make_day(day(9))
        return make_project("one", plan={}, targets=[{"threshold": 50, "due": dt.date(2021, 9, 30)}]).id


# --- what counts since when -------------------------------------------------------------------------------------------


def test_a_plan_counts_from_the_day_it_was_entered(app: Flask, project: int):
    with app.app_context():
        save(project, day(1), **ENDS)
        assert planned_on(project, day(0)) == {}
        assert planned_on(project, day(1))[25.0] == ENDS["p25"]
        assert [computed(None, day(number))[0][0].plan_kind for number in (0, 1)] == ["none", "dated_percentages"]


def test_a_moved_day_leaves_the_days_before_as_they_were(app: Flask, project: int):
    with app.app_context():
        save(project, day(1), **ENDS)
        before = computed(None, day(2))
        save(project, day(3), p25=dt.date(2021, 5, 1))
        save(project, day(3), p25=dt.date(2021, 5, 15))
        assert computed(None, day(2)) == before
        assert [planned_on(project, day(number))[25.0] for number in (2, 3)] == [ENDS["p25"], dt.date(2021, 5, 15)]


def test_without_the_former_plan_they_are_not(app: Flask, project: int, monkeypatch):
    monkeypatch.setattr(schedule, "_keep", lambda milestone: None)
    with app.app_context():
        save(project, day(1), **ENDS)
        before = computed(None, day(2))
        save(project, day(3), p25=dt.date(2021, 5, 1))
        assert computed(None, day(2)) != before


def test_a_plan_that_was_approved_earlier_counts_from_then_and_wins_over_what_was_entered_before(
    app: Flask, project: int
):
    with app.app_context():
        save(project, day(3), since=day(1), **ENDS)
        save(project, day(5), p50=dt.date(2021, 8, 1))
        save(project, day(6), since=day(4), p50=dt.date(2021, 9, 1))
        assert [planned_on(project, day(number)).get(50.0) for number in (0, 1, 4, 5, 6)] == [
            None,
            ENDS["p50"],
            dt.date(2021, 9, 1),
            dt.date(2021, 9, 1),
            dt.date(2021, 9, 1),
        ]


def test_a_day_taken_out_of_the_plan_was_in_it_before(app: Flask, project: int):
    with app.app_context():
        save(project, day(1), **ENDS)
        save(project, day(3), p75=None)
        assert [planned_on(project, day(number))[75.0] for number in (2, 3)] == [ENDS["p75"], None]


def test_a_plan_cannot_count_from_a_day_to_come(app: Flask, project: int):
    with app.app_context(), pytest.raises(InvalidError) as problem:
        save(project, day(1), since=day(2), **ENDS)
    assert set(problem.value.fields) == {"since"}


def test_what_was_never_dated_always_counted_and_still_does_after_a_change(app: Flask):
    """Rows from before this history was kept."""
    with app.app_context():
        project = make_project("old").id
        with building():
            db.session.add(
                FundingComposition(project_id=project, source="cbi", estimate_kind="approved_estimate", amount_fen=500)
            )
        planned, given = planned_on(project, day(0)), approved_on(project, day(0))
        assert (planned[25.0], given) == (dt.date(2021, 7, 1), {"cbi": 500})
        save(project, day(3), p25=dt.date(2021, 8, 1))
        approve(project, day(3), 700)
        approve(project, day(5), None)
        assert [planned_on(project, day(number))[25.0] for number in (2, 3)] == [
            dt.date(2021, 7, 1),
            dt.date(2021, 8, 1),
        ]
        assert [approved_on(project, day(number)) for number in (0, 2, 3, 4, 5)] == [
            {"cbi": 500},
            {"cbi": 500},
            {"cbi": 700},
            {"cbi": 700},
            {},
        ]


def test_an_approved_sum_counts_from_its_approval_and_a_later_one_from_its_own(app: Flask, project: int):
    with app.app_context():
        approve(project, day(2), 100, approved_on=day(1))
        approve(project, day(4), 300)
        assert [approved_on(project, day(number)).get("cbi") for number in (0, 1, 3, 4)] == [None, 100, 100, 300]
        assert money_of(project, day(3)).ladder.total.approved == 100
        with pytest.raises(InvalidError) as problem:
            approve(project, day(4), 400, approved_on=NOW.date() + dt.timedelta(days=1))
    assert set(problem.value.fields) == {"approved_on"}


def test_a_promise_stands_from_its_plans_day_until_a_later_plan_moves_it(app: Flask):
    with app.app_context():
        project = make_project("one")
        old, new = (
            make_target(
                project,
                slug=f"t{number}",
                threshold=50,
                due=day(20 + number),
                clause_id=published(f"plan-{number}", day(number)),
            )
            for number in (2, 5)
        )
        with building():
            db.session.merge(old).superseded_by_id = new.id
        assert [[row.target_id for row in computed(None, day(number))[1]] for number in (1, 2, 4, 5)] == [
            [],
            [old.id],
            [old.id],
            [new.id],
        ]


def test_a_gate_is_waived_from_the_day_that_was_said(app: Flask, project: int):
    """G-8: an annual plan before the feasibility study is a finding, until the study is waived, its papers merged into
    the proposal's.
    """
    with app.app_context():
        with building():
            record_gate(Acting(SYSTEM, NOW, day(0)), project, "proposal", None, {}, passed_on=day(0))
            record_gate(Acting(SYSTEM, NOW, day(1)), project, "annual_plan", None, {}, passed_on=day(1))
            waive_gate(Acting(SYSTEM, NOW, day(3)), project, "feasibility", None, reason="并入项目建议书")
        assert [computed(None, day(number))[0][0].finding_count for number in (0, 1, 2, 3)] == [0, 1, 1, 0]
        with building():
            db.session.execute(update(Gate).values(waived_on=None))
        assert computed(None, day(2))[0][0].finding_count == 0


def members_on(number: int, programme: Programme) -> list[str]:
    own = {row.project_id for row in computed(None, day(number))[0] if row.programme_id == programme.id}
    return list(db.session.scalars(select(Project.slug).where(Project.id.in_(own)).order_by(Project.slug)))


def test_a_project_that_joins_a_programme_later_does_not_count_in_it_before(app: Flask, client):
    """One of two had started, 50 %.

    Then came one that had started from another programme, and two nobody had heard of: two of five, 40 %.
    """
    with app.app_context():
        make_day(day(9))
        first, second = make_programme("第一批"), make_programme("第二批")
        for slug, programme in (("a", first), ("b", first), ("c", second)):
            started = make_project(slug, programme_id=programme.id)
            if slug != "b":
                record(started.id, "start", day(0))
        half = make_target(first, measure="start", threshold=80, due=day(20)).id
        whole = make_target(second, measure="start", threshold=80, due=day(20)).id
        before = computed(None, day(2))
        belong(day(3), first, *"abcde")
        assert [members_on(number, first) for number in (2, 3)] == [["a", "b"], list("abcde")]
        assert [members_on(number, second) for number in (2, 3)] == [["c"], []]
        assert computed(None, day(2))[1] == before[1]
        assert computed(None, day(2))[0][:3] == before[0]
        shares = [{row.target_id: row.current for row in computed(None, day(number))[1]} for number in (2, 3)]
        assert [(one[half], one[whole]) for one in shares] == [(5000, 10000), (4000, None)]
        ids = db.session.scalars(select(Project.id).where(Project.slug == "c")).all()
        for number, own in ((2, {whole}), (3, {half})):
            assert {row.target_id for row in computed(ids, day(number))[1]} == own
            assert [row for row in computed(None, day(number))[1] if row.target_id in own] == computed(
                ids, day(number)
            )[1]
        leader, asked = make_user("leader"), f"/api/v1/projects?programme={first.slug}"
    sign_in(client, leader)
    for number, slugs in ((2, ["a", "b"]), (3, list("abcde"))):
        found = client.get(f"{asked}&as_of={day(number)}").json["items"]
        assert sorted(one["slug"] for one in found) == slugs
        assert {one["programme"] for one in found} == {"第一批"}


def test_s11_what_a_programme_kept_on_its_day_stays_kept_when_projects_join_and_leave(app: Flask):
    """Two of two had started by the due day; later three joined that had not, and one of the two left. All rows and
    those of a single project say the same.
    """
    with app.app_context():
        make_day(day(9))
        first, second = make_programme("第一批"), make_programme("第二批")
        for slug in "ab":
            record(make_project(slug, programme_id=first.id).id, "start", day(0))
        for slug in "cde":
            make_project(slug, programme_id=second.id)
        kept = make_target(first, measure="start", threshold=100, due=day(2)).id
        missed = make_target(first, measure="start", threshold=100, due=day(4)).id
        belong(day(3), first, *"cde")
        belong(day(5), second, "a")
        for number, states in (
            (2, ("met_early", "met_early")),
            (3, ("met_early", "unknown")),
            (5, ("met_early", "overdue_no_evidence")),
            (9, ("met_early", "overdue_no_evidence")),
        ):
            found = {row.target_id: row for row in computed(None, day(number))[1]}
            assert (number, found[kept].state, found[missed].state) == (number, *states)
            member = db.session.scalars(select(Project.id).where(Project.slug == "b")).all()
            assert {row.target_id: row for row in computed(member, day(number))[1]} == found


def test_whoever_comes_back_to_a_programme_was_away_in_between(app: Flask):
    with app.app_context():
        first, second = make_programme("第一批"), make_programme("第二批")
        make_project("a", programme_id=first.id)
        belong(day(2), second, "a")
        belong(day(4), first, "a")
        belong(day(5), first, "a")
        assert [bool(members_on(number, first)) for number in (0, 1, 2, 3, 4, 5)] == [
            True,
            True,
            False,
            False,
            True,
            True,
        ]
        assert [bool(members_on(number, second)) for number in (0, 1, 2, 3, 4, 5)] == [
            False,
            False,
            True,
            True,
            False,
            False,
        ]


def test_the_projects_that_a_programme_comes_with_always_belonged_to_it(app: Flask):
    with app.app_context():
        place = make_place().code
        belong(day(5), Programme(slug="new", name="新的", place_code=place), "a")
        belong(day(7), db.session.scalars(select(Programme)).one(), "a", "b")
        new = db.session.scalars(select(Programme)).one()
        assert [members_on(number, new) for number in (0, 6, 7)] == [["a"], ["a"], ["a", "b"]]


def assigned(source: str) -> set[str]:
    """The names of what a source assigns to in objects other than its own."""
    nodes = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    ]
    return {node.attr for node in nodes if not (isinstance(node.value, ast.Name) and node.value.id == "self")}


def test_only_who_keeps_what_stood_before_changes_weights_and_dates_of_work_stages():
    """S-20.

    Whoever lets people change one of these keeps what stood before, as `FormerPlan` does, and tells a story of it
    below.
    """
    root = Path(schedule.__file__).parents[2]
    sources = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in root.glob("**/*.py")}
    kept = {"weight", "plan_start", "plan_finish"}
    assert {name for name, source in sources.items() if kept & assigned(source)} == {
        "samples/demo/operations.py",  # samples are put in and taken out whole
        "works/schedule/operations.py",  # keeps `FormerWeight`
    }
    assert {name for name, source in sources.items() if "update(WorkStage" in source} == set()
    assert assigned("stage.weight = 5") == {"weight"}


def record(project_id: int, key: str, on: dt.date) -> None:
    with building():
        record_gate(Acting(SYSTEM, NOW, on), project_id, key, None, {}, passed_on=on)


def published(slug: str, on: dt.date) -> int:
    """A clause of a plan published on a day."""
    with building():
        plan = PlanDocument(
            slug=slug, title=slug, issuer="示例", place_code=make_place().code, issued_on=on, year=on.year
        )
        db.session.add(plan)
        db.session.flush()
        clause = Clause(document_id=plan.id, locator="一", heading="示例")
        db.session.add(clause)
        db.session.flush()
        return clause.id


# --- the pages --------------------------------------------------------------------------------------------------------


def test_every_page_speaks_of_the_plan_of_its_day(app: Flask, client, project: int):
    with app.app_context():
        manager = make_user("dispatcher")
        save(project, day(1), gate_start=dt.date(2021, 6, 6), **ENDS)
        save(project, day(5), gate_start=dt.date(2021, 7, 7), p50=dt.date(2021, 8, 8))
        with building():
            rebuild(SYSTEM, NOW, day(9))
    sign_in(client, manager)
    for page, said, then in (
        ("/projects/one", "2021-08-08", "2021-07-01"),
        ("/projects/one/gates", "2021-07-07", "2021-06-06"),
        ("/projects/one/plan", "2021-08-08", None),
    ):
        assert said in client.get(page).text
        if then:
            past = client.get(f"{page}?as_of={day(4)}").text.partition('id="history"')[0]
            assert then in past
            assert said not in past
    assert "2021-08-08" in client.get("/gantt?view=table").text
    assert "2021-08-08" not in client.get(f"/gantt?view=table&as_of={day(4)}").text
    form = client.get("/projects/one/plan")
    assert "以前的计划" in form.text
    late = fields_of(form.text) | {"p50": "2021-08-20", "since": "2030-01-01", "reason": "再推迟"}
    refused = client.post("/projects/one/plan", data=late)
    assert refused.status_code == 422
    assert f"不能晚于今天 {day(9)}" in refused.text
    assert 'value="2021-08-20"' in refused.text


def test_the_charts_and_the_record_see_the_plan_of_each_month(app: Flask, project: int):
    with app.app_context():
        save(project, dt.date(2021, 2, 1), **ENDS)
        for month in ("2021-03", "2021-04", "2021-05"):
            make_report(db.session.get_one(Project, project), month, preparation=100, foundation=50)
        as_of = dt.date(2021, 6, 5)
        before = [line.points for line in chart_page(SYSTEM, "one", as_of).figures[1].lines]
        save(project, dt.date(2021, 6, 30), p75=dt.date(2022, 3, 1), finish=dt.date(2022, 6, 30))
        after = [line.points for line in chart_page(SYSTEM, "one", dt.date(2021, 7, 1)).figures[1].lines]
        assert [len(points) for points in before] == [3, 3]
        assert [points[:2] for points in after] == [points[:2] for points in before]
        (history,) = histories_of([project], dt.date(2021, 7, 31))
        assert [history.planned(on).finish for on in (as_of, dt.date(2021, 6, 30))] == [
            ENDS["finish"],
            dt.date(2022, 6, 30),
        ]


def test_reports_of_a_past_day_are_those_approved_by_then(app: Flask, client):
    with app.app_context():
        make_day()
        project = make_project("one")
        make_report(project, "2021-09", structure=20)
        make_report(project, "2021-10", structure=30)
        make_report(project, "2021-11", state="draft", data_on=dt.date(2021, 11, 20))
        leader = make_user("leader")
    sign_in(client, leader)
    for query, months in (
        ("", ["2021-11", "2021-10", "2021-09"]),
        ("?as_of=2021-11-05", ["2021-10", "2021-09"]),
        ("?as_of=2021-11-04", ["2021-09"]),
    ):
        assert [one["month"] for one in client.get(f"/api/v1/projects/one{query}").json["reports"]] == months
        shown = client.get(f"/projects/one{query}").text
        assert [f">{month}</a>" in shown for month in ("2021-09", "2021-10", "2021-11")] == [
            month in months for month in ("2021-09", "2021-10", "2021-11")
        ]


# --- any story --------------------------------------------------------------------------------------------------------


def live(app: Flask, seed: int) -> dict[dt.date, tuple]:
    """Let twelve days pass on which people enter all kinds of things; what each evening's rows said."""
    chance, said = random.Random(seed), {}
    programme, other = make_programme(), make_programme("年内新增")
    ids = [
        make_project(
            f"p{number}", plan={} if number else {0: FIRST, 100: dt.date(2022, 6, 30)}, programme_id=programme.id
        ).id
        for number in range(3)
    ]
    targets = {key: make_target(db.session.get_one(Project, key), threshold=50, due=day(15)).id for key in ids}
    make_target(programme, measure="start", threshold=80, due=day(12))
    make_target(other, measure="start", quantifier="count", threshold=2, due=day(12))
    with building():
        strict = {"progress_yellow": 1.0, "progress_red": 2.0, "behind_days": 1}
        db.session.add(
            RuleSetVersion(key="strict", number=1, name="从严", figures=strict, adopted_on=FIRST, adopted_at=NOW)
        )
        db.session.add(RuleChoice(programme_id=other.id, key="strict", chosen_on=FIRST, chosen_at=NOW))
    people = make_user("dispatcher"), make_user("manager")
    for number in range(12):
        today = day(number)
        for _ in range(chance.randint(1, 5)):
            with suppress(InvalidError):
                chance.choice(DEEDS)(chance, today, chance.choice(ids), people, targets)
        with building():
            rebuild(SYSTEM, NOW, today)
        said[today] = stored_rows()
    return said


def stored_rows() -> tuple:
    found = []
    for model, key in ((ProjectStatus, "project_id"), (TargetStatus, "target_id")):
        rows = db.session.execute(select(model.__table__).order_by(key)).mappings()
        found.append([dict(row) for row in rows])
    return tuple(found)


def as_known(evening: tuple) -> tuple:
    """What is stored now of those whom an evening knew."""
    pairs = zip(stored_rows(), evening, ("project_id", "target_id"), strict=True)
    return tuple([row for row in rows if row[key] in {one[key] for one in known}] for rows, known, key in pairs)


def plan(chance, today, project, people, targets):
    names = chance.sample(sorted(NAMES), 3)
    save(
        project,
        today,
        **{
            name: today + dt.timedelta(days=40 * list(NAMES).index(name) - 70 + chance.randint(-15, 15))
            for name in names
        },
    )


def composition(chance, today, project, people, targets):
    approve(
        project,
        today,
        chance.choice([None, 100_00, 200_00, 300_00]) if approved_on(project, today) else 500_00,
        source="cbi",
    )


def payment(chance, today, project, people, targets):
    with building():
        write_entries(
            Acting(SYSTEM, NOW, today), [(project, Posting("county", "paid", today, chance.randint(1, 400_00)))]
        )


def report(chance, today, project, people, targets):
    month = add_months(month_of(today), -1)
    known = list(
        db.session.scalars(
            select(MonthlyReport.revision).where(MonthlyReport.project_id == project, MonthlyReport.month == month)
        )
    )
    share = {"preparation": 100, "foundation": chance.randint(0, 100), "structure": chance.randint(0, 60)}
    values = {"approved_on": today, "revision": max(known, default=0) + 1, "author": people[1]}
    make_report(db.session.get_one(Project, project), f"{month:%Y-%m}", **share, **values)


def gate(chance, today, project, people, targets):
    with building():
        db.session.add(
            Event(
                project_id=project,
                happened_on=today,
                text="示例",
                source="示例",
                gate_key=chance.choice(["start", "topped_out"]),
            )
        )


def papers(chance, today, project, people, targets):
    """A feasibility study that is waived counts as approved with the proposal (G-8)."""
    key = chance.choice(["proposal", "feasibility", "annual_plan"])
    stored = db.session.scalar(select(Gate).where(Gate.project_id == project, Gate.key == key))
    version = stored.version if stored else None
    with building():
        if key == "feasibility":
            waive_gate(Acting(SYSTEM, NOW, today), project, key, version, reason="并入项目建议书")
        elif stored is None:
            record_gate(Acting(SYSTEM, NOW, today), project, key, version, {}, passed_on=today)


def stop(chance, today, project, people, targets):
    with building():
        db.session.add(
            Event(
                project_id=project,
                happened_on=today,
                text="示例",
                source="示例",
                effect=chance.choice(["stop", "resume"]),
                expected_on=chance.choice([None, today + dt.timedelta(days=chance.randint(1, 90))]),
            )
        )


def figures(chance, today, project, people, targets):
    with building():
        newest = db.session.scalars(
            select(RuleSetVersion).where(RuleSetVersion.key == "gap").order_by(RuleSetVersion.number.desc())
        ).first()
        number = newest.number + 1 if newest else 1
        own = {"progress_yellow": float(chance.randint(5, 15)), "progress_red": float(chance.randint(20, 40))}
        db.session.add(
            RuleSetVersion(
                key="gap",
                number=number,
                name="差距",
                figures=(newest.figures if newest else {}) | own,
                adopted_on=today,
                adopted_at=NOW,
            )
        )


def moved(chance, today, project, people, targets):
    newer = make_target(
        db.session.get_one(Project, project),
        threshold=50,
        due=day(15) + dt.timedelta(days=chance.randint(1, 90)),
        clause_id=published(f"p-{project}-{today}-{chance.random()}", today),
    ).id
    with building():
        db.session.execute(update(Target).where(Target.id == targets[project]).values(superseded_by_id=newer))
    targets[project] = newer


def regrouped(chance, today, project, people, targets):
    own = db.session.get_one(Project, project)
    others = db.session.scalars(select(Programme).where(Programme.id != own.programme_id).order_by(Programme.id)).all()
    belong(today, chance.choice(others), own.slug)


def joined(chance, today, project, people, targets):
    """A project that nobody had heard of joins a programme that has promised something."""
    belong(
        today,
        chance.choice(db.session.scalars(select(Programme).order_by(Programme.id)).all()),
        f"new-{chance.randrange(10**9)}",
    )


def exempt(chance, today, project, people, targets):
    with building():
        standing = list(
            db.session.scalars(select(Exemption).where(Exemption.project_id == project, Exemption.ended_on.is_(None)))
        )
        for row in standing:
            row.ended_on = today
        for light in () if standing else PROJECT_LIGHTS:
            values = {
                "reason": "示例",
                "requested_by": "示例单位",
                "approver_id": people[0].id,
                "until": today + dt.timedelta(days=chance.randint(5, 90)),
            }
            db.session.add(Exemption(project_id=project, light=light, since=today, approved_at=NOW, **values))


DEEDS = (
    plan,
    plan,
    composition,
    payment,
    report,
    report,
    gate,
    papers,
    papers,
    stop,
    figures,
    figures,
    moved,
    regrouped,
    regrouped,
    joined,
    exempt,
    exempt,
)


@pytest.mark.parametrize("seed", range(6))
def test_every_evening_is_worked_out_again_as_it_was(app: Flask, seed: int):
    with app.app_context():
        for today, evening in live(app, seed).items():
            with building():
                rebuild(SYSTEM, NOW, today)
            assert as_known(evening) == evening, today


SEED = 1  # of a story in which every one of these matters
FORGETFUL = {
    "plans": lambda: db.session.execute(delete(FormerPlan)),
    "days of plans": lambda: db.session.execute(update(Milestone).values(since=None)),
    "approved sums": lambda: db.session.execute(update(FundingComposition).values(since=None)),
    "reports": lambda: db.session.execute(
        update(MonthlyReport).where(MonthlyReport.approved_on.is_not(None)).values(approved_on=FIRST)
    ),
    "promises": lambda: db.session.execute(update(PlanDocument).values(issued_on=None)),
    "rules": lambda: db.session.execute(update(RuleSetVersion).values(adopted_on=FIRST)),
    "programmes joined": lambda: db.session.execute(update(Project).values(programme_since=None)),
    "programmes left": lambda: db.session.execute(delete(FormerProgramme)),
    "exemptions": lambda: db.session.execute(update(Exemption).values(since=FIRST, ended_on=None)),
}


@pytest.mark.parametrize("what", FORGETFUL)
def test_what_forgets_a_day_is_found_out(app: Flask, what: str):
    with app.app_context():
        said = live(app, SEED)
        with building():
            FORGETFUL[what]()
        same = []
        for today, evening in said.items():
            with building():
                rebuild(SYSTEM, NOW, today)
            same.append(as_known(evening) == evening)
    assert not all(same)
