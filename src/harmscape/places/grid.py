"""Generated geographies: squares of the National Grid and H3 hexagons, only where they are needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import h3
import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from harmscape.model.geography import FINEST_FOR_SNAPPED_M2
from harmscape.places.assign import Areas
from harmscape.places.crs import BRITISH_GRID, WGS84, transform
from harmscape.places.distinct import on_distinct

SQUARE_CODE_DIGITS = 7
WHOLE_GRID_M = 9_999_999
NO_CELL = -1


@dataclass(frozen=True, slots=True)
class GridCells:
    """Cells in order of code, and the cell of each point given.

    codes: e.g. E0423500N0564000, the metres of a square's south-west corner, or an H3 index. epsg: 27700 for
    squares, 4326 for hexagons. of_point: int32[n], numbered from 1 in order of code, 0 for points without a
    cell.
    """

    kind: Literal["square", "h3"]
    size: int
    codes: tuple[str, ...]
    epsg: int
    of_point: NDArray[np.int32]

    def polygons(self) -> NDArray[Any]:
        """The cells as object[n] of shapely polygons."""
        return square_polygons(self.codes, self.size) if self.kind == "square" else hexagons(self.codes)

    def areas(self) -> Areas:
        """The cells as areas that points can be placed in."""
        return Areas(self.codes, self.polygons(), self.epsg)


def square_cells(x: NDArray[np.float64], y: NDArray[np.float64], *, epsg: int, size_m: int) -> GridCells:
    """The squares of `size_m` metres that hold at least one point (x, y: float64[n] in the system `epsg`).

    A square owns its southern and western sides. Points off the National Grid's positive quarter have no
    cell.

    >>> x, y = np.array([423712.0, 423999.0]), np.array([564250.0, 564499.0])
    >>> cells = square_cells(x, y, epsg=27700, size_m=500)
    >>> cells.codes, cells.of_point.tolist()
    (('E0423500N0564000',), [1, 1])
    """

    def key_of(some_x: NDArray[np.float64], some_y: NDArray[np.float64]) -> NDArray[np.int64]:
        across, up = transform(some_x, some_y, source=epsg, target=BRITISH_GRID)
        with np.errstate(invalid="ignore"):
            is_on_grid = (across >= 0) & (up >= 0) & (across <= WHOLE_GRID_M) & (up <= WHOLE_GRID_M)
        column = np.floor_divide(np.where(is_on_grid, across, 0), size_m).astype(np.int64)
        row = np.floor_divide(np.where(is_on_grid, up, 0), size_m).astype(np.int64)
        # Codes sort by easting, then northing; so do these keys.
        return np.where(is_on_grid, column * (WHOLE_GRID_M + 1) + row, NO_CELL)

    key = on_distinct(key_of, np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
    distinct, of_point = _numbered(key)
    east, north = np.divmod(distinct, WHOLE_GRID_M + 1)
    codes = _square_codes(east * size_m, north * size_m)
    return GridCells("square", size_m, codes, BRITISH_GRID, of_point)


def h3_cells(x: NDArray[np.float64], y: NDArray[np.float64], *, epsg: int, resolution: int) -> GridCells:
    """The H3 cells of a resolution that hold at least one point (x, y: float64[n] in the system `epsg`).

    Source: H3, https://h3geo.org; resolution 8 has cells of about 0.7 square kilometres, 9 of about 0.1.

    >>> h3_cells(np.array([-1.6131]), np.array([54.9738]), epsg=4326, resolution=8).codes
    ('88197322c3fffff',)
    """
    codes: list[str] = []

    def number_of(some_x: NDArray[np.float64], some_y: NDArray[np.float64]) -> NDArray[np.int32]:
        lon, lat = transform(some_x, some_y, source=epsg, target=WGS84)
        is_known = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lat) <= 90)
        cells = [
            h3.latlng_to_cell(at_lat, at_lon, resolution)
            for at_lat, at_lon in zip(lat[is_known].tolist(), lon[is_known].tolist(), strict=True)
        ]
        codes.extend(sorted(set(cells)))
        number = {code: place for place, code in enumerate(codes, start=1)}
        found = np.zeros(lon.size, dtype=np.int32)
        found[is_known] = [number[cell] for cell in cells]
        return found

    of_point = on_distinct(number_of, np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
    return GridCells("h3", resolution, tuple(codes), WGS84, of_point)


def cell_area_m2(kind: Literal["square", "h3"], size: int) -> float:
    """The area of one cell: of a square of `size` metres, or the mean of the H3 cells of a resolution.

    >>> cell_area_m2("square", 500), round(cell_area_m2("h3", 8))
    (250000.0, 737328)
    """
    return float(size) ** 2 if kind == "square" else float(h3.average_hexagon_area(size, unit="m^2"))


def is_finer_than_lsoa(kind: Literal["square", "h3"], size: int) -> bool:
    """Whether cells are too small for snapped points, which stand for the places around them.

    >>> is_finer_than_lsoa("square", 499), is_finer_than_lsoa("square", 500), is_finer_than_lsoa("h3", 9)
    (True, False, True)
    """
    return cell_area_m2(kind, size) < FINEST_FOR_SNAPPED_M2


def square_polygons(codes: Sequence[str], size_m: int) -> NDArray[Any]:
    """The squares behind codes such as E0423500N0564000, in EPSG:27700."""
    east = np.array([int(code[1 : 1 + SQUARE_CODE_DIGITS]) for code in codes], dtype=np.float64)
    north = np.array([int(code[2 + SQUARE_CODE_DIGITS :]) for code in codes], dtype=np.float64)
    return np.asarray(shapely.box(east, north, east + size_m, north + size_m))


def hexagons(codes: Sequence[str]) -> NDArray[Any]:
    """The polygons of H3 cells, in EPSG:4326."""
    polygons = np.empty(len(codes), dtype=object)
    polygons[:] = [shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(code)]) for code in codes]
    return polygons


def _square_codes(east: NDArray[np.int64], north: NDArray[np.int64]) -> tuple[str, ...]:
    digits = SQUARE_CODE_DIGITS
    return tuple(
        f"E{e:0{digits}d}N{n:0{digits}d}" for e, n in zip(east.tolist(), north.tolist(), strict=True)
    )


def _numbered(key: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The distinct keys in order, and the number of each key among them from 1; 0 for NO_CELL."""
    coded = pa.array(key).dictionary_encode()
    values = coded.dictionary.to_numpy(zero_copy_only=False)
    is_cell = values != NO_CELL
    distinct = np.sort(values[is_cell])
    number = np.where(is_cell, np.searchsorted(distinct, values) + 1, 0).astype(np.int32)
    return distinct, number[coded.indices.to_numpy(zero_copy_only=False)]
