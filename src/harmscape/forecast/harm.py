"""The harm of events to come: their number times what an event was worth, with the chance of grave ones.

Answers "how much harm is that?". Harm is a sum of a random number of events of unequal points. Its variance
has three parts: which events they will be, how many, and that the mean points of an event are known from so
many only.

    H = sum of N points;  E H = E N w;  Var H = E N (q - w^2) + Var N w^2 + (E N)^2 (q - w^2) / n

w and q are mean points and mean squared points of the n latest events. Limits are those of a gamma
distribution. Source: compound sums, Feller 1968, An Introduction to Probability Theory, volume 1, chapter
XII; Wald's identities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]


def harm_ahead(
    mean: Floats, variance: Floats, *, events: Floats, harm: Floats, squares: Floats
) -> tuple[Floats, Floats]:
    """Mean and variance of the harm to come, in points, each of the shape of the forecast.

    mean, variance: of the number of events to come. events, harm, squares: of the latest events, their
    number, points and sum of squared points, of a shape that goes together with it. Nothing is known without
    events.

    >>> found = harm_ahead(*(np.array([each]) for each in (10.0, 20.0)), events=np.array([4.0]),
    ...     harm=np.array([40.0]), squares=np.array([500.0]))
    >>> [float(each[0]) for each in found]  # w 10, q 125: 100; 10 x 25 + 20 x 100 + 100 x 25 / 4
    [100.0, 2875.0]
    """
    n = np.maximum(events, 1e-9)
    points = np.where(events > 0, harm / n, 0.0)
    unequal = np.where(events > 0, np.maximum(squares / n - points**2, 0.0), 0.0)
    return mean * points, mean * unequal + variance * points**2 + mean**2 * unequal / n


def harm_limits(mean: Floats, variance: Floats, inside: float) -> tuple[Floats, Floats]:
    """The points between which `inside` of it lies, gamma; both 0 where no harm is to come.

    >>> [round(float(each[0]), 1) for each in harm_limits(np.array([100.0]), np.array([100.0]), 0.95)]
    [81.4, 120.5]
    """
    some = mean > 0
    shape = np.where(some, mean**2 / np.maximum(variance, 1e-9), 1.0)
    scale = np.where(some, np.maximum(variance, 1e-9) / np.where(some, mean, 1.0), 1.0)
    tail = (1 - inside) / 2
    lo, hi = (stats.gamma.ppf(at, shape, scale=scale) for at in (tail, 1 - tail))
    return np.where(some, lo, 0.0), np.where(some, hi, 0.0)


def harm_held(mean: Floats, variance: Floats, came: Floats, inside: float) -> int:
    """How many forecasts of harm held what came in the range that `inside` of each lies in."""
    lo, hi = harm_limits(mean, variance, inside)
    return int(np.count_nonzero((lo <= came) & (came <= hi)))
