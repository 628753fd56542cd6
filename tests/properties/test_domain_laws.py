"""The laws of the house on every domain, through the one door: what holds for crimes holds for complaints."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests import twin
from tests.demos import SCHEMES, opened, ranked
from tests.small_force import an_event, small_force
from tests.steps.test_ties import declared, member

from harmscape.model.domain import Domain
from harmscape.views.drilldown import Rows
from harmscape.views.sector_overview import SectorOverview
from harmscape.workspace import Workspace

NOTHING = Decimal(0)
AREAS = {
    "soc": ("sector", "beat", "small_area", "command", "force"),
    "consumer": ("council", "ward", "small_area", "region"),
    "safeguarding": ("locality", "district", "small_area", "county"),
}
ENTITIES = {"soc": ("group", "person"), "consumer": ("company",), "safeguarding": ("family", "household")}
FLOWS = {
    "soc": ("all_crime", "ocg_crimes", "drugs_supply", "soc_offences"),
    "consumer": ("complaints", "criminal_breaches", "doorstep_crime_harm"),
    "safeguarding": ("all", "crimes_child_present"),
}
WHERE = {
    "soc": ("", "detection=proactive", "weekday=sat,sun", "category=burglary,robbery", "sector=S12,UNPLACED"),
    "consumer": ("", "breach=criminal", "vulnerable=yes", "category=scams", "council=K1,UNPLACED"),
    "safeguarding": ("", "agency=police", "category=circumstance_recorded", "locality=L01,UNPLACED"),
}  # fmt: skip


def random_words(domain: str, seed: int) -> dict[str, Any]:
    """A measure, a window and perhaps a restriction."""
    chance = random.Random(f"{domain} {seed}")
    return {
        "measure": chance.choice(FLOWS[domain]),
        "window": chance.choice(["1m", "3m", "12m", "24m", "77d", "365d"]),
        "to": chance.choice(["2026-10", "2026-09", "2026-08"]),
        "where": chance.choice(WHERE[domain]),
    }


def added(standing: SectorOverview) -> tuple[int, Decimal]:
    """Events and harm of all subjects and of those that none holds."""
    return (
        sum((row.events for row in standing.areas), standing.unplaced.events),
        sum((row.harm for row in standing.areas), standing.unplaced.harm),
    )


def total(standing: SectorOverview | Rows) -> tuple[int, Decimal]:
    return standing.total.events, standing.total.harm


def check_conserved(workspace: Workspace, domain: str, seed: int) -> None:
    """Every geography's areas and UNPLACED hold all harm; so do rows, and shares of entities and of none."""
    words = random_words(domain, seed)
    rows = workspace.rows(**words)
    assert isinstance(rows, Rows)
    whole = total(rows)
    for by in AREAS[domain]:
        standing = ranked(workspace, by=by, **words)
        assert added(standing) == total(standing) == whole, (by, words)
    for by in ENTITIES[domain]:
        full, split = (ranked(workspace, by=by, shared=rule, **words) for rule in ("full", "split"))
        assert total(full) == total(split) == whole, (by, words)
        assert added(split)[1] == whole[1], (by, words)
        assert added(full)[1] - full.overlap == whole[1], (by, words)


def check_doubled(workspace: Workspace, domain: str, seed: int) -> None:
    """Twice the points of a scheme are twice the harm, and nobody's place is another."""
    words = random_words(domain, seed)
    by = random.Random(seed).choice(AREAS[domain][:2] + ENTITIES[domain][:1])
    once, twice = (
        ranked(workspace, by=by, weights=scheme, **words) for scheme in (SCHEMES[domain], "doubled")
    )
    assert [row.area_id for row in twice.areas] == [row.area_id for row in once.areas]
    assert [row.harm for row in twice.areas] == [2 * row.harm for row in once.areas]
    assert twice.total.harm == 2 * once.total.harm
    for place in ("rank", "rank_lo", "rank_hi", "tier", "volume_rank", "events"):
        assert [getattr(row, place) for row in twice.areas] == [getattr(row, place) for row in once.areas]


def check_split(workspace: Workspace, domain: str, seed: int) -> None:
    """A period cut in two, at any day, has the harm of its parts; stocks are no flow and do not cut."""
    chance = random.Random(seed)
    by = chance.choice(AREAS[domain])
    words = random_words(domain, seed) | {"to": "2026-10"}
    whole = ranked(workspace, by=by, **(words | {"window": "304d"}))  # 1 January to 31 October
    days = chance.randint(1, 303)
    late = ranked(workspace, by=by, **(words | {"window": f"{days}d"}))
    cut = f"{_day_before(days)}"
    early = ranked(workspace, by=by, **(words | {"window": f"{304 - days}d", "to": cut}))
    parts = [{row.area_id: (row.events, row.harm) for row in each.areas} for each in (early, late)]
    for row in whole.areas:
        assert row.events == sum(part[row.area_id][0] for part in parts)
        assert row.harm == sum((part[row.area_id][1] for part in parts), NOTHING)
    assert whole.total.harm == early.total.harm + late.total.harm


def _day_before(days: int) -> str:
    """The last day before the last so many days of October 2026."""
    return str(date(2026, 10, 31) - timedelta(days=days))


LAWS = [check_conserved, check_doubled, check_split]


@pytest.mark.parametrize("law", LAWS, ids=["conserved", "doubled", "split"])
def test_on_every_domain(
    small: Callable[[str], Workspace], domain: str, law: Callable[[Workspace, str, int], None]
) -> None:
    for seed in range(1):
        law(small(domain), domain, seed)


@pytest.mark.soak
@pytest.mark.parametrize("law", LAWS, ids=["conserved", "doubled", "split"])
def test_on_every_domain_at_length(
    small: Callable[[str], Workspace], domain: str, law: Callable[[Workspace, str, int], None]
) -> None:
    for seed in range(100, 115):
        law(small(domain), domain, seed)


def test_a_stock_is_not_split_by_a_period(small: Callable[[str], Workspace]) -> None:
    for domain, measure in (("soc", "ocg_members"), ("consumer", "licensed_premises")):
        one, ten = (ranked(small(domain), measure=measure, window=window) for window in ("1m", "10m"))
        assert one.total.events == ten.total.events > 0


def rearranged(folder: Path, copy: Path, seed: int) -> Path:
    """The same workspace, not loaded, with the rows of every file in another order and in two files."""
    chance = random.Random(seed)
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("ledger", "audit.sqlite*", "*.csv"))
    for path in sorted((folder / "data").rglob("*.csv")):
        inside = copy / path.relative_to(folder)
        if path.parent.name == "denominators":
            shutil.copy(path, inside)
            continue
        with path.open(newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        chance.shuffle(rows)
        half = chance.randint(0, len(rows))
        for name, held in (("one", rows[:half]), ("two", rows[half:])):
            part = inside.parent / name / inside.name
            part.parent.mkdir(exist_ok=True)
            with part.open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([header, *held])
    return copy


QUESTIONS: dict[str, list[dict[str, str]]] = {
    "soc": [
        {"by": "sector"},
        {"by": "beat", "measure": "soc_primary", "sums": "published"},
        {"by": "group", "shared": "split", "window": "24m"},
        {"by": "person", "measure": "ocg_crimes"},
        {"by": "sector", "measure": "ocg_members", "as_known_at": "2026-09-15"},
    ],
    "consumer": [
        {"by": "council"},
        {"by": "company", "shared": "split"},
        {"by": "category"},
        {"by": "ward", "measure": "registered_traders"},
    ],
    "safeguarding": [
        {"by": "locality"},
        {"by": "family", "measure": "repeat_enquiries"},
        {"by": "small_area", "measure": "three_of_four"},
        {"by": "household", "shared": "split"},
    ],
}


def answers(workspace: Workspace, domain: str) -> list[dict[str, Any]]:
    """Some standings of a domain, whole, but for receipts."""
    return [_told(ranked(workspace, **words)) for words in QUESTIONS[domain]]


def _told(found: Any) -> dict[str, Any]:
    held: dict[str, Any] = found.to_dict()
    held.pop("receipt")
    return held


def check_rearranged(small: Callable[[str], Workspace], domain: str, root: Path, seed: int) -> None:
    given = small(domain)
    other = opened(rearranged(given.folder, root / f"{domain}{seed}", seed))
    other.load()
    for words, one, two in zip(
        QUESTIONS[domain], answers(given, domain), answers(other, domain), strict=True
    ):
        assert two == one, (domain, words)
    other.close()


def test_the_order_of_rows_and_the_splitting_of_files_change_nothing(
    small: Callable[[str], Workspace], tmp_path: Path
) -> None:
    check_rearranged(small, "consumer", tmp_path, 1)


@pytest.mark.soak
def test_the_order_of_rows_and_the_splitting_of_files_change_nothing_at_length(
    small: Callable[[str], Workspace], domain: str, tmp_path: Path
) -> None:
    for seed in range(2, 4):
        check_rearranged(small, domain, tmp_path, seed)


class TestRecordsThatTie:
    """Where two records could stand for an entity, the one that does is no matter of the order of rows."""

    def test_somebody_in_two_categories_of_a_branch(self) -> None:
        counted = {"kind": "stock", "categories": ["of_any"], "sources": ["members"], "counts": "person"}
        events = [
            member(date(2024, 3, 31), "ann", "g1"),
            member(date(2024, 3, 31), "ann", None, "of_interest"),
        ]
        one, two = (_by_sector(_branched(counted), order) for order in (events, events[::-1]))
        assert one == two

    def test_somebody_with_two_latest_records_on_one_day(self) -> None:
        def seen(category: str, sector: str) -> twin.Event:
            return an_event(date(2024, 1, 10), category, sector, links=(("person", "ann", "seen"),))

        counted = {
            "kind": "together", "categories": ["violence", "theft"], "at_least": 2, "counts": "person",
            "as": "both_kinds",
        }  # fmt: skip
        events = [seen("assault", "S1"), seen("burglary", "S2")]
        one, two = (
            _by_sector(declared({"id": "tied", **counted}), order) for order in (events, events[::-1])
        )
        assert one == two


def _by_sector(held: Domain, events: list[twin.Event]) -> dict[str, twin.Score]:
    made = small_force(Path("no-trail"), held, events)
    return made.scored(measure="tied", by="sector", window="3m", to="2024-03")


def _branched(measure: dict[str, Any]) -> Domain:
    """The small force with a category above the two kinds of entries, weighed 120 and 60."""
    held = declared({"id": "tied", **measure}).model_dump(by_alias=True)
    (listed,) = [each for each in held["category_lists"] if each["id"] == "registered_as"]
    for each in listed["categories"][:2]:
        each["parent"] = "of_any"
    listed["categories"] = [{"id": "of_any", "title": "Of any kind"}, *listed["categories"]]
    return Domain.model_validate(held)
