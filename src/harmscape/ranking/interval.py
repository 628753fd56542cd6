"""95 % intervals for harm: limits for a sum of weighted events, fast for many areas at once.

The events of an area are counts with Poisson noise, each worth its weight, so harm `y = sum w n` has variance
`v = sum w^2 n`; where one incident holds several events, `v` is the sum over incidents of (sum w)^2. Every
limit here is a quantile of a gamma distribution with mean `y` and variance `v` (below), or with the mean and
variance that one event more would give (above). They differ in how heavy that next event is taken to be:

    fay_feuer      the heaviest possible weight M      never under-covers, very wide where M is rare
    tiwari         the plain mean over the cells       under-covers where the weights are very unequal
    fay_kim_mid_p  M, half and half with the lower     close to 95 %, wide where M is rare
    harm_interval  ours: what the whole table teaches  see below and docs/explanation/intervals.md

Ours keeps Fay and Kim's mid-p form and takes the next event's weight from all areas together (`next_weight`),
with the heaviest possible event counted once for the whole table and not once per area. The variance it
believes lies halfway between the area's own and the one expected of it, because the areas without a rare
heavy event are the ones whose own `v` is too small, and those with one the ones whose `v` is too large.

Sources: Fay and Feuer 1997, Statistics in Medicine 16:791; Tiwari, Clegg and Zou 2006, Statistical Methods in
Medical Research 15:547; Fay and Kim 2017, Biometrical Journal 59:377; Dobson, Kuulasmaa, Eberle and Scherer
1991, Statistics in Medicine 10:457.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]
Gammas = tuple[Floats, Floats]


class Limits(NamedTuple):
    """Lower and upper limit per area, in points; `lo <= harm <= hi`."""

    lo: Floats
    hi: Floats


def harm_interval(
    harm: ArrayLike,
    variance: ArrayLike,
    *,
    heaviest: float,
    next_weight: float | None = None,
    expected_variance: ArrayLike | None = None,
    level: float = 0.95,
) -> Limits:
    """The default interval: mid-p, with the next event's weight and half the variance learned from all areas.

    harm: points, shape (p,). variance: points squared, shape (p,), by incident where known. heaviest: the
    largest weight an event can have. next_weight: points; None takes it from these areas. expected_variance:
    what `shrinkage` expects of these areas, shape (p,); None takes `next_weight * harm`. An area without harm
    gets (0, 3.689 x heaviest) at 95 %: the exact upper limit of an empty count. Raises ValueError on negative
    or missing values.

    >>> limits = harm_interval([0.0, 90.0, 120.0], [0.0, 900.0, 1200.0], heaviest=10)
    >>> limits.lo.round(1), limits.hi.round(1)
    (array([ 0. , 43.9, 65. ]), array([ 36.9, 165.2, 204. ]))
    """
    y, v = _checked(harm, variance)
    if y.size == 0:
        return Limits(y, v)
    jump = pooled_next_weight(y, v, heaviest=heaviest) if next_weight is None else float(next_weight)
    expected = jump * y if expected_variance is None else np.asarray(expected_variance, dtype=float)
    limits = _mid_p(y, np.where(y > 0, (v + expected) / 2, 0.0), jump, level)
    limits.hi[y == 0] = _empty_upper(heaviest, level)
    return limits


def pooled_next_weight(harm: ArrayLike, variance: ArrayLike, *, heaviest: float) -> float:
    """The weight, in points, of the event behind the next point of harm, from all areas together.

    Formula: (sum of variance + M^2) / (sum of harm + M), M the heaviest possible weight: the size-biased mean
    weight with one event of the heaviest kind added. It is M where nothing was recorded, and comes down as
    evidence gathers. With incidents of several events it grows to the size of an incident.

    >>> pooled_next_weight([0.0], [0.0], heaviest=7979)
    7979.0
    >>> pooled_next_weight([300.0, 500.0], [30_000.0, 50_000.0], heaviest=200)  # 120,000 / 1,000
    120.0
    """
    y, v = _checked(harm, variance)
    total = float(y.sum()) + heaviest
    # Sums are over a sorted copy: floating addition depends on the order, a result on row order must not.
    return (float(np.sort(v).sum()) + heaviest**2) / total if total > 0 else 0.0


def fay_feuer(harm: ArrayLike, variance: ArrayLike, *, heaviest: float, level: float = 0.95) -> Limits:
    """Fay and Feuer's gamma interval (`max`): an upper limit for one more event of the heaviest weight.

    L = G^-1(a/2; shape y^2/v, scale v/y); U = G^-1(1 - a/2; (y+M)^2/(v+M^2), (v+M^2)/(y+M)).
    With equal weights it is the exact Poisson interval: 10 events give 4.795 to 18.390 (Garwood 1936).

    >>> [limit.round(3) for limit in fay_feuer([10.0], [10.0], heaviest=1)]
    [array([4.795]), array([18.39])]
    """
    y, v = _checked(harm, variance)
    return Limits(_lower(y, v, level), _upper(y + heaviest, v + heaviest**2, level))


def tiwari(harm: ArrayLike, variance: ArrayLike, *, weights: ArrayLike, level: float = 0.95) -> Limits:
    """Tiwari's modification (`tcz`): one more event of the mean weight, mean over the cells.

    As `fay_feuer` with y + mean(w) and v + mean(w^2). weights: points per event, shape (m,).

    >>> [limit.round(3) for limit in tiwari([10.0], [10.0], weights=[1.0])]
    [array([4.795]), array([18.39])]
    """
    y, v = _checked(harm, variance)
    w = np.asarray(weights, dtype=float)
    return Limits(_lower(y, v, level), _upper(y + w.mean(), v + (w**2).mean(), level))


def fay_kim_mid_p(harm: ArrayLike, variance: ArrayLike, *, heaviest: float, level: float = 0.95) -> Limits:
    """Fay and Kim's mid-p interval: quantiles of the equal mixture of Fay and Feuer's two gammas.

    With equal weights it is the mid-p Poisson interval: 10 events give 5.084 to 17.824 (hand-checked: at
    5.0842 half of P(N>=10) and half of P(N>=11) add up to .025).

    >>> [limit.round(2) for limit in fay_kim_mid_p([10.0], [10.0], heaviest=1)]
    [array([5.08]), array([17.82])]
    """
    y, v = _checked(harm, variance)
    return _mid_p(y, v, heaviest, level)


def dobson_byar(harm: ArrayLike, variance: ArrayLike, *, events: ArrayLike, level: float = 0.95) -> Limits:
    """Dobson's interval on Byar's Poisson limits (exact below 10 events), as UK public health publishes it.

    y + sqrt(v/n) (L_n - n) and likewise above; n = events, shape (p,). It UNDER-COVERS where heavy events are
    rare (87 % at 15 events in our simulation): only for agreement with figures published that way. No events:
    (nan, nan), because the method has nothing to say there.

    >>> [limit.round(2) for limit in dobson_byar([100.0], [100.0], events=[100])]
    [array([81.36]), array([121.63])]
    """
    y, v = _checked(harm, variance)
    n = np.asarray(events, dtype=float)
    z = float(special.ndtri(0.5 + level / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        byar_lo = n * (1 - 1 / (9 * n) - z / (3 * np.sqrt(n))) ** 3
        byar_hi = (n + 1) * (1 - 1 / (9 * (n + 1)) + z / (3 * np.sqrt(n + 1))) ** 3
        few = n < 10
        lo = np.where(few, special.gammaincinv(np.where(few & (n > 0), n, 1), 0.5 - level / 2), byar_lo)
        hi = np.where(few, special.gammaincinv(n + 1, 0.5 + level / 2), byar_hi)
        scale = np.sqrt(v / n)
        return Limits(y + scale * (lo - n), y + scale * (hi - n))


def _checked(harm: ArrayLike, variance: ArrayLike) -> tuple[Floats, Floats]:
    y, v = np.asarray(harm, dtype=float), np.asarray(variance, dtype=float)
    if y.ndim != 1 or y.shape != v.shape:
        raise ValueError(f"harm and variance must be one figure per area, got shapes {y.shape} and {v.shape}")
    if not (np.isfinite(y).all() and np.isfinite(v).all() and (y >= 0).all() and (v >= 0).all()):
        raise ValueError("harm and variance must be finite and not negative")
    if ((y > 0) != (v > 0)).any():
        raise ValueError("an area with harm must have a variance above 0, and one without harm none")
    return y, v


def _gamma(y: Floats, v: Floats) -> Gammas:
    """Shape and scale of the gamma with this mean and variance; a spike at 0 where both are 0."""
    some = y > 0
    mean, var = np.where(some, y, 1.0), np.where(some, v, 1.0)
    return np.where(some, mean**2 / var, 1.0), np.where(some, var / mean, 0.0)


def _lower(y: Floats, v: Floats, level: float) -> Floats:
    shape, scale = _gamma(y, v)
    return np.asarray(scale * special.gammaincinv(shape, 0.5 - level / 2), dtype=float)


def _upper(y: Floats, v: Floats, level: float) -> Floats:
    shape, scale = _gamma(y, v)
    return np.asarray(scale * special.gammaincinv(shape, 0.5 + level / 2), dtype=float)


def _empty_upper(heaviest: float, level: float) -> float:
    return float(-np.log(0.5 - level / 2) * heaviest)


def _mid_p(y: Floats, v: Floats, jump: float, level: float) -> Limits:
    now, one_more = _gamma(y, v), _gamma(y + jump, v + jump**2)
    tail = 0.5 - level / 2
    lo = np.where(y > 0, _mixed_quantile(now, one_more, tail), 0.0)
    return Limits(lo, _mixed_quantile(now, one_more, 1 - tail))


def _mixed_quantile(a: Gammas, b: Gammas, probability: float) -> Floats:
    """The quantile of an equal mixture of two gammas per area: Newton steps inside a shrinking bracket."""
    ends = [scale * special.gammaincinv(shape, probability) for shape, scale in (a, b)]
    low, high = np.minimum(*ends), np.maximum(*ends)
    result: Floats = (low + high) / 2
    left = np.flatnonzero(high > low)
    for _ in range(60):
        x = result[left]
        one, two = ((shape[left], scale[left]) for shape, scale in (a, b))
        short = (_cdf(one, x) + _cdf(two, x)) / 2 - probability
        low[left], high[left] = np.where(short < 0, x, low[left]), np.where(short < 0, high[left], x)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = x - 2 * short / (_pdf(one, x) + _pdf(two, x))
        inside = (step > low[left]) & (step < high[left])
        result[left] = np.where(inside, step, (low[left] + high[left]) / 2)
        left = left[np.abs(result[left] - x) > 1e-11 * x]
        if left.size == 0:
            break
    return result


def _cdf(gamma: Gammas, x: Floats) -> Floats:
    shape, scale = gamma
    spike = scale == 0
    below = special.gammainc(shape, x / np.where(spike, 1.0, scale))
    return np.asarray(np.where(spike, 1.0, below), dtype=float)


def _pdf(gamma: Gammas, x: Floats) -> Floats:
    shape, scale = gamma
    spike = scale == 0
    unit = np.where(spike, 1.0, scale)
    z = x / unit
    with np.errstate(divide="ignore", invalid="ignore"):
        density = np.exp((shape - 1) * np.log(z) - z - special.gammaln(shape)) / unit
    return np.asarray(np.where(spike | (x <= 0), 0.0, density), dtype=float)
