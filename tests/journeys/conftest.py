"""Fixtures: the real server with its sample content, one Chromium, and pages of signed-in people that note every
complaint of the browser.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from apps import free_port
from journeys.looking import Site, Watch
from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
CHROMIUM = (
    os.environ.get("CHROMIUM")
    or shutil.which("chromium")
    or shutil.which("google-chrome")
    or (MAC if Path(MAC).exists() else None)
)
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
)
TALL = 900
NEWCOMER = "newcomer"  # a reviewer whom nobody has given a unit yet
OURS = {
    "DATABASE_URL",
    "SECRET_KEY",
    "TRUSTED_HOSTS",
    "SECURE_COOKIES",
    "FLASK_DEBUG",
    "FLASK_APP",
    "PIDFILE",
    "ACCESSLOG",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


def _printed(server: subprocess.Popen[str]) -> dict[str, str]:
    """The sign-ins that `serve` prints before it starts to listen."""
    passwords, lines = {}, []
    assert server.stdout
    for line in server.stdout:
        lines.append(line)
        words = line.split()
        if line.startswith("  ") and len(words) == 3:
            passwords[words[0]] = words[1]
        if line.startswith("http://"):
            return passwords
    raise AssertionError(f"the server did not start: {''.join(lines)}")


def added(environment: dict[str, str], username: str, role: str) -> tuple[str, str]:
    """The name and first password of an account made by the command."""
    command = [sys.executable, "-m", "projects", "create-user", username, "--role", role]
    made = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, timeout=180, check=True
    )
    name, password = made.stdout.split()
    return name, password


def _await_answer(url: str) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            urllib.request.urlopen(f"{url}/sign-in", timeout=5).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip(
            "NO CHROMIUM HERE: install Debian's `chromium`, or set CHROMIUM to a browser; no page has been looked at "
            "in a browser"
        )
    if subprocess.run([compute_driver_executable()[0], "--version"], capture_output=True, check=False).returncode:
        pytest.skip(
            "THE BROWSER'S DRIVER DOES NOT START HERE: install Debian's `libatomic1`; no page has been looked at in a "
            "browser"
        )
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
        yield opened
        opened.close()


def environment_of(folder: Path, port: int) -> dict[str, str]:
    """What an installation in `folder` is started with; nothing of this machine's own."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    return environment | {
        "INSTANCE_PATH": str(folder / "instance"),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def serving(folder: Path, environment: dict[str, str]) -> Iterator[Site]:
    """`projects serve` until the end, with the sign-ins that it prints; AssertionError where it logged a traceback."""
    log = (folder / "log").open("w+", encoding="utf-8")
    server = subprocess.Popen(
        [sys.executable, "-m", "projects", "serve"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    try:
        passwords = _printed(server)
        found = Site(f"http://127.0.0.1:{environment['PORT']}", passwords, folder / "instance")
        _await_answer(found.url)
        yield found
    finally:
        server.terminate()
        server.communicate(timeout=60)
        log.seek(0)
        said = log.read()
        log.close()
    assert "Traceback" not in said, said


@pytest.fixture(scope="session")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`projects serve` as a person starts it the first time."""
    folder = tmp_path_factory.mktemp("site")
    environment = environment_of(folder, free_port())
    with serving(folder, environment) as found:
        found.passwords.update([added(environment, NEWCOMER, "reviewer")])
        yield found


@pytest.fixture(scope="session")
def signed_in(browser: Browser, site: Site) -> Callable[[str], Any]:
    """The cookies of each role, got through the sign-in form once."""
    kept: dict[str, Any] = {}

    def state(role: str) -> Any:
        if role not in kept:
            context = browser.new_context(base_url=site.url, locale="zh-CN")
            page = context.new_page()
            page.goto("/sign-in")
            sign_in(page, role, site.passwords[role])
            kept[role] = context.storage_state()
            context.close()
        return kept[role]

    return state


def sign_in(page: Page, role: str, password: str) -> None:
    """Through the form; whoever has only a first password is asked for another one."""
    page.locator("#username").fill(role)
    page.locator("#password").fill(password)
    page.locator("main button").click()
    page.locator("header form[action$='/sign-out']").wait_for()
    if page.locator("#again").count():
        page.locator("#current").fill(password)
        for field in ("#new", "#again"):
            page.locator(field).fill("Warm-7-Kiln-Harbour")
        page.locator("main button").click()
        page.locator("#again").wait_for(state="detached")


@pytest.fixture
def watch(site: Site) -> Watch:
    """The complaints of all browsers of this test."""
    return Watch(site.url)


@pytest.fixture
def as_role(
    browser: Browser, site: Site, signed_in: Callable[[str], Any], watch: Watch
) -> Iterator[Callable[..., Page]]:
    """`as_role("manager", lang="en", width=390)` is a page of that person (role None: of a stranger).

    No complaint may be left at the end.
    """
    contexts = []

    def person(role: str | None, lang: str = "zh", width: int = 1280, **options: Any) -> Page:
        state = {"storage_state": signed_in(role)} if role else {}
        own = {
            "base_url": site.url,
            "locale": "zh-CN" if lang == "zh" else "en-US",
            "viewport": {"width": width, "height": TALL},
        }
        context = browser.new_context(**own, **state, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        watch.attach(context)
        page = context.new_page()
        speak(page, lang)
        return page

    yield person
    for context in contexts:
        context.close()
    assert not watch.problems, "\n".join(watch.problems)


def speak(page: Page, lang: str) -> None:
    """Open the first page in `lang`; the language is kept per person, so it may have to be switched."""
    page.goto("/")
    if page.locator("html").get_attribute("lang") != {"zh": "zh-CN", "en": "en"}[lang]:
        page.locator("header form[action*='/language/'] button").click()
        page.locator(f"html[lang^={lang}]").wait_for(state="attached")
