"""The densest land: the least of it that holds a share of the harm, and the pieces it falls into.

Answers "on how little land does half of it lie, and in how many places?" of a smooth surface.

Source: Hyndman 1996, The American Statistician 50:120 (highest density regions).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

Floats = NDArray[np.float64]


def level_holding(values: ArrayLike, share: float) -> float:
    """The height from which the cells, densest first, hold a share of the sum; 0 where the sum is 0.

    values: a surface, any shape; what is not a number lies outside. share: above 0, at most 1.

    >>> level_holding([[6.0, 1.0], [3.0, np.nan]], 0.8)
    3.0
    """
    held = np.asarray(values, dtype=float)
    falling = np.sort(held[np.isfinite(held)])[::-1]
    sums = np.cumsum(falling)
    if len(sums) == 0 or sums[-1] <= 0:
        return 0.0
    # A sum of floats may miss its share by its last digit.
    return float(falling[int((sums >= share * sums[-1] * (1 - 1e-12)).argmax())])


def pieces(is_in: NDArray[np.bool_]) -> tuple[NDArray[np.int32], int]:
    """Number the connected pieces of some cells from 1, 0 elsewhere; and how many. Corners connect.

    >>> pieces(np.array([[True, False, True], [False, True, False], [False, False, False]]))[1]
    1
    """
    found, number = ndimage.label(is_in, structure=np.ones((3, 3)))
    return np.asarray(found, dtype=np.int32), int(number)
