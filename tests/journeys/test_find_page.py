"""A newcomer types a name: whatever bears it is found from the overview, and leads to its own page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Locator, Page, expect
from tests.journeys.browsing import api, settled, violations, watched

from harmscape.publish.api import make_app
from harmscape.workspace import Workspace


@pytest.fixture
def client(demo: Workspace) -> Iterator[TestClient]:
    with TestClient(make_app(demo)) as made:
        yield made


def beat_and_group(server: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A beat and a group of the demo, neither of which the overview ranks."""
    beat = api(server, "rank?by=beat")["areas"][0]
    group = api(server, "rank?by=group")["areas"][0]
    return beat, group


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search")


def hits(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Found").get_by_role("option")


def test_what_is_found_over_http_is_the_answer_of_python(client: TestClient, demo: Workspace) -> None:
    book = demo.snapshot().context.books["beat"]
    body = client.get("/api/find", params={"search": book.names[0].upper()}).json()
    first = body["found"][0]
    assert (first["kind"], first["of"], first["id"], first["match"]) == (
        "area",
        "beat",
        book.codes[0],
        "name",
    )
    assert first["within"] in demo.snapshot().context.books["sector"].names
    python = demo.ask("find", {}, search=book.names[0].upper()).to_dict()
    assert {**body, "receipt": None} == {**python, "receipt": None}
    asked = demo.ask("find", {}, search="all")
    assert asked.receipt is not None
    assert demo.reproduce(asked.receipt).to_dict() == asked.to_dict()


@pytest.mark.parametrize(
    ("query", "cause"),
    [
        ("", "a search by name takes 2 to 100 characters, and this has 0"),
        ("?search=%20x%20", "a search by name takes 2 to 100 characters, and this has 1"),
        (f"?search={'x' * 101}", "a search by name takes 2 to 100 characters, and this has 101"),
        ("?name=lime", "no such word in a question to find: 'name'"),
    ],
)
def test_a_bad_search_is_answered_in_one_plain_sentence(client: TestClient, query: str, cause: str) -> None:
    answer = client.get(f"/api/find{query}")
    assert (answer.status_code, answer.json()["error"].split(";")[0]) == (422, cause)


def test_the_document_names_the_search(client: TestClient) -> None:
    told = client.get("/openapi.json").json()["paths"]["/api/find"]["get"]
    assert told["summary"].startswith("What is of that name?")
    search = next(each for each in told["parameters"] if each["name"] == "search")
    assert search["schema"]["maxLength"] == 100


@pytest.mark.browser
def test_a_beat_and_a_group_are_found_from_the_overview_by_the_keyboard(page: Page, demo_server: str) -> None:
    beat, group = beat_and_group(demo_server)
    page.goto("/")
    settled(page)
    page.keyboard.press("/")
    expect(field(page)).to_be_focused()
    page.keyboard.type(beat["name"].lower())
    first = hits(page).first
    expect(first).to_contain_text(beat["name"])
    expect(first).to_contain_text("Beat in ")
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    expect(field(page)).to_have_attribute("aria-activedescendant", str(first.get_attribute("id")))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/places/beat/{beat['area_id']}*")
    expect(page.locator("h1")).to_contain_text(beat["name"])

    # Enter before the answer has come waits for it. A name is "OCG 8/Lodestar": its own word is enough.
    page.keyboard.press("/")
    page.keyboard.type(group["name"].split("/")[-1])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/places/group/{group['area_id']}*")
    expect(page.locator("h1")).to_contain_text(group["name"])
    settled(page)


@pytest.mark.browser
def test_pages_are_found_too_and_what_was_searched_is_said(page: Page) -> None:
    page.goto("/configuration")
    settled(page)
    field(page).fill("data hea")
    expect(hits(page)).to_have_text([re.compile(r"^\s*Data health\s+Page\s*$")])
    field(page).fill("nothing so called")
    said = page.locator(".hits p")
    expect(said).to_contain_text("No area, group, theme, measure, type or operation of that name.")
    expect(hits(page)).to_have_count(0)
    field(page).fill("n")
    expect(said).to_be_hidden()
    field(page).fill("an")
    expect(said).to_contain_text("the nearest 12 shown")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(hits(page)).to_have_count(0)


@pytest.mark.browser
def test_the_hits_stand_within_the_screen_of_a_phone(browser: Browser, demo_server: str) -> None:
    with watched(browser, demo_server, width=390, height=800) as page:
        page.goto("/configuration")
        settled(page)
        for width in (390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            field(page).fill("ha")
            hits(page).first.wait_for()
            box = page.locator(".hits").bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            field(page).fill("")
