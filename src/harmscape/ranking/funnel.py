"""Funnel plots of harm: for its size, is an area further out than chance puts it?

Answers "is this place unlike the others, or just small?". If all areas had one rate, an area of size n would
have harm of mean E = rate x n and variance V = sum over categories of squared weight x expected events, which
pooled over the areas is (sum of squared weights / sum of sizes) x n. Limits are quantiles of the gamma
distribution with that mean and variance (for counts, weight 1, the chi-squared limits of a Poisson count); a
normal limit would fall below 0 and miss how lopsided harm is. Real areas differ more than chance makes them:
the over-dispersion factor is the mean of the squared standardised figures with the outer tenths drawn in,
made good for that, and widens every limit by its root.

Sources: Spiegelhalter 2005, Statistics in Medicine 24:1185 (funnels, limits at 95 % and 99.8 %,
multiplicative over-dispersion with 10 % drawn in, and the additive form with tau squared); Fay and Feuer
1997, Statistics in Medicine 16:791 (gamma for weighted sums).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]

DRAWN_IN = 0.1
FEWEST = 3
"""Areas without which there is no funnel."""


@dataclass(frozen=True, slots=True)
class Funnel:
    """One figure an area, shape (p,), and what all have in common.

    expected, variance: of harm if all had one rate; variance with over-dispersion. z: standardised by that.
    p: of lying so far out on either side. factor: over-dispersion, at least 1; tau: the standard deviation of
    true rates relative to the common rate by the additive form, for those who prefer it.
    """

    rate: float
    spread: float
    factor: float
    tau: float
    expected: Floats
    variance: Floats
    z: Floats
    p: Floats

    def limits(self, size: ArrayLike, level: float) -> tuple[Floats, Floats]:
        """Lower and upper limit of harm at some sizes, shape (k,)."""
        n = np.asarray(size, dtype=float)
        return gamma_limits(self.rate * n, self.factor * self.spread * n, level)


def funnel(
    harm: ArrayLike,
    size: ArrayLike,
    squares: ArrayLike,
    *,
    given: Literal["size", "events"] = "size",
    dispersed: bool = True,
) -> Funnel | None:
    """The funnel of areas by harm against size; None with fewer than three areas, or without harm.

    harm: points, shape (p,). size: people, homes or events, above 0, shape (p,). squares: the sum
    over incidents of squared points, shape (p,). given: whether the number of events is part of the chance
    (`size`), or size is that number itself (`events`), so that only their weights vary. dispersed: widen by
    the factor. Raises ValueError for sizes not above 0 or negative figures.

    >>> found = funnel([10, 20, 30, 95], [100, 200, 300, 400], [10, 20, 30, 95], dispersed=False)
    >>> found.rate, found.expected.tolist(), found.z.round(1).tolist()  # 155 events / 1,000
    (0.155, [15.5, 31.0, 46.5, 62.0], [-1.5, -2.2, -2.7, 3.7])
    """
    y, n, s = (np.asarray(each, dtype=float) for each in (harm, size, squares))
    if (n <= 0).any() or (y < 0).any() or (s < 0).any():
        raise ValueError("a funnel needs sizes above 0, and harm and squares of at least 0")
    if len(y) < FEWEST or y.sum() <= 0:
        return None
    # Sums are over sorted copies: floating addition depends on the order, a result on row order must not.
    whole = float(np.sort(n).sum())
    rate, spread = float(np.sort(y).sum()) / whole, float(np.sort(s).sum()) / whole
    if given == "events":
        spread -= rate**2
    if spread <= 1e-12 * rate**2:
        return None
    plain = standard_scores(y, rate * n, spread * n)
    factor = overdispersion(plain) if dispersed else 1.0
    variance = factor * spread * n
    z = standard_scores(y, rate * n, variance)
    p = np.asarray(2 * special.ndtr(-np.abs(z)))
    return Funnel(rate, spread, factor, _tau(y, rate, n, spread), rate * n, variance, z, p)


def overdispersion(z: ArrayLike) -> float:
    """The mean of squared scores, the lowest and highest tenth drawn in to their edge; at least 1.

    It is divided by what drawing in takes from normal scores (0.68 for tenths), without which limits would be
    a sixth too narrow wherever areas truly differ.

    >>> overdispersion([-3.0, 3.0, 3.0])  # fewer than ten: none is drawn in
    9.0
    >>> round(overdispersion([-2.0, 2.0] * 10), 2)  # 4 / 0.679
    5.89
    """
    scores = np.sort(np.asarray(z, dtype=float))
    cut = int(DRAWN_IN * len(scores))
    drawn = np.clip(scores, scores[cut], scores[len(scores) - 1 - cut])
    return max(float((drawn**2).mean()) / _left_by_drawing_in(cut / len(scores)), 1.0)


def _left_by_drawing_in(share: float) -> float:
    """The mean square of a standard normal score with this share of each tail drawn in to its edge."""
    if share == 0:
        return 1.0
    edge = float(special.ndtri(1 - share))
    density = float(np.exp(-(edge**2) / 2) / np.sqrt(2 * np.pi))
    return 1 - 2 * share - 2 * edge * density + 2 * share * edge**2


def gamma_limits(mean: ArrayLike, variance: ArrayLike, level: float) -> tuple[Floats, Floats]:
    """Quantiles of the gamma distribution with this mean and variance, at both ends of a level.

    >>> [limit.round(2).tolist() for limit in gamma_limits([10.0], [10.0], 0.95)]  # chi-squared of 20, halved
    [[4.8], [17.08]]
    """
    m, v = np.asarray(mean, dtype=float), np.asarray(variance, dtype=float)
    shape, scale, tail = m**2 / v, v / m, (1 - level) / 2
    return (
        np.asarray(scale * special.gammaincinv(shape, tail)),
        np.asarray(scale * special.gammainccinv(shape, tail)),
    )


def standard_scores(harm: ArrayLike, mean: ArrayLike, variance: ArrayLike) -> Floats:
    """Where harm lies in the gamma of this mean and variance, as standard normal scores, shape (p,).

    An area without harm has no place in a gamma; it takes half the chance of no event at all,
    exp(-mean^2/variance).
    """
    y, m, v = (np.asarray(each, dtype=float) for each in (harm, mean, variance))
    shape, scaled = m**2 / v, y * m / v
    below = np.maximum(special.gammainc(shape, scaled), np.exp(-shape) / 2)
    above = special.gammaincc(shape, scaled)
    # Each side from its own tail, where it still has digits.
    return np.asarray(np.where(below < 0.5, special.ndtri(below), -special.ndtri(np.minimum(above, 0.5))))


def _tau(y: Floats, rate: float, n: Floats, spread: float) -> float:
    """DerSimonian and Laird's standard deviation of true rates, over the common rate."""
    w = n / spread
    q = float((w * (y / n - rate) ** 2).sum())
    bound = float(w.sum() - (w**2).sum() / w.sum())
    return float(np.sqrt(max(q - (len(y) - 1), 0.0) / bound)) / rate if bound > 0 else 0.0
