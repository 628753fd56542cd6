"""Lines of one height on a surface, as closed rings, so that a page can draw where it is densest.

Answers no question by itself: it draws the surface of "where is the heart of it?".

Source: Lorensen and Cline 1987, Computer Graphics 21:163, in two dimensions (marching squares); where two
opposite corners are high, the mean of the four decides whether they are joined.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_BOTTOM, _RIGHT, _TOP, _LEFT = range(4)
# From which side of a square of four cells a line comes and by which it goes, by the corners that are high
# (1 bottom left, 2 bottom right, 4 top right, 8 top left): the high side lies to the left of the line.
_LINES = {
    1: [(_BOTTOM, _LEFT)],
    2: [(_RIGHT, _BOTTOM)],
    3: [(_RIGHT, _LEFT)],
    4: [(_TOP, _RIGHT)],
    6: [(_TOP, _BOTTOM)],
    7: [(_TOP, _LEFT)],
    8: [(_LEFT, _TOP)],
    9: [(_BOTTOM, _TOP)],
    11: [(_RIGHT, _TOP)],
    12: [(_LEFT, _RIGHT)],
    13: [(_BOTTOM, _RIGHT)],
    14: [(_LEFT, _BOTTOM)],
}
_APART = {5: [*_LINES[1], *_LINES[4]], 10: [*_LINES[2], *_LINES[8]]}
_JOINED = {5: [*_LINES[13], *_LINES[7]], 10: [*_LINES[14], *_LINES[11]]}


def isolines(values: Floats, level: float) -> list[Floats]:
    """The rings around what is at least `level` high, each of shape (k, 2): column and row of its corners.

    values: shape (rows, columns), at least 0, at the middles of cells: the middle of the first is at (0, 0).
    level: above 0. What is not a number counts as 0. High ground lies to the left of its ring.

    >>> [ring.tolist() for ring in isolines(np.array([[2.0]]), 1.0)]
    [[[0.5, 0.0], [0.0, 0.5], [-0.5, 0.0], [0.0, -0.5]]]
    """
    if not level > 0:
        raise ValueError("a line lies above 0")
    # A rim of 0 closes every ring.
    high = np.pad(np.nan_to_num(values, nan=0.0), 1)
    frm, to = _segments(high, level)
    after = dict(zip(frm.tolist(), to.tolist(), strict=True))
    corner = dict(zip(frm.tolist(), _crossings(high, level, frm).tolist(), strict=True))
    rings = []
    while after:
        start, at = next(iter(after)), -1
        ring = [corner[start]]
        at = after.pop(start)
        while at != start:
            ring.append(corner[at])
            at = after.pop(at)
        rings.append(np.array(ring) - 1)
    return rings


def _segments(high: Floats, level: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The sides of squares that lines come from and go by; those along rows are numbered first."""
    rows, columns = high.shape
    above = high >= level
    kind = above[:-1, :-1] + 2 * above[:-1, 1:] + 4 * above[1:, 1:] + 8 * above[1:, :-1]
    row, column = np.nonzero((kind > 0) & (kind < 15))
    kinds = kind[row, column]
    middle = (
        high[row, column] + high[row, column + 1] + high[row + 1, column] + high[row + 1, column + 1]
    ) / 4
    up = rows * columns
    sides = np.stack(
        [
            row * columns + column,
            up + row * columns + column + 1,
            (row + 1) * columns + column,
            up + row * columns + column,
        ]
    )
    frm, to = [np.empty(0, np.int64)], [np.empty(0, np.int64)]

    def add(which: NDArray[np.bool_], lines: list[tuple[int, int]]) -> None:
        for one, other in lines:
            frm.append(sides[one][which])
            to.append(sides[other][which])

    for number, lines in _LINES.items():
        add(kinds == number, lines)
    for number, apart in _APART.items():
        add((kinds == number) & (middle < level), apart)
        add((kinds == number) & (middle >= level), _JOINED[number])
    return np.concatenate(frm), np.concatenate(to)


def _crossings(high: Floats, level: float, side: NDArray[np.int64]) -> Floats:
    """Where a line of the level crosses each side, shape (n, 2): column and row."""
    rows, columns = high.shape
    is_up = side >= rows * columns
    row, column = np.divmod(np.where(is_up, side - rows * columns, side), columns)
    here, there = high[row, column], high[row + is_up, column + ~is_up]
    part = (level - here) / (there - here)
    return np.column_stack([column + part * ~is_up, row + part * is_up])
