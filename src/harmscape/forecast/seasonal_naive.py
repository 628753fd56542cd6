"""Last year's count: each month to come is the same month of the last year known.

Answers "what if we simply expect last year again?". It is the floor: a method that does not do better in the
back-test is not shown. Its range comes from how far months were from the same month a year before: what
neighbouring months share of that is drift of the level, which adds up year by year; the rest is chance.

Source: Hyndman and Athanasopoulos 2021, Forecasting: Principles and Practice, 3rd edition, sections 5.2
(method) and 5.5 (the variance grows with the number of years ahead)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harmscape.forecast.ahead import YEAR, Ahead, with_drift

Floats = NDArray[np.float64]

UNKNOWN_SCATTER, UNKNOWN_DRIFT = 2.0, 0.01
"""Where no year stands beside another: two Poisson counts differ by twice their mean, and a level by 10 %."""
_LAGS, _FEWEST = 3, 6


def seasonal_naive(counts: Floats, months: int) -> Ahead:
    """The same months of last year, for p series; at least one month must be known.

    counts: events, shape (p, m), NaN in a month that is missing: then the year before it is taken, or the
    mean where no year tells. months: how many to come, H.

    >>> seasonal_naive(np.arange(24.0)[None], 14).mean[0, [0, 11, 12]].tolist()
    [12.0, 23.0, 12.0]
    """
    m = counts.shape[1]
    last = np.empty((len(counts), YEAR))
    told = np.flatnonzero(np.isfinite(counts[0]))[-YEAR:]
    usual = counts[:, told].mean(axis=1)
    for step in range(YEAR):
        same = counts[:, (m - YEAR + step) % YEAR :: YEAR]
        known = np.isfinite(same[0]) if same.shape[1] else np.zeros(0, dtype=bool)
        last[:, step] = same[:, np.flatnonzero(known)[-1]] if known.any() else usual
    scatter, drift = _unsteadiness(counts)
    ahead = np.arange(months)
    mean = last[:, ahead % YEAR]
    own = np.repeat(scatter * last.mean(axis=1, keepdims=True), months, axis=1)
    level = np.broadcast_to(drift * (ahead // YEAR + 1.0), mean.shape)
    return Ahead(mean, own, with_drift(level, int(np.isfinite(counts[0]).sum()), len(counts)))


def _unsteadiness(counts: Floats) -> tuple[float, float]:
    """Chance, as a multiple of the mean, and drift of the level in a year, as a relative variance; pooled."""
    step = counts[:, YEAR:] - counts[:, :-YEAR]
    pairs = np.isfinite(step[0]) if step.shape[1] else np.zeros(0, dtype=bool)
    mean = np.nanmean(counts, axis=1)
    if pairs.sum() < _FEWEST or mean.sum() == 0:
        return UNKNOWN_SCATTER, UNKNOWN_DRIFT
    together = [
        float(np.nanmean(step[:, lag:] * step[:, :-lag], axis=1).sum())
        for lag in range(1, _LAGS + 1)
        if (pairs[lag:] & pairs[:-lag]).any()
    ]
    drift = max(float(np.mean(together)), 0.0) / float((mean**2).sum()) if together else UNKNOWN_DRIFT
    squared = float(np.nanmean(step**2, axis=1).sum())
    scatter = (squared - drift * float((mean**2).sum())) / float(mean.sum())
    return max(scatter, UNKNOWN_SCATTER), drift
