"""One estimated change with its range, and the fixed words that the range allows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harmscape.change.effect import Change, Ratio

_LIKELY = 0.80


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


def figure(name: str, title: str, change: Change, ratio: Ratio | None, note: str = "") -> Figure:
    """A change with the words that its limits allow."""
    return Figure(
        name=name,
        title=title,
        estimate=change.estimate,
        lo=change.lo,
        hi=change.hi,
        ratio=known(ratio.ratio) if ratio else None,
        ratio_lo=known(ratio.lo) if ratio else None,
        ratio_hi=known(ratio.hi) if ratio else None,
        surety=_surety(change, ratio),
        note=note,
    )


def _surety(change: Change, ratio: Ratio | None) -> str:
    if change.lo > 0 or change.hi < 0:
        return "clearly"
    if ratio is not None and 1 - ratio.p / 2 >= _LIKELY:
        return "probably"
    return "not_told_apart"


def known(value: float) -> float | None:
    """A figure as JSON can hold it: None where it is not finite."""
    return float(value) if np.isfinite(value) else None
