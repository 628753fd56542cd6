"""What can be done with rows, in a real browser: searched, copied, taken away as a file, said to be wrong."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.journeys.browsing import api, settled, sum_of_rows, violations, watched

pytestmark = pytest.mark.browser

SEARCH = "Shoplifting"


def taken(page: Page, button: str | re.Pattern[str], form: str, folder: Path) -> str:
    """The text of a file taken away through a small menu."""
    page.get_by_role("button", name=button).click()
    with page.expect_download() as begun:
        page.get_by_role("link", name=form, exact=True).click()
    begun.value.save_as(folder / "taken")
    return (folder / "taken").read_text(encoding="utf-8-sig")


def table_of(text: str) -> list[dict[str, str]]:
    """The rows of a CSV file beneath its head."""
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@pytest.fixture
def searched(page: Page) -> Page:
    page.goto("/?window=3m")
    settled(page)
    page.get_by_role("searchbox", name="Search in these rows").fill(SEARCH)
    page.keyboard.press("Enter")
    settled(page)
    return page


def test_a_search_narrows_the_rows_and_the_file_holds_the_same(
    searched: Page, demo_server: str, tmp_path: Path
) -> None:
    rows = api(demo_server, f"rows?window=3m&search={SEARCH}")
    assert 25 < rows["total"]["events"] < api(demo_server, "rows?window=3m")["total"]["events"]
    expect(searched.locator("#h-rows")).to_contain_text(f"{rows['total']['events']:,} rows")
    assert sum_of_rows(searched) == rows["total"]["harm"]
    expect(searched.locator("#rows .sum")).to_contain_text("part of the mark above")

    table = table_of(taken(searched, re.compile("^Data of: .*rows"), "CSV", tmp_path))
    assert len(table) == rows["total"]["events"]
    assert {line["category_title"] for line in table} == {SEARCH}


def test_a_search_that_finds_nothing_leads_back(page: Page) -> None:
    page.goto("/?window=3m&search=no+such+words")
    settled(page)
    expect(page.locator("#rows")).to_contain_text("No row holds “no such words”")
    page.get_by_role("button", name="Without the search").click()
    settled(page)
    assert "search" not in page.url
    expect(page.locator("#rows tbody tr")).to_have_count(25)


def test_the_list_comes_as_a_file_and_the_rows_as_a_table_to_paste(
    browser: Browser, demo_server: str, tmp_path: Path
) -> None:
    with watched(browser, demo_server) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto("/?window=3m")
        settled(page)
        land = json.loads(taken(page, "Data of: Sectors", "GeoJSON", tmp_path))
        assert len(land["features"]) == len(api(demo_server, "rank?window=3m")["areas"])
        assert {each["geometry"]["type"] for each in land["features"]} <= {"Polygon", "MultiPolygon"}

        page.get_by_role("button", name="Copy this page").click()
        expect(page.locator(".row-tools [role=status]")).to_have_text("25 rows copied.")
        pasted = page.evaluate("navigator.clipboard.readText()").split("\n")
        heads = page.locator("#rows thead th:not(.no-print)").all_inner_texts()
        assert [each.rstrip(" ↓\n") for each in heads] == pasted[0].split("\t")
        assert len(pasted) == 26
        told = page.locator("#rows tbody tr").first.locator("th, td:not(.no-print)").all_inner_texts()
        assert pasted[1].split("\t") == told


def test_the_table_of_a_page_is_taken_away_from_its_strip(
    page: Page, demo_server: str, tmp_path: Path
) -> None:
    page.goto("/changed?window=12m")
    settled(page)
    table = table_of(taken(page, "Data of: Changed", "CSV", tmp_path))
    cells = api(demo_server, "changed?window=12m")["cells"]
    assert [(each["area_id"], each["events"]) for each in table] == [
        (each["area_id"], str(each["events"])) for each in cells
    ]


@pytest.fixture
def phone(browser: Browser, demo_server: str) -> Iterator[Page]:
    with watched(browser, demo_server, width=390, height=844) as page:
        yield page


def test_a_row_that_is_wrong_is_said_and_listed_under_data_health(phone: Page, demo_server: str) -> None:
    phone.goto("/places/sector/S12?window=3m")
    settled(phone)
    first = api(demo_server, "rows?window=3m&by=sector&areas=S12")
    at = [each["id"] for each in first["columns"]]
    row = dict(zip(at, first["rows"][0], strict=True))
    phone.get_by_role("button", name=f"This is wrong in {row['reference']}").click()
    dialog = phone.get_by_role("dialog")
    dialog.get_by_role("button", name="Write it down").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Say what is wrong")
    assert violations(phone) == []
    dialog.get_by_label("What is wrong, and what would be right").fill("Seen twice: the street is another")
    dialog.get_by_role("button", name="Write it down").click()
    expect(phone.locator("#rows")).to_contain_text(f"What is wrong with {row['reference']} is written down.")
    told = [each for each in api(demo_server, "corrections")["corrections"] if "Seen twice" in each["text"]]
    assert [(each["event_id"], each["line"]) for each in told] == [(row["event_id"], row["line"])]

    phone.goto("/health")
    settled(phone)
    listed = phone.get_by_role("region", name="said to be wrong")
    expect(listed).to_contain_text(f"{row['reference']}: Seen twice: the street is another")
    expect(listed).to_contain_text(f"line {row['line']}")
