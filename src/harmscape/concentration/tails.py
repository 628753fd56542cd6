"""How seldom does chance show as much, or as little? Places beside their draws, alike places pooled.

Places that chance treats alike share their draws: with 999 draws of 200 alike places a p-value may be as
small as 1 in 199,801, so that one place among many can pass a line for many tests.

Source: Phipson and Smyth 2010, Statistical Applications in Genetics and Molecular Biology 9:39 (one is added
above and below, so that no p-value is 0).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_CLOSE = 1e-9
_FEW, _FEWEST = 0.05, 10
"""Draws are pooled for a place of which at most a twentieth of its own, or ten, go as far: it is there that a
fine p-value matters."""


class Tails(NamedTuple):
    """p-values by place, shape (p,): of a figure as great by chance, and of one as small."""

    high: Floats
    low: Floats

    @property
    def both(self) -> Floats:
        """Two-sided: twice the smaller."""
        return np.asarray(np.minimum(1.0, 2 * np.minimum(self.high, self.low)))


def tails(seen: ArrayLike, drawn: ArrayLike, alike: ArrayLike | None = None) -> Tails:
    """Set each place beside its own draws and, where these seldom go as far, those of all alike places.

    seen: shape (p,). drawn: shape (draws, p). alike: a number for each place, shape (p,); places of one
    number share a null. Without it every place has only its own draws.

    >>> tails([3.0, 1.0], [[1.0, 2.0], [3.0, 0.0]], alike=[0, 0]).high.tolist()  # (1+1)/5, (1+3)/5
    [0.4, 0.8]
    """
    values, luck = np.asarray(seen, dtype=float), np.asarray(drawn, dtype=float)
    # Sums of the same points in another order differ in their last digits.
    slack = _CLOSE * np.maximum(np.abs(values), 1e-300)
    above, below = values - slack, values + slack
    high, low = (luck >= above).sum(axis=0), (luck <= below).sum(axis=0)
    found = Tails((1 + high) / (1 + len(luck)), (1 + low) / (1 + len(luck)))
    if alike is None:
        return found
    few = max(_FEW * len(luck), _FEWEST)
    groups = np.unique(np.asarray(alike), return_inverse=True)[1]
    for group in range(int(groups.max(initial=-1)) + 1):
        own = np.flatnonzero(groups == group)
        pool = np.take(luck, own, axis=1).ravel()
        upper, lower = own[high[own] <= few], own[low[own] <= few]
        if len(upper):
            far = pool[pool >= above[upper].min()]
            found.high[upper] = (1 + _beyond(far, above[upper])) / (1 + len(pool))
        if len(lower):
            far = pool[pool <= below[lower].max()]
            found.low[lower] = (1 + _beyond(-far, -below[lower])) / (1 + len(pool))
    return found


def _beyond(far: Floats, lines: Floats) -> NDArray[np.int64]:
    """How many of some draws lie at each line or beyond, shape of lines; the few lines are sorted, not they.

    far: the draws at or beyond the nearest line.
    """
    order = np.argsort(lines)
    passed = np.bincount(np.searchsorted(lines[order], far, side="right"), minlength=len(lines) + 1)
    found = np.empty(len(lines), dtype=np.int64)
    found[order] = np.cumsum(passed[::-1])[::-1][1:]
    return found
