"""The pages of operations in a real browser: journey C3 walked, beside what the server answers."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.journeys.browsing import api, settled, violations, watched
from tests.journeys.serving import served

from harmscape.workspace import open_workspace
from harmscape.workspace.begin import register_demo

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def operations_server(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over the demo force with its operations registered, which is this module's alone."""
    folder = tmp_path_factory.mktemp("operations") / "force"
    shutil.copytree(demo_folder, folder, ignore=shutil.ignore_patterns("state.sqlite*"))
    workspace = open_workspace(folder)
    register_demo(workspace)
    workspace.close()
    with served(folder) as address:
        yield address


@pytest.fixture
def page(browser: Browser, operations_server: str) -> Iterator[Page]:
    with watched(browser, operations_server) as page:
        yield page


def opened(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("h1:not(.quiet)").wait_for()
    settled(page)


def test_the_register_leads_to_an_operation_that_tells_its_answer(page: Page, operations_server: str) -> None:
    opened(page, "/operations")
    expect(page.locator("h1")).to_contain_text("Three operations are running.")
    page.get_by_role("link", name="Operation Lantern Tide").click()
    page.locator("dl.verd").wait_for()
    settled(page)
    told = api(operations_server, "impact?operation=OP-01")
    expect(page.locator("h1")).to_have_text(f"{told['sentence']['sure']} {told['sentence']['rest']}")
    expect(page.locator(".finding .sub")).to_contain_text(told["displacement"])
    # The picture, as a table: every month told of, the events as answered.
    page.locator('[aria-controls="h-picture-twin"]').click()
    rows = page.locator("#h-picture-twin tbody tr")
    expect(rows).to_have_count(len(told["months"]))
    expect(rows.first.locator("td").nth(1)).to_have_text(str(told["months"][-1]["events"]))
    # What was chosen before bears its stamp and no mark.
    chosen = page.locator("ul.pre li")
    expect(chosen).to_have_count(1)
    expect(chosen).to_contain_text("18 Aug 2025 09:00")


def test_an_act_is_logged_and_a_measure_added_after_says_so(page: Page) -> None:
    opened(page, "/operations/OP-02")
    form = page.get_by_role("form", name="Log an act")
    form.get_by_label("Day", exact=True).fill("2025-11-04")
    form.get_by_label("Kind of act").fill("Warrant")
    form.get_by_label("What was done").fill("Three doors in Thralegate")
    form.get_by_role("button", name="Log it").click()
    expect(page.locator("section", has=page.locator("#h-log")).locator("tbody tr")).to_have_count(1)
    adding = page.get_by_role("form", name="Add a measure")
    adding.get_by_label("One measure more, stamped now").select_option(label="Robbery")
    adding.get_by_role("button", name="Add it").click()
    late = page.locator("ul.pre li.late")
    expect(late).to_contain_text("Robbery")
    expect(late).to_contain_text(re.compile("added after"))
    options = adding.locator("option").all_inner_texts()
    assert "Drug offences" not in options


def test_an_operation_is_written_down_and_what_is_missing_is_said_first(
    page: Page, operations_server: str
) -> None:
    opened(page, "/operations")
    form = page.get_by_role("form", name="Write an operation down")
    form.get_by_role("button", name="Write it down").click()
    fault = form.get_by_role("alert")
    expect(fault).to_be_focused()
    expect(fault.locator("li")).to_have_count(4)
    form.get_by_label("Short id, e.g. OP-04").fill("OP-77")
    form.get_by_label("Name", exact=True).fill("Operation Sandpiper")
    form.get_by_label("Name or code of sector").fill("S12")
    form.get_by_role("button", name="Add it", exact=True).click()
    form.get_by_label("Clear from").fill("2026-03-01")
    form.get_by_label("Hold from").fill("2026-05-01")
    form.get_by_label("Robbery").check()
    form.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("link", name="Operation Sandpiper")).to_be_visible()
    (made,) = [each for each in api(operations_server, "operations")["operations"] if each["id"] == "OP-77"]
    assert [(each["phase"], each["starts"], each["ends"]) for each in made["phases"]] == [
        ("clear", "2026-03-01", "2026-05-01"),
        ("hold", "2026-05-01", None),
    ]


def test_the_task_form_tells_what_fall_could_be_seen(page: Page, operations_server: str) -> None:
    opened(page, "/tasks?areas=S12&measure=violence")
    told = api(operations_server, "power?by=sector&areas=S12&measure=violence")["sentence"]
    expect(page.locator(".task-form .power")).to_have_text(told)


@pytest.mark.parametrize("address", ["/operations", "/operations/OP-01"])
def test_pages_of_operations_pass_axe_and_never_scroll_sideways(page: Page, address: str) -> None:
    for width in (1440, 320):
        page.set_viewport_size({"width": width, "height": 900})
        opened(page, address)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Dark").click()
    assert violations(page) == []
