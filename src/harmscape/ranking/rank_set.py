"""Rank sets that hold for all areas together: what may be said of every place at once.

Areas are compared in pairs on a square-root scale, where weighted counts have nearly constant variance:

    u = 2 sqrt((y + 3/8 f) / b),  s^2 = (v + 3/8 f^2) / (b (y + 3/8 f))

with y harm, v its variance (what `shrinkage` expects), f the pooled next weight and b the base (1
for a score), so that s = 1 for plain counts (Anscombe). Area j beats k where (u_j - u_k) / sqrt(s_j^2 +
s_k^2) exceeds a critical value c. The first c is the quantile of the studentised range over sqrt 2, which
bounds the largest of all pairs whatever the s (Tukey and Kramer; proved by Hayter). Pairs settled by it are
dropped and c is found anew for those that are left, by simulation of normals, until nothing changes. The set
of j runs from 1 + (areas that beat j) to p - (areas that j beats).

Sources: Mogstad, Romano, Shaikh and Wilhelm 2023, Review of Economic Studies, rdad006 (the sets, step-down);
Hayter 1984, Annals of Statistics 12:61; Anscombe 1948, Biometrika 35:246; Romano and Wolf 2005, JASA 100:94.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import integrate, optimize, special

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DRAWS = 1999
SEED = 20230717
# Up to here pairs are held one by one; beyond, widths are rounded up and there is no step-down. Both stay
# valid.
MOST_PAIRED = 5000
CANDIDATES = 12
ROWS_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class RankSets:
    """Best and worst place per area, from 1, shape (p,); the last critical value; how they were found.

    method: `step-down`, or `single step` above 5,000 areas, which is wider but holds as well.
    """

    lo: NDArray[np.int64]
    hi: NDArray[np.int64]
    critical: float
    method: str


def rank_sets(
    harm: ArrayLike,
    variance: ArrayLike,
    *,
    next_weight: float,
    base: ArrayLike | None = None,
    level: float = 0.90,
    seed: int = SEED,
) -> RankSets:
    """Simultaneous rank sets: with at least `level`, every area's true rank lies in its set.

    harm, variance: shape (p,), points and points squared; the variance should be the one `shrinkage` expects.
    next_weight: points, from `interval.pooled_next_weight`. base: exposure, shape (p,), to rank rates. seed:
    of the simulated normals, which are dealt to the areas in the order of their harm, so the order of rows
    changes nothing.

    >>> found = rank_sets([900.0, 420.0, 400.0, 100.0], [900.0, 420.0, 400.0, 100.0], next_weight=1.0)
    >>> found.lo.tolist(), found.hi.tolist()
    ([1, 2, 2, 4], [1, 3, 3, 4])
    """
    u, s = comparable(harm, variance, next_weight=next_weight, base=base)
    p = len(u)
    if p < 2 or next_weight == 0:
        return RankSets(np.ones(p, dtype=np.int64), np.full(p, p, dtype=np.int64), 0.0, "step-down")
    order = np.lexsort((s, u))
    u, s = u[order], s[order]
    critical = range_quantile(p, level) / np.sqrt(2)
    if p > MOST_PAIRED:
        beaten_by, beats = _count_rounded(u, s, critical)
        method = "single step"
    else:
        critical, won = _step_down(u, s, critical, level, seed)
        beats, beaten_by = won.sum(axis=1), won.sum(axis=0)
        method = "step-down"
    lo, hi = np.empty(p, dtype=np.int64), np.empty(p, dtype=np.int64)
    lo[order], hi[order] = 1 + beaten_by, p - beats
    return RankSets(lo, hi, float(critical), method)


def comparable(
    harm: ArrayLike, variance: ArrayLike, *, next_weight: float, base: ArrayLike | None = None
) -> tuple[Floats, Floats]:
    """Harm (or its rate) on the square-root scale and its standard deviation there, both shape (p,).

    >>> u, s = comparable([0.0, 40.0], [0.0, 40.0], next_weight=1.0)
    >>> u.round(3).tolist(), s.round(3).tolist()  # 2 sqrt(.375), 2 sqrt(40.375)
    ([1.225, 12.708], [1.0, 1.0])
    """
    y, v = np.asarray(harm, dtype=float), np.asarray(variance, dtype=float)
    b = np.ones_like(y) if base is None else np.asarray(base, dtype=float)
    f = next_weight if next_weight > 0 else 1.0
    moved = y + 0.375 * f
    return 2 * np.sqrt(moved / b), np.sqrt((v + 0.375 * f**2) / (moved * b))


@lru_cache(maxsize=64)
def range_quantile(areas: int, level: float) -> float:
    """The quantile of the range of `areas` independent standard normals (studentised, infinite freedom).

    P(range <= q) = p * integral of phi(z) (Phi(z) - Phi(z - q))^(p-1).

    >>> round(range_quantile(10, 0.95), 3), round(range_quantile(2, 0.95), 3)  # printed tables: 4.474, 2.772
    (4.474, 2.772)
    """
    z = np.linspace(-9.0, 9.0, 4001)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    below = special.ndtr(z)

    def short(q: float) -> float:
        inside = below - special.ndtr(z - q)
        return float(areas * integrate.simpson(density * inside ** (areas - 1), x=z) - level)

    return float(optimize.brentq(short, 1e-3, 20.0, xtol=1e-10))


def _step_down(u: Floats, s: Floats, critical: float, level: float, seed: int) -> tuple[float, Flags]:
    """Who beats whom (row beats column), and the last critical value; areas in rising order of u."""
    won = _wins(u, s, critical)
    if not won.any():
        return critical, won
    draws = _draws(len(u), DRAWS, seed)
    values = _values(s, draws)
    while True:
        lower = _critical(values, won, level, draws)
        more = _wins(u, s, min(lower, critical))
        critical = min(lower, critical)
        if (more == won).all():
            break
        won = more
    return critical, won


def _wins(u: Floats, s: Floats, critical: float) -> Flags:
    won = np.empty((len(u), len(u)), dtype=bool)
    for start in range(0, len(u), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        gap = u[part, None] - u
        # Squared, so that no root is taken for each pair; a gap of 0 or less never wins.
        won[part] = (gap > 0) & (gap**2 > critical**2 * (s[part, None] ** 2 + s**2))
    return won


@dataclass(frozen=True, slots=True)
class _Draws:
    """Per draw the areas with the largest and the smallest normals, and how far all other pairs may reach.

    high, low: areas, with their normals z_high and z_low, shape (draws, candidates). others: shape (draws,).
    """

    high: NDArray[np.int64]
    low: NDArray[np.int64]
    z_high: Floats
    z_low: Floats
    others: Floats


@lru_cache(maxsize=4)
def _draws(p: int, count: int, seed: int) -> _Draws:
    """The same draws for every ranking of as many areas.

    Only areas with extreme z can give the largest pair: its value is at most sqrt(z_j^2 + z_k^2), or the
    larger |z| where the two pull the same way. Where the groups of extremes cannot rule the others out, that
    bound is taken.
    """
    z = np.random.default_rng(seed).standard_normal((count, p))
    size = min(CANDIDATES, p)
    high = np.argpartition(z, p - size, axis=1)[:, p - size :]
    low = np.argpartition(z, size - 1, axis=1)[:, :size]
    z_high, z_low = np.take_along_axis(z, high, axis=1), np.take_along_axis(z, low, axis=1)
    others = np.full(count, -np.inf)
    if size < p:
        least_high, least_low = np.maximum(z_high.min(axis=1), 0), np.maximum(-z_low.max(axis=1), 0)
        others = np.maximum(np.hypot(z_high.max(axis=1), least_low), np.hypot(least_high, -z_low.min(axis=1)))
    return _Draws(high, low, z_high, z_low, others)


def _values(s: Floats, draws: _Draws) -> Floats:
    """(s_j z_j - s_k z_k) / sqrt(s_j^2 + s_k^2) of the extremes, shape (draws, candidates, candidates)."""
    sj, sk = s[draws.high][:, :, None], s[draws.low][:, None, :]
    return np.asarray((sj * draws.z_high[:, :, None] - sk * draws.z_low[:, None, :]) / np.sqrt(sj**2 + sk**2))


def _critical(values: Floats, won: Flags, level: float, draws: _Draws) -> float:
    """The quantile of the largest value over pairs (j, k) not yet won."""
    j, k = draws.high[:, :, None], draws.low[:, None, :]
    left = np.where(won[j, k] | (j == k), -np.inf, values)
    largest = np.maximum(left.max(axis=(1, 2)), draws.others)
    place = int(np.ceil(level * (len(largest) + 1))) - 1
    return float(np.partition(largest, place)[place])


def _count_rounded(u: Floats, s: Floats, critical: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many areas beat each, and how many it beats, the others' s rounded up to the next percent."""
    group = np.ceil(np.log(s / s.min()) / 0.01).astype(np.int64)
    beaten_by, beats = np.zeros(len(u), dtype=np.int64), np.zeros(len(u), dtype=np.int64)
    for level in np.unique(group):
        others = u[group == level]
        reach = critical * np.sqrt(s**2 + (s.min() * np.exp(0.01 * level)) ** 2)
        beaten_by += len(others) - np.searchsorted(others, u + reach, side="right")
        beats += np.searchsorted(others, u - reach, side="left")
    return beaten_by, beats
