"""The border edges of polygons, each edge once with the areas it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Edges:
    """Distinct border edges, ordered left to right (a vertical one from the top down).

    x1, y1, x2, y2: float64[n], the two ends. owner: int32[m], the areas of edge e at
    owner[first[e]:first[e + 1]]; a border between two neighbours is one edge with two owners.
    """

    x1: NDArray[np.float64]
    y1: NDArray[np.float64]
    x2: NDArray[np.float64]
    y2: NDArray[np.float64]
    first: NDArray[np.int64]
    owner: NDArray[np.int32]


def edges_of(polygons: NDArray[Any]) -> Edges:
    """Take polygons (object[n]; None and empty ones have no edges) apart into distinct edges.

    >>> square, right = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    >>> edges_of(np.array([square, right])).x1.size
    7
    """
    parts, area_of_part = shapely.get_parts(polygons, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    points, ring_of_point = shapely.get_coordinates(rings, return_index=True)
    same_ring = ring_of_point[1:] == ring_of_point[:-1]
    start, end = points[:-1][same_ring], points[1:][same_ring]
    owner = area_of_part[part_of_ring[ring_of_point[:-1][same_ring]]]
    forward = (start[:, 0] < end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    left, right = np.where(forward[:, None], start, end), np.where(forward[:, None], end, start)
    has_length = (start != end).any(axis=1)
    ends = np.concatenate([left, right], axis=1)[has_length]
    return _distinct(ends, owner[has_length].astype(np.int32))


def _distinct(ends: NDArray[np.float64], owner: NDArray[np.int32]) -> Edges:
    """Merge edges with equal ends (float64[n, 4]) and list their owners in ascending order."""
    order = np.lexsort((owner, ends[:, 3], ends[:, 1], ends[:, 2], ends[:, 0]))
    ends, owner = ends[order], owner[order]
    is_new = np.ones(len(ends), dtype=bool)
    is_new[1:] = (ends[1:] != ends[:-1]).any(axis=1)
    first = np.append(np.flatnonzero(is_new), len(ends))
    x1, y1, x2, y2 = np.ascontiguousarray(ends[is_new].T)
    return Edges(x1, y1, x2, y2, first, owner)
