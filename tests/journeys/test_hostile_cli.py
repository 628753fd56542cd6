"""The hostile pack through the command line: every verdict, count, line and reason of its EXPECTED.json."""

from __future__ import annotations

import json
import shutil
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.cli import Said, program, rejects, run
from tests.shared import SHARED, shared

PACK = SHARED / "data/hostile"
EXPECTED: dict[str, Any] = (
    {each["file"]: each for each in json.loads((PACK / "EXPECTED.json").read_text())["expected"]}
    if PACK.exists()
    else {}
)
CONTRACT: dict[str, Any] = (
    json.loads((PACK / "EXPECTED.json").read_text())["contract"] if PACK.exists() else {"upload_names": []}
)
STREET = [name for name, each in EXPECTED.items() if each["kind"] == "street_csv"]
SECOND_PASS = "14b_street_2pass_second.csv"
AS_OF = ("--as-of", "2024-06-30", "--format", "json")
EVENTS = {
    "21_events_times.csv": ["--source", "events"],
    "22_events_grid.csv": ["--source", "events"],
    "23_events_ids_batches.csv": ["--source", "events_lonlat"],
    "29_partner_return.xlsx": ["--source", "partner_return", "--sheet", "Events", "--header-row", "4"],
}
BAD_BOUNDARIES = {
    name: each["reason"]
    for name, each in EXPECTED.items()
    if each["kind"] == "boundaries" and each["action"] == "refuse"
}


def begin(folder: Path, template: str, *more: object) -> Path:
    shared("data/hostile/EXPECTED.json")
    assert run("init", folder, "--template", template, *more).status == 0
    return folder


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    """A police-uk workspace after one load of all street files but the second pass, and what it said."""
    shared("data/hostile/EXPECTED.json")
    folder = tmp_path_factory.mktemp("street")
    (folder / "in").mkdir()
    for name in STREET:
        if name != SECOND_PASS:
            shutil.copy(PACK / name, folder / "in" / name)
    workspace = begin(folder / "ws", "police-uk", "--data", folder / "in")
    return workspace, run("load", "-w", workspace, *AS_OF)


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Said]]:
    """A soc workspace after a load of each file of events, and what each load said."""
    workspace = begin(tmp_path_factory.mktemp("events") / "ws", "soc")
    said = {name: run("load", PACK / name, "-w", workspace, *how, *AS_OF) for name, how in EVENTS.items()}
    return workspace, said


def report(said: Said, name: str) -> dict[str, Any]:
    (found,) = [each for each in said.json["files"] if each["file"] == name]
    assert found["records"] == found["accepted"] + found["rejected"]
    assert found["accepted"] == found["added"] + found["changed"] + found["unchanged"]
    return dict(found)


def assert_verdict(found: dict[str, Any], wanted: dict[str, Any], workspace: Path) -> None:
    """One report against one entry of EXPECTED.json, and its rows in `rejects/`."""
    if wanted["action"] == "refuse":
        assert (found["action"], found["reason"], found["accepted"]) == ("refuse", wanted["reason"], 0)
        return
    counts = (found["action"], found["records"], found["accepted"], found["rejected"])
    assert counts == (wanted["action"], wanted["records"], wanted["accept"], wanted["reject"])
    lines = [(int(row["line"]), row["reason"]) for row in rejects(workspace) if row["file"] == wanted["file"]]
    stated = (
        [
            (row["row"], row["verdict"].removeprefix("reject:"))
            for row in wanted["rows"]
            if row["verdict"] != "accept"
        ]
        if "rows" in wanted
        else [(each["line"], each["reason"]) for each in wanted["rejects"]]
    )
    assert sorted(lines) == sorted(stated)
    assert found["reasons"] == dict(Counter(reason for _, reason in stated))
    if "flags" in wanted:
        assert found["flags"] == dict(Counter(each["flag"] for each in wanted["flags"]))


@pytest.mark.parametrize("name", [name for name in STREET if name != SECOND_PASS])
def test_a_street_file_gets_its_verdict(street: tuple[Path, Said], name: str) -> None:
    workspace, said = street
    assert_verdict(report(said, name), EXPECTED[name], workspace)


def test_messages_name_what_is_wrong(street: tuple[Path, Said]) -> None:
    _, said = street
    assert "'Month'" in report(said, "17_street_header_missing.csv")["message"]
    assert "line 11" in report(said, "08_street_quote_swallow.csv")["message"]
    assert "'Longitude'" in report(said, "18_street_header_duplicate.csv")["message"]
    for each in said.json["files"]:
        assert each["action"] != "refuse" or each["file"] in each["message"]


def test_the_raw_row_of_a_reject_is_the_line_of_the_file(street: tuple[Path, Said]) -> None:
    workspace, _ = street
    for name in ("06_street_ragged.csv", "12_street_coordinates.csv", "20_street_types.csv"):
        lines = (PACK / name).read_text(encoding="utf-8").splitlines()
        held = [row for row in rejects(workspace) if row["file"] == name]
        assert [row["raw"] for row in held] == [lines[int(row["line"]) - 1] for row in held]


@pytest.mark.parametrize("name", EVENTS)
def test_a_file_of_events_gets_its_verdict(events: tuple[Path, dict[str, Said]], name: str) -> None:
    workspace, said = events
    assert said[name].status == 2
    assert_verdict(report(said[name], name), EXPECTED[name], workspace)


def test_loading_any_file_again_changes_nothing(
    street: tuple[Path, Said], events: tuple[Path, dict[str, Said]]
) -> None:
    workspace, first = street
    again = run("load", workspace.parent / "in", "-w", workspace, *AS_OF).json
    for each in again["files"]:
        before = report(first, each["file"])
        assert (each["added"], each["changed"], each["withdrawn"]) == (0, 0, 0)
        if before["action"] != "refuse":
            assert (each["reason"], each["unchanged"]) == ("already_loaded", before["accepted"])
    workspace, _ = events
    for name, how in EVENTS.items():
        found = report(run("load", PACK / name, "-w", workspace, *how, *AS_OF), name)
        assert (found["added"], found["reason"]) == (0, "already_loaded")


def test_a_restatement_in_two_passes(tmp_path: Path) -> None:
    workspace = begin(tmp_path / "ws", "police-uk")
    first, second = PACK / "14a_street_2pass_first.csv", PACK / SECOND_PASS
    wanted = EXPECTED[SECOND_PASS]["sequence"]["after_14b"]
    assert report(run("load", first, "-w", workspace, "--as-of", "2024-06-10", "--format", "json"),
                  first.name)["added"] == 30  # fmt: skip
    said = run("load", second, "-w", workspace, "--as-of", "2024-06-20", "--format", "json")
    found = report(said, second.name)
    assert (said.status, found["action"], found["records"], found["rejected"]) == (0, "accept", 31, 0)
    assert found["added"] == wanted["added"]
    assert found["withdrawn"] == wanted["withdrawn"]
    assert found["changed"] == wanted["reclassified"] + wanted["outcome_changed_only"]
    assert found["flags"].get("reclassified") == wanted["reclassified"]
    ask = (
        "rows",
        "-w",
        workspace,
        "--by",
        "grid_1km",
        "--measure",
        "all_incidents",
        "--to",
        "2023-05",
        "--format",
        "json",
    )
    assert run(*ask).json["total"]["events"] == wanted["current"]
    assert run(*ask, "--as-known-at", "2024-06-15").json["total"]["events"] == 30
    for path, day in ((second, "2024-06-20"), (first, "2024-06-10"), (first, "2024-06-25")):
        found = report(run("load", path, "-w", workspace, "--as-of", day, "--format", "json"), path.name)
        assert (found["reason"], found["added"], found["changed"]) == ("already_loaded", 0, 0)
    assert run(*ask).json["total"]["events"] == wanted["current"]


def test_the_whole_folder_at_once_never_stops(tmp_path: Path) -> None:
    workspace = begin(tmp_path / "ws", "police-uk", "--data", shared("data/hostile"))
    started = time.monotonic()
    said = program("load", "-w", workspace, *AS_OF)
    assert time.monotonic() - started < 60
    assert said.status == 2
    assert "load: done in" in said.err
    held = {each["file"]: each for each in said.json["files"]}
    assert held["30_bomb.xlsx"]["reason"] == "file_expands_too_much"
    assert held["26_boundary_deep.geojson"]["reason"] == "file_malformed"
    assert held["31_zip_paths.zip"]["reason"] == "file_path_traversal"
    assert sum(each["accepted"] for each in held.values()) > 200
    (left,) = [note for note in said.json["notes"] if note.startswith("left alone")]
    assert "25_boundary_many_vertices.geojson" in left
    assert [held[name]["reason"] for name in ("27_kml_external_entity.kml", "33_not_a_geopackage.gpkg")] == [
        "file_xml_entity",
        "file_type_mismatch",
    ]
    # By hand: two GeoJSONs and a Shapefile hold boundaries alone, two files are notes; the others are told.
    assert len(held) + 5 == sum(1 for path in PACK.iterdir() if path.is_file())


def test_broken_shapes_are_refused_one_by_one(tmp_path: Path) -> None:
    wanted = EXPECTED.get("24_boundaries_invalid.geojson", {})
    path = shared("data/hostile/24_boundaries_invalid.geojson")
    begun = run("init", tmp_path / "ws", "--template", "police-uk", "--areas", path)
    assert begun.status == 0
    assert "3 areas" in begun.out
    assert "11 features cannot be used: coord_crs 1, coord_swapped 1, duplicate_conflict 1" in begun.out
    said = run("load", "-w", tmp_path / "ws", "--format", "json")
    found = report(said, path.name)
    assert (found["action"], found["records"], found["accepted"], found["rejected"]) == ("partial", 14, 3, 11)
    stated = [
        (str(each["index"] + 1), each["reason"]) for each in wanted["features"] if each["verdict"] == "reject"
    ]
    assert [(row["line"], row["reason"]) for row in rejects(tmp_path / "ws")] == stated
    assert found["flags"] == {"third_value_dropped": 1}


def test_a_shape_of_many_corners_is_an_area(tmp_path: Path) -> None:
    path = shared("data/hostile/25_boundary_many_vertices.geojson")
    assert "1 area in" in run("init", tmp_path / "ws", "--template", "police-uk", "--areas", path).out
    found = report(run("load", "-w", tmp_path / "ws", "--format", "json"), path.name)
    assert (found["action"], found["accepted"]) == ("accept", 1)


@pytest.mark.parametrize("name", BAD_BOUNDARIES)
def test_init_refuses_a_hostile_boundary_file_before_anything_is_written(name: str, tmp_path: Path) -> None:
    said = run("init", tmp_path / "ws", "--template", "police-uk", "--areas", PACK / name)
    assert said.status == 1
    assert said.err.startswith(f"harmscape: {name}: ")
    assert ".prj" in said.err or not name.startswith("32")
    assert list(tmp_path.iterdir()) == []


def test_hostile_editions_are_refused_each_with_its_reason_and_stop_nothing(tmp_path: Path) -> None:
    workspace = begin(tmp_path / "ws", "police-uk", "--data", shared("data/hostile/01_street_control.csv"))
    for number, name in enumerate(BAD_BOUNDARIES):
        (workspace / "geographies" / f"bad{number}.yml").write_text(
            f"geography:\n  id: bad{number}\n  title: Bad\n  editions:\n"
            f"    - {{id: bad, file: {PACK / name}, code: code, name: name}}\n"
        )
    said = run("load", "-w", workspace, *AS_OF)
    assert {each["file"]: each["reason"] for each in said.json["files"] if each["reason"]} == BAD_BOUNDARIES
    assert report(said, "01_street_control.csv")["accepted"] == 40
    assert said.status == 2


def test_names_of_uploads_write_nothing_outside_the_workspace(tmp_path: Path) -> None:
    content = shared("data/hostile/01_street_control.csv").read_bytes()
    workspace = begin(tmp_path / "ws", "police-uk")
    drop = tmp_path / "a" / "b" / "drop"
    drop.mkdir(parents=True)
    for number, name in enumerate(CONTRACT["upload_names"]):
        with zipfile.ZipFile(drop / f"packed{number}.zip", "w") as archive:
            info = zipfile.ZipInfo("x")
            info.filename = name
            archive.writestr(info, content)
        if "/" not in name and "\x00" not in name and len(name) < 255:
            (drop / name).write_bytes(content)
    before = sorted(path for path in tmp_path.rglob("*") if workspace not in path.parents)
    said = run("load", drop, "-w", workspace, "--source", "street", *AS_OF)
    assert said.status == 2
    assert sorted(path for path in tmp_path.rglob("*") if workspace not in path.parents) == before
    refused = [each["file"] for each in said.json["files"] if each["reason"] == "file_path_traversal"]
    # By hand: the first three names climb out of their folder.
    assert {"packed0.zip", "packed1.zip", "packed2.zip"} <= set(refused)
    assert sum(each["added"] for each in said.json["files"]) == 40
    for name in ("../../x.csv", "..\\x.csv", "CON.csv", "x" * 300 + ".csv"):
        assert run("load", drop / "none" / name, "-w", workspace).status == 1


@pytest.mark.soak
@pytest.mark.parametrize("name", STREET)
def test_a_street_file_alone_by_the_real_program(name: str, tmp_path: Path) -> None:
    workspace = begin(tmp_path / "ws", "police-uk")
    said = program("load", PACK / name, "-w", workspace, *AS_OF)
    assert_verdict(report(said, name), EXPECTED[name], workspace)
    assert said.status == (0 if EXPECTED[name]["action"] == "accept" else 2)
