"""An office of its own begins with nothing but the pages: from an empty installation to the first approved report, no
address typed, every click and field counted.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyotp
import pytest
from apps import free_port
from journeys.conftest import ROOT, TALL, added, environment_of, serving
from journeys.hands import Hand, Tally
from journeys.looking import Site, Watch
from playwright.sync_api import Browser

MOST_CLICKS, MOST_FIELDS = 120, 60
OFFICES = ("admin", "security", "auditor")
NEW = "Warm-7-Kiln-Harbour"
HERE = Path(__file__).parent
JINING = ROOT.parent / "shared" / "plans" / "jining-2021.txt"


@dataclass(frozen=True)
class Plan:
    """A plan's file, how many projects it promises something of, in which clauses, and the one that is followed."""

    file: Path
    projects: int
    clauses: frozenset[str]
    center: str


PLANS = [
    Plan(HERE / "own_office.txt", 14, frozenset({"3", "4"}), "市急救指挥中心"),
    pytest.param(
        Plan(JINING, 15, frozenset({"12"}), "市公共卫生医疗中心"),  # the fifteenth is a hospital to become regional
        marks=[
            pytest.mark.shared,
            pytest.mark.skipif(not JINING.exists(), reason="shared/plans is in the authors' workplace only"),
        ],
    ),
]
UNIT = "市重点项目建设中心"


@pytest.fixture
def office(browser: Browser, tmp_path: Path) -> Iterator[Site]:
    """An empty installation as its documents say: `init`, the three offices, `serve`."""
    environment = environment_of(tmp_path, free_port())
    command = [sys.executable, "-m", "projects", "init"]
    subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, timeout=180, check=True)
    first = dict(added(environment, role, role) for role in OFFICES)
    with serving(tmp_path, environment) as found:
        assert not found.passwords, "no sample was loaded"
        yield replace(found, passwords=first)


@pytest.fixture
def person(browser: Browser, office: Site) -> Iterator[Callable[[str, str, Tally], Hand]]:
    """`person(name, first password, tally)` is signed in, with a password and, where asked for, codes of their own."""
    watch, contexts = Watch(office.url), []

    def enters(name: str, password: str, tally: Tally) -> Hand:
        context = browser.new_context(base_url=office.url, locale="zh-CN", viewport={"width": 1280, "height": TALL})
        context.set_default_timeout(15_000)
        watch.attach(context)
        contexts.append(context)
        return entered(Hand(context.new_page(), tally, "/sign-in"), name, password)

    yield enters
    for context in contexts:
        context.close()
    assert not watch.problems, "\n".join(watch.problems)


def entered(hand: Hand, name: str, password: str) -> Hand:
    hand.fills("登录名", name)
    hand.fills("密码", password)
    hand.presses("登录")
    hand.fills("当前密码", password)
    hand.fills("新密码", NEW)
    hand.fills("再填一次新密码", NEW)
    hand.presses("修改密码")
    if hand.has("text=您的角色登录时必须使用动态码"):
        hand.fills("当前密码", NEW)
        hand.presses("启用动态码")
        hand.fills("动态码", pyotp.TOTP(hand.reads("main code")).now())
        hand.presses("启用动态码")
    return hand


def makes_people(admin: Hand) -> dict[str, str]:
    """Says where the office is, makes three accounts, and hands out their first passwords."""
    admin.goes("本单位所在地和级别")
    admin.fills("本单位所在地", "济宁")
    admin.presses("保存")
    admin.turns_to("用户")
    first = {}
    for name in ("diaodu", "jingli", "shenhe"):
        admin.fills("登录名", name)
        admin.presses("新建用户")
        first[name] = admin.reads("main code")
        admin.goes("返回用户列表")
    return first


def grants(security: Hand, name: str, role: str, *, unit: str = "") -> None:
    security.turns_to("权限")
    security.goes(f"修改 {name} 的权限")
    security.chooses("角色", role)
    if unit:
        security.chooses("所属单位", unit)
    else:
        security.ticks("全部地区")
    security.presses("保存权限")


def makes_a_unit(dispatcher: Hand) -> None:
    dispatcher.goes("登记单位")
    dispatcher.fills("全称", UNIT)
    dispatcher.chooses("类别", "代建或平台公司")
    dispatcher.presses("登记")


def reads_the_plan(dispatcher: Hand, plan: Path) -> None:
    """Hands the plan in, confirms the document, and accepts what was read."""
    dispatcher.turns_to("规划文件")
    dispatcher.goes("读一份规划文件")
    dispatcher.hands_in("文件", plan)
    dispatcher.presses("读这份文件")
    dispatcher.presses("文件无误, 登记")
    dispatcher.presses("接受勾选的")


def hands_over(dispatcher: Hand) -> None:
    """Gives all of them to the manager, and to the unit."""
    dispatcher.goes("交给项目管理员")
    dispatcher.fills("新的项目管理员", "jingli")
    dispatcher.presses("更换勾选项目的项目管理员")
    dispatcher.goes("没有项目单位的", exact=False)
    dispatcher.fills("项目单位", UNIT)
    dispatcher.presses("写明勾选项目的项目单位")


def files_the_month(manager: Hand, name: str) -> None:
    manager.goes(name)
    manager.goes("填计划日期")
    manager.fills("开始 (0%)", "2021-03-01")
    manager.fills("完成 50%", "2021-10-31")
    manager.fills("完成 100%", "2022-06-30")
    manager.presses("保存计划")
    manager.turns_to("总览")
    manager.goes(name)
    manager.fills("前期", "100")
    manager.fills("主体结构", "40")
    manager.fills("累计完成投资", "5200")
    manager.fills("本月进展", "主体结构施工至四层")
    manager.presses("提交审核")


def approves_it(reviewer: Hand, name: str) -> None:
    reviewer.goes(name)
    reviewer.presses("通过")
    reviewer.sees("已通过, 项目的判断已重新计算")


def reads_the_verdict(dispatcher: Hand, name: str) -> str:
    """Goes from the first page to the project, and to its promise."""
    dispatcher.turns_to("总览")
    dispatcher.goes(name)
    return dispatcher.reads("#main article.card")


def promises(instance: Path) -> list[tuple[str, str, str, str, str | None]]:
    """(project, clause, quote, measure, due) of each promise of a single project."""
    return rows(
        instance,
        "SELECT project.name, clause.locator, target.wording, target.measure, target.due FROM target "
        "JOIN project ON project.id = target.project_id JOIN clause ON clause.id = target.clause_id",
    )


def rows(instance: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{instance / 'projects.sqlite'}?mode=ro", uri=True)) as database:
        return database.execute(statement).fetchall()


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.file.stem)
def test_an_office_begins_with_nothing_but_the_pages(
    plan: Plan, office: Site, person: Callable[[str, str, Tally], Hand]
) -> None:
    """A practised dispatcher's half hour: 120 clicks and 60 fields at most, of all who take part."""
    tally = Tally()
    admin = person("admin", office.passwords["admin"], tally)
    first = makes_people(admin)
    security = person("security", office.passwords["security"], tally)
    grants(security, "diaodu", "调度员")
    dispatcher = person("diaodu", first["diaodu"], tally)
    makes_a_unit(dispatcher)
    reads_the_plan(dispatcher, plan.file)
    hands_over(dispatcher)
    grants(security, "shenhe", "单位审核员", unit=UNIT)
    files_the_month(person("jingli", first["jingli"], tally), plan.center)
    approves_it(person("shenhe", first["shenhe"], tally), plan.center)
    verdict = reads_the_verdict(dispatcher, plan.center)

    print(tally)
    assert tally.clicks <= MOST_CLICKS, tally
    assert tally.fields <= MOST_FIELDS, tally
    assert tally.addresses == 5, "one of each person, the first"

    stored = promises(office.instance)
    assert len({project for project, *_ in stored}) == len(stored) == plan.projects
    assert {locator for _, locator, *_ in stored} == plan.clauses
    text = "".join(plan.file.read_text(encoding="utf-8").split())
    assert all(said and "".join(said.split()) in text for _, _, said, *_ in stored)
    assert sum(due == "2021-12-31" for *_, due in stored) == 5, "the centres"
    assert sum(measure == "in_use" and due is None for *_, measure, due in stored) == 9, "the counties' projects"
    assert rows(office.instance, "SELECT state, revision FROM monthly_report") == [("approved", 1)]
    assert "已逾期" in verdict
    assert "2021-12-31" in verdict
    assert "最近数据" in verdict, "what was reported counts"


def test_whatever_a_hand_does_is_counted(browser: Browser) -> None:
    tally = Tally()
    page = browser.new_page()
    first = (
        "<main><input aria-label=A><select aria-label=B><option>b</select><input type=checkbox aria-label=C>"
        "<button>D</button><a href='#e'>E</a></main>"
    )
    hand = Hand(page, tally, f"data:text/html,{quote(first)}")
    hand.fills("A", "a")
    hand.chooses("B", "b")
    hand.ticks("C")
    hand.presses("D")
    hand.goes("E")
    page.close()
    assert (tally.addresses, tally.clicks, tally.fields) == (1, 4, 1)
