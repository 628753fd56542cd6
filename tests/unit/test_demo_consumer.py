"""The files of the demo region: columns, two clocks, ordinary dirt, planted truths, the same bytes."""

from __future__ import annotations

import csv
import hashlib
import json
import statistics
from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import shapely
import yaml

from harmscape.demo.consumer import RegionSummary, make_region
from harmscape.demo.consumer.places import lay_the_region
from harmscape.model.errors import HarmscapeError

Row = dict[str, str]

DELIVERIES = ("2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31")
ROOT = Path(__file__).resolve().parents[2]
SCHEME = ROOT / "src/harmscape/templates/consumer/schemes/detriment.yml"
RARE, MASS, ROGUE = "Doorstep crime against vulnerable people", "Parcel late or missing", "T10001"


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> RegionSummary:
    return make_region(tmp_path_factory.mktemp("region"))


@pytest.fixture(scope="module")
def told(region: RegionSummary) -> dict[str, list[Row]]:
    """The rows of each delivery of complaints, the loss under its usual name."""
    rows = {day: _rows(region.folder / f"complaints/{day}-complaints.csv") for day in DELIVERIES}
    for row in (row for each in rows.values() for row in each if "Loss stated" in row):
        row["Stated loss"] = row.pop("Loss stated")
    return rows


@pytest.fixture(scope="module")
def final(told: dict[str, list[Row]]) -> dict[str, Row]:
    """The last word on each complaint: a delivery speaks for the months it holds."""
    last: dict[str, Row] = {}
    for rows in told.values():
        months = {row["Received on"][:7] for row in rows}
        last = {key: row for key, row in last.items() if row["Received on"][:7] not in months}
        last |= {row["Complaint id"]: row for row in rows}
    return last


@pytest.fixture(scope="module")
def truth(region: RegionSummary) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((region.folder / "truth.json").read_text())
    return content


@pytest.fixture(scope="module")
def harm(final: dict[str, Row], truth: dict[str, Any]) -> list[tuple[Row, Decimal]]:
    """Each complaint with its points, weighed row by row with the template's own figures."""
    scheme = yaml.safe_load(SCHEME.read_text())["scheme"]
    category = {entry["title"].casefold(): name for name, entry in truth["types"].items()}
    known = [row for row in final.values() if row["Incident type"].casefold() in category]
    told: dict[tuple[str, str, str], Decimal] = {}
    weighed = []
    for row in known:
        alike = (category[row["Incident type"].casefold()], row["Breach"], row["Vulnerable"])
        if alike not in told:
            told[alike] = _weigh(*alike, scheme)
        weighed.append((row, told[alike]))
    return weighed


def _weigh(category: str, breach: str, vulnerable: str, scheme: dict[str, Any]) -> Decimal:
    """In each dimension the weight with most conditions met, times its swing weight: plain loops."""
    has = {"breach": breach, "vulnerable": vulnerable}
    total = Decimal(0)
    for dimension, swing in scheme["swing"].items():
        best, most = Decimal(0), -1
        for weight in scheme["weights"]:
            when = weight.get("when", {})
            same = weight["category"] == category and weight["dimension"] == dimension
            if same and len(when) > most and all(has[name] == value for name, value in when.items()):
                best, most = Decimal(str(weight["points"])), len(when)
        total += Decimal(str(swing)) * best
    return total


def _rows(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def _digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def _rank(name: str, figures: Counter[str]) -> int:
    return 1 + sum(value > figures[name] for value in figures.values())


def _sum(pairs: Iterable[tuple[str, Decimal]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for name, points in pairs:
        total[name] += points  # type: ignore[assignment]  # a Counter adds any number
    return total


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(tmp_path: Path) -> None:
    first, second, third = (
        _digest(make_region(tmp_path / name, complaints=4_000, seed=seed).folder)
        for name, seed in (("a", 5), ("b", 5), ("c", 6))
    )
    assert first == second
    same = {name for name in first if first[name] == third[name]}
    assert same == {name for name in first if name.startswith(("geographies/", "denominators/", "README"))}


def test_the_summary_counts_what_the_files_hold(region: RegionSummary, told: dict[str, list[Row]]) -> None:
    others = [*region.folder.glob("visits/*.csv"), *region.folder.glob("registers/*.csv")]
    assert len(others) == 12
    assert region.rows == sum(map(len, told.values())) + sum(len(_rows(path)) for path in others)
    assert {path.relative_to(region.folder).as_posix() for path in region.files} == set(
        _digest(region.folder)
    )
    # Poisson, sd 245; the doubling adds about a hundred.
    assert abs(region.complaints - 60_100) < 1_000


def test_every_complaint_told_is_counted_once_as_entered_or_withdrawn(
    region: RegionSummary, told: dict[str, list[Row]], final: dict[str, Row]
) -> None:
    ever = {row["Complaint id"] for rows in told.values() for row in rows}
    withdrawn = ever - set(final)
    assert 0 < len(withdrawn) < 60
    # What no file ever tells of: withdrawn before the first file could, or entered after the last one.
    assert 0 < region.complaints - len(ever) < 0.012 * region.complaints


def test_a_delivery_holds_whole_months_as_known_on_its_date(told: dict[str, list[Row]]) -> None:
    for day, first in zip(DELIVERIES[1:], ("2026-06", "2026-07", "2026-08"), strict=True):
        months = {row["Received on"][:7] for row in told[day]}
        assert (min(months), max(months), len(months)) == (first, day[:7], 3)
    for day, rows in told.items():
        assert all(row["Received on"] <= row["Entered on"] <= day for row in rows)


def test_later_deliveries_bring_late_corrected_and_withdrawn_complaints(told: dict[str, list[Row]]) -> None:
    before = {row["Complaint id"]: row for row in told["2026-07-31"] if row["Received on"] >= "2026-06-01"}
    after = {row["Complaint id"]: row for row in told["2026-08-31"] if row["Received on"] < "2026-08-01"}
    assert len(set(after) - set(before)) > 10, "complaints of June and July that were entered late"
    assert 0 < len(set(before) - set(after)) < 0.01 * len(before), "complaints withdrawn"
    both = set(before) & set(after)
    corrected = ("Incident type", "Trader id", "Breach", "Vulnerable")
    for name in corrected:
        assert 0 < sum(before[key][name] != after[key][name] for key in both) < 0.1 * len(both), name
    fixed = set(before[min(before)]) - set(corrected)
    assert all(before[key][name] == after[key][name] for key in both for name in fixed)


def test_the_dirt_is_ordinary_and_rare(region: RegionSummary, told: dict[str, list[Row]]) -> None:
    rows = told["2026-07-31"]
    counts = Counter(tuple(row.values()) for row in rows)
    assert len({row["Complaint id"] for row in rows}) == len(counts), (
        "a repeated number repeats its whole row"
    )
    assert 1 <= len(rows) - len(counts) < 0.003 * len(rows)
    assert 0.015 < sum(not row["Easting"] for row in rows) / len(rows) < 0.025
    assert 0.003 < sum(row["Incident type"].isupper() for row in rows) / len(rows) < 0.015
    assert "Loss stated" in (region.folder / "complaints/2026-09-30-complaints.csv").read_text()[:400]
    new = [row for row in told["2026-10-31"] if row["Incident type"] == "Heat network charges"]
    assert new
    assert not [row for row in rows if row["Incident type"] == "Heat network charges"]


def test_a_loss_is_blank_or_at_least_a_pound_and_flags_say_where_nobody_asked(final: dict[str, Row]) -> None:
    losses = [row["Stated loss"] for row in final.values()]
    assert 0.25 < losses.count("") / len(losses) < 0.5
    assert min(int(loss) for loss in losses if loss) >= 1
    for name in ("Vulnerable", "Repeat victim", "Cold call"):
        assert {row[name] for row in final.values()} == {"yes", "no", "not asked"}
    assert {row["Breach"] for row in final.values()} == {"criminal", "civil", "none"}
    assert {row["Driver"] for row in final.values()} == {"trader", "consumer"}
    assert {row["Agency"] for row in final.values()} == {"helpline", "council", "bank protocol", "police"}


def test_some_traders_are_unknown_and_some_are_spelt_in_many_ways(
    final: dict[str, Row], truth: dict[str, Any]
) -> None:
    named_only = [
        row for row in final.values() if not row["Trader id"] and row["Trader"] not in ("", "Not known")
    ]
    unknown = [row for row in final.values() if row["Trader"] in ("", "Not known")]
    assert 0.05 < len(named_only) / len(final) < 0.2
    assert 0.1 < len(unknown) / len(final) < 0.3
    assert not any(row["Trader id"] or row["Trader council"] for row in unknown)
    spellings = {row["Trader"] for row in final.values() if row["Trader id"] == ROGUE}
    assert len(spellings) >= 4
    assert spellings <= set(truth["rogue_trader"]["spellings"])


def test_every_point_lies_on_the_land(final: dict[str, Row]) -> None:
    whole = lay_the_region().levels["region"].shapes[0]
    shapely.prepare(whole)
    placed = [row for row in final.values() if row["Easting"]]
    points = shapely.points([(int(row["Easting"]), int(row["Northing"])) for row in placed])
    assert shapely.contains(whole, points).all()


def test_the_rare_serious_type_is_about_38th_by_volume_and_among_the_top_3_by_harm(
    harm: list[tuple[Row, Decimal]], truth: dict[str, Any]
) -> None:
    volume = Counter(row["Incident type"].casefold() for row, _ in harm)
    points = _sum((row["Incident type"].casefold(), each) for row, each in harm)
    assert len(volume) == 40
    # 156, 205 and 106 are expected at the 38th, 37th and 39th place: sd 12, 14 and 10.
    assert 37 <= _rank(RARE.casefold(), volume) <= 39
    assert _rank(RARE.casefold(), points) <= 3
    assert _rank(MASS.casefold(), volume) == 1
    assert _rank(MASS.casefold(), points) >= 30
    true = truth["types"]
    assert (true["doorstep_vulnerable"]["volume_rank"], true["doorstep_vulnerable"]["harm_rank"]) == (38, 2)
    assert (true["parcel"]["volume_rank"], true["parcel"]["harm_rank"]) == (1, 35)


def test_the_rogue_trader_has_few_complaints_and_most_harm(harm: list[tuple[Row, Decimal]]) -> None:
    linked = [(row["Trader id"], points) for row, points in harm if row["Trader id"]]
    volume, points = Counter(trader for trader, _ in linked), _sum(linked)
    assert _rank(ROGUE, points) == 1
    assert _rank(ROGUE, volume) > 100
    # By hand: 0.5 x 100 + 0.2 x 82.5 + 0.3 x 90 for each, as all are criminal and against vulnerable people.
    theirs = {points for row, points in harm if row["Trader id"] == ROGUE}
    assert theirs == {Decimal("93.5")}


def test_true_rates_agree_with_what_was_drawn(harm: list[tuple[Row, Decimal]], truth: dict[str, Any]) -> None:
    # Rows lost: withdrawn 0.4 %, entered after the end 0.3 %, and what is still filed as something else.
    found = Counter(row["Incident type"].casefold() for row, _ in harm)
    points = _sum((row["Incident type"].casefold(), each) for row, each in harm)
    z, ratio = [], []
    for entry in truth["types"].values():
        expected, name = entry["expected_complaints"], entry["title"].casefold()
        z.append((found[name] - expected) / expected**0.5)
        ratio.append(float(points[name]) / found[name] / entry["points_each"])
    assert abs(statistics.mean(z)) < 0.8
    assert max(map(abs, z)) < 4.5
    # The mean of points of a type is within a few per cent of its expectation, however rare the type.
    assert all(0.85 < each < 1.15 for each in ratio)
    assert abs(statistics.mean(ratio) - 1) < 0.02


def test_one_type_doubles_in_one_council_and_in_the_twin_it_does_not(
    region: RegionSummary, truth: dict[str, Any], tmp_path: Path
) -> None:
    doubled = truth["doubled"]
    assert (doubled["category"], doubled["council"], doubled["starts"]) == (
        "online_shopping",
        "K1",
        "2026-05-01",
    )
    null = make_region(tmp_path, null=True)
    assert json.loads((null.folder / "truth.json").read_text())["doubled"] is None
    # Expected in the half years to October 2025 and 2026: about 113 and 226 (in the twin 113), sd 11 and 15.
    assert 1.5 < _half_year(region.folder, "2026") / _half_year(region.folder, "2025") < 2.6
    assert 0.65 < _half_year(null.folder, "2026") / _half_year(null.folder, "2025") < 1.5


def _half_year(folder: Path, year: str) -> int:
    """Online shopping scams in Fennhythe from May to October of a year, each counted once, by brute force."""
    council = lay_the_region().councils.shapes[0]
    shapely.prepare(council)
    seen: dict[str, Row] = {}
    for path in sorted(folder.glob("complaints/*.csv")):
        seen |= {row["Complaint id"]: row for row in _rows(path)}
    wanted = [
        shapely.Point(int(row["Easting"]), int(row["Northing"]))
        for row in seen.values()
        if row["Incident type"].casefold() == "online shopping scams"
        and f"{year}-05" <= row["Received on"][:7] <= f"{year}-10"
        and row["Easting"]
    ]
    return int(shapely.contains(council, wanted).sum())


def test_visits_are_told_once_and_again_when_their_outcome_is_known(region: RegionSummary) -> None:
    seen: dict[str, Row] = {}
    again = 0
    for day in DELIVERIES:
        for row in _rows(region.folder / f"visits/{day}-visits.csv"):
            assert row["Visited on"] <= day
            if row["Visit id"] in seen:
                again += 1
                assert seen[row["Visit id"]] == row | {"Outcome": "result awaited"}
                assert row["Outcome"] != "result awaited"
            seen[row["Visit id"]] = row
    assert len(seen) == region.visits
    assert again > 30
    responses = Counter(row["Trader id"] for row in seen.values() if row["Kind"] == "Rapid response")
    assert responses.most_common(1)[0][0] == ROGUE


def test_registers_are_whole_each_time_and_some_traders_leave(region: RegionSummary) -> None:
    listed = [
        {row["Trader id"]: row for row in _rows(region.folder / f"registers/{day}-traders.csv")}
        for day in DELIVERIES
    ]
    assert all(ROGUE in each for each in listed)
    first, last = listed[0], listed[-1]
    assert set(last) - set(first), "traders that joined"
    assert set(first) - set(last), "traders gone without a word"
    assert [row for row in last.values() if row["Left on"]], "traders that left and say so"
    for day, each in zip(DELIVERIES, listed, strict=True):
        licences = _rows(region.folder / f"registers/{day}-licences.csv")
        assert {row["Trader id"] for row in licences} <= set(each)
        assert len({row["Premises id"] for row in licences}) < len(licences), "premises with two licences"


def test_the_table_of_the_explanation_is_that_of_truth_json(truth: dict[str, Any]) -> None:
    text = (ROOT / "docs/explanation/consumer.md").read_text(encoding="utf-8")
    tables = [line for line in text.splitlines() if line[:2] == "| "]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in tables]
    shown = [row for row in cells if row[1][0].isdigit()]
    by_title = {entry["title"]: entry for entry in truth["types"].values()}
    assert len(shown) == 5
    for title, complaints, points, volume, harm in shown:
        entry = by_title[title]
        assert int(complaints.replace(",", "")) == round(entry["expected_complaints"])
        assert float(points) == round(entry["points_each"], len(points.partition(".")[2]))
        assert (int(volume[:-2]), int(harm[:-2])) == (entry["volume_rank"], entry["harm_rank"])


def test_the_region_says_that_it_is_invented(region: RegionSummary, truth: dict[str, Any]) -> None:
    assert "invented" in (region.folder / "README.txt").read_text()
    assert "invented" in truth["note"]


def test_a_span_that_does_not_end_with_a_month_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HarmscapeError, match="last day of a month, such as 2026-10-31, got 2026-10-30"):
        make_region(tmp_path, ends=date(2026, 10, 30))
    with pytest.raises(HarmscapeError, match="at least 1 year and 1,000 complaints, got 3 and 10"):
        make_region(tmp_path, complaints=10)
    assert not list(tmp_path.iterdir())
