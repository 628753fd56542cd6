"""Six boundary formats: they agree where they are sound, and are refused where they are not."""

from __future__ import annotations

import json
import sqlite3
import struct
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from tests.shared import shared

from harmscape.model.errors import FileRefusedError
from harmscape.places import formats
from harmscape.places.boundaries import BoundarySet, read_boundaries
from harmscape.places.features import Limits


def refusal(path: Path, **options: Any) -> FileRefusedError:
    with pytest.raises(FileRefusedError) as caught:
        read_boundaries(path, **options)
    return caught.value


def reasons(boundaries: BoundarySet) -> dict[int, str]:
    assert boundaries.records == boundaries.accepted + len(boundaries.rejects)
    return {reject.feature: reject.reason for reject in boundaries.rejects}


@pytest.fixture
def frame() -> geopandas.GeoDataFrame:
    """Two areas on the National Grid, one with an island and a hole."""
    plain = shapely.box(424_000, 564_000, 425_000, 565_000)
    holed = shapely.box(425_000, 564_000, 426_000, 565_000).difference(
        shapely.box(425_400, 564_400, 425_600, 564_600)
    )
    island = shapely.MultiPolygon([holed, shapely.box(427_000, 564_000, 427_100, 564_100)])
    columns = {"WD25CD": ["E05000002", "E05000001"], "WD25NM": ["Caf\u00e9", "Moor"]}
    return geopandas.GeoDataFrame(columns, geometry=[plain, island], crs=27700)


def write_zip(folder: Path, frame: geopandas.GeoDataFrame, leave_out: tuple[str, ...] = ()) -> Path:
    frame.to_file(folder / "wards.shp", encoding="utf-8")
    path = folder / "wards.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(folder.glob("wards.*")):
            if part.suffix not in (*leave_out, ".zip"):
                archive.write(part, f"wards/{part.name}")
    return path


@pytest.mark.parametrize("form", ["geojson", "gpkg", "parquet", "zip"])
def test_formats_that_carry_the_grid_agree(tmp_path: Path, frame: geopandas.GeoDataFrame, form: str) -> None:
    path = tmp_path / f"wards.{form}"
    if form == "zip":
        path = write_zip(tmp_path, frame)
    elif form == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    found = read_boundaries(path)
    assert (found.epsg, found.codes, found.names) == (
        27700,
        ("E05000001", "E05000002"),
        ("Moor", "Caf\u00e9"),
    )
    # 1 km2 less a hole of 0.04 plus an island of 0.01, and 1 km2.
    assert shapely.area(found.polygons()).tolist() == pytest.approx([970_000, 1_000_000])
    assert (found.rejects, found.flags) == ((), ((), ()))


def test_kml_placemarks_with_extended_data(tmp_path: Path) -> None:
    ring = "-1.6,55,0 -1.59,55,0 -1.59,55.01,0 -1.6,55.01,0 -1.6,55,0"
    hole = "-1.597,55.003 -1.594,55.003 -1.594,55.006 -1.597,55.006 -1.597,55.003"
    polygon = (
        f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs>"
        f"<innerBoundaryIs><LinearRing><coordinates> {hole} </coordinates></LinearRing></innerBoundaryIs>"
        "</Polygon>"
    )
    data = (
        '<ExtendedData><SchemaData><SimpleData name="beat_code">NV1</SimpleData></SchemaData></ExtendedData>'
    )
    other = '<ExtendedData><Data name="beat_code"><value>NV2</value></Data></ExtendedData>'
    line = "<LineString><coordinates>-1.6,55 -1.5,55</coordinates></LineString>"
    path = tmp_path / "beats.kml"
    path.write_text(
        '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<Placemark><name>Moor</name>{data}{polygon}</Placemark>"
        f"<Placemark><name>Harbour</name>{other}<MultiGeometry>{polygon}</MultiGeometry></Placemark>"
        f"<Placemark><name>Road</name>{line}</Placemark><Placemark><name>None</name></Placemark>"
        "</Document></kml>"
    )
    found = read_boundaries(path, code="beat_code")
    assert (found.file_format, found.epsg, found.codes, found.names) == (
        "KML",
        4326,
        ("NV1", "NV2"),
        ("Moor", "Harbour"),
    )
    # 0.01 x 0.01 less 0.003 x 0.003.
    assert shapely.area(found.polygons()).tolist() == pytest.approx([9.1e-5, 9.1e-5])
    assert reasons(found) == {2: "missing_required", 3: "missing_required"}
    by_name = read_boundaries(path)
    assert by_name.code_field == "name"
    assert reasons(by_name) == {2: "geometry_type", 3: "geometry_empty"}


def test_broken_kml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "beats.kml"
    path.write_text("<kml><Placemark></kml>")
    assert refusal(path).reason == "file_malformed"
    path.write_text('<?xml version="1.0" encoding="no-such"?><kml/>')
    assert refusal(path).reason == "encoding_undecodable"
    path.write_text('<!DOCTYPE kml SYSTEM "file:///etc/hostname"><kml>&x;</kml>')
    assert refusal(path).reason == "file_xml_entity"
    path.write_text("<kml/>")
    assert refusal(path, limits=Limits(xml_bytes=1)).reason == "file_too_large"


def test_topojson_joins_shared_arcs_on_its_grid(tmp_path: Path) -> None:
    # Two squares of 0.1 degree; the arc between them is stored once and walked backwards by the second.
    topology = {
        "type": "Topology",
        "transform": {"scale": [0.1, 0.1], "translate": [-1.6, 55.0]},
        "arcs": [[[1, 0], [0, 1]], [[1, 1], [-1, 0], [0, -1], [1, 0]], [[1, 0], [1, 0], [0, 1], [-1, 0]]],
        "objects": {
            "areas": {
                "type": "GeometryCollection",
                "geometries": [
                    {
                        "type": "Polygon",
                        "arcs": [[0, 1]],
                        "properties": {"AREACD": "E06000001", "AREANM": "West"},
                    },
                    {
                        "type": "MultiPolygon",
                        "arcs": [[[2, -1]]],
                        "properties": {"AREACD": "E06000002", "AREANM": "East"},
                    },
                    {
                        "type": "Polygon",
                        "arcs": [[9]],
                        "properties": {"AREACD": "E06000003", "AREANM": "Lost"},
                    },
                    {"type": None, "properties": {"AREACD": "E06000004", "AREANM": "Empty"}},
                    {"type": "Polygon", "arcs": 4, "properties": {"AREACD": "E06000005", "AREANM": "Odd"}},
                    {
                        "type": "LineString",
                        "arcs": [0],
                        "properties": {"AREACD": "E06000006", "AREANM": "Line"},
                    },
                ],
            }
        },
    }
    path = tmp_path / "areas.topojson"
    path.write_text(json.dumps(topology))
    found = read_boundaries(path)
    assert (found.codes, found.names) == (("E06000001", "E06000002"), ("West", "East"))
    west, east = found.polygons()
    assert west.equals(shapely.box(-1.6, 55, -1.5, 55.1))
    assert shapely.area([west, east]).tolist() == pytest.approx([0.01, 0.01])
    assert west.intersection(east).length == pytest.approx(0.1)
    assert reasons(found) == {
        2: "geometry_invalid",
        3: "geometry_empty",
        4: "geometry_invalid",
        5: "geometry_type",
    }


@pytest.mark.parametrize("part", [".dbf", ".shx"])
def test_a_missing_part_of_a_shapefile_is_named(
    tmp_path: Path, frame: geopandas.GeoDataFrame, part: str
) -> None:
    error = refusal(write_zip(tmp_path, frame, leave_out=(part,)))
    assert error.reason == "file_malformed"
    assert part in str(error)


def test_a_damaged_shapefile_is_refused(tmp_path: Path, frame: geopandas.GeoDataFrame) -> None:
    write_zip(tmp_path, frame)
    (tmp_path / "wards.shp").write_bytes(b"\0" * 60)
    path = tmp_path / "bad.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for ending in ("shp", "shx", "dbf"):
            archive.write(tmp_path / f"wards.{ending}")
    assert refusal(path).reason == "file_malformed"
    path.write_bytes(path.read_bytes()[:100])
    assert refusal(path).reason == "file_malformed"


def test_a_zip_with_two_shapefiles_wants_one_named(tmp_path: Path, frame: geopandas.GeoDataFrame) -> None:
    path = write_zip(tmp_path, frame)
    with zipfile.ZipFile(path, "a") as archive:
        for part in ("shp", "shx", "dbf", "prj"):
            archive.write(tmp_path / f"wards.{part}", f"sectors.{part}")
    assert refusal(path).reason == "layer_unknown"
    assert "did you mean 'wards'" in str(refusal(path, layer="ward"))
    assert read_boundaries(path, layer="sectors").accepted == 2


def test_a_zip_of_other_things_is_not_a_shapefile(tmp_path: Path) -> None:
    path = tmp_path / "areas.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing here")
    assert refusal(path).reason == "file_type_mismatch"


def test_a_geopackage_runs_nothing_and_is_left_as_it_was(
    tmp_path: Path, frame: geopandas.GeoDataFrame
) -> None:
    path = tmp_path / "wards.gpkg"
    frame.to_file(path)
    with sqlite3.connect(path) as database:
        database.execute("create view trap as select * from wards")
        database.execute(
            "insert into gpkg_contents (table_name, data_type, identifier) values ('trap', 'features', 't')"
        )
        database.execute("insert into gpkg_geometry_columns values ('trap', 'geom', 'POLYGON', 27700, 0, 0)")
    database.close()
    before = path.read_bytes()
    assert read_boundaries(path).accepted == 2
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["wards.gpkg"]
    assert refusal(path, layer="trap").reason == "layer_unknown"


def test_a_geopackage_with_broken_shapes_keeps_the_others(
    tmp_path: Path, frame: geopandas.GeoDataFrame
) -> None:
    path = tmp_path / "wards.gpkg"
    frame.to_file(path)
    broken = [
        b"",
        b"GP",
        b"GP\0\1" + struct.pack("<i", 27700) + b"junk",
        b"GP\0\x0f" + struct.pack("<i", 27700),
        None,
        "text",
    ]
    with sqlite3.connect(path) as database:
        for name in [
            row[0] for row in database.execute("select name from sqlite_master where type = 'trigger'")
        ]:
            database.execute(f'drop trigger "{name}"')
        for at, blob in enumerate(broken):
            database.execute("insert into wards (geom, WD25CD) values (?, ?)", (blob, f"E0500001{at}"))
    database.close()
    found = read_boundaries(path)
    assert found.codes == ("E05000001", "E05000002")
    assert reasons(found) == {**dict.fromkeys((2, 3, 4, 5, 7), "geometry_invalid"), 6: "geometry_empty"}


def test_a_damaged_geopackage_is_refused(tmp_path: Path, frame: geopandas.GeoDataFrame) -> None:
    path = tmp_path / "wards.gpkg"
    frame.to_file(path)
    content = bytearray(path.read_bytes())
    path.write_bytes(content[:5000])
    assert refusal(path).reason == "file_malformed"
    content[100:3000] = b"\xff" * 2900
    path.write_bytes(content)
    assert refusal(path).reason == "file_malformed"
    plain = tmp_path / "plain.gpkg"
    sqlite3.connect(plain).execute("create table t (a)").connection.close()
    assert refusal(plain).reason == "file_type_mismatch"


def test_parquet_must_be_geoparquet_of_a_known_system(tmp_path: Path, frame: geopandas.GeoDataFrame) -> None:
    path = tmp_path / "wards.parquet"
    frame.drop(columns="geometry").to_parquet(path)
    assert refusal(path).reason == "file_type_mismatch"
    frame.set_crs(None, allow_override=True).to_parquet(path)
    assert refusal(path).reason == "crs_unknown"
    assert read_boundaries(path, crs=27700).accepted == 2
    assert refusal(path, limits=Limits(unpacked_bytes=10)).reason == "file_expands_too_much"
    path.write_bytes(path.read_bytes()[:-20])
    assert refusal(path).reason == "file_malformed"


@pytest.mark.parametrize(
    "metadata",
    [
        b"no json",
        b"{}",
        b'{"primary_column": "geometry", "columns": {"geometry": {"encoding": "polygon"}}}',
        b'{"primary_column": "lost", "columns": {"lost": {"encoding": "WKB"}}}',
    ],
)
def test_odd_metadata_of_a_parquet_file_are_refused(tmp_path: Path, metadata: bytes) -> None:
    path = tmp_path / "wards.parquet"
    table = pa.table({"code": ["A"], "geometry": [b""]}).replace_schema_metadata({b"geo": metadata})
    pq.write_table(table, path)
    assert refusal(path).reason == "file_malformed"


def test_geoparquet_without_a_system_is_in_degrees(tmp_path: Path) -> None:
    # GeoParquet 1.1: a missing `crs` means OGC:CRS84.
    path = tmp_path / "wards.parquet"
    metadata = {b"geo": b'{"primary_column": "shape", "columns": {"shape": {"encoding": "WKB"}}}'}
    shape = shapely.to_wkb(shapely.box(-1.6, 55, -1.5, 55.1))
    pq.write_table(pa.table({"code": ["A"], "shape": [shape]}).replace_schema_metadata(metadata), path)
    assert read_boundaries(path).epsg == 4326


def test_a_geopackage_without_areas_is_refused(tmp_path: Path, frame: geopandas.GeoDataFrame) -> None:
    path = tmp_path / "wards.gpkg"
    frame.to_file(path)
    with sqlite3.connect(path) as database:
        database.execute("update gpkg_geometry_columns set column_name = 'lost'")
    database.close()
    assert "no geometry column" in str(refusal(path))
    with sqlite3.connect(path) as database:
        database.execute("delete from gpkg_geometry_columns")
    database.close()
    assert "no layer of features" in str(refusal(path))
    with sqlite3.connect(path) as database:
        database.execute("drop table gpkg_geometry_columns")
        endless = (
            "with recursive n as (select 1 as i union all select i + 1 from n) select i as table_name from n"
        )
        database.execute(f"create view gpkg_geometry_columns as {endless}")
    database.close()
    assert "lacks its tables" in str(refusal(path))


def test_two_shapefiles_of_one_name_are_refused(tmp_path: Path, frame: geopandas.GeoDataFrame) -> None:
    path = write_zip(tmp_path, frame)
    with zipfile.ZipFile(path, "a") as archive:
        archive.write(tmp_path / "wards.shp", "other/wards.shp")
    assert refusal(path).reason == "layer_unknown"


def test_odd_kml_placemarks(tmp_path: Path) -> None:
    ring = "<LinearRing><coordinates>{}</coordinates></LinearRing>"
    polygon = f"<Polygon><outerBoundaryIs>{ring}</outerBoundaryIs></Polygon>"
    shapes = [
        polygon.format("-1.6,55 -1.5,55 -1.5,55.1 -1.6,55"),
        polygon.format("-1.6,x -1.5,55"),
        polygon.format(""),
    ]
    shapes.append(f"<MultiGeometry>{shapes[0]}<Point><coordinates>0,0</coordinates></Point></MultiGeometry>")
    path = tmp_path / "beats.kml"
    marks = [f'<Placemark id="P{at}">{shape}</Placemark>' for at, shape in enumerate(shapes)]
    path.write_text("<kml>" + "".join(marks) + "</kml>")
    found = read_boundaries(path)
    assert (found.code_field, found.codes) == ("id", ("P0",))
    assert reasons(found) == {1: "geometry_invalid", 2: "geometry_invalid", 3: "geometry_type"}


def test_a_file_that_takes_too_much_memory_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*_: object) -> None:
        raise MemoryError

    path = tmp_path / "areas.geojson"
    path.write_text("{}")
    monkeypatch.setattr(formats, "_read_json", no_memory)
    error = refusal(path)
    assert error.reason == "file_too_large"
    assert "more memory than allowed" in str(error)


def test_real_files_are_read_whole_with_their_own_fields() -> None:
    # Counts and keys as the provenance of the boundaries lists them.
    listed = {
        "northumbria_ward25.parquet": (180, "WD25CD", "WD25NM"),
        "northumbria_districts.geojson": (6, "objectid", "district"),
        "police_force_areas_2020_ew.geojson": (43, "pfa20_code", "pfa20_name"),
        "lad2021_ew.topojson": (331, "AREACD", "AREANM"),
        "england_wales_lsoa11_supergeneralised.parquet": (34_753, "lsoa11_code", "lsoa11_name"),
    }
    for file, (count, code, name) in listed.items():
        found = read_boundaries(shared(f"data/boundaries/{file}"))
        assert (found.accepted, found.code_field, found.name_field, found.rejects) == (count, code, name, ())
        assert found.epsg == 4326
        assert np.all(shapely.is_valid(found.polygons()))
