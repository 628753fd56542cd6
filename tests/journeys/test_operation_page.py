"""The pages of operations in a real browser: journey C3 walked, beside what the server answers."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader
from tests.cli import run
from tests.journeys.browsing import api, settled, violations, watched
from tests.journeys.serving import served

from harmscape.publish.export.impact_page import impact_page, write_impact_page
from harmscape.views.impact_result import Impact
from harmscape.workspace import Workspace, open_workspace
from harmscape.workspace.begin import register_demo
from harmscape.workspace.tasks import add_task, read_tasks

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def force(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The demo force with its operations registered, which is this module's alone."""
    folder = tmp_path_factory.mktemp("operations") / "force"
    shutil.copytree(demo_folder, folder, ignore=shutil.ignore_patterns("state.sqlite*"))
    workspace = open_workspace(folder)
    register_demo(workspace)
    yield workspace
    workspace.close()


@pytest.fixture(scope="module")
def operations_server(force: Workspace) -> Iterator[str]:
    """A server over the demo force."""
    with served(force.folder) as address:
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


def printed(browser: Browser, page_file: Path) -> tuple[int, str]:
    """A page as Chromium prints it on A4: how many sheets, and the words on them."""
    page = browser.new_page()
    page.goto(page_file.as_uri())
    sheets = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True, print_background=True))).pages
    page.close()
    assert [round(float(side) / 72 * 25.4) for side in sheets[0].mediabox[2:]] == [210, 297]
    return len(sheets), " ".join(" ".join(sheet.extract_text() for sheet in sheets).split())


def test_the_report_is_one_sheet_with_the_sentence_and_the_marking(
    browser: Browser, force: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    assert run("impact", "OP-01", "--report", path, "-w", force.folder).status == 0
    with closing(sqlite3.connect(force.folder / "audit.sqlite")) as trail:
        (body,) = trail.execute("select body from audit order by seq desc limit 1").fetchone()
    assert '"disclosure"' in body
    assert '"export impact"' in body
    told = force.ask("impact", {}, operation="OP-01")
    assert isinstance(told, Impact)
    sheets, words = printed(browser, path)
    assert sheets == 1
    assert f"{told.sentence.sure} {told.sentence.rest}" in words
    assert told.displacement in words
    assert told.harm in words
    # At the head and at the foot.
    assert words.count("OFFICIAL-SENSITIVE") == 2
    assert "18 Aug 2025 09:00 not seen" in words
    assert sum(each.name in words for each in told.controls if each.chosen) == 5
    assert told.receipt is not None
    for part in (told.receipt.snapshot, told.receipt.result, "As known at the newest data", "css_mixed"):
        assert part in words


def test_a_crowded_report_is_one_sheet_still_and_says_what_does_not_fit(
    browser: Browser, force: Workspace, tmp_path: Path
) -> None:
    told = force.ask("impact", {}, operation="OP-01", method="wdd,did,its,synthetic")
    assert isinstance(told, Impact)
    long = "Violence against the person with injury in the presence of children <and> others"
    ring = replace(told.rings[0], change=replace(told.rings[0].change, title="Within 250 to 500 metres"))
    stamp = dict(told.operation["measures"][0], title=long)
    crowded = replace(
        told,
        operation={
            **told.operation,
            "measures": [stamp] * 12,
            "partners": ["Carrow Council"] * 12,
            "cost": 2e6,
        },
        measure={**told.measure, "title": long},
        rings=(ring,) * 3,
        others=tuple(replace(told.others[0], name=f"the {n}th other choice, {long}"[:60]) for n in range(30)),
        controls=tuple(
            replace(told.controls[0], name=f"Northern Docklands {n}", chosen=True) for n in range(30)
        ),
        warnings=(f"Not like with like: {long}, since April 2025 there are new counting rules.",) * 9,
    )
    path = tmp_path / "crowded.html"
    head = {"Marking": "OFFICIAL-SENSITIVE", "Selection": "; ".join(["where offence=Robbery"] * 12)}
    write_impact_page(crowded, head, path)
    sheets, words = printed(browser, path)
    assert sheets == 1
    assert "21 of 30 choices stand on its page alone" in words
    assert "children <and> others, events a month" in words
    assert words.endswith("OFFICIAL-SENSITIVE Page 1 of 1")


def test_a_report_where_nothing_can_be_told_is_still_a_page(force: Workspace, tmp_path: Path) -> None:
    told = force.ask("impact", {}, operation="OP-01")
    assert isinstance(told, Impact)
    gaps = tuple(replace(each, events=None, expected=None, lo=None, hi=None) for each in told.months)
    nan = float("nan")
    lost = tuple(replace(each, estimate=nan, lo=nan, hi=nan) for each in told.methods)
    bare = replace(
        told, months=gaps, methods=lost, rings=(), controls=(), others=(), together=None, anyway=None
    )
    page = impact_page(bare, {})
    assert "nothing can be told" in page
    assert "there is no control" in page
    assert "nan" not in page.casefold().replace("lang", "")


def test_the_page_of_an_operation_opens_its_report_with_its_style_and_no_more(page: Page) -> None:
    opened(page, "/operations/OP-01")
    page.locator("dl.verd").wait_for()
    with page.expect_popup() as popup:
        page.get_by_role("link", name="One-page report").click()
    report = popup.value
    report.wait_for_load_state()
    expect(report.locator("h1")).to_have_text(page.locator("h1").inner_text())
    assert report.evaluate("getComputedStyle(document.querySelector('table')).borderCollapse") == "collapse"
    assert violations(report) == []


def test_only_an_impact_has_a_page_of_its_own(operations_server: str) -> None:
    for address in ("rank.html", "rows.html"):
        with pytest.raises(HTTPError) as refused:
            urlopen(f"{operations_server}/api/export/{address}")
        assert refused.value.code == 422
        assert "only the impact of an operation" in refused.value.read().decode()
        refused.value.close()


def test_an_area_drawn_on_the_map_becomes_a_task_that_leads_back_to_it(
    page: Page, operations_server: str
) -> None:
    land = api(operations_server, "areas?by=sector")["features"]
    lons, lats = zip(*(corner for each in land for corner in _corners(each["geometry"])), strict=True)
    middle = (sum(lons) / len(lons), sum(lats) / len(lats))
    around = ";".join(
        f"{middle[0] + x:.4f},{middle[1] + y:.4f}"
        for x, y in ((-0.2, -0.2), (0.2, -0.2), (0.2, 0.2), (-0.2, 0.2))
    )
    opened(page, f"/?within={around}")
    page.get_by_role("link", name="Agree a task within the drawn area").click()
    settled(page)
    form = page.get_by_role("form", name="Agree a task")
    expect(form.locator("#task-place")).to_have_value(re.compile(r"^-?\d.*\n.*\n.*\n.*$", re.DOTALL))
    power = api(operations_server, f"power?within={around}&measure=all_crime")
    expect(form.locator(".power")).to_have_text(power["sentence"])
    form.get_by_label("Owner").fill("Sgt Amin")
    form.get_by_label("Partner, if any").fill("Carrow Council")
    form.get_by_label("Aim").fill("Fewer break-ins by the river")
    form.get_by_label("Day of the review").fill("2030-01-31")
    form.get_by_role("button", name="Agree the task").click()
    card = page.locator("[data-task]").filter(has_text="Fewer break-ins by the river")
    expect(card).to_contain_text("Sgt Amin, with Carrow Council")
    expect(card).to_contain_text("Too early to tell")
    card.get_by_role("link", name="a drawn area").click()
    settled(page)
    assert "within=" in page.url
    expect(page.get_by_role("region", name="Selection")).to_contain_text("4 corners")


def test_tasks_say_what_came_of_them_in_the_words_of_their_tests(page: Page, force: Workspace) -> None:
    # Agreed four months before the data end: long enough to be tested; and last week: too early.
    given = {"owner": "Insp. Dunne", "areas": ["S12"], "review": "2026-12-01", "measure": "all_crime"}
    add_task(force, {**given, "aim": "Fewer thefts"}, at=datetime(2026, 7, 1, 9, tzinfo=UTC))
    add_task(force, {**given, "aim": "Fewer fires"}, at=datetime.now(UTC) - timedelta(days=5))
    opened(page, "/tasks")
    told = {each.aim: each.figures for each in read_tasks(force)}
    tested = told["Fewer thefts"]
    assert tested is not None
    assert tested.test is not None
    expect(page.locator("[data-task]").filter(has_text="Fewer thefts")).to_contain_text(tested.test.sentence)
    # Last week's task stands first, and what is too early is said in the sentence.
    expect(page.locator("[data-task]").filter(has_text="Fewer fires").first).to_contain_text("No day of data")
    expect(page.locator("h1")).to_contain_text("it is too early to tell")
    heads = page.locator("main h2").all_inner_texts()
    assert "agreed in the last seven days" in heads[0]


def _corners(geometry: dict[str, Any]) -> list[list[float]]:
    rings = geometry["coordinates"] if geometry["type"] == "Polygon" else geometry["coordinates"][0]
    return [list(corner) for corner in rings[0]]
