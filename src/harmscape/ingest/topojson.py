"""Events from TopoJSON: its points need no arcs, only the steps in which coordinates were rounded."""

from __future__ import annotations

from typing import Any

from harmscape.ingest.contents import TableFile
from harmscape.ingest.layer import Layer, damaged


def topology_layer(topology: dict[str, Any], table: TableFile) -> Layer:
    """The features of its one object, or of its one object with points.

    Of several objects without a point the first stands for them: none holds an event.
    Raises FileRefusedError (file_malformed) where several have points, or it has no object.
    Source: the TopoJSON specification, section 2.1.2 (transforms).
    """
    objects = topology.get("objects")
    found = list(objects.values()) if isinstance(objects, dict) else []
    layers = [_parts(each, table) for each in found]
    points = [parts for parts in layers if any(part.get("type") == "Point" for part in parts)]
    if not layers or len(points) > 1:
        raise damaged(table, f"the TopoJSON has {len(points)} layers of points and one was expected")
    return Layer([_feature(part, topology.get("transform")) for part in (points or layers)[0]])


def _parts(found: Any, table: TableFile) -> list[dict[str, Any]]:
    is_collection = isinstance(found, dict) and found.get("type") == "GeometryCollection"
    parts = found.get("geometries") if is_collection else [found]
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise damaged(table, "a layer of the TopoJSON is not a list of shapes")
    return parts


def _feature(part: dict[str, Any], transform: Any) -> dict[str, Any]:
    own = part.get("properties")
    properties = own if isinstance(own, dict) else {}
    if "id" in part:
        properties = {"id": part["id"], **properties}
    if part.get("type") is None:
        return {"properties": properties, "geometry": None}
    geometry = {"type": part["type"], "coordinates": _position(part.get("coordinates"), transform)}
    return {"properties": properties, "geometry": geometry}


def _position(steps: Any, transform: Any) -> Any:
    """A position in the file's system; what is no pair of numbers is left for the checks to refuse."""
    if not isinstance(transform, dict):
        return steps
    try:
        pairs = zip(steps, transform["scale"], transform["translate"], strict=False)
        return [step * scale + start for step, scale, start in pairs]
    except (KeyError, TypeError):
        return None
