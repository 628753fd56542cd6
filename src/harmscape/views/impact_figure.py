"""One estimated change with its range, and the fixed words that the range allows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harmscape.change.effect import Change, Ratio
from harmscape.views.tested import is_likely


@dataclass(frozen=True, slots=True)
class Figure:
    """One estimated change: events or points more (above 0) or fewer than expected, with 95 % limits.

    ratio: what happened over what was expected; None where there is nothing to compare. surety: `clearly`,
    `probably` or `not_told_apart`.
    """

    name: str
    title: str
    estimate: float
    lo: float
    hi: float
    ratio: float | None
    ratio_lo: float | None
    ratio_hi: float | None
    surety: str
    note: str = ""


def figure(
    name: str,
    title: str,
    change: Change,
    ratio: Ratio | None,
    note: str = "",
    *,
    likely: Change | None = None,
) -> Figure:
    """A change with the words that its limits allow.

    likely: the same change with limits of `LIKELY`; where it is not given the p of the ratio tells.

    >>> told = Change(-9.0, 5.0, -19.0, 1.0)
    >>> figure("wdd", "", told, None, likely=Change(-9.0, 5.0, -15.0, -3.0)).surety
    'probably'
    """
    return Figure(
        name=name,
        title=title,
        estimate=change.estimate,
        lo=change.lo,
        hi=change.hi,
        ratio=known(ratio.ratio) if ratio else None,
        ratio_lo=known(ratio.lo) if ratio else None,
        ratio_hi=known(ratio.hi) if ratio else None,
        surety=_surety(change, ratio, likely),
        note=note,
    )


def _surety(change: Change, ratio: Ratio | None, likely: Change | None) -> str:
    if _is_apart(change):
        return "clearly"
    if likely is not None:
        return "probably" if _is_apart(likely) else "not_told_apart"
    return "probably" if ratio is not None and is_likely(ratio.p) else "not_told_apart"


def _is_apart(change: Change) -> bool:
    return change.lo > 0 or change.hi < 0


def known(value: float) -> float | None:
    """A figure as JSON can hold it: None where it is not finite."""
    return float(value) if np.isfinite(value) else None
