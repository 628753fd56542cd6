"""The page of a place: who is named in its events, what tasks stand there, and what a phone reads first."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.journeys.browsing import api, settled, violations, watched, words

pytestmark = pytest.mark.browser


def worst(server: str, by: str = "sector") -> Any:
    return api(server, f"rank?by={by}")["areas"][0]


def rows_of(server: str, area: str, group: str) -> dict[str, Decimal]:
    """Harm by reference of the events of a group in an area command."""
    page = api(server, f"rows?by=command&areas={area}&where=group={group}&limit=500")
    assert page["total"]["events"] == len(page["rows"]), "all on one page"
    at = {column["id"]: index for index, column in enumerate(page["columns"])}
    return {row[at["reference"]]: Decimal(str(row[at["harm"]])) for row in page["rows"]}


def test_who_is_named_in_the_events_of_a_place_counts_each_event_once(page: Page, demo_server: str) -> None:
    place = worst(demo_server, "command")
    area = place["area_id"]
    told = api(demo_server, "rank?by=group&months=no")["areas"]
    groups = {each["area_id"]: each["name"] for each in told if each["events"]}
    held = {code: rows_of(demo_server, area, code) for code in groups}
    held = {code: rows for code, rows in held.items() if rows}
    once = {reference: harm for rows in held.values() for reference, harm in rows.items()}
    most = sorted(held, key=lambda code: (-sum(held[code].values()), code))
    assert sum(len(rows) for rows in held.values()) > len(once), (
        "an event of several groups, to be counted once"
    )
    all_harm, events = Decimal(str(place["harm"])), place["events"]
    share = 100 * sum(once.values()) / all_harm

    page.goto(f"/places/command/{area}")
    settled(page)
    panel = page.locator("section.p").filter(has=page.locator("#h-behind"))
    title = panel.locator("h2").inner_text()
    said = re.fullmatch(r"Groups are named in ([\d.]+)% of the harm here; (.+) in ([\d.]+)%, the most", title)
    assert said, title
    assert abs(Decimal(said[1]) - share) <= Decimal("0.5" if share >= 10 else "0.051")
    assert said[2] == groups[most[0]]
    for row, code in zip(panel.locator("tbody tr:not(.none)").all(), most, strict=False):
        name, number, harm, part = row.locator("th, td").all_inner_texts()
        own = sum(held[code].values())
        assert (name, int(number)) == (groups[code], len(held[code]))
        assert abs(Decimal(harm.replace(",", "")) - own) <= Decimal("0.5")
        assert abs(Decimal(part.strip("%<")) - 100 * own / all_harm) <= Decimal("0.5")
    none = panel.locator("tr.none td").all_inner_texts()
    assert int(none[0].replace(",", "")) == events - len(once)
    assert abs(Decimal(none[1].replace(",", "")) - (all_harm - sum(once.values()))) <= Decimal("0.5")

    panel.get_by_role("link", name=f"All {len(held)} named here").click()
    settled(page)
    assert words(page) == {"by": "group", "where": f"command={area}", "measure": "all_crime"}
    page.go_back()
    settled(page)
    panel.get_by_role("link", name=groups[most[0]], exact=True).click()
    page.wait_for_url(f"**/places/group/{most[0]}")
    settled(page)


def test_a_place_whose_events_name_no_group_says_so(page: Page, demo_server: str) -> None:
    areas = api(demo_server, "rank?by=small_area")["areas"]
    for area in (each["area_id"] for each in reversed(areas) if each["events"]):
        told = api(demo_server, f"rank?by=group&where=small_area={area}&months=no")
        if told["unplaced"] == told["total"]:
            break
    page.goto(f"/places/small_area/{area}")
    settled(page)
    expect(page.locator("#h-behind")).to_have_text("No group is named in these events")


def task(number: int, area: str, **said: object) -> dict[str, object]:
    return {
        "id": number,
        "owner": "Insp. Harlow",
        "aim": f"Aim {number}",
        "by": "sector",
        "areas": [area],
        "review": f"2030-01-{number:02}",
        "state": "open",
        **said,
    }


def test_the_tasks_of_a_place_stand_near_its_top(page: Page, demo_server: str) -> None:
    area = worst(demo_server)["area_id"]
    tasks: list[dict[str, object]] = []
    page.route("**/api/tasks", lambda route: route.fulfill(body=json.dumps({"tasks": tasks})))
    line = page.locator(".tasks-here")
    page.goto(f"/places/sector/{area}")
    expect(line).to_contain_text("No task is open here; none was closed.")
    # By hand: two open, the next review first; one closed; one in another sector, one in a beat so named.
    tasks += [
        task(9, area),
        task(4, area, owner="Sgt. Vale"),
        task(5, area, state="done"),
        task(6, "S99"),
        task(7, area, by="beat"),
    ]
    page.reload()
    expect(line).to_contain_text(
        "Two tasks are open here: Aim 4, Sgt. Vale, review 4 Jan 2030; "
        "Aim 9, Insp. Harlow, review 9 Jan 2030. One was closed."
    )
    page.unroute("**/api/tasks")
    line.get_by_role("link", name="Add task").click()
    page.wait_for_url("**/tasks?*")
    assert words(page) == {"by": "sector", "areas": area}


def test_a_phone_reads_what_and_when_before_the_other_places(browser: Browser, demo_server: str) -> None:
    first = worst(demo_server)
    wanted = ["h-parts", "h-hours", "h-behind", "h-trend", "h-below", "h-ranges"]
    with watched(browser, demo_server, width=390, height=844) as page:
        page.goto(f"/places/sector/{first['area_id']}")
        settled(page)
        found = page.locator("main h2[id]").evaluate_all(
            "all => all.map(each => [each.id, each.getBoundingClientRect().top])"
        )
        assert [name for name, _ in found if name in wanted] == wanted
        tops = [top for _, top in found]
        assert tops == sorted(tops), "what is seen first is read first"
        assert violations(page) == []

        # What opens beneath an area of the list is in sight with the way to its profile.
        page.goto("/")
        settled(page)
        last = page.locator("tr[data-area] button.nm").last
        last.evaluate(
            "each => window.scrollTo(0, each.getBoundingClientRect().bottom + scrollY - innerHeight)"
        )
        last.click()
        settled(page)
        expect(page.locator(".picked-parts a")).to_be_in_viewport(ratio=1)
        # And below the map, which lies far from the list.
        expect(page.locator(".map-foot .to-profile a")).to_be_visible()
