"""Regression to the mean: how much of a fall would have come anyway, as areas are picked in a bad year.

Answers "would it have come down by itself?". Areas are chosen for an operation because the last year was bad,
and part of a bad year is chance. What to expect of the next year is learned from how well one year foretells
the next in all areas: each area's years are counts about a rate of its own, and rates differ between areas as
a gamma does. The expected next year lies between the area's own years and the mean of all.

Sources: Galton 1886, Journal of the Anthropological Institute 15:246; Robbins 1956 (empirical Bayes); Clayton
and Kaldor 1987, Biometrics 43:671 (gamma rates).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from harmscape.change.counts import Floats


@dataclass(frozen=True, slots=True)
class Regression:
    """Of the treated areas' sum: events last year, a mean earlier year, one over the other, and what comes.

    expected_next: a year like the ones before would bring; lo, hi: 95 % of such years lie between. anyway:
    expected_next less last, the change to expect had nothing been done.
    """

    last: float
    past: float
    ratio: float
    expected_next: float
    anyway: float
    lo: float
    hi: float


def regression_to_mean(yearly: ArrayLike, treated: ArrayLike, *, level: float = 0.95) -> Regression:
    """What a next year would bring to the treated areas had nothing been done.

    yearly: events by area and year before the start, shape (u, y), newest last. treated: shape (u,).
    Raises ValueError with fewer than two years, two areas, or no treated area.

    >>> found = regression_to_mean([[10, 10, 25], [10, 10, 10], [10, 10, 10], [10, 10, 10]], [1, 0, 0, 0])
    >>> found.last, found.past, found.ratio, found.expected_next < 25
    (25.0, 10.0, 2.5, True)
    """
    y, t = np.asarray(yearly, dtype=float), np.asarray(treated, dtype=bool)
    if y.ndim != 2 or y.shape[1] < 2 or len(y) < 2 or t.shape != y.shape[:1] or not t.any():
        raise ValueError("two years or more by area, two areas or more, and a treated one are needed")
    last, past = float(y[t, -1].sum()), float(y[t, :-1].mean(axis=1).sum())
    phi = _dispersion(y)
    shape, years = _prior(y, phi)
    # A year that scatters more than a Poisson's tells as much as a shorter one would.
    seen, told = y.sum(axis=1) / phi, y.shape[1] / phi
    rate = (shape + seen) / (years + told)
    expected = float(rate[t].sum())
    variance = phi * expected + float((rate[t] / (years + told)).sum())
    lo, hi = _range(expected, variance, level)
    ratio = last / past if past > 0 else float("inf" if last > 0 else "nan")
    return Regression(last, past, ratio, expected, expected - last, lo, hi)


def _dispersion(y: Floats) -> float:
    """Variance over mean of years about each area's level, what moved all areas alike taken out."""
    total = y.sum()
    if total == 0:
        return 1.0
    mean = np.outer(y.sum(axis=1), y.sum(axis=0)) / total
    some = mean > 0
    freedom = max((int((y.sum(axis=1) > 0).sum()) - 1) * (int((y.sum(axis=0) > 0).sum()) - 1), 1)
    return float(max(((y - mean)[some] ** 2 / mean[some]).sum() / freedom, 1.0))


def _prior(y: Floats, phi: float) -> tuple[float, float]:
    """The gamma of rates between areas: events and years it is worth, by moments."""
    rate = y.mean(axis=1)
    mean = float(rate.mean())
    between = float(rate.var(ddof=1)) - phi * mean / y.shape[1]
    if mean <= 0:
        return 0.0, 0.0
    # Areas that differ no more than by chance all have the mean: a prior worth very many years.
    years = mean / between if between > 1e-6 * mean else 1e6
    return mean * years, years


def _range(expected: float, variance: float, level: float) -> tuple[float, float]:
    """Limits of a count to come: negative binomial, or Poisson where it scatters no more."""
    if expected <= 0:
        return 0.0, 0.0
    ends = [(1 - level) / 2, (1 + level) / 2]
    if variance <= expected * (1 + 1e-9):
        lo, hi = stats.poisson.ppf(ends, expected)
    else:
        lo, hi = stats.nbinom.ppf(ends, expected**2 / (variance - expected), expected / variance)
    return float(lo), float(hi)
