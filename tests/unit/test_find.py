"""Finding what to load: sources by name or header, days in names, files turned away or left alone."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from harmscape.config import load_domain
from harmscape.model.domain import Domain
from harmscape.model.errors import HarmscapeError
from harmscape.sandbox import Workers
from harmscape.templates import write_template
from harmscape.workspace.find import Found, find_tables

TODAY = date(2024, 7, 1)
STREET = (
    "Crime ID,Month,Reported by,Longitude,Latitude,Crime type\n,2023-01,X,-1.6,54.9,Anti-social behaviour\n"
)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers() as running:
        yield running


@pytest.fixture
def police(tmp_path: Path) -> tuple[Domain, Path]:
    write_template("police-uk", tmp_path)
    (tmp_path / "data").mkdir()
    return load_domain(tmp_path)[0], tmp_path


def names(found: Found) -> list[tuple[str, str]]:
    return [(each.shown, each.source.id) for each in found.candidates]


def refused(found: Found) -> dict[str, str | None]:
    return {each.file: each.reason for each in found.refused}


def test_files_are_found_in_month_folders_flat_and_in_archives(
    workers: Workers, police: tuple[Domain, Path]
) -> None:
    domain, folder = police
    data = folder / "data"
    (data / "2023-01").mkdir()
    (data / "2023-01" / "2023-01-x-street.csv").write_text(STREET)
    (data / "2023-02-x-outcomes.csv").write_text("a\n")
    with zipfile.ZipFile(data / "all.zip", "w") as archive:
        archive.writestr("2023-03/2023-03-x-street.csv", STREET)
    (data / "renamed.csv").write_text(STREET)
    found = find_tables(workers, domain, folder, today=TODAY)
    assert names(found) == [
        ("2023-01/2023-01-x-street.csv", "street"),
        ("2023-02-x-outcomes.csv", "outcomes"),
        ("all.zip!2023-03/2023-03-x-street.csv", "street"),
        ("renamed.csv", "street"),
    ]
    assert {each.as_of for each in found.candidates} == {TODAY}
    assert (found.refused, found.left_alone) == ([], [])


def test_content_is_known_by_its_digest_whatever_its_name(
    workers: Workers, police: tuple[Domain, Path]
) -> None:
    domain, folder = police
    for name in ("a-street.csv", "b-street.csv"):
        (folder / "data" / name).write_text(STREET)
    one, other = find_tables(workers, domain, folder, today=TODAY).candidates
    assert one.digest == other.digest
    assert len(one.digest) == 64


def test_notes_beside_the_data_are_left_alone_and_strangers_are_refused(
    workers: Workers, police: tuple[Domain, Path]
) -> None:
    domain, folder = police
    data = folder / "data"
    for name, text in {"readme.md": "x", "notes.txt": "a,b\n", "about.json": "{}", "x.kml": "<kml/>"}.items():
        (data / name).write_text(text)
    (data / "strange.csv").write_text("a,b\n1,2\n")
    (data / "empty.csv").write_text("")
    (data / "broken.xlsx").write_bytes(b"PK\x03\x04rubbish")
    found = find_tables(workers, domain, folder, today=TODAY)
    assert found.left_alone == ["about.json", "notes.txt", "readme.md", "x.kml"]
    assert refused(found) == {
        "strange.csv": "source_unknown",
        "empty.csv": "file_empty",
        "broken.xlsx": "file_malformed",
    }
    (message,) = [each.message for each in found.refused if each.reason == "source_unknown"]
    assert message is not None
    assert "(outcomes, stop_and_search, street)" in message


def test_a_file_named_by_hand_that_holds_no_table_is_refused(
    workers: Workers, police: tuple[Domain, Path]
) -> None:
    domain, folder = police
    path = folder / "areas.kml"
    path.write_text("<kml/>")
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("a.shp", "x")
    found = find_tables(workers, domain, folder, [path, folder / "a.zip"], today=TODAY)
    # A Shapefile lacking its other parts cannot be told from one of events, so its fault is told.
    assert refused(found) == {"areas.kml": "not_a_table", "a.zip!a.shp": "file_malformed"}
    assert "Boundary files are declared in geographies/" in str(found.refused[0].message)


def test_one_bad_member_of_an_archive_does_not_sink_the_others(
    workers: Workers, police: tuple[Domain, Path]
) -> None:
    domain, folder = police
    with zipfile.ZipFile(folder / "data" / "a.zip", "w") as archive:
        archive.writestr("2023-01-x-street.csv", STREET)
        archive.writestr("odd.csv", "a,b\n1,2\n")
        archive.writestr("bad.xlsx", "no workbook")
    found = find_tables(workers, domain, folder, today=TODAY)
    assert names(found) == [("a.zip!2023-01-x-street.csv", "street")]
    assert refused(found) == {"a.zip!odd.csv": "source_unknown", "a.zip!bad.xlsx": "file_malformed"}


def test_a_source_named_by_hand_takes_any_table(workers: Workers, police: tuple[Domain, Path]) -> None:
    domain, folder = police
    path = folder / "what.csv"
    path.write_text("a,b\n")
    found = find_tables(workers, domain, folder, [path], source="outcomes", today=TODAY)
    assert names(found) == [("what.csv", "outcomes")]
    with pytest.raises(HarmscapeError, match="no source 'outcome'; did you mean 'outcomes'"):
        find_tables(workers, domain, folder, [path], source="outcome", today=TODAY)


def test_the_day_is_the_one_said_else_the_one_in_the_name(workers: Workers, tmp_path: Path) -> None:
    write_template("soc", tmp_path)
    domain, _ = load_domain(tmp_path)
    path = tmp_path / "2024-03-31-crimes.csv"
    bad = tmp_path / "2024-02-31-crimes.csv"
    for each in (path, bad):
        each.write_text("x\n")
    found = find_tables(workers, domain, tmp_path, [path, bad], today=TODAY)
    assert [each.as_of for each in found.candidates] == [date(2024, 3, 31)]
    assert refused(found) == {"2024-02-31-crimes.csv": "as_of_unreadable"}
    said = find_tables(workers, domain, tmp_path, [path, bad], as_of=date(2024, 4, 2), today=TODAY)
    assert {each.as_of for each in said.candidates} == {date(2024, 4, 2)}


def test_boundary_files_beside_the_data_are_not_tables(workers: Workers, police: tuple[Domain, Path]) -> None:
    _, folder = police
    (folder / "data" / "areas.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": []}))
    (folder / "geographies" / "ward.yml").write_text(
        "geography:\n  id: ward\n  title: Ward\n  editions:\n"
        "    - {id: one, file: data/areas.geojson, code: code, name: name}\n"
    )
    found = find_tables(workers, load_domain(folder)[0], folder, today=TODAY)
    assert (found.candidates, found.refused, found.left_alone) == ([], [], [])


def test_a_path_that_is_no_file_is_an_error(workers: Workers, police: tuple[Domain, Path]) -> None:
    domain, folder = police
    with pytest.raises(HarmscapeError, match="there is no file or folder"):
        find_tables(workers, domain, folder, [folder / "none.csv"], today=TODAY)
    pipe = folder / "pipe.csv"
    os.mkfifo(pipe)
    with pytest.raises(HarmscapeError, match="is no ordinary file"):
        find_tables(workers, domain, folder, [pipe], today=TODAY)
    assert find_tables(workers, domain, folder, [folder / "data"], today=TODAY) == Found()
