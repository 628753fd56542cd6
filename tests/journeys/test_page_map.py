"""What lies over the map, in a real browser: events, density, tasks, a drawn area, pictures of all of it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.journeys.browsing import (
    DRAWN,
    api,
    launched,
    settled,
    sum_of_rows,
    violations,
    watched,
    words,
)

pytestmark = pytest.mark.browser

SVG = "{http://www.w3.org/2000/svg}"


def opened(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".map svg[role=img]").first.wait_for()
    settled(page)


def around(server: str, width: float = 0.02) -> str:
    """A square of corners around the mark with most harm."""
    mark = api(server, "marks?by=sector")["marks"][0]
    west, east = round(mark["lon"] - width, 5), round(mark["lon"] + width, 5)
    south, north = round(mark["lat"] - width / 2, 5), round(mark["lat"] + width / 2, 5)
    return f"{west},{south};{east},{south};{east},{north};{west},{north}"


def test_events_are_marks_that_lead_to_rows_which_sum_to_them(page: Page, demo_server: str) -> None:
    within = around(demo_server, 0.004)
    opened(page, f"/?layers=marks&within={within}")
    told = api(demo_server, f"marks?by=sector&within={within}")
    expect(page.locator(".map .marks circle")).to_have_count(len(told["marks"]))
    page.get_by_role("button", name="Marks as table").click()
    lines = page.locator("#h-map-marks tbody tr")
    first = next(each for each in told["marks"] if each["point"])
    at = told["marks"].index(first)
    lines.nth(at).get_by_role("button", name=re.compile("^Rows")).click()
    settled(page)
    assert words(page)["point"] == first["point"]
    assert sum_of_rows(page) == first["harm"]
    page.get_by_role("button", name=re.compile("^Point.*Remove")).click()
    settled(page)
    assert "point" not in words(page)
    assert violations(page) == []


def test_a_click_on_a_mark_opens_its_rows_and_a_crowd_narrows_to_it(page: Page, demo_server: str) -> None:
    opened(page, "/?layers=marks")
    told = api(demo_server, "marks?by=sector")
    assert told["clustered"]
    expect(page.locator(".over-key > p").first).to_contain_text(f"{told['events']:,} events in")
    page.locator(".map .marks circle.cluster").last.dispatch_event("click")
    settled(page)
    corners = words(page)["within"]
    inside = api(demo_server, f"rank?by=sector&within={corners}")
    assert inside["total"]["events"] >= 2
    expect(page.locator(".finding h1 em, h1 em").first).to_have_text(inside["sentence"]["sure"])


def test_a_theme_is_taken_off_and_comes_back(page: Page, demo_server: str) -> None:
    opened(page, "/?layers=marks")
    themes = page.get_by_role("group", name="Themes shown").get_by_role("button")
    marks = page.locator(".map .marks circle")
    whole = marks.count()
    first = themes.first
    first.click()
    expect(first).to_have_attribute("aria-pressed", "false")
    colours = set(marks.evaluate_all("all => all.map(each => each.getAttribute('fill'))"))
    assert "var(--m1)" not in colours
    first.click()
    expect(marks).to_have_count(whole)


def test_density_is_told_by_cells_and_one_of_them_narrows_every_view(page: Page, demo_server: str) -> None:
    opened(page, "/?layers=density&cells=square-2000")
    told = api(demo_server, "density?by=sector&cells=square-2000")
    expect(page.locator(".map .cells path")).to_have_count(len(told["cells"]))
    # One ramp at a time: the land is plain beneath the cells.
    assert page.locator(".map .land path").first.get_attribute("fill") == "var(--outland)"
    page.locator(".map .cells path").first.dispatch_event("click")
    settled(page)
    ring = ";".join(f"{lon},{lat}" for lon, lat in told["cells"][0]["ring"])
    assert words(page)["within"] == ring
    assert sum_of_rows(page) == api(demo_server, f"rank?within={ring}")["total"]["harm"]


def test_an_area_is_drawn_by_pointing_and_narrows_every_view(page: Page, demo_server: str) -> None:
    opened(page, "/")
    page.get_by_role("button", name="Draw an area").click()
    page.locator(".map svg[role=img]").first.scroll_into_view_if_needed()
    box = page.locator(".map svg[role=img]").first.bounding_box()
    assert box is not None
    for across, down in ((0.4, 0.4), (0.7, 0.4), (0.7, 0.65), (0.4, 0.65)):
        page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
    typed = page.get_by_label("Corners, one a line")
    expect(typed).to_have_value(re.compile(r"^(-?\d+\.\d+, -?\d+\.\d+\n?){4}$"))
    page.get_by_role("button", name="Use it").click()
    settled(page)
    within = words(page)["within"]
    told = api(demo_server, f"rank?within={within}")
    expect(page.locator("h1 em").first).to_have_text(told["sentence"]["sure"])
    assert sum_of_rows(page) == told["total"]["harm"]
    assert 0 < told["total"]["events"] < api(demo_server, "rank")["total"]["events"]
    expect(page.locator(".flt")).to_contain_text("Within the drawn area")
    page.get_by_role("button", name=re.compile("^Drawn area.*Remove")).click()
    settled(page)
    assert "within" not in words(page)


def test_corners_can_be_typed_and_areas_chosen_instead(page: Page, demo_server: str) -> None:
    opened(page, "/")
    page.get_by_role("button", name="Draw an area").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_role("alert")).to_contain_text("three corners or more")
    within = around(demo_server)
    page.get_by_label("Corners, one a line").fill(within.replace(";", "\n").replace(",", ", "))
    page.get_by_role("button", name="Use it").click()
    settled(page)
    assert words(page)["within"] == within
    page.get_by_role("button", name="Change the drawn area").click()
    settled(page)
    assert violations(page) == []
    first = page.locator("form.draw .lb button").first
    first.click()
    settled(page)
    assert words(page)["where"].startswith("sector=")
    page.get_by_role("button", name="Leave it").click()
    page.get_by_role("button", name="Drop it").click()
    settled(page)
    assert "within" not in words(page)


def test_the_land_is_shaded_by_a_figure_with_its_source(page: Page, demo_server: str) -> None:
    opened(page, "/")
    told = api(demo_server, "figures?by=sector&figure=residents")["figures"][0]
    page.locator(".map-head select").select_option("figure:residents")
    settled(page)
    expect(page.locator(".map-foot .legend p")).to_contain_text(f"Residents, {told['year']}")
    expect(page.locator(".map-foot")).to_contain_text(told["source"])
    fills = page.locator(".map .land path").evaluate_all("all => all.map(each => each.getAttribute('fill'))")
    assert len(set(fills)) > 2
    assert "url(#few)" not in fills


def test_a_groups_events_and_homes_are_on_its_map(page: Page, demo_server: str) -> None:
    group = api(demo_server, "rank?by=group&measure=ocg_crimes")["areas"][0]["area_id"]
    question = f"by=group&measure=ocg_crimes&areas={group}&homes=yes"
    told = api(demo_server, f"marks?{question}")
    opened(page, f"/places/group/{group}?measure=ocg_crimes")
    part = page.locator("section.p").filter(has=page.locator("#h-group-map"))
    expect(part.locator(".marks circle")).to_have_count(len(told["marks"]))
    expect(part.locator(".homes path")).to_have_count(len(told["homes"]))
    part.get_by_role("button", name=re.compile("^As table")).click()
    one = next(each for each in told["marks"] if each["point"])
    part.get_by_role("button", name=re.compile(f"^Rows at {one['lat']:.4f}, {one['lon']:.4f}")).first.click()
    settled(page)
    assert sum_of_rows(page) == one["harm"]
    assert violations(page) == []


@pytest.mark.parametrize("form", ["svg", "png"])
def test_a_chart_and_the_map_are_saved_with_title_and_source(page: Page, form: str, tmp_path: Path) -> None:
    opened(page, "/?layers=marks,density")
    for name in ("sectors? hold|stands clear", "^Picture of: Highest|^Picture of: .*lowest"):
        button = page.get_by_role("button", name=re.compile(name)).filter(has_text="Picture").first
        button.click()
        with page.expect_download() as saved:
            page.get_by_role("button", name=form.upper(), exact=True).click()
        path = tmp_path / saved.value.suggested_filename
        saved.value.save_as(path)
        assert path.suffix == f".{form}"
        if form == "png":
            assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
            assert _has_ink(page, path)
        else:
            _check_svg(path, page)


def _check_svg(path: Path, page: Page) -> None:
    """One file that needs nothing else, and says what it shows."""
    text = path.read_text(encoding="utf-8")
    tree = ElementTree.fromstring(text)
    title = tree.find(f"{SVG}title")
    assert title is not None
    assert title.text
    letters = "".join(tree.itertext())
    marking = page.locator(".marking, .mark").first.inner_text()
    assert marking in letters
    for said in ("weights ", "rows", "data to", "known now"):
        assert said in letters, said
    assert "var(--" not in text
    assert not re.findall(r'(?:href|src)="(?!data:|#)', text)
    assert len(list(tree.iter(f"{SVG}path"))) > 1
    named = set(re.findall(r"url\(&quot;#([\w-]+)&quot;\)|url\(#([\w-]+)\)", text))
    ids = {each.get("id") for each in tree.iter()}
    assert {one or other for one, other in named} <= ids


def _has_ink(page: Page, path: Path) -> bool:
    """Whether a picture holds more than one colour, as the browser itself reads it."""
    import base64

    data = base64.b64encode(path.read_bytes()).decode()
    found: Any = page.evaluate(
        """async data => {
            const image = new Image();
            image.src = `data:image/png;base64,${data}`;
            await image.decode();
            const canvas = document.createElement('canvas');
            [canvas.width, canvas.height] = [image.width, image.height];
            const pen = canvas.getContext('2d');
            pen.drawImage(image, 0, 0);
            const dots = new Uint32Array(pen.getImageData(0, 0, image.width, image.height).data.buffer);
            return new Set(dots).size;
        }""",
        data,
    )
    return bool(found > 20)


def test_the_map_to_zoom_into_carries_the_layers_and_comes_nearer(browser: Browser, demo_server: str) -> None:
    with launched(browser.browser_type, DRAWN) as able, watched(able, demo_server) as page:
        page.goto("/?map=zoom&layers=marks")
        page.locator(".under.shown").wait_for(timeout=30_000)
        settled(page)
        before = page.locator(".map .marks circle").count()
        assert before == len(api(demo_server, "marks?by=sector")["marks"])
        page.locator(".map .marks circle.cluster").first.dispatch_event("click")
        expect(page.locator(".over-key > p").first).to_contain_text("lie outside the frame", timeout=20_000)
        settled(page)
        assert "within" not in words(page)
        page.get_by_role("button", name=re.compile("^Picture of: .*sector")).last.click()
        with page.expect_download() as saved:
            page.get_by_role("button", name="SVG", exact=True).click()
        assert 'href="data:image/png;base64,' in Path(saved.value.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize("where", ["/?layers=marks", "/?layers=density,tasks,operations"])
def test_layers_pass_axe_in_both_themes_and_never_scroll_sideways(page: Page, where: str) -> None:
    for width, theme in ((1440, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        opened(page, where)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_services_stand_on_the_map_by_kind_and_lead_to_their_area(page: Page, demo_server: str) -> None:
    opened(page, "/?layers=services")
    told = api(demo_server, "services?by=sector")
    shown = page.locator(".map .services g")
    expect(shown).to_have_count(len(told["services"]))
    hidden = sum(kind["pointless"] for kind in told["kinds"])
    assert hidden == 3, "the three refuges of the demo show no place"
    expect(page.locator(".over-key > p").first).to_contain_text("3 services stand there without a place")
    # Which of the clearly high sectors have none, counted here by hand.
    high = {area["area_id"] for area in api(demo_server, "rank")["areas"] if area["tier"] == "clearly_high"}
    lacking = high - {service["area"] for service in told["services"]}
    words_of = {0: "Each of the", 1: "One of the", 2: "Two of the", 3: "Three of the"}
    expect(page.locator(".over-key > p").first).to_contain_text(words_of[len(lacking)])
    first = page.get_by_role("group", name="Kinds of services shown").get_by_role("button").first
    first.click()
    expect(shown).to_have_count(len(told["services"]) - told["kinds"][0]["count"])
    assert words(page)["off"] == f"service.{told['kinds'][0]['id']}"
    first.click()
    one = told["services"][0]
    mark = shown.filter(has_text=one["name"]).first
    mark.dispatch_event("click")
    settled(page)
    assert words(page)["pick"] == one["area"]
    page.get_by_role("button", name="Services as table").click()
    expect(page.locator("#h-map-services tbody tr")).to_have_count(len(told["services"]))
    assert violations(page) == []


def test_the_land_is_shaded_by_change_where_there_is_a_period_to_compare_with(
    page: Page, demo_server: str
) -> None:
    opened(page, "/?against=prev")
    page.locator(".map-head select").select_option("change")
    settled(page)
    told = api(demo_server, "rank?against=prev")["areas"]
    most = max(told, key=lambda area: area["harm"] - area["before"]["harm"])
    least = min(told, key=lambda area: area["harm"] - area["before"]["harm"])
    fill = {
        area["area_id"]: page.locator(f".map .land path[data-area={area['area_id']}]").get_attribute("fill")
        for area in (most, least)
    }
    assert fill == {most["area_id"]: "var(--d5)", least["area_id"]: "var(--d1)"}
    expect(page.locator(".map-foot")).to_contain_text("No test is made here of what fell or rose")
    assert violations(page) == []


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("layers=servces", "no layer \u201cservces\u201d; did you mean \u201cservices\u201d?"),
        (
            "layers=marks,xyz",
            "no layer \u201cxyz\u201d; there are: marks, density, services, tasks, operations.",
        ),
        ("shade=hram", "no shading \u201chram\u201d; did you mean \u201charm\u201d?"),
        ("shade=change", "Shading by change needs a period to compare with"),
    ],
)
def test_a_layer_or_shading_that_is_not_known_is_said(page: Page, asked: str, told: str) -> None:
    opened(page, f"/?{asked}")
    expect(page.locator(".mapc .note").first).to_contain_text(told)
    # Nothing is broken: the land is shaded by harm, and what is known of the words holds.
    expect(page.locator(".map-foot .legend p, .over-key").first).to_be_visible()
