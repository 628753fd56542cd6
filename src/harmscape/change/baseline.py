"""A window beside what came before it: how much was to be expected, given season and how unsteady counts are.

Answers "is this more than usual?". The baseline is every usable month before the window; a month that is
missing is left out, never a zero. Season is learned from all areas together, as most areas are too small to
show one. Months scatter more than a Poisson count, and those of large areas more than those of small ones:
the ratio of variance to mean is taken as a + b x mean, learned from all areas, and divides the counts of each
before they are tested (quasi-likelihood).

Sources: McCullagh and Nelder 1989, Generalized Linear Models, section 9.2 (over-dispersion by Pearson's X^2
over its degrees of freedom); Ver Hoef and Boveng 2007, Ecology 88:2766 (constant, or growing with the mean).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]

ENOUGH_FOR_SEASON = 360
"""Events in a baseline of all areas from which a season is learned: ten a month for three years."""


_AREAS_FOR_A_SLOPE, _ROUNDS = 8, 4
_ONE_SIZE = 1e-6
"""Means so near each other, in proportion, tell no line."""


@dataclass(frozen=True, slots=True)
class Beside:
    """One entry an area, shape (p,): events in the window and in the baseline, and what was expected.

    exposure: the window's length in units of the baseline's, season included. dispersion: variance over mean
    of monthly counts, at least 1, shape (p,). lo, hi: the 95 % range of the window's count if nothing
    changed. worth: of each month beside a mean one, shape (m,): season times the share that is known yet.
    """

    later: Floats
    earlier: Floats
    exposure: float
    dispersion: Floats
    expected: Floats
    lo: Floats
    hi: Floats
    worth: Floats


def beside_baseline(
    counts: ArrayLike,
    calendar: ArrayLike,
    window: ArrayLike,
    usable: ArrayLike,
    *,
    known: ArrayLike = 1.0,
) -> Beside:
    """Set a window beside its baseline.

    counts: events by area and month, shape (p, m). calendar: month of the year, 1 to 12, shape (m,). window:
    which months are asked about; usable: which others may be its baseline; both shape (m,), never both.
    known: the share of each month's events that has been recorded by now (`lateness`), shape (m,) or one for
    all: of a month of which 90 % is known, 90 % of a usual month is expected.
    Raises ValueError without a month in either.

    >>> found = beside_baseline([[4, 6, 5, 5, 9]], [1, 2, 3, 4, 5], [0, 0, 0, 0, 1], [1, 1, 1, 1, 0])
    >>> found.later.tolist(), found.expected.tolist(), found.exposure
    ([9.0], [5.0], 0.25)
    """
    y, months = np.asarray(counts, dtype=float), np.asarray(calendar, dtype=int)
    asked, before = np.asarray(window, dtype=bool), np.asarray(usable, dtype=bool)
    if not asked.any() or not before.any() or (asked & before).any():
        raise ValueError("a window and a baseline need months of their own")
    share = np.broadcast_to(np.asarray(known, dtype=float), months.shape)
    season = _season((y / share)[:, before].sum(axis=0), months[before], months) * share
    exposure = float(season[asked].sum() / season[before].sum())
    earlier, later = y[:, before].sum(axis=1), y[:, asked].sum(axis=1)
    dispersion = _dispersion(y[:, before], season[before])
    expected = earlier * exposure
    lo, hi = _range(expected, earlier, dispersion)
    return Beside(later, earlier, exposure, dispersion, expected, lo, hi, season)


def month_dispersion(counts: ArrayLike, calendar: ArrayLike, usable: ArrayLike) -> float:
    """Variance over mean of monthly counts of some areas together, at least 1: one figure for a comparison.

    counts: events by area and month, shape (p, m); calendar: month of the year, shape (m,); usable: which
    months, those before the start, shape (m,). What moved all areas alike is taken out first, as a control
    takes it out; of one area alone only the season is. Without two months, or without events, 1.

    >>> month_dispersion([[10, 20], [20, 10]], [1, 2], [1, 1])  # means 15: 4 x 25 / 15 over 1 of freedom
    6.666666666666667
    """
    before = np.asarray(usable, dtype=bool)
    y, months = np.asarray(counts, dtype=float)[:, before], np.asarray(calendar, dtype=int)[before]
    y = y[y.sum(axis=1) > 0] if len(y) > 1 else y
    if len(y) > 1:
        y = y[:, y.sum(axis=0) > 0]
    areas, spans = y.shape
    if spans < 2 or not y.any():
        return 1.0
    if areas > 1:
        mean, freedom = np.outer(y.sum(axis=1), y.sum(axis=0)) / y.sum(), (areas - 1) * (spans - 1)
    else:
        season = _season(y.sum(axis=0), months, months)
        mean, freedom = y.sum() * season[None, :] / season.sum(), spans - len(np.unique(season))
    return float(max(((y - mean) ** 2 / mean).sum() / max(freedom, 1), 1.0))


def _season(total: Floats, months: NDArray[np.int64], wanted: NDArray[np.int64]) -> Floats:
    """What each wanted month is worth beside a mean one: 1 for all where a year cannot be learned."""
    seen = np.unique(months)
    if total.sum() < ENOUGH_FOR_SEASON or not np.isin(wanted, seen).all() or len(months) < 24:
        return np.ones(len(wanted))
    means = {month: total[months == month].mean() for month in seen}
    overall = float(np.mean(list(means.values())))
    return np.array([means[month] / overall for month in wanted])


def _dispersion(y: Floats, season: Floats) -> Floats:
    """Variance over mean of monthly counts, shape (p,): a line over the areas' means, never below 1.

    Each area's own is Pearson's X^2 over its degrees of freedom, which a dozen months tell poorly; few areas,
    or areas all of one size, tell no slope, and share one figure.
    """
    mean = y.sum(axis=1, keepdims=True) * (season / season.sum())
    months = y.shape[1]
    told = y.sum(axis=1) > 0
    if months < 2 or not told.any():
        return np.ones(len(y))
    own = ((y - mean)[told] ** 2 / np.maximum(mean[told], 1e-9)).sum(axis=1) / (months - 1)
    level = mean[told].mean(axis=1)
    if told.sum() < _AREAS_FOR_A_SLOPE or np.ptp(level) < _ONE_SIZE * level.max():
        return np.full(len(y), max(float(own.mean()), 1.0))
    line = np.maximum(own.mean(), 1.0) * np.ones_like(level)
    for _ in range(_ROUNDS):
        # The spread of an estimated ratio is in proportion to the ratio itself.
        slope, start = np.polyfit(level, own, 1, w=1 / line)
        if slope < 0:
            slope, start = 0.0, float(np.average(own, weights=1 / line**2))
        if start < 1:
            start = 1.0
            slope = max(float(np.average((own - 1) * level, weights=1 / line**2)), 0.0) / float(
                np.average(level**2, weights=1 / line**2)
            )
        line = np.maximum(start + slope * level, 1.0)
    return np.asarray(np.maximum(start + slope * mean.mean(axis=1), 1.0))


def _range(expected: Floats, earlier: Floats, dispersion: Floats) -> tuple[Floats, Floats]:
    """The 95 % range of a count to come: negative binomial, with its variance and the mean's."""
    variance = dispersion * expected + dispersion * expected**2 / np.maximum(earlier, 1.0)
    some = expected > 0
    share = np.where(some, expected / np.where(some, variance, 1.0), 0.5)
    share = np.minimum(share, 1 - 1e-9)
    size = np.where(some, expected * share / (1 - share), 1.0)
    lo, hi = (stats.nbinom.ppf(q, size, share) for q in (0.025, 0.975))
    return np.where(some, lo, 0.0), np.where(some, hi, 0.0)
