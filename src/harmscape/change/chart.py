"""Control charts: one measure in one place over time, with the limits of chance if nothing changes.

Answers "is this steady, and since when not?". Counts by month or quarter stand in a u-chart: u = c / n, the
centre is sum c / sum n over the baseline, limits are centre +- 3 sigma sqrt(centre / n). Counts of real
events scatter more than Poisson; sigma is then Laney's (from the moving range of the standardised points) or
one given, such as the root of what all areas together teach (`baseline`). It is never below 1: by luck alone
a short baseline looks too steady. Where less than one event is to be expected in most steps, counts say
nothing; the g-chart shows the days between events instead, with limits of the geometric distribution itself.

Sources: Montgomery, Introduction to Statistical Quality Control, chapter on charts for attributes (u-chart
with samples of different size); Laney 2002, Quality Engineering 14:531 (sigma z); Benneyan 2001, Health Care
Management Science 4:305 (g-chart); Xie, Goh and Ranjan 2002, Reliability Engineering and System Safety 77:143
(several gaps together, by the negative binomial).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]

_OF_TWO = 1.128
"""The mean range of two standard normal points (d2 for n = 2)."""
_TAIL = 0.00135
"""What lies beyond 3 sigma on one side of a normal distribution."""
TOGETHER = 4
"""So many gaps are added up to see events that crowd: one short gap alone says nothing."""


@dataclass(frozen=True, slots=True)
class UChart:
    """A u-chart, shape (m,): the rate of each step, centre, limits, standardised points.

    sigma: by how much the limits are wider than Poisson ones. A missing step is not a number in every figure.
    """

    rate: Floats
    centre: float
    lo: Floats
    hi: Floats
    z: Floats
    sigma: float


@dataclass(frozen=True, slots=True)
class GChart:
    """A g-chart of m gaps: days between events, centre (median), upper limit, and where events crowd.

    together: the chance of so many days or fewer over each gap and the three before it, shape (m,); not a
    number for the first three. z: standardised gaps, high where it was quiet for long.
    """

    gaps: Floats
    mean: float
    centre: float
    hi: float
    together: Floats
    z: Floats


def u_chart(
    counts: ArrayLike,
    exposure: ArrayLike = 1.0,
    *,
    baseline: ArrayLike | None = None,
    sigma: float | None = None,
) -> UChart:
    """Counts by step as a u-chart.

    counts: events, shape (m,), not a number where a step is missing. exposure: what each step is worth (days,
    residents, season), shape (m,) or one for all. baseline: the steps that teach the centre, shape (m,); all
    unless said. sigma: how much wider than Poisson; None takes Laney's from the baseline. Without an event in
    the baseline the centre is 0 and nothing is standardised. Raises ValueError without a baseline.

    >>> chart = u_chart([14, 12, 20], [10, 8, 13], sigma=1)
    >>> round(chart.centre, 3), chart.hi.round(2).tolist()  # 46 / 31; 1.484 + 3 sqrt(1.484 / 10)
    (1.484, [2.64, 2.78, 2.5])
    """
    c = np.asarray(counts, dtype=float)
    n = np.broadcast_to(np.asarray(exposure, dtype=float), c.shape)
    known = np.isfinite(c)
    teach = known if baseline is None else known & np.asarray(baseline, dtype=bool)
    if not teach.any() or (n[known] <= 0).any() or (c[known] < 0).any():
        raise ValueError("a chart needs a baseline, counts of at least 0 and exposures above 0")
    centre = float(c[teach].sum() / n[teach].sum())
    if centre == 0:
        none = np.where(known, 0.0, np.nan)
        return UChart(c / n, 0.0, none, none, np.full(c.shape, np.nan), 1.0)
    plain = (c / n - centre) / np.sqrt(centre / n)
    wider = laney_sigma(plain[teach]) if sigma is None else max(float(sigma), 1.0)
    half = np.where(known, 3 * wider * np.sqrt(centre / n), np.nan)
    return UChart(c / n, centre, np.maximum(centre - half, 0.0), centre + half, plain / wider, wider)


def laney_sigma(z: ArrayLike) -> float:
    """Laney's sigma z: the mean moving range of standardised points over 1.128, at least 1.

    >>> laney_sigma([0.0, 2.256, 0.0, 2.256])
    2.0
    """
    points = np.asarray(z, dtype=float)
    return max(float(np.abs(np.diff(points)).mean() / _OF_TWO), 1.0) if len(points) > 1 else 1.0


def g_chart(days: ArrayLike, *, taught_by: int | None = None) -> GChart:
    """Days between events as a g-chart.

    days: the days on which events happened, as whole numbers in order, shape (m + 1,). taught_by: how many of
    the first gaps teach the centre; all unless said. A gap of 0 is two events on one day. Under a constant
    chance p = 1 / (mean + 1) a day, P(gap <= g) = 1 - (1 - p)^(g + 1). Raises ValueError with fewer than two
    days, or days out of order.

    >>> chart = g_chart([0, 10, 20, 30, 40])
    >>> chart.mean, round(chart.centre, 1), round(chart.hi, 1)  # p = 1/11; ln .00135 / ln(10/11) - 1
    (10.0, 6.3, 68.3)
    """
    when = np.asarray(days, dtype=float)
    if len(when) < 2 or (np.diff(when) < 0).any():
        raise ValueError("gaps need at least two days, in order")
    gaps = np.diff(when)
    mean = float(gaps[:taught_by].mean())
    if mean == 0:
        return GChart(gaps, 0.0, 0.0, 0.0, np.full(gaps.shape, np.nan), np.full(gaps.shape, np.nan))
    p = 1 / (mean + 1)
    fall = np.log1p(-p)
    centre, hi = (max(float(np.log(tail) / fall) - 1, 0.0) for tail in (0.5, _TAIL))
    # The middle of the step that a gap takes in the distribution, so that ties do not lean to one side.
    share = 1 - np.exp((gaps + 0.5) * fall)
    return GChart(gaps, mean, centre, hi, _together(gaps, p), np.asarray(special.ndtri(share)))


def crowded(chart: GChart) -> NDArray[np.bool_]:
    """Which gaps, with the three before them, are so short as chance makes fewer than 1 in 740."""
    return np.asarray(np.nan_to_num(chart.together, nan=1.0) < _TAIL)


def _together(gaps: Floats, p: float) -> Floats:
    """P(a sum of four gaps is no more than this one): negative binomial, by the incomplete beta function."""
    found = np.full(gaps.shape, np.nan)
    if len(gaps) >= TOGETHER:
        sums = np.lib.stride_tricks.sliding_window_view(gaps, TOGETHER).sum(axis=1)
        found[TOGETHER - 1 :] = special.betainc(TOGETHER, sums + 1, p)
    return found
