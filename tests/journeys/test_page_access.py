"""The further pages for everybody: axe-core in both themes, reflow, what opens over a page, and paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.browsing import assert_accessible, settled, violations

pytestmark = pytest.mark.browser

GROUPS = "by=group&measure=ocg_crimes"


def opened(page: Page, address: str) -> None:
    """Go to an address and wait until its finding stands."""
    page.goto(address)
    page.locator("h1:not(.quiet)").wait_for()
    settled(page)


PAGES = [
    f"/standing?{GROUPS}",
    "/places/group/OCG-01?measure=ocg_crimes",
    "/themes/organised%20crime",
    "/funnel",
    "/funnel?show=places",
    "/changed",
    "/funnel?show=quarters",
    "/compare?window=3m",
    "/tasks",
    "/configuration",
    "/parts",
    "/concentration?by=beat",
    "/themes",
    "/?measure=no_such_measure",
]


@pytest.mark.parametrize("address", PAGES)
def test_every_further_page_passes_axe_and_never_scrolls_sideways(page: Page, address: str) -> None:
    opened(page, address)
    assert_accessible(page, address)
    charts = page.locator("svg[role=img]")
    assert charts.evaluate_all("all => all.filter(each => !each.querySelector('title')).length") == 0


def test_what_opens_over_a_page_passes_axe_and_stays_on_it(page: Page) -> None:
    opened(page, "/health")
    page.get_by_text("More: Data health").click()
    expect(page.get_by_role("link", name="Concentration")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
    opened(page, "/")
    page.set_viewport_size({"width": 390, "height": 900})
    page.get_by_role("button", name="Bookmarks").click()
    expect(page.get_by_label("Keep this view as")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page) == []


def test_on_paper_nothing_is_wider_than_the_sheet(page: Page) -> None:
    # What is wider makes the browser shrink every letter of the paper: 186 mm of A4 are 703 px.
    for address in ("/", "/changed", "/health", "/compare?window=3m", "/places/sector/S12"):
        opened(page, address)
        page.set_viewport_size({"width": 703, "height": 1000})
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        assert page.evaluate("document.documentElement.scrollWidth") <= 703, address
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 1440, "height": 900})
