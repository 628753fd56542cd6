"""What lies about some areas: the shapes that a small map of a place or an operation shows, and no others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from harmscape.places.tiles import Land, to_lonlat

MOST_SHAPES = 1500
"""As many as the page draws as single shapes; beyond, the frame is drawn closer."""
_WIDEST = 1.25
"""How much land comes on every side, as a share of the longer side of what is named."""
_SEEN = 0.8
"""The share of that which is shown: shapes are cut further out, so that no cut edge is seen."""


@dataclass(frozen=True)
class Around:
    """Some areas and those about them, in degrees, cut a little outside the frame.

    positions: int64[n], of the areas in the land, from 0. shapes: object[n]. outline: all the land together
    as far as it lies here, None where it is not known. frame: west, south, east and north of what to show.
    """

    positions: NDArray[np.int64]
    shapes: NDArray[np.object_]
    outline: shapely.Geometry | None
    frame: tuple[float, float, float, float]


def around(land: Land, named: NDArray[np.int64], *, most: int = MOST_SHAPES) -> Around:
    """The areas about those named (positions, int64[m], at least one), which come whole.

    The frame has as much land on every side as what is named is wide or high; less where that would be more
    than `most` areas. Where so many lie between those named alone, the largest come.

    >>> row = np.array([shapely.box(at / 8, 0.5, (at + 1) / 8, 0.625) for at in range(8)], dtype=object)
    >>> land = Land(row, np.array([shapely.box(0, 0.5, 1, 0.625)], dtype=object), shapely.bounds(row))
    >>> found = around(land, np.array([4]))
    >>> found.positions.tolist(), [round(degrees, 2) for degrees in found.frame]
    ([2, 3, 4, 5, 6], [-45.0, -66.51, 90.0, 40.98])
    """
    box = shapely.bounds(land.areas)
    low, high = box[named, :2].min(axis=0), box[named, 2:].max(axis=0)
    side = max(float((high - low).max()), 1e-9)
    # How far the land must reach beyond what is named, until it meets each area.
    reach = np.maximum(low - box[:, 2:], box[:, :2] - high).max(axis=1).clip(0.0) / side
    reach[named] = -1.0
    order = np.lexsort((-shapely.area(land.areas), reach))
    room = max(most, len(named))
    wide = min(_WIDEST, float(reach[order[room]])) if len(order) > room else _WIDEST
    found = np.sort(order[:room][reach[order[:room]] <= wide])
    cut = np.array([*(low - wide * side), *(high + wide * side)])
    shapes = _cut(land.areas[found], cut)
    solid = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    outline = to_lonlat(_cut(land.outline, cut))
    seen = shapely.box(*(low - wide * _SEEN * side), *(high + wide * _SEEN * side))
    west, south, east, north = shapely.bounds(to_lonlat(np.array([seen], dtype=object)))[0]
    return Around(
        found[solid],
        to_lonlat(shapes[solid]),
        outline[0] if len(outline) else None,
        (float(west), float(south), float(east), float(north)),
    )


def _cut(shapes: NDArray[np.object_], box: NDArray[np.float64]) -> NDArray[np.object_]:
    west, north, east, south = box
    held = shapely.bounds(shapes)
    inside = (held[:, :2] >= (west, north)).all(axis=1) & (held[:, 2:] <= (east, south)).all(axis=1)
    cut = shapes.copy()
    if not inside.all():
        cut[~inside] = shapely.clip_by_rect(shapes[~inside], west, north, east, south)
    return cut
