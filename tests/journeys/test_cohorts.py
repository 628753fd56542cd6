"""People referred beside like people, over the demo force: beside its own files, and on the page."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.cli import run
from tests.journeys.browsing import api, settled, violations

from harmscape.engine import Engine
from harmscape.model.errors import SelectionError
from harmscape.views.cohort_impact import FEWEST, CohortImpact
from harmscape.views.cohort_people import Away, read_people
from harmscape.views.cohort_sides import AFTER_MONTHS
from harmscape.views.cohort_words import away_words, likeness, too_early
from harmscape.views.question import ask
from harmscape.workspace import Workspace


def cohort(workspace: Workspace, **options: str) -> CohortImpact:
    found = workspace.ask("cohort", {"measure": "all_crime"}, **options)
    assert isinstance(found, CohortImpact)
    return found


def told_in(folder: Path, pattern: str) -> list[dict[str, str]]:
    """The rows of the newest file of a kind."""
    newest = sorted((folder / "data").rglob(pattern))[-1]
    with newest.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_cannot_be_followed_is_told_so(demo: Workspace) -> None:
    with pytest.raises(SelectionError, match="nobody was referred so"):
        demo.ask("cohort", {"measure": "robbery"}, source="diversion", only="diversion_outcome=Nothing such")
    with pytest.raises(SelectionError, match="no attribute"):
        demo.ask("cohort", {}, source="diversion", only="colour=red")
    with pytest.raises(SelectionError, match="no source"):
        demo.ask("cohort", {}, source="diversions")
    assert run("impact", "-w", demo.folder).status == 1
    assert run("impact", "OP-01", "--cohort", "diversion", "-w", demo.folder).status == 1
    assert run("impact", "--cohort", "diversion", "--report", "x.html", "-w", demo.folder).status == 1


def test_everybody_referred_is_compared_or_left_out_with_a_reason(demo: Workspace) -> None:
    found = cohort(demo)
    referred: dict[str, str] = {}
    for path in (demo.folder / "data" / "diversion").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                referred[row["Nominal"]] = min(row["Referred on"], referred.get(row["Nominal"], "9"))
    assert found.matched + sum(each.people for each in found.left_out) == len(referred)
    # The data begin in November 2021 and end in October 2026: two years before and one after, by hand.
    followed = sum("2023-11" <= day[:7] <= "2025-10" for day in referred.values())
    gone = sum(each.people for each in found.left_out if each.why.startswith("away"))
    assert found.referred == followed - gone
    assert found.sources[0]["id"] == "diversion"
    assert {each.value for each in found.narrowings} >= {"Completed", "Did not engage"}


def test_what_is_told_adds_up_and_is_given_again_from_its_receipt(demo: Workspace) -> None:
    found = cohort(demo)
    if found.too_early:
        assert min(found.referred, found.matched) < FEWEST
        return
    assert found.observed - found.expected == pytest.approx(found.effect.estimate, abs=1e-3)
    # Matches did as much as the referred in the half year before: exactly, that is how they are chosen.
    assert found.balance[-1].referred == pytest.approx(found.balance[-1].matches)
    assert [each.from_month for each in found.steps] == [*range(-24, 0, 3), *range(1, AFTER_MONTHS, 3)]
    assert found.receipt is not None
    assert demo.reproduce(found.receipt).to_dict()["effect"] == found.to_dict()["effect"]


def test_days_in_prison_are_those_of_the_register(demo: Workspace) -> None:
    """The plain twin: every stay in the newest file, a day at a time."""
    stays = told_in(demo.folder, "*-custody.csv")
    last = date(2026, 10, 31)

    def answer(cursor: Engine) -> dict[str, tuple[int, ...]]:
        held = demo.snapshot(None).context
        question = ask(cursor, held, {"measure": "all_crime", "window": "60m", "to": "2026-10"})
        named = "select n.entity_no, upper(n.code) from known_entity n where n.kind = 'person'"
        codes = dict(question.cursor.rows("codes", named))
        period = question.selection.period
        people = read_people(question, held.domain.entity("person"), period, list(codes))
        months = [(month.year, month.month) for month in period.months]
        lengths = people.free.max(axis=0)
        return {
            codes[number]: tuple((lengths - people.free[row]).astype(int).tolist())
            for number, row in people.row.items()
            if (people.free[row] < lengths).any()
        } | {"months": tuple(12 * year + month for year, month in months)}

    found = demo.read("cohort", {}, answer)
    months = found.pop("months")
    assert months[0] == 12 * 2021 + 11
    expected: dict[str, list[int]] = {}
    for stay in stays:
        day = max(date.fromisoformat(stay["From"]), date(2021, 11, 1))
        ends = date.fromisoformat(stay["To"]) if stay["To"] else last + timedelta(days=1)
        while day < min(ends, last + timedelta(days=1)):
            row = expected.setdefault(stay["Nominal"], [0] * len(months))
            row[months.index(12 * day.year + day.month)] += 1
            day += timedelta(days=1)
    assert len(expected) > 5
    assert found == {person: tuple(days) for person, days in expected.items()}


def test_words_say_what_is_known_of_time_away_and_how_alike_the_sides_are() -> None:
    nothing = away_words(Away((), None), 0.1, 0.0, date(2026, 10, 31))
    assert "not taken out" in nothing
    known = away_words(Away(("Time in prison",), date(2026, 8, 31)), 0.125, 0.001, date(2026, 10, 31))
    assert "12.5% of the time, their matches for 0.1%" in known
    assert "known up to 2026-08-31" in known
    assert likeness([0.31, 0.0]).startswith("Not quite alike")
    assert too_early(1, 0, 20).rest.startswith("Only one person was")
    assert too_early(30, 4, 20).rest.startswith("Only 4 of 30 people")


def test_the_command_tells_the_same_as_the_view(demo: Workspace) -> None:
    told = json.loads(run("impact", "--cohort", "diversion", "--format", "json", "-w", demo.folder).out)
    shown = run("impact", "--cohort", "diversion", "-w", demo.folder)
    assert shown.status == 0
    assert told["sentence"]["sure"] in shown.out
    assert "Left out:" in shown.out


@pytest.mark.browser
def test_the_page_of_cohorts_tells_the_servers_answer_and_is_narrowed(
    page: Page, demo_server: str, demo_folder: Path
) -> None:
    page.goto("/operations")
    page.get_by_role("link", name="See what followed for them").click()
    page.locator("h1:not(.quiet)").wait_for()
    settled(page)
    told = api(demo_server, "cohort")
    expect(page.locator("h1")).to_have_text(f"{told['sentence']['sure']} {told['sentence']['rest']}")
    if not told["too_early"]:
        page.locator('[aria-controls="h-pace-twin"]').click()
        expect(page.locator("#h-pace-twin tbody tr")).to_have_count(len(told["steps"]))
        chart = page.locator(".cohort-chart")
        chart.focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator(".readout").first).to_contain_text("24 to 22 months before: referred")
    page.get_by_label("Completed").check()
    settled(page)
    some = api(demo_server, "cohort?only=diversion_outcome=Completed")
    expect(page.locator("h1")).to_have_text(f"{some['sentence']['sure']} {some['sentence']['rest']}")
    # No name of anybody stands on the page.
    names = {row["Name"] for row in told_in(demo_folder, "*-referrals.csv")}
    assert not any(name in page.locator("main").inner_text() for name in names)


@pytest.mark.browser
def test_the_page_of_cohorts_passes_axe_and_never_scrolls_sideways(page: Page) -> None:
    for width in (1440, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("/cohorts")
        page.locator("h1:not(.quiet)").wait_for()
        settled(page)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Dark").click()
    assert violations(page) == []
