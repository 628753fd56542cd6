"""The command line says harm in the unit of the weights in force, not always in points."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli import run

HEAD = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)
SQUARE = [[-1.7, 54.9], [-1.5, 54.9], [-1.5, 55.1], [-1.7, 55.1], [-1.7, 54.9]]


def test_what_has_no_place_and_what_rows_sum_to_is_said_in_the_unit(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    force = "Northvale Police"
    rows = [f"{key},2024-05,{force},{force},{place},Mill Lane,,,Burglary,," for key, place in
            (("A1", "-1.6,55.0"), ("A2", ","))]  # fmt: skip
    (tmp_path / "data" / "2024-05-street.csv").write_text("\n".join([HEAD, *rows]) + "\n")
    area = {"type": "Feature", "properties": {"ward_code": "W1"},
            "geometry": {"type": "Polygon", "coordinates": [SQUARE]}}  # fmt: skip
    (tmp_path / "w.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [area]}))
    (tmp_path / "days.csv").write_text("Offence,Weight,Weight in points\nBurglary,438,1\n")
    at = ("-w", tmp_path / "ws")
    begun = run("init", tmp_path / "ws", "--template", "police-uk", "--data", tmp_path / "data",
                "--areas", tmp_path / "w.geojson", "--code", "ward_code")  # fmt: skip
    assert begun.status == 0, begun.err
    imported = run("import-weights", tmp_path / "days.csv", *at, "--id", "days", "--title", "Days", "--unit",
                   "days", "--source", "invented", "--categories", "police_uk", "--status", "local",
                   "--reason", "a test", "--code", "offence", "--weight", "weight")  # fmt: skip
    assert imported.status == 0, imported.err
    assert run("load", *at, "--as-of", "2024-06-30").status == 0
    ask = (*at, "--by", "ward", "--weights", "days", "--window", "1m", "--to", "2024-05")
    ranked = run("rank", *ask)
    assert "UNPLACED, in no area: 1 events, 438 days" in ranked.out
    # By hand: two burglaries at 438 days each.
    assert "all 2 sum to harm 876\n" in run("rows", *ask).out
