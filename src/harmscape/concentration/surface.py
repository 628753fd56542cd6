"""Where does harm gather, whatever the boundaries say? A smooth surface of weighted events (KDE).

Answers "where inside the sector, or across its border, is the heart of it?". Every event spreads its points
over a kernel; events are laid on cells first, each shared among the four cells around it, so that a million
cost little more than a thousand. At the rim of the force a kernel reaches over land nobody counts, and the
surface would fall there: it is divided by the part of the kernel that lies inside. Points that were snapped
need a kernel no narrower than the places they stand for, or it would draw the publisher's grid.

Sources: Silverman 1986, Density Estimation, sections 4.2 and 3.5 (kernels, binning); Diggle 1985, Applied
Statistics 34:138 (edge correction); Jones and Lotwick 1984, Applied Statistics 33:120 (linear binning).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

Floats = NDArray[np.float64]

_REACH = 4.0
"""A Gaussian kernel ends at so many bandwidths: six parts in a hundred thousand lie beyond."""
_LEAST_INSIDE = 0.01
KM2 = 1e6


@dataclass(frozen=True, slots=True)
class Grid:
    """Square cells: west and south edge and size in metres, and how many; row 0 is the southernmost."""

    west: float
    south: float
    cell_m: float
    columns: int
    rows: int

    @property
    def x(self) -> Floats:
        """The middles of the columns, metres."""
        return np.asarray(self.west + (np.arange(self.columns) + 0.5) * self.cell_m, dtype=float)

    @property
    def y(self) -> Floats:
        """The middles of the rows, metres."""
        return np.asarray(self.south + (np.arange(self.rows) + 0.5) * self.cell_m, dtype=float)


def grid_over(west: float, south: float, east: float, north: float, *, cell_m: float) -> Grid:
    """Whole cells that cover a box (metres).

    >>> grid_over(0, 0, 950, 300, cell_m=100)
    Grid(west=0.0, south=0.0, cell_m=100, columns=10, rows=3)
    """
    if not cell_m > 0 or not (east > west and north > south):
        raise ValueError("a grid needs a box and cells of some size")
    left, low = np.floor(west / cell_m) * cell_m, np.floor(south / cell_m) * cell_m
    columns, rows = (int(np.ceil(round(span / cell_m, 9))) for span in (east - left, north - low))
    return Grid(float(left), float(low), cell_m, columns, rows)


def surface(
    x: ArrayLike,
    y: ArrayLike,
    points: ArrayLike | None,
    grid: Grid,
    *,
    bandwidth_m: float,
    inside: NDArray[np.bool_] | None = None,
) -> Floats:
    """Points a square kilometre, shape (rows, columns); not a number outside.

    x, y: metres, shape (n,); points: of each event, shape (n,), or None for 1 each. bandwidth_m: the standard
    deviation of the Gaussian kernel. inside: the cells that belong to the force, shape (rows, columns);
    without it nothing is corrected at the rim. Events off the grid are left out.

    >>> grid = grid_over(0, 0, 3000, 3000, cell_m=100)
    >>> made = surface([1550], [1550], [2.0], grid, bandwidth_m=200)
    >>> round(float(made.sum() * 0.01), 3), int(made.argmax())  # all points stay; the top: row 15, column 15
    (2.0, 465)
    """
    if not bandwidth_m > 0:
        raise ValueError("a bandwidth must be above 0")
    line = gaussian_line(grid, bandwidth_m)
    smooth = along_both(_binned(x, y, points, grid), line) * (KM2 / grid.cell_m**2)
    if inside is None:
        return smooth
    within = along_both(inside.astype(float), line)
    kept = inside & (within > _LEAST_INSIDE)
    return np.where(kept, smooth / np.where(kept, within, 1.0), np.nan)


def _binned(x: ArrayLike, y: ArrayLike, points: ArrayLike | None, grid: Grid) -> Floats:
    """Points on cells, each event shared among the four cells whose middles surround it."""
    across = (np.asarray(x, dtype=float) - grid.west) / grid.cell_m
    up = (np.asarray(y, dtype=float) - grid.south) / grid.cell_m
    held = np.ones(across.shape) if points is None else np.asarray(points, dtype=float)
    on = (across >= 0) & (across < grid.columns) & (up >= 0) & (up < grid.rows)
    if not on.all():
        across, up, held = across[on], up[on], held[on]
    # Half a cell less counts from middle to middle; a rim of one cell takes what falls beside the first.
    across, up = across + 0.5, up + 0.5
    column, row = across.astype(np.int64), up.astype(np.int64)
    right, top = across - column, up - row
    wide = grid.columns + 2
    at = row * wide + column
    size = wide * (grid.rows + 2)
    upper, lower = held * top, held * (1 - top)
    found = np.zeros(size)
    for step, share in (
        (0, lower * (1 - right)),
        (1, lower * right),
        (wide, upper * (1 - right)),
        (wide + 1, upper * right),
    ):
        found[step:] += np.bincount(at, share, size)[: size - step]
    whole = found.reshape(grid.rows + 2, wide)
    # What the rim took belongs to the cells beside it.
    whole[1] += whole[0]
    whole[-2] += whole[-1]
    whole[:, 1] += whole[:, 0]
    whole[:, -2] += whole[:, -1]
    return np.ascontiguousarray(whole[1:-1, 1:-1])


def gaussian_line(grid: Grid, bandwidth_m: float) -> Floats:
    """The Gaussian kernel along one axis, in steps of a cell; it sums to 1."""
    # Sharing an event among four cells has spread it by a sixth of a cell squared already.
    width = np.sqrt(max((bandwidth_m / grid.cell_m) ** 2 - 1 / 6, 0.01))
    reach = max(int(np.ceil(_REACH * width)), 1)
    line = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    return np.asarray(line / line.sum())


def along_both(cells: Floats, line: Floats) -> Floats:
    """Cells convolved with a line along each axis."""
    along = ndimage.convolve1d(cells, line, axis=1, mode="constant")
    return np.asarray(ndimage.convolve1d(along, line, axis=0, mode="constant"))
