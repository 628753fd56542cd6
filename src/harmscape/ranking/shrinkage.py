"""What an area's harm is likely to be, given its own events and those of all the other areas.

A small area with no grave event yet is not free of the risk, and one with a single one is not the most
dangerous place there is. So each area's figures are drawn towards those of all areas, the further the less
they say. Two questions are asked apart, both by the Gamma-Poisson rule (posterior mean (N + a) / (E + b)):

    how many events?      N = events, E = the stated base (population), or 1 for a score without a base
    of which categories?  N = events of a cell, E = events of the area, so that a large area is expected
                          to hold more of every category, the rare ones included

The first question is what makes a score differ from a rate. A score is a sum, its true value is the area's
own and areas differ in size: with E = 1 the prior learned across areas is as wide as their sizes are, and no
area is drawn further than one standard deviation of its own count, so that a truly small area among large
ones stays small. With a base, areas should be alike per head and the prior draws as far as they are; where
they turn out less alike than an exponential prior holds, that limit applies too.

Sources: Clayton and Kaldor 1987, Biometrics 43:671 (Gamma-Poisson); Marshall 1991, Applied Statistics 40:283,
and DerSimonian and Laird 1986, Controlled Clinical Trials 7:177 (moments); Morris 1983, JASA 78:47 (why the
learned spread is taken on its high side); Efron and Morris 1972, JASA 67:130 (limited translation). Negative
spreads are clamped to 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

# The relative variance of an exponential prior, Gamma(1).
WIDEST = 1.0
# How much wider the prior is under which an area's own range is read; chosen by simulation, see
# docs/explanation.
WIDE_SIZE = 4.0
WIDE_MIX = 3.0


@dataclass(frozen=True, slots=True)
class Spread:
    """How true rates differ between areas: `mean` per exposure, `relative_variance` = variance / mean^2.

    The prior is Gamma(a = 1 / relative_variance, b = a / mean). A relative variance of 0 means that all areas
    are alike (b infinite), infinity that nothing is known (a = b = 0). `error` is its standard error if areas
    are alike.
    """

    mean: Floats
    relative_variance: Floats
    error: Floats


@dataclass(frozen=True, slots=True)
class Posterior:
    """The likely harm per area, all shape (p,).

    mean, variance: of the area's true harm, in points and points squared.
    wide_mean, wide_variance: the same under a prior several times as wide, which leaves more to the area's
    own events; `rank_range` reads an area by these, so that its range also holds for areas that are truly
    extreme. expected_variance: the sampling variance of the recorded harm, if the area's own events (as many
    as were recorded) fell on the cells as the shrunk shares say.
    """

    mean: Floats
    variance: Floats
    wide_mean: Floats
    wide_variance: Floats
    expected_variance: Floats


def shrink(
    counts: ArrayLike,
    weights: ArrayLike,
    variance: ArrayLike,
    *,
    base: ArrayLike | None = None,
    events_squared: ArrayLike | None = None,
) -> Posterior:
    """Posterior mean and variance of harm per area, the prior learned from all of them.

    counts: events (or sums of quantity) per area and cell, shape (p, m). weights: points per event, shape
    (m,). variance: sampling variance of harm by incident, shape (p,); where it exceeds sum w^2 n, incidents
    hold several events, and the counts are taken as worth that many fewer. base: exposure above 0, shape
    (p,); None means 1 each. With one area nothing can be learned: mean and variance are then the area's own.

    >>> learned = shrink([[0, 10], [2, 18], [1, 40]], [100.0, 1.0], [10.0, 20_018.0, 10_040.0])
    >>> learned.mean.round(0)
    array([ 58., 106., 204.])
    """
    n, w = np.asarray(counts, dtype=float), np.asarray(weights, dtype=float)
    exposure = None if base is None else np.asarray(base, dtype=float)
    if len(n) == 0:
        return Posterior(*(np.zeros(0) for _ in range(5)))
    together = clustering(n, w, np.asarray(variance, dtype=float), events_squared)
    events = n.sum(axis=1)
    each = np.ones(len(n)) if exposure is None else exposure
    size = _raised(spread(events[:, None], each, together.size))
    mix = _pooled(spread(n, events, together.mix, shares=True))
    share, mean, variance_of_harm = _harm(n, w, exposure, size, mix, together)
    _, wide_mean, wide_variance = _harm(
        n, w, exposure, _wider(size, WIDE_SIZE), _wider(mix, WIDE_MIX), together
    )
    return Posterior(
        mean, variance_of_harm, wide_mean, wide_variance, together.harm * events * (share @ w**2)
    )


def gamma_poisson(
    counts: ArrayLike, exposure: ArrayLike, prior: Spread, clustering: float = 1.0
) -> tuple[Floats, Floats]:
    """Posterior mean and variance of the true count: E (N + a) / (E + b) and E^2 (N + a) / (E + b)^2.

    counts: shape (p, m). exposure: shape (p,). clustering: design effect d per area; N and E then enter as
    N/d, E/d.

    >>> prior = Spread(np.array([2.0]), np.array([0.5]), np.array([0.1]))  # a = 2, b = 1
    >>> mean, variance = gamma_poisson([[4], [0]], [1.0, 1.0], prior)  # (4 + 2) / 2, (0 + 2) / 2
    >>> mean.ravel().tolist(), variance.ravel().tolist()
    ([3.0, 1.0], [1.5, 0.5])
    """
    n, e = np.asarray(counts, dtype=float), np.asarray(exposure, dtype=float)[:, None]
    d = clustering
    # Written with the relative variance c = 1/a: (N + a)/(E + b) = m (1 + cN) / (1 + cmE), sound at c = 0.
    # An infinite c (nothing known) leaves the count as it is.
    m = prior.mean
    known = np.isfinite(prior.relative_variance)
    c = np.where(known, prior.relative_variance, 0.0) / d
    rate = np.where(known, m * (1 + c * n) / (1 + c * m * e), n / e)
    per = np.where(known, c * m * d / (1 + c * m * e), d / e)  # 1 / (E/d + b)
    return e * rate, e**2 * rate * per


def spread(
    counts: ArrayLike, exposure: ArrayLike, clustering: float = 1.0, *, shares: bool = False
) -> Spread:
    """How far true rates differ between areas, per cell, from moments; negative values clamped to 0.

    c = (X^2 - noise) / (m (S - sum E^2 / S)) with X^2 = sum (N - mE)^2 / (mE), S = sum E, m = sum N / S, and
    the noise the design effect times (1 - E/S) summed over areas; with `shares`, N is part of E and noise
    shrinks by 1 - m. counts: shape (p, m). exposure: shape (p,), areas with 0 are left out. A cell never seen
    has mean and c of 0; one area alone has an infinite c.

    >>> found = spread([[8], [12], [10]], [1.0, 1.0, 1.0])  # X^2 = 0.8 < 2: noise
    >>> found.mean.tolist(), found.relative_variance.tolist()
    ([10.0], [0.0])
    """
    used = np.asarray(exposure, dtype=float) > 0
    n, e = np.asarray(counts, dtype=float)[used], np.asarray(exposure, dtype=float)[used]
    d = clustering
    cells = n.shape[1]
    if len(e) == 0:
        return Spread(np.zeros(cells), np.full(cells, np.inf), np.full(cells, np.inf))
    total = e.sum()
    m = n.sum(axis=0) / total
    if len(e) == 1:
        return Spread(m, np.full(cells, np.inf), np.full(cells, np.inf))
    noise_share = 1 - m if shares else np.ones(cells)
    seen = m > 0
    safe = np.where(seen, m, 1.0)
    chi2 = (n**2 / e[:, None]).sum(axis=0) / safe - m * total
    noise = d * (len(e) - 1) * noise_share
    signal = safe * (total - (e**2).sum() / total)
    c = np.where(seen, np.maximum((chi2 - noise) / signal, 0.0), 0.0)
    fourth = 2 * len(e) * d**2 * noise_share**2 + d**3 * (1 / e).sum() * noise_share / safe
    return Spread(m, c, np.where(seen, np.sqrt(fourth) / signal, np.inf))


@dataclass(frozen=True, slots=True)
class Clustering:
    """How many events come as one: in the number of events, in which cells they are, and in harm."""

    size: float
    mix: float
    harm: float


def clustering(
    counts: Floats, weights: Floats, variance: Floats, events_squared: ArrayLike | None = None
) -> Clustering:
    """The design effects of incidents that hold several events, from all areas together.

    harm: sum of variance over sum w^2 n. size: sum of `events_squared` (per incident) over events. Where that
    is not given, the excess of harm's variance is laid on pairs of events whose weights are neither unrelated
    nor equal: 1 + excess / (n w sqrt(w2)), w and w2 the mean weight and squared weight. mix: what then
    remains of harm's. All are 1 where no incident holds two events, and below 1 where quantities are
    fractions.

    >>> clustering(np.array([[6.0]]), np.array([10.0]), np.array([1_200.0]))  # six events in three pairs
    Clustering(size=2.0, mix=1.0, harm=2.0)
    """
    events, single, real = float(counts.sum()), float((counts @ weights**2).sum()), float(variance.sum())
    if single <= 0 or real <= 0:
        return Clustering(1.0, 1.0, 1.0)
    mean, square = float((counts @ weights).sum()) / events, single / events
    if events_squared is None:
        size = max(1 + (real - single) / (events * mean * np.sqrt(square)), 0.05)
    else:
        size = float(np.asarray(events_squared, dtype=float).sum()) / events
    unlike = square - mean**2
    mix = (real / events - size * mean**2) / unlike if unlike > 1e-9 * square else 1.0
    return Clustering(float(size), float(max(mix, 0.05)), real / single)


def _harm(
    counts: Floats, weights: Floats, exposure: Floats | None, size: Spread, mix: Spread, together: Clustering
) -> tuple[Floats, Floats, Floats]:
    """Shrunk shares (p, m), posterior mean and variance of harm (p,): number of events x mean weight."""
    events = counts.sum(axis=1)
    e = np.ones(len(events)) if exposure is None else exposure
    number, number_variance = (part[:, 0] for part in gamma_poisson(events[:, None], e, size, together.size))
    # Where areas differ by more than the prior can hold, it must not draw the extreme ones to the rest.
    if exposure is None or size.relative_variance[0] == WIDEST:
        far = np.sqrt(together.size * (events + 1))
        number = np.clip(number, events - far, events + far)
    share, strength = _shares(counts / together.mix, events / together.mix, mix)
    weight = share @ weights
    weight_variance = (share * (weights - weight[:, None]) ** 2 / strength).sum(axis=1)
    variance = (number**2 + number_variance) * weight_variance + number_variance * weight**2
    return share, number * weight, variance


def _raised(found: Spread) -> Spread:
    """The spread one standard error up, but no further than an exponential prior (relative variance 1).

    A prior too narrow claims what is not known. A few huge areas make the spread so large that its gamma
    would put every quiet area at almost nothing.
    """
    c = found.relative_variance + found.error
    return Spread(found.mean, np.where(np.isfinite(c), np.minimum(c, WIDEST), np.inf), found.error)


def _wider(found: Spread, times: float) -> Spread:
    return Spread(found.mean, found.relative_variance * times, found.error)


def _pooled(found: Spread) -> Spread:
    """Spreads of the rare cells drawn towards that of all cells, then one standard error up.

    A category seen three times in all areas cannot show by itself how far areas differ in it; the other
    categories of the same areas can.
    """
    c, error = found.relative_variance, found.error
    known = np.isfinite(error) & (error > 0)
    if not known.any():
        return found
    say = np.where(known, 1 / np.where(known, error, 1.0), 0.0)
    common = (say * np.where(known, c, 0.0)).sum() / say.sum() + np.sqrt(known.sum()) / say.sum()
    # The common spread is believed to within its own size.
    precision = say**2 + 1 / common**2
    drawn = (say**2 * np.where(known, c, 0.0) + 1 / common) / precision
    return Spread(found.mean, drawn, 1 / np.sqrt(precision))


def _shares(counts: Floats, events: Floats, mix: Spread) -> tuple[Floats, Floats]:
    """Shrunk share of each cell in an area's events, and the events it rests on, shape (p, m)."""
    c, m = mix.relative_variance, mix.mean
    known = np.isfinite(c)
    safe = np.where(known, c, 0.0)
    n = events[:, None]
    none = n == 0
    own = np.where(none, m, counts / np.where(none, 1.0, n))
    share = np.where(known, m * (1 + safe * counts) / (1 + safe * m * n), own)
    share = share / np.maximum(share.sum(axis=1, keepdims=True), 1e-300)
    with np.errstate(divide="ignore"):
        strength = n + 1 + np.where(known, 1 / (safe * m), 0.0)
    return share, strength
