"""Boundaries from GeoParquet (WKB geometry with its `geo` metadata)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from harmscape.model.errors import FileRefusedError
from harmscape.places.crs import WGS84, named_epsg
from harmscape.places.features import Features, Limits, refuse_too_many
from harmscape.places.wkb import shapes_from_wkb


def read_geoparquet(path: Path, limits: Limits) -> Features:
    """The features of a GeoParquet file.

    Raises FileRefusedError: file_malformed if it cannot be read, file_type_mismatch if it is Parquet without
    geometry, file_expands_too_much past the limits.
    Source: the GeoParquet specification 1.1; without a `crs` the system is OGC:CRS84, with `null` it is
    unknown.
    """
    try:
        with pq.ParquetFile(path) as file:
            _refuse_too_big(file.metadata, path, limits)
            geometry, column = _geometry_column(file.schema_arrow)
            table = file.read()
            shapes, faults = shapes_from_wkb(table.column(geometry).to_pylist())
            fields = {
                name: table.column(name).to_pylist()
                for name in table.column_names
                if name != geometry and not name.startswith("__") and _is_plain(table.schema.field(name).type)
            }
    except (pa.ArrowException, OSError):
        raise FileRefusedError("file_malformed", "the Parquet file is damaged") from None
    return Features(
        fields, shapes, faults, _epsg(column), "the GeoParquet metadata leave the reference system open"
    )


def _geometry_column(schema: pa.Schema) -> tuple[str, dict[str, Any]]:
    """The name and metadata of the primary geometry column."""
    text = (schema.metadata or {}).get(b"geo")
    if text is None:
        raise FileRefusedError(
            "file_type_mismatch", "the Parquet file has no `geo` metadata, so it is not GeoParquet"
        )
    try:
        geo = json.loads(text)
        name = geo["primary_column"]
        column = geo["columns"][name]
        encoding = column["encoding"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise FileRefusedError(
            "file_malformed", "the `geo` metadata of the Parquet file are not as specified"
        ) from None
    if encoding != "WKB" or name not in schema.names:
        raise FileRefusedError(
            "file_malformed", "the geometry is not a column in WKB; write the file with WKB geometry"
        )
    return name, column


def _epsg(column: dict[str, Any]) -> int | None:
    if "crs" not in column:
        return WGS84
    return named_epsg(json.dumps(column["crs"])) if column["crs"] else None


def _refuse_too_big(metadata: pq.FileMetaData, path: Path, limits: Limits) -> None:
    refuse_too_many(metadata.num_rows, limits)
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    unpacked = sum(group.total_byte_size for group in groups)
    if unpacked > limits.unpacked_bytes:
        raise FileRefusedError(
            "file_expands_too_much",
            f"{path.stat().st_size:,} bytes unpack to {unpacked:,}; the limit is {limits.unpacked_bytes:,}",
        )


def _is_plain(kind: pa.DataType) -> bool:
    return not (pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
