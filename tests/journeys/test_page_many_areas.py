"""The page over very many areas, in a real browser: tiles, small maps, the wall, and no long task."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import shapely
from click.testing import CliRunner
from playwright.sync_api import Browser, Page, expect
from tests.config_workspace import SOUND
from tests.journeys.browsing import DRAWN, api, launched, settled, violations, watched, words
from tests.journeys.serving import served
from tests.vector_tiles import archive

from harmscape.places import mvt
from harmscape.places.pmtiles import tile_number
from harmscape.publish.cli.main import cli
from harmscape.workspace import open_workspace

pytestmark = pytest.mark.browser


def squares(folder: Path, across: int) -> Path:
    """A workspace of many square areas in a sea, loaded: some with events, most with none."""
    for name, text in SOUND.items():
        if not name.startswith("geographies/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text.replace("data: []", "data: [data]").replace("cell", "square"))
    (folder / "geographies").mkdir()
    (folder / "geographies" / "square.yml").write_text(
        "geography:\n  id: square\n  title: Square\n  editions:\n"
        "    - {id: '1', file: data/squares.geojson, code: code, name: name}\n"
    )
    (folder / "data").mkdir()
    side = 0.5 / across
    features = [
        {
            "type": "Feature",
            "properties": {"code": f"Q{number:05d}", "name": f"Square {number % across} {number // across}"},
            "geometry": json.loads(
                shapely.to_geojson(
                    shapely.box(*np.round([x * side, 55 + y * side, (x + 1) * side, 55 + (y + 1) * side], 6))
                )
            ),
        }
        for number, (y, x) in enumerate(np.ndindex(across, across))
    ]
    (folder / "data/squares.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features})
    )
    chance = np.random.default_rng(7)
    lines = ["number,code,day,east,north,Status"]
    for number in range(2000):
        east, north = 535_000 + chance.integers(0, 8_000), 590_000 + chance.integers(0, 8_000)
        lines.append(f"{number},1E3,2026-{1 + number % 12:02d}-05,{east},{north},Open")
    (folder / "data/crimes.csv").write_text("\n".join(lines) + "\n")
    workspace = open_workspace(folder)
    assert [each.message for each in workspace.load().files if each.message] == []
    workspace.close()
    return folder


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1,681 areas: more than are sent whole."""
    return squares(tmp_path_factory.mktemp("squares"), 41)


def shown(page: Page) -> None:
    page.locator(".under.shown").wait_for(timeout=60_000)
    settled(page)


def colour_at(page: Page, x: float, y: float) -> tuple[int, ...]:
    """The colour of one point of the screen, as the browser itself reads it."""
    import base64

    data = base64.b64encode(page.screenshot(clip={"x": x, "y": y, "width": 1, "height": 1})).decode()
    found: list[int] = page.evaluate(
        """async data => {
            const image = new Image();
            image.src = `data:image/png;base64,${data}`;
            await image.decode();
            const pen = document.createElement('canvas').getContext('2d');
            pen.drawImage(image, 0, 0);
            return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }""",
        data,
    )
    return tuple(found)


def zoom_of(url: str) -> int:
    """The zoom of a tile that was asked for; -1 for anything else."""
    return int(url.split("/")[-3]) if "/api/tiles/" in url else -1


def _use_very_many_areas(page: Page, across: int) -> None:
    """What a person does with a map and a list of very many areas; the middle one is picked on the map."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    shown(page)
    assert [url for url in asked if "/api/areas" in url and "most=1500" not in url] == []
    assert any("/api/tiles/square/" in url for url in asked)
    box = page.locator(".canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2 - 3, box["y"] + box["height"] / 2)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    # The land's middle, 0.25 east and 55.2509 north in Web Mercator, lies half across and just past half up.
    row, column = int(0.2509 / 0.5 * across), across // 2
    expect(page.locator(".mapc .readout")).to_contain_text(f"Square {column} {row}:", timeout=60_000)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    settled(page)
    assert words(page)["pick"] == f"Q{row * across + column:05d}"
    nearest = max(map(zoom_of, asked))
    with page.expect_request(lambda request: zoom_of(request.url) > nearest):
        page.get_by_role("button", name="Selected", exact=True).click()


def _walk_the_long_list(page: Page, server: str) -> None:
    """The whole list can be scrolled through, though only what is near the screen is drawn."""
    told = [area["area_id"] for area in api(server, "rank")["areas"] if area["tier"] == "not_told_apart"]
    page.goto("/?open=mid")
    settled(page)
    rows = page.locator("tr[data-area]")
    expect(rows.first).to_have_attribute("data-area", told[0])
    page.evaluate("document.querySelector('table.lst').scrollIntoView(false)")
    last = page.locator(f"tr[data-area='{told[-1]}']")
    expect(last).to_be_visible(timeout=60_000)
    expect(last).to_have_attribute("aria-rowindex", str(len(told)))
    assert rows.count() < 200


def test_very_many_areas_are_drawn_from_tiles_and_listed_where_they_are_seen(
    browser: Browser, many: Path
) -> None:
    with served(many) as server, launched(browser.browser_type, DRAWN) as able, watched(able, server) as page:
        _use_very_many_areas(page, 41)
        _walk_the_long_list(page, server)
        page.goto("/?wall=1")
        shown(page)
        assert page.locator("path").count() < 50
        expect(page.locator(".wall-map .tools")).to_be_hidden()
        assert violations(page) == []


def test_a_small_map_of_very_many_areas_asks_for_those_it_shows(
    browser: Browser, many: Path, tmp_path: Path
) -> None:
    middle = 20 * 41 + 20
    with served(shutil.copytree(many, tmp_path / "many")) as server:
        register_operation(tmp_path / "many", [f"Q{middle:05d}", f"Q{middle + 1:05d}"])
        with watched(browser, server) as page:
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            page.goto(f"/places/square/Q{middle:05d}")
            settled(page)
            # By hand: at 55 degrees north a square is 1.75 times as high as wide. Land a height and a quarter
            # on every side holds three columns and two rows more.
            expect(page.locator(".small-map .land path")).to_have_count(7 * 5)
            page.goto("/operations/OP-1")
            settled(page)
            # Two squares are wider than high: two and a half widths hold three columns and two rows more.
            expect(page.locator(".ring-map path[fill='var(--act)']")).to_have_count(2)
            expect(page.locator(".ring-map > g:first-of-type path")).to_have_count(8 * 5)
            assert violations(page) == []
            page.goto("/?wall=1&map=plain")
            settled(page)
            expect(page.locator(".wall-map")).to_contain_text("1,681 squares are too many for a plain map")
    assert [url for url in asked if "/api/areas" in url and "near=" not in url] == []


def register_operation(folder: Path, areas: list[str]) -> None:
    """Two months of work in some squares."""
    said = ["operation", "add", "OP-1", "-w", str(folder), "--title", "Harbour", "--by", "square"]
    said += ["--areas", ",".join(areas), "--phase", "hold:2026-05-01:2026-07-01", "--measure", "crime"]
    assert CliRunner().invoke(cli, said).exit_code == 0


@contextmanager
def tasks_of(browser: Browser, page: Page, path: Path, what: str) -> Iterator[None]:
    """No task of the page's main thread may take the processor 200 ms meanwhile; the longest are printed."""
    browser.start_tracing(page=page, path=path, categories=["toplevel"])
    yield
    browser.stop_tracing()
    events = json.loads(path.read_text())["traceEvents"]
    main = {(e["pid"], e["tid"]) for e in events if e.get("args", {}).get("name") == "CrRendererMain"}
    # The processor's time of a task, which another load of the machine does not lengthen as it does its wall.
    tasks = sorted(
        e.get("tdur", 0) / 1000
        for e in events
        if e["name"].endswith("RunTask") and (e["pid"], e["tid"]) in main
    )
    assert tasks
    nodes = page.evaluate("document.querySelectorAll('*').length")
    print(f"{what}: longest tasks {', '.join(f'{each:.0f}' for each in tasks[:-4:-1])} ms, {nodes:,} nodes")
    assert tasks[-1] < 200, what


@pytest.mark.soak
def test_thirty_five_thousand_areas_leave_the_page_quick(browser: Browser, tmp_path: Path) -> None:
    folder = squares(tmp_path / "squares", 187)
    middle = 93 * 187 + 93
    register_operation(folder, [f"Q{middle:05d}", f"Q{middle + 1:05d}"])
    with served(folder) as server, launched(browser.browser_type, DRAWN) as able:
        # The first reader of the day waits for the standing; the page is what is measured.
        api(server, "rank")
        with watched(able, server) as page:
            page.set_default_timeout(60_000)
            trace = tmp_path / "trace.json"
            with tasks_of(able, page, trace, "the overview, opened"):
                page.goto("/")
                shown(page)
            with tasks_of(able, page, trace, "the map, used"):
                _use_very_many_areas(page, 187)
            with tasks_of(able, page, trace, "the list, walked"):
                _walk_the_long_list(page, server)
            with tasks_of(able, page, trace, "the wall"):
                page.goto("/?wall=1")
                shown(page)
            for where in (f"/places/square/Q{middle:05d}", "/operations/OP-1"):
                with tasks_of(able, page, trace, where):
                    page.goto(where)
                    page.locator("h1").wait_for()
                    settled(page)


def test_a_local_file_lies_under_the_map_and_a_missing_one_is_said(browser: Browser, many: Path) -> None:
    tiles = {
        tile_number(z, x, y): mvt.layer("water", np.array([1]), np.array([shapely.box(0, 0, 4096, 4096)]))
        for z, x, y in ((0, 0, 0), (1, 0, 0), (1, 1, 0), (2, 1, 1), (2, 2, 1))
    }
    archive(many / "ground.pmtiles", tiles, kind=1, zooms=(0, 2))
    settings = many / "harmscape.yml"
    plain = settings.read_text()
    try:
        settings.write_text(plain.replace("  data:", "  basemap: ground.pmtiles\n  data:"))
        with (
            served(many) as server,
            launched(browser.browser_type, DRAWN) as able,
            watched(able, server) as page,
        ):
            page.goto("/")
            shown(page)
            box = page.locator(".canvas").bounding_box()
            assert box is not None
            sea = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--water')")
            told = tuple(int(sea.strip()[at : at + 2], 16) for at in (1, 3, 5))
            assert colour_at(page, box["x"] + box["width"] - 3, box["y"] + 30) == told
        settings.write_text(plain.replace("  data:", "  basemap: gone.pmtiles\n  data:"))
        with served(many) as server, watched(browser, server) as page:
            page.goto("/?map=plain")
            settled(page)
            expect(page.locator(".mapc .note")).to_contain_text(
                "No basemap. The basemap gone.pmtiles is not there"
            )
    finally:
        settings.write_text(plain)
