"""Real public complaints through the template's mapping, every count against a plain one of our own.

Source: US Consumer Financial Protection Bureau, Consumer Complaint Database (US government, public domain).
"""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from tests.shared import shared

from harmscape.demo.consumer.places import lay_the_region
from harmscape.demo.write_areas import write_denominators, write_level
from harmscape.views.sector_overview import SectorOverview
from harmscape.workspace import Workspace, open_workspace

TEMPLATE = Path(__file__).resolve().parents[2] / "src/harmscape/templates/consumer"
LONGEST_CELL = 10_000
"""Characters of a cell beyond which a row is refused; five narratives are longer."""


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """All rows of both files, the publisher's own words."""
    folder = shared("data/complaints")
    table = pq.read_table(folder / "cfpb_loan_complaints_sample.parquet").to_pylist()
    with (folder / "cfpb_complaints_original.csv").open(newline="", encoding="utf-8-sig") as file:
        return [*table, *csv.DictReader(file, strict=True)]


@pytest.fixture(scope="module")
def short(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows without a cell that is too long to be taken."""
    return [row for row in rows if all(len(cell or "") <= LONGEST_CELL for cell in row.values())]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The template with the councils of the demo region alone and both public files loaded."""
    folder = tmp_path_factory.mktemp("consumer") / "ws"
    shutil.copytree(TEMPLATE, folder)
    shutil.rmtree(folder / "pages")
    for name in ("ward", "small_area"):
        (folder / f"geographies/{name}.yml").unlink()
    above = None
    for stem in ("region", "councils"):
        level = lay_the_region().levels[stem]
        for part in ("geographies", "denominators", "public"):
            (folder / "data" / part).mkdir(parents=True, exist_ok=True)
        write_level(folder / f"data/geographies/{stem}.geojson", level, above)
        write_denominators(folder / f"data/denominators/{stem}.csv", level, lay_the_region().people)
        above = level
    for name in ("cfpb_loan_complaints_sample.parquet", "cfpb_complaints_original.csv"):
        shutil.copy(shared(f"data/complaints/{name}"), folder / "data/public" / name)
    opened = open_workspace(folder)
    opened.load(as_of=date(2025, 6, 1))
    yield opened
    opened.close()


def _held(workspace: Workspace, table: str, **of: str) -> list[dict[str, Any]]:
    """All rows of a table of the ledger, from its Parquet files alone."""
    ledger, manifest = workspace.ledger, workspace.ledger.current()
    return [
        row
        for part in manifest.of(table, **of)
        for row in pq.read_table(ledger.folder / part.path).to_pylist()
    ]


def test_the_publisher_wrote_2958_complaints_five_of_them_very_long(
    rows: list[dict[str, Any]], short: list[dict[str, Any]]
) -> None:
    # 2,827 and 131, as the provenance note says; the ids are unique in both.
    assert len(rows) == len({row["Complaint ID"] for row in rows}) == 2_958
    assert len(rows) - len(short) == 5


def test_every_other_complaint_is_loaded_and_the_long_ones_are_refused_by_name(
    workspace: Workspace, rows: list[dict[str, Any]], short: list[dict[str, Any]]
) -> None:
    events = _held(workspace, "event", source="cfpb")
    assert {event["reference"] for event in events} == {row["Complaint ID"] for row in short}
    assert len(events) == len(short) == 2_953
    refused = [
        row
        for path in (workspace.folder / "rejects").glob("*.csv")
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    ]
    assert [row["reason"] for row in refused] == ["field_too_long"] * (len(rows) - len(short))


def test_days_are_the_days_received(workspace: Workspace, short: list[dict[str, Any]]) -> None:
    events = _held(workspace, "event", source="cfpb")
    found = Counter(event["day"].strftime("%m/%d/%y") for event in events)
    assert found == Counter(row["Date received"] for row in short)


def test_every_issue_is_on_the_list_and_counted_as_the_publisher_has_it(
    workspace: Workspace, short: list[dict[str, Any]]
) -> None:
    listed = yaml.safe_load((TEMPLATE / "categories/cfpb_issues.yml").read_text(encoding="utf-8"))
    title = {each["id"]: each["title"] for each in listed["categories"]["categories"]}
    found = Counter(title[event["category"]] for event in _held(workspace, "event", source="cfpb"))
    assert found == Counter(row["Issue"] for row in short)


def test_every_complaint_is_linked_to_the_company_it_names(
    workspace: Workspace, short: list[dict[str, Any]]
) -> None:
    links = _held(workspace, "link", source="cfpb")
    assert {(link["kind"], link["role"]) for link in links} == {("company", "respondent")}
    assert Counter(link["title"] for link in links) == Counter(row["Company"] for row in short)


def test_they_have_no_place_and_say_so(workspace: Workspace, short: list[dict[str, Any]]) -> None:
    standing = workspace.rank(by="council", measure="us_complaints", window="9m", to="2023-09")
    in_2023 = sum(row["Date received"].endswith("/23") for row in short)
    assert isinstance(standing, SectorOverview)
    assert (standing.unplaced.events, standing.total.events) == (in_2023, in_2023)
    assert sum(area.events for area in standing.areas) == 0
    health = workspace.ask("health").to_dict()
    (source,) = [each for each in health["sources"] if each["id"] == "cfpb"]
    # A source whose mapping names no place lacks none; its rows stand beside the areas all the same.
    assert (source["unplaced"], source["unplaced_share"], source["rows"]) == (0, None, len(short))


def test_types_and_companies_are_ranked_by_number(workspace: Workspace, short: list[dict[str, Any]]) -> None:
    words = {"measure": "us_complaints", "window": "28m", "to": "2025-04"}
    by_issue = workspace.rank(by="category", **words)
    assert isinstance(by_issue, SectorOverview)
    assert {row.name: row.events for row in by_issue.areas if row.events} == Counter(
        row["Issue"] for row in short
    )
    by_company = workspace.rank(by="company", **words)
    assert isinstance(by_company, SectorOverview)
    found = {row.name.casefold(): row.events for row in by_company.areas}
    assert found == Counter(row["Company"].casefold() for row in short)
    # By hand from the publisher's rows: OneMain Finance Corporation has most.
    assert (by_company.areas[0].rank, by_company.areas[0].name) == (1, "OneMain Finance Corporation")
