"""The page where data are thin: one area, five hundred equal, no population, few rows, none, held back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.config_workspace import SOUND, workspace
from tests.journeys.browsing import api, settled, violations, watched
from tests.journeys.serving import served

from harmscape.access import Reader
from harmscape.model.role import Grant, Role
from harmscape.workspace import open_workspace

pytestmark = pytest.mark.browser

ACROSS, DOWN = 25, 20
EAST, NORTH, SIDE = 420_000, 560_000, 1000
"""Five hundred squares of a kilometre, and one square around them all."""


def square(code: str, east: int, north: int, wide: int, high: int) -> dict[str, object]:
    ring = [
        [east, north],
        [east + wide, north],
        [east + wide, north + high],
        [east, north + high],
        [east, north],
    ]
    return {
        "type": "Feature",
        "properties": {"code": code, "name": f"Square {code}"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def geography(name: str, plural: str, features: list[dict[str, object]], folder: Path) -> str:
    """A geography of squares, with residents of all but the first."""
    crs = {"type": "name", "properties": {"name": "EPSG:27700"}}
    body = {"type": "FeatureCollection", "crs": crs, "features": features}
    (folder / f"{name}.geojson").write_text(json.dumps(body))
    codes = [str(each["properties"]["code"]) for each in features]  # type: ignore[index]
    people = "".join(f"{code},1000\n" for code in codes[1:] or codes)
    (folder / f"{name}.csv").write_text("code,people\n" + people)
    return f"""\
geography:
  id: {name}
  title: {name.title()}
  plural: {plural}
  editions:
    - id: "1"
      file: {name}.geojson
      code: code
      name: name
      crs: "EPSG:27700"
      denominators:
        - {{id: residents, title: Residents, file: {name}.csv, code: code, value: people, year: 2024,
           source: a test}}
"""


@pytest.fixture(scope="module")
def thin_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve assaults in each of five hundred squares, one wounding of status One and two of status Two."""
    folder = tmp_path_factory.mktemp("thin")
    cells = [
        square(f"Q{row * ACROSS + column:03d}", EAST + column * SIDE, NORTH + row * SIDE, SIDE, SIDE)
        for row in range(DOWN)
        for column in range(ACROSS)
    ]
    whole = [square("A1", EAST, NORTH, ACROSS * SIDE, DOWN * SIDE)]
    workspace(
        folder,
        harmscape_yml=SOUND["harmscape.yml"].replace("by: cell", "by: patch"),
        geographies__patch_yml=geography("patch", "Patches", cells, folder),
        geographies__town_yml=geography("town", "Towns", whole, folder),
    )
    (folder / "geographies" / "cell.yml").unlink()
    rows, number = ["number,day,code,east,north,Status"], 0
    for row in range(DOWN):
        for column in range(ACROSS):
            for month in range(1, 13):
                number += 1
                east, north = EAST + column * SIDE + 500, NORTH + row * SIDE + 500
                rows.append(f"{number},2024-{month:02d}-15,1E3,{east},{north},Open")
    for status, count in (("One", 1), ("Two", 2)):
        for _ in range(count):
            number += 1
            rows.append(f"{number},2024-12-20,5D,{EAST + 500},{NORTH + 500},{status}")
    (folder / "crimes-2024-12-31.csv").write_text("\n".join(rows) + "\n")
    opened = open_workspace(folder)
    opened.load([folder / "crimes-2024-12-31.csv"], as_of=date(2024, 12, 31))
    opened.close()
    return folder


@pytest.fixture(scope="module")
def thin_server(thin_folder: Path) -> Iterator[str]:
    with served(thin_folder) as address:
        yield address


@pytest.fixture
def thin(browser: Browser, thin_server: str) -> Iterator[Page]:
    with watched(browser, thin_server) as page:
        yield page


def opened(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("h1:not(.quiet)").wait_for()
    settled(page)


def test_five_hundred_equal_areas_are_one_class_and_claim_no_order(thin: Page, thin_server: str) -> None:
    opened(thin, "/?where=status=Open")
    told = api(thin_server, "rank?where=status=Open")
    assert {area["harm"] for area in told["areas"]} == {told["areas"][0]["harm"]}
    assert {area["tier"] for area in told["areas"]} == {"not_told_apart"}
    expect(thin.locator("h1 em")).to_have_text(told["sentence"]["sure"])
    expect(thin.locator(".legend svg title")).to_have_text(
        "One class: all areas have about the same Harm score (patches in class)"
    )
    assert thin.locator(".map .land path").count() == ACROSS * DOWN
    expect(thin.locator(".strip p")).to_contain_text("a line for every 3 of them")
    assert thin.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(thin) == []


def test_one_area_alone_has_its_page_and_no_rank_is_claimed(thin: Page, thin_server: str) -> None:
    opened(thin, "/?by=town")
    told = api(thin_server, "rank?by=town")
    expect(thin.locator("h1 em")).to_have_text(told["sentence"]["sure"])
    expect(thin.locator("table.lst tbody tr[data-area]")).to_have_count(1)
    expect(thin.locator(".map .land path")).to_have_count(1)
    assert violations(thin) == []


def test_an_area_without_population_is_left_open_not_shaded_as_none(thin: Page) -> None:
    opened(thin, "/?shade=rate")
    expect(thin.locator(".legend")).to_contain_text("no figure (1)")
    first = thin.locator(".map .land path[data-area=Q000]")
    assert first.get_attribute("fill") == "var(--outland)"
    opened(thin, "/?shade=figure:residents")
    assert first.get_attribute("fill") == "var(--outland)"
    expect(thin.locator(".legend")).to_contain_text("no figure (1)")


@pytest.mark.parametrize(("status", "rows"), [("One", "1 row"), ("Two", "2 rows")])
def test_one_row_and_two_are_told_in_their_own_number(thin: Page, status: str, rows: str) -> None:
    opened(thin, f"/?where=status={status}")
    expect(thin.locator("#rows h2")).to_contain_text(f"{rows} behind")
    expect(thin.locator(".map .land path[data-area=Q000]")).to_have_attribute("fill", "url(#few)")
    expect(thin.locator(".legend")).to_contain_text("fewer than 10 events (500)")


def test_no_row_says_why_and_how_to_go_on(thin: Page) -> None:
    opened(thin, "/?where=status=Nobody")
    expect(thin.locator("main")).to_contain_text("No rows: the selection holds no events here.")
    opened(thin, "/?layers=marks,density&where=status=Nobody")
    expect(thin.locator("main")).to_contain_text("No rows")


def test_a_window_before_the_data_is_told_as_missing_not_as_nought(thin: Page) -> None:
    opened(thin, "/?to=2020-06&window=6m")
    expect(thin.locator("main")).to_contain_text("nothing is known")


@pytest.fixture(scope="module")
def later_folder(thin_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same squares once March 2025 has come, and January and February have not."""
    folder = tmp_path_factory.mktemp("later") / "ws"
    shutil.copytree(thin_folder, folder)
    lines = ["number,day,code,east,north,Status"]
    for number in range(500):
        east, north = EAST + number % ACROSS * SIDE + 500, NORTH + number // ACROSS * SIDE + 500
        lines.append(f"{10_000 + number},2025-03-15,1E3,{east},{north},Open")
    (folder / "crimes-2025-03-31.csv").write_text("\n".join(lines) + "\n")
    opened = open_workspace(folder)
    opened.load([folder / "crimes-2025-03-31.csv"], as_of=date(2025, 3, 31))
    opened.close()
    return folder


def test_months_that_did_not_come_make_the_figures_partial(browser: Browser, later_folder: Path) -> None:
    with served(later_folder) as address, watched(browser, address) as page:
        opened(page, "/")
        told = [line for line in api(address, "rank")["warnings"] if "missing" in line]
        assert len(told) == 2
        for line in told:
            note = page.locator(".note", has_text=line).first
            expect(note).to_be_visible()
            # Plain, as what is partial is drawn: neither broken, nor old, nor held back.
            assert note.get_attribute("class") == "note "
        expect(page.locator("[aria-label^='Trend.'] rect[fill='url(#gap)']")).to_have_count(2)
        expect(page.locator("[aria-label^='Trend.'] + .readout")).to_contain_text("not counted as zero")
        assert violations(page) == []


def test_what_is_old_says_so_and_leads_to_the_newest(
    browser: Browser, thin_server: str, later_folder: Path
) -> None:
    first = api(thin_server, "workspace")["snapshot"]
    with served(later_folder) as address, watched(browser, address) as page:
        opened(page, f"/?snapshot={first}")
        stale = page.locator(".note.stale")
        expect(stale).to_contain_text("Not the newest figures.")
        expect(page.locator("h1 + .sub")).to_contain_text("to December 2024")
        assert violations(page) == []
        stale.get_by_role("link").click()
        expect(stale).to_have_count(0)
        expect(page.locator("h1 + .sub")).to_contain_text("to March 2025")
        # A window that runs past what has come is provisional.
        opened(page, "/?to=2025-05&window=6m")
        expect(page.locator(".note.stale").first).to_contain_text("Provisional: the data reach 2025-03-31")


def test_what_is_withheld_is_counted_and_has_no_mark(browser: Browser, thin_folder: Path) -> None:
    role = Role(
        id="desk",
        title="Desk",
        count=(Grant(sensitivity=4),),
        see=(),
        verbs=("read",),
        reason="a test",
    )
    with served(thin_folder, Reader("bo", role)) as address, watched(browser, address) as page:
        opened(page, "/?layers=marks")
        expect(page.locator("#rows")).to_contain_text("6,003 rows are withheld from your role")
        expect(page.locator(".over-key").first).to_contain_text("6,003 rows are withheld from your role")
        expect(page.locator(".map .marks circle")).to_have_count(0)
        assert violations(page) == []
