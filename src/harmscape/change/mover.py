"""Figures with limits of their own, compared: the difference and the ratio of two, without a common variance.

Answers "did the harm change?": a harm score has a lopsided interval, so a difference of two takes the lower
distance of one and the upper of the other, and a ratio is the difference of their logarithms made exact.

Sources: Zou and Donner 2008, Statistics in Medicine 27:1693 (difference); Donner and Zou 2012, Statistical
Methods in Medical Research 21:347 (ratio): "method of variance estimates recovery".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """An estimate with its limits, each shape (m,)."""

    estimate: Floats
    lo: Floats
    hi: Floats


def interval(estimate: ArrayLike, lo: ArrayLike, hi: ArrayLike) -> Interval:
    """Three figures as an interval; raises ValueError unless lo <= estimate <= hi everywhere."""
    found = Interval(*(np.asarray(each, dtype=float) for each in (estimate, lo, hi)))
    if not ((found.lo <= found.estimate) & (found.estimate <= found.hi)).all():
        raise ValueError("an estimate must lie between its limits")
    return found


def difference(later: Interval, earlier: Interval, *, exposure: float = 1.0) -> Interval:
    """How much more the later figure is than the earlier one would be over the same time.

    exposure: how long the later period is in units of the earlier one, so that a quarter is compared with a
    quarter of the year before.

    >>> found = difference(interval(10, 5, 18), interval(20, 12, 31))
    >>> [round(float(each), 2) for each in found]  # -10 - sqrt(5^2 + 11^2), -10 + sqrt(8^2 + 8^2)
    [-10.0, -22.08, 1.31]
    """
    base = Interval(*(np.asarray(each) * exposure for each in earlier))
    middle = later.estimate - base.estimate
    down = np.hypot(later.estimate - later.lo, base.hi - base.estimate)
    up = np.hypot(later.hi - later.estimate, base.estimate - base.lo)
    return Interval(middle, middle - down, middle + up)


def ratio(later: Interval, earlier: Interval, *, exposure: float = 1.0) -> Interval:
    """The later figure over the earlier one; the upper limit is infinite where the earlier may be nothing.

    >>> found = ratio(interval(10, 5, 18), interval(20, 12, 31))
    >>> [round(float(each), 3) for each in found]
    [0.5, 0.222, 1.092]
    """
    x, y = later, Interval(*(np.asarray(each) * exposure for each in earlier))
    cross = x.estimate * y.estimate
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = _limit(cross, x.lo * (2 * x.estimate - x.lo), y.hi * (2 * y.estimate - y.hi), -1)
        upper = _limit(cross, x.hi * (2 * x.estimate - x.hi), y.lo * (2 * y.estimate - y.lo), 1)
        middle = x.estimate / y.estimate
    return Interval(middle, np.maximum(lower, 0.0), np.where(y.lo > 0, upper, np.inf))


def _limit(cross: Floats, above: Floats, below: Floats, sign: int) -> Floats:
    """(xy + sign sqrt(x^2y^2 - ab)) / b, Donner and Zou's equation 9, with b as it comes."""
    root = np.sqrt(np.maximum(cross**2 - above * below, 0.0))
    return np.asarray((cross + sign * root) / below)
