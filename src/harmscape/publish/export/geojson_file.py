"""GeoJSON: one feature a row, the head as the member `about`; longitude and latitude in degrees."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from harmscape.publish.export.cells import plain_column
from harmscape.publish.export.sheet import Sheet


def write_geojson(sheet: Sheet, path: Path, shapes: Mapping[str, Any] | None = None) -> int:
    """Write a sheet and return the rows written.

    shapes: the geometry of an area by its code, where rows are areas; else rows have `lon` and `lat`, and
    one without is a feature without a place.
    """
    written = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(f'{{"type":"FeatureCollection","about":{_json(dict(sheet.head))},"features":[\n')
        for batch in sheet.batches:
            names = batch.schema.names
            columns = [_known(plain_column(column)) for column in batch.columns]
            for line in zip(*columns, strict=True):
                row = dict(zip(names, line, strict=True))
                geometry = _point(row) if shapes is None else shapes.get(str(row.get("area_id")))
                feature = {"type": "Feature", "properties": row, "geometry": geometry}
                file.write(("," if written else "") + _json(feature) + "\n")
                written += 1
        file.write("]}\n")
    return written


def _known(column: Any) -> list[Any]:
    """The values of a column; what is no number is told as nothing."""
    values: list[Any] = column.to_pylist()
    return [None if isinstance(each, float) and not isfinite(each) else each for each in values]


def _point(row: dict[str, Any]) -> dict[str, Any] | None:
    lon, lat = row.pop("lon"), row.pop("lat")
    if lon is None or lat is None:
        return None
    return {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str)
