"""Which areas are surely in the upper or lower half: the claim a briefing may make."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Tier = Literal["clearly_high", "not_told_apart", "clearly_low"]


def tiers(set_lo: ArrayLike, set_hi: ArrayLike) -> NDArray[np.str_]:
    """The tier per area: its simultaneous rank set lies wholly in one half of the p places, or not.

    set_lo, set_hi: best and worst place, from 1, shape (p,). With an odd number of areas the middle place is
    in neither half, so with one area nothing is told apart. Because the sets hold for all areas together, so
    do the tiers: at a 90 % set, the chance that any area is put in the wrong half is at most 10 %.

    >>> tiers([1, 1, 4, 2], [2, 3, 4, 4]).tolist()
    ['clearly_high', 'not_told_apart', 'clearly_low', 'not_told_apart']
    """
    lo, hi = np.asarray(set_lo), np.asarray(set_hi)
    half = len(lo) // 2
    named = np.where(
        hi <= half, "clearly_high", np.where(lo > len(lo) - half, "clearly_low", "not_told_apart")
    )
    return named.astype("<U14")
