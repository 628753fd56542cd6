"""Areas cut into tiles for a map: only what is seen is sent, and no finer than a screen can show."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from harmscape.model.errors import SelectionError
from harmscape.places import mvt

FINEST = 13
"""The last zoom with tiles of its own; nearer ones are drawn from these, whose unit is about a metre."""
_AROUND = 96 / mvt.EXTENT
"""How much of its neighbours is in a tile: the width of the thickest line, so that no seam is seen."""
_COARSE = 4
_NARROW_PX = 12.0
_TILE_PX = 512
_OUTLINE = '"outline":'
_STEEPEST = 85.0511287798


@dataclass(frozen=True)
class Land:
    """The areas of one geography, to be cut into tiles: shapes in Web Mercator, both axes from 0 to 1.

    areas: object[n]; the number of an area is its position from 1. outline: all of them together.
    boxes: float64[n, 4]: west, south, east and north of each in degrees.
    """

    areas: NDArray[np.object_]
    outline: NDArray[np.object_]
    boxes: NDArray[np.float64]

    @classmethod
    def of(cls, text: str) -> Land:
        """The land of a map's GeoJSON, as `area.to_geojson` writes it."""
        areas = shapely.get_parts(shapely.from_geojson(text))
        held, _ = json.JSONDecoder().raw_decode(text, text.index(_OUTLINE) + len(_OUTLINE))
        outline = [shapely.from_geojson(json.dumps(held))] if held else []
        return cls(_mercator(areas), _mercator(np.array(outline, dtype=object)), shapely.bounds(areas))

    def tile(self, z: int, x: int, y: int) -> bytes:
        """A tile with the layers `areas` and `outline`; no bytes where there is nothing.

        Raises SelectionError for a tile that is not on the map.
        """
        across = 1 << min(max(z, 0), 30)
        if not (0 <= z <= FINEST and 0 <= x < across and 0 <= y < across):
            raise SelectionError(f"tiles go from 0/0/0 to zoom {FINEST}, each x and y under 2 to the zoom")
        near = np.array([x - _AROUND, y - _AROUND, x + 1 + _AROUND, y + 1 + _AROUND]) / across
        found = np.sort(self._index.query(shapely.box(*near)))
        if not len(found):
            return b""
        grid = _COARSE if self._side * across * _TILE_PX < _NARROW_PX else 1
        areas, kept = _cut(self.areas[found], near, (x, y), across)
        outline, _ = _cut(self.outline, near, (x, y), across)
        return mvt.layer("areas", found[kept] + 1, areas, grid=grid) + mvt.layer(
            "outline", np.ones(len(outline), dtype=np.int64), outline
        )

    @cached_property
    def _index(self) -> shapely.STRtree:
        return shapely.STRtree(self.areas)

    @cached_property
    def _side(self) -> float:
        """The side of a square as large as the middle area."""
        return float(np.sqrt(np.median(shapely.area(self.areas)))) if len(self.areas) else 0.0


def to_lonlat(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Shapes of a land, object[n], back in degrees.

    >>> middle = to_lonlat(np.array([shapely.Point(0.5, 0.5), shapely.Point(0.75, 0.5)], dtype=object))
    >>> [(point.x, point.y) for point in middle.tolist()]
    [(0.0, 0.0), (90.0, 0.0)]
    """

    def points(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        lat = np.degrees(2 * np.arctan(np.exp((0.5 - xy[:, 1]) * 2 * np.pi)) - np.pi / 2)
        return np.column_stack([(xy[:, 0] - 0.5) * 360, lat])

    return np.asarray(shapely.transform(shapes, points), dtype=object)


def _cut(
    shapes: NDArray[np.object_], near: NDArray[np.float64], at: tuple[int, int], across: int
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """What of some shapes lies near a tile, in its units; and which of them have a part there."""
    west, north, east, south = near
    box = shapely.bounds(shapes)
    whole = (box[:, 0] >= west) & (box[:, 1] >= north) & (box[:, 2] <= east) & (box[:, 3] <= south)
    cut = shapes.copy()
    if not whole.all():
        cut[~whole] = shapely.clip_by_rect(shapes[~whole], west, north, east, south)
    solid = (shapely.get_dimensions(cut) == 2) & ~shapely.is_empty(cut)
    units = shapely.transform(cut[solid], lambda corners: (corners * across - at) * mvt.EXTENT)
    # y goes down on a tile: counter-clockwise in numbers is clockwise to the eye, as outer rings must be.
    return np.asarray(shapely.orient_polygons(units, exterior_cw=False)), solid


def _mercator(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    def points(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        lat = np.radians(np.clip(lonlat[:, 1], -_STEEPEST, _STEEPEST))
        y = 0.5 - np.log(np.tan(np.pi / 4 + lat / 2)) / (2 * np.pi)
        return np.column_stack([lonlat[:, 0] / 360 + 0.5, y])

    return np.asarray(shapely.transform(shapes, points), dtype=object)
