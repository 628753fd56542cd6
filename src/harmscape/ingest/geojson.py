"""Points of GeoJSON and other map files as events: properties are cells, and so is each point's place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from harmscape.ingest.block import Block
from harmscape.ingest.contents import TableFile, opened
from harmscape.ingest.layer import Layer
from harmscape.ingest.rendered import block_of
from harmscape.ingest.topojson import topology_layer
from harmscape.model.errors import FileRefusedError
from harmscape.model.source import Source

ROWS = 8_192


class GeoJsonReader:
    """One feature collection; a feature is numbered by its place in it, from 1.

    The coordinates of a point fill the columns that the source names for x and y. A feature whose geometry
    is not a point is refused as `geometry_type`; one without a geometry has no location.
    """

    def __init__(self, table: TableFile, source: Source) -> None:
        layer = _layer(table)
        if source.point and layer.epsg not in (None, source.point.epsg):
            raise FileRefusedError(
                "crs_unknown",
                f"{table.shown}: its points are in EPSG:{layer.epsg}, and source {source.id!r} declares "
                f"{source.point.crs}; export them in that system, or mend crs in the source",
            )
        self._features: list[Any] = layer.features
        self._place = (source.point.x, source.point.y) if source.point else ()
        self.header = tuple(dict.fromkeys([*_names(self._features), *self._place]))

    def blocks(self) -> Iterator[Block]:
        """The features in file order."""
        for start in range(0, len(self._features), ROWS):
            yield self._block(start, self._features[start : start + ROWS])

    def _block(self, start: int, features: list[Any]) -> Block:
        rows: list[dict[str, str]] = []
        wrong = np.zeros(len(features), bool)
        for at, feature in enumerate(features):
            cells = {name: _text(value) for name, value in _properties(feature).items()}
            x, y, wrong[at] = _position(feature)
            rows.append({**cells, **dict(zip(self._place, (x, y), strict=False))})
        columns = [pa.array([row.get(name, "") for row in rows], pa.string()) for name in self.header]
        line = np.arange(start + 1, start + 1 + len(features), dtype=np.int64)
        return block_of(self.header, columns, line, {"geometry_type": wrong})


def geojson_header(table: TableFile) -> tuple[str, ...]:
    """The names of all properties; none where no feature is a point."""
    features = _layer(table).features
    if not any(_geometry(feature).get("type") == "Point" for feature in features):
        return ()
    return _names(features)


def _layer(table: TableFile) -> Layer:
    if table.size == 0:
        raise FileRefusedError("file_empty", f"{table.shown}: the file is empty; export it again")
    if table.format == "geopackage":
        from harmscape.ingest.geopackage import read_geopackage

        return read_geopackage(table)
    if table.format == "shapefile":
        from harmscape.ingest.shapefile import read_shapefile

        return read_shapefile(table)
    if table.format == "kml":
        from harmscape.ingest.kml import read_kml

        return read_kml(table)
    return _json_layer(table)


def _json_layer(table: TableFile) -> Layer:
    try:
        with opened(table) as stream:
            content = json.loads(stream.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise FileRefusedError(
            "encoding_undecodable", f"{table.shown}: GeoJSON is UTF-8, this file is not; export it again"
        ) from None
    except (json.JSONDecodeError, RecursionError):
        raise FileRefusedError(
            "file_malformed", f"{table.shown}: not readable as JSON; export it again"
        ) from None
    if isinstance(content, dict) and content.get("type") == "Topology":
        return topology_layer(content, table)
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise FileRefusedError(
            "file_malformed", f"{table.shown}: not a GeoJSON feature collection; export the points as one"
        )
    return Layer(features)


def _names(features: list[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for feature in features for name in _properties(feature)))


def _properties(feature: Any) -> dict[str, Any]:
    properties = feature.get("properties")
    return properties if isinstance(properties, dict) else {}


def _geometry(feature: Any) -> dict[str, Any]:
    geometry = feature.get("geometry")
    return geometry if isinstance(geometry, dict) else {}


def _position(feature: Any) -> tuple[str, str, bool]:
    """x and y as texts, and whether the geometry is something else than a point."""
    geometry = _geometry(feature)
    if not geometry:
        return "", "", False
    coordinates = geometry.get("coordinates")
    if geometry.get("type") != "Point" or not isinstance(coordinates, list) or len(coordinates) < 2:
        return "", "", True
    return _text(coordinates[0]), _text(coordinates[1]), False


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
