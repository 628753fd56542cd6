"""Boundaries from a zipped Shapefile."""

from __future__ import annotations

import tempfile
import warnings
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from harmscape.model.errors import FileRefusedError
from harmscape.places.archive import members_of, unpack
from harmscape.places.crs import named_epsg
from harmscape.places.features import Features, Limits, refuse_too_many
from harmscape.places.topojson import chosen_layer
from harmscape.places.wkb import shapes_from_wkb

NEEDED_PARTS = (".shp", ".shx", ".dbf")
PARTS = (*NEEDED_PARTS, ".prj", ".cpg")
NO_PRJ = (
    "the Shapefile's .prj part is missing, so its reference system is unknown; "
    "add it or declare crs, e.g. EPSG:27700"
)


def read_shapefile(path: Path, layer: str | None, limits: Limits) -> Features:
    """The features of the Shapefile in a zip file.

    Raises FileRefusedError: file_type_mismatch if there is none in it, file_malformed if a part is missing or
    damaged, layer_unknown, and what `archive` refuses.
    """
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
            parts = _parts(members_of(archive, limits), layer)
            # Names of our own: nothing in the archive decides where a byte is written.
            for ending, member in parts.items():
                unpack(archive, member, Path(folder) / f"layer{ending}", limits)
            return _read_layer(Path(folder), limits)
    except zipfile.BadZipFile:
        raise FileRefusedError("file_malformed", "the zip file is damaged") from None


def _parts(members: dict[str, zipfile.ZipInfo], layer: str | None) -> dict[str, zipfile.ZipInfo]:
    """The parts of the one Shapefile wanted, by ending."""
    by_layer: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for name, info in members.items():
        path = PurePosixPath(name.replace("\\", "/"))
        if path.suffix.lower() in PARTS and "__MACOSX" not in path.parts:
            by_layer.setdefault(str(path.with_suffix("")), {})[path.suffix.lower()] = info
    layers = [name for name, parts in by_layer.items() if ".shp" in parts]
    if not layers:
        raise FileRefusedError(
            "file_type_mismatch", "the zip file holds no .shp part, so it is not a Shapefile"
        )
    stems = {PurePosixPath(name).name: name for name in layers}
    if len(stems) < len(layers):
        raise FileRefusedError("layer_unknown", "two Shapefiles in the zip file have the same name")
    parts = by_layer[stems[chosen_layer(list(stems), layer)]]
    missing = [ending for ending in NEEDED_PARTS if ending not in parts]
    if missing:
        raise FileRefusedError(
            "file_malformed", f"the Shapefile's {' and '.join(missing)} part is missing from the zip file"
        )
    return parts


def _read_layer(folder: Path, limits: Limits) -> Features:
    try:
        with warnings.catch_warnings():
            # GDAL warns of odd rings and of text it cannot decode; shapes are judged one by one afterwards.
            warnings.simplefilter("ignore")
            refuse_too_many(pyogrio.read_info(folder / "layer.shp")["features"], limits)
            meta, _, blobs, columns = pyogrio.raw.read(folder / "layer.shp", force_2d=False)
    except (
        DataSourceError,
        DataLayerError,
        FeatureError,
        FieldError,
        GeometryError,
        UnicodeDecodeError,
        ValueError,
    ):
        raise FileRefusedError("file_malformed", "the Shapefile is damaged") from None
    shapes, faults = shapes_from_wkb([None if blob is None else bytes(blob) for blob in blobs])
    fields = {
        name: _plain(column.tolist()) for name, column in zip(meta["fields"].tolist(), columns, strict=True)
    }
    crs = meta["crs"]
    no_epsg = (
        "the .prj part names no system with an EPSG code; declare crs"
        if (folder / "layer.prj").exists()
        else NO_PRJ
    )
    return Features(fields, shapes, faults, named_epsg(crs) if crs else None, no_epsg)


def _plain(values: list[Any]) -> list[Any]:
    # pyogrio writes a missing number as NaN, the one value unequal to itself.
    return [None if value != value else value for value in values]  # noqa: PLR0124  (NaN)
