"""Counts put to the test: how sure a change is, once every cell that is shown is allowed for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmscape.change.baseline import Beside
from harmscape.change.counts import Ratios, compare_counts

FALSE_RATE = 0.10
"""Of the changes that a page believes, at most this share is expected to be chance."""
ENOUGH = 10
"""A cell is tested when so many events happened in the window, or were expected in it."""
LIKELY = 0.80
"""Probably: the range of this level leaves no change out, as one in five does where nothing changed."""

WORDS = {
    "clearly_higher": "clearly higher",
    "probably_higher": "probably higher",
    "not_told_apart": "cannot be told apart",
    "probably_lower": "probably lower",
    "clearly_lower": "clearly lower",
    "not_tested": "too few to be tested",
}
"""The fixed words of a verdict."""


@dataclass(frozen=True, slots=True)
class Comparisons:
    """The test of each area, and which areas have enough events for one, shape (p,)."""

    ratios: Ratios
    enough: NDArray[np.bool_]


def compare_each(beside: Beside) -> Comparisons:
    """Each area's window against its baseline: conditional mid-p, counts divided by their dispersion."""
    ratios = compare_counts(
        beside.later / beside.dispersion, beside.earlier / beside.dispersion, beside.exposure
    )
    return Comparisons(ratios, (beside.expected >= ENOUGH) | (beside.later >= ENOUGH))


def verdict(p: float, q: float, *, higher: bool) -> str:
    """The fixed words: clearly where the page believes it, probably by the range of 80 %.

    >>> verdict(0.001, 0.04, higher=True), verdict(0.15, 0.9, higher=False), verdict(0.3, 0.9, higher=True)
    ('clearly_higher', 'probably_lower', 'not_told_apart')
    """
    if not np.isfinite(p):
        return "not_tested"
    side = "higher" if higher else "lower"
    if q <= FALSE_RATE:
        return f"clearly_{side}"
    return f"probably_{side}" if is_likely(p) else "not_told_apart"


def is_likely(p: float) -> bool:
    """Whether a two-sided p allows the word probably."""
    return p <= 1 - LIKELY


def surety(p: float) -> float:
    """The probability of the side that is seen: 1 less half of a two-sided p."""
    return 1 - p / 2


def finite(value: float) -> float | None:
    """A figure as an answer gives it: none where there is none."""
    return float(value) if np.isfinite(value) else None


def typical(figures: Sequence[float] | NDArray[np.float64]) -> float:
    """The middle of the areas' dispersions."""
    return round(float(np.median(figures)), 3) if len(figures) else 1.0
