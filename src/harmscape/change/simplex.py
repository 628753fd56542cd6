"""Mixtures of areas that come nearest to others: weights of at least 0 that sum to 1, many targets at once.

What `synthetic` rests on; answers no question by itself. Minimises |target - w D|^2 + sum spread w^2 for
every target by projected gradient steps with momentum, started anew where they overshoot; all targets move
together, so that a placebo for every area costs little more than one.

Sources: Duchi, Shalev-Shwartz, Singer and Chandra 2008, ICML (nearest point of the simplex); Beck and
Teboulle 2009, SIAM Journal on Imaging Sciences 2:183 (momentum); O'Donoghue and Candes 2015, Foundations of
Computational Mathematics 15:715 (starting anew).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harmscape.change.counts import Floats

_ROUNDS, _NEAR = 2_000, 1e-4
_NEVER = -1e18
_ROWS = 32


def mixtures(
    targets: Floats, donors: Floats, *, spread: float | Floats, barred: NDArray[np.bool_] | None = None
) -> Floats:
    """Weights by target and donor, (t, n), at least 0, each row of sum 1.

    targets: (t, m); donors: (n, m). spread: the price of a squared weight, in squared units of the paths, of
    each donor, (n,), or one for all. barred: pairs that may not meet, (t, n), such as an area and itself.

    >>> mixtures(np.array([[3.0, 1.0]]), np.array([[4.0, 0.0], [0.0, 4.0]]), spread=0.0).round(2).tolist()
    [[0.75, 0.25]]
    """
    middle = donors.mean(axis=0)
    d, t = donors - middle, targets - middle
    steep = float(np.linalg.norm(d, 2)) ** 2 + float(np.max(spread))
    shut = np.zeros((len(t), len(d)), dtype=bool) if barred is None else barred
    w = nearest_on_simplex(np.where(shut, _NEVER, 0.0))
    if steep <= 0:
        return w
    towards, ahead, pace = _product(t, d.T), w.copy(), 1.0
    for _ in range(_ROUNDS):
        slope = _product(_product(ahead, d), d.T) - towards + spread * ahead
        new = nearest_on_simplex(np.where(shut, _NEVER, ahead - slope / steep))
        moved = new - w
        next_pace = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        # Targets that would climb lose their momentum; the others keep theirs.
        keeps = (slope * moved).sum(axis=1) <= 0
        ahead = new + np.where(keeps, (pace - 1) / next_pace, 0.0)[:, None] * moved
        w, pace = new, next_pace if keeps.mean() > 0.5 else 1.0
        if np.abs(moved).max() < _NEAR:
            break
    return w


def nearest_on_simplex(points: Floats) -> Floats:
    """The nearest weights of at least 0 and sum 1, row by row.

    >>> nearest_on_simplex(np.array([[0.9, 0.5, -1.0]])).round(2).tolist()  # both lowered by 0.2
    [[0.7, 0.3, 0.0]]
    """
    falling = -np.sort(-points, axis=1)
    above = np.cumsum(falling, axis=1) - 1
    held = falling - above / np.arange(1, points.shape[1] + 1) > 0
    last = held.sum(axis=1) - 1
    lowered = above[np.arange(len(points)), last] / (last + 1)
    return np.asarray(np.maximum(points - lowered[:, None], 0.0))


def _product(left: Floats, right: Floats) -> Floats:
    """left @ right, some rows at a time: so small that the library keeps each to one core.

    Cores that wait for each other over so little work take many times as long where others use them too.
    """
    whole = len(left) // _ROWS * _ROWS
    parts = left[:whole].reshape(-1, _ROWS, left.shape[1]) @ right
    return np.concatenate([parts.reshape(whole, right.shape[1]), left[whole:] @ right])
