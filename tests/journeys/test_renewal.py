"""A renewal of verdicts goes on by itself in an open page, and whoever only looks on sees it end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from journeys.looking import Site, axe, misfits
from playwright.sync_api import Page, expect

from projects.database import sqlite_module


def test_the_page_of_rules_goes_on_by_itself_and_keeps_what_is_typed(site: Site, as_role: Callable[..., Page]) -> None:
    with closing(sqlite_module().connect(site.instance / "projects.sqlite", timeout=15)) as database, database:
        waiting = database.execute("UPDATE project_status SET rule_set = 'gap-0' WHERE rule_set LIKE 'gap-%'").rowcount
    assert waiting > 0
    leader = as_role("leader", width=390)
    leader.goto("/rules")
    expect(leader.locator("#renewal")).to_contain_text(f"已更新 0 / {waiting} 个项目")
    expect(leader.locator("#renewal button")).to_have_count(0)
    assert misfits(leader) + axe(leader) == []

    dispatcher = as_role("dispatcher", java_script_enabled=False)
    dispatcher.goto("/rules")
    expect(dispatcher.get_by_role("button", name="继续更新")).to_be_visible()

    quick = as_role("dispatcher")
    quick.goto("/rules")
    quick.get_by_label("理由").fill("写到一半")
    expect(quick.locator("#renewal")).to_contain_text("判断已全部按现行规则更新")
    expect(quick.locator("#renewal progress")).to_have_count(0)
    expect(quick.get_by_label("理由")).to_have_value("写到一半")
    expect(leader.locator("#renewal progress")).to_have_count(0)
