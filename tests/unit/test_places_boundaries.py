"""Boundary files: the verdicts of the hostile pack, the rules behind them, and six formats that agree."""

from __future__ import annotations

import json
import pickle
import time
from pathlib import Path
from typing import Any

import pytest
import shapely
from tests.shared import shared

from harmscape.model.errors import FileRefusedError
from harmscape.places.boundaries import BoundarySet, read_boundaries
from harmscape.places.features import Limits

Ring = list[list[float]]


def square(west: float, south: float, size: float = 0.01) -> Ring:
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code: Any, coordinates: Any, kind: str = "Polygon", **properties: Any) -> dict[str, Any]:
    shape = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"code": code, **properties}, "geometry": shape}


def written(folder: Path, *features: dict[str, Any], crs: str | None = None) -> Path:
    document: dict[str, Any] = {"type": "FeatureCollection", "features": list(features)}
    if crs is not None:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path = folder / "areas.geojson"
    path.write_text(json.dumps(document))
    return path


def refusal(path: Path, **options: Any) -> FileRefusedError:
    with pytest.raises(FileRefusedError) as caught:
        read_boundaries(path, **options)
    return caught.value


def reasons(boundaries: BoundarySet) -> dict[int, str]:
    assert boundaries.records == boundaries.accepted + len(boundaries.rejects)
    return {reject.feature: reject.reason for reject in boundaries.rejects}


# The hostile pack


def test_each_broken_polygon_of_the_hostile_pack_gets_its_verdict() -> None:
    expected = json.loads(shared("data/hostile/EXPECTED.json").read_text())["expected"]
    entry = next(item for item in expected if item["file"] == "24_boundaries_invalid.geojson")
    found = read_boundaries(shared("data/hostile/24_boundaries_invalid.geojson"))
    assert (found.records, found.accepted, len(found.rejects)) == (14, 3, 11)
    assert (found.code_field, found.name_field) == ("sector_id", "name")
    wanted = {item["index"]: item["reason"] for item in entry["features"] if item["verdict"] == "reject"}
    assert reasons(found) == wanted
    assert found.codes == ("S01", "S06", "S10")
    assert found.flags == ((), ("third_value_dropped",), ())
    assert not shapely.has_z(found.polygons()).any()


@pytest.mark.parametrize(
    ("file", "reason", "says"),
    [
        ("26_boundary_deep.geojson", "file_malformed", "too deep"),
        ("27_kml_external_entity.kml", "file_xml_entity", "entity"),
        ("28_kml_entity_bomb.kml", "file_xml_entity", "entity"),
        ("31_zip_paths.zip", "file_path_traversal", "out of its folder"),
        ("32_shapefile_no_prj.zip", "crs_unknown", ".prj part is missing"),
        ("33_not_a_geopackage.gpkg", "file_type_mismatch", "expected GeoJSON"),
        ("19_street_empty.csv", "file_empty", "no content"),
        ("30_bomb.xlsx", "file_expands_too_much", "100 to 1"),
    ],
)
def test_files_of_the_hostile_pack_are_refused_at_once(file: str, reason: str, says: str) -> None:
    begun = time.perf_counter()
    error = refusal(shared(f"data/hostile/{file}"))
    assert error.reason == reason
    assert says in str(error)
    assert time.perf_counter() - begun < 2


def test_a_declared_system_stands_in_for_the_missing_prj_part() -> None:
    found = read_boundaries(shared("data/hostile/32_shapefile_no_prj.zip"), crs="EPSG:27700")
    assert (found.accepted, found.epsg, reasons(found)) == (2, 27700, {})


def test_the_saw_of_many_vertices_is_one_good_area() -> None:
    found = read_boundaries(shared("data/hostile/25_boundary_many_vertices.geojson"))
    assert (found.codes, found.names, found.rejects) == (("BIG",), ("Saw",), ())


# Shapes


def test_a_set_survives_the_way_back_from_another_process(tmp_path: Path) -> None:
    found = read_boundaries(written(tmp_path, feature("A", [square(-1.6, 55)])))
    assert pickle.loads(pickle.dumps(found)) == found


def test_areas_come_in_order_of_code_with_their_place_in_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, *(feature(c, [square(-1.6 + i / 10, 55)]) for i, c in enumerate("CAB")))
    found = read_boundaries(path)
    assert (found.codes, found.features) == (("A", "B", "C"), (1, 2, 0))


def test_a_small_mend_is_flagged_and_a_large_one_refused(tmp_path: Path) -> None:
    # A spike that crosses itself: the small lobe has 0.1 x 0.001 / 4 = 1/4000 of the square's area.
    small = [[0, 0], [1, 0], [1, 1], [0.95, 1], [1.0, 1.001], [0.95, 1.001], [1.0, 1.0005], [0, 1], [0, 0]]
    moved = [[x / 100 - 1.6, y / 100 + 55] for x, y in small]
    bow_tie = [[-1.6, 55.1], [-1.59, 55.11], [-1.59, 55.1], [-1.6, 55.11], [-1.6, 55.1]]
    found = read_boundaries(written(tmp_path, feature("A", [moved]), feature("B", [bow_tie])))
    assert not shapely.Polygon(moved).is_valid
    assert found.flags == (("repaired",),)
    assert found.polygons()[0].is_valid
    assert found.polygons()[0].area == pytest.approx(1e-4, rel=0.01)
    assert reasons(found) == {1: "geometry_invalid"}
    assert "[" not in found.rejects[0].message  # GEOS would give the place


def test_a_part_within_a_part_is_mended_into_a_hole(tmp_path: Path) -> None:
    # 0.03 x 0.03 less 0.01 x 0.01.
    parts = [[square(-1.6, 55, 0.03)], [square(-1.59, 55.01, 0.01)]]
    found = read_boundaries(written(tmp_path, feature("A", parts, "MultiPolygon")))
    assert found.flags == (("repaired",),)
    assert found.polygons()[0].area == pytest.approx(8e-4)
    assert len(found.polygons()[0].interiors) == 1


def test_the_known_defects_of_official_boundaries_are_mended() -> None:
    # The provenance of these files names one invalid LSOA of 2011 and one invalid MSOA of 2021.
    for level, count in (("lsoa11", 916), ("msoa21", 188)):
        found = read_boundaries(shared(f"data/boundaries/northumbria_{level}.parquet"))
        assert (found.accepted, found.rejects) == (count, ())
        assert sum("repaired" in flags for flags in found.flags) == 1


@pytest.mark.parametrize(
    ("kind", "coordinates", "reason"),
    [
        ("Point", [-1.6, 55], "geometry_type"),
        ("Polygon", [[]], "geometry_invalid"),
        ("Polygon", [], "geometry_empty"),
        ("Polygon", None, "geometry_empty"),
        ("MultiPolygon", None, "geometry_invalid"),
        ("MultiPolygon", [[]], "geometry_empty"),
        ("Polygon", "abc", "geometry_invalid"),
        ("Polygon", 7, "geometry_invalid"),
        ("Polygon", [[[0, 0], [1, "x"], [1, 1], [0, 0]]], "geometry_invalid"),
        ("Polygon", [[[0, 0], [1], [1, 1], [0, 0]]], "geometry_invalid"),
        ("Polygon", [[[0, 0], [1, 10**400], [1.5, 1], [0, 0]]], "geometry_invalid"),
        ("Polygon", [[[-1.6, 55], [-1.5, 55], [-1.55, 55], [-1.6, 55]]], "geometry_invalid"),
        ("Polygon", [[[-1.6, 55], [-1.5, 55], [-1.5, 55.1], [-1.6, 55.1]]], "geometry_invalid"),
    ],
)
def test_unusable_shapes_are_refused_one_by_one(
    tmp_path: Path, kind: str, coordinates: Any, reason: str
) -> None:
    path = written(tmp_path, feature("A", coordinates, kind), feature("B", [square(-1.6, 55)]))
    found = read_boundaries(path)
    assert found.codes == ("B",)
    assert reasons(found) == {0: reason}


def test_shapes_out_of_place_are_told_apart(tmp_path: Path) -> None:
    places = {
        "swapped": square(55, -1.6),
        "metres": square(425_000, 565_000, 900),
        "paris": square(2.35, 48.85),
        "beyond": square(500, 500),
        "home": square(-1.6, 55),
    }
    found = read_boundaries(written(tmp_path, *(feature(code, [ring]) for code, ring in places.items())))
    assert found.codes == ("home",)
    assert reasons(found) == {0: "coord_swapped", 1: "coord_crs", 2: "coord_outside", 3: "coord_outside"}
    anywhere = read_boundaries(tmp_path / "areas.geojson", box=None)
    assert anywhere.codes == ("home", "paris", "swapped")


def test_degrees_and_swapped_metres_in_a_metre_file(tmp_path: Path) -> None:
    rings = [
        square(425_000, 565_000, 900),
        square(-1.6, 55),
        square(1.2, 52.6),
        square(600_000, 900_000, 900),
    ]
    rings.append(square(1_100_000, 300_000, 900))
    features = [feature(str(at), [ring]) for at, ring in enumerate(rings)]
    found = read_boundaries(written(tmp_path, *features, crs="urn:ogc:def:crs:EPSG::27700"))
    assert (found.epsg, found.codes) == (27700, ("0", "3"))
    assert reasons(found) == {1: "coord_crs", 2: "coord_crs", 4: "coord_swapped"}


def test_a_national_system_we_have_no_box_for_is_judged_on_earth(tmp_path: Path) -> None:
    # Web Mercator: x = 6378137 x longitude in radians; -1.6 degrees is -178,111 m; 55 north is 7,361,866 m.
    features = [feature("A", [square(-178_111, 7_361_866, 900)]), feature("B", [square(5e6, 7_361_866, 900)])]
    found = read_boundaries(written(tmp_path, *features, crs="EPSG:3857"))
    assert found.codes == ("A",)
    assert reasons(found) == {1: "coord_outside"}


# Codes


def test_repeated_codes_keep_the_first_good_feature(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        feature("a1", [square(55, -1.6)]),
        feature("A1", [square(-1.6, 55)]),
        feature(" a1", [square(-1.6, 55)]),
        feature("A1\u00a0", [square(-1.5, 55)]),
    )
    found = read_boundaries(path)
    assert (found.codes, found.features) == (("A1",), (1,))
    assert reasons(found) == {0: "coord_swapped", 2: "duplicate_exact", 3: "duplicate_conflict"}


def test_codes_that_are_missing_or_hide_control_characters_are_refused(tmp_path: Path) -> None:
    codes = [None, "  ", "A\u202eB", "N\u0000", 12, 12.0, "x" * 10_001]
    path = written(tmp_path, *(feature(code, [square(-1.6 + at / 20, 55)]) for at, code in enumerate(codes)))
    found = read_boundaries(path, code="code")
    assert found.codes == ("12",)
    assert reasons(found) == {
        0: "missing_required",
        1: "missing_required",
        2: "control_char",
        3: "control_char",
        5: "duplicate_conflict",
        6: "field_too_long",
    }


def test_fields_can_be_named_in_any_case_and_parents_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, feature("A", [square(-1.6, 55)], Ward="Moor", DISTRICT="Eastside", note="x"))
    found = read_boundaries(path, code="CODE", name="ward", parent="district")
    assert (found.codes, found.names, found.parents) == (("A",), ("Moor",), ("Eastside",))
    assert found.why == "code was named as the code; Ward was named as the name"
    error = refusal(path, code="kode")
    assert error.reason == "header_missing_column"
    assert "did you mean 'code'" in str(error)


# Whole files


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"type": "FeatureCollection"', "file_malformed"),
        ('{"type": "FeatureCollection", "features": 3}', "file_malformed"),
        ('{"type": "FeatureCollection", "features": [3]}', "file_malformed"),
        ('{"type": "FeatureCollection", "features": []}', "file_empty"),
        ('{"type": "Polygon", "coordinates": []}', "file_malformed"),
        ("[1, 2]", "file_malformed"),
        ('{"type": "Feature", "geometry": {"coordinates": [NaN]}}', "file_malformed"),
        ('{"type": "Feature", "id": ' + "9" * 5000 + "}", "file_malformed"),
        ('{"type": "FeatureCollection", "features": [{}], "crs": {"name": "x"}}', "crs_unknown"),
        ('{"type": "Topology", "objects": {}}', "file_malformed"),
        ('{"type": "Topology", "objects": {"a": {}}, "arcs": [[1]]}', "file_malformed"),
        ('{"type": "Topology", "objects": {"a": {}, "b": {}}, "arcs": []}', "layer_unknown"),
        ("code,name\n1,2\n", "file_type_mismatch"),
        ("<kml></kml>", "file_type_mismatch"),
        ("PK\x03\x04 and so on", "file_type_mismatch"),
    ],
)
def test_broken_json_is_refused_whole(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "areas.geojson"
    path.write_text(content)
    assert refusal(path).reason == reason


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "areas.geojson"
    path.write_bytes('{"type": "Feature", "properties": {"code": "Caf\u00e9"}}'.encode("latin-1"))
    assert refusal(path).reason == "encoding_undecodable"


def test_limits_stop_large_files_and_large_shapes(tmp_path: Path) -> None:
    path = written(tmp_path, feature("A", [square(-1.6, 55)]), feature("B", [square(-1.5, 55)]))
    assert refusal(path, limits=Limits(file_bytes=10)).reason == "file_too_large"
    assert refusal(path, limits=Limits(features=1)).reason == "file_too_large"
    assert refusal(path, limits=Limits(corners=9)).reason == "file_too_large"
    assert refusal(path, limits=Limits(fields=0)).reason == "file_malformed"
    assert reasons(read_boundaries(path, limits=Limits(corners_of_one=4))) == dict.fromkeys(
        range(2), "geometry_too_large"
    )


def test_an_unknown_declared_system_is_refused(tmp_path: Path) -> None:
    assert (
        refusal(written(tmp_path, feature("A", [square(-1.6, 55)])), crs="our grid").reason == "crs_unknown"
    )
