"""Monday's tasking meeting, walked in a real browser: every figure on the way is the server's, and that of a
plain reading of the force's own files."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests import force_files, twin
from tests.journeys.browsing import api, settled, sum_of_rows

pytestmark = pytest.mark.browser

OVERVIEW = "measure=all_crime&window=12m&to=2026-10"
YEAR = (date(2025, 11, 1), date(2026, 11, 1))


@dataclass(frozen=True)
class Plain:
    """The crimes of the year by sector, and what each is worth, read from the files alone."""

    by_sector: Mapping[str, list[twin.Event]]
    points: Mapping[str, Decimal]
    roots: Mapping[str, str]

    def harm(self, sector: str, root: str | None = None) -> Decimal:
        return sum((self.points[each.category] for each in self.of(sector, root)), Decimal(0))

    def of(self, sector: str, root: str | None = None) -> list[twin.Event]:
        return [each for each in self.by_sector[sector] if root in (None, self.roots[each.category])]


@pytest.fixture(scope="module")
def plain(demo_folder: Path) -> Plain:
    """A reading of the delivered files without the program."""
    by_sector: dict[str, list[twin.Event]] = defaultdict(list)
    for crime in force_files.crimes(demo_folder / "data").values():
        if crime.attributes["status"] != "Cancelled" and YEAR[0] <= crime.day < YEAR[1]:
            by_sector[crime.area.get("sector", twin.UNPLACED)].append(crime)
    categories = {each.category for crimes in by_sector.values() for each in crimes}
    _, parents = force_files.scheme_and_tree(demo_folder, "css_mixed")
    roots = {}
    for category in categories:
        root = category
        while parents[root] is not None:
            root = str(parents[root])
        roots[category] = root
    return Plain(by_sector, force_files.points_by_category(demo_folder, "css_mixed", categories), roots)


def shown(harm: Decimal) -> str:
    """A harm score as the list writes it."""
    return f"{harm.quantize(Decimal(1), ROUND_HALF_UP):,}"


def test_from_the_overview_to_an_agreed_task(page: Page, demo_server: str, plain: Plain) -> None:
    # The overview opens by its bookmark: every sector as a plain reading has it, worst first.
    page.goto(f"/?{OVERVIEW}&against=prev")
    settled(page)
    rank = api(demo_server, f"rank?{OVERVIEW}")
    assert {area["area_id"]: (area["events"], Decimal(str(area["harm"]))) for area in rank["areas"]} == {
        area["area_id"]: (len(plain.of(area["area_id"])), plain.harm(area["area_id"]))
        for area in rank["areas"]
    }
    order = sorted(rank["areas"], key=lambda area: -plain.harm(area["area_id"]))
    worst, harm = order[0], plain.harm(order[0]["area_id"])
    first = page.locator("tr[data-area]").first
    expect(first).to_contain_text(worst["name"])
    expect(first).to_contain_text(shown(harm))
    expect(page.locator("h1 em")).to_have_text(rank["sentence"]["sure"])
    # Beside the place stands the range it could hold; those that cannot be told apart are called so.
    expect(first).to_contain_text(f"{worst['rank_lo']}–{worst['rank_hi']}")
    assert rank["areas"][-1]["tier"] == "clearly_low" or "Cannot be told apart" in page.inner_text("main")

    # What moved? Each tested count is the plain count of that sector.
    page.get_by_role("link", name="Changed", exact=True).click()
    settled(page)
    changed = api(demo_server, f"changed?{OVERVIEW}")
    expect(page.locator("h1 em")).to_have_text(changed["sentence"]["sure"])
    assert changed["cells"]
    for cell in changed["cells"]:
        assert cell["events"] == len(plain.of(cell["area_id"])), cell["name"]
    page.go_back()
    settled(page)

    # Why is it first? Its greatest part opens the rows that make it, and they sum to it.
    page.get_by_role("button", name=worst["name"], exact=True).click()
    settled(page)
    assert Decimal(str(sum_of_rows(page))) == harm
    parts = Counter({root: plain.harm(worst["area_id"], root) for root in set(plain.roots.values())})
    root, most = parts.most_common(1)[0]
    title = next(part["title"] for part in worst["parts"] if part["id"] == root)
    page.locator(".picked-parts").get_by_role("button", name=title).click()
    settled(page)
    assert Decimal(str(sum_of_rows(page))) == most
    expect(page.locator("#rows h2")).to_contain_text(f"{len(plain.of(worst['area_id'], root)):,} row")

    # Is it one event? Its profile says what the largest is worth.
    page.get_by_role("link", name=f"Profile of {worst['name']}").click()
    settled(page)
    place = api(demo_server, f"place?by=sector&area={worst['area_id']}&{OVERVIEW}")
    largest = max(plain.points[each.category] for each in plain.of(worst["area_id"]))
    assert Decimal(str(place["largest"][0]["harm"])) == largest

    # A task is agreed there, with what could be seen of it, and stands first next Monday.
    page.get_by_role("link", name="Add task").click()
    settled(page)
    expect(page.locator(".power")).to_contain_text("would be seen")
    page.get_by_label("Owner").fill("Insp. Harlow")
    page.get_by_label("Aim").fill("Fewer assaults by the station")
    page.get_by_label("Day of the review").fill("2030-01-31")
    page.get_by_role("button", name="Agree the task").click()
    card = page.locator("[data-task]").filter(has_text="Fewer assaults by the station")
    expect(card).to_contain_text(worst["name"])
    expect(card).to_contain_text("Too early to tell")

    # The paper pack carries the same figures, its marking, and the tables under the charts.
    page.goto(f"/?{OVERVIEW}")
    settled(page)
    page.emulate_media(media="print")
    expect(page.locator("tr[data-area]").first).to_contain_text(shown(harm))
    assert page.pdf(format="A4")[:4] == b"%PDF"
    page.emulate_media(media="screen")
