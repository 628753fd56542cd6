"""How good was a forecast with a range? The continuous ranked probability score, in closed form.

Answers "which method shall we believe?". The score is the mean absolute error of a forecast that is a whole
distribution: it is small where the middle was near what came and the range no wider than needed. A bare
number scores its absolute error. Of two honest forecasts the better one has the smaller mean.

CRPS(F, y) = E|X - y| - E|X - X'| / 2, X and X' independent from F. Sources: Gneiting and Raftery 2007,
Journal of the American Statistical Association 102:359, eq. 21 (definition); Wei and Held
2014, TEST 23:787 (Poisson, negative binomial); Jordan, Krueger and Lerch 2019, Journal of Statistical
Software 90(12), appendix A (gamma and the same)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]

_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(20)
_TAN = np.tan((_NODES + 1) * np.pi / 4)
_TAN_WEIGHTS = _NODE_WEIGHTS * np.pi / 4 * (1 + _TAN**2)
_LEAST = 1e-9


def crps_counts(mean: ArrayLike, variance: ArrayLike, came: ArrayLike) -> Floats:
    """CRPS of a count forecast by mean and variance, in events: negative binomial, Poisson where var <= mean.

    All of one shape, or shapes that go together. A mean of 0 says for sure that nothing comes.

    >>> [round(float(each), 4) for each in crps_counts([3.0, 0.0], [4.5, 0.0], [4, 2])]
    [0.7855, 2.0]
    """
    size, share = negative_binomial(mean, variance)
    y = np.asarray(came, dtype=float)
    middle = size * (1 - share) / share
    below = special.betainc(size, np.maximum(y, 0) + 1, share)
    shifted = np.where(y >= 1, special.betainc(size + 1, np.maximum(y, 1), share), 0.0)
    away = y * (2 * below - 1) - middle * (2 * shifted - 1)
    return np.asarray(np.where(np.asarray(mean) > 0, away - _half_spread(size, share), np.abs(y)))


def negative_binomial(mean: ArrayLike, variance: ArrayLike) -> tuple[Floats, Floats]:
    """Size and share (scipy's n and p) of a count with this mean and variance; Poisson where var <= mean.

    >>> [round(float(each), 3) for each in negative_binomial(3.0, 4.5)]
    [6.0, 0.667]
    """
    mu = np.maximum(np.asarray(mean, dtype=float), _LEAST)
    # A variance of the mean itself would make the size infinite; a little more is Poisson to the eye.
    spread = np.maximum(np.asarray(variance, dtype=float), mu * (1 + 1e-5))
    share = mu / spread
    return mu * share / (1 - share), share


def cdf_counts(mean: ArrayLike, variance: ArrayLike, count: ArrayLike) -> Floats:
    """The chance of at most `count` events under the same forecast."""
    size, share = negative_binomial(mean, variance)
    y = np.asarray(count, dtype=float)
    found = np.where(y < 0, 0.0, special.betainc(size, np.maximum(y, 0) + 1, share))
    return np.asarray(np.where(np.asarray(mean) > 0, found, (y >= 0).astype(float)))


def crps_gamma(mean: ArrayLike, variance: ArrayLike, came: ArrayLike) -> Floats:
    """CRPS of a gamma forecast by mean and variance, for harm in points; a mean of 0 says that none comes.

    >>> round(float(crps_gamma(10.0, 25.0, 12.0)), 4)
    1.7293
    """
    mu, y = np.asarray(mean, dtype=float), np.asarray(came, dtype=float)
    spread = np.maximum(np.asarray(variance, dtype=float), 1e-12 * np.maximum(mu, _LEAST) ** 2)
    some = mu > 0
    shape = np.where(some, mu**2 / spread, 1.0)
    scale = np.where(some, spread / np.where(some, mu, 1.0), 1.0)
    below, above = special.gammainc(shape, y / scale), special.gammainc(shape + 1, y / scale)
    gini = scale / np.exp(special.betaln(0.5, shape))
    return np.asarray(np.where(some, y * (2 * below - 1) - mu * (2 * above - 1) - gini, np.abs(y)))


def _half_spread(size: Floats, share: Floats) -> Floats:
    """E|X - X'| / 2 of a negative binomial, by 20 points, six digits.

    The closed form's hypergeometric function overflows for large counts, so its integral is taken: with the
    Fejer kernel, E|D| = 1/pi times the integral over s from 0 of 1 - (1 + a / (1 + s^2))^-size, a = 4 q /
    p^2."""
    size, share = np.broadcast_arrays(size, share)
    a = 4 * (1 - share) / share**2
    width = np.sqrt(1 + size * a)
    s = width[..., None] * _TAN
    inside = -np.expm1(-size[..., None] * np.log1p(a[..., None] / (1 + s**2)))
    return np.asarray(width * (inside @ _TAN_WEIGHTS) / (2 * np.pi))
