"""Which points lie within a drawn polygon, whatever system each is told in."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from harmscape.places.crs import WGS84, transform

_CORNERS_A_SIDE = 16


def points_within(
    polygon: Any, x: NDArray[np.float64], y: NDArray[np.float64], epsg: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """For each point (x, y: float64[n] in the system epsg: int64[n]) whether it lies in a polygon in degrees.

    The border counts; NaN lies nowhere.

    >>> square = shapely.box(-2, 54, -1, 55)
    >>> points_within(square, np.array([-1.5, -1.0, 0.0]), np.full(3, 54.5), np.full(3, 4326)).tolist()
    [True, True, False]
    """
    shapely.prepare(polygon)
    inside = np.zeros(len(x), dtype=bool)
    for system in np.unique(epsg):
        own = epsg == system
        lon, lat = transform(x[own], y[own], source=int(system), target=WGS84)
        inside[own] = shapely.intersects_xy(polygon, lon, lat)
    return inside


def box_around(polygon: Any, epsg: int) -> tuple[float, float, float, float]:
    """A box in the system `epsg` that holds a polygon in degrees: least x and y, greatest x and y.

    Straight lines in degrees are bent elsewhere, so the box is a little wider than the corners ask.
    """
    sides = shapely.segmentize(
        polygon, max(*np.ptp(shapely.get_coordinates(polygon), axis=0)) / _CORNERS_A_SIDE
    )
    lon, lat = shapely.get_coordinates(sides).T
    x, y = transform(lon, lat, source=WGS84, target=epsg)
    spare = 0.01 * max(float(np.ptp(x)), float(np.ptp(y)))
    return float(x.min() - spare), float(y.min() - spare), float(x.max() + spare), float(y.max() + spare)
