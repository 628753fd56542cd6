"""What a method says of the months to come: how many, how unsteadily, and how sure the level itself is.

The variance of a month has two parts. `own` is chance within the month; it averages out over a year. `level`
is not knowing how high the series will run by then; it grows with the distance, is shared by all months of a
year, and does not average out: cov(y_h, y_k) = mean_h mean_k level_min(h, k).

Limits of a count are those of a negative binomial with that mean and variance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from harmscape.forecast.crps import negative_binomial

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

YEAR = 12


@dataclass(frozen=True, slots=True)
class Ahead:
    """A forecast of p series for H months, (p, H): events, events squared, and a relative variance.

    level never falls with the distance.
    """

    mean: Floats
    own: Floats
    level: Floats

    @property
    def variance(self) -> Floats:
        """Of each month, shape (p, H)."""
        return self.own + self.mean**2 * self.level

    def scaled(self, ratio: Floats) -> Ahead:
        """The same forecast with each month's mean times a ratio, shape (H,) or (p, H)."""
        return replace(self, mean=self.mean * ratio, own=self.own * ratio)


def sums(ahead: Ahead, months: slice, known: NDArray[np.bool_] | None = None) -> tuple[Floats, Floats]:
    """Mean and variance of the sum of some months, each shape (p,).

    known: which of all H months count, shape (H,); those of a gap in the data do not.

    >>> one = Ahead(np.array([[4.0, 6.0]]), np.array([[4.0, 6.0]]), np.array([[0.01, 0.02]]))
    >>> [each.round(3).tolist() for each in sums(one, slice(0, 2))]  # 10 + 16 x .01 + 2 x 24 x .01 + 36 x .02
    [[10.0], [11.36]]
    """
    counted = np.ones(ahead.mean.shape[1], dtype=bool) if known is None else known
    mean, own = ahead.mean * counted, ahead.own * counted
    mean, own, level = mean[:, months], own[:, months], ahead.level[:, months]
    later = np.cumsum(mean[:, ::-1], axis=1)[:, ::-1] - mean
    shared = (mean * level * (mean + 2 * later)).sum(axis=1)
    return mean.sum(axis=1), own.sum(axis=1) + shared


USUAL_DRIFT = 0.03**2
"""How far a level moves in a year before any is seen, a relative variance: 3 %, as two years would tell."""


def with_drift(level: Floats, known: int, series: int) -> Floats:
    """The relative variance of a level, (p, H), with what a few years cannot have shown of how it moves.

    What moves a level shows about once a year in each of so many series. Its variance as estimated from n =
    known months / 12 x series such figures is drawn to the usual one as if two more had been seen (the mean
    of an inverse gamma): (n s^2 + 2 usual) / n a year. A level that stood still for five years can still
    move.

    >>> with_drift(np.zeros((1, 24)), 60, 1)[0, [0, 11, 23]].round(6).tolist()  # 2 x .0009 / 5 a year
    [3e-05, 0.00036, 0.00072]
    """
    years = np.arange(1, level.shape[1] + 1) / YEAR
    return np.asarray(level + years * 2 * USUAL_DRIFT / max(known / YEAR * series, 1.0))


def limits(mean: Floats, variance: Floats, inside: float) -> tuple[Floats, Floats]:
    """The counts between which `inside` of the forecast lies; both 0 where nothing is to come.

    >>> [each.tolist() for each in limits(np.array([10.0, 0.0]), np.array([20.0, 0.0]), 0.95)]
    [[3.0, 0.0], [20.0, 0.0]]
    """
    size, share = negative_binomial(mean, variance)
    tail = (1 - inside) / 2
    lo, hi = (stats.nbinom.ppf(at, size, share) for at in (tail, 1 - tail))
    some = mean > 0
    return np.where(some, lo, 0.0), np.where(some, hi, 0.0)
