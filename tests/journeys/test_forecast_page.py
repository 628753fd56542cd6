"""The page of demand to come in a real browser: what the server answers, the back-test always in sight."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.browsing import api, assert_accessible, settled, words

pytestmark = pytest.mark.browser


def opened(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("h1:not(.quiet)").wait_for()
    settled(page)


def number(text: str) -> int:
    return int(text.replace(",", ""))


def test_the_page_shows_the_years_the_areas_and_the_back_test(page: Page, demo_server: str) -> None:
    told = api(demo_server, "forecast")
    opened(page, "/forecast")
    expect(page.locator("h1 em")).to_have_text(told["sentence"]["sure"])
    years = page.locator("table.years tbody tr")
    expect(years).to_have_count(1 + len(told["years"]))
    for row, year in zip(years.all()[1:], told["years"], strict=True):
        cells = row.locator("td").all_inner_texts()
        assert number(cells[0]) == year["events"]
        assert [number(each) for each in cells[2].split("–")] == [year["lo_95"], year["hi_95"]]
    page.get_by_role("button", name="Show all").click()
    areas = page.locator("table.ahead").last.locator("tbody tr")
    shown = [number(row.locator("td").nth(1).inner_text()) for row in areas.all()]
    # Every area and what fell in none add up to the first year, on the screen too.
    assert sum(shown) == told["years"][0]["events"]
    tests = page.locator("table.tested")
    expect(tests).to_have_count(len(told["back_tests"]))
    assert "last year's count" in tests.first.inner_text()
    # Nothing on the page folds the back-test away.
    assert page.locator(".tests button, .tests summary").count() == 0
    assert page.locator("[aria-controls='h-tested-twin']").count() == 0


def test_an_area_chosen_shows_its_own_months_and_a_month_its_rows(page: Page, demo_server: str) -> None:
    told = api(demo_server, "forecast")
    first = max(told["areas"], key=lambda each: each["next_year"])
    opened(page, "/forecast")
    page.locator("table.ahead").last.locator("a").first.click()
    expect(page.locator("h1")).to_contain_text(f"in {first['name']}")
    assert words(page)["pick"] == first["area_id"]
    settled(page)
    assert (
        number(page.locator("table.years tbody tr").nth(1).locator("td").first.inner_text())
        == (first["next_year"])
    )
    page.get_by_role("link", name="The rows of").click()
    settled(page)
    assert words(page)["window"] == "1m"
    assert f"/places/sector/{first['area_id']}" in page.url


@pytest.mark.parametrize("address", ["/forecast", "/forecast?measure=soc_primary"])
def test_the_page_passes_axe_and_never_scrolls_sideways(page: Page, address: str) -> None:
    opened(page, address)
    assert_accessible(page, address)
