"""A photo from the site: added beside a form half filled on a phone, seen by the leader, named by somebody
with ideas.
"""

from __future__ import annotations

import io
from collections.abc import Callable

from journeys.looking import Watch, axe, injected, misfits
from PIL import Image
from playwright.sync_api import Page, expect

FORM = "/projects/yc21-03-jikong/reports/2021-11"
NAME = "\"><img src=x onerror='window.__pwned=1'>.jpg"


def photo() -> dict[str, object]:
    """What a phone's camera hands over."""
    made = io.BytesIO()
    Image.new("RGB", (640, 480), "orange").save(made, "JPEG")
    return {"name": NAME, "mimeType": "image/jpeg", "buffer": made.getvalue()}


def test_a_photo_is_added_and_what_was_typed_stays(as_role: Callable[..., Page]) -> None:
    manager, leader = as_role("manager", width=390, bypass_csp=True), as_role("leader", bypass_csp=True)
    manager.goto(FORM)
    manager.get_by_label("下月计划").fill("照片上传以前写的")
    pictures = manager.locator("#files ul.files img")
    before = pictures.count()
    manager.get_by_label("选择照片").set_input_files(photo())
    manager.locator("#files").get_by_role("button", name="上传").click()
    expect(pictures).to_have_count(before + 1)
    pictures.last.scroll_into_view_if_needed()
    manager.wait_for_function("[...document.querySelectorAll('#files ul.files img')].at(-1).naturalWidth > 0")
    expect(manager.get_by_label("下月计划")).to_have_value("照片上传以前写的")
    assert injected(manager) + misfits(manager) + axe(manager) == []

    leader.goto(f"{FORM}/1")
    assert injected(leader) + axe(leader) == []
    with leader.expect_download() as handed:
        leader.locator("#files ul.files a").last.click()
    with Image.open(handed.value.path()) as kept:
        assert (kept.format, kept.size) == ("JPEG", (640, 480))


def test_what_is_no_photo_is_refused_beside_the_form(as_role: Callable[..., Page], watch: Watch) -> None:
    watch.tolerated.append("status of 422")
    manager = as_role("manager", bypass_csp=True)
    manager.goto(FORM)
    manager.get_by_label("下月计划").fill("还没有保存")
    fake = {
        "name": NAME,
        "mimeType": "image/jpeg",
        "buffer": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    }
    manager.get_by_label("选择照片").set_input_files(fake)
    with manager.expect_response(lambda answer: answer.status == 422):
        manager.locator("#files").get_by_role("button", name="上传").click()
    expect(manager.locator("#files [role=alert]")).to_contain_text("onerror")
    assert injected(manager) == []
    expect(manager.get_by_label("下月计划")).to_have_value("还没有保存")
