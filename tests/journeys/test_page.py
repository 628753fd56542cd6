"""The page in a real browser: what it shows equals what the server answers, and everybody can use it."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.journeys.browsing import api, assert_accessible, settled, sum_of_rows, words

pytestmark = pytest.mark.browser


def test_the_sentence_and_the_order_of_the_list_are_the_servers(page: Page, demo_server: str) -> None:
    rank = api(demo_server, "rank")
    page.goto("/?open=high,mid,low")
    settled(page)
    heading = page.locator("h1")
    expect(heading).to_have_text(f"{rank['sentence']['sure']} {rank['sentence']['rest']}")
    expect(heading.locator("em")).to_have_text(rank["sentence"]["sure"])
    shown = page.locator("tr[data-area]").evaluate_all("rows => rows.map(row => row.dataset.area)")
    # Tiers stand first, and inside a tier the server's own order.
    tiers = ("clearly_high", "not_told_apart", "clearly_low")
    assert shown == [a["area_id"] for tier in tiers for a in rank["areas"] if a["tier"] == tier]
    figures = page.locator("tr[data-area] .c5").all_inner_texts()
    harm = {a["area_id"]: a["harm"] for a in rank["areas"]}
    assert [figure.split(", rows")[0].strip() for figure in figures] == [
        rounded(harm[area]) for area in shown
    ]


def rounded(harm: float) -> str:
    """As the browser rounds: halves away from zero."""
    return f"{Decimal(str(harm)).quantize(Decimal(1), ROUND_HALF_UP):,}"


def test_a_click_on_the_first_sector_opens_rows_that_sum_to_its_harm(page: Page, demo_server: str) -> None:
    first = api(demo_server, "rank")["areas"][0]
    page.goto("/")
    page.get_by_role("button", name=first["name"], exact=True).click()
    expect(page.locator("#rows h2")).to_have_text(f"{first['events']:,} rows behind {first['name']}")
    settled(page)
    assert sum_of_rows(page) == first["harm"]
    expect(page.locator("#rows .sum")).to_contain_text("equals the mark above, to the digit")
    assert words(page)["pick"] == first["area_id"]
    assert page.locator("#rows tbody tr").count() == min(first["events"], 25)


def test_a_part_of_a_sector_leads_to_its_own_rows(page: Page, demo_server: str) -> None:
    first = api(demo_server, "rank")["areas"][0]
    part = next(each for each in first["parts"] if each["id"] != "other")
    page.goto(f"/?pick={first['area_id']}")
    page.locator(".picked-parts").get_by_role("button", name=part["title"]).click()
    expect(page.locator("#rows h2")).to_contain_text(f"in {first['name']}")
    settled(page)
    assert sum_of_rows(page) == part["harm"]
    expect(page.locator("#rows h2")).to_contain_text(f"{part['events']:,} row")


def test_parts_beside_an_earlier_period_are_still_those_of_the_months_shown(
    page: Page, demo_server: str
) -> None:
    first = api(demo_server, "rank?against=prev")["areas"][0]
    part = next(each for each in first["parts"] if each["id"] != "other")
    page.goto(f"/?against=prev&pick={first['area_id']}&part={part['id']}")
    settled(page)
    expect(page.locator("#rows .sum")).to_contain_text("equals the mark above, to the digit")
    assert page.locator("tr[data-area] .c7").first.inner_text().startswith(f"{first['before']['harm']:,.0f}")


def test_the_unplaced_lead_to_their_rows(page: Page, demo_server: str) -> None:
    unplaced = api(demo_server, "rank")["unplaced"]
    assert unplaced["events"] > 0
    page.goto("/")
    page.get_by_role("button", name="See them").click()
    expect(page.locator("#rows h2")).to_have_text(f"{unplaced['events']:,} rows behind the unplaced")
    settled(page)
    assert sum_of_rows(page) == unplaced["harm"]


def test_back_and_forward_step_through_the_selections(page: Page, demo_server: str) -> None:
    one, other = api(demo_server, "rank")["areas"][:2]
    page.goto("/")
    page.get_by_role("button", name=one["name"], exact=True).click()
    page.get_by_role("button", name=other["name"], exact=True).click()
    title = page.locator("#rows h2")
    expect(title).to_contain_text(f"behind {other['name']}")
    page.go_back()
    expect(title).to_contain_text(f"behind {one['name']}")
    page.go_back()
    expect(title).to_contain_text("behind this page")
    page.go_forward()
    expect(title).to_contain_text(f"behind {one['name']}")
    assert words(page) == {"pick": one["area_id"]}


def test_a_deep_link_opens_the_same_view_again(page: Page, demo_server: str) -> None:
    first = api(demo_server, "rank?window=6m&where=detection=reported")["areas"][0]
    page.goto(f"/?window=6m&where=detection=reported&pick={first['area_id']}&sort=harm")
    settled(page)
    seen = page.locator("main").inner_text()
    assert sum_of_rows(page) == first["harm"]
    expect(page.get_by_label("Window", exact=True)).to_have_value("6m")
    page.reload()
    settled(page)
    assert page.locator("main").inner_text() == seen


def test_a_choice_of_the_strip_changes_sentence_list_and_address(page: Page, demo_server: str) -> None:
    page.goto("/")
    settled(page)
    page.get_by_label("Areas", exact=True).select_option("command")
    commands = api(demo_server, "rank?by=command")
    expect(page.locator("h1 em")).to_have_text(commands["sentence"]["sure"])
    settled(page)
    assert words(page) == {"by": "command"}
    assert page.locator("tr[data-area]").count() == len(commands["areas"]) == 4


def test_rows_are_turned_and_sorted_by_the_server(page: Page, demo_server: str) -> None:
    rows = api(demo_server, "rows?sort=harm&descending=yes&offset=25&limit=25")
    at = [column["id"] for column in rows["columns"]].index("reference")
    page.goto("/")
    page.locator("#rows").get_by_role("button", name="Harm").click()
    page.get_by_role("button", name="Next 25").click()
    expect(page.locator("#rows .sum")).to_contain_text(f"26–50 of {rows['total']['events']:,} shown")
    settled(page)
    shown = page.locator("#rows tbody th").all_inner_texts()
    assert shown == [row[at] or "not known" for row in rows["rows"]]


def test_the_map_is_walked_by_keyboard_and_marks_the_list(page: Page) -> None:
    page.goto("/?open=high,mid,low")
    settled(page)
    walk = page.get_by_role("application", name="Map")
    walk.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    marked = page.locator("tr.under")
    expect(marked).to_have_count(1)
    area = marked.get_attribute("data-area")
    page.keyboard.press("Enter")
    expect(page.locator("tr.on")).to_have_attribute("data-area", str(area))
    assert words(page)["pick"] == area
    page.keyboard.press("Escape")
    expect(page.locator("tr.on")).to_have_count(0)


def test_a_place_shows_its_standing_and_the_rows_that_make_it(page: Page, demo_server: str) -> None:
    first = api(demo_server, "rank")["areas"][0]
    place = api(demo_server, f"place?by=sector&area={first['area_id']}")
    page.goto(f"/?pick={first['area_id']}")
    page.get_by_role("link", name=f"Profile of {first['name']}").click()
    expect(page.locator("h1")).to_have_text(f"{place['sentence']['sure']} {place['sentence']['rest']}")
    assert urlsplit(page.url).path == f"/places/sector/{first['area_id']}"
    settled(page)
    assert sum_of_rows(page) == first["harm"]
    part = place["parts"][0]
    page.locator(".parts-bar .fig").first.click()
    expect(page.locator("#rows h2")).to_contain_text(f"{part['events']:,} row")
    settled(page)
    assert sum_of_rows(page) == part["harm"]


def test_health_and_weights_say_what_the_server_says(page: Page, demo_server: str) -> None:
    health = api(demo_server, "health")
    page.goto("/health")
    expect(page.locator("h1 em")).to_have_text(health["sentence"]["sure"])
    assert page.locator(".src").count() == len(health["sources"])
    weights = api(demo_server, "weights")["weights"]
    page.locator(".more summary").click()
    page.get_by_role("link", name="Weights", exact=True).click()
    expect(page.locator("#h-weights")).to_contain_text(f"of {len(weights)} weights")


def test_pages_of_rarer_use_are_reached_by_keyboard_alone(page: Page) -> None:
    page.goto("/")
    settled(page)
    more = page.locator(".more summary")
    more.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Themes", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    expect(page.get_by_role("link", name="Funnel", exact=True)).to_be_hidden()
    page.keyboard.press("Space")
    page.get_by_role("link", name="Funnel", exact=True).press("Enter")
    assert urlsplit(page.url).path == "/funnel"
    expect(more).to_have_text("More: Funnel")
    expect(page.get_by_role("link", name="Funnel", exact=True)).to_be_hidden()
    # A phone has room for three; the rest of every day stands under More too.
    page.set_viewport_size({"width": 390, "height": 844})
    more.click()
    page.get_by_role("link", name="Tasks", exact=True).click()
    assert urlsplit(page.url).path == "/tasks"
    expect(more).to_have_text("More: Tasks")


def test_whether_it_is_new_stands_beside_each_sector_as_the_server_tells_it(
    page: Page, demo_server: str
) -> None:
    moved = api(demo_server, "changed")
    page.goto("/?open=high,mid,low")
    settled(page)
    expect(page.locator(".news-line")).to_contain_text(moved["sentence"]["sure"])
    words_of = {"clearly_higher": "rose", "clearly_lower": "fell"}
    told = {
        each["area_id"]: words_of.get(each["verdict"], "near the line" if each["p"] <= 0.05 else "none seen")
        for each in moved["cells"]
    }
    rows = page.locator("tr[data-area]")
    shown = dict(
        rows.evaluate_all(
            "rows => rows.map(row => [row.dataset.area, row.querySelector('.c8').innerText.trim()])"
        )
    )
    assert shown == {area: told.get(area, "too few") for area in shown}
    page.locator(".news-line a").click()
    assert urlsplit(page.url).path == "/changed"


def test_months_of_which_records_still_come_are_dashed_with_the_share_known(
    page: Page, demo_server: str
) -> None:
    arriving = api(demo_server, "changed")["arriving"]
    assert arriving[-1]["month"] == "2026-10"
    page.goto("/")
    settled(page)
    trend = page.locator("[aria-label^='Trend.'] svg")
    expect(trend.locator("path.dash")).to_have_count(len(arriving))
    expect(trend).to_contain_text(f"{round(arriving[-1]['known'] * 100)}% known")
    first = api(demo_server, "rank")["areas"][0]["area_id"]
    page.goto(f"/places/sector/{first}")
    settled(page)
    expect(page.locator("[aria-label^='Trend.'] path.dash")).to_have_count(len(arriving))
    expect(page.locator(".hd")).to_contain_text("Beside its own past")


def test_what_if_shows_both_standings_before_anything_is_saved(page: Page, demo_server: str) -> None:
    weight = max(api(demo_server, "weights")["weights"], key=lambda each: each["harm"])
    now = api(demo_server, "rank")["areas"]
    then = api(demo_server, f"rank?points={weight['category']}=0")["areas"]
    places = {area["area_id"]: area["rank"] for area in then}
    moved = sum(area["rank"] != places[area["area_id"]] for area in now)
    page.goto("/weights")
    page.get_by_label("Category").select_option(weight["category"])
    page.get_by_label("Points an event").fill("0")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator(".ask dl")).to_contain_text(f"{moved} of {len(now)}")
    assert words(page)["points"] == f"{weight['category']}=0"


def test_a_question_that_cannot_be_asked_says_why_and_how_to_go_on(page: Page) -> None:
    page.goto("/?measure=no_such_measure")
    expect(page.get_by_role("alert")).to_contain_text("no_such_measure")
    page.get_by_role("link", name="Start from the usual selection").click()
    expect(page.locator("h1 em")).to_contain_text("sector")
    assert urlsplit(page.url).query == ""


def test_an_empty_selection_names_itself_and_can_be_dropped(page: Page, demo_server: str) -> None:
    unused = next(each for each in api(demo_server, "weights")["weights"] if each["events"] == 0)
    page.goto(f"/?where=category={unused['category']}")
    settled(page)
    expect(page.locator("#rows")).to_contain_text("No rows")
    page.get_by_role("button", name=re.compile("^Category .*Remove$")).click()
    expect(page.locator("#rows h2")).to_contain_text("rows behind this page")
    assert words(page) == {}


@pytest.mark.parametrize(
    "address", ["/?pick=FIRST&against=prev", "/places/sector/FIRST", "/health", "/weights"]
)
def test_every_page_passes_axe_and_never_scrolls_sideways(page: Page, demo_server: str, address: str) -> None:
    first = api(demo_server, "rank")["areas"][0]["area_id"]
    page.goto(address.replace("FIRST", first))
    settled(page)
    assert_accessible(page, address)


def test_the_theme_is_kept(browser: Browser, demo_server: str) -> None:
    context: BrowserContext = browser.new_context(base_url=demo_server)
    page = context.new_page()
    page.goto("/health")
    page.get_by_role("button", name="Dark theme").click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    context.close()


def test_every_chart_has_a_title_and_the_list_comes_before_the_map(page: Page) -> None:
    page.goto("/")
    settled(page)
    charts = page.locator("svg[role=img]")
    assert charts.count() > 10
    assert charts.evaluate_all("all => all.filter(each => !each.querySelector('title')).length") == 0
    order = page.locator("section.list, section.mapc").evaluate_all("all => all.map(each => each.className)")
    assert order == ["list", "mapc"]
    page.get_by_role("button", name=re.compile("As table")).first.click()
    expect(page.locator(".twin table")).to_be_visible()
