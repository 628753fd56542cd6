"""The files of the demo force: columns, two clocks, ordinary dirt, and the same bytes each time."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest
import shapely

from harmscape.demo import ForceSummary, make_force
from harmscape.demo.land import lay_the_land
from harmscape.demo.offences import CODES, OFFENCES
from harmscape.model.errors import HarmscapeError

Row = dict[str, str]

DELIVERIES = ("2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31")


@pytest.fixture(scope="module")
def force(tmp_path_factory: pytest.TempPathFactory) -> ForceSummary:
    return make_force(tmp_path_factory.mktemp("force"), events=60_000, years=3)


@pytest.fixture(scope="module")
def crimes(force: ForceSummary) -> dict[str, list[Row]]:
    read = {day: _rows(force.folder / f"crimes/{day}-crimes.csv") for day in DELIVERIES}
    # The one delivery with another column name is read under the usual one; a test of its own looks at it.
    for row in read["2026-09-30"]:
        row["Committed from"] = row.pop("Occurred from")
    return read


def _rows(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def _digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(tmp_path: Path) -> None:
    first, second, third = (
        _digest(make_force(tmp_path / name, events=20_000, years=1, seed=seed).folder)
        for name, seed in (("a", 5), ("b", 5), ("c", 6))
    )
    assert first == second
    same = {name for name in first if first[name] == third[name]}
    assert same == {
        name
        for name in first
        if name.startswith(("geographies/", "denominators/", "operations/", "services/", "README"))
    }


def test_the_summary_counts_what_the_files_hold(force: ForceSummary, crimes: dict[str, list[Row]]) -> None:
    partners = [
        row
        for folder in ("soc", "coroner", "partners")
        for path in (force.folder / folder).glob("*.csv")
        for row in _rows(path)
    ]
    # A death is told of when it is notified and again when it is registered; all else once.
    cases = Counter(row["Case"] for row in partners if "Case" in row)
    assert max(cases.values()) == 2
    told_once = len(partners) - cases.total() + len(cases)
    assert 0 <= force.partner_events - told_once < 12, "deaths of the last days are not notified yet"
    links = [row for path in (force.folder / "links").glob("*.csv") for row in _rows(path)]
    assert force.rows == sum(map(len, crimes.values())) + len(partners) + len(links)
    written = {str(path.relative_to(force.folder)) for path in force.files}
    assert written == set(_digest(force.folder))


def test_the_number_of_events_is_about_the_number_asked_for(force: ForceSummary) -> None:
    # Poisson, sd 245 and a little more for crimes that come together; the doubling adds a few dozen.
    assert abs(force.crimes + force.partner_events - 60_000) < 1_200


def test_every_crime_names_its_offence_by_code_and_title(crimes: dict[str, list[Row]]) -> None:
    title = {offence.code: offence.title for offence in OFFENCES}
    for row in (row for rows in crimes.values() for row in rows):
        assert title[row["Offence code"].upper()] == row["Offence"]
        assert row["Found by"] in ("Reported", "Proactive")
        assert row["Status"].split(",")[0] in ("Under investigation", "Closed", "Charged", "Cancelled")
    assert {row["Offence code"].upper() for row in crimes["2026-07-31"]} >= set(CODES) - {
        "1",
        "2",
        "62A",
        "10A",
    }


def test_a_delivery_holds_whole_months_as_known_on_its_date(crimes: dict[str, list[Row]]) -> None:
    for day, first in zip(DELIVERIES[1:], ("2026-06", "2026-07", "2026-08"), strict=True):
        committed = {row["Committed from"][:7] for row in crimes[day]}
        assert min(committed) == first
        assert max(committed) == day[:7]
        assert len(committed) == 3
        assert max(row["Recorded on"] for row in crimes[day])[:10] <= day


def test_a_crime_is_committed_before_it_is_recorded(crimes: dict[str, list[Row]]) -> None:
    for row in crimes["2026-07-31"]:
        if len(row["Committed from"]) > 10:
            begun, recorded = (
                datetime.fromisoformat(row[name]) for name in ("Committed from", "Recorded on")
            )
            ended = datetime.fromisoformat(row["Committed to"]) if row["Committed to"] else begun
            assert begun <= ended < recorded
        else:
            assert date.fromisoformat(row["Committed from"]) <= date.fromisoformat(row["Recorded on"][:10])


def test_later_deliveries_bring_late_changed_cancelled_and_withdrawn_crimes(
    crimes: dict[str, list[Row]],
) -> None:
    before = {row["Crime number"]: row for row in crimes["2026-07-31"]}
    after = {row["Crime number"]: row for row in crimes["2026-08-31"]}
    restated = {number for number, row in before.items() if row["Committed from"] >= "2026-06-01"}
    july = {number for number, row in after.items() if row["Committed from"] < "2026-08-01"}
    both = restated & july
    assert len(july - restated) > 10, "crimes of June and July that were recorded late"
    assert 0 < len(restated - july) < 0.01 * len(restated), "crimes withdrawn"
    changed = [n for n in both if before[n]["Offence"] != after[n]["Offence"]]
    assert 0 < len(changed) < 0.03 * len(both), "crimes reclassified"
    cancelled = [n for n in both if "Cancelled" == after[n]["Status"] != before[n]["Status"]]
    assert 0 < len(cancelled) < 0.03 * len(both)
    fixed = ("Committed from", "Committed to", "Easting", "Northing", "Incident number", "Found by")
    assert all(before[n][name] == after[n][name] for n in both for name in fixed)


def test_the_dirt_is_ordinary_and_rare(crimes: dict[str, list[Row]]) -> None:
    rows = crimes["2026-07-31"]
    counts = Counter(tuple(row.values()) for row in rows)
    assert len({row["Crime number"] for row in rows}) == len(counts), (
        "a repeated number repeats its whole row"
    )
    assert 1 <= len(rows) - len(counts) < 0.004 * len(rows), "exact duplicates"
    without = [row for row in rows if not row["Easting"]]
    assert 0.008 < len(without) / len(rows) < 0.02
    assert all(not row["Northing"] and row["Place known to"] == "not known" for row in without)
    lower = [row for row in rows if row["Offence code"] != row["Offence code"].upper()]
    assert 0 < len(lower) / len(rows) < 0.01


def test_some_incidents_hold_several_crimes_of_one_time_and_place(crimes: dict[str, list[Row]]) -> None:
    first = {row["Crime number"]: row for row in crimes["2026-07-31"]}
    incidents: dict[str, list[Row]] = {}
    for row in first.values():
        incidents.setdefault(row["Incident number"], []).append(row)
    several = [rows for rows in incidents.values() if len(rows) > 1]
    assert 0.01 < len(several) / len(incidents) < 0.06
    for rows in several:
        assert len({row["Easting"] for row in rows} - {""}) <= 1
        assert len({row["Committed from"][:10] for row in rows}) == 1


def test_partner_events_are_told_once_in_the_month_they_happened(force: ForceSummary) -> None:
    seen: set[str] = set()
    earlier = ""
    for day in DELIVERIES:
        rows = _rows(force.folder / f"soc/{day}-soc.csv")
        assert not seen & {row["event_id"] for row in rows}
        seen |= {row["event_id"] for row in rows}
        assert all(earlier < row["occurred_at"][:10] <= day for row in rows)
        assert {row["kind"] for row in rows} <= {
            "firearms discharge", "cannabis farm", "drugs supply", "firearms intelligence",
        }  # fmt: skip
        earlier = day


def test_one_delivery_calls_a_column_otherwise(force: ForceSummary) -> None:
    headers = {
        day: (force.folder / f"crimes/{day}-crimes.csv").read_text().splitlines()[0] for day in DELIVERIES
    }
    assert [day for day, header in headers.items() if "Committed from" not in header] == ["2026-09-30"]
    assert headers["2026-09-30"].replace("Occurred from", "Committed from") == headers["2026-10-31"]


def test_every_point_lies_on_the_land(force: ForceSummary, crimes: dict[str, list[Row]]) -> None:
    rows = [row for row in crimes["2026-07-31"] if row["Easting"]]
    points = shapely.points([(int(row["Easting"]), int(row["Northing"])) for row in rows])
    whole = lay_the_land().levels["force"].shapes[0]
    shapely.prepare(whole)
    assert shapely.contains(whole, points).all()


def test_boundaries_and_denominators_name_the_same_areas(force: ForceSummary) -> None:
    for stem, field, above in (
        ("force", "FORCE", None),
        ("area_commands", "COMMAND", "FORCE"),
        ("sectors", "SECTOR", "COMMAND"),
        ("beats", "BEAT", "SECTOR"),
        ("small_areas", "SMALL_AREA", "BEAT"),
    ):
        collection = json.loads((force.folder / f"geographies/{stem}.geojson").read_text())
        rows = _rows(force.folder / f"denominators/{stem}.csv")
        properties = [feature["properties"] for feature in collection["features"]]
        assert [entry[f"{field}_CODE"] for entry in properties] == [row["code"] for row in rows]
        names = {f"{field}_CODE", f"{field}_NAME"} | ({f"{above}_CODE"} if above else set())
        assert all(set(entry) == names for entry in properties)
        assert sum(int(row["residents"]) for row in rows) == int(lay_the_land().people.residents.sum())


def test_the_force_says_that_it_is_invented(force: ForceSummary) -> None:
    assert "invented" in (force.folder / "README.txt").read_text()
    assert "invented" in json.loads((force.folder / "truth.json").read_text())["note"]


def test_a_span_that_does_not_end_with_a_month_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HarmscapeError, match="last day of a month, such as 2026-10-31, got 2026-10-30"):
        make_force(tmp_path, ends=date(2026, 10, 30))
    with pytest.raises(HarmscapeError, match="at least 1 year and 1,000 events, got 5 and 10"):
        make_force(tmp_path, events=10)
    assert not list(tmp_path.iterdir())
