"""What an operation seems to have changed: a number of events or points, or a ratio, each with its limits.

Answers "by how much?" the same way for every method. A ratio of ratios sets the change of the treated area
beside that of its control; its limits join those of two ratios of counts on the scale of logarithms, which
keeps near its level where counts are small and Wald's limits do not.

Sources: Donner and Zou 2012, Statistical Methods in Medical Research 21:347 (limits joined, MOVER); Brown,
Cai and DasGupta 2003, Statistica Sinica 13:19 (Jeffreys' limits of a Poisson mean); Lancaster 1961, JASA
56:223 (the mid-p behind each ratio); Haldane 1956, Annals of Human Genetics 20:309 (a half added to each
count where one is zero).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from harmscape.change.counts import Floats, Ratios, compare_counts
from harmscape.change.mover import difference, interval


class Change(NamedTuple):
    """An estimated change, its standard error and limits, in events or points of harm; negative is fewer."""

    estimate: float
    error: float
    lo: float
    hi: float

    @property
    def z(self) -> float:
        """Standard errors away from no change; 0 where there is nothing to compare."""
        return self.estimate / self.error if self.error > 0 else 0.0


class Ratio(NamedTuple):
    """A rate beside that without the effect: 1 is no change. p is two-sided.

    Where there is nothing to compare the ratio is nan, its limits 0 and infinity, p 1.
    """

    ratio: float
    lo: float
    hi: float
    p: float


NO_RATIO = Ratio(float("nan"), 0.0, float("inf"), 1.0)
NO_CHANGE = Change(float("nan"), float("nan"), float("nan"), float("nan"))


def ratios_of_ratios(
    after: ArrayLike,
    before: ArrayLike,
    control_after: ArrayLike,
    control_before: ArrayLike,
    *,
    exposure: ArrayLike = 1.0,
    dispersion: ArrayLike = 1.0,
    freedom: float = np.inf,
    level: float = 0.95,
) -> Ratios:
    """(after / before) / (control after / control before) / exposure, with limits, each shape (k,).

    after, before, control_after, control_before: counts, shape (k,) or one for all. exposure: what the ratio
    would be were nothing changed. dispersion: variance over mean of the counts. freedom: degrees of freedom
    the dispersion was learned from; Student's t then takes the place of the normal.

    >>> found = ratios_of_ratios([50], [100], [200], [200])
    >>> [round(float(each[0]), 3) for each in found]
    [0.5, 0.336, 0.738, 0.0]
    """
    given = (after, before, control_after, control_before, exposure, dispersion)
    a, b, c, d, e, phi = np.broadcast_arrays(*(np.asarray(each, dtype=float) for each in given))
    half = np.where((np.minimum(np.minimum(a, b), np.minimum(c, d)) <= 0), 0.5, 0.0)
    up, down = (compare_counts(x / phi, y / phi, level=level) for x, y in ((a, b), (c, d)))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = a * d / (b * c) / e
        first, second = np.log((a + half) / (b + half)), np.log((c + half) / (d + half))
        below = np.hypot(first - np.log(up.lo), np.log(down.hi) - second)
        above = np.hypot(np.log(up.hi) - first, second - np.log(down.lo))
    return _around(ratio, first - second - np.log(e), below, above, freedom, level)


def ratio_of_ratios(
    after: float,
    before: float,
    control_after: float,
    control_before: float,
    *,
    exposure: float = 1.0,
    dispersion: float = 1.0,
    freedom: float = np.inf,
    level: float = 0.95,
) -> Ratio:
    """One ratio of ratios; as `ratios_of_ratios`."""
    found = ratios_of_ratios(
        [after], [before], [control_after], [control_before],
        exposure=exposure, dispersion=dispersion, freedom=freedom, level=level,
    )  # fmt: skip
    return Ratio(*(float(each[0]) for each in found))


def unlogged(log: ArrayLike) -> Floats:
    """exp, held within what a float can say: a limit that is past all bounds is only very large."""
    return np.asarray(np.exp(np.clip(np.asarray(log, dtype=float), -300.0, 300.0)))


def wald(log_ratio: float, error: float, *, freedom: float = np.inf, level: float = 0.95) -> Ratio:
    """A ratio from its logarithm and the standard error of that.

    >>> [round(each, 3) for each in wald(-0.5, 0.2)]
    [0.607, 0.41, 0.898, 0.012]
    """
    if not np.isfinite(log_ratio) or not np.isfinite(error):
        return NO_RATIO
    reach = quantile((1 + level) / 2, freedom) * error
    p = 2 * tail(abs(log_ratio) / error, freedom) if error > 0 else 1.0
    middle, lo, hi = (float(unlogged(log_ratio + each)) for each in (0.0, -reach, reach))
    return Ratio(middle, lo, hi, float(p))


def events_changed(
    observed: float,
    expected: float,
    *,
    relative: float,
    dispersion: float = 1.0,
    freedom: float = np.inf,
    level: float = 0.95,
) -> Change:
    """How many more or fewer there were than expected without the effect, with limits.

    observed: treated events after. expected: those expected without the effect; relative: the standard error
    of its logarithm. dispersion: variance over mean of what is observed; freedom: the degrees of freedom of
    both (Student's t). The limits join those of both
    (`mover.difference`): a gamma's for what is observed, a lognormal's for what was expected. Where nothing
    can be expected nothing is said: all nan.

    >>> [round(each, 1) for each in events_changed(50.0, 100.0, relative=0.12)]
    [-50.0, 13.9, -79.3, -24.0]
    """
    if not (expected > 0 and np.isfinite(expected) and np.isfinite(relative)):
        return NO_CHANGE
    # Student's t at one level is the normal at another, further out.
    level = 2 * float(special.ndtr(quantile((1 + level) / 2, freedom))) - 1
    lo, hi = gamma_limits(observed, dispersion * observed, dispersion, level=level)
    reach = float(unlogged(quantile((1 + level) / 2, np.inf) * relative))
    found = difference(interval(observed, lo, hi), interval(expected, expected / reach, expected * reach))
    error = float(np.hypot(np.sqrt(dispersion * observed), expected * relative))
    return Change(float(found.estimate), error, float(found.lo), float(found.hi))


def gamma_limits(
    total: ArrayLike, variance: ArrayLike, jump: ArrayLike, *, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Limits of a sum of weighted events: quantiles of one gamma, half an event more than was seen.

    total: events or points, shape (k,); variance: of that sum, shape (k,). jump: what one more event adds to
    it. With weights of 1 these are Jeffreys' limits of a Poisson mean, which keep near their level where the
    exact ones are wide.

    >>> [float(each.round(2)) for each in gamma_limits(10.0, 10.0, 1.0)]  # Gamma(10.5, 1)
    [5.14, 17.74]
    """
    y, v, w = np.broadcast_arrays(*(np.asarray(each, dtype=float) for each in (total, variance, jump)))
    mean, spread = y + w / 2, v + w**2 / 2
    some = spread > 0
    shape = np.where(some, mean**2 / np.where(some, spread, 1.0), 1.0)
    scale = np.where(some, spread / np.where(mean > 0, mean, 1.0), 0.0)
    lo, hi = (special.gammaincinv(shape, q) * scale for q in ((1 - level) / 2, (1 + level) / 2))
    # A sum with a rare heavy event in it has a variance that could put a limit past the sum itself.
    return np.where(y > 0, np.minimum(lo, y), 0.0), np.maximum(hi, y)


def quantile(share: float, freedom: float) -> float:
    """Of Student's t, or of the normal where freedom is infinite."""
    return float(special.ndtri(share) if np.isinf(freedom) else special.stdtrit(freedom, share))


def tail(z: float, freedom: float) -> float:
    """The share beyond z of Student's t, or of the normal."""
    return float(special.ndtr(-z) if np.isinf(freedom) else special.stdtr(freedom, -z))


def _around(
    ratio: Floats, log_ratio: Floats, below: Floats, above: Floats, freedom: float, level: float
) -> Ratios:
    """Limits on the scale of logarithms, and the p at which they would just hold 1."""
    normal = quantile((1 + level) / 2, np.inf)
    wider = quantile((1 + level) / 2, freedom) / normal
    told = np.isfinite(log_ratio) & ~np.isnan(ratio)
    centre = np.where(told, log_ratio, 0.0)
    reach = np.where(centre < 0, above, below)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        z = np.where(reach > 0, np.abs(centre) / reach * normal, 0.0)
        lo, hi = np.exp(centre - wider * below), np.exp(centre + wider * above)
    p = np.array([2 * tail(float(each), freedom) for each in np.nan_to_num(z).ravel()]).reshape(z.shape)
    unknown: NDArray[np.bool_] = ~told
    return Ratios(
        np.where(unknown, np.nan, ratio),
        np.where(unknown | (ratio == 0), 0.0, lo),
        np.where(unknown | np.isinf(ratio), np.inf, hi),
        np.where(unknown, 1.0, np.minimum(p, 1.0)),
    )
