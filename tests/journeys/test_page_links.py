"""Linked views in a real browser: a click on any mark is a selection, a second click takes it back, and every
view beside it shows what the server answers to that selection."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.journeys.browsing import (
    DRAWN,
    api,
    assert_accessible,
    launched,
    settled,
    sum_of_rows,
    violations,
    watched,
    words,
)

pytestmark = pytest.mark.browser


def choice(page: Page, field: str, title: str) -> Any:
    box = page.locator(".narrow > div").filter(has=page.get_by_role("heading", name=re.compile(f"^{field}")))
    return box.get_by_role("button", name=re.compile(f"^{re.escape(title)}"))


def test_a_walk_of_selections_shows_the_servers_figures_at_each_step(page: Page, demo_server: str) -> None:
    page.goto("/")
    settled(page)
    choice(page, "How it came to notice", "Found by police").click()
    settled(page)
    assert words(page) == {"where": "detection=proactive"}
    rank = api(demo_server, "rank?where=detection=proactive")
    expect(page.locator("h1 em")).to_have_text(rank["sentence"]["sure"])
    assert sum_of_rows(page) == rank["total"]["harm"]

    first = rank["areas"][0]
    page.get_by_role("button", name=first["name"], exact=True).click()
    settled(page)
    near = api(demo_server, f"rank?where=detection=proactive;sector={first['area_id']}")
    assert near["total"]["harm"] == first["harm"] == sum_of_rows(page)
    last = near["trend"][-1]
    expect(page.get_by_role("application", name="Trend").locator("text.k")).to_have_text(
        f"{round(last['harm']):,}"
    )

    page.locator(".week rect[data-day='4'][data-hour='22']").click()
    settled(page)
    terms = words(page)["where"]
    assert terms == "detection=proactive;weekday=fri;hour=22"
    rows = api(demo_server, f"rows?areas={first['area_id']}&where={terms}")
    if rows["total"]["events"]:
        assert sum_of_rows(page) == rows["total"]["harm"]
    page.locator(".week rect[data-day='4'][data-hour='22']").click()
    settled(page)
    assert words(page) == {"where": "detection=proactive", "pick": first["area_id"]}

    for wanted in ({"where": terms, "pick": first["area_id"]}, {"where": "detection=proactive"}):
        page.go_back()
        if "pick" not in wanted:
            page.go_back()
        settled(page)
        assert words(page) == wanted
    choice(page, "How it came to notice", "Found by police").click()
    settled(page)
    assert words(page) == {}


def test_the_four_states_are_told_by_shape_and_word(page: Page, demo_server: str) -> None:
    page.goto("/?where=category=robbery")
    settled(page)
    told = api(demo_server, "choices?fields=category,detection&where=category=robbery")
    for field in told["fields"]:
        for value in field["values"]:
            button = choice(page, field["title"], value["title"])
            if value["state"] == "excluded" or button.count() == 0:
                continue
            expect(button).to_have_attribute("data-state", value["state"])
            expect(button.locator(".ct")).to_contain_text(f"{value['events']:,}")
            # A tick, an open ring, or neither: not by colour alone.
            marks = button.locator(".tick-of svg").count()
            assert marks == (0 if value["state"] == "possible" else 1)
    robbery = choice(page, "Type", "Robbery")
    expect(robbery).to_have_attribute("aria-pressed", "true")


def test_an_excluded_value_can_still_be_chosen_and_drops_what_excludes_it(
    page: Page, demo_server: str
) -> None:
    # The police tell by several sources, the Coroner by one: that one is left out.
    question = "measure=soc_primary&where=agency=police"
    told = api(demo_server, f"choices?fields=source&{question}")["fields"][0]["values"]
    excluded = next(each for each in told if each["state"] == "excluded")
    page.goto(f"/?{question}")
    settled(page)
    box = page.locator(".narrow > div").filter(has=page.get_by_role("heading", name=re.compile("^Source")))
    box.get_by_role("button", name=re.compile("left out|more")).click()
    value = choice(page, "Source", excluded["title"])
    expect(value.locator(".ct")).to_contain_text("0")
    assert value.evaluate("each => getComputedStyle(each).textDecorationLine") == "line-through"
    value.click()
    settled(page)
    assert words(page)["where"] == f"source={excluded['value']}"


def test_a_month_of_the_trend_is_a_selection_and_comes_back(page: Page) -> None:
    page.goto("/?window=6m")
    settled(page)
    trend = page.get_by_role("application", name="Trend")
    trend.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    settled(page)
    month = words(page)["to"]
    assert words(page)["window"] == "1m"
    assert re.fullmatch(r"\d{4}-\d{2}", month)
    page.keyboard.press("Enter")
    settled(page)
    assert words(page) == {"window": "6m"}


def test_two_areas_are_summed_by_the_server(page: Page, demo_server: str) -> None:
    one, other = api(demo_server, "rank")["areas"][:2]
    page.goto("/")
    page.get_by_role("button", name=one["name"], exact=True).click()
    page.get_by_role("button", name=other["name"], exact=True).click(modifiers=["Shift"])
    settled(page)
    assert words(page)["pick"] == f"{one['area_id']},{other['area_id']}"
    both = api(demo_server, f"rank?where=sector={one['area_id']},{other['area_id']}")["total"]
    assert sum_of_rows(page) == both["harm"]
    expect(page.locator("#rows .sum")).to_contain_text("equals the mark above, to the digit")
    page.get_by_role("button", name=re.compile(f"^Sector.*{other['name']}.*Remove$")).click()
    settled(page)
    assert words(page)["pick"] == one["area_id"]


def test_the_measures_of_a_sum_are_chosen_and_left_again(page: Page, demo_server: str) -> None:
    told = api(demo_server, "rank?measure=soc_primary")["composition"]
    page.goto("/?measure=soc_primary")
    settled(page)
    panel = page.locator("section.p").filter(has=page.locator("#h-sum"))
    most = max(told["measures"], key=lambda each: each["harm"])
    row = panel.get_by_role("row").filter(has_text=most["title"])
    expect(row).to_contain_text(f"{round(most['harm']):,}")
    row.get_by_role("button").click()
    settled(page)
    assert words(page) == {"measure": most["id"], "of": "soc_primary"}
    panel.get_by_role("button", name=most["title"]).click()
    settled(page)
    assert words(page) == {"measure": "soc_primary"}


def test_two_selections_stand_side_by_side_and_claim_no_test(page: Page, demo_server: str) -> None:
    page.goto("/")
    settled(page)
    page.get_by_role("button", name=re.compile(r"^A \| B")).click()
    settled(page)
    page.get_by_label("Window", exact=True).select_option("6m")
    settled(page)
    assert words(page) == {"b.measure": "all_crime", "b.window": "6m", "side": "b"}
    a = {each["area_id"]: each for each in api(demo_server, "rank")["areas"]}
    b = {each["area_id"]: each for each in api(demo_server, "rank?window=6m")["areas"]}
    for row in page.locator(".ab tr[data-area]").all():
        area = str(row.get_attribute("data-area"))
        figures = [each.replace(",", "").replace("−", "-") for each in row.locator("td.r").all_inner_texts()]
        assert abs(float(figures[0]) - a[area]["harm"]) <= 0.5
        assert abs(float(figures[1]) - b[area]["harm"]) <= 0.5
        assert abs(float(figures[2]) - (a[area]["harm"] - b[area]["harm"])) <= 0.5
    expect(page.locator(".list")).to_contain_text("Differences are not tested here")
    assert page.locator(".mapc .map").count() == 2
    assert violations(page) == []
    page.get_by_role("button", name="End the comparison").click()
    settled(page)
    assert words(page) == {}


def test_a_bookmark_is_kept_and_leads_back(page: Page, demo_server: str) -> None:
    page.goto("/?window=3m")
    settled(page)
    page.get_by_role("button", name=re.compile("^Bookmarks")).click()
    page.get_by_label("Keep this view as").fill("Last quarter")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("^Bookmarks.*kept"))).to_be_visible()
    kept = api(demo_server, "bookmarks")["bookmarks"]
    # Other tests may keep views of their own in the same workspace.
    own = [(each["name"], each["words"]) for each in kept if each["name"] == "Last quarter"]
    assert own == [("Last quarter", {"window": "3m"})]
    page.goto("/")
    settled(page)
    page.get_by_role("button", name=re.compile("^Bookmarks")).click()
    page.get_by_role("link", name="Last quarter").click()
    settled(page)
    assert words(page) == {"window": "3m"}
    page.get_by_role("button", name=re.compile("^Bookmarks")).click()
    page.get_by_role("button", name=re.compile("^Drop.*Last quarter")).click()
    expect(page.get_by_role("link", name="Last quarter")).to_have_count(0)
    left = {each["name"] for each in api(demo_server, "bookmarks")["bookmarks"]}
    assert "Last quarter" not in left


def test_the_keys_move_search_and_can_be_turned_off(page: Page, demo_server: str) -> None:
    first = api(demo_server, "rank")["areas"][0]
    page.goto("/")
    settled(page)
    page.keyboard.press("j")
    expect(page.get_by_role("button", name=first["name"], exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    settled(page)
    assert words(page)["pick"] == first["area_id"]
    page.keyboard.press("[")
    settled(page)
    assert words(page) == {}
    page.keyboard.press("/")
    search = page.get_by_role("combobox", name="Search")
    expect(search).to_be_focused()
    settled(page)
    search.fill(first["name"].lower())
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/places/sector/{first['area_id']}")
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url(re.compile(r"/(\?|$)"))
    settled(page)
    page.keyboard.press("?")
    assert violations(page) == []
    page.get_by_role("button", name="Turn single keys off").click()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    expect(page.get_by_role("button", name=first["name"], exact=True)).not_to_be_focused()


def test_the_wall_turns_its_screens_and_can_be_paused(page: Page, demo_server: str) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    # A bookmark of the very view that opens adds no screen, so the declared pages still turn.
    address, own = f"{demo_server}/api/bookmarks", {"X-Harmscape": "1"}
    assert page.request.post(address, data={"name": "as it opens"}, headers=own).status == 201
    page.clock.install()
    page.goto("/?wall=1")
    settled(page)
    turn = page.locator(".wall-turn")
    expect(turn).to_contain_text(re.compile(r"1 of [2-9]"), timeout=15_000)
    # Nothing read at five metres is under 27 px, and no figure under 32.
    sizes = page.locator(".wall small, .wall p").evaluate_all(
        "all => all.filter(each => each.offsetParent)"
        ".map(each => parseFloat(getComputedStyle(each).fontSize))"
    )
    assert min(sizes) >= 27
    assert (
        page.locator(".wall li b").first.evaluate("each => parseFloat(getComputedStyle(each).fontSize)") >= 32
    )
    page.clock.run_for(21_000)
    expect(turn).to_contain_text("2 of")
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(60_000)
    expect(turn).to_contain_text("2 of")
    settled(page)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1920
    page.get_by_role("link", name="Leave").click()
    assert words(page) == {}
    gone = {"name": "as it opens", "dropped": True}
    assert page.request.post(address, data=gone, headers=own).status == 201


def test_the_map_to_zoom_into_draws_picks_and_asks_nobody(browser: Browser, demo_server: str) -> None:
    with launched(browser.browser_type, DRAWN) as drawing, watched(drawing, demo_server) as page:
        page.goto("/?map=zoom")
        if not page.evaluate("document.createElement('canvas').getContext('webgl2') !== null"):
            pytest.skip("this Chromium draws no WebGL")
        page.locator(".under.shown canvas").wait_for()
        settled(page)
        page.wait_for_timeout(500)
        box = page.locator(".under.shown canvas").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] * 0.55, box["y"] + box["height"] * 0.6)
        page.wait_for_url("**pick=**")
        settled(page)
        area = words(page)["pick"]
        expect(page.locator("tr.on")).to_have_attribute("data-area", area)
        assert area in {each["area_id"] for each in api(demo_server, "rank")["areas"]}
        for theme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            assert violations(page) == []
        page.get_by_role("button", name="Plain map").click()
        page.locator(".map svg .land").wait_for()


def test_the_first_page_does_not_wait_for_the_map_to_zoom_into(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    settled(page)
    page.locator(".map svg .land").wait_for()
    assert not any("ZoomMap" in url or "maplibre" in url for url in asked)


@pytest.mark.parametrize(
    "where", ["/?measure=soc_primary&pick=S12,S07&where=weekday=fri,sat", "/?b.measure=robbery"]
)
def test_linked_pages_pass_axe_and_never_scroll_sideways(page: Page, where: str) -> None:
    page.goto(where)
    settled(page)
    assert_accessible(page, where)
