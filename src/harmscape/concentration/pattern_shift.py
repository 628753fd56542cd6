"""Did harm move to other places, whatever its level? Shares of two periods, place by place.

Answers "is it in the same places as last year?": the share of all events that a place has now, beside its
share then. S is the part of places whose share did not change beyond chance: 1 is the same pattern.

`shifted` is the test of proportions of Wheeler, Steenbeek and Andresen 2018 (Transactions in GIS 22:760), by
the chi-square with N - 1 in place of N, and by the mid-p of Fisher's test where a count below 1 is expected
(Campbell 2007, Statistics in Medicine 26:3661). Packages differ: R's sppt_diff offers this chi-square and
Fisher's test, others Pearson's with Yates's correction, whose p-values are larger. Correct for many places
before believing one (Benjamini and Yekutieli in the paper).
`andresen` is the older resampling test: Andresen 2009, Applied Geography 29:333.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

Floats = NDArray[np.float64]

_LEAST_EXPECTED = 1.0
_MANY_A_PLACE = 30


class Shift(NamedTuple):
    """By place, shape (p,): shares of both periods, and the two-sided p of "the same share"."""

    before: Floats
    after: Floats
    p: Floats


def shifted(before: ArrayLike, after: ArrayLike) -> Shift:
    """Test the share of each place in one period against that in another.

    before, after: events by place, whole numbers, shape (p,) each.
    Raises ValueError where shapes differ, a count is below 0, or a period has no events.

    >>> found = shifted([30, 70], [50, 50])
    >>> found.after.tolist(), found.p.round(4).tolist()  # 199 x 1,000,000 / (80 x 120 x 100) ... = 8.29
    ([0.5, 0.5], [0.004, 0.004])
    """
    first, second = _counts(before), _counts(after)
    if first.shape != second.shape:
        raise ValueError("two periods need the same places")
    n1, n2 = first.sum(), second.sum()
    if n1 == 0 or n2 == 0:
        raise ValueError("a period without events has no pattern")
    n, here = n1 + n2, first + second
    margins = n1 * n2 * here * (n - here)
    some = margins > 0
    cross = first * (n2 - second) - second * (n1 - first)
    chi = np.where(some, (n - 1) * cross**2 / np.where(some, margins, 1.0), 0.0)
    p = special.chdtrc(1, chi)
    # The least of the four expected counts.
    sparse = some & (np.minimum(here, n - here) * min(n1, n2) / n < _LEAST_EXPECTED)
    p[sparse] = _fisher_mid_p(first[sparse], here[sparse], n1, n)
    return Shift(first / n1, second / n2, np.asarray(p))


def s_index(p: ArrayLike, has_events: ArrayLike, *, level: float = 0.05) -> float:
    """The part of places whose share did not change, among those with events in either period.

    p: of each place, corrected for their number. 1 where no place has events.

    >>> s_index([0.001, 0.2, 0.9, 1.0], [True, True, True, False])
    0.6666666666666666
    """
    known = np.asarray(has_events, dtype=bool)
    return float((np.asarray(p)[known] > level).mean()) if known.any() else 1.0


def andresen(
    base: ArrayLike, test: ArrayLike, *, kept: float = 0.85, draws: int = 200, seed: int = 0
) -> NDArray[np.bool_]:
    """Where is the share of `base` like that of `test`? By place, shape (p,): inside the middle 95 % of the
    shares that resamples of `test` have, each `kept` of its events without replacement.

    >>> andresen([50, 50, 0], [40, 40, 20]).tolist()
    [False, False, False]
    """
    first, second = _counts(base), _counts(test).astype(np.int64)
    size = int(np.floor(kept * second.sum()))
    if first.sum() == 0 or size == 0:
        raise ValueError("a period without events has no pattern")
    drawn = _resamples(second, size, draws, np.random.default_rng(seed))
    # Of 200 ordered shares the 5 least and the 5 greatest are left out.
    ordered, out = np.sort(drawn / size, axis=0), round(draws * 0.025)
    share = first / first.sum()
    return np.asarray((share >= ordered[out] - 1e-12) & (share <= ordered[draws - 1 - out] + 1e-12))


def _resamples(
    counts: NDArray[np.int64], size: int, draws: int, generator: np.random.Generator
) -> NDArray[np.int64]:
    """Counts by place of so many events without replacement, shape (draws, p)."""
    events = int(counts.sum())
    if events > _MANY_A_PLACE * len(counts):
        return generator.multivariate_hypergeometric(counts, size, size=draws, method="marginals")
    # Few events a place: those left out are drawn one by one.
    lying = np.repeat(np.arange(len(counts)), counts)
    out = (generator.choice(events, events - size, replace=False, shuffle=False) for _ in range(draws))
    return np.array([counts - np.bincount(lying[each], minlength=len(counts)) for each in out])


def _fisher_mid_p(first: Floats, here: Floats, n1: float, n: float) -> Floats:
    """Two-sided mid-p: given how many lie here in both periods, how many of them are of the first?"""
    held = stats.hypergeom(int(n), here.astype(int), int(n1))
    equal = held.pmf(first)
    low = held.cdf(first) - equal / 2
    return np.asarray(np.minimum(1.0, 2 * np.minimum(low, 1 - low)))


def _counts(values: ArrayLike) -> Floats:
    held = np.asarray(values, dtype=float)
    if (held < 0).any() or not np.isfinite(held).all():
        raise ValueError("counts must be at least 0")
    return held
