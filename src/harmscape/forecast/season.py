"""What each month of the year is worth beside a mean one, learned from all areas and bent a little by each.

Answers "is August always like this?". The force's season is the Poisson fit of counts = level x season, level
running straight from year to year; months of the year that data tell poorly are drawn to 1. An area's own
season departs from the force's as far as its counts insist (Gamma-Poisson): a seaside town keeps its summer.
A month that is missing is left out. Under two years nothing is learned, and every month is worth 1.

Source: iterative proportional fitting of a two-way Poisson table, Bishop, Fienberg and Holland 1975, Discrete
Multivariate Analysis, section 3.5; shrinkage by moments, Marshall 1991, Applied Statistics 40:283.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

YEAR, FEWEST = 12, 24
_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Season:
    """What each month of the year is worth, shape (p, 12), mean 1; and the relative variance of that, (12,).

    taken: how many figures were learned for it, which the scatter about it must be told.
    """

    worth: Floats
    variance: Floats
    taken: int


def season_of(counts: Floats, calendar: Ints) -> Season:
    """Season of each series by month of the year.

    counts: events, shape (p, m), NaN in a month that is missing. calendar: month of the year, 1 to 12, (m,).

    >>> calendar = np.tile(np.arange(1, 13), 3)
    >>> counts = np.where(calendar == 8, 2600.0, 1000.0)[None]
    >>> season_of(counts, calendar).worth[0, [0, 7]].round(2).tolist()  # 1000 and 2600 / 1133.3
    [0.88, 2.29]
    """
    total = counts.sum(axis=0)
    known = np.isfinite(total)
    if known.sum() < FEWEST or total[known].sum() == 0:
        return Season(np.ones((len(counts), YEAR)), np.zeros(YEAR), 0)
    whole, variance, scatter = _shared_season(total, calendar)
    worth = np.tile(whole, (len(counts), 1))
    if len(counts) > 1:
        worth = worth * _tilt(counts, total, calendar, scatter)
    # Spread over many areas, what the season takes from the scatter of each is nothing.
    return Season(worth / worth.mean(axis=1, keepdims=True), variance, (YEAR - 1) // len(counts))


def _shared_season(total: Floats, calendar: Ints) -> tuple[Floats, Floats, float]:
    """The season of the total, (12,), the variance of each month of it, and variance over mean about it."""
    known = np.isfinite(total)
    month, season = calendar - 1, np.ones(YEAR)
    levelling, counted = _levelling(known.tobytes()), np.where(known, total, 0.0)
    for _ in range(_ROUNDS):
        level = np.maximum(levelling @ (counted / season[month]), 1e-9)
        came = np.bincount(month[known], total[known], minlength=YEAR)
        expected = np.bincount(month[known], level[known], minlength=YEAR)
        ratio = np.where(expected > 0, came / np.where(expected > 0, expected, 1.0), 1.0)
        season = np.maximum(ratio / ratio.mean(), 1e-3)
    fitted = level * season[month]
    free = max(int(known.sum()) - YEAR - 1, 1)
    away = ((total - fitted) ** 2)[known] / np.maximum(fitted[known], 1e-9)
    scatter = max(float(away.sum()) / free, 1.0)
    noise = scatter / np.maximum(expected, 1e-9)
    seen = expected > 0
    spread = max(float(((ratio - 1)[seen] ** 2 - noise[seen]).mean()), 0.0)
    believed = np.asarray(spread / (spread + noise))
    drawn = np.asarray(1 + (ratio - 1) * believed)
    return drawn / drawn.mean(), believed * noise, scatter


@lru_cache(maxsize=256)
def _levelling(known: bytes) -> Floats:
    """What turns counts without season into a level for every month, shape (m, m).

    Straight lines between the means of the years that end with the data, and on beyond the first and last.
    """
    there = np.frombuffer(known, dtype=bool)
    m = len(there)
    at = np.arange(m)
    years = (m - 1 - at) // YEAR
    inside = [there & (years == year) for year in np.unique(years)[::-1]]
    means = np.array([each / each.sum() for each in inside if each.sum() >= YEAR // 2])
    if len(means) < 2:
        return np.tile(there / there.sum(), (m, 1))
    x = means @ at
    right = np.clip(np.searchsorted(x, at), 1, len(x) - 1)
    part = (at - x[right - 1]) / (x[right] - x[right - 1])
    return np.asarray((1 - part)[:, None] * means[right - 1] + part[:, None] * means[right])


def _tilt(counts: Floats, total: Floats, calendar: Ints, scatter: float) -> Floats:
    """How an area's season differs from the force's, shape (p, 12), drawn to 1."""
    known = np.isfinite(total)
    table = np.zeros((len(counts), YEAR))
    for month in range(YEAR):
        table[:, month] = counts[:, known & (calendar == month + 1)].sum(axis=1)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / max(table.sum(), 1.0)
    extra = float(((table - expected) ** 2 - expected).sum())
    spread = extra / max(float((expected**2).sum()), 1e-9)
    if spread <= 0:
        return np.ones_like(table)
    prior = max(scatter, 1.0) / spread
    return np.asarray((table + prior) / (expected + prior))
