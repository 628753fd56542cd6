"""Stocks and groups of the demo force against a plain reading of its CSV files, to the last digit."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests import force_files, twin
from tests.demos import ranked
from tests.force_files import Entry

from harmscape.views.sector_overview import SectorOverview
from harmscape.workspace import Workspace

COUNTED = {
    "ocg_members": ("ocg_member", "priority_individual"),
    "ucg_pcg_members": ("ucg_member", "pcg_member"),
}
YEARLY = {"ocg_members": Decimal(497), "ucg_pcg_members": Decimal("49.7")}
"""The proxy weights of the template, points for one person and year."""

SHARES = {"1m": Decimal("0.083333"), "3m": Decimal("0.25"), "5m": Decimal("0.416667"), "12m": Decimal(1)}
"""Months of the window over twelve, by hand, half-even at six places."""

SNAPSHOTS = {"2026-08": date(2026, 8, 31), "2026-09": date(2026, 9, 30), "2026-10": date(2026, 10, 31)}
LEFT_OUT = ("In prison", "Out of force")


@pytest.fixture(scope="module")
def soc(small: Callable[[str], Workspace]) -> Workspace:
    return small("soc")


@pytest.fixture(scope="module")
def entries(soc: Workspace) -> list[Entry]:
    return force_files.entries(soc.folder / "data")


def people_by_area(
    entries: Iterable[Entry], data: Path, measure: str, snapshot: date, geography: str
) -> dict[str, set[str]]:
    """Who lives where: one set of people an area, whatever and however many lines name them."""
    held = [
        each
        for each in entries
        if each.snapshot == snapshot
        and each.kind in COUNTED[measure]
        and each.stands_on(snapshot)
        and each.whereabouts not in LEFT_OUT
    ]
    areas = force_files.placed(data, {each.point for each in held})
    found: dict[str, set[str]] = defaultdict(set)
    for each in held:
        found[areas[each.point].get(geography, twin.UNPLACED)].add(each.person)
    return dict(found)


def assert_stock(standing: SectorOverview, people: Mapping[str, set[str]], points: Decimal) -> None:
    """Every area, UNPLACED and the whole: distinct people, each worth so many points."""
    told = {row.area_id: (row.events, row.harm) for row in standing.areas if row.events}
    told |= {twin.UNPLACED: (standing.unplaced.events, standing.unplaced.harm)}
    wanted = {area: (len(held), len(held) * points) for area, held in people.items()}
    assert told == {twin.UNPLACED: (0, Decimal(0))} | wanted
    everybody = set().union(*people.values())
    assert (standing.total.events, standing.total.harm) == (len(everybody), len(everybody) * points)


@pytest.mark.parametrize("geography", ["sector", "beat", "force"])
@pytest.mark.parametrize("measure", sorted(COUNTED))
def test_a_stock_is_what_a_plain_count_of_the_last_register_is(
    soc: Workspace, entries: list[Entry], measure: str, geography: str
) -> None:
    people = people_by_area(entries, soc.folder / "data", measure, date(2026, 10, 31), geography)
    assert twin.UNPLACED in people, "some have no fixed abode"
    for window in ("1m", "12m"):
        standing = ranked(soc, by=geography, measure=measure, window=window)
        assert_stock(standing, people, YEARLY[measure] * SHARES[window])


@pytest.mark.parametrize("month", sorted(SNAPSHOTS))
def test_a_stock_is_of_the_last_snapshot_in_the_window_and_never_adds_up_over_months(
    soc: Workspace, entries: list[Entry], month: str
) -> None:
    people = people_by_area(entries, soc.folder / "data", "ocg_members", SNAPSHOTS[month], "sector")
    for window in ("1m", "3m", "5m"):
        standing = ranked(soc, by="sector", measure="ocg_members", window=window, to=month)
        assert_stock(standing, people, 497 * SHARES[window])


def test_two_registers_name_some_people_twice_and_each_counts_once(entries: list[Entry]) -> None:
    last = [each for each in entries if each.snapshot == date(2026, 10, 31) and each.stands_on(each.snapshot)]
    by_kind = {kind: {each.person for each in last if each.kind == kind} for kind in COUNTED["ocg_members"]}
    # The measure would be no test of distinct people if nobody stood in both.
    assert len(by_kind["ocg_member"] & by_kind["priority_individual"]) >= 10


def test_those_in_prison_and_out_of_the_force_are_left_out_and_could_have_counted(
    soc: Workspace, entries: list[Entry]
) -> None:
    standing = ranked(soc, by="sector", measure="ocg_members")
    last = [
        each
        for each in entries
        if each.snapshot == date(2026, 10, 31)
        and each.kind in COUNTED["ocg_members"]
        and each.stands_on(each.snapshot)
    ]
    everybody = {each.person for each in last}
    away = {each.person for each in last if each.whereabouts in LEFT_OUT}
    assert len(away) >= 20
    assert standing.total.events == len(everybody - away)


@pytest.mark.parametrize(
    ("measure", "kind", "title"),
    [
        ("ocg_members", "ocg_member", "OCG member"),
        ("ocg_members", "priority_individual", "Priority individual"),
        ("ucg_pcg_members", "ucg_member", "UCG member"),
        ("ucg_pcg_members", "pcg_member", "PCG member"),
    ],
)
def test_the_people_at_home_are_those_that_were_planted(
    soc: Workspace, measure: str, kind: str, title: str
) -> None:
    planted = json.loads((soc.folder / "data/truth.json").read_text(encoding="utf-8"))["stocks"][title]
    standing = ranked(soc, by="sector", measure=measure, where=f"category={kind}")
    assert {row.area_id: row.events for row in standing.areas if row.events} == planted["at_home"]
    assert standing.unplaced.events == planted["no_fixed_abode"]
