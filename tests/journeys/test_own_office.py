"""An office of its own begins with nothing but the pages: from an empty installation to the first approved report, no
address typed, every click and field counted.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

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
OWN = Path(__file__).with_name("own_office.txt")
JINING = ROOT.parent / "shared" / "plans" / "jining-2021.txt"
PLANS = {
    "own": (OWN, "市急救指挥中心"),
    "jining": (JINING, "市重症医学中心"),
}
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
        context = browser.new_context(
            base_url=office.url, locale="zh-CN", viewport={"width": 1280, "height": TALL}
        )
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
        admin.presses("新建")
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
    dispatcher.goes("交给项目经理")
    dispatcher.fills("新的项目经理", "jingli")
    dispatcher.presses("更换勾选项目的项目经理")
    dispatcher.goes("没有项目单位的", exact=False)
    dispatcher.fills("项目单位", UNIT)
    dispatcher.presses("写明勾选项目的项目单位")


def files_the_month(manager: Hand, name: str) -> None:
    manager.goes(name)
    manager.goes("计划日期")
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


@pytest.mark.parametrize("which", PLANS)
def test_an_office_begins_with_nothing_but_the_pages(
    which: str, office: Site, person: Callable[[str, str, Tally], Hand]
) -> None:
    plan, name = PLANS[which]
    if not plan.exists():
        pytest.skip("the source plans are not here: only the authors' workplace has them")
    tally = Tally()
    admin = person("admin", office.passwords["admin"], tally)
    first = makes_people(admin)
    security = person("security", office.passwords["security"], tally)
    grants(security, "diaodu", "调度员")
    dispatcher = person("diaodu", first["diaodu"], tally)
    makes_a_unit(dispatcher)
    reads_the_plan(dispatcher, plan)
    hands_over(dispatcher)
    grants(security, "shenhe", "单位审核员", unit=UNIT)
    manager = person("jingli", first["jingli"], tally)
    files_the_month(manager, name)
    reviewer = person("shenhe", first["shenhe"], tally)
    reviewer.goes(name)
    reviewer.presses("通过")
    print(tally)
