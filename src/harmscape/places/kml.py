"""Boundaries from KML, with entities refused before anything is expanded or fetched."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from harmscape.model.errors import FileRefusedError
from harmscape.places.crs import WGS84
from harmscape.places.features import Features, Limits, fields_of, refuse_too_many, shapes_array
from harmscape.places.rings import ShapeError, polygon_of

SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Model", "Track")


def read_kml(path: Path, limits: Limits) -> Features:
    """The placemarks of a KML file, with their extended data as fields beside `name` and `description`.

    Raises FileRefusedError: file_xml_entity for any entity or document type, file_malformed,
    file_too_large.
    Source: OGC 12-007r2 (KML 2.3); coordinates are always WGS 84 longitude and latitude.
    """
    if path.stat().st_size > limits.xml_bytes:
        raise FileRefusedError(
            "file_too_large", f"KML over {limits.xml_bytes:,} bytes is not read; convert it to GeoPackage"
        )
    rows: list[dict[str, Any]] = []
    shapes: list[Any] = []
    faults = {}
    try:
        for _, element in iterparse(
            path, events=("end",), forbid_dtd=True, forbid_entities=True, forbid_external=True
        ):
            if _tag(element) != "Placemark":
                continue
            try:
                shapes.append(_shape(element))
            except ShapeError as error:
                faults[len(rows)] = error.fault
                shapes.append(None)
            rows.append(_fields(element))
            refuse_too_many(len(rows), limits)
            element.clear()
    except DefusedXmlException:
        raise FileRefusedError(
            "file_xml_entity", "the XML declares a document type or an entity, which are never read"
        ) from None
    except ParseError as error:
        raise FileRefusedError("file_malformed", f"not XML: broken at line {error.position[0]}") from None
    except (LookupError, UnicodeError, ValueError):
        raise FileRefusedError(
            "encoding_undecodable", "the XML declares an encoding that cannot be read"
        ) from None
    return Features(fields_of(rows, limits), shapes_array(shapes), faults, WGS84)


def _fields(placemark: Element) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for element in placemark.iter():
        tag, key = _tag(element), element.get("name")
        if tag == "SimpleData" and key:
            row[key] = element.text
        elif tag == "Data" and key:
            row[key] = next((value.text for value in element if _tag(value) == "value"), None)
    for element in placemark:
        if _tag(element) in ("name", "description") and element.text:
            row.setdefault(_tag(element), element.text)
    if placemark.get("id"):
        row.setdefault("id", placemark.get("id"))
    return row


def _shape(placemark: Element) -> Any:
    """The polygons of a placemark: one, or those of a MultiGeometry that holds nothing else."""
    found = [element for element in placemark if _tag(element) in SHAPES]
    if not found:
        raise ShapeError("geometry_empty", "the placemark has no shape")
    kind = _tag(found[0])
    if kind == "Polygon":
        return polygon_of("Polygon", _rings(found[0]))
    members = [element for element in found[0].iter() if _tag(element) in SHAPES and element is not found[0]]
    others = [
        element for element in members if _tag(element) not in ("Polygon", "LinearRing", "MultiGeometry")
    ]
    polygons = [element for element in members if _tag(element) == "Polygon"]
    if kind != "MultiGeometry" or others:
        raise ShapeError(
            "geometry_type", f"the shape is a {kind}; an area needs a Polygon or a MultiGeometry of them"
        )
    return polygon_of("MultiPolygon", [_rings(polygon) for polygon in polygons])


def _rings(polygon: Element) -> list[Any]:
    """The outer ring, then the holes."""
    rings = {"outerBoundaryIs": [], "innerBoundaryIs": []}  # type: dict[str, list[Any]]
    for boundary in polygon:
        if _tag(boundary) in rings:
            rings[_tag(boundary)] += [
                _positions(item.text or "") for item in boundary.iter() if _tag(item) == "coordinates"
            ]
    return rings["outerBoundaryIs"] + rings["innerBoundaryIs"]


def _positions(text: str) -> Any:
    """Positions from `lon,lat[,height]` groups divided by white space."""
    try:
        return np.array([[float(value) for value in group.split(",")[:2]] for group in text.split()])
    except ValueError:
        raise ShapeError("geometry_invalid", "a coordinate is not a number") from None


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]
