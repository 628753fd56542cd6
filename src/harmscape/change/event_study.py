"""The effect period by period, before and after the start: did it come with the start, and does it last?

Answers "were the areas drifting apart before, and when did it change?" - the picture beside the one figure of
`difference`. The treated units' count in a period over the others', beside the same in the period just before
the start, where the ratio is 1 by definition. Ratios before the start should lie about 1; `drift_p` tests
that they do, all together.

What is at risk cancels where it stays as it is: large areas beside small ones, and months of unequal length,
which all areas have alike. Where it changes (a new estate, a town that fills in summer) it is an offset, and
each period is set beside the reference as `difference` would set it.

Sources: Wooldridge 2021, "Two-way fixed effects, the two-way Mundlak regression, and difference-in-
differences estimators", SSRN 3906345 (saturated by period); McCullagh and Nelder 1989, section 9.2
(over-dispersion).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from harmscape.change.counts import Floats
from harmscape.change.effect import ratios_of_ratios
from harmscape.change.panel import Mask, panel, scaled, within_dispersion


@dataclass(frozen=True, slots=True)
class EventStudy:
    """One entry a period, shape (k,), oldest first.

    period: months from the start to its first month; 0 is the first after. ratio, lo, hi: 1 in the reference
    period. reference: where that stands. drift_p: how often chance alone would have the periods before the
    start so unlike each other; nan with fewer than two. dispersion: variance over mean of monthly counts.
    """

    period: NDArray[np.int64]
    ratio: Floats
    lo: Floats
    hi: Floats
    reference: int
    drift_p: float
    dispersion: float


def event_study(
    counts: ArrayLike,
    treated: ArrayLike,
    relative: ArrayLike,
    *,
    per: int = 3,
    offset: ArrayLike | None = None,
    level: float = 0.95,
) -> EventStudy:
    """Ratios by period of `per` months about the start.

    counts: events by unit and month, shape (u, m), nan for a gap; a month with a gap is left out. treated:
    shape (u,). relative: months from the start, shape (m,), 0 the first after. Periods not filled at either
    end are left out, so that a period is never compared with a shorter one by mistake. offset: people, places
    or days at risk, shape (u, m) or what can be spread to it; above 0.
    Raises ValueError without both kinds of units or a whole period on either side of the start.

    >>> found = event_study([[8, 8, 4, 4], [10, 10, 10, 10]], [1, 0], [-2, -1, 0, 1], per=1)
    >>> found.period.tolist(), found.ratio.tolist(), found.reference
    ([-2, -1, 0, 1], [1.0, 1.0, 0.5, 0.5], 1)
    """
    y, t = np.atleast_2d(np.asarray(counts, dtype=float)), np.asarray(treated, dtype=bool)
    months = np.asarray(relative, dtype=int)
    if t.shape != y.shape[:1] or months.shape != y.shape[1:] or per < 1:
        raise ValueError("counts are by unit and month, months counted from the start")
    if not (t.any() and (~t).any()):
        raise ValueError("treated and other units are both needed")
    known = np.isfinite(y).all(axis=0)
    number = months // per
    periods = [each for each in np.unique(number) if (number == each).sum() == per]
    periods = [each for each in periods if (known & (number == each)).any()]
    if -1 not in periods or max(periods) < 0:
        raise ValueError("a whole period before the start and one after it are needed")
    columns = [known & (number == each) for each in periods]
    ours, theirs = (np.array([y[side][:, each].sum() for each in columns]) for side in (t, ~t))
    e = np.broadcast_to(np.asarray(1.0 if offset is None else offset, dtype=float), y.shape)
    if not (e > 0).all():
        raise ValueError("offsets must be above 0")
    reference, phi = periods.index(-1), within_dispersion(y, e, product((t, ~t), columns))
    usual = np.ones(len(periods))
    if offset is not None:
        usual = np.array([_usual(y, e, t, columns[reference], each) for each in columns])
        usual[reference] = 1.0
    found = ratios_of_ratios(
        ours, ours[reference], theirs, theirs[reference], exposure=usual, dispersion=phi, level=level
    )
    ratio, lo, hi = (np.where(np.arange(len(periods)) == reference, 1.0, each) for each in found[:3])
    early = np.array([each < 0 for each in periods])
    drift = _drift(ours[early], theirs[early], usual[early], phi)
    return EventStudy(np.array(periods) * per, ratio, lo, hi, reference, drift, phi)


def _usual(y: Floats, e: Floats, treated: Mask, reference: Mask, period: Mask) -> float:
    """The ratio of ratios that what is at risk alone would bring; 1 where too little happened to tell."""
    if (reference & period).any():
        return 1.0
    held = panel(y, treated, reference, period, e)
    _, without = scaled(held.counts, held.exposure, held.effect)
    _, t_before, c_after, c_before = held.corners()
    expected = float(without[held.effect].sum())
    return (
        expected / (t_before * c_after / c_before) if min(t_before, c_after, c_before, expected) > 0 else 1.0
    )


def _drift(ours: Floats, theirs: Floats, usual: Floats, phi: float) -> float:
    """Pearson's test that the treated share was as usual in every period before, over-dispersion allowed.

    usual: odds of the treated beside those of the reference, were nothing but what is at risk changed.
    """
    both = ours + theirs
    told = both > 0
    if told.sum() < 2 or ours.sum() == 0 or theirs.sum() == 0:
        return float("nan")
    x, n, odds = ours[told], both[told], usual[told]
    share = _share(x.sum(), n, odds)
    mean = n * share
    square = ((x - mean) ** 2 / (mean * (1 - share))).sum()
    return float(stats.chi2.sf(square / phi, told.sum() - 1))


def _share(total: float, n: Floats, odds: Floats) -> Floats:
    """The treated share of each period, shape (k,): odds in proportion, and as many treated in all."""
    lo, hi = -60.0, 60.0
    for _ in range(200):
        middle = (lo + hi) / 2
        share = special.expit(middle + np.log(odds))
        lo, hi = (middle, hi) if float(n @ share) < total else (lo, middle)
    return np.asarray(special.expit((lo + hi) / 2 + np.log(odds)))
