"""What can be seen of a page: axe's findings, things that don't fit, injected elements, and where the keyboard is."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
SMALLEST = 10  # pixels of text as drawn

AXE = (
    "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false}).then(found => "
    "found.violations.map(one => [one.id, one.nodes.map(n => n.html)]))"
)

# The page must not scroll sideways (tables and charts scroll in their own boxes), and no text may be drawn too small to
# read.
FIT = """smallest => {
  const found = [];
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 1) {
    const who = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, .gantt, .side'));
    found.push(`${wide} px too wide: ` + who.slice(0, 3).map(e => e.outerHTML.slice(0, 80)).join(' | '));
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const small = new Set();
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || parent.closest('script, style, title') || !parent.checkVisibility()) continue;
    const scale = parent.ownerSVGElement ? parent.getScreenCTM().a : 1;
    const size = parseFloat(getComputedStyle(parent).fontSize) * scale;
    if (size < smallest) small.add(`${size.toFixed(1)} px: ${walker.currentNode.data.trim().slice(0, 30)}`);
  }
  return found.concat([...small].slice(0, 3));
}"""

# Whatever a payload could have made of itself: elements and attributes that no page of ours has.
INJECTED = """() => {
  const found = [];
  if (window.__pwned !== undefined) found.push('a script ran');
  for (const e of document.querySelectorAll('*')) {
    for (const a of e.attributes) {
      if (/^on/i.test(a.name)) found.push(`${e.tagName} ${a.name}`);
      if (/^(href|src|action|formaction|xlink:href|data|srcdoc)$/i.test(a.name) && /^[\\s\\x00-\\x20]*(javascript|vbscript|data:text)/i.test(a.value)) found.push(`${e.tagName} ${a.value}`);
    }
    if (e.tagName === 'SCRIPT' && !(e.getAttribute('src') || '').startsWith('/static/')) found.push('a script element');
    if (/^(IFRAME|OBJECT|EMBED|VIDEO|AUDIO|MARQUEE|MATH|BASE|FOREIGNOBJECT|ANIMATE|SET|TEMPLATE|X)$/i.test(e.tagName)) found.push(e.tagName);
    if (e.tagName === 'IMG' && !(e.getAttribute('src') || '').startsWith('/projects/')) found.push('IMG');
    if (e.hasAttribute('style')) found.push(`${e.tagName} style`);
  }
  return found;
}"""

# Where the keyboard is: what is focused, whether a ring is drawn round it, and whether any of it can be seen (at a grid
# of points).
FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  const [left, right, top, bottom] = [Math.max(box.left, 0), Math.min(box.right, innerWidth), Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
  const shares = [.02, .25, .5, .75, .98];
  const hits = right <= left || bottom <= top ? [] : shares.flatMap(x => shares.map(y => document.elementFromPoint(left + x * (right - left), top + y * (bottom - top))));
  return {
    tag: e.tagName.toLowerCase(), id: e.id, name: e.name || '', type: e.type || '', words: (e.innerText || e.value || '').trim().slice(0, 80), html: e.outerHTML.slice(0, 120),
    ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    seen: hits.some(hit => hit && (e.contains(hit) || (e.labels && [...e.labels].some(l => l.contains(hit))))),
  };
}"""


@dataclass(frozen=True)
class Site:
    """A running server, the sign-ins that it printed, and its folder."""

    url: str
    passwords: dict[str, str]
    instance: Path


@dataclass
class Watch:
    """What a browser complained about, asked of others, or popped up; `tolerated` holds pieces of messages that are
    expected.
    """

    url: str
    problems: list[str] = field(default_factory=list)
    tolerated: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        if not any(piece in text for piece in self.tolerated):
            self.problems.append(text)

    def attach(self, context: BrowserContext) -> None:
        context.on(
            "console",
            lambda said: self.note(f"console {said.type}: {said.text}") if said.type in {"error", "warning"} else None,
        )
        context.on("weberror", lambda error: self.note(f"script error: {error.error}"))
        context.on(
            "request",
            lambda request: (
                None if request.url.startswith((self.url, "data:")) else self.note(f"foreign request: {request.url}")
            ),
        )
        context.on(
            "response",
            lambda response: self.note(f"{response.status} {response.url}") if response.status >= 500 else None,
        )
        context.on("page", lambda page: page.on("dialog", self._dialog))

    def _dialog(self, dialog: Any) -> None:
        self.note(f"dialog {dialog.type}: {dialog.message}")
        dialog.accept()


@cache
def axe_source() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def axe(page: Page) -> list[str]:
    """Each violation of WCAG 2.2 AA that axe-core finds, with the elements."""
    page.evaluate(axe_source())
    return [f"axe {rule}: {' | '.join(nodes[:3])[:300]} ({len(nodes)})" for rule, nodes in page.evaluate(AXE, RULES)]


def misfits(page: Page, smallest: int = SMALLEST) -> list[str]:
    """What does not fit the window, and text drawn smaller than `smallest` pixels."""
    return [str(one) for one in page.evaluate(FIT, smallest)]


def injected(page: Page) -> list[str]:
    """Signs that typed text became markup or ran."""
    return [str(one) for one in page.evaluate(INJECTED)]


def focus(page: Page) -> dict[str, Any] | None:
    """The focused element, None where nothing is."""
    return page.evaluate(FOCUS)  # type: ignore[no-any-return]
