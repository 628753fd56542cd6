"""The further pages in a real browser: each shows what the server answers, and everybody can use it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.journeys.browsing import api, settled, sum_of_rows, violations, watched, words
from tests.journeys.serving import served

from harmscape.workspace import open_workspace
from harmscape.workspace.begin import make_demo

pytestmark = pytest.mark.browser

COUNTED = ["No", "One", "Two", "Three", "Four", "Five"]


def counted_as(number: int) -> str:
    """A count as the page may say it, in words or figures: other tests leave tasks in the same workspace."""
    return COUNTED[number] if number < len(COUNTED) else r"\w+"


GROUPS = "by=group&measure=ocg_crimes"


@pytest.fixture(scope="module")
def county_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server over a small demo county."""
    folder = tmp_path_factory.mktemp("county") / "tarnmarch"
    make_demo(folder, domain="safeguarding", events=2_000, seed=1, null=False, progress=lambda _: None)
    workspace = open_workspace(folder)
    workspace.load()
    workspace.close()
    with served(folder) as address:
        yield address


def said(sentence: dict[str, str]) -> str:
    return f"{sentence['sure']} {sentence['rest']}".strip()


def opened(page: Page, address: str) -> None:
    """Go to an address and wait until its finding stands."""
    page.goto(address)
    page.locator("h1:not(.quiet)").wait_for()
    settled(page)


def panel(page: Page, heading: str) -> Locator:
    return page.locator("section.p").filter(has=page.locator(f"#{heading}"))


def cells(table: Locator) -> list[list[str]]:
    """The text of each body row of a table, cell by cell."""
    found: list[list[str]] = table.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )
    return found


def number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


# Standing of any subject


def test_groups_stand_as_the_server_ranks_them_with_volume_beside(page: Page, demo_server: str) -> None:
    rank = api(demo_server, f"rank?{GROUPS}")
    opened(page, f"/standing?{GROUPS}")
    expect(page.locator("h1")).to_have_text(said(rank["sentence"]))
    panel(page, "h-slope").get_by_role("button", name=re.compile("^As table")).click()
    shown = cells(panel(page, "h-slope").locator(".twin table"))
    assert [[row[0], number(row[1]), int(row[2]), number(row[3]), int(row[4])] for row in shown] == [
        [a["name"], a["events"], a["volume_rank"], a["harm"], a["rank"]] for a in rank["areas"]
    ]


def test_a_group_of_the_list_opens_rows_that_sum_to_it(page: Page, demo_server: str) -> None:
    first = api(demo_server, f"rank?{GROUPS}")["areas"][0]
    page.goto(f"/standing?{GROUPS}")
    page.get_by_role("button", name=first["name"], exact=True).click()
    expect(page.locator("#rows h2")).to_contain_text(f"behind {first['name']}")
    settled(page)
    assert sum_of_rows(page) == first["harm"]
    assert words(page)["pick"] == first["area_id"]


def test_the_address_of_a_standing_says_what_it_ranks_and_by_what(page: Page, demo_server: str) -> None:
    declared = next(
        p["selection"] for p in api(demo_server, "workspace")["pages"] if p["selection"].get("by") == "group"
    )
    page.goto("/")
    page.get_by_role("link", name="Groups", exact=True).click()
    page.locator("#h-list").wait_for()
    assert words(page) == {"by": "group", "measure": declared["measure"]}


def test_a_sum_is_told_both_ways_and_leads_to_each_measure_alone(page: Page, demo_server: str) -> None:
    rank = api(demo_server, "rank?by=group&measure=soc_primary")
    told = rank["composition"]
    opened(page, "/standing?by=group&measure=soc_primary")
    table = panel(page, "h-composition").locator("table")
    table.wait_for()
    assert number(table.locator(".published").inner_text()) == told["published"]
    assert abs(number(table.locator(".overlap").inner_text())) == told["overlap"]
    assert number(table.locator(".distinct").inner_text()) == told["distinct"]
    harm = {each["title"]: each["harm"] for each in told["measures"]}
    assert len(harm) == 9
    stocks = {each["title"] for each in told["measures"] if each["kind"] == "stock"}
    for row in table.locator("tbody tr").all():
        title = row.locator("a").inner_text()
        assert number(row.locator("td.b").inner_text()) == harm.pop(title)
        assert row.locator(".stock").count() == (title in stocks)
    assert harm == {}
    chosen = next(each for each in told["measures"] if each["kind"] == "flow" and each["events"])
    table.get_by_role("link", name=chosen["title"], exact=True).click()
    page.wait_for_url(re.compile(f"measure={chosen['id']}"))
    alone = api(demo_server, f"rank?by=group&measure={chosen['id']}")
    expect(page.locator("h1")).to_have_text(said(alone["sentence"]))
    assert alone["total"]["harm"] == chosen["harm"]


# Profiles that are no areas


def shown(harm: float) -> float:
    return float(int(harm + 0.5)) if harm >= 100 else float(f"{harm:.3g}")


def test_a_group_shows_both_sharing_rules_its_members_and_its_rows(page: Page, demo_server: str) -> None:
    code = api(demo_server, f"rank?{GROUPS}")["areas"][0]["area_id"]
    group = api(demo_server, f"group?{GROUPS}&areas={code}")
    opened(page, f"/places/group/{code}?measure=ocg_crimes")
    expect(page.locator("h1")).to_have_text(said(group["figures"]["sentence"]))
    settled(page)
    rules = cells(panel(page, "h-rules").locator("table"))
    # Harm is shown whole from 100 points up, and in three digits below.
    assert [number(row[-1]) for row in rules] == [shown(each["harm"]) for each in group["by_rule"]]
    roles = cells(panel(page, "h-roles").locator("table"))
    assert [(number(row[2]), number(row[3])) for row in roles] == [
        (each["events"], shown(each["harm"])) for each in group["by_role"]
    ]
    assert sum_of_rows(page) == group["figures"]["standing"]["harm"]
    members = page.locator(".members")
    more = page.get_by_role("button", name=re.compile("^Show all .* members?$"))
    if more.count():
        more.click()
    assert members.locator("tbody tr").count() == len(group["members"])
    codes = members.locator("tbody th .mono").all_inner_texts()
    assert sorted(codes) == sorted(each["code"] for each in group["members"])
    name = group["members"][0]["name"]
    expect(members).not_to_contain_text(name)
    page.get_by_role("button", name="Show names").click()
    expect(members).to_contain_text(name)


def test_a_subject_without_members_still_has_its_figures(page: Page, demo_server: str) -> None:
    first = api(demo_server, "rank?by=category")["areas"][0]
    opened(page, f"/places/category/{first['area_id']}")
    place = api(demo_server, f"place?by=category&area={first['area_id']}")
    expect(page.locator("h1")).to_have_text(said(place["sentence"]))
    settled(page)
    assert sum_of_rows(page) == first["harm"]
    assert page.locator(".members").count() == 0


def test_a_family_shows_each_state_in_words_and_never_a_map(browser: Browser, county_server: str) -> None:
    held = api(county_server, "rank?by=family&measure=three_of_four&window=10y")
    code = held["areas"][0]["area_id"]
    family = api(county_server, f"family?areas={code}&window=10y")
    states = {
        "recorded": "recorded",
        "looked_for_none": "looked for, none",
        "not_asked": "not asked",
        "withheld": "not shared",
    }
    with watched(browser, county_server) as page:
        opened(page, f"/places/family/{code}?window=10y")
        matrix = page.locator(".matrix")
        matrix.wait_for()
        settled(page)
        shown = [text.removeprefix("?").strip().split("\n")[0] for row in cells(matrix) for text in row[1:]]
        assert shown == [states[cell["state"]] for cell in family["matrix"]]
        assert {"recorded", "not asked"} <= set(shown)
        assert page.locator(".map, canvas").count() == 0
        panel(page, "h-lanes").get_by_role("button", name=re.compile("^As table")).click()
        rows = panel(page, "h-lanes").locator(".twin tbody tr")
        assert rows.count() == len(family["timeline"])
        expect(page.locator("#h-why")).to_be_visible()
        page.emulate_media(media="print")
        expect(page.locator("main")).to_be_hidden()
        expect(page.get_by_text("This page is not printed")).to_be_visible()
        page.emulate_media(media="screen")
        assert violations(page) == []
        page.set_viewport_size({"width": 390, "height": 900})
        page.get_by_role("button", name="Dark theme").click()
        assert violations(page) == []


# Themes, funnel, change


def test_a_theme_tells_each_measure_beside_the_period_before(page: Page, demo_server: str) -> None:
    theme = api(demo_server, "theme?theme=violence")
    opened(page, "/themes/violence")
    expect(page.locator("h1")).to_have_text(said(theme["sentence"]))
    for measure in theme["measures"]:
        expect(page.locator(f"#h-{measure['id']}")).to_have_text(
            f"{measure['title']}: {measure['events']:,} events, {measure['before_events']:,} before"
        )
        top = cells(panel(page, f"h-{measure['id']}").locator(".theme-row table"))
        assert [row[0] for row in top] == [each["name"] for each in measure["top"]]
    twice = cells(panel(page, "h-twice").locator("table"))
    assert sorted(number(row[2]) for row in twice) == sorted(e["events"] for e in theme["counted_twice"])


def test_the_funnel_says_its_over_dispersion_and_who_stands_apart(page: Page, demo_server: str) -> None:
    funnel = api(demo_server, "funnel")
    opened(page, "/funnel")
    expect(page.locator("h1")).to_have_text(said(funnel["sentence"]))
    assert panel(page, "h-funnel").locator(".d").inner_text() == funnel["note"]
    panel(page, "h-funnel").get_by_role("button", name=re.compile("^As table")).click()
    rows = {row[0]: row for row in cells(panel(page, "h-funnel").locator(".twin table"))}
    assert len(rows) == len(funnel["points"])
    for point in funnel["points"]:
        row = rows[point["name"]]
        assert number(row[1]) == point["size"]
        assert number(row[2]) == pytest.approx(point["value"], rel=5e-3)
        assert row[6] == ("apart" if point["is_apart"] else "")
    expect(page.locator(".trend text.k")).to_have_text(re.compile(rf"^all, {funnel['common']:,.0f}$"))


def test_classes_by_quarter_state_their_rule(page: Page, demo_server: str) -> None:
    classes = api(demo_server, "classes")
    opened(page, "/funnel?show=quarters")
    expect(page.locator("h1")).to_have_text(said(classes["sentence"]))
    expect(page.locator("main")).to_contain_text(classes["rule"])
    named = [area["name"] for area in classes["areas"] if area["kind"] != "none"]
    assert [row[0] for row in cells(page.locator("table.classes"))][: len(named)] == named


def test_ranges_of_places_are_a_choice_with_its_note(page: Page, demo_server: str) -> None:
    rank = api(demo_server, "rank")
    opened(page, "/funnel")
    page.get_by_role("button", name="ranges of places").click()
    expect(panel(page, "h-places").locator(".d")).to_contain_text("40 tests finds differences by luck")
    labels = page.locator(".caterpillar svg[role=img]").evaluate_all(
        "all => all.map(each => each.getAttribute('aria-label'))"
    )
    assert labels == [
        f"{a['name']}: place {a['rank']}, 90% range {a['rank_lo']} to {a['rank_hi']}" for a in rank["areas"]
    ]


def test_a_stock_has_no_funnel_and_the_page_says_why(page: Page) -> None:
    opened(page, "/funnel?measure=ocg_members")
    expect(page.locator(".empty")).to_contain_text("counted and not drawn by chance")


def test_changed_tests_counts_and_shows_harm_untested(page: Page, demo_server: str) -> None:
    rank, changed = api(demo_server, "rank?against=prev"), api(demo_server, "changed")
    opened(page, "/changed")
    expect(page.locator("h1 em")).to_have_text(changed["sentence"]["sure"])
    settled(page)
    assert page.locator(".finding-card").count() == len(changed["findings"])
    near = [
        each for each in changed["cells"] if each["p"] <= 0.05 and not each["verdict"].startswith("clearly")
    ]
    shown_near = cells(page.locator("table.near")) if near else []
    assert [row[0] for row in shown_near] == [each["name"] for each in near[:12]]
    matrix = page.locator("table.cells tbody")
    assert matrix.locator("tr").count() == len(changed["measures"])
    assert matrix.locator("td").count() == len(changed["measures"]) * len(rank["areas"])
    assert matrix.locator("td:has-text('too rare')").count() == len(changed["measures"]) * len(
        rank["areas"]
    ) - len(changed["cells"])
    page.get_by_role("button", name=re.compile("^Show all")).click()
    shown = {row[0]: row for row in cells(page.locator("table.before"))}
    assert len(shown) == len(rank["areas"])
    for area in rank["areas"]:
        row = shown[area["name"]]
        assert [number(each) for each in row[2:]] == [
            round(area["harm"]),
            round(area["before"]["harm"]),
            area["events"],
            area["before"]["events"],
        ]
    # No arrow stands beside harm, which is not tested.
    assert not re.search("[↑↓▲▼]", page.locator("table.before").inner_text())
    if rank["rare"]["events"]:
        assert page.locator(".hap li").count() == min(rank["rare"]["events"], 10)
        said = re.findall(r"([\d,.]+) points of the total", page.locator("main").inner_text())[0]
        assert number(said) == round(rank["rare"]["harm"])


def test_a_finding_is_parked_as_not_useful_and_taken_back(page: Page, demo_server: str) -> None:
    opened(page, "/changed?measure=violence")
    settled(page)
    before = page.locator(".finding-card").count()
    assert before == len(api(demo_server, "changed?measure=violence")["findings"]) > 0
    page.get_by_role("button", name=re.compile("^Not useful")).first.click()
    expect(page.locator(".finding-card")).to_have_count(before - 1)
    page.get_by_role("button", name=re.compile("parked as not useful: show")).click()
    page.get_by_role("button", name=re.compile("^Useful after all")).first.click()
    expect(page.locator(".finding-card")).to_have_count(before)


def test_two_areas_are_compared_on_their_page(page: Page, demo_server: str) -> None:
    first, second = (area["area_id"] for area in api(demo_server, "rank")["areas"][:2])
    found = api(demo_server, f"compare?areas={first}&b.areas={second}")
    opened(page, f"/compare?areas={first}&b.areas={second}")
    expect(page.locator("h1")).to_have_text(said(found["sentence"]))
    (row,) = cells(page.locator("table.versus").first)
    line = found["lines"][0]
    assert [number(row[1]), number(row[2])] == [line["a_events"], line["b_events"]]


# Tasks


def test_a_task_is_agreed_shown_and_closed_and_a_bare_form_says_what_is_missing(
    page: Page, demo_server: str
) -> None:
    first = api(demo_server, "rank")["areas"][0]
    opened(page, f"/tasks?by=sector&areas={first['area_id']}")
    page.get_by_role("button", name="Agree the task").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.locator("li")).to_have_count(3)  # owner, aim, review: the place came with the address
    assert violations(page) == []
    page.get_by_label("Owner").fill("Insp. Dunne")
    page.get_by_label("Aim").fill("Fewer break-ins")
    page.get_by_label("Day of the review").fill("2030-01-31")
    page.get_by_role("button", name="Agree the task").click()
    page.locator("[data-task]").filter(has_text="Fewer break-ins").wait_for()
    task = next(each for each in api(demo_server, "tasks")["tasks"] if each["aim"] == "Fewer break-ins")
    assert (task["owner"], task["areas"], task["aim"]) == (
        "Insp. Dunne",
        [first["area_id"]],
        "Fewer break-ins",
    )
    card = page.locator(f"[data-task='{task['id']}']")
    expect(card).to_contain_text(first["name"])
    expect(card).to_contain_text("Too early to tell")
    still = sum(each["state"] == "open" for each in api(demo_server, "tasks")["tasks"])
    expect(page.locator("h1 em")).to_have_text(re.compile(rf"^{counted_as(still)} tasks? (is|are) open\.$"))
    card.get_by_role("button", name=re.compile("^Drop")).click()
    card.get_by_label("Why is it dropped?").fill("agreed twice")
    card.get_by_role("button", name="Mark as dropped").click()
    expect(page.locator("h1 em")).to_have_text(
        re.compile(rf"^{counted_as(still - 1)} tasks? (is|are) open\.$")
    )
    told = {each["id"]: each["state"] for each in api(demo_server, "tasks")["tasks"]}
    assert told[task["id"]] == "dropped"


def test_the_last_days_are_the_servers_with_their_expected_range(page: Page, demo_server: str) -> None:
    recent = api(demo_server, "recent?measure=all_crime")
    opened(page, "/tasks?measure=all_crime")
    panel(page, "h-recent").get_by_role("button", name=re.compile("^As table")).click()
    rows = cells(panel(page, "h-recent").locator(".twin table"))
    told = [
        [
            each["title"],
            window["days"],
            window["events"],
            f"{window['lo']:,}–{window['hi']:,}",
            window["word"],
        ]
        for each in recent["measures"]
        for window in each["windows"]
    ]
    assert [[row[0], int(row[1]), number(row[3]), row[5], row[6]] for row in rows] == told


def test_corners_typed_by_hand_are_an_area_too(page: Page, demo_server: str) -> None:
    opened(page, "/tasks")
    page.get_by_label("Owner").fill("Sgt Amin")
    page.get_by_label("Corners of an area").check()
    page.locator("#task-place").fill("-1.6 54.9\n-1.5 54.9")
    page.get_by_label("Aim").fill("Fewer fires")
    page.get_by_label("Day of the review").fill("2030-01-31")
    page.get_by_role("button", name="Agree the task").click()
    expect(page.get_by_role("alert")).to_contain_text("three corners or more")
    page.locator("#task-place").fill("-1.6 54.9\n-1.5 54.9\n-1.5 55.0")
    page.get_by_role("button", name="Agree the task").click()
    card = page.locator("[data-task]").filter(has_text="Fewer fires")
    expect(card).to_contain_text("a drawn area")
    task = next(each for each in api(demo_server, "tasks")["tasks"] if each["aim"] == "Fewer fires")
    assert task["polygon"]["coordinates"] == [[[-1.6, 54.9], [-1.5, 54.9], [-1.5, 55.0], [-1.6, 54.9]]]


# Configuration, and every page for everybody


def test_the_configuration_lists_what_is_in_force(page: Page, demo_server: str) -> None:
    held = api(demo_server, "workspace")
    opened(page, "/configuration")
    measures = cells(panel(page, "h-measures").locator("table"))
    assert [(row[0], row[1], row[3]) for row in measures] == [
        (each["title"], each["reason"], each["id"]) for each in held["measures"]
    ]
    for scheme in held["schemes"]:
        weights = api(demo_server, f"weights?weights={scheme['id']}")
        unsigned = sum(w["status"] == "local" and not w["signed_by"] for w in weights["weights"])
        row = page.locator(f"[data-scheme='{scheme['id']}'] td").all_inner_texts()
        assert row[1] == str(weights["scheme"]["version"])
        assert [number(each) for each in row[2:4]] == [len(weights["weights"]), unsigned]


@pytest.mark.parametrize("address", ["/standing", "/funnel", "/changed", "/themes/violence"])
def test_an_impossible_question_is_said_plainly_with_a_way_on(page: Page, address: str) -> None:
    page.goto(f"{address}?window=never&measure=ocg_crimes")
    expect(page.get_by_role("alert")).to_contain_text("never")
    expect(page.get_by_role("link", name="Start from the usual selection")).to_be_visible()


def test_an_empty_selection_has_a_way_back_on_each_page(page: Page, demo_server: str) -> None:
    unused = next(each for each in api(demo_server, "weights")["weights"] if each["events"] == 0)
    for address in ("/funnel", "/changed"):
        page.goto(f"{address}?where=category={unused['category']}")
        settled(page)
        page.get_by_role("button", name="Drop the conditions").click()
        settled(page)
        assert words(page) == {}
