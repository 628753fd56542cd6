"""Events from a GeoPackage, read as plain data: read-only, ordinary tables only, nothing in it run."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from harmscape.ingest.contents import TableFile
from harmscape.ingest.layer import Layer, damaged, geometries, on_disk

ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


def read_geopackage(table: TableFile) -> Layer:
    """The features of its one layer, or of its one layer of points.

    Of several layers that are all lines and polygons the first stands for them: none holds an event.
    Raises FileRefusedError (file_malformed) where the database is damaged or several layers may be meant.
    Source: OGC 12-128r19 (GeoPackage 1.4), clauses 1.1 and 2.1.
    """
    try:
        with (
            on_disk(table) as path,
            closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database,
        ):
            database.execute("pragma query_only = on")
            database.execute("pragma trusted_schema = off")
            return _layer(database, table)
    except (sqlite3.Error, UnicodeDecodeError):
        raise damaged(table, "the GeoPackage is damaged or lacks a table it must have") from None


def _layer(database: sqlite3.Connection, table: TableFile) -> Layer:
    # A view or a virtual table would run what is in it; a generated column too, and table_info leaves it out.
    layers = database.execute(
        """
        select m.name, g.column_name, g.geometry_type_name, s.organization, s.organization_coordsys_id
        from gpkg_geometry_columns g
        join sqlite_master m on m.name = g.table_name
            and m.type = 'table' and m.sql not like 'create virtual%'
        left join gpkg_spatial_ref_sys s on s.srs_id = g.srs_id
        """
    ).fetchall()
    points = [layer for layer in layers if str(layer[2]).upper() == "POINT"]
    meant = points or [layer for layer in layers if str(layer[2]).upper() == "GEOMETRY"]
    if not layers or len(meant) > 1:
        raise damaged(table, f"it has {len(meant)} layers of points and one was expected")
    name, geometry, _, organisation, number = (meant or layers)[0]
    columns = [row[1] for row in database.execute(f"pragma table_info({_quoted(name)})")]
    if geometry not in columns:
        raise damaged(table, "the layer has no geometry column")
    rows = database.execute(f"select {', '.join(map(_quoted, columns))} from {_quoted(name)}").fetchall()
    at = columns.index(geometry)
    features = [
        {"properties": _properties(columns, row, at), "geometry": geometry}
        for row, geometry in zip(rows, geometries([_wkb(row[at]) for row in rows]), strict=True)
    ]
    stated = str(organisation).upper() == "EPSG" and isinstance(number, int)
    return Layer(features, number if stated else None)


def _properties(columns: list[str], row: tuple[Any, ...], geometry: int) -> dict[str, Any]:
    return {
        name: None if isinstance(value, bytes) else value
        for at, (name, value) in enumerate(zip(columns, row, strict=True))
        if at != geometry
    }


def _wkb(blob: Any) -> bytes | None:
    """The WKB after a header of 8 bytes and an envelope of 0 to 64."""
    if blob is None:
        return None
    if not isinstance(blob, bytes) or len(blob) < 8 or blob[:2] != b"GP":
        return b""
    envelope = ENVELOPE_BYTES.get(blob[3] >> 1 & 7)
    return b"" if envelope is None else blob[8 + envelope :]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
