"""Damped exponential smoothing: a level and a trend that both follow the counts and bend to flat.

Answers "it has been rising; will it go on?": a little, less each month. Counts without their season follow
ETS(A,Ad,N), Holt's method with Gardner and McKenzie's damped trend; the season goes back on. `in_logs`
smooths the logarithm of the counts (+ 1/2) instead, which is a damped multiplicative trend (Taylor's): a rise
of so many per cent, not of so many events.

    y_t = l_(t-1) + phi b_(t-1) + e_t,  l_t = l_(t-1) + phi b_(t-1) + alpha e_t,  b_t = phi b_(t-1) + beta e_t

No single best (alpha, beta, phi) is picked: all of a grid are averaged, each by how well it did (its
likelihood, with the first level and trend integrated out). How much they disagree about the years to come is
part of the range, as is the uncertainty of the level and trend that each arrives at; both grow with the
distance.

For given parameters all of this is linear in the counts. So the filter runs once for a grid, not once a
series, and thousands of series are a few products of matrices. A missing month is a step without news.

Sources: Gardner and McKenzie 1985, Management Science 31:1237; Taylor 2003, International Journal of
Forecasting 19:715; Hyndman, Koehler, Ord and Snyder 2008, Forecasting with Exponential Smoothing, chapters 3
and 6 (forecast variance) and 12 (first states integrated out); De Jong 1991, Annals of Statistics 19:1073.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from harmscape.forecast.ahead import Ahead, with_drift
from harmscape.forecast.season import season_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.55, 0.8)
BETAS = (0.0, 0.05, 0.2)
"""As a share of alpha."""
PHIS = (0.8, 0.9, 0.95, 0.98)
"""As the textbook bounds it: below .8 the trend dies at once, above .98 it is not damped."""

_WIDEST = 4.0
_WIDEST_LOG = 0.5


def damped(counts: Floats, calendar: Ints, months: int, *, in_logs: bool = False) -> Ahead:
    """The damped trend of p series, with their season.

    counts: events, shape (p, m), NaN in a month that is missing (for all series). calendar: month of the
    year, 1 to 12, shape (m,). months: how many to come, H.

    >>> calendar = np.tile(np.arange(1, 13), 3)
    >>> damped(np.full((1, 36), 50.0), calendar, 3).mean.round(6).tolist()
    [[50.0, 50.0, 50.0]]
    """
    season = season_of(counts, calendar)
    flat = counts / season.worth[:, calendar - 1]
    to_come = (calendar[-1] + np.arange(months)) % 12
    worth = season.worth[:, to_come]
    found = smooth(np.log(flat + 0.5) if in_logs else flat, months, taken=season.taken)
    if in_logs:
        level = np.minimum(found.state, _WIDEST_LOG)
        base = np.maximum(np.exp(found.mean + level / 2) - 0.5, 0.0)
        scatter = np.maximum(found.noise[:, None] * base, 1.0)
    else:
        base = np.maximum(found.mean, 0.0)
        typical = np.maximum(np.nanmean(flat, axis=1), 1e-9)
        scatter = np.maximum(found.noise / typical, 1.0)[:, None]
        level = np.minimum(found.state / np.maximum(base, 1e-9) ** 2, _WIDEST)
    mean = base * worth
    own = scatter * mean + mean**2 * season.variance[to_come]
    level = np.maximum.accumulate(level, axis=1)
    return Ahead(mean, own, with_drift(level, int(np.isfinite(counts[0]).sum()), len(counts)))


@dataclass(frozen=True, slots=True)
class Smoothed:
    """What smoothing tells: mean and variance of the state's forecast, (p, H), and noise of a month, (p,)."""

    mean: Floats
    state: Floats
    noise: Floats


def smooth(series: Floats, months: int, *, taken: int = 0) -> Smoothed:
    """ETS(A,Ad,N) averaged over the grid; series: shape (p, m), NaN where missing for all of them.

    taken: how many figures a season took from the series before.
    """
    known = np.isfinite(series[0])
    y = np.where(known, series, 0.0)
    grid = _filtered(known.tobytes())
    free = max(int(known.sum()) - 2 - taken, 1)
    # One set of parameters at a time stays in the processor's cache; all at once would be gigabytes.
    errors = (each @ y.T for each in grid.residual)
    squared = np.array([np.einsum("ij,ij->j", each, each) for each in errors])
    squared = np.maximum(squared, 1e-12 * np.maximum((y**2).sum(axis=1), 1e-12))
    weight = -free / 2 * np.log(squared) - grid.half_log_det[:, None]
    weight = np.exp(weight - weight.max(axis=0))
    weight /= weight.sum(axis=0)
    noise = squared / free
    states = np.matmul(grid.last, y.T)
    mean, second = np.zeros((2, y.shape[0], months))
    for phi in PHIS:
        own = grid.phi == phi
        w, level, trend = weight[own], states[own, 0], states[own, 1]
        reach = _reach(phi, months)
        mean += (w * level).sum(axis=0)[:, None] + (w * trend).sum(axis=0)[:, None] * reach
        second += (w * level**2).sum(axis=0)[:, None] + (w * trend**2).sum(axis=0)[:, None] * reach**2
        second += 2 * (w * level * trend).sum(axis=0)[:, None] * reach
    within = (weight * noise).T @ _state_variance(grid, months)
    return Smoothed(mean, np.maximum(second - mean**2, 0.0) + within, (weight * noise).sum(axis=0))


@dataclass(frozen=True, slots=True)
class Filtered:
    """The filter as matrices, one set for each of C parameters: all else is a product with the counts.

    residual: (C, m, m), one-step errors with the best first states. last: (C, 2, m), level and trend at the
    end. start: (C, 2, 2), covariance of those for a noise of 1. half_log_det: (C,).
    """

    alpha: Floats
    beta: Floats
    phi: Floats
    residual: Floats
    last: Floats
    start: Floats
    half_log_det: Floats


@lru_cache(maxsize=64)
def _filtered(known: bytes) -> Filtered:
    there = np.frombuffer(known, dtype=bool)
    alpha, share, phi = (np.array(each) for each in zip(*product(ALPHAS, BETAS, PHIS), strict=True))
    return filtered(alpha, alpha * share, phi, there)


def filtered(alpha: Floats, beta: Floats, phi: Floats, known: NDArray[np.bool_]) -> Filtered:
    """Run the filter on each month by itself, and on a first level and trend of 1. known: shape (m,)."""
    m, c = len(known), len(alpha)
    level, trend = np.zeros((2, c, m + 2))
    level[:, m], trend[:, m + 1] = 1.0, 1.0
    errors = np.zeros((c, m, m + 2))
    a, b, f = alpha[:, None], beta[:, None], phi[:, None]
    for t in range(m):
        level = level + f * trend
        trend = f * trend
        if not known[t]:
            continue
        error = -level
        error[:, t] += 1.0
        errors[:, t] = error
        level, trend = level + a * error, trend + b * error
    data, first = errors[:, :, :m], errors[:, :, m:]
    gram = np.swapaxes(first, 1, 2) @ first
    inverse = np.linalg.pinv(gram, hermitian=True)
    # The first states that leave the smallest errors, as a product with the counts.
    best = -inverse @ np.swapaxes(first, 1, 2) @ data
    states = np.stack([level, trend], axis=1)
    last, carried = states[:, :, :m], states[:, :, m:]
    return Filtered(
        alpha,
        beta,
        phi,
        data + first @ best,
        last + carried @ best,
        carried @ inverse @ np.swapaxes(carried, 1, 2),
        np.log(np.maximum(np.linalg.det(gram), 1e-12)) / 2,
    )


def _reach(phi: float | Floats, months: int) -> Floats:
    """phi + phi^2 + ... + phi^h for h = 1 to H: how far a trend carries; shape (H,) or (C, H)."""
    return np.asarray(np.cumsum(np.power(np.asarray(phi)[..., None], np.arange(1, months + 1)), axis=-1))


def _state_variance(grid: Filtered, months: int) -> Floats:
    """Variance of the state's forecast for a noise of 1, (C, H): news on the way, and the first states'."""
    reach = _reach(grid.phi, months)
    news = (grid.alpha[:, None] + grid.beta[:, None] * reach[:, : months - 1]) ** 2
    grown = np.concatenate([np.zeros((len(grid.phi), 1)), np.cumsum(news, axis=1)], axis=1)
    start = grid.start
    first = start[:, 0, 0, None] + 2 * start[:, 0, 1, None] * reach + start[:, 1, 1, None] * reach**2
    return np.asarray(grown + first)
