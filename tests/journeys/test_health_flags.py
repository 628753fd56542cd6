"""Flags in data health are of the rows that stand now, however often deliveries told them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from harmscape.views.data_health import DataHealth
from harmscape.workspace import open_workspace
from harmscape.workspace.begin import begin

HEAD = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)
FORCE = "Northvale Police"


def row(key: str, *, place: str = "-1.6,55.0", kind: str = "Burglary") -> str:
    """One street row of May 2024; place: `longitude,latitude`, or a comma alone."""
    return f"{key},2024-05,{FORCE},{FORCE},{place},On or near Mill Lane,,,{kind},,"


NUISANCE = row("", kind="Anti-social behaviour")
LOST, FOUND = row("A1", place=","), row("A1")


def flags_after(folder: Path, deliveries: Sequence[tuple[str, Sequence[str]]]) -> dict[str, int]:
    """The flags that health shows for the street source after whole deliveries of one month, in order."""
    (folder / "data").mkdir()
    begin(folder / "ws", "police-uk", data=folder / "data", areas=[])
    with closing(open_workspace(folder / "ws")) as workspace:
        for day, rows in deliveries:
            path = folder / f"{day}-street.csv"
            path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
            (report,) = workspace.load([path], as_of=date.fromisoformat(day)).files
            assert report.action == "accept"
        found = workspace.health(measure="all_incidents")
    assert isinstance(found, DataHealth)
    street = next(source for source in found.sources if source.id == "street")
    assert street.files == len(deliveries)
    return {flag.reason: flag.rows for flag in street.flags}


@pytest.mark.parametrize("times", [1, 3])
def test_a_row_told_in_three_deliveries_is_flagged_once(tmp_path: Path, times: int) -> None:
    # By hand: of three equal rows without an id two are later copies; one row has no place. Each delivery
    # adds a row of its own, so that none is "already loaded".
    rows = [NUISANCE, NUISANCE, NUISANCE, LOST]
    deliveries = [
        (f"2024-0{6 + at}-15", [*rows, *(row(f"B{n}") for n in range(at + 1))]) for at in range(times)
    ]
    assert flags_after(tmp_path, deliveries) == {"possible_duplicate": 2, "no_location": 1}


def test_a_row_that_got_its_place_is_flagged_no_more(tmp_path: Path) -> None:
    assert flags_after(tmp_path, [("2024-06-15", [LOST]), ("2024-07-15", [FOUND])]) == {}


def test_a_change_is_counted_each_time_it_happened(tmp_path: Path) -> None:
    # By hand: the burglary became a robbery in July and a burglary again in August, when a row came late.
    robbery = row("A1", kind="Robbery")
    deliveries = [("2024-06-15", [FOUND]), ("2024-07-15", [robbery]), ("2024-08-15", [FOUND, row("B1")])]
    assert flags_after(tmp_path, deliveries) == {"reclassified": 2}
