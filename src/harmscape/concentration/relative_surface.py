"""Where does harm gather more than it did, or more than people live there? Two surfaces, one over the other.

Answers "did the heart of it move?" (`between`: two periods, whatever their level) and "where is it worse than
its residents would say?" (`beside`: events over a denominator). A ratio of two surfaces is wild where little
happened, so each cell carries a deviate, and one line is drawn for the whole map: that which the greatest
deviate of a map passes by chance once in twenty. Chance deals the incidents anew: their periods, each place
kept; or their places, in proportion to the denominator. Cells under which fewer than ten incidents of like
weight lie are not told at all.

Sources: Kelsall and Diggle 1995, Bernoulli 1:3, and Statistics in Medicine 14:2335 (ratio of two kernel
estimates with one bandwidth, and dealing labels anew); Nichols and Holmes 2002, Human Brain Mapping 15:1 (one
line for all cells by the greatest of a map).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmscape.concentration.placement import slots_of
from harmscape.concentration.surface import Grid, along_both, gaussian_line

Floats = NDArray[np.float64]

LEAST = 10.0
"""A cell is told from so many incidents of like weight under its kernel."""
_LEVEL = 0.05
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Relative:
    """By cell, shape (rows, columns). ratio: times its usual share of the harm; not a number where not known.

    z: deviate from "the same share". is_known: enough lies under the kernel to tell. line: a cell beyond it
    is told from chance, with one false map in twenty. p: of so great a deviate anywhere on the map.
    """

    ratio: Floats
    z: Floats
    is_known: NDArray[np.bool_]
    line: float
    p: float
    draws: int

    @property
    def is_more(self) -> NDArray[np.bool_]:
        return np.asarray(self.is_known & (self.z > self.line))

    @property
    def is_less(self) -> NDArray[np.bool_]:
        return np.asarray(self.is_known & (self.z < -self.line))


def between(
    x: ArrayLike,
    y: ArrayLike,
    points: ArrayLike,
    is_now: ArrayLike,
    grid: Grid,
    *,
    bandwidth_m: float,
    inside: NDArray[np.bool_],
    draws: int = 199,
    seed: int = 0,
) -> Relative:
    """Set the shares of the cells in one period beside those in another; periods are dealt out anew.

    x, y: metres, of every incident of both periods on the grid, shape (n,); points of each; is_now: whether
    it is of the later one. inside: the cells that belong to the force, shape (rows, columns).
    Raises ValueError where a period has no points.

    >>> grid, x = Grid(0, 0, 100, 20, 20), np.repeat([500.0, 1500.0], 100)
    >>> now = np.tile([True, False], 100)
    >>> land = np.ones((20, 20), bool)
    >>> same = between(x, x, np.ones(200), now, grid, bandwidth_m=200, inside=land, draws=19)
    >>> float(np.nanmax(same.ratio).round(6)), bool(same.is_more.any())
    (1.0, False)
    """
    cell, held = _cells(x, y, grid), np.asarray(points, dtype=float)
    now = np.array(is_now, dtype=bool)
    line, whole = gaussian_line(grid, bandwidth_m), float(held.sum())
    if not 0 < held[now].sum() < whole:
        raise ValueError("a period without harm has no pattern")

    def laid(which: NDArray[np.int64]) -> Floats:
        return along_both(_laid(cell[which], held[which], grid), line)

    every, later = laid(np.arange(len(held))), np.flatnonzero(now)
    spread = along_both(_laid(cell, held**2, grid), line**2)
    known = inside & (every**2 >= LEAST * spread) & (spread > 0)
    labelled = now.mean()
    # Only cells that can be told are looked at again.
    here, scale = every[known], np.sqrt(spread[known] * labelled * (1 - labelled))

    def deviate(which: NDArray[np.int64]) -> Floats:
        return np.asarray((laid(which)[known] - held[which].sum() / whole * here) / scale)

    generator = np.random.default_rng(seed)

    def draw() -> float:
        dealt = generator.choice(len(held), len(later), replace=False, shuffle=False)
        return float(np.abs(deviate(dealt)).max(initial=0.0))

    seen, share, z = laid(later), held[now].sum() / whole, np.zeros(every.shape)
    before = np.maximum(every - seen, 0.0)
    ratio = np.where(known, seen / share / np.maximum(before / (1 - share), _TINY), np.nan)
    z[known] = deviate(later)
    return _told(ratio, z, known, draw, draws)


def beside(
    x: ArrayLike,
    y: ArrayLike,
    points: ArrayLike,
    exposure: Floats,
    grid: Grid,
    *,
    bandwidth_m: float,
    draws: int = 199,
    seed: int = 0,
) -> Relative:
    """Set the points of cells beside what their exposure would give; incidents are dropped anew by exposure.

    x, y, points: of every incident on the grid, shape (n,). exposure: people, say, by cell, shape
    (rows, columns), 0 outside the force. Raises ValueError where nobody is anywhere, or no points.

    >>> grid, even = Grid(0, 0, 100, 20, 20), np.ones((20, 20))
    >>> x = np.concatenate([np.full(200, 500.0), np.arange(100) * 20.0])
    >>> made = beside(x, x[::-1], np.ones(300), even, grid, bandwidth_m=200, draws=19)
    >>> made.ratio.shape
    (20, 20)
    """
    cell, held = _cells(x, y, grid), np.asarray(points, dtype=float)
    people, whole = np.asarray(exposure, dtype=float), float(held.sum())
    if not people.sum() > 0 or not whole > 0:
        raise ValueError("a ratio needs harm, and somebody somewhere")
    line, chance = gaussian_line(grid, bandwidth_m), people / people.sum()
    expected = whole * along_both(chance, line)
    spread = float((held**2).sum()) * along_both(chance, line**2)
    known = (people > 0) & (expected**2 >= LEAST * spread) & (spread > 0)
    slots, generator = slots_of(chance.ravel()), np.random.default_rng(seed)
    here, scale = expected[known], np.sqrt(spread[known])

    def deviate(where: NDArray[np.int64]) -> Floats:
        return np.asarray((along_both(_laid(where, held, grid), line)[known] - here) / scale)

    def draw() -> float:
        where = slots[generator.integers(len(slots), size=len(held))]
        return float(np.abs(deviate(where)).max(initial=0.0))

    ratio, z = np.full(people.shape, np.nan), np.zeros(people.shape)
    z[known] = deviate(cell)
    ratio[known] = 1 + z[known] * scale / here
    return _told(ratio, z, known, draw, draws)


def _told(
    ratio: Floats, z: Floats, known: NDArray[np.bool_], draw: Callable[[], float], draws: int
) -> Relative:
    """Beside the greatest deviates of so many draws."""
    if not known.any():
        return Relative(ratio, z, known, np.inf, 1.0, 0)
    greatest = np.sort([draw() for _ in range(draws)])
    # Of `draws` and the map itself, at most one in twenty lies beyond the line.
    place = int(np.ceil((1 - _LEVEL) * (draws + 1))) - 1
    line = float(greatest[place]) if place < draws else np.inf
    top = np.abs(z).max() * (1 - 1e-9)
    return Relative(ratio, z, known, line, (1 + int((greatest >= top).sum())) / (1 + draws), draws)


def _cells(x: ArrayLike, y: ArrayLike, grid: Grid) -> NDArray[np.int64]:
    """The cell of each point, numbered row by row. Raises ValueError for a point off the grid."""
    column = np.floor((np.asarray(x, dtype=float) - grid.west) / grid.cell_m).astype(np.int64)
    row = np.floor((np.asarray(y, dtype=float) - grid.south) / grid.cell_m).astype(np.int64)
    if ((column < 0) | (column >= grid.columns) | (row < 0) | (row >= grid.rows)).any():
        raise ValueError("a point lies off the grid")
    return np.asarray(row * grid.columns + column)


def _laid(cell: NDArray[np.int64], points: Floats, grid: Grid) -> Floats:
    """Points summed by cell, each whole on its own: the same for what is seen and for every draw."""
    summed = np.bincount(cell, points, grid.rows * grid.columns).astype(float)
    return np.asarray(summed.reshape(grid.rows, grid.columns))
