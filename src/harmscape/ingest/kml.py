"""Events from KML placemarks, with entities refused before anything is expanded or fetched."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from harmscape.ingest.contents import TableFile, opened
from harmscape.ingest.layer import Layer, damaged
from harmscape.model.errors import FileRefusedError

WGS84 = 4326
SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Model", "Track")
OWN = ("name", "description")


def read_kml(table: TableFile) -> Layer:
    """The placemarks: extended data are properties, beside `name`, `description` and a time stamp's `when`.

    Raises FileRefusedError: file_xml_entity for any entity or document type, file_malformed,
    encoding_undecodable.
    Source: OGC 12-007r2 (KML 2.3); coordinates are always WGS 84 longitude and latitude.
    """
    found = []
    try:
        with opened(table) as stream:
            for _, element in iterparse(
                stream, events=("end",), forbid_dtd=True, forbid_entities=True, forbid_external=True
            ):
                if _tag(element) == "Placemark":
                    found.append({"properties": _properties(element), "geometry": _geometry(element)})
                    element.clear()
    except DefusedXmlException:
        raise FileRefusedError(
            "file_xml_entity",
            f"{table.shown}: the XML declares a document type or an entity, which are never read",
        ) from None
    except ParseError as error:
        raise damaged(table, f"not XML: broken at line {error.position[0]}") from None
    except (LookupError, UnicodeError, ValueError):
        raise FileRefusedError(
            "encoding_undecodable", f"{table.shown}: the XML declares an encoding that cannot be read"
        ) from None
    return Layer(found, WGS84)


def _properties(placemark: Element) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for element in placemark.iter():
        tag, key = _tag(element), element.get("name")
        if tag == "SimpleData" and key:
            row[key] = element.text
        elif tag == "Data" and key:
            row[key] = next((value.text for value in element if _tag(value) == "value"), None)
        elif tag == "when":
            row.setdefault("when", (element.text or "").strip())
    for element in placemark:
        if _tag(element) in OWN and element.text:
            row.setdefault(_tag(element), element.text)
    return row


def _geometry(placemark: Element) -> dict[str, Any] | None:
    shape = next((element for element in placemark if _tag(element) in SHAPES), None)
    if shape is None:
        return None
    if _tag(shape) != "Point":
        return {"type": _tag(shape)}
    text = next((each.text or "" for each in shape.iter() if _tag(each) == "coordinates"), "")
    return {"type": "Point", "coordinates": text.strip().split(",")}


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]
