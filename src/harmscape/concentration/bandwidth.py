"""How wide should the kernel be? The width by which one half of the incidents best foretells the other.

Answers "why so smooth?": a narrow kernel draws luck, a wide one hides the heart. Incidents are split in two
by lot; a surface of each half is asked how likely it finds the other.

Addresses that come again are foretold best by a very narrow kernel, rightly; so are points on a lattice,
which is why snapped points are offered no width below what they bear.

Source: Silverman 1986, Density Estimation, section 3.4.4 (likelihood cross-validation), here by halves.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmscape.concentration.surface import grid_over, surface

Floats = NDArray[np.float64]

FEWEST = 40
"""Fewer incidents do not tell widths apart."""
_ANYWHERE = 0.05
"""One incident in twenty may lie anywhere: a place where the first half had none is not impossible."""


def width_by_halves(
    x: ArrayLike,
    y: ArrayLike,
    widths_m: Sequence[float],
    *,
    box: tuple[float, float, float, float],
    most_cells: int = 4_000_000,
    seed: int = 0,
) -> float | None:
    """The best of some bandwidths; None for fewer than 40 incidents.

    x, y: metres, shape (n,), within the box (west, south, east, north). widths_m: rising; those that would
    need more than `most_cells` are passed over.

    >>> rng = np.random.default_rng(3)
    >>> middle = rng.uniform(0, 20_000, (20, 2)).repeat(100, axis=0)
    >>> x, y = (middle + rng.normal(0, 400, (2_000, 2))).T.clip(0, 20_000)
    >>> width_by_halves(x, y, [50, 400, 3_000], box=(0, 0, 20_000, 20_000))
    400
    """
    east, north = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if len(east) < FEWEST:
        return None
    half = np.arange(len(east)) % 2 == 0
    np.random.default_rng(seed).shuffle(half)
    west, south, right, top = box
    size = max((right - west) * (top - south), 1.0)
    found = {
        width: _told(east, north, half, width, box) + _told(east, north, ~half, width, box)
        for width in widths_m
        if 4 * size / width**2 <= most_cells
    }
    return max(found, key=lambda width: found[width]) if found else None


def _told(
    x: Floats, y: Floats, half: NDArray[np.bool_], width: float, box: tuple[float, float, float, float]
) -> float:
    """The log of how likely one half finds the other."""
    grid = grid_over(*box, cell_m=width / 2)
    made = surface(x[half], y[half], None, grid, bandwidth_m=width) / (1e6 * half.sum())
    column = np.clip(((x[~half] - grid.west) / grid.cell_m).astype(int), 0, grid.columns - 1)
    row = np.clip(((y[~half] - grid.south) / grid.cell_m).astype(int), 0, grid.rows - 1)
    anywhere = 1 / (grid.columns * grid.rows * grid.cell_m**2)
    return float(np.log((1 - _ANYWHERE) * made[row, column] + _ANYWHERE * anywhere).sum())
