"""Polygons from lists of rings of positions, as GeoJSON, TopoJSON and KML write them."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from harmscape.places.features import Fault

POLYGONAL = ("Polygon", "MultiPolygon")


class ShapeError(Exception):
    """A shape that cannot be built; carries the fault to report."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.fault = Fault(reason, message)


def polygon_of(kind: str, coordinates: Any) -> Any:
    """A shapely polygon or multipolygon from GeoJSON's `type` and `coordinates`; third values are kept.

    Raises ShapeError: geometry_empty without any position, geometry_type for another type, geometry_invalid
    for a ring that is not closed, has fewer than 4 positions, or holds something other than finite numbers.
    Source: RFC 7946, sections 3.1.6 and 3.1.7.

    >>> polygon_of("Polygon", [[[0, 0], [2, 0], [2, 1], [0, 0]]]).area
    1.0
    """
    if kind not in POLYGONAL:
        raise ShapeError(
            "geometry_type", f"the shape is a {kind[:40]}; an area needs a Polygon or MultiPolygon"
        )
    parts = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(parts, list):
        raise ShapeError("geometry_invalid", "the coordinates are not a list")
    if not any(parts):
        raise ShapeError("geometry_empty", "the shape has no positions")
    polygons = [_one_polygon(part) for part in parts]
    return polygons[0] if kind == "Polygon" else shapely.multipolygons(polygons)


def ring_of(positions: Any) -> NDArray[np.float64]:
    """One closed ring as float64[n, 2 or 3]; raises ShapeError (geometry_invalid)."""
    try:
        ring = np.array(positions)
    except (ValueError, OverflowError):
        raise ShapeError("geometry_invalid", "the positions of a ring are not alike") from None
    if ring.ndim != 2 or ring.shape[1] < 2 or ring.dtype.kind not in "iuf":
        raise ShapeError("geometry_invalid", "a ring is not a list of number pairs")
    ring = ring[:, :3].astype(np.float64)
    if not np.isfinite(ring[:, :2]).all():
        raise ShapeError("geometry_invalid", "a coordinate is not finite")
    if (ring[0, :2] != ring[-1, :2]).any():
        raise ShapeError("geometry_invalid", "a ring is not closed: its last position differs from its first")
    if len(ring) < 4:
        raise ShapeError("geometry_invalid", f"a ring has {len(ring)} positions; it needs at least 4")
    return ring


def _one_polygon(rings: Any) -> Any:
    if not isinstance(rings, list) or not rings:
        raise ShapeError("geometry_invalid", "a part of the shape has no rings")
    shell, *holes = [shapely.linearrings(ring_of(ring)) for ring in rings]
    return shapely.polygons(shell, holes=holes or None)
