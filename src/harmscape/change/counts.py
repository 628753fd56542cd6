"""Counts compared: did something become more frequent, given how long each was watched?

Answers "what moved?" on a Monday. Given both counts together, the later one is binomial: n = k1 + k0 events,
each in the later period with probability t1 / (t1 + t0) if the rate is the same. The p-value is the mid-p of
that test, which keeps near its level where the exact one is far below it; the limits of the ratio are those
rates at which the mid-p is what the level leaves.

Sources: Przyborowski and Wilenski 1940, Biometrika 31:313 (the conditional test); Lancaster 1961, JASA 56:223
(mid-p); Clopper and Pearson 1934, Biometrika 26:404 (limits by inverting a test).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]

_STEPS, _NEAR = 60, 1e-13
"""Steps at most, as many as halving alone would take; they end where two differ by a rounding."""


class Ratios(NamedTuple):
    """Rate of the later period over that of the earlier, with limits, and the mid-p of "no change".

    Each has shape (m,).

    ratio is infinite where nothing happened before, and not a number where nothing happened at all.
    """

    ratio: Floats
    lo: Floats
    hi: Floats
    p: Floats


def compare_counts(
    later: ArrayLike, earlier: ArrayLike, exposure: ArrayLike = 1.0, *, level: float = 0.95
) -> Ratios:
    """Compare counts of two periods, pair by pair.

    later, earlier: counts, shape (m,), divided by their over-dispersion where they have one. exposure: how
    long (or large) the later is in units of the
    earlier, shape (m,) or one for all: 0.25 for a quarter beside a year. level: of the limits.
    Raises ValueError on negative counts or an exposure not above 0.

    >>> found = compare_counts([2], [8])
    >>> found.ratio.tolist(), found.p.round(4).tolist()  # by hand: 2 (11 + 45/2) / 1024
    ([0.25], [0.0654])
    """
    k1, k0, e = np.broadcast_arrays(*(np.asarray(each, dtype=float) for each in (later, earlier, exposure)))
    if (k1 < 0).any() or (k0 < 0).any() or not (np.isfinite(k1) & np.isfinite(k0)).all():
        raise ValueError("counts must be numbers of at least 0")
    if not (e > 0).all():
        raise ValueError("an exposure must be above 0")
    n, share = k1 + k0, e / (1 + e)
    p = np.minimum(1.0, 2 * np.minimum(_below(k1, n, share), 1 - _below(k1, n, share)))
    outside = (1 - level) / 2
    # Above a rate the later count would seldom be so low; below one it would seldom be so high.
    lo = _odds(k1, n, 1 - outside) / e
    hi = _odds(k1, n, outside) / e
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = k1 / k0 / e
    return Ratios(ratio, np.where(k1 == 0, 0.0, lo), np.where(k0 == 0, np.inf, hi), np.where(n == 0, 1.0, p))


def _below(k: Floats, n: Floats, share: Floats) -> Floats:
    """P(X < k) + P(X = k) / 2 for X binomial: falls from 1 to 0 as the share grows."""
    return np.asarray((_at_most(k - 1, n, share) + _at_most(k, n, share)) / 2)


def _at_most(k: Floats, n: Floats, share: Floats) -> Floats:
    """P(X <= k), by the incomplete beta function."""
    inside = (k > -1) & (k < n)
    safe = special.betainc(np.where(inside, k + 1, 1.0), np.where(inside, n - k, 1.0), share)
    return np.asarray(np.where(inside, 1 - safe, np.where(k < 0, 0.0, 1.0)))


def _odds(k: Floats, n: Floats, wanted: float) -> Floats:
    """The odds of the later period at which `_below` is what is wanted; 0 or infinite where it never is."""
    never_low, never_high = (k <= 0) & (wanted > 0.5), (k >= n) & (wanted < 0.5)
    share = np.where(never_low, 0.0, 1.0)
    solvable = ~(never_low | never_high)
    share[solvable] = _share(k[solvable], n[solvable], wanted)
    with np.errstate(divide="ignore"):
        return np.asarray(share / (1 - share))


def _share(k: Floats, n: Floats, wanted: float) -> Floats:
    """The share at which `_below` is what is wanted.

    It lies between the shares at which P(X < k) and P(X <= k) are; from their middle by Newton's steps, each
    kept between what is known to lie on either side.
    """
    lo, hi = _share_at(k - 1, n, wanted, 0.0), _share_at(k, n, wanted, 1.0)
    share = (lo + hi) / 2
    for _ in range(_STEPS):
        off = _below(k, n, share) - wanted
        lo, hi = np.where(off > 0, share, lo), np.where(off > 0, hi, share)
        steep = (_density(k + 1, n - k, share) + _density(k, n - k + 1, share)) / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            nearer = share + off / steep
        moved = np.where((nearer >= lo) & (nearer <= hi), nearer, (lo + hi) / 2)
        is_there = (np.abs(moved - share) <= _NEAR * share).all()
        share = moved
        if is_there:
            break
    return share


def _share_at(k: Floats, n: Floats, wanted: float, outside: float) -> Floats:
    """The share at which P(X <= k) is what is wanted; `outside` where it never is."""
    inside = (k > -1) & (k < n)
    found = special.betaincinv(np.where(inside, k + 1, 1.0), np.where(inside, n - k, 1.0), 1 - wanted)
    return np.asarray(np.where(inside, found, outside))


def _density(a: Floats, b: Floats, share: Floats) -> Floats:
    """How fast the incomplete beta function rises; 0 where it does not."""
    inside = (a > 0) & (b > 0) & (share > 0) & (share < 1)
    a, b, p = (np.where(inside, each, 0.5) for each in (a, b, share))
    log = (a - 1) * np.log(p) + (b - 1) * np.log1p(-p) - special.betaln(a, b)
    return np.asarray(np.where(inside, np.exp(log), 0.0))
