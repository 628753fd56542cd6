"""Boundaries from TopoJSON: arcs shared by neighbours, usually on a whole-number grid."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from harmscape.model.errors import FileRefusedError, nearest
from harmscape.places.features import Features, Limits, fields_of, refuse_too_many, shapes_array
from harmscape.places.geojson import stated_epsg
from harmscape.places.rings import ShapeError, polygon_of

Arcs = list[NDArray[np.float64]]


def read_topojson(document: Any, layer: str | None, limits: Limits) -> Features:
    """The features of one object of a parsed topology.

    Raises FileRefusedError: file_malformed where the topology does not hold together; layer_unknown where it
    has several objects and none is named, or not the one named.
    Source: the TopoJSON format specification, sections 2.1 to 2.4.
    """
    objects = document.get("objects")
    if not isinstance(objects, dict) or not objects:
        raise FileRefusedError("file_malformed", "the topology has no objects")
    chosen = objects[chosen_layer(list(objects), layer)]
    members = chosen.get("geometries", [chosen]) if isinstance(chosen, dict) else None
    if not isinstance(members, list) or not all(isinstance(member, dict) for member in members):
        raise FileRefusedError("file_malformed", "the topology's object is not a list of geometries")
    refuse_too_many(len(members), limits)
    arcs = _arcs(document)
    rows, shapes, faults = [], [], {}
    for index, member in enumerate(members):
        properties = member.get("properties")
        rows.append({"id": member.get("id"), **(properties if isinstance(properties, dict) else {})})
        try:
            shapes.append(_shape(member, arcs))
        except ShapeError as error:
            shapes.append(None)
            faults[index] = error.fault
    return Features(
        _without_empty(fields_of(rows, limits)),
        shapes_array(shapes),
        faults,
        stated_epsg(document.get("crs")),
    )


def chosen_layer(layers: list[str], layer: str | None) -> str:
    """The layer to read: the one named, or the only one. Raises FileRefusedError (layer_unknown)."""
    if layer is None and len(layers) == 1:
        return layers[0]
    if layer is None:
        shown = ", ".join(sorted(layers)[:12])
        raise FileRefusedError("layer_unknown", f"the file holds {len(layers)} layers; name one of: {shown}")
    if layer not in layers:
        raise FileRefusedError("layer_unknown", f"the file has no layer {layer!r}{nearest(layer, layers)}")
    return layer


def _arcs(document: dict[str, Any]) -> Arcs:
    """The arcs as positions; quantised arcs are steps from position to position, scaled and shifted."""
    try:
        arcs = [np.array(arc, dtype=np.float64)[:, :2] for arc in document["arcs"]]
        transform = document.get("transform")
        if transform is not None:
            scale, shift = np.array(transform["scale"][:2]), np.array(transform["translate"][:2])
            arcs = [np.cumsum(arc, axis=0) * scale + shift for arc in arcs]
    except (KeyError, TypeError, ValueError, IndexError, OverflowError):
        raise FileRefusedError(
            "file_malformed", "the arcs of the topology are not lists of number pairs"
        ) from None
    return arcs


def _shape(member: dict[str, Any], arcs: Arcs) -> Any:
    kind, indices = str(member.get("type")), member.get("arcs")
    if member.get("type") is None:
        raise ShapeError("geometry_empty", "the feature has no shape")
    if kind == "Polygon":
        return polygon_of(kind, _rings(indices, arcs))
    if kind == "MultiPolygon" and isinstance(indices, list):
        return polygon_of(kind, [_rings(part, arcs) for part in indices])
    return polygon_of(kind, None)


def _rings(indices: Any, arcs: Arcs) -> list[Any]:
    """Join the arcs of each ring end to end; ~i is arc i walked backwards."""
    if not isinstance(indices, list):
        raise ShapeError("geometry_invalid", "the arcs of a ring are not a list")
    rings = []
    for ring in indices:
        try:
            pieces = [arcs[index] if index >= 0 else arcs[~index][::-1] for index in ring]
        except (IndexError, TypeError):
            raise ShapeError("geometry_invalid", "a ring names an arc that does not exist") from None
        if pieces:
            rings.append(np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])]))
    return rings


def _without_empty(fields: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Leave out fields without a single value, such as an `id` that the file does not use."""
    return {name: values for name, values in fields.items() if any(value is not None for value in values)}
