"""Events from a zipped Shapefile of points."""

from __future__ import annotations

import re
import warnings
from typing import Any

from harmscape.ingest.contents import TableFile, parts_of
from harmscape.ingest.layer import Layer, damaged, geometries, on_disk


def read_shapefile(table: TableFile) -> Layer:
    """The features of the Shapefile whose .shp part is this member of a zip.

    Without a .prj part the system that the source declares holds.
    Raises FileRefusedError (file_malformed) where a part is missing or damaged.
    """
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

    missing = [ending for ending in (".shx", ".dbf") if ending not in parts_of(table)]
    if missing:
        raise damaged(table, f"the Shapefile's {' and '.join(missing)} part is missing from the zip")
    faults = (DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError)
    try:
        with on_disk(table) as path, warnings.catch_warnings():
            # GDAL warns of text it cannot decode and of numbers too wide; every cell is judged afterwards.
            warnings.simplefilter("ignore")
            meta, _, blobs, columns = pyogrio.raw.read(path, force_2d=False)
    except (*faults, UnicodeDecodeError, ValueError):
        raise damaged(table, "the Shapefile is damaged") from None
    cells = {name: _plain(column) for name, column in zip(meta["fields"].tolist(), columns, strict=True)}
    shapes = geometries([None if blob is None else bytes(blob) for blob in blobs])
    features = [
        {"properties": {name: values[at] for name, values in cells.items()}, "geometry": shape}
        for at, shape in enumerate(shapes)
    ]
    stated = re.fullmatch(r"EPSG:(\d+)", meta["crs"] or "")
    return Layer(features, int(stated[1]) if stated else None)


def _plain(column: Any) -> list[Any]:
    """A column's values as JSON has them: days and times in ISO form, whole numbers without a point."""
    if column.dtype.kind == "M":
        unit = "D" if column.dtype == "datetime64[D]" else "s"
        texts = column.astype(f"datetime64[{unit}]").astype(str).tolist()
        return [None if text == "NaT" else text for text in texts]
    return [_value(value) for value in column.tolist()]


def _value(value: Any) -> Any:
    if isinstance(value, float):
        # A missing number is NaN, the one value unequal to itself; a .dbf keeps an identifier as a float.
        return None if value != value else int(value) if value.is_integer() else value  # noqa: PLR0124
    return value
