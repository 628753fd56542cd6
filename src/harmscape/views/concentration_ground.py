"""The land under a surface: its cells in metres, and the area that each lies in; kept for each edition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from harmscape.concentration.surface import Grid, grid_over
from harmscape.model.errors import SelectionError
from harmscape.places.area import reproject
from harmscape.places.crs import WGS84, is_geographic, transform
from harmscape.places.locate import Locator
from harmscape.views.edition_shapes import KeptByEdition
from harmscape.views.question import Question

Box = tuple[float, float, float, float]

_UTM_NORTH, _UTM_SOUTH = 32600, 32700


@dataclass(frozen=True)
class Ground:
    """The areas of an edition in one plane of metres. bounds: of each area, float64[p, 4]."""

    epsg: int
    bounds: NDArray[np.float64]
    locator: Locator

    def box(self, areas: NDArray[np.int64]) -> Box:
        """West, south, east and north of some areas (their indexes); of all of them where none is named."""
        held = self.bounds[areas] if len(areas) else self.bounds
        west, south = np.nanmin(held[:, :2], axis=0)
        east, north = np.nanmax(held[:, 2:], axis=0)
        return float(west), float(south), float(east), float(north)

    def cells(self, box: Box, cell_m: float, *, only: NDArray[np.int64]) -> tuple[Grid, NDArray[np.int32]]:
        """Cells over a box, and the index of the area that the middle of each lies in, -1 outside.

        only: the areas that were named; land of others counts as outside, unless none was named.
        """
        grid = grid_over(*box, cell_m=cell_m)
        x, y = np.meshgrid(grid.x, grid.y)
        area = self.locator.locate(x.ravel(), y.ravel()).reshape(grid.rows, grid.columns)
        return grid, area if not len(only) else np.where(np.isin(area, only), area, -1).astype(np.int32)

    def metres(
        self, x: NDArray[np.float64], y: NDArray[np.float64], epsg: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Points of whatever systems in this plane; NaN where they cannot be brought there."""
        east, north = np.full(len(x), np.nan), np.full(len(y), np.nan)
        for system in np.unique(epsg):
            own = epsg == system
            east[own], north[own] = transform(x[own], y[own], source=int(system), target=self.epsg)
        return east, north

    def degrees(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Longitude and latitude of points in this plane, to about a metre."""
        lon, lat = transform(x, y, source=self.epsg, target=WGS84)
        return np.round(lon, 5), np.round(lat, 5)


KEPT = KeptByEdition[Ground](most=4)


def ground_of(question: Question) -> Ground:
    """The land of the question's areas. Raises SelectionError where no area has a shape."""

    def made(shapes: NDArray[Any], epsg: int) -> Ground:
        if shapely.is_missing(shapes).all():
            many = question.book.geography.many
            raise SelectionError(f"{many} have no boundaries here, so no land is known under them")
        if is_geographic(epsg):
            west, south, east, north = shapely.total_bounds(shapes)
            zone = int(((west + east) / 2 + 180) // 6) % 60 + 1
            target = (_UTM_NORTH if south + north >= 0 else _UTM_SOUTH) + zone
            shapes, epsg = shapely.make_valid(reproject(shapes, source=epsg, target=target)), target
        return Ground(epsg, shapely.bounds(shapes), Locator(shapes))

    return KEPT.of(question, made)
