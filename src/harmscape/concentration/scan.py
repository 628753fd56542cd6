"""Is this cluster of deaths more than bad luck? The most events in any stretch of days, beside chance.

Answers "four deaths in three weeks: should an alert go out?". Somewhere in a long record a cluster is to
be expected, so the most in any window is tested, not the window that caught the eye. `scan` deals the same
number of days out anew and is exact but for its draws; `naus` is the known approximation for events at a
steady rate, for a screen or a planned watch.

Source: Naus 1982, Journal of the American Statistical Association 77:177 (equations for Q2 and Q3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]

_AT_ONCE = 1 << 21


@dataclass(frozen=True, slots=True)
class Cluster:
    """The fullest window: events in it, its first day (of those with as many, the last), and p of as many in
    any window by chance. naus: the same by the approximation."""

    events: int
    starts: int
    p: float
    naus: float


def scan(day: ArrayLike, *, length: int, window: int, draws: int = 9_999, seed: int = 0) -> Cluster | None:
    """The fullest window of `window` days in a record of `length` days; None without events.

    day: of each event, whole numbers from 0 up to length - 1, shape (n,).
    Raises ValueError for days outside the record or a window that does not fit.

    >>> found = scan([3, 4, 5, 60], length=100, window=3, draws=99)
    >>> found.events, found.starts
    (3, 3)
    """
    when = np.sort(np.asarray(day, dtype=np.int64))
    if not 0 < window < length or (len(when) and (when[0] < 0 or when[-1] >= length)):
        raise ValueError("days lie from 0 to the record's length, and the window is shorter than it")
    if len(when) == 0:
        return None
    inside = np.searchsorted(when, when + window, side="left") - np.arange(len(when))
    most = int(inside.max())
    starts = int(when[np.flatnonzero(inside == most)[-1]])
    p = _p_of(len(when), most, length, window, draws, seed)
    steady = naus(most, len(when) * window / length, length / window)
    return Cluster(most, starts, p, steady)


def naus(events: int, mean: float, windows: float) -> float:
    """The chance that some window holds so many events, at a steady rate.

    mean: events in a window by the rate. windows: the length of the record in windows, at least 2.
    1 - Q2 (Q3 / Q2)^(L - 2), with Q2 and Q3 exact for records of two and three windows.

    >>> round(naus(2, 0.5, 2), 6)  # by hand: 1 - exp(-1) (1 + 1 + 1/8)
    0.218256
    """
    if events < 1 or mean <= 0:
        return 1.0 if events < 1 else 0.0
    if events == 1:
        return float(-np.expm1(-mean * windows))
    q2, q3 = _q2(events, mean), _q3(events, mean)
    if q2 <= 0 or q3 <= 0:
        return 1.0
    return float(np.clip(-np.expm1(np.log(q2) + (windows - 2) * np.log(q3 / q2)), 0.0, 1.0))


def _q2(k: int, m: float) -> float:
    at, below = _at, _at_most
    return float(
        below(k - 1, m) ** 2
        - (k - 1) * at(k, m) * at(k - 2, m)
        - (k - 1 - m) * at(k, m) * below(k - 3, m)
    )  # fmt: skip


def _q3(k: int, m: float) -> float:
    at, below = _at, _at_most
    a1 = 2 * at(k, m) * below(k - 1, m) * ((k - 1) * below(k - 2, m) - m * below(k - 3, m))
    a2 = 0.5 * at(k, m) ** 2 * (
        (k - 1) * (k - 2) * below(k - 3, m) - 2 * (k - 2) * m * below(k - 4, m) + m**2 * below(k - 5, m)
    )  # fmt: skip
    r = np.arange(1, k)
    a3 = (at(2 * k - r, m) * below(r - 1, m) ** 2).sum()
    r = np.arange(2, k)
    a4 = (at(2 * k - r, m) * at(r, m) * ((r - 1) * below(r - 2, m) - m * below(r - 3, m))).sum()
    return float(below(k - 1, m) ** 3 - a1 + a2 + a3 - a4)


def _at(k: ArrayLike, m: float) -> Floats:
    """P(X = k) for X Poisson with mean m."""
    held = np.asarray(k, dtype=float)
    log = special.xlogy(held, m) - m - special.gammaln(np.maximum(held, 0) + 1)
    return np.asarray(np.where(held < 0, 0.0, np.exp(log)))


def _at_most(k: ArrayLike, m: float) -> Floats:
    """P(X <= k) for X Poisson with mean m."""
    held = np.asarray(k, dtype=float)
    return np.asarray(np.where(held < 0, 0.0, special.pdtr(np.maximum(held, 0), m)))


def _p_of(number: int, most: int, length: int, window: int, draws: int, seed: int) -> float:
    """How often do so many days, dealt out anew, put `most` of them within a window?"""
    generator, found = np.random.default_rng(seed), 0
    batch = max(1, _AT_ONCE // number)
    for start in range(0, draws, batch):
        dealt = np.sort(generator.integers(length, size=(min(batch, draws - start), number)), axis=1)
        found += int(((dealt[:, most - 1 :] - dealt[:, : number - most + 1]) < window).any(axis=1).sum())
    return (1 + found) / (1 + draws)
