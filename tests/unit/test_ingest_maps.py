"""Events from GeoPackage, zipped Shapefile, KML and TopoJSON: the rows and the checks of GeoJSON."""

from __future__ import annotations

import gzip
import json
import sqlite3
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from tests.ingest_sources import EVENT_KINDS, events, read
from tests.shared import shared

from harmscape.ingest.recognise import content_digest, look, match_source, tables_in
from harmscape.model.errors import FileRefusedError
from harmscape.model.source import Source

WHEN, KIND = "2023-01-01T10:15", "drugs supply"
POINT, NOWHERE = shapely.Point(-1.59, 54.95), None
LINE, SWAPPED = shapely.LineString([(-1.59, 54.95), (-1.6, 54.95)]), shapely.Point(54.95, -1.59)
SHAPES = (POINT, NOWHERE, LINE, SWAPPED)
BY_HAND = ([(1, "e1", -1.59, 54.95), (2, "2", None, None)], [(3, "geometry_type"), (4, "coord_swapped")])
"""What the four features come to: accepted rows by line, key and point; refused rows by line and reason."""


OF_FILES = {
    *(
        "file_malformed",
        "file_type_mismatch",
        "file_xml_entity",
        "file_expands_too_much",
        "file_path_traversal",
    ),
    *("crs_unknown", "encoding_undecodable", "header_missing_column", "header_duplicate_column"),
}
"""The reasons of the contract for which a whole file may be refused."""


def cells(at: int) -> dict[str, Any]:
    """The properties of the feature at a place from 0; the second has a number for a key."""
    return {"event_id": "2" if at == 1 else f"e{at + 1}", "occurred_at": WHEN, "kind": KIND, "source": None}


def lonlat(**more: Any) -> Source:
    return events("longitude", "latitude", "EPSG:4326", files=("*.csv.never",), **more)


def come_to(path: Path, source: Source, out: Path) -> tuple[list[Any], list[Any]]:
    """The rows of the one table of a file, after it was told by its header alone."""
    (table,) = tables_in(path)
    assert match_source(table, [source]) == source
    result, accepted, rejected = read(path, source, EVENT_KINDS, out)
    assert result.records == result.accepted + result.rejected
    return (
        [(row["line"], row["key"], row["x"], row["y"]) for row in accepted],
        [(row["line"], row["reason"]) for row in rejected],
    )


def geopackage(path: Path, layers: Mapping[str, Sequence[Any]], *, epsg: int = 4326) -> Path:
    """A GeoPackage of layers, each a list of shapes, written table by table."""
    with sqlite3.connect(path) as database:
        database.execute(f"pragma application_id = {0x47504B47}")
        database.execute("create table gpkg_spatial_ref_sys (srs_id, organization, organization_coordsys_id)")
        database.execute(
            "create table gpkg_geometry_columns (table_name, column_name, geometry_type_name, srs_id)"
        )
        database.execute("insert into gpkg_spatial_ref_sys values (1, 'EPSG', ?)", (epsg,))
        for name, shapes in layers.items():
            kind = "POINT" if name.startswith("points") else "GEOMETRY"
            database.execute("insert into gpkg_geometry_columns values (?, 'geom', ?, 1)", (name, kind))
            database.execute(
                f'create table "{name}" (fid integer primary key, geom, event_id, occurred_at, kind, source)'
            )
            for at, shape in enumerate(shapes):
                blob = None if shape is None else b"GP\x00\x01\x00\x00\x00\x00" + shapely.to_wkb(shape)
                row = (None, blob, *cells(at).values())
                database.execute(f'insert into "{name}" values (?, ?, ?, ?, ?, ?)', row)
    database.close()
    return path


def shapefile(
    path: Path, shapes: Sequence[Any], *, inner: str = "crimes", crs: str | None = "EPSG:4326"
) -> Path:
    """A zipped Shapefile; names of its columns end after ten letters."""
    folder = path.parent / f"{path.stem}-parts"
    folder.mkdir()
    columns = {
        "event_id": np.array([at + 1001 for at in range(len(shapes))], np.float64),
        "occurred_a": np.array([WHEN] * len(shapes), object),
        "kind": np.array([KIND] * len(shapes), object),
    }
    write = partial(pyogrio.raw.write, crs=crs) if crs else pyogrio.raw.write
    with warnings.catch_warnings():
        # Asked for no reference system, the writer warns that there is none.
        warnings.simplefilter("ignore")
        write(
            folder / f"{inner}.shp",
            geometry=np.array([None if each is None else shapely.to_wkb(each) for each in shapes], object),
            field_data=list(columns.values()),
            fields=np.array(list(columns), object),
            geometry_type="Point",
        )
    if crs is None:
        (folder / f"{inner}.prj").unlink(missing_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(folder.iterdir()):
            archive.write(part, part.name)
    return path


def kml(path: Path, *, start: str = "") -> Path:
    shapes = (
        "<Point><coordinates> -1.59,54.95,12 </coordinates></Point>",
        "",
        "<LineString><coordinates>-1.59,54.95 -1.6,54.95</coordinates></LineString>",
        "<Point><coordinates>54.95,-1.59</coordinates></Point>",
    )
    marks = "".join(
        "<Placemark><ExtendedData>"
        + "".join(f'<Data name="{k}"><value>{v or ""}</value></Data>' for k, v in cells(at).items())
        + f"</ExtendedData>{shape}</Placemark>"
        for at, shape in enumerate(shapes)
    )
    path.write_text(
        f'<?xml version="1.0"?>{start}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>'
    )
    return path


def topojson(path: Path, **more: Any) -> Path:
    """Points rounded to hundredths of a degree from (-2, 50): by hand -1.59 is step 41, 54.95 is step 495."""
    shapes: list[dict[str, Any]] = [
        {"type": "Point", "coordinates": [41, 495]},
        {"type": None},
        {"type": "LineString", "arcs": [0]},
        {"type": "Point", "coordinates": [5695, -5159]},
    ]
    geometries = [{**shape, "properties": cells(at)} for at, shape in enumerate(shapes)]
    content = {
        "type": "Topology",
        "transform": {"scale": [0.01, 0.01], "translate": [-2, 50]},
        "objects": {"crimes": {"type": "GeometryCollection", "geometries": geometries}, **more},
        "arcs": [],
    }
    path.write_text(json.dumps(content))
    return path


def test_points_of_a_geopackage_are_events(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "a.gpkg", {"crimes": SHAPES})
    assert come_to(path, lonlat(), tmp_path) == BY_HAND


def test_a_packed_geopackage_is_the_same_table(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "a.gpkg", {"crimes": SHAPES})
    (tmp_path / "b.gpkg.gz").write_bytes(gzip.compress(path.read_bytes()))
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.write(path, "inner/crimes.gpkg")
    for other in ("b.gpkg.gz", "c.zip"):
        assert come_to(tmp_path / other, lonlat(), tmp_path) == BY_HAND
    assert (
        len({content_digest(tables_in(tmp_path / name)[0]) for name in ("a.gpkg", "b.gpkg.gz", "c.zip")}) == 1
    )


def test_the_one_layer_of_points_is_taken_and_two_are_refused(tmp_path: Path) -> None:
    one = geopackage(tmp_path / "one.gpkg", {"beats": (LINE,), "points": (POINT,)})
    assert come_to(one, lonlat(), tmp_path) == (BY_HAND[0][:1], [])
    two = geopackage(tmp_path / "two.gpkg", {"points a": (POINT,), "points b": (POINT,)})
    with pytest.raises(FileRefusedError, match="2 layers of points") as refused:
        read(two, lonlat(), EVENT_KINDS, tmp_path)
    assert refused.value.reason == "file_malformed"


def test_a_view_in_a_geopackage_is_never_read(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "a.gpkg", {"crimes": (POINT,)})
    with sqlite3.connect(path) as database:
        database.execute("create view traps as select * from crimes")
        database.execute("update gpkg_geometry_columns set table_name = 'traps'")
    database.close()
    with pytest.raises(FileRefusedError, match="0 layers of points"):
        read(path, lonlat(), EVENT_KINDS, tmp_path)


def test_points_in_another_system_than_declared_are_refused_with_both_named(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "a.gpkg", {"crimes": (shapely.Point(425_000, 565_000),)}, epsg=27700)
    with pytest.raises(FileRefusedError, match=r"EPSG:27700.*EPSG:4326") as refused:
        read(path, lonlat(), EVENT_KINDS, tmp_path)
    assert refused.value.reason == "crs_unknown"
    assert come_to(path, events(files=("*.csv.never",)), tmp_path) == ([(1, "e1", 425_000.0, 565_000.0)], [])


def short_named() -> Source:
    """As Shapefiles need it: names of ten letters, and a number for a key."""
    source = lonlat()
    assert source.occurred
    return source.model_copy(
        update={
            "occurred": source.occurred.model_copy(update={"column": "occurred_a"}),
            "required": ("event_id", "occurred_a", "kind"),
            "may_lack": (*source.may_lack, "source"),
        }
    )


@pytest.mark.parametrize("crs", ["EPSG:4326", None])
def test_points_of_a_zipped_shapefile_are_events(tmp_path: Path, crs: str | None) -> None:
    # Without a .prj part what the source declares holds. A key kept as a float is a whole number.
    path = shapefile(tmp_path / "a.zip", (POINT, NOWHERE, SWAPPED), crs=crs)
    accepted = [(1, "1001", -1.59, 54.95), (2, "1002", None, None)]
    assert come_to(path, short_named(), tmp_path) == (accepted, [(3, "coord_swapped")])


def test_a_shapefile_is_known_again_by_its_points_and_its_cells(tmp_path: Path) -> None:
    first = shapefile(tmp_path / "a.zip", (POINT,))
    renamed = shapefile(tmp_path / "b.zip", (POINT,), inner="renamed")
    moved = shapefile(tmp_path / "c.zip", (shapely.Point(-1.6, 54.95),))
    more = shapefile(tmp_path / "d.zip", (POINT, POINT))
    digests = [content_digest(tables_in(path)[0]) for path in (first, renamed, moved, more)]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_a_shapefile_without_its_cells_is_refused_by_the_name_of_the_part(tmp_path: Path) -> None:
    shapefile(tmp_path / "a.zip", (POINT,))
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.write(tmp_path / "a-parts" / "crimes.shp", "crimes.shp")
    with pytest.raises(FileRefusedError, match=r"\.shx and \.dbf part is missing"):
        read(tmp_path / "b.zip", short_named(), EVENT_KINDS, tmp_path)


def test_a_shapefile_outside_a_zip_is_no_table(tmp_path: Path) -> None:
    shapefile(tmp_path / "a.zip", (POINT,))
    assert tables_in(tmp_path / "a-parts" / "crimes.shp") == []


def test_points_of_a_kml_file_are_events(tmp_path: Path) -> None:
    assert come_to(kml(tmp_path / "a.kml"), lonlat(), tmp_path) == BY_HAND


def test_entities_in_kml_are_refused(tmp_path: Path) -> None:
    path = kml(tmp_path / "a.kml", start='<!DOCTYPE kml [<!ENTITY a "b">]>')
    with pytest.raises(FileRefusedError) as refused:
        read(path, lonlat(), EVENT_KINDS, tmp_path)
    assert refused.value.reason == "file_xml_entity"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("27_kml_external_entity.kml", "file_xml_entity"),
        ("28_kml_entity_bomb.kml", "file_xml_entity"),
        ("33_not_a_geopackage.gpkg", "file_type_mismatch"),
    ],
)
def test_hostile_map_files_are_refused_as_tables_too(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        read(shared("data/hostile") / name, lonlat(), EVENT_KINDS, tmp_path)
    assert refused.value.reason == reason


def test_points_of_a_topology_are_events(tmp_path: Path) -> None:
    accepted, rejected = come_to(topojson(tmp_path / "a.topojson"), lonlat(), tmp_path)
    assert [row[:2] for row in accepted] == [(1, "e1"), (2, "2")]
    # -2 + 41 / 100 in floating point, hence the tolerance.
    assert accepted[0][2:] == pytest.approx((-1.59, 54.95), abs=1e-9)
    assert rejected == BY_HAND[1]


def test_a_topology_of_two_layers_is_refused(tmp_path: Path) -> None:
    path = topojson(tmp_path / "a.topojson", more={"type": "Point", "coordinates": [41, 495]})
    with pytest.raises(FileRefusedError, match="2 layers of points"):
        read(path, lonlat(), EVENT_KINDS, tmp_path)


def test_boundaries_in_any_map_format_are_seen_to_hold_no_point(tmp_path: Path) -> None:
    square = {"type": "Polygon", "arcs": [[0]], "properties": {"code": "A"}}
    topology = {"type": "Topology", "objects": {"wards": square, "beats": square}, "arcs": []}
    (tmp_path / "a.topojson").write_text(json.dumps(topology))
    (tmp_path / "a.kml").write_text("<kml><Placemark><name>A</name><Polygon/></Placemark></kml>")
    geopackage(tmp_path / "a.gpkg", {"GEOMETRY": (LINE,)})
    with sqlite3.connect(geopackage(tmp_path / "b.gpkg", {"wards": (LINE,), "beats": (LINE,)})) as database:
        database.execute("update gpkg_geometry_columns set geometry_type_name = 'POLYGON'")
    database.close()
    for name in ("a.topojson", "a.kml", "a.gpkg", "b.gpkg"):
        (seen,) = look(tmp_path / name, [lonlat()])
        assert (seen.source, seen.reason, seen.pointless) == (None, None, True), name
    (seen,) = look(geopackage(tmp_path / "c.gpkg", {"crimes": SHAPES}), [lonlat()])
    assert (seen.source, seen.pointless) == ("events", False)


def test_a_geopackage_whose_system_is_no_number_states_none(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "a.gpkg", {"crimes": (POINT,)})
    with sqlite3.connect(path) as database:
        database.execute("update gpkg_spatial_ref_sys set organization_coordsys_id = 'none'")
    database.close()
    assert come_to(path, lonlat(), tmp_path) == (BY_HAND[0][:1], [])


@pytest.mark.parametrize("name", ["a.kml", "a.gpkg", "a.topojson"])
def test_an_empty_map_file_is_called_empty(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(FileRefusedError) as refused:
        read(tmp_path / name, lonlat(), EVENT_KINDS, tmp_path)
    assert refused.value.reason == "file_empty"


@pytest.mark.parametrize("seed", range(40))
def test_damaged_map_files_are_read_or_refused(tmp_path: Path, seed: int) -> None:
    """Bytes of each format changed at random: no error but a refusal."""
    rng, reasons = np.random.default_rng(seed), set()
    makers: dict[str, Any] = {
        "a.gpkg": lambda path: geopackage(path, {"c": SHAPES}),
        "a.zip": lambda path: shapefile(path, (POINT,)),
        "a.kml": kml,
        "a.topojson": topojson,
    }
    for name, make in makers.items():
        content = bytearray(make(tmp_path / name).read_bytes())
        for at in rng.integers(0, len(content), 6):
            content[at] = rng.integers(0, 256)
        (tmp_path / name).write_bytes(bytes(content))
        try:
            for table in tables_in(tmp_path / name):
                content_digest(table)
                read(tmp_path / name, short_named() if name == "a.zip" else lonlat(), EVENT_KINDS, tmp_path)
        except FileRefusedError as refused:
            reasons.add(refused.reason)
    assert reasons <= OF_FILES
