"""A person at a browser who may only click and type, each of which is counted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page


@dataclass
class Tally:
    """What people did: addresses typed, clicks (links, buttons, boxes, choices), fields filled in."""

    addresses: int = 0
    clicks: int = 0
    fields: int = 0

    def __str__(self) -> str:
        return f"{self.addresses} addresses, {self.clicks} clicks, {self.fields} fields"


class Hand:
    """One person's browser: the first page is opened by its address, from there on only what pages offer is used."""

    def __init__(self, page: Page, tally: Tally, first: str) -> None:
        self._page, self.tally = page, tally
        tally.addresses += 1
        page.goto(first)

    def sees(self, text: str) -> None:
        """Wait until the page says so."""
        self._page.locator("main").get_by_text(text).first.wait_for()

    def reads(self, where: str) -> str:
        """The words of a part of the page."""
        return self._page.locator(where).first.inner_text()

    def has(self, where: str) -> bool:
        """Whether the page has such a part."""
        return self._page.locator(where).count() > 0

    def goes(self, link: str, within: str = "main", *, exact: bool = True) -> None:
        """Follow the first link with these words, in whole unless not `exact`."""
        self._click(self._page.locator(within).get_by_role("link", name=link, exact=exact).first)

    def turns_to(self, item: str) -> None:
        """Follow an item of the menu."""
        self.goes(item, "nav.side")

    def presses(self, button: str, within: str = "main") -> None:
        """Press a button of the page."""
        self._click(self._page.locator(within).get_by_role("button", name=button, exact=True).first)

    def ticks(self, box: str) -> None:
        """Tick a box or take its tick away."""
        self._click(self._page.locator("main").get_by_label(box).first)

    def chooses(self, label: str, option: str) -> None:
        """Choose from a list."""
        self.tally.clicks += 1
        self._field(label).select_option(label=option)

    def fills(self, label: str, text: str) -> None:
        """Type into a field."""
        self.tally.fields += 1
        self._field(label).fill(text)

    def hands_in(self, label: str, file: Path) -> None:
        """Choose a file."""
        self.tally.fields += 1
        self._field(label).set_input_files(file)

    def _field(self, label: str) -> Locator:
        return self._page.locator("main").get_by_label(label, exact=True).first

    def _click(self, what: Locator) -> None:
        self.tally.clicks += 1
        what.click()
        self._page.wait_for_load_state()
