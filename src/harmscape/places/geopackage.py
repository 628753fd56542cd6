"""Boundaries from a GeoPackage, read as plain data: read-only, tables only, nothing in it run."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from typing import Any

from harmscape.model.errors import FileRefusedError
from harmscape.places.crs import named_epsg
from harmscape.places.features import Features, Limits, refuse_too_many
from harmscape.places.topojson import chosen_layer
from harmscape.places.wkb import shapes_from_wkb

SQLITE_MAGIC = b"SQLite format 3\0"
# Versions 1.0 and 1.1 wrote their own application ids, later ones write GPKG.
APPLICATION_IDS = (b"GPKG", b"GP10", b"GP11")
ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


def is_geopackage(head: bytes) -> bool:
    """Whether the first 100 bytes of a file are those of a GeoPackage."""
    return head[:16] == SQLITE_MAGIC and head[68:72] in APPLICATION_IDS


def read_geopackage(path: Path, layer: str | None, limits: Limits) -> Features:
    """The features of one layer of a GeoPackage.

    Raises FileRefusedError: file_malformed if the database is damaged or has no layer of features,
    layer_unknown.
    Source: OGC 12-128r19 (GeoPackage 1.4), clauses 1.1, 2.1 and the binary format of 2.1.3.
    """
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            database.execute("pragma query_only = on")
            database.execute("pragma trusted_schema = off")
            table = chosen_layer(_layers(database), layer)
            return _read_table(database, table, limits)
    except (sqlite3.Error, UnicodeDecodeError):
        raise FileRefusedError(
            "file_malformed", "the GeoPackage is damaged or lacks a table it must have"
        ) from None


def _layers(database: sqlite3.Connection) -> list[str]:
    """Layers of features in ordinary tables; reading a view or a virtual table would run what is in it."""
    tables = {
        name
        for (name,) in database.execute(
            "select m.name from sqlite_master m where m.type = 'table' and m.sql not like 'create virtual%'"
        )
    }
    if not tables >= {"gpkg_geometry_columns", "gpkg_spatial_ref_sys"}:
        raise FileRefusedError("file_malformed", "the GeoPackage lacks its tables of layers and systems")
    found = {
        name for (name,) in database.execute("select g.table_name from gpkg_geometry_columns g")
    } & tables
    if not found:
        raise FileRefusedError("file_malformed", "the GeoPackage has no layer of features")
    return sorted(found)


def _read_table(database: sqlite3.Connection, table: str, limits: Limits) -> Features:
    geometry, organisation, number = database.execute(
        """
        select g.column_name, s.organization, s.organization_coordsys_id
        from gpkg_geometry_columns g
        left join gpkg_spatial_ref_sys s on s.srs_id = g.srs_id
        where g.table_name = ?
        """,
        (table,),
    ).fetchone()
    quoted = '"' + table.replace('"', '""') + '"'
    # A generated column is an expression stored in the file; table_info leaves those out.
    columns = [row[1] for row in database.execute(f"pragma table_info({quoted})")]
    wanted = ", ".join('"' + column.replace('"', '""') + '"' for column in columns)
    (count,) = database.execute(f"select count(*) from {quoted}").fetchone()
    refuse_too_many(count, limits)
    rows = database.execute(f"select {wanted} from {quoted}").fetchall()
    if geometry not in columns:
        raise FileRefusedError("file_malformed", "the layer has no geometry column")
    values = dict(zip(columns, zip(*rows, strict=True) if rows else [()] * len(columns), strict=True))
    shapes, faults = shapes_from_wkb([_wkb(blob) for blob in values.pop(geometry)])
    fields = {
        name: [None if isinstance(value, bytes) else value for value in column]
        for name, column in values.items()
    }
    epsg = named_epsg(f"{organisation}:{number}") if organisation else None
    return Features(fields, shapes, faults, epsg, "the layer's reference system is not an EPSG one")


def _wkb(blob: Any) -> bytes | None:
    """The WKB inside a GeoPackage geometry: after an 8-byte header and an envelope of 0 to 64 bytes."""
    if blob is None:
        return None
    if not isinstance(blob, bytes) or len(blob) < 8 or blob[:2] != b"GP":
        return b""
    (flags,) = struct.unpack_from("B", blob, 3)
    envelope = ENVELOPE_BYTES.get(flags >> 1 & 7)
    return b"" if envelope is None else blob[8 + envelope :]
