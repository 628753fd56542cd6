"""Boundaries from GeoJSON (RFC 7946, and the older `crs` member)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from harmscape.model.errors import FileRefusedError
from harmscape.places.crs import WGS84, named_epsg
from harmscape.places.features import Fault, Features, Limits, fields_of, refuse_too_many, shapes_array
from harmscape.places.rings import ShapeError, polygon_of


def load_json(path: Path) -> Any:
    """The JSON value of a file. Raises FileRefusedError (file_malformed), also for values nested too deep.

    Infinity and NaN are not JSON and are refused.
    """
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise FileRefusedError("encoding_undecodable", "the file is not UTF-8, which JSON must be") from None
    except json.JSONDecodeError as error:
        raise FileRefusedError("file_malformed", f"not JSON: {error.msg} at line {error.lineno}") from None
    except (RecursionError, ValueError):
        raise FileRefusedError(
            "file_malformed", "the JSON is nested too deep or a number is too long"
        ) from None


def read_geojson(document: Any, limits: Limits) -> Features:
    """The features of a parsed GeoJSON document.

    Raises FileRefusedError (file_malformed) unless it is a FeatureCollection or a Feature, and (crs_unknown)
    for a `crs` member that names no known system. Without that member the system is WGS 84 longitude and
    latitude.
    """
    if document.get("type") == "Feature":
        document = {**document, "features": [document]}
    elif document.get("type") != "FeatureCollection":
        raise FileRefusedError("file_malformed", "the GeoJSON is neither a FeatureCollection nor a Feature")
    features = document.get("features")
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise FileRefusedError("file_malformed", "`features` is not a list of features")
    refuse_too_many(len(features), limits)
    rows, shapes, faults = [], [], {}
    for index, feature in enumerate(features):
        rows.append(_properties(feature))
        shape = _shape(feature.get("geometry"))
        if isinstance(shape, Fault):
            faults[index] = shape
        shapes.append(None if isinstance(shape, Fault) else shape)
    return Features(fields_of(rows, limits), shapes_array(shapes), faults, stated_epsg(document.get("crs")))


def stated_epsg(crs: Any) -> int:
    """The EPSG code of a `crs` member (None: WGS 84). Raises FileRefusedError (crs_unknown).

    >>> stated_epsg(None), stated_epsg({"properties": {"name": "urn:ogc:def:crs:EPSG::27700"}})
    (4326, 27700)
    """
    if crs is None:
        return WGS84
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    epsg = named_epsg(name) if isinstance(name, str) else None
    if epsg is None:
        raise FileRefusedError(
            "crs_unknown", "the `crs` member names no known system; declare crs, e.g. EPSG:27700"
        )
    return epsg


def _properties(feature: dict[str, Any]) -> dict[str, Any]:
    """The properties of a feature, and its `id` where no property has that name."""
    properties = feature.get("properties")
    row = dict(properties) if isinstance(properties, dict) else {}
    if "id" in feature and "id" not in row:
        row["id"] = feature["id"]
    return row


def _shape(geometry: Any) -> Any:
    """The shape of a `geometry` member, or the fault in it."""
    if geometry is None:
        return Fault("geometry_empty", "the feature has no shape")
    if not isinstance(geometry, dict):
        return Fault("geometry_invalid", "the geometry is not an object")
    try:
        return polygon_of(str(geometry.get("type")), geometry.get("coordinates"))
    except ShapeError as error:
        return error.fault


def _refuse_constant(name: str) -> NoReturn:
    raise FileRefusedError("file_malformed", f"{name} is not a JSON number")
