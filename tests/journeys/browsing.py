"""A real browser for the page's journeys: a page that must ask nobody else and complain of nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserType, Page, sync_playwright

AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# As root, and without the look-ups that a browser makes of its own accord.
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PLAIN = ["--disable-gpu"]
# WebGL drawn by the processor, since a machine that runs tests has no graphics card.
DRAWN = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
# The browser's own remarks on reading back what it drew, and on answers that the page shows as refused.
REMARKS = ("GL Driver Message", "status of 422")


@contextmanager
def chromium(flags: list[str]) -> Iterator[Browser]:
    """Debian's Chromium with these flags; the test is skipped where it is missing."""
    with sync_playwright() as playwright, launched(playwright.chromium, flags) as browser:
        yield browser


@contextmanager
def launched(kind: BrowserType, flags: list[str]) -> Iterator[Browser]:
    """One more browser of a kind that is running already."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    browser = kind.launch(executable_path=found, args=[*FLAGS, *flags])
    yield browser
    browser.close()


@contextmanager
def watched(browser: Browser, server: str, *, width: int = 1440, height: int = 900) -> Iterator[Page]:
    """A page that, in the end, must have asked the server alone and complained of nothing."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, base_url=server, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda line: said.append(line.text) if _is_complaint(line.type, line.text) else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    yield page
    context.close()
    assert said == []
    assert {f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" for url in asked} <= {server}


def _is_complaint(kind: str, text: str) -> bool:
    return kind in {"error", "warning"} and not any(remark in text for remark in REMARKS)


def api(server: str, question: str) -> Any:
    """What the server answers to a question."""
    with urlopen(f"{server}/api/{question}") as answer:
        return json.load(answer)


def settled(page: Page) -> None:
    """Wait until every question that the page has asked is answered and drawn."""
    page.locator("html[data-asking='0']").wait_for(state="attached")


def words(page: Page) -> dict[str, str]:
    """The words of the page's address."""
    return {word: values[-1] for word, values in parse_qs(urlsplit(page.url).query).items()}


def sum_of_rows(page: Page) -> float:
    """What the last line of the rows says they sum to."""
    return float(page.locator("#rows .sum .total").inner_text().replace(",", ""))


def violations(page: Page) -> list[list[str]]:
    """What axe-core finds wrong with the page as it stands: rule and first element of each."""
    assert AXE.is_file(), "axe-core comes with `npm ci` in web/"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[list[str]] = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})"
        ".then(done => done.violations.map(each => [each.id, each.nodes[0].html]))",
        RULES,
    )
    return found


def assert_accessible(page: Page, address: str) -> None:
    """Nothing for axe-core to find in either theme, wide or narrow, and never a scroll sideways."""
    for width in (1440, 1024, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{address} at {width} px"
        for theme in ("light", "dark") if width in {1440, 390} else ():
            page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            assert violations(page) == [], f"{address} at {width} px, {theme}"
