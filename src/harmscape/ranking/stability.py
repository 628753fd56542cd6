"""How a standing fares under other schemes: does the order hold when the weights are another judgement's?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats


@dataclass(frozen=True, slots=True)
class Stability:
    """One standing against s others of the same p areas.

    spearman, kendall: rank correlation with each other scheme, shape (s,); NaN where an order is all ties.
    beyond_range: the area's rank under the other scheme lies outside its own range, shape (s, p).
    changes_tier: the area's tier differs, shape (s, p); all False where no tiers were given.
    best, worst: best and worst rank over all schemes, this one included, shape (p,).
    """

    spearman: NDArray[np.float64]
    kendall: NDArray[np.float64]
    beyond_range: NDArray[np.bool_]
    changes_tier: NDArray[np.bool_]
    best: NDArray[np.int64]
    worst: NDArray[np.int64]


def stability(
    rank: ArrayLike,
    others: ArrayLike,
    *,
    rank_lo: ArrayLike,
    rank_hi: ArrayLike,
    tier: ArrayLike | None = None,
    other_tiers: ArrayLike | None = None,
) -> Stability:
    """Compare a standing's ranks with the ranks of the same areas under other schemes.

    rank, rank_lo, rank_hi: places from 1, shape (p,). others: shape (s, p). tier, other_tiers: shapes (p,),
    (s, p). Ties count as ties: Spearman on mean ranks, Kendall's tau-b (Kendall 1945, Biometrika 33:239).

    >>> found = stability([1, 2, 3, 4], [[2, 1, 3, 4]], rank_lo=[1, 2, 2, 3], rank_hi=[2, 3, 4, 4])
    >>> found.spearman.round(2).tolist(), found.kendall.round(3).tolist(), found.beyond_range.tolist()
    ([0.8], [0.667], [[False, True, False, False]])
    """
    own = np.asarray(rank, dtype=np.int64)
    other = np.asarray(others, dtype=np.int64).reshape(-1, len(own))
    lo, hi = np.asarray(rank_lo), np.asarray(rank_hi)
    if tier is None or other_tiers is None:
        moved = np.zeros(other.shape, dtype=bool)
    else:
        moved = np.asarray(other_tiers).reshape(other.shape) != np.asarray(tier)
    every = np.vstack([own, other])
    return Stability(
        spearman=np.array([_correlation(own, row, stats.spearmanr) for row in other], dtype=float),
        kendall=np.array([_correlation(own, row, stats.kendalltau) for row in other], dtype=float),
        beyond_range=(other < lo) | (other > hi),
        changes_tier=moved,
        best=every.min(axis=0),
        worst=every.max(axis=0),
    )


def _correlation(a: NDArray[np.int64], b: NDArray[np.int64], measure: object) -> float:
    if len(a) < 2 or (a == a[0]).all() or (b == b[0]).all():
        return float("nan")
    return float(measure(a, b).statistic)  # type: ignore[operator]
