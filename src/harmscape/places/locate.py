"""The one area that each point lies in: quick by look-up, exact at the borders."""

from __future__ import annotations

from threading import Lock
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from harmscape.places.cells import NO_COVER, NOWHERE, fill_cells
from harmscape.places.distinct import on_distinct
from harmscape.places.edges import edges_of
from harmscape.places.mesh import mesh_over

CELLS_PER_AREA = 2048
MOST_CELLS = 1 << 25
POINTS_AT_ONCE = 1 << 18
POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON, shapely.GeometryType.MISSING)
LOWEST_BIT = np.array([(mask & -mask).bit_length() - 1 for mask in range(1 << 16)], dtype=np.int64)


class Locator:
    """Finds the area of points among polygons; every point gets one area or none.

    polygons: object[n] of valid shapely polygons or multipolygons in one plane coordinate system; None or
    empty ones hold no point. A border belongs to the areas it bounds, and where several areas meet or
    overlap the lowest index wins: order the areas by code and the answer depends on nothing else.
    Raises ValueError for other geometries and for invalid polygons.
    Method: a uniform mesh; cells that no border enters answer by look-up, in others the point is joined to
    the cell's corner and the edges crossed are counted. Points within rounding of an edge are tested by GEOS.

    >>> halves = np.array([shapely.box(0, 0, 1, 2), shapely.box(1, 0, 2, 2)])
    >>> Locator(halves).locate(np.array([0.5, 1.5, 1.0, 2.0, 3.0, np.nan]), np.ones(6)).tolist()
    [0, 1, 0, 1, -1, -1]
    """

    def __init__(self, polygons: NDArray[Any], *, cells_per_area: int = CELLS_PER_AREA) -> None:
        _refuse_unusable(polygons)
        # Copies: they are prepared below, and a prepared shape must not be used by two threads at a time.
        self._polygons = shapely.transform(polygons, lambda points: points)
        edges = edges_of(polygons)
        wanted = max(cells_per_area * len(polygons), edges.x1.size)
        self._mesh = mesh_over(edges, min(wanted, MOST_CELLS))
        self._cells = fill_cells(edges, self._mesh, len(polygons))
        self._exact_lock = Lock()

    def locate(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int32]:
        """The index of the area of each point (x, y: float64[n]), or -1; -1 too where x or y is NaN."""
        return on_distinct(self._locate_all, np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))

    def _locate_all(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int32]:
        area = np.empty(x.size, dtype=np.int32)
        for start in range(0, x.size, POINTS_AT_ONCE):
            some = slice(start, start + POINTS_AT_ONCE)
            area[some] = self._locate_some(x[some], y[some])
        return area

    def _locate_some(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int32]:
        area = self._cells.answer[self._mesh.cell_of(x, y)]
        at_border = np.flatnonzero(area < NOWHERE)
        if at_border.size:
            border = -2 - area[at_border]
            area[at_border] = self._locate_at_border(border, x[at_border], y[at_border])
        return area

    def _locate_at_border(
        self, border: NDArray[np.int32], x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> NDArray[np.int32]:
        """Count the edges crossed between each point and the corner of its border cell."""
        cells = self._cells
        edges_left = cells.line_first[border + 1] - cells.line_first[border]
        order = np.argsort(-edges_left, kind="stable")
        border, x, y, edges_left = border[order], x[order], y[order], edges_left[order]
        inside = cells.inside[border]
        in_doubt = cells.is_crowded[border]
        at = cells.line_first[border]
        todo = border.size
        for done in range(int(edges_left[0])):
            todo = int(np.searchsorted(-edges_left[:todo], -done))
            a, b, c, left, right = cells.line[at[:todo] + done].T
            above = a * x[:todo] + b * y[:todo] + c
            is_crossed = (above > 0) & (x[:todo] >= left) & (x[:todo] < right)
            inside[:todo] ^= cells.flips[at[:todo] + done] * is_crossed
            in_doubt[:todo] |= np.abs(above) <= 1
        found = np.empty(border.size, dtype=np.int32)
        found[order] = self._lowest(border, inside)
        doubtful = np.flatnonzero(in_doubt)
        if doubtful.size:
            found[order[doubtful]] = self._locate_exactly(border[doubtful], x[doubtful], y[doubtful])
        return found

    def _lowest(self, border: NDArray[np.int32], inside: NDArray[np.uint16]) -> NDArray[np.int32]:
        """The lowest area among those in the mask and the one that covers the cell."""
        cells = self._cells
        listed = np.minimum(cells.area_first[border] + LOWEST_BIT[inside], cells.area.size - 1)
        found = np.where(inside > 0, cells.area[listed], NO_COVER)
        np.minimum(found, cells.cover[border], out=found)
        found[found == NO_COVER] = NOWHERE
        return found

    def _locate_exactly(
        self, border: NDArray[np.int32], x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> NDArray[np.int32]:
        """Ask GEOS, area by area in ascending order, for points too near to an edge."""
        cells = self._cells
        found = cells.cover[border]
        waiting = np.arange(border.size)
        at, end = cells.area_first[border], cells.area_first[border + 1]
        with self._exact_lock:
            while waiting.size:
                candidate = cells.area[at[waiting]]
                shapely.prepare(self._polygons[np.unique(candidate)])
                is_hit = shapely.intersects_xy(self._polygons[candidate], x[waiting], y[waiting])
                found[waiting[is_hit]] = np.minimum(found[waiting[is_hit]], candidate[is_hit])
                at[waiting] += 1
                waiting = waiting[~is_hit & (at[waiting] < end[waiting])]
        found[found == NO_COVER] = NOWHERE
        return found


def _refuse_unusable(polygons: NDArray[Any]) -> None:
    is_other = ~np.isin(shapely.get_type_id(polygons), [kind.value for kind in POLYGONAL])
    if is_other.any():
        raise ValueError(f"areas must be polygons; number {int(np.argmax(is_other))} is not")
    is_invalid = ~shapely.is_valid(polygons) & ~shapely.is_missing(polygons)
    if is_invalid.any():
        raise ValueError(f"areas must be valid polygons; number {int(np.argmax(is_invalid))} is not")
