"""Lines of one height as rings in degrees, light enough to send."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage

from harmscape.concentration.isolines import isolines
from harmscape.concentration.surface import Grid
from harmscape.views.concentration_ground import Ground

Ring = tuple[tuple[float, float], ...]

_TOLERANCE = 0.05
"""Corners that lie within this part of a cell of the line are left out."""


_GROWN_CELLS = 2


def grown(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same surface two cells beyond the land, so that lines meet the shore and do not follow it.

    The page cuts off what lies beyond the shore.
    """
    away, (row, column) = ndimage.distance_transform_edt(~np.isfinite(values), return_indices=True)
    return np.asarray(np.where(away <= _GROWN_CELLS, values[row, column], np.nan))


def rings_at(ground: Ground, grid: Grid, values: NDArray[np.float64], level: float) -> tuple[Ring, ...]:
    """The rings around what is at least so high, longitude and latitude; holes are rings too."""
    if not level > 0:
        return ()
    found = []
    for ring in isolines(values, level):
        x, y = grid.west + (ring[:, 0] + 0.5) * grid.cell_m, grid.south + (ring[:, 1] + 0.5) * grid.cell_m
        closed = np.column_stack([np.append(x, x[0]), np.append(y, y[0])])
        light = shapely.get_coordinates(
            shapely.simplify(shapely.linestrings(closed), _TOLERANCE * grid.cell_m)
        )[:-1]
        if len(light) < 3:
            continue
        lon, lat = ground.degrees(light[:, 0], light[:, 1])
        found.append(tuple(zip(lon.tolist(), lat.tolist(), strict=True)))
    return tuple(found)
