"""Beginning a workspace: levels and fields guessed or named by hand, and nothing half written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harmscape.config import load_domain
from harmscape.model.errors import FileRefusedError, HarmscapeError
from harmscape.workspace.init import init


def square(west: float, south: float, side: float = 0.02) -> dict[str, object]:
    ring = [
        [west, south],
        [west + side, south],
        [west + side, south + side],
        [west, south + side],
        [west, south],
    ]
    return {"type": "Polygon", "coordinates": [ring]}


def boundary(path: Path, *fields: str, side: float = 0.02, areas: int = 3) -> Path:
    """A boundary file of squares in a row; each field holds `<field>-<n>` unless it looks like a code."""
    features = [
        {
            "type": "Feature",
            "properties": {
                name: f"E0100000{n}" if name.upper().endswith("CD") else f"{name} {n}" for name in fields
            },
            "geometry": square(-1.7 + 0.05 * n, 54.9, side),
        }
        for n in range(areas)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("fields", "level", "also"),
    [
        (("LSOA11CD", "LSOA11NM"), "lsoa", ("lsoa11cd", "lsoa11")),
        (("MSOA21CD", "MSOA21NM"), "msoa", ("msoa21cd", "msoa21")),
        (("WD25CD", "WD25NM"), "ward", ("wd25cd", "wd25")),
        (("LAD23CD", "LAD23NM"), "district", ("lad23cd", "lad23")),
        (("sector_id", "name"), "sector", ("sector_id",)),
    ],
)
def test_the_level_is_told_from_the_code_field(
    tmp_path: Path, fields: tuple[str, str], level: str, also: tuple[str, ...]
) -> None:
    begun = init(tmp_path / "ws", "police-uk", areas=[boundary(tmp_path / "a.geojson", *fields)])
    domain, _ = load_domain(tmp_path / "ws")
    geography = domain.geography(level)
    assert geography.also == also
    assert all(domain.geography(name) == geography for name in also)
    assert (geography.editions[0].code, geography.editions[0].name) == fields
    assert domain.settings.defaults.by == level
    assert f"rank with --by {level} (or --by {fields[0].lower()})" in begun.said


def test_fields_named_by_hand_win_over_the_guess(tmp_path: Path) -> None:
    path = boundary(tmp_path / "a.geojson", "LSOA11CD", "LSOA11NM", "beat", "title")
    init(tmp_path / "ws", "police-uk", areas=[path], code="BEAT", name="title")
    (edition,) = load_domain(tmp_path / "ws")[0].geography("beat").editions
    assert (edition.code, edition.name) == ("beat", "title")


@pytest.mark.parametrize(("field", "given"), [("code", "LSOA11C"), ("name", "LSOA11N")])
def test_a_wrong_field_is_answered_with_the_nearest_and_the_file(
    tmp_path: Path, field: str, given: str
) -> None:
    path = boundary(tmp_path / "a.geojson", "LSOA11CD", "LSOA11NM")
    with pytest.raises(FileRefusedError, match=rf"a\.geojson: the file has no field '{given}'; did you mean"):
        init(tmp_path / "ws", "police-uk", areas=[path], **{field: given})
    assert not (tmp_path / "ws").exists()


def test_two_files_of_one_level_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    paths = [boundary(tmp_path / f"{year}.geojson", f"LSOA{year}CD", f"LSOA{year}NM") for year in (11, 21)]
    with pytest.raises(HarmscapeError, match="two boundary files both look like 'lsoa'"):
        init(tmp_path / "ws", "police-uk", areas=paths)
    assert not (tmp_path / "ws").exists()


def test_what_is_not_there_is_said_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(HarmscapeError, match="there is no folder"):
        init(tmp_path / "ws", "police-uk", data=tmp_path / "none")
    with pytest.raises(HarmscapeError, match="there is no boundary file"):
        init(tmp_path / "ws", "police-uk", areas=[tmp_path / "none.geojson"])
    with pytest.raises(HarmscapeError, match="no template 'police'; did you mean 'police-uk'"):
        init(tmp_path / "ws", "police")
    assert not (tmp_path / "ws").exists()


def test_a_workspace_is_not_begun_over_another(tmp_path: Path) -> None:
    init(tmp_path / "ws", "police-uk")
    with pytest.raises(HarmscapeError, match=r"already has .* and 14 more"):
        init(tmp_path / "ws", "police-uk")


def test_areas_smaller_than_any_lsoa_are_marked_so(tmp_path: Path) -> None:
    # 0.001 of a degree is about 64 m by 111 m here: 7,100 square metres.
    init(
        tmp_path / "ws", "police-uk", areas=[boundary(tmp_path / "a.geojson", "plot_id", "name", side=0.001)]
    )
    init(tmp_path / "wide", "police-uk", areas=[boundary(tmp_path / "b.geojson", "beat_id", "name")])
    assert load_domain(tmp_path / "ws")[0].geography("plot").finer_than_lsoa
    assert not load_domain(tmp_path / "wide")[0].geography("beat").finer_than_lsoa


def test_odd_names_of_folders_and_files_are_quoted(tmp_path: Path) -> None:
    odd = tmp_path / 'a "b" #c: [d]'
    odd.mkdir()
    path = boundary(odd / "x: 'y' #z.geojson", "LSOA11CD", "LSOA11NM")
    init(tmp_path / "ws", "police-uk", data=odd, areas=[path])
    domain, problems = load_domain(tmp_path / "ws")
    assert (tmp_path / "ws" / domain.settings.data[0]).resolve() == odd
    assert (tmp_path / "ws" / domain.geography("lsoa").editions[0].file).resolve() == path
    assert [each for each in problems if not each.warning] == []


def test_broken_shapes_are_counted_by_reason(tmp_path: Path) -> None:
    path = boundary(tmp_path / "a.geojson", "LSOA11CD", "LSOA11NM")
    held = json.loads(path.read_text())
    held["features"][1]["geometry"] = {"type": "Point", "coordinates": [-1.6, 54.9]}
    path.write_text(json.dumps(held))
    said = init(tmp_path / "ws", "police-uk", areas=[path]).said
    assert "LSOA: 1 feature cannot be used: geometry_type 1" in said


def test_codes_in_a_field_that_a_program_named_leave_the_level_to_the_names(tmp_path: Path) -> None:
    path = boundary(tmp_path / "areas.geojson", "objectid", "district")
    begun = init(tmp_path / "ws", "police-uk", areas=[path], code="objectid")
    assert any("rank with --by district" in line for line in begun.said)
    geography = load_domain(tmp_path / "ws")[0].geography("district")
    assert (geography.id, geography.title, geography.editions[0].id) == ("district", "District", "district")
