"""Sums of measures and the harm of groups on the demo force: parts, overlap, distinct events, shares."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests import force_files, twin
from tests.demos import LAST_MONTH, ranked

from harmscape.views.drilldown import Rows
from harmscape.views.sector_overview import SectorOverview
from harmscape.workspace import Workspace

NINE = (
    "ocg_crimes", "pcg_crimes", "drugs_supply_offences", "cannabis_farms", "soc_discharges", "ocg_members",
    "ucg_pcg_members", "drug_related_deaths", "firearms_intelligence",
)  # fmt: skip
STOCKS = ("ocg_members", "ucg_pcg_members")
NOTHING = Decimal(0)


@pytest.fixture(scope="module")
def soc(small: Callable[[str], Workspace]) -> Workspace:
    return small("soc")


def random_selection(seed: int) -> dict[str, str]:
    """A window, perhaps a restriction, perhaps without stocks."""
    chance = random.Random(seed)
    where = ["", "detection=proactive", "detection=reported", "weekday=fri,sat,sun", "hour=20,21,22,23,0,1,2",
             "category=92A,firearms_discharge,ocg_member", "sector=S01,S03,S12,UNPLACED",
             "source=crimes;detection=proactive"]  # fmt: skip
    return {
        "window": chance.choice(["1m", "3m", "6m", "12m", "24m", "45d", "400d"]),
        "to": chance.choice(["2026-10", "2026-09", "2026-08"]),
        "where": chance.choice(where),
        "stocks": chance.choice(["yes", "no"]),
    }


def all_rows(workspace: Workspace, **words: Any) -> list[dict[str, Any]]:
    """Every row behind a figure, page by page."""
    found: list[dict[str, Any]] = []
    while True:
        page = workspace.rows(offset=len(found), limit=1000, **words)
        assert isinstance(page, Rows)
        names = [column.id for column in page.columns]
        found += [dict(zip(names, line, strict=True)) for line in page.lines]
        if len(page.lines) < 1000:
            assert len(found) == page.total.events
            assert sum((row["harm"] for row in found), NOTHING) == page.total.harm
            return found


def figures(each: Any) -> tuple[int, Decimal]:
    return each.events, each.harm


def check_sum(workspace: Workspace, words: Mapping[str, str], by: str) -> None:
    """The laws of a sum for one selection and kind of subject."""
    distinct = ranked(workspace, measure="soc_primary", by=by, **words)
    published = ranked(workspace, measure="soc_primary", by=by, sums="published", **words)
    made_of = distinct.composition
    assert made_of is not None
    assert made_of == published.composition
    # The parts less what they share is what they come to.
    assert made_of.published == sum((part.harm for part in made_of.measures), NOTHING)
    assert made_of.published - made_of.overlap == made_of.distinct == distinct.total.harm
    assert published.total.harm == made_of.published
    for standing in (distinct, published):
        for row in standing.areas:
            assert sum((part.harm for part in row.parts), NOTHING) == row.harm, (words, row.area_id)
    for part in made_of.measures:
        if part.id in STOCKS and words["stocks"] == "no":
            assert (part.events, part.harm) == (0, NOTHING)
            continue
        alone = ranked(workspace, measure=part.id, by=by, **{**words, "stocks": "yes"})
        assert figures(alone.total) == (part.events, part.harm), (words, part.id)


def check_rows(workspace: Workspace, words: Mapping[str, str]) -> None:
    """Every part is the sum of its rows, and events of two parts are the overlap."""
    made_of = ranked(workspace, measure="soc_primary", **words).composition
    assert made_of is not None
    parts: dict[int, list[str]] = {}
    worth: dict[int, Decimal] = {}
    stock = NOTHING
    for part in made_of.measures:
        if part.id in STOCKS and words["stocks"] == "no":
            continue
        rows = all_rows(workspace, measure=part.id, **words)
        harm = sum((row["harm"] for row in rows), NOTHING)
        assert (len(rows), harm) == (part.events, part.harm), (words, part.id)
        if part.id in STOCKS:
            stock += harm
            continue
        for row in rows:
            parts.setdefault(row["event_id"], []).append(part.id)
            worth[row["event_id"]] = row["harm"]
    again = sum((worth[key] * (len(named) - 1) for key, named in parts.items()), NOTHING)
    assert again == made_of.overlap
    assert sum(worth.values(), stock) == made_of.distinct


@pytest.mark.parametrize(("by", "seed"), [("sector", 0), ("group", 1)])
def test_parts_less_overlap_are_the_distinct_sum(soc: Workspace, seed: int, by: str) -> None:
    check_sum(soc, random_selection(seed), by)


def test_rows_of_a_part_sum_to_it_and_shared_rows_to_the_overlap(soc: Workspace) -> None:
    check_rows(soc, {"window": "24m", "to": "2026-10", "where": "", "stocks": "yes"})


@pytest.mark.soak
@pytest.mark.parametrize("by", ["sector", "group", "beat", "category"])
def test_parts_less_overlap_are_the_distinct_sum_at_length(soc: Workspace, by: str) -> None:
    for seed in range(100, 150):
        check_sum(soc, random_selection(seed), by)


@pytest.mark.soak
def test_rows_of_a_part_sum_to_it_at_length(soc: Workspace) -> None:
    for seed in range(100, 150):
        check_rows(soc, random_selection(seed))


def test_the_sum_is_of_the_nine_and_some_events_stand_in_two(soc: Workspace) -> None:
    made_of = ranked(soc, measure="soc_primary", window="24m").composition
    assert made_of is not None
    assert tuple(part.id for part in made_of.measures) == NINE
    assert made_of.overlap > 0


@dataclass(frozen=True)
class Plain:
    """The crimes of a window that count, with their points, and the groups each counts for."""

    crimes: Mapping[str, twin.Event]
    points: Mapping[str, Decimal]
    groups: Mapping[str, set[str]]

    def harm(self, numbers: Iterable[str]) -> Decimal:
        return sum((self.points[self.crimes[number].category] for number in numbers), NOTHING)


@pytest.fixture(scope="module")
def plain(soc: Workspace) -> Plain:
    """Two years of crimes, read from the files."""
    data = soc.folder / "data"
    counted = {
        number: crime
        for number, crime in force_files.crimes(data).items()
        if crime.attributes["status"] != "Cancelled" and date(2024, 11, 1) <= crime.day < date(2026, 11, 1)
    }
    named, held = force_files.suspects(data), force_files.stays(force_files.entries(data))
    return Plain(
        counted,
        force_files.points_by_category(soc.folder, "css_mixed", {each.category for each in counted.values()}),
        {number: force_files.groups_of(number, crime, named, held) for number, crime in counted.items()},
    )


def by_group(soc: Workspace, **words: str) -> SectorOverview:
    return ranked(soc, by="group", measure="all_crime", window="24m", **words)


def test_the_harm_of_a_group_is_that_of_its_distinct_events(soc: Workspace, plain: Plain) -> None:
    wanted: dict[str, list[str]] = {}
    for number, groups in plain.groups.items():
        for group in groups:
            wanted.setdefault(group, []).append(number)
    assert len(wanted) >= 10
    standing = by_group(soc)
    told = {row.area_id: figures(row) for row in standing.areas if row.events}
    assert told == {group: (len(numbers), plain.harm(numbers)) for group, numbers in wanted.items()}
    none = [number for number, groups in plain.groups.items() if not groups]
    assert figures(standing.unplaced) == (len(none), plain.harm(none))
    # In all every event counts once; what several groups share is told beside.
    assert figures(standing.total) == (len(plain.crimes), plain.harm(plain.crimes))
    again = [number for number, groups in plain.groups.items() for _ in range(len(groups) - 1)]
    assert standing.overlap == plain.harm(again)


def test_some_events_have_two_suspects_of_one_group_and_some_two_groups(soc: Workspace, plain: Plain) -> None:
    # Else a sum over members would be the same as one over distinct events, and sharing would be idle.
    named = force_files.suspects(soc.folder / "data")
    held = force_files.stays(force_files.entries(soc.folder / "data"))
    several = [
        number
        for number, groups in plain.groups.items()
        if groups
        and sum(
            len(force_files.groups_of(number, plain.crimes[number], {number: {person}}, held))
            for person in named[number]
        )
        > len(groups)
    ]
    assert several
    assert any(len(groups) > 1 for groups in plain.groups.values())


def test_shares_add_up_over_groups_and_none_to_the_total(soc: Workspace, plain: Plain) -> None:
    for words in ({}, {"where": "detection=reported"}, {"where": "sector=S03,S12,UNPLACED"}):
        split, full = by_group(soc, shared="split", **words), by_group(soc, shared="full", **words)
        plainly = ranked(soc, by="sector", measure="all_crime", window="24m", **words)
        shares = sum((row.harm for row in split.areas), split.unplaced.harm)
        assert shares == plainly.total.harm == split.total.harm == full.total.harm
        whole = {row.area_id: row.harm for row in full.areas}
        assert all(row.harm <= whole[row.area_id] for row in split.areas)


def test_the_rows_of_groups_less_what_they_share_are_their_distinct_events(
    soc: Workspace, plain: Plain
) -> None:
    full = by_group(soc, shared="full")
    of_groups = plain.harm(number for number, groups in plain.groups.items() if groups)
    assert full.total.harm - full.unplaced.harm == of_groups
    assert sum((row.harm for row in full.areas), NOTHING) - full.overlap == of_groups
    for row in full.areas[:5]:
        rows = soc.rows(measure="all_crime", by="group", areas=row.area_id, window="24m", to=LAST_MONTH)
        assert isinstance(rows, Rows)
        assert figures(rows.total) == figures(row)
