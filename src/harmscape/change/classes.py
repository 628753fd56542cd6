"""Areas by how they are high over time: persistent, emerging, former, intermittent.

Answers "is this place always like this, newly so, or no longer?", which a standing over one window cannot. In
every period each area is tested against the rate of all (binomial share of the period's events), and the
page's many tests are corrected period by period (Benjamini-Hochberg). The rule, on the periods in which an
area is high:

    persistent    in at least 80 % of all periods
    emerging      in at least 10 % of the recent periods, and in fewer than 10 % of the earlier ones
    former        in at least 10 % of the earlier periods, and in fewer than 10 % of the recent ones
    intermittent  in at least 10 % of both, but not persistent
    none          in fewer than 10 % of both

Recent are the last 20 % of the periods, one at least.

Source: the rule of Ashby's package sfhotspot (`hotspot_classify`, its documented parameters 0.8, 0.2, 0.1, p
0.05), with counts of areas in place of Gi* of cells and a correction in every period.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from harmscape.change.discovery import adjusted

Kind = Literal["persistent", "emerging", "former", "intermittent", "none"]
Flags = NDArray[np.bool_]

PERSISTENT, RECENT, SOME, LEVEL = 0.8, 0.2, 0.1, 0.05

RULE = (
    "Persistent: high in at least 80% of the periods. Emerging: high in at least 10% of the last fifth of"
    " the periods and in fewer than 10% before. Former: the other way round. Intermittent: high in at least"
    " 10% of both. High: more events than its share of all, at 5% after allowing for every area."
)
"""The rule as a page states it."""


def high_by_period(counts: ArrayLike, share: ArrayLike, *, dispersion: ArrayLike = 1.0) -> Flags:
    """Which area was high in which period, shape (p, m).

    counts: events by area and period, shape (p, m); a period that is missing is not a number for all. share:
    of the events that each area would have if all had one rate, shape (p,), summing to 1. dispersion:
    variance over mean, by area. The mid-p of a binomial share, one-sided, corrected over the areas of each
    period.

    >>> high_by_period([[30, 9], [10, 11], [10, 10]], [1 / 3, 1 / 3, 1 / 3])[:, 0].tolist()
    [True, False, False]
    """
    y, own = np.asarray(counts, dtype=float), np.asarray(share, dtype=float)[:, None]
    spread = np.broadcast_to(np.asarray(dispersion, dtype=float), (len(y),))[:, None]
    if (own < 0).any() or not np.isclose(own.sum(), 1.0):
        raise ValueError("the shares of all areas must be at least 0 and sum to 1")
    k, n = y / spread, np.nansum(y, axis=0) / spread
    p = (_at_least(k, n, own) + _at_least(k + 1, n, own)) / 2
    p = np.where(np.isfinite(y) & (own > 0), p, np.nan)
    return np.column_stack([adjusted(p[:, at]) <= LEVEL for at in range(y.shape[1])]) if y.size else y > 0


def classify(high: ArrayLike, known: ArrayLike | None = None) -> list[Kind]:
    """The class of each area.

    high: which area was high in which period, oldest first, shape (p, m). known: which periods are known,
    shape (m,); a missing period counts neither way. Raises ValueError with fewer than five known periods, of
    which one is the last fifth.

    >>> classify([[1] * 10, [0] * 9 + [1], [1] * 3 + [0] * 7, [1, 0] * 5, [0] * 10])
    ['persistent', 'emerging', 'former', 'intermittent', 'none']
    """
    flags = np.asarray(high, dtype=bool)
    if known is not None:
        flags = flags[:, np.asarray(known, dtype=bool)]
    periods = flags.shape[1]
    if periods < 5:
        raise ValueError("classes need at least five known periods")
    recent = max(round(RECENT * periods), 1)
    whole, late, early = flags.mean(axis=1), flags[:, -recent:].mean(axis=1), flags[:, :-recent].mean(axis=1)
    return [_class(*each) for each in zip(whole, late, early, strict=True)]


def _class(whole: float, late: float, early: float) -> Kind:
    if whole >= PERSISTENT:
        return "persistent"
    if late >= SOME:
        return "intermittent" if early >= SOME else "emerging"
    return "former" if early >= SOME else "none"


def _at_least(
    k: NDArray[np.float64], n: NDArray[np.float64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """P(X >= k) for X binomial, by the incomplete beta function; 1 at or below 0, 0 above n."""
    inside = (k > 0) & (k <= n)
    found = special.betainc(np.where(inside, k, 1.0), np.where(inside, n - k + 1, 1.0), share)
    return np.asarray(np.where(inside, found, np.where(k <= 0, 1.0, 0.0)))
